"""Names that people give to classes, matched to the categories of a bundle."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches

from shoplens.errors import BadInput, UnknownName
from shoplens.models.bundle import Category

_PART = " > "


@dataclass(frozen=True, slots=True)
class UnmatchedLabel:
    """A label of the data that is no category of the bundle.

    Attributes:
        label: as the data give it.
        photos: how many bear it.
        nearest: categories that it may mean, at most three.
    """

    label: str
    photos: int
    nearest: tuple[str, ...]


class LabelNames:
    """Finds a bundle's category by its id, its English or Chinese path, or the last part of either.

    Capitals, hyphens, underscores and an English plural do not matter ("t-shirt" is "Clothing > T-Shirts"). A name that
    fits two categories fits none.

    Args:
        categories: of the bundle, in order.
        given: label of the data to the name of a category, for labels that no rule finds.

    Raises:
        UnknownName: `given` names a category that the bundle does not have.
    """

    def __init__(self, categories: Sequence[Category], given: Mapping[str, str] | None = None) -> None:
        self._categories = categories
        # the surer ways first: a whole path wins over the last part of another one
        self._ways = [_index([form(category) for category in categories]) for form in _FORMS]
        self._given: dict[str, int] = {}
        for label, name in (given or {}).items():
            found = self.find(name)
            if found is None:
                raise UnknownName("category of the bundle", name, (category.id for category in categories))
            self._given[_plain(label)] = found

    def find(self, label: str) -> int | None:
        """Return the position of the category that `label` means; None where there is none or more than one."""
        plain = _plain(label)
        if plain in self._given:
            return self._given[plain]
        for way in self._ways:
            for spelling in (plain, _singular(plain)):
                if len(found := way.get(spelling, set())) == 1:
                    return next(iter(found))
        return None

    def unmatched(self, label: str, photos: int) -> UnmatchedLabel:
        """Return a label that was not found, with the categories that come nearest."""
        names = {
            _plain(form): category.en for forms in _FORMS for category in self._categories for form in forms(category)
        }
        near = [names[name] for name in get_close_matches(_plain(label), names, n=3, cutoff=0.6)]
        near += [category.en for category in self._categories if _ends_alike(category, label)]
        return UnmatchedLabel(label, photos, tuple(dict.fromkeys(near))[:3])

    @staticmethod
    def parse(pairs: Sequence[str]) -> dict[str, str]:
        """Read "label=category" pairs, as the command line takes them.

        Raises:
            BadInput: a pair has no "=".
        """
        found = {}
        for pair in pairs:
            label, equals, name = pair.partition("=")
            if not equals or not label.strip() or not name.strip():
                raise BadInput(
                    "That translates no label.", received=pair, remedy="Write --map 'longsleeve=Long-Sleeved Tops'."
                )
            found[label.strip()] = name.strip()
        return found


_FORMS = (
    lambda category: (category.id,),
    lambda category: (category.en, category.zh),
    lambda category: (category.en.split(_PART)[-1], category.zh.split(_PART)[-1]),
)


def _index(names: Sequence[Sequence[str]]) -> dict[str, set[int]]:
    found: dict[str, set[int]] = {}
    for position, forms in enumerate(names):
        for form in forms:
            plain = _plain(form)
            for spelling in {plain, _singular(plain)} - {""}:
                found.setdefault(spelling, set()).add(position)
    return found


def _plain(name: str) -> str:
    """Return the name in small letters, its words parted by one blank and its levels by " > "."""
    levels = re.split(r"\s*[>/]\s*", name.strip())
    return _PART.join(" ".join(re.split(r"[\s_\-]+", level.casefold().strip())) for level in levels)


def _singular(name: str) -> str:
    """Return the name without its English plural, roughly; both sides are treated alike, so rough is enough."""
    for ending, instead in (("ies", "y"), ("sses", "ss"), ("shes", "sh"), ("ches", "ch"), ("xes", "x")):
        if name.endswith(ending):
            return name[: -len(ending)] + instead
    return name[:-1] if name.endswith("s") and not name.endswith("ss") else name


def _ends_alike(category: Category, label: str) -> bool:
    return _singular(_plain(category.en.split(_PART)[-1])) == _singular(_plain(label.split(_PART)[-1]))
