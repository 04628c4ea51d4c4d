"""How well two colours go together."""

from __future__ import annotations

from functools import lru_cache
from typing import Literal

import numpy as np
import numpy.typing as npt

from shoplens.catalog.color_words import Lab

Relation = Literal["neutral", "tone_on_tone", "complementary", ""]

NEUTRAL_CHROMA = 12.0
"""C*ab up to which a colour is neutral: black, white, grey and their like."""

FULL_CHROMA = 35.0
"""C*ab from which a colour's hue counts in full; navy, beige and brown lie between the two."""

OPPOSITE_DEGREES = 25.0
"""Spread of hues around the opposite one: the Y and I templates leave about 47 degrees to each side."""

NEUTRAL = 0.6
"""What a neutral beside any colour is worth at least."""

COMPLEMENTARY = 0.6
"""What opposite hues are worth at least, both at full chroma."""

UNKNOWN_HARMONY = 0.5
"""Where a colour is unknown."""


def harmony(color: Lab, others: Lab) -> npt.NDArray[np.float32]:
    """Return how well each of `others` `[n, 3]` goes with `color` `[3]`: float32 `[n]`, 0 to 1.

    Three rules, of which the kindest counts:

    - likeness: the chromatic term of Ou and Luo, "A Colour Harmony Model for Two-Colour Combinations" (Color Research
      and Application 31, 2006), which they fitted to judgements of people: `0.04 + 0.53 tanh(0.8 - 0.045 dC)`, where
      dC is the distance in hue and chroma with chroma divided by 1.46; here scaled to 1 for equal colours;
    - a neutral goes with everything (`NEUTRAL`), less so the more colourful both are;
    - opposite hues go together (`COMPLEMENTARY`), after the hue templates of Matsuda (1995) as used by Cohen-Or et
      al., "Color Harmonization" (2006).
    """
    like, neutral, opposite = _rules(color, others)
    score = np.maximum(like, np.maximum(NEUTRAL * neutral, COMPLEMENTARY * opposite))
    return np.where(np.isfinite(score), score, UNKNOWN_HARMONY).astype(np.float32)


def relation(color: Lab, other: Lab) -> Relation:
    """Return why two colours go together, "" where they do not or one is unknown."""
    if not (np.isfinite(color).all() and np.isfinite(other).all()):
        return ""
    return _relation(tuple(color.tolist()), tuple(other.tolist()))


@lru_cache(maxsize=4_096)  # a shop has few colours, and each answer names some pairs of them
def _relation(color: tuple[float, ...], other: tuple[float, ...]) -> Relation:
    like, neutral, opposite = (float(rule[0]) for rule in _rules(np.array(color), np.array([other])))
    names: tuple[tuple[float, Relation], ...] = (
        (like, "tone_on_tone"),
        (NEUTRAL * neutral, "neutral"),
        (COMPLEMENTARY * opposite, "complementary"),
    )
    worth, name = max(names, key=lambda pair: pair[0])
    return name if worth >= UNKNOWN_HARMONY else ""


def _rules(color: Lab, others: Lab) -> tuple[npt.NDArray[np.float64], ...]:
    """Return likeness, neutrality and opposition, float64 `[n]` each, 0 to 1."""
    one, many = color.astype(np.float64), others.astype(np.float64)
    chroma, chromas = np.hypot(one[1], one[2]), np.hypot(many[:, 1], many[:, 2])
    by_chroma = chromas - chroma
    by_hue_squared = np.maximum((many[:, 1] - one[1]) ** 2 + (many[:, 2] - one[2]) ** 2 - by_chroma**2, 0.0)
    distance = np.sqrt(by_hue_squared + (by_chroma / 1.46) ** 2)
    like = (np.tanh(0.8 - 0.045 * distance) + 1.0) / (np.tanh(0.8) + 1.0)
    colorful = _colorfulness(chroma) * _colorfulness(chromas)
    hues = np.degrees(np.arctan2(many[:, 2], many[:, 1]) - np.arctan2(one[2], one[1]))
    from_opposite = np.abs(hues % 360.0 - 180.0)
    return like, 1.0 - colorful, colorful * np.exp(-0.5 * (from_opposite / OPPOSITE_DEGREES) ** 2)


def _colorfulness(chroma: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    return np.clip((chroma - NEUTRAL_CHROMA) / (FULL_CHROMA - NEUTRAL_CHROMA), 0.0, 1.0)
