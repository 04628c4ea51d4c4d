"""Figures on photos held out of the training parts, for watching a run; the shop's own test parts are never read."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import numpy as np
from photo_stream import STRONG, Photos
from taxonomy import SOURCES

from shoplens.photos.recipe import Recipe

if TYPE_CHECKING:
    import keras

SIZE = 128


def shrink(pixels: np.ndarray, size: int = SIZE) -> np.ndarray:
    return Recipe.encoder(size).apply(np.ascontiguousarray(pixels))


Run = Callable[[np.ndarray], dict[str, np.ndarray]]
"""From photos uint8 [n, s, s, 3] to "embedding" and "logits" (or "probabilities")."""


def keras_run(net: keras.Model, names: Sequence[str] = ("embedding", "logits")) -> Run:
    import keras

    asked = keras.Model(net.input, {name: net.output[name] for name in names})
    return asked.predict_on_batch


def outputs(run: Run, photos: np.ndarray, batch: int = 64) -> dict[str, np.ndarray]:
    """Run the network in batches of one shape: the last one is padded."""
    parts: dict[str, list[np.ndarray]] = {}
    for start in range(0, len(photos), batch):
        chunk = photos[start : start + batch]
        padded = np.concatenate([chunk, np.zeros((batch - len(chunk), *chunk.shape[1:]), np.uint8)])
        for name, value in run(padded).items():
            parts.setdefault(name, []).append(value[: len(chunk)])
    return {name: np.concatenate(values) for name, values in parts.items()}


def nearest_label(queries: np.ndarray, gallery: np.ndarray, labels: np.ndarray, k: int = 10) -> np.ndarray:
    """Return the label that the k most similar gallery vectors agree on, votes weighted by exp(similarity / 0.1)."""
    similarity = queries @ gallery.T
    top = np.argsort(-similarity, axis=1)[:, :k]
    votes = np.zeros((len(queries), labels.max() + 1))
    for row, columns in enumerate(top):
        np.add.at(votes[row], labels[columns], np.exp(similarity[row, columns] / 0.1))
    return votes.argmax(axis=1)


def probe(run: Run, photos: Photos, size: int = SIZE, gallery_size: int = 4000) -> dict[str, float]:
    """Return accuracies on held-out photos: nearest neighbours, categories, and finding a photo by another view."""
    rng = np.random.default_rng(3)
    held = np.flatnonzero(photos.held_out & (photos.source != SOURCES.index("fashion")))
    train = np.flatnonzero(~photos.held_out & (photos.source != SOURCES.index("fashion")))
    train = rng.choice(train, min(gallery_size, len(train)), replace=False)
    queries = outputs(run, np.stack([shrink(photos.pixels[i], size) for i in held]))
    gallery = outputs(run, np.stack([shrink(photos.pixels[i], size) for i in train]))["embedding"]
    views = outputs(run, np.stack([STRONG.apply(photos.pixels[i], size, rng) for i in held]))["embedding"]
    found = {}
    scores = queries["logits"] if "logits" in queries else queries["probabilities"]
    for index, name in enumerate(SOURCES[:4]):
        labels = photos.fine if name == "grocery" else photos.label
        mine = (photos.source[held] == index) & (labels[held] >= 0)
        theirs = (photos.source[train] == index) & (labels[train] >= 0)
        guess = nearest_label(queries["embedding"][mine], gallery[theirs], labels[train][theirs])
        found[f"knn_{name}"] = float((guess == labels[held][mine]).mean())
        known = (photos.source[held] == index) & (photos.category[held] >= 0)
        found[f"category_{name}"] = float((scores[known].argmax(1) == photos.category[held][known]).mean())
    article = photos.item[held[photos.source[held] == SOURCES.index("drawn")]]
    vectors = queries["embedding"][photos.source[held] == SOURCES.index("drawn")]
    nearest = (vectors @ vectors.T - 2 * np.eye(len(vectors))).argmax(axis=1)
    found["drawn_r1"] = float((article[nearest] == article).mean())
    similarity = views @ queries["embedding"].T
    found["view_r1"] = float((similarity.argmax(axis=1) == np.arange(len(held))).mean())
    return found
