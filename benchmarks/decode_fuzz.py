"""Claim: no malformed picture crashes the decoder; each is decoded or refused, in bounded time and memory.

Draws pictures in the four formats that are let in, damages them (bits, bytes, cuts, splices, lengths, headers) and
decodes each. Every picture that is let through must be uint8 RGB of the size that its facts state.

    python benchmarks/decode_fuzz.py --count 100000
"""

from __future__ import annotations

import argparse
import collections
import io
import random
import resource
import time
import zlib
from collections.abc import Iterator

import numpy as np
from PIL import Image

from shoplens.errors import PhotoError
from shoplens.photos.decode import Limits, decode

LIMITS = Limits(max_bytes=4_000_000, max_pixels=4_000_000)


def seeds() -> list[bytes]:
    """Draw small pictures in every format and mode."""
    noise = np.random.default_rng(7)
    ramp = np.linspace(0, 255, 48 * 40 * 3).reshape(40, 48, 3)
    picture = Image.fromarray(np.clip(ramp + noise.normal(0, 12, ramp.shape), 0, 255).astype(np.uint8))
    exif = Image.Exif()
    exif[0x0112] = 6
    exif[0x8825] = {1: "N", 2: (1.0, 2.0, 3.0)}
    deep = Image.fromarray(np.asarray(picture.convert("L")).astype(np.uint16) * 257)
    saved = [
        (picture, "JPEG", {"quality": 85, "exif": exif}),
        (picture, "JPEG", {"quality": 60, "progressive": True}),
        (picture.convert("L"), "JPEG", {}),
        (picture.convert("CMYK"), "JPEG", {}),
        (picture, "PNG", {"exif": exif}),
        (picture.convert("RGBA"), "PNG", {}),
        (picture.convert("P"), "PNG", {"transparency": 3}),
        (deep, "PNG", {}),
        (picture.convert("1"), "PNG", {}),
        (picture, "WEBP", {"quality": 80, "exif": exif}),
        (picture.convert("RGBA"), "WEBP", {"lossless": True}),
        (picture, "WEBP", {"save_all": True, "append_images": [picture.rotate(180)]}),
        (picture.convert("P"), "GIF", {"comment": b"shop"}),
        (picture.convert("P"), "GIF", {"save_all": True, "append_images": [picture.rotate(90).convert("P")]}),
    ]
    files = []
    for image, format, options in saved:
        buffer = io.BytesIO()
        image.save(buffer, format, **options)
        files.append(buffer.getvalue())
    return files


def mutants(count: int, seed: int = 7) -> Iterator[bytes]:
    """Yield damaged pictures, the same ones for the same seed."""
    dice, files = random.Random(seed), seeds()
    for _ in range(count):
        data = bytearray(dice.choice(files))
        for _ in range(dice.choice((1, 1, 1, 2, 4, 12))):
            at = dice.randrange(min(len(data), dice.choice((40, 200, 10**6)))) if data else 0
            kind = dice.choice((0, 0, 0, 1, 1, 1, 2, 3, 4, 5, 6))
            if kind == 0 and data:
                data[at % len(data)] ^= 1 << dice.randrange(8)
            elif kind == 1 and data:
                data[at % len(data)] = dice.choice((0, 1, 0x7F, 0x80, 0xFF, dice.randrange(256)))
            elif kind == 2:
                del data[dice.randrange(at + 1, len(data) + 2) :]
            elif kind == 3:
                del data[at : at + dice.randrange(1, 64)]
            elif kind == 4:
                data[at:at] = dice.randbytes(dice.randrange(1, 64))
            elif kind == 5:
                data[at : at + 4] = dice.choice(
                    (b"\0\0\0\0", b"\xff\xff\xff\xff", b"\x7f\xff\xff\xff", b"\0\0\xff\xff")
                )
            else:
                other = dice.choice(files)
                cut = dice.randrange(len(other))
                data[at:] = other[cut:]
        yield repaired(bytes(data)) if dice.random() < 0.7 else bytes(data)


def repaired(data: bytes) -> bytes:
    """Correct the checksums of a PNG's chunks, so that damage reaches the decoder behind them."""
    out = bytearray(data)
    position = 8
    while data.startswith(b"\x89PNG") and position + 12 <= len(out):
        end = position + 8 + int.from_bytes(out[position : position + 4])
        if end + 4 > len(out):
            break
        out[end : end + 4] = zlib.crc32(out[position + 4 : end]).to_bytes(4)
        position = end + 4
    return bytes(out)


def check(data: bytes) -> str:
    """Decode and return "decoded" or the code of the refusal; anything else is an error of ours."""
    try:
        photo = decode(data, name="fuzz.jpg", min_side=16, limits=LIMITS)
    except PhotoError as error:
        return error.code
    pixels = photo.pixels
    assert pixels.dtype == np.uint8
    assert pixels.ndim == 3
    assert pixels.shape[2] == 3
    assert pixels.flags.c_contiguous
    factors = [f for f in (1, 2, 4, 8) if pixels.shape[:2] == (-(-photo.facts.height // f), -(-photo.facts.width // f))]
    assert factors, (pixels.shape, photo.facts)
    return "decoded"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=100_000)
    count = parser.parse_args().count
    outcomes: collections.Counter[str] = collections.Counter()
    worst, begin = 0.0, time.perf_counter()
    for data in mutants(count):
        start = time.perf_counter()
        outcomes[check(data)] += 1
        worst = max(worst, time.perf_counter() - start)
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(
        f"{count:,} pictures in {time.perf_counter() - begin:.0f} s, worst {worst:.3f} s, peak memory {memory:.0f} MB"
    )
    for code, number in outcomes.most_common():
        print(f"  {code:24} {number:,}")
    assert worst < 2.0, "a picture took 2 s or more"
    assert memory < 1024, "decoding took 1 GB or more"


if __name__ == "__main__":
    main()
