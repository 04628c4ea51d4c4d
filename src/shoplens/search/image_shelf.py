"""Photos uploaded once and asked with many times, for a while, in memory alone."""

from __future__ import annotations

import secrets
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

from shoplens.errors import BadInput, NotFound
from shoplens.photos.decode import decode
from shoplens.photos.encode import encode
from shoplens.photos.transform import resize
from shoplens.records import Pixels

LONGEST_SIDE = 1024
"""Kept copies are no larger: a part of a tenth of the photo still has the hundred pixels that a network looks at."""

_QUALITY = 95


@dataclass(frozen=True, slots=True)
class ShelfSettings:
    """How long and how much is kept.

    Attributes:
        lifetime_s: seconds after which a photo is gone; 0 keeps none.
        most_images: photos at one time; a further one takes the place of the oldest.
        most_bytes: of all kept copies together; likewise.
    """

    lifetime_s: float = 1_800.0
    most_images: int = 1_000
    most_bytes: int = 256 << 20


@dataclass(frozen=True, slots=True)
class ShelvedImage:
    """An uploaded photo: its unguessable id, the copy's size in pixels, and how many seconds it stays."""

    id: str
    width: int
    height: int
    expires_in_s: float


@dataclass(frozen=True, slots=True)
class _Copy:
    data: bytes
    until: float


class ImageShelf:
    """Small copies without metadata under random ids; safe for many threads; nothing is written to the disk.

    Args:
        settings: how long and how much.
        clock: tells seconds; for tests.
    """

    def __init__(self, settings: ShelfSettings | None = None, clock: Callable[[], float] = time.monotonic) -> None:
        self._settings = settings or ShelfSettings()
        self._clock = clock
        self._copies: OrderedDict[str, _Copy] = OrderedDict()
        self._bytes = 0
        self._lock = threading.Lock()

    def __len__(self) -> int:
        with self._lock:
            self._drop_old()
            return len(self._copies)

    def put(self, pixels: Pixels) -> ShelvedImage:
        """Keep a copy and return under which id.

        Raises:
            BadInput: photos are not kept here, or one copy is larger than all may be together.
        """
        settings = self._settings
        if settings.lifetime_s <= 0 or settings.most_images < 1:
            raise BadInput("This shop keeps no uploaded photos.", remedy="Send the photo with each search.")
        small = resize(pixels, long=LONGEST_SIDE) if max(pixels.shape[:2]) > LONGEST_SIDE else pixels
        data = encode(small, "jpeg", _QUALITY)
        if len(data) > settings.most_bytes:
            raise BadInput("The photo is larger than all kept photos may be.", received=f"{len(data)} bytes")
        name = secrets.token_urlsafe(24)
        with self._lock:
            self._copies[name] = _Copy(data, self._clock() + settings.lifetime_s)
            self._bytes += len(data)
            self._drop_old()
            while len(self._copies) > settings.most_images or self._bytes > settings.most_bytes:
                self._drop_first()
        return ShelvedImage(name, small.shape[1], small.shape[0], settings.lifetime_s)

    def get(self, name: str) -> Pixels:
        """Return the copy.

        Raises:
            NotFound: there is none of that id, or its time is over.
        """
        with self._lock:
            self._drop_old()
            kept = self._copies.get(name)
        if kept is None:
            raise NotFound(
                "There is no uploaded photo of that id, or its time is over.",
                received=name[:64],
                remedy="Upload it again.",
                code="image_gone",
            )
        return decode(kept.data).pixels

    def _drop_old(self) -> None:
        now = self._clock()
        while self._copies and next(iter(self._copies.values())).until <= now:
            self._drop_first()

    def _drop_first(self) -> None:
        _, dropped = self._copies.popitem(last=False)
        self._bytes -= len(dropped.data)
