"""What merchants call the columns of a table, in English and Chinese, the surest name first."""

from __future__ import annotations

SYNONYMS: dict[str, tuple[str, ...]] = {
    "id": (
        "id", "sku", "product_id", "item_id", "productid", "itemid", "sku_id", "skuid", "product_code",
        "item_code", "item_number", "item_no", "article_number", "article", "asin", "code", "reference", "编号",
        "商品编号", "商品id", "商品编码", "货号", "产品编号", "产品id", "编码", "款号", "商家编码",
    ),
    "photos": (
        "image_link", "image", "images", "image_url", "imageurl", "image_urls", "image_src", "main_image", "photo",
        "photos", "photo_url", "picture", "pictures", "picture_url", "img", "img_url", "imgurl", "image_path",
        "image_file", "image_name", "imagename", "imagefile", "image_uri", "thumbnail", "path", "file", "filename",
        "file_name", "filepath", "additional_image_link", "additional_images", "图片", "主图", "商品图片",
        "商品主图", "图片链接", "图片地址", "图片路径", "照片", "图像", "缩略图", "副图", "附图", "白底图",
    ),
    "title": (
        "title", "name", "product_name", "productname", "product_title", "item_name", "product_display_name",
        "display_name", "标题", "商品名称", "名称", "商品标题", "品名", "产品名称", "宝贝标题", "商品名",
    ),
    "description": (
        "description", "desc", "body", "product_description", "long_description", "details", "short_description",
        "描述", "商品描述", "详情", "产品描述", "简介", "商品详情",
    ),
    "category": (
        "category", "categories", "category_path", "product_category", "product_type", "category_name",
        "department", "type", "label", "class", "类目", "分类", "类别", "商品类目", "商品分类", "品类", "产品分类",
        "种类",
    ),
    "brand": ("brand", "brand_name", "manufacturer", "vendor", "品牌", "品牌名称", "厂商"),
    "price": (
        "price", "regular_price", "list_price", "unit_price", "retail_price", "msrp", "价格", "售价", "原价",
        "单价", "商品价格", "零售价", "市场价",
    ),
    "sale_price": (
        "sale_price", "special_price", "discount_price", "promo_price", "促销价", "折扣价", "优惠价", "特价",
        "活动价",
    ),
    "currency": ("currency", "currency_code", "price_currency", "price.currency", "币种", "货币"),
    "availability": (
        "availability", "stock_status", "in_stock", "instock", "is_in_stock", "库存状态", "是否有货", "状态",
    ),
    "group": (
        "item_group_id", "group_id", "group", "parent_sku", "parent_id", "parent", "product_group", "spu", "spu_id",
        "product_set_id", "product", "父sku", "商品组", "款式编号",
    ),
    "link": ("link", "url", "product_url", "product_link", "page_url", "链接", "商品链接", "网址", "商品地址"),
    "tags": ("tags", "tag", "keywords", "labels", "标签", "关键词", "关键字"),
    "color": ("color", "colour", "color_name", "颜色", "颜色分类"),
    "size": ("size", "size_name", "尺码", "尺寸", "规格"),
    "gender": ("gender", "sex", "性别", "适用性别"),
    "material": ("material", "fabric", "材质", "面料"),
    "pattern": ("pattern", "图案"),
    "age_group": ("age_group", "年龄段", "适用年龄"),
    "gtin": ("gtin", "ean", "upc", "barcode", "isbn", "条码", "条形码"),
    "mpn": ("mpn",),
}  # fmt: skip
