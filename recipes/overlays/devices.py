"""Keyboards, remote controls, displays and plates of our own drawing: letters that belong to a device."""

from __future__ import annotations

import cv2
import lettering
import numpy as np
import overlays
from overlays import Ink, Scene


def device(height: int, width: int, rng: np.random.Generator) -> np.ndarray:
    """The front of a device from edge to edge, uint8 RGB `[height, width, 3]`."""
    body = rng.uniform(10, 90) if rng.random() < 0.6 else rng.uniform(150, 245)
    tint = rng.normal(0, 4 if rng.random() < 0.8 else 40, 3)
    scene = Scene(np.full((height, width, 3), np.clip(body + tint, 0, 255), np.uint8))
    top = 0
    if rng.random() < 0.6:
        top = round(height * rng.uniform(0.2, 0.75))
        _display(scene, (0, top), rng)
    if rng.random() < 0.8:
        _keys(scene, (top, height), rng)
    for _ in range(int(rng.integers(0, 4))):
        # A maker's name, or what a socket is for, close to the body's own shade.
        name = lettering.stamp(lettering.words(rng, 2), max(6, round(height * rng.uniform(0.025, 0.09))), rng)
        name = overlays.fitted(name, round(0.7 * width))
        laid = overlays.placed(scene, name, overlays.a_place(scene, name.shape, rng, 0.2), 0.0)
        scene.blend(laid, _seen_on(scene.beneath(laid), rng), rng.uniform(0.25, 1.0))
    return scene.picture


def _seen_on(beneath: float, rng: np.random.Generator) -> np.ndarray:
    return overlays.some_color(rng, True) if rng.random() < 0.15 else np.full(3, 235.0 if beneath < 128 else 25.0)


def _display(scene: Scene, rows: tuple[int, int], rng: np.random.Generator) -> None:
    """A lit or dark pane with figures, lines of words and bars."""
    width, rim = scene.picture.shape[1], max(2, round(scene.side * rng.uniform(0.02, 0.1)))
    top, bottom = rows[0] + rim, max(rows[0] + rim + 8, rows[1] - rim)
    pane = rng.uniform(0, 40, 3) if rng.random() < 0.6 else overlays.some_color(rng, rng.random() < 0.6)
    cv2.rectangle(scene.picture, (rim, top), (width - rim, bottom), pane.tolist(), -1)
    y, lit = top + 3, _seen_on(float(pane.mean()), rng)
    while y < bottom - 10:
        high = int(min(bottom - y - 2, max(7, scene.side * rng.uniform(0.03, 0.2))))
        figures = f"{rng.integers(0, 24)}:{rng.integers(10, 60)}" if rng.random() < 0.4 else lettering.words(rng)
        line = overlays.fitted(lettering.stamp(figures, max(6, round(0.7 * high)), rng), width - 2 * rim - 4)[:high]
        x = int(rng.integers(rim, max(rim + 1, width - rim - line.shape[1])))
        part = (slice(y, y + line.shape[0]), slice(x, x + line.shape[1]))
        scene.blend(Ink(part, line, line), lit, rng.uniform(0.5, 1.0))
        y += high + int(rng.integers(2, 12))


def _keys(scene: Scene, rows: tuple[int, int], rng: np.random.Generator) -> None:
    """A grid of keys or round buttons, each with a letter, a figure or a short word."""
    width, side = scene.picture.shape[1], max(9, round(scene.side * rng.uniform(0.05, 0.2)))
    gap, round_ones = max(1, round(side * rng.uniform(0.08, 0.5))), rng.random() < 0.35
    shade = np.clip(float(scene.picture[0, 0].mean()) + rng.uniform(-50, 50), 0, 255)
    wordy, strength = rng.random() < 0.3, rng.uniform(0.5, 1.0)
    ink = _seen_on(float(shade), rng)
    for y in range(rows[0] + gap, rows[1] - side, side + gap):
        for x in range(gap, width - side, side + gap):
            color = overlays.some_color(rng, True) if rng.random() < 0.04 else np.full(3, shade)
            if round_ones:
                cv2.circle(scene.picture, (x + side // 2, y + side // 2), side // 2, color.tolist(), -1, cv2.LINE_AA)
            else:
                cv2.rectangle(scene.picture, (x, y), (x + side, y + side), color.tolist(), -1)
            label = str(rng.choice(lettering.WORDS))[:4] if wordy else str(rng.choice(lettering.LETTERS))
            letter = lettering.stamp(label, max(6, round(side * 0.4)), rng)[: side - 2]
            letter = overlays.fitted(letter, max(4, side - 4))[: side - 2]
            top, left = y + (side - letter.shape[0]) // 2, x + (side - letter.shape[1]) // 2
            part = (slice(top, top + letter.shape[0]), slice(left, left + letter.shape[1]))
            scene.blend(Ink(part, letter, letter), ink, strength)
