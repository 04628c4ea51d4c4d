"""What shops and cameras do to photos, drawn with a known place: for the benchmarks of the inspector.

Nothing here is shared with recipes/overlays, which draws the detector's training pictures: other code, other fonts
(STIX, DejaVu Serif, Aileron, Noto Sans CJK), other texts, other sizes and places. Whoever taught the detector single
lines across the picture had read this file, though; its README says so.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw, ImageFont

from shoplens.records import Box, Pixels

Ink = npt.NDArray[np.float32]
"""How much of the overlay each pixel holds, 0 to 1, `[h, w]`."""

OFFERS = ("50% OFF", "-30%", "Best Price", "2 for 1", "MEGA DISCOUNT", "Only 9,99", "Rabatt 20%", "Black Friday")
NAMES = ("Northwind Traders", "fabrikam-photo.net", "Contoso Mart 24", "Do not copy", "(c) Adventure Works",
         "Wide World Importers", "tailspintoys.example", "Lucerne Publishing")  # fmt: skip
CHINESE_OFFERS = ("五折起", "全场半价", "天天低价")
CHINESE_NAMES = ("北风贸易公司", "严禁转载", "实拍图请勿盗图")
REDS = ((214, 26, 34), (232, 0, 12), (178, 18, 40))


@cache
def _fonts() -> tuple[str, ...]:
    import matplotlib

    folder = Path(matplotlib.get_data_path()) / "fonts" / "ttf"
    names = ("STIXGeneral", "STIXGeneralBol", "STIXGeneralItalic", "DejaVuSerif", "DejaVuSerif-Bold", "")
    return tuple(str(folder / f"{name}.ttf") if name else "" for name in names)


@cache
def _chinese_fonts() -> tuple[str, ...]:
    return tuple(str(path) for path in sorted(Path("/usr/share/fonts").rglob("NotoSansCJK-*.ttc")))


def _font(size: int, chinese: bool, rng: np.random.Generator) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    if chinese:
        return ImageFont.truetype(str(rng.choice(_chinese_fonts())), size)
    chosen = str(rng.choice(_fonts()))
    return ImageFont.truetype(chosen, size) if chosen else ImageFont.load_default(size)


def _words(latin: tuple[str, ...], chinese: tuple[str, ...], rng: np.random.Generator) -> tuple[str, bool]:
    if _chinese_fonts() and rng.random() < 0.2:
        return str(rng.choice(chinese)), True
    return str(rng.choice(latin)), False


def _lettered(text: str, chinese: bool, width: int, height: int, rng: np.random.Generator) -> Image.Image:
    """The text's ink, as large as fits into `width` x `height`."""
    font = _font(100, chinese, rng)
    left, top, right, bottom = font.getbbox(text)
    drawn = Image.new("L", (int(right - left) + 4, int(bottom - top) + 4))
    ImageDraw.Draw(drawn).text((2 - left, 2 - top), text, fill=255, font=font)
    scale = min(width / drawn.width, height / drawn.height)
    return drawn.resize((max(1, round(drawn.width * scale)), max(1, round(drawn.height * scale))), Image.Resampling.BOX)


def _blended(pixels: Pixels, ink: Ink, color: tuple[int, int, int], opacity: float) -> Pixels:
    alpha = (ink * opacity)[..., None]
    return np.asarray(np.rint(pixels * (1 - alpha) + np.array(color) * alpha), np.uint8)


def _box(ink: Ink) -> Box:
    ys, xs = np.nonzero(ink > 0.1)
    height, width = ink.shape
    return Box(xs.min() / width, ys.min() / height, (xs.max() + 1) / width, (ys.max() + 1) / height)


def badge(pixels: Pixels, rng: np.random.Generator) -> tuple[Pixels, Box]:
    """A red disc, plate or seal with an offer in white, near a corner."""
    height, width = pixels.shape[:2]
    side = round(min(height, width) * rng.uniform(0.18, 0.35))
    kind = str(rng.choice(["disc", "plate", "seal"]))
    rows = side if kind != "plate" else round(side * 0.5)
    canvas = Image.new("L", (4 * side, 4 * rows))
    pen = ImageDraw.Draw(canvas)
    if kind == "disc":
        pen.ellipse((0, 0, 4 * side - 1, 4 * rows - 1), fill=255)
    elif kind == "plate":
        pen.rounded_rectangle((0, 0, 4 * side - 1, 4 * rows - 1), radius=rows // 3, fill=255)
    else:
        pen.regular_polygon((2 * side, 2 * side, 2 * side - 2), 12, rotation=int(rng.integers(0, 30)), fill=255)
    shape = np.asarray(canvas.resize((side, rows), Image.Resampling.BOX), np.float32) / 255
    room = 0.8 if kind == "plate" else 0.68
    text, chinese = _words(OFFERS, CHINESE_OFFERS, rng)
    words = np.asarray(_lettered(text, chinese, round(side * room), round(rows * 0.6), rng), np.float32) / 255
    y, x = _corner(height - rows, width - side, rng)
    ground, letters = np.zeros((height, width), np.float32), np.zeros((height, width), np.float32)
    ground[y : y + rows, x : x + side] = shape
    top, left = y + (rows - words.shape[0]) // 2, x + (side - words.shape[1]) // 2
    letters[top : top + words.shape[0], left : left + words.shape[1]] = words
    red = REDS[rng.integers(len(REDS))]
    return _blended(_blended(pixels, ground, red, 1.0), letters, (255, 255, 255), 1.0), _box(ground)


def _corner(spare_y: int, spare_x: int, rng: np.random.Generator) -> tuple[int, int]:
    margins = rng.uniform(0.02, 0.2, 2)
    sides = rng.integers(0, 2, 2)
    y, x = np.where(sides == 0, margins, 1 - margins) * (spare_y, spare_x)
    return int(y), int(x)


def words_over(pixels: Pixels, rng: np.random.Generator) -> tuple[Pixels, Box]:
    """An offer in opaque letters, black, white or red, whichever stands out."""
    height, width = pixels.shape[:2]
    text, chinese = _words(OFFERS, CHINESE_OFFERS, rng)
    words = _lettered(
        text, chinese, round(width * rng.uniform(0.35, 0.8)), round(height * rng.uniform(0.07, 0.13)), rng
    )
    y = int(rng.choice([0.03, 0.9]) * (height - words.height)) + int(rng.integers(0, max(1, height // 20)))
    x = int(rng.uniform(0.05, 0.95) * (width - words.width))
    ink = np.zeros((height, width), np.float32)
    y = min(y, height - words.height)
    ink[y : y + words.height, x : x + words.width] = np.asarray(words, np.float32) / 255
    beneath = pixels[ink > 0.1].astype(float).mean(axis=0)
    choices = ((0, 0, 0), (255, 255, 255), (214, 26, 34))
    color = max(choices, key=lambda c: float(np.abs(beneath - c).mean()) * rng.uniform(0.7, 1.0))
    return _blended(pixels, ink, color, 1.0), _box(ink)


def watermark(pixels: Pixels, rng: np.random.Generator, opacity: float) -> tuple[Pixels, Box]:
    """One line across the picture, level or slanted, dark on light ground and light on dark."""
    height, width = pixels.shape[:2]
    text, chinese = _words(NAMES, CHINESE_NAMES, rng)
    words = _lettered(
        text, chinese, round(width * rng.uniform(0.5, 0.85)), round(height * rng.uniform(0.08, 0.16)), rng
    )
    words = words.rotate(float(rng.choice([0.0, 0.0, 25.0, -25.0])), expand=True, resample=Image.Resampling.BILINEAR)
    if words.width > width or words.height > height:
        words.thumbnail((width, height))
    y = int(rng.uniform(0.2, 0.8) * (height - words.height))
    x = int(rng.uniform(0.1, 0.9) * (width - words.width))
    ink = np.zeros((height, width), np.float32)
    ink[y : y + words.height, x : x + words.width] = np.asarray(words, np.float32) / 255
    return _blended(pixels, ink, _contrary(pixels, ink), opacity), _box(ink)


def tiled(pixels: Pixels, rng: np.random.Generator) -> tuple[Pixels, Box]:
    """The same words again and again over the whole picture, at 20 % to 40 %."""
    height, width = pixels.shape[:2]
    text, chinese = _words(NAMES, CHINESE_NAMES, rng)
    words = _lettered(text, chinese, round(width * rng.uniform(0.22, 0.35)), round(height * 0.07), rng)
    slant = float(rng.choice([0.0, 30.0, -30.0]))
    reach = int(np.hypot(height, width)) + 2
    sheet = Image.new("L", (reach, reach))
    step_x, step_y = round(words.width * 1.35), round(words.height * rng.uniform(2.2, 4.0))
    for row, y in enumerate(range(0, reach, step_y)):
        for x in range(-(row % 2) * step_x // 2, reach, step_x):
            sheet.paste(words, (x, y))
    sheet = sheet.rotate(slant, resample=Image.Resampling.BILINEAR)
    left, top = (reach - width) // 2, (reach - height) // 2
    ink = np.asarray(sheet.crop((left, top, left + width, top + height)), np.float32) / 255
    return _blended(pixels, ink, _contrary(pixels, ink), float(rng.uniform(0.2, 0.4))), _box(ink)


def _contrary(pixels: Pixels, ink: Ink) -> tuple[int, int, int]:
    light = float(pixels[ink > 0.3].mean()) if (ink > 0.3).any() else 128.0
    return (30, 30, 30) if light > 128 else (245, 245, 245)


def border(pixels: Pixels, rng: np.random.Generator) -> tuple[Pixels, Box]:
    """A frame in one colour, 1.5 % to 6 % of the shorter side wide, around the photo; the box is its inner edge."""
    thick = max(3, round(min(pixels.shape[:2]) * rng.uniform(0.015, 0.06)))
    color = rng.integers(0, 200, 3).tolist()
    framed = np.asarray(cv2.copyMakeBorder(pixels, *(thick,) * 4, cv2.BORDER_CONSTANT, value=color), np.uint8)
    height, width = framed.shape[:2]
    return framed, Box(thick / width, thick / height, 1 - thick / width, 1 - thick / height)


def collage(panels: list[Pixels], rng: np.random.Generator) -> tuple[Pixels, Box]:
    """Two or four photos side by side, below each other or in a square, with no gap or a white or grey one."""
    columns, rows = ((2, 1), (1, 2), (2, 2))[rng.integers(3)]
    cell = 320
    gap = int(rng.choice([0, 6, 14]))
    ground = int(rng.choice([255, 255, 160]))
    canvas = np.full((rows * cell + (rows - 1) * gap, columns * cell + (columns - 1) * gap, 3), ground, np.uint8)
    for number in range(columns * rows):
        y, x = (number // columns) * (cell + gap), (number % columns) * (cell + gap)
        canvas[y : y + cell, x : x + cell] = _square(panels[number % len(panels)], cell)
    return canvas, Box(0.0, 0.0, 1.0, 1.0)


def _square(pixels: Pixels, side: int) -> Pixels:
    height, width = pixels.shape[:2]
    short = min(height, width)
    y, x = (height - short) // 2, (width - short) // 2
    return np.asarray(
        cv2.resize(pixels[y : y + short, x : x + short], (side, side), interpolation=cv2.INTER_AREA), np.uint8
    )
