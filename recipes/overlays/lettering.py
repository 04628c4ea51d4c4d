"""Words, fonts and stamps of them. Training uses these fonts; benchmarks/alterations.py, which judges, uses others."""

from __future__ import annotations

import os
from functools import cache, lru_cache
from pathlib import Path

import cv2
import numpy as np
from PIL import Image, ImageDraw, ImageFont

WORDS = (
    "SALE OFF NEW HOT DEAL SAVE FREE SHIPPING BEST SELLER LIMITED OFFER TODAY ONLY PRICE PROMO BONUS GIFT EXTRA "
    "BUY NOW SHOP ONLINE STORE OFFICIAL BRAND QUALITY ORIGINAL WARRANTY CLEARANCE WINTER SUMMER STYLE TREND SIZE "
    "GUIDE PACK SET photo sample draft copy image stock archive studio media gallery preview proof design market "
    "trade online direct "
).split()
CHINESE = (
    "新品上市特价促销包邮限时抢购热卖正品优惠折扣满减送礼店铺旗舰官方专柜"
    "原创版权所有图片水印禁止盗用样品展示冬夏季爆款推荐清仓"
)
CHANGED, HERSHEYS = 0.3, 0.08
"""Shares of the stamps whose letters are of another shape than any font's, and of single strokes."""

SYLLABLES = (
    "al an ar ba bel bri ca cor da den dor el en er fa fel gar gi ha hol il in jo ka kel la len lo ma mar mi mor na "
    "nel no or pa per qui ra ren ri ro sa sel so ta ten to ul va ver vi wa wen wy xi ya yo za zen"
).split()

LETTERS = np.array(list("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789&.-!"))
HERSHEY = (
    cv2.FONT_HERSHEY_SIMPLEX, cv2.FONT_HERSHEY_DUPLEX, cv2.FONT_HERSHEY_COMPLEX, cv2.FONT_HERSHEY_TRIPLEX,
    cv2.FONT_HERSHEY_SCRIPT_SIMPLEX, cv2.FONT_HERSHEY_SCRIPT_COMPLEX, cv2.FONT_HERSHEY_PLAIN,
)  # fmt: skip


Family = tuple[str, ...]
"""The files of its faces: regular, bold, slanted, narrow."""


@cache
def families(script: str) -> tuple[Family, ...]:
    """Every family of `fonts.txt` for "latin" or "chinese"; for "latin" DejaVu Sans and Computer Modern, too.

    These two come with matplotlib.

    Raises:
        FileNotFoundError: one is not installed: a network that never saw such letters is not the one that is meant.
    """
    folder = Path(os.environ.get("SHOPLENS_FONTS", "/usr/share/fonts"))
    lines = (Path(__file__).parent / "fonts.txt").read_text(encoding="utf-8").splitlines()
    found = []
    if script == "latin":
        modern = [f"{name}.ttf" for name in ("cmb10", "cmr10", "cmss10", "cmti10", "cmtt10")]
        found = [_with_matplotlib("DejaVuSans.ttf", "DejaVuSans-*.ttf"), _with_matplotlib(*modern)]
    for line in lines:
        if line.startswith("#"):
            continue
        kind, package, files = line.split(maxsplit=2)
        if kind != script:
            continue
        faces = tuple(sorted(str(path) for path in folder.rglob(files)))
        if not faces:
            raise FileNotFoundError(
                f"No {files} below {folder}. Install it (Debian: {package}), or name the folder that has it in "
                "SHOPLENS_FONTS."
            )
        found.append(faces)
    return tuple(found)


def _with_matplotlib(*names: str) -> Family:
    import matplotlib

    folder = Path(matplotlib.get_data_path()) / "fonts/ttf"
    return tuple(sorted(str(path) for name in names for path in folder.glob(name)))


@lru_cache(maxsize=4000)
def font(path: str, size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(path, size)


def words(rng: np.random.Generator, most: int = 3) -> str:
    """A few words, a price, an address, or letters at random."""
    kind = rng.random()
    if kind < 0.45:
        text = " ".join(str(word) for word in rng.choice(WORDS, int(rng.integers(1, most + 1))))
        return text.upper() if rng.random() < 0.4 else text.lower() if rng.random() < 0.4 else text.title()
    if kind < 0.6:
        return f"www.{rng.choice(WORDS)}{rng.choice(WORDS)}.{rng.choice(['com', 'net', 'cn', 'de'])}".lower()
    if kind < 0.7:
        return f"© {rng.choice(WORDS).title()} {rng.integers(2001, 2027)}"
    if kind < 0.8:
        return offer(rng)
    if kind < 0.92:
        return " ".join(_name(rng) for _ in range(int(rng.integers(1, most + 1))))
    return "".join(rng.choice(LETTERS, int(rng.integers(3, 12))))


def _name(rng: np.random.Generator) -> str:
    """Syllables that can be spoken, as names of shops and photographers can."""
    name = "".join(rng.choice(SYLLABLES, int(rng.integers(1, 5))))
    return name.upper() if rng.random() < 0.2 else name if rng.random() < 0.2 else name.title()


def offer(rng: np.random.Generator) -> str:
    number = int(rng.integers(1, 100))
    return str(rng.choice([f"{number}%", f"-{number}%", f"${number}", f"{number}.99", f"{number}% OFF", f"x{number}",
                           "NEW", "SALE", "HOT", "1+1", f"TOP {number}", "FREE", "ECO", "BIO", "2 YEARS"]))  # fmt: skip


def chinese(rng: np.random.Generator) -> str:
    """Two to eight characters: such as shops use, or any of the 3,666 that are frequent (GB 2312, level 1)."""
    count = int(rng.integers(2, 9))
    if rng.random() < 0.5:
        return "".join(rng.choice(list(CHINESE), count))
    rows, cells = rng.integers(0xB0, 0xD7, count), rng.integers(0xA1, 0xFF, count)
    return np.stack([rows, cells], axis=1).astype(np.uint8).tobytes().decode("gb2312")


def stamp(text: str, height: int, rng: np.random.Generator, *, bold: bool = False) -> np.ndarray:
    """The text's ink as uint8 `[h, w]`, cut to its extent; capitals are about `height` pixels high."""
    ours = any(ord(letter) > 0x2E80 for letter in text)
    if not ours and rng.random() < HERSHEYS:
        return _hershey(text.replace("©", "(c)"), height, rng)
    choice = families("chinese" if ours else "latin")
    faces = choice[rng.integers(len(choice))]
    if bold:
        faces = tuple(path for path in faces if "Bold" in path) or faces
    chosen = font(str(rng.choice(faces)), max(6, round(height * (1.15 if ours else 1.37))))
    left, top, right, bottom = chosen.getbbox(text)
    canvas = Image.new("L", (max(1, int(right - left)) + 2, max(1, int(bottom - top)) + 2))
    ImageDraw.Draw(canvas).text((1 - left, 1 - top), text, fill=255, font=chosen)
    return _another_face(np.asarray(canvas), rng) if rng.random() < CHANGED else np.asarray(canvas)


def _another_face(ink: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Wider, narrower, slanted, bolder or thinner: so few fonts are to stand for all."""
    rows, columns = ink.shape
    stretch, slant = rng.uniform(0.7, 1.4), rng.choice([0.0, rng.uniform(-0.1, 0.35)])
    shift = max(0.0, -slant * rows)
    matrix = np.array([[stretch, -slant, slant * rows + shift], [0, 1, 0]], np.float32)
    ink = cv2.warpAffine(ink, matrix, (round(columns * stretch + abs(slant) * rows) + 1, rows))
    if rng.random() < 0.3 and rows > 12:
        change = cv2.dilate if rng.random() < 0.6 else cv2.erode
        ink = change(ink, np.ones((2, 2), np.uint8))
    return ink


def _hershey(text: str, height: int, rng: np.random.Generator) -> np.ndarray:
    face = int(rng.choice(HERSHEY))
    thick = max(1, round(height * rng.uniform(0.05, 0.2)))
    scale = cv2.getFontScaleFromHeight(face, max(4, height), thick)
    (width, high), base = cv2.getTextSize(text, face, scale, thick)
    canvas = np.zeros((high + base + 2 * thick + 2, width + 2 * thick + 2), np.uint8)
    cv2.putText(canvas, text, (thick, high + thick), face, scale, 255, thick, cv2.LINE_AA)
    ys, xs = np.nonzero(canvas)
    return canvas[ys.min() : ys.max() + 1, xs.min() : xs.max() + 1] if len(ys) else canvas


def block(lines: list[np.ndarray], gap: float, align: str) -> np.ndarray:
    """Lines below each other."""
    width = max(line.shape[1] for line in lines)
    space = max(1, round(gap * lines[0].shape[0]))
    rows = []
    for number, line in enumerate(lines):
        left = {"left": 0, "center": (width - line.shape[1]) // 2, "right": width - line.shape[1]}[align]
        row = np.zeros((line.shape[0] + (space if number else 0), width), np.uint8)
        row[-line.shape[0] :, left : left + line.shape[1]] = line
        rows.append(row)
    return np.concatenate(rows)
