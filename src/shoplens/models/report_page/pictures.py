"""Photos on the page: small copies that it carries with it."""

from __future__ import annotations

import base64
from html import escape
from pathlib import Path

from shoplens.errors import PhotoError
from shoplens.models.bundle import Bundle
from shoplens.models.explain import Explainer
from shoplens.models.heat_picture import heat_picture
from shoplens.models.report_page.words import Html, Words
from shoplens.photos.decode import decode_file, encode
from shoplens.photos.transform import resize
from shoplens.records import Pixels

SIDE = 200
"""Longer side of a picture in pixels: about 6 KB as WebP."""

_QUALITY = 72


class Pictures:
    """Makes pictures of photos and of where the model looked.

    Args:
        words: of the page.
        bundle: whose heat maps are drawn; None for none.
    """

    def __init__(self, words: Words, bundle: Bundle | None) -> None:
        self._words = words
        self._bundle = bundle
        self._explainer: Explainer | None = None

    def photo(self, path: str) -> Html:
        """Return the photo, or a word where its file is gone."""
        pixels = self._pixels(path)
        return self._missing() if pixels is None else _img(pixels, short(path))

    def with_heat(self, path: str, label: str) -> Html:
        """Return the photo and beside it what speaks for a label in it; the photo alone without a bundle."""
        pixels = self._pixels(path)
        if pixels is None:
            return self._missing()
        shown = _img(pixels, short(path))
        if self._bundle is None or label not in self._bundle.labels:
            return shown
        if self._explainer is None:
            self._explainer = Explainer(self._bundle)
        heat = self._explainer.explain(pixels, self._bundle.labels.index(label)).heat
        return Html(f'<div class="two">{shown}{_img(heat_picture(pixels, heat), "heat map")}</div>')

    def _pixels(self, path: str) -> Pixels | None:
        try:
            pixels = decode_file(Path(path), min_side=SIDE).pixels
        except (PhotoError, OSError):
            return None  # the page says so: a photo may be gone since it was judged
        return resize(pixels, long=SIDE) if max(pixels.shape[:2]) > SIDE else pixels

    def _missing(self) -> Html:
        return Html(f'<div class="gone">{self._words.say("picture_gone")}</div>')


def short(path: str) -> str:
    """Return the file's name with its folder's: the rest of the path is nobody else's business."""
    return "/".join(Path(path).parts[-2:])


def _img(pixels: Pixels, name: str) -> Html:
    data = base64.b64encode(encode(pixels, "webp", _QUALITY)).decode("ascii")
    size = f'width="{pixels.shape[1]}" height="{pixels.shape[0]}"'
    return Html(f'<img {size} src="data:image/webp;base64,{data}" alt="{escape(name)}" title="{escape(name)}">')
