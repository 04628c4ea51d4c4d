"""One line of a rule pack: which check, how strict, how grave, and who says so."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cache, lru_cache

from shoplens.errors import BadInput
from shoplens.records import Box, Finding, Measure, Severity

_SHARES = frozenset({"share", "fill", "score", "sure", "likeness", "confusion", "saturation"})
"""Last words of the names of limits that are shares or probabilities, unless the check's own limit lies above 1."""

_CJK = re.compile("[\u3040-\u30ff\u3400-\u9fff]")


@dataclass(frozen=True)
class Rule:
    """A check with its limits.

    Attributes:
        check: the check's code, such as "photo_too_small".
        severity: what a violation is worth.
        limits: limit name to value; the names are the check's own, see its `limits`.
        main_only: judges only a product's first photo.
        categories: judges only products of which a category holds one of these, without regard to case; () judges all.
            One without ">" stands as whole words in any level of the category, one in Chinese or Japanese anywhere in a
            level; "one > another" are whole levels in a row, and "> one" is a whole level.
        source: where the rule is written, a URL or "from memory: ...".
        pack: title of the rule pack that holds the rule.
    """

    check: str
    severity: Severity
    limits: Mapping[str, float] = field(default_factory=dict)
    main_only: bool = False
    categories: tuple[str, ...] = ()
    source: str = ""
    pack: str = ""

    def completed(self, defaults: Mapping[str, float]) -> Rule:
        """Return the rule with the check's defaults for the limits that the pack leaves open.

        Raises:
            BadInput: the pack names a limit that the check does not know, or one that is out of its range, or the
                rule asks for nothing.
        """
        unknown = sorted(set(self.limits) - set(defaults))
        if unknown:
            raise BadInput(
                f"The rule for {self.check} in the pack '{self.pack}' has a limit that the check does not know.",
                received=", ".join(unknown),
                remedy=f"Use: {', '.join(sorted(defaults)) or 'no limits'}.",
            )
        for name, value in self.limits.items():
            self._refuse_out_of_range(name, value, defaults[name])
        limits = {**defaults, **self.limits}
        if _asks_for_nothing(defaults) and not any(limits.values()):
            raise BadInput(
                f"The rule for {self.check} in the pack '{self.pack}' asks for nothing, so it can never find anything.",
                remedy=f"Set one of its limits above 0: {', '.join(sorted(defaults))}.",
            )
        return replace(self, limits=limits)

    def concerns(self, *, main: bool, categories: tuple[str, ...]) -> bool:
        """Tell whether the rule judges a photo in this place of a product of these categories."""
        if self.main_only and not main:
            return False
        return not self.categories or any(_holds(category, self.categories) for category in categories)

    @property
    def mark(self) -> str:
        """The limits, written out: what tells findings of this rule from those by stricter or laxer limits."""
        return " ".join(f"{name}={float(value)!r}" for name, value in sorted(self.limits.items()))

    def finding(
        self, description: str, detail: Measure | None = None, *, box: Box | None = None, attribute: str = "photo"
    ) -> Finding:
        """Return a finding of this rule; the inspector adds the photo and the product."""
        return Finding(self.check, self.severity, attribute, description, detail, box=box, documentation=self.source)

    def _refuse_out_of_range(self, name: str, value: float, default: float) -> None:
        where = f"The limit {name} of {self.check} in the pack '{self.pack}'"
        if value < 0 <= default:
            raise BadInput(f"{where} is negative.", received=f"{value:g}", remedy="Give a number from 0 on.")
        if value > 1 >= default and name.rpartition("_")[2] in _SHARES:
            raise BadInput(
                f"{where} lies above 1.", received=f"{value:g}", remedy="Give a share from 0 to 1: 25 % is 0.25."
            )


def levels_of(category: str) -> list[str]:
    """Return the levels of a category, such as "Clothing > Dresses", without regard to case."""
    return [level for level in (part.strip() for part in category.casefold().split(">")) if level]


@lru_cache(maxsize=10_000)  # a catalogue has few categories, and a pack may name hundreds
def _holds(category: str, terms: tuple[str, ...]) -> bool:
    words, paths = _sought(terms)
    levels = levels_of(category)
    return any(words.search(level) for level in levels) or any(
        levels[at : at + len(path)] == path for path in paths for at in range(len(levels))
    )


@cache
def _sought(terms: tuple[str, ...]) -> tuple[re.Pattern[str], list[list[str]]]:
    """Return what one level has to hold, and the rows of whole levels."""
    words = [re.escape(term.strip().casefold()) for term in terms if ">" not in term]
    # Chinese and Japanese are written without blanks between words.
    bounded = [word if _CJK.search(word) else rf"(?<!\w){word}(?!\w)" for word in words]
    nothing = "(?!)"
    return re.compile("|".join(bounded) or nothing), [levels_of(term) for term in terms if ">" in term]


def _asks_for_nothing(defaults: Mapping[str, float]) -> bool:
    """Tell whether all of a check's own limits are minima of 0, below which nothing lies."""
    return bool(defaults) and all(name.startswith("min_") and not value for name, value in defaults.items())


def beside(value: float, limit: float, spec: str) -> str:
    """Return a value in as few digits as tell it from its limit, from a `spec` such as ".1f" or ".0%" on.

    It reads on the side of the limit where it is if the limit stands there with all its digits, see `exactly`.
    """
    digits, kind = int(spec[1:-1]), spec[-1]
    told = ((f"{value:.{more}{kind}}", f"{limit:.{more}{kind}}") for more in range(digits, digits + 4))
    return next((shown for shown, other in told if shown != other), f"{value:{spec}}")


def exactly(limit: float, spec: str) -> str:
    """Return a limit with all its digits, up to four more than `spec` has: 83.66%, where ".1%" would make it 83.7%."""
    digits, kind = int(spec[1:-1]), spec[-1]
    told = [f"{limit:.{more}{kind}}" for more in range(digits, digits + 5)]
    return next((shown for shown in told if math.isclose(_read(shown), limit, rel_tol=1e-9)), told[-1])


def rounded(value: float, limit: float, digits: int) -> float:
    """Return a value with so many digits, or as many more as leave it on its side of the limit: 1.804 beside 1.8."""
    told = (round(value, more) for more in range(digits, digits + 4))
    return next((short for short in told if (short > limit, short < limit) == (value > limit, value < limit)), value)


def _read(shown: str) -> float:
    return float(shown.rstrip("%")) / (100 if shown.endswith("%") else 1)
