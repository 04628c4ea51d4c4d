"""The report's plots as inline SVG: sharp at any size, in two languages, in the page's own colours."""

from __future__ import annotations

import math
from collections.abc import Sequence

from shoplens.models.calibrate import Reliability

_WIDTH, _HEIGHT = 480, 260
_LEFT, _RIGHT, _TOP, _BOTTOM = 46, 12, 26, 34


def line_chart(lines: Sequence[tuple[str, Sequence[float]]], *, label: str, mark: int = -1, share: bool = False) -> str:
    """Return a chart of one or two lines over the passes.

    Args:
        lines: each with its name (HTML) and its values, one a pass, finite.
        label: of the x axis, as HTML.
        mark: position of the value of the last line that is to be marked, -1 for none.
        share: the values are shares, so that the axis ends at 1 and reads in percent.
    """
    values = [value for _, line in lines for value in line]
    low, high = (min(values), 1.0) if share else (0.0, max(values))
    low = math.floor(10 * low) / 10 if share and low < high else low
    high = high if high > low else low + 1.0
    count = max(len(line) for _, line in lines)

    def place(i: int, value: float) -> tuple[float, float]:
        x = _LEFT + (_WIDTH - _LEFT - _RIGHT) * (i / (count - 1) if count > 1 else 0.5)
        return round(x, 1), round(_TOP + (_HEIGHT - _TOP - _BOTTOM) * (high - value) / (high - low), 1)

    parts = [_grid([low + (high - low) * i / 4 for i in range(5)], low, high, share=share)]
    for number, (name, line) in enumerate(lines, start=1):
        points = " ".join(f"{x},{y}" for x, y in (place(i, value) for i, value in enumerate(line)))
        parts.append(f'<polyline class="s{number}" points="{points}"/>')
        if len(line) == 1:
            parts.append('<circle class="f{}" cx="{}" cy="{}" r="3"/>'.format(number, *place(0, line[0])))
        left = _LEFT + (number - 1) * 190
        parts.append(f'<rect class="f{number}" x="{left}" y="6" width="12" height="4"/>')
        parts.append(_text(left + 18, 12, name, "start"))
    if mark >= 0:
        x, y = place(mark, lines[-1][1][mark])
        parts.append(f'<circle class="mark" cx="{x}" cy="{y}" r="5"/>')
    for i in sorted({0, (count - 1) // 2, count - 1}):
        parts.append(_text(place(i, low)[0], _HEIGHT - 18, str(i + 1), "middle"))
    parts.append(_text((_LEFT + _WIDTH) / 2, _HEIGHT - 3, label, "middle"))
    return _svg(parts)


def reliability_chart(bins: Sequence[Reliability], *, x_label: str, y_label: str) -> str:
    """Return the reliability diagram: a bar for each bin, from 0 to the share that was right."""
    most = max((part.count for part in bins), default=1)
    inner_w, inner_h = _WIDTH - _LEFT - _RIGHT, _HEIGHT - _TOP - _BOTTOM
    parts = [_grid([0, 0.25, 0.5, 0.75, 1], 0.0, 1.0, share=True)]
    for part in bins:
        x = _LEFT + inner_w * min(int(part.confidence * 10), 9) / 10 + 3
        height = inner_h * part.accuracy
        depth = 0.25 + 0.75 * (part.count / most) ** 0.5
        parts.append(
            f'<rect class="f1" x="{x:.1f}" y="{_TOP + inner_h - height:.1f}" width="{inner_w / 10 - 6:.1f}" '
            f'height="{max(height, 1):.1f}" rx="3" opacity="{depth:.2f}">'
            f"<title>{part.count}: {part.confidence:.2f} / {part.accuracy:.2f}</title></rect>"
        )
    parts.append(f'<line class="ideal" x1="{_LEFT}" y1="{_TOP + inner_h}" x2="{_WIDTH - _RIGHT}" y2="{_TOP}"/>')
    anchors = ("middle", "middle", "middle", "middle", "end")
    parts += [_text(_LEFT + inner_w * i / 4, _HEIGHT - 18, f"{25 * i} %", anchors[i]) for i in range(5)]
    parts.append(_text((_LEFT + _WIDTH) / 2, _HEIGHT - 3, x_label, "middle"))
    parts.append(_text(_LEFT, 12, y_label, "start"))
    return _svg(parts)


def _grid(ticks: Sequence[float], low: float, high: float, *, share: bool) -> str:
    parts = []
    for tick in ticks:
        y = round(_TOP + (_HEIGHT - _TOP - _BOTTOM) * (high - tick) / (high - low), 1)
        parts.append(f'<line class="grid" x1="{_LEFT}" y1="{y}" x2="{_WIDTH - _RIGHT}" y2="{y}"/>')
        parts.append(_text(_LEFT - 6, y + 4, f"{100 * tick:.0f} %" if share else f"{tick:.2g}", "end"))
    return "".join(parts)


def _text(x: float, y: float, text: str, anchor: str) -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{text}</text>'


def _svg(parts: Sequence[str]) -> str:
    return f'<svg viewBox="0 0 {_WIDTH} {_HEIGHT}" role="img">{"".join(parts)}</svg>'
