"""A few thousand bytes that recognise a photo again after saving, resizing or recompressing it."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

import cv2
import numpy as np

from shoplens.records import Pixels

_SIDE = 32


@dataclass(frozen=True, slots=True, eq=False)
class Fingerprint:
    """What duplicate checks keep of a photo.

    Attributes:
        digest: hash of the decoded pixels; equal for files that differ in metadata only.
        thumbnail: uint8 RGB `[32, 32, 3]`.
    """

    digest: bytes
    thumbnail: Pixels

    @staticmethod
    def of(pixels: Pixels) -> Fingerprint:
        """Compute the fingerprint of an RGB picture `[h, w, 3]`."""
        digest = hashlib.blake2b(np.ascontiguousarray(pixels).data, digest_size=16, salt=f"{pixels.shape[1]}".encode())
        thumbnail = np.asarray(cv2.resize(pixels, (_SIDE, _SIDE), interpolation=cv2.INTER_AREA), np.uint8)
        return Fingerprint(digest.digest(), thumbnail)

    def to_bytes(self) -> bytes:
        """Return the fingerprint as bytes of one length."""
        return self.digest + self.thumbnail.tobytes()

    @staticmethod
    def from_bytes(data: bytes) -> Fingerprint:
        """Return the fingerprint that `to_bytes` gave."""
        thumbnail = np.frombuffer(data[16:], np.uint8).reshape(_SIDE, _SIDE, 3)
        return Fingerprint(data[:16], thumbnail)
