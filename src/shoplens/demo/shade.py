"""The colours that the demonstration shop sells, as RGB values of each name."""

from __future__ import annotations

from shoplens.demo.drawing.paint import Rgb

SHADES: dict[str, tuple[Rgb, ...]] = {
    "black": ((34, 34, 38), (40, 40, 42), (28, 28, 32)),
    "white": ((248, 248, 245), (244, 244, 242), (250, 250, 250)),
    "grey": ((140, 144, 150), (112, 116, 122), (168, 172, 178)),
    "red": ((208, 52, 52), (186, 36, 44), (160, 26, 38)),
    "orange": ((238, 132, 44), (226, 112, 40), (244, 150, 72)),
    "yellow": ((242, 204, 64), (248, 216, 92), (232, 196, 40)),
    "green": ((70, 132, 84), (104, 140, 84), (44, 110, 76)),
    "blue": ((66, 122, 202), (96, 152, 218), (52, 98, 178)),
    "navy": ((32, 44, 84), (36, 52, 92), (28, 36, 72)),
    "purple": ((128, 88, 176), (104, 68, 150), (150, 118, 196)),
    "pink": ((240, 152, 176), (232, 124, 158), (246, 176, 190)),
    "brown": ((142, 90, 54), (118, 74, 46), (160, 104, 64)),
    "beige": ((222, 202, 170), (230, 214, 186), (210, 188, 152)),
}
"""English name (a key of `shoplens.photos.color_names.COLOR_NAMES`) to the tones drawn for it."""

NEUTRAL = frozenset({"black", "white", "grey", "beige", "navy", "brown"})
"""Colours that go with every other."""

_FRIENDS = frozenset(
    frozenset(pair)
    for pair in (
        ("red", "blue"), ("blue", "orange"), ("blue", "yellow"), ("green", "pink"), ("green", "yellow"),
        ("purple", "yellow"), ("pink", "red"), ("pink", "purple"), ("orange", "yellow"), ("green", "blue"),
    )
)  # fmt: skip


def harmonious(one: str, other: str) -> bool:
    """Return whether two colours are worn or placed together in this shop: alike, one neutral, or a known pair."""
    return one == other or one in NEUTRAL or other in NEUTRAL or frozenset((one, other)) in _FRIENDS
