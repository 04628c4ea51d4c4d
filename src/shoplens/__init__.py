"""ShopLens: pictures in online shops. See `shoplens.shop.Shop` for the Python API."""

__version__ = "0.1.0"
