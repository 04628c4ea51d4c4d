"""What was measured beside its limit, for people."""

from __future__ import annotations

from shoplens.records import Measure

_UNITS = {"px", "levels", "L*", "Lab"}
_PERCENT = {"share", "probability"}


def measure_text(detail: Measure) -> str:
    """Return such as "34.9 % < 35 %": the value, the limit, and as many digits as tell them apart."""
    sign = "<" if detail.measured < detail.threshold else ">" if detail.measured > detail.threshold else "="
    if detail.unit in _PERCENT:
        measured, threshold = _told_apart(100 * detail.measured, 100 * detail.threshold, 3)
        return f"{measured} % {sign} {threshold} %"
    measured, threshold = _told_apart(detail.measured, detail.threshold, 4)
    unit = f" {detail.unit}" if detail.unit in _UNITS else ""
    return f"{measured} {sign} {threshold}{unit}"


def _told_apart(one: float, other: float, digits: int) -> tuple[str, str]:
    """Return two numbers in so many digits, large ones in all before the point, or in as many as tell them apart."""
    fewest = max(digits, len(f"{max(one, other):.0f}"))
    told = [tuple(f"{number:.{more}g}" for number in (one, other)) for more in range(fewest, fewest + 7)]
    first, second = next((pair for pair in told if pair[0] != pair[1]), told[0])
    return first, second
