"""ShopLens: pictures in online shops. See `shoplens.shop.Shop` for the Python API."""

# TensorFlow brings an SQLite of its own without full text, and the one that is loaded first serves the whole process.
import sqlite3  # noqa: F401

__version__ = "0.1.0"
