"""Every transform under one roof: those of place (`geometry`) and those of colour and noise (`tone`)."""

from shoplens.photos.geometry import center_crop, crop, flip, pad, pyramid, resize, rotate
from shoplens.photos.tone import autocontrast, denoise, sharpen, white_balance

__all__ = [
    "autocontrast",
    "center_crop",
    "crop",
    "denoise",
    "flip",
    "pad",
    "pyramid",
    "resize",
    "rotate",
    "sharpen",
    "white_balance",
]
