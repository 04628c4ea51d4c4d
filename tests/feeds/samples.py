"""Small feeds of every origin, written here, with what they must be read as."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

GOOGLE_TSV = (
    "id\ttitle\tdescription\tlink\timage_link\tadditional_image_link\tavailability\tprice\tsale_price\tbrand\t"
    "item_group_id\tgoogle_product_category\tproduct_type\tcolor\tsize\tgender\n"
    "A-1\tRed tee\tSoft.\thttps://s.example/a1\thttps://i.example/a1.jpg\thttps://i.example/a2.jpg,https://i.example/a3.jpg"
    "\tin_stock\t25.00 USD\t20.00 USD\tAcme\tA\t212\tClothing > Tees\tRed\tS\tunisex\n"
    "A-2\tRed tee\tSoft.\thttps://s.example/a2\thttps://i.example/a1.jpg\t\tout of stock\t25.00 USD\t\tAcme\tA\t212"
    "\tClothing > Tees\tRed\tM\tunisex\n"
)

SHOPIFY_CSV = (
    "Handle,Title,Body (HTML),Vendor,Product Category,Type,Tags,Published,Option1 Name,Option1 Value,Option2 Name,"
    "Option2 Value,Variant SKU,Variant Inventory Tracker,Variant Inventory Qty,Variant Inventory Policy,Variant Price,"
    "Variant Compare At Price,Image Src,Image Position,Image Alt Text,Variant Image,Status\n"
    'mug,Mug,<p>Holds <b>coffee</b></p>,Acme,Home > Mugs,Mugs,"blue, gift",TRUE,Color,Blue,Size,S,M-B,shopify,0,deny,'
    "9.00,12.00,https://i.example/m1.jpg,1,Mug,https://i.example/blue.jpg,active\n"
    "mug,,,,,,,,,Red,,L,,shopify,5,deny,8.00,,https://i.example/m2.jpg,2,,,\n"
    "mug,,,,,,,,,,,,,,,,,,https://i.example/m3.jpg,3,,,\n"
    "lamp,Lamp,,Acme,,Lamps,,TRUE,Title,Default Title,,,,,,,50,,https://i.example/l.jpg,1,,,active\n"
    "old,Old,,Acme,,Lamps,,FALSE,Title,Default Title,,,,,,,50,,,,,,draft\n"
)

WOOCOMMERCE_CSV = (
    '\ufeffID,Type,SKU,Name,Published,"Short description",Description,"In stock?",Stock,'
    '"Backorders allowed?",'
    '"Sale price","Regular price",Categories,Tags,Images,Parent,"Attribute 1 name","Attribute 1 value(s)",'
    '"Attribute 2 name","Attribute 2 value(s)"\n'
    '76,variation,,"Hoodie - Red",1,,,1,,0,,45,,,https://i.example/red.jpg,id:45,Colour,Red,Size,"L"\n'
    '45,variable,hoodie,Hoodie,1,Short.,"A <em>warm</em> one.",1,,0,,,"Clothing > Hoodies, Sale",warm,'
    '"https://i.example/h1.jpg, https://i.example/h2.jpg",,Colour,"Red, Blue",Size,"L, XL"\n'
    '78,variation,hoodie-blue,"Hoodie - Blue",1,,,0,,0,30,45,,,,hoodie,Colour,Blue,Size,XL\n'
    '46,simple,cap,Cap,1,,,1,,0,16,18,"Clothing > Caps\\, Hats",,https://i.example/c.jpg,,,,,\n'
    "47,simple,draft,Draft,-1,,,1,,0,,18,,,https://i.example/d.jpg,,,,,\n"
)

MAGENTO_CSV = (
    "sku,store_view_code,attribute_set_code,product_type,categories,product_websites,name,description,product_online,"
    "price,special_price,base_image,additional_images,additional_attributes,is_in_stock,configurable_variations\n"
    'T1-S-Red,,Top,simple,"Default Category/Men/Tops/Tees,Default Category/Promotions/Men Sale",base,Tee-S-Red,'
    '"<p>Light &amp; dry.</p>",1,29,,/t/1/t1-red.jpg,"/t/1/t1-red_back.jpg,/t/1/t1-red_alt.jpg",'
    '"has_options=0,size=S,color=Red",1,\n'
    'T1-M-Red,,Top,simple,"Default Category/Men/Tops/Tees",base,Tee-M-Red,,1,29,19.5,no_selection,,'
    '"size=M,color=Red",0,\n'
    'T1,,Top,configurable,"Default Category/Men/Tops/Tees",base,Tee,,1,29,,/t/1/t1-red.jpg,,'
    '"climate=Hot|Mild,note=soft, light",1,"sku=T1-S-Red,size=S,color=Red|sku=T1-M-Red,size=M,color=Red"\n'
    "T1,de,Top,configurable,,base,Hemd,,,,,,,,,\n"
    "OFF,,Top,simple,Default Category,base,Off,,2,5,,/o.jpg,,,1,\n"
)

TABLE_CSV = (
    "商品编号;商品名称;价格;图片;图片2;类目;品牌;颜色\n"
    "S1;红色连衣裙;199元;s1.jpg;s1b.jpg;女装 > 连衣裙;良品;红色\n"
    "S2;蓝色衬衫;99.50;s2.jpg;;女装 > 衬衫;良品;蓝色\n"
)


def write_google(folder: Path) -> Path:
    return _write(folder / "google.txt", GOOGLE_TSV)


def write_google_xml(folder: Path) -> Path:
    items = "".join(
        f"<item><g:id>X{n}</g:id><title>Lamp {n}</title><g:image_link>https://i.example/{n}.jpg</g:image_link>"
        f"<g:price>{n}.50 EUR</g:price><g:availability>in_stock</g:availability></item>\n"
        for n in (1, 2, 3)
    )
    return _write(
        folder / "google.xml",
        '<?xml version="1.0"?>\n<rss version="2.0" xmlns:g="http://base.google.com/ns/1.0"><channel><title>Shop</title>\n'
        f"{items}</channel></rss>\n",
    )


def write_shopify(folder: Path) -> Path:
    return _write(folder / "products_export.csv", SHOPIFY_CSV)


def write_woocommerce(folder: Path) -> Path:
    return _write(folder / "woo.csv", WOOCOMMERCE_CSV)


def write_magento(folder: Path) -> Path:
    return _write(folder / "catalog_product.csv", MAGENTO_CSV)


def write_table(folder: Path) -> Path:
    return _write(folder / "table.csv", TABLE_CSV)


def write_folder(folder: Path) -> Path:
    root = folder / "photos"
    for name in ("shirts/kids/red_tee-01.jpg", "shirts/blue.png", "mug.webp", "notes.txt", ".hidden.jpg"):
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"bytes")
    return root


WRITERS: dict[str, tuple[str, Callable[[Path], Path]]] = {
    "folder": ("folder", write_folder),
    "google tsv": ("google", write_google),
    "google xml": ("google", write_google_xml),
    "magento": ("magento", write_magento),
    "shopify": ("shopify", write_shopify),
    "table": ("table", write_table),
    "woocommerce": ("woocommerce", write_woocommerce),
}
"""Name of a sample: its origin, and what writes it."""


def _write(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8", newline="")
    return path
