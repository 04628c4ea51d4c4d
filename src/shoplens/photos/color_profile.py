"""Whether a picture's colours mean what browsers and marketplaces take them for."""

from __future__ import annotations

import io

from PIL import Image, ImageCms

_HEADER = 128
_SRGB = (b"sRGB", "sRGB".encode("utf-16-be"))


def is_srgb(profile: bytes) -> bool:
    """Tell whether an ICC profile (its first kilobytes will do) is grey or sRGB; by its header and its name.

    ICC.1:2022, 7.2: bytes 16 to 20 hold the colour space. Every sRGB profile has "sRGB" in its description, version 4
    ones in UTF-16. What is no whole profile says nothing, and passes.
    """
    if len(profile) < _HEADER:
        return True
    space = profile[16:20]
    return space == b"GRAY" or (space == b"RGB " and any(name in profile for name in _SRGB))


def to_srgb(image: Image.Image) -> Image.Image:
    """Return the picture with its colours as its own profile means them, in sRGB; as it is where it has none.

    Relative colorimetric with black point compensation, as browsers do it.
    """
    profile = image.info.get("icc_profile")
    if not profile:
        return image
    transparent = image.has_transparency_data
    if image.mode not in ("RGB", "RGBA", "CMYK", "L"):
        image = image.convert("RGBA" if transparent else "RGB")
    converted = ImageCms.profileToProfile(
        image,
        ImageCms.ImageCmsProfile(io.BytesIO(profile)),
        ImageCms.createProfile("sRGB"),
        renderingIntent=ImageCms.Intent.RELATIVE_COLORIMETRIC,
        outputMode="RGBA" if image.mode == "RGBA" else "RGB",
        flags=ImageCms.Flags.BLACKPOINTCOMPENSATION,
    )
    return image if converted is None else converted
