"""Categories that were taught from a few photos, beside a model that names all others."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from shoplens.catalog.taught import TaughtPhoto
from shoplens.classify.bundle_categories import to_prediction
from shoplens.classify.classifier import MIN_SIDE, CategoryModel
from shoplens.classify.examples import Examples
from shoplens.embedding.view_embedder import VIEWS, ViewEmbedder
from shoplens.models.linear_head import LinearHead, fit_head
from shoplens.photos.decode import decode
from shoplens.records import Pixels, Prediction, Vectors

OTHER = ""
"""The label of what belongs to no taught category."""

_STRANGERS = 1000
_ALONE = 0.8
# Five photos often come from one burst, and then judge each other too kindly: smaller penalties look better out of fold
# and name 2 to 7 in 100 fewer of other photos, where the photos of a class are as different as those of the web.
_PENALTIES = (1e-2, 3e-2, 1e-1)
_SPREAD = 0.05


@dataclass(frozen=True, slots=True, eq=False)
class TaughtHead:
    """Tells the taught categories from each other and from what they are not.

    Attributes:
        head: over the categories, and `OTHER` where strangers were there to learn it from; None for one category and no
            stranger.
        centers: of the categories, unit vectors.
        reach: the least similarity to its centre at which a photo may belong to a category, where `head` knows no
            strangers that would tell better.
    """

    head: LinearHead | None
    centers: Mapping[str, Vectors]
    reach: Mapping[str, float]

    @property
    def knows_strangers(self) -> bool:
        """Whether it learned what the categories are not."""
        return self.head is not None and OTHER in self.head.labels

    def predict(self, vectors: Vectors) -> list[Prediction]:
        """Return a prediction a row; the label is None for what is no taught category or not surely one."""
        return [self._one(vector) for vector in vectors]

    def _one(self, vector: Vectors) -> Prediction:
        sure = {name: self._nearness(name, vector) for name in self.centers}
        if self.head is None:
            ((label, confidence),) = sure.items()
            said = Prediction(label, confidence)
        else:
            said = to_prediction(self.head.probabilities(vector[None])[0], self.head.labels, self.head.threshold)
        runners = tuple(pair for pair in said.runners_up if pair[0] != OTHER)
        if not said.label or sure[said.label] < 0.5:
            return Prediction(None, said.confidence, runners)
        return Prediction(said.label, min(said.confidence, sure[said.label]), runners)

    def _nearness(self, name: str, vector: Vectors) -> float:
        """Return 1 at the category's centre and one half at its reach, or 1 where strangers say more."""
        if self.knows_strangers:
            return 1.0
        near = (float(vector @ self.centers[name]) - self.reach[name]) / (1.0 - self.reach[name])
        return float(np.clip(0.5 + 0.5 * near, 0.0, 1.0))


def learn_taught(examples: Examples, strangers: Vectors, *, precision: float = 0.95) -> TaughtHead:
    """Fit the taught categories on their examples, and on strangers as one more class that weighs as much as they all.

    Each example teaches by every view, in every light, and by the mean of its views, which new photos are judged by.
    Where there are no strangers, a photo that is further from a category than its examples are is none of it.

    Args:
        examples: at least one.
        strangers: vectors of photos of other things, `[m, dim]`; at most 1,000 are looked at.
        precision: how often an answer should be right.
    """
    names = sorted(set(examples.categories))
    centers = {name: _center(_rows(examples, name)) for name in names}
    if len(strangers) > _STRANGERS:
        strangers = strangers[np.random.default_rng(0).choice(len(strangers), _STRANGERS, replace=False)]
    strangers = strangers.reshape(-1, examples.vectors.shape[1])
    head = None
    if len(names) > 1 or len(strangers) > 1:
        rows, labels, groups, weights, counts = teaching_rows(examples)
        often = max(1, round(len(strangers) / sum(counts)))
        head = fit_head(
            np.concatenate([rows, strangers]),
            [*labels, *[OTHER] * len(strangers)],
            [*groups, *(f"stranger {row}" for row in range(len(strangers)))],
            precision=precision,
            weights=[*weights, *[1.0] * len(strangers)],
            counts=[*(often * count for count in counts), *[1] * len(strangers)],
            shares={OTHER: float(len(names))},
            penalties=_PENALTIES,
        ).head
    return TaughtHead(head, centers, {name: _reach(_rows(examples, name)) for name in names})


def teaching_rows(examples: Examples) -> tuple[Vectors, list[str], list[str], list[float], list[int]]:
    """Return vectors, labels, groups, weights and counts for `fit_head`: each photo's mean, then each of its views.

    The rows of a photo weigh 1 together. Its mean is judged, and the photo in other lights, so that the confidence
    holds for them too.
    """
    photos, views = examples.views.shape[:2]
    rows = np.concatenate([examples.vectors[:, None], examples.views], axis=1).reshape(photos * (views + 1), -1)
    labels = [name for name in examples.categories for _ in range(views + 1)]
    groups = [key for key in examples.keys for _ in range(views + 1)]
    return rows, labels, groups, [1.0 / (views + 1)] * len(rows), [1, *[0] * VIEWS, *[1] * (views - VIEWS)] * photos


class TaughtCategories:
    """Names a taught category where it is sure, and leaves every other photo to another model, untouched.

    Args:
        others: names what was not taught.
        embedder: makes the vectors of photos; the same that made the examples'.
        head: fitted by `learn_taught`.
        called: what the other model surely calls the examples of each category. Where given, a photo that it surely
            calls anything else is left to it. For heads that know no strangers.
    """

    def __init__(
        self,
        others: CategoryModel,
        embedder: ViewEmbedder,
        head: TaughtHead,
        called: Mapping[str, Collection[str]] | None = None,
    ) -> None:
        self._others = others
        self._embedder = embedder
        self._head = head
        self._called = called

    @property
    def id(self) -> str:
        """The other model's, with "+taught"."""
        return f"{self._others.id}+taught"

    def predict(self, photos: Sequence[Pixels]) -> list[Prediction]:
        """Return one prediction a photo."""
        taught = self._head.predict(self._embedder.embed(photos))
        asked = [self._called is not None or not said.label for said in taught]
        answers = iter(self._others.predict([photo for photo, ask in zip(photos, asked, strict=True) if ask]))
        return [self._choice(said, next(answers) if ask else None) for said, ask in zip(taught, asked, strict=True)]

    def _choice(self, taught: Prediction, other: Prediction | None) -> Prediction:
        if other is None or not taught.label or self._called is None:
            return other or taught
        return other if other.label and other.label not in self._called[taught.label] else taught


def called_by(others: CategoryModel, photos: Sequence[TaughtPhoto]) -> dict[str, set[str]]:
    """Return what a model surely calls the examples of each category."""
    names: dict[str, set[str]] = {photo.category: set() for photo in photos}
    said = others.predict([decode(photo.picture, min_side=MIN_SIDE).pixels for photo in photos])
    for photo, prediction in zip(photos, said, strict=True):
        if prediction.label:
            names[photo.category].add(prediction.label)
    return names


def _rows(examples: Examples, name: str) -> Vectors:
    return examples.vectors[[category == name for category in examples.categories]]


def _center(vectors: Vectors) -> Vectors:
    total = vectors.sum(axis=0)
    return np.asarray(total / np.linalg.norm(total), np.float32)


def _reach(vectors: Vectors) -> float:
    """Return the mean similarity of an example to the centre of the others, less one standard deviation or 0.05.

    Of photos of classes that a network had never seen, four fifths lie within it, and 2 to 4 % of others.
    """
    if len(vectors) < 2:
        return _ALONE
    near = [float(v @ _center(np.delete(vectors, row, axis=0))) for row, v in enumerate(vectors)]
    return max(0.0, float(np.mean(near)) - max(_SPREAD, float(np.std(near))))
