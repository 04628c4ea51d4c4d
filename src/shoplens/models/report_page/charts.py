"""The page's plots: drawn by Matplotlib, in the page's own colours and in both languages."""

from __future__ import annotations

import io
import math
import re
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from shoplens.models.calibrate import BINS, Reliability
from shoplens.models.progress import EpochDone
from shoplens.models.report_page.words import Html, Words
from shoplens.models.risk_coverage import RiskCoverage

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

# Matplotlib wants colours, the page has variables that follow light and dark: each of these stands for one.
_COLORS = {
    name: f"#0101{number:02x}"
    for number, name in enumerate(("ink", "soft", "line", "accent", "second", "good", "bad"), start=1)
}
_STYLE = {
    "svg.fonttype": "none",
    "svg.hashsalt": "shoplens",
    "font.size": 12.5,
    "text.parse_math": False,
    "axes.edgecolor": _COLORS["line"],
    "axes.labelcolor": _COLORS["soft"],
    "text.color": _COLORS["soft"],
    "xtick.color": _COLORS["soft"],
    "ytick.color": _COLORS["soft"],
    "grid.color": _COLORS["line"],
    "axes.grid": True,
    "axes.axisbelow": True,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.spines.left": False,
    "xtick.major.size": 0,
    "ytick.major.size": 0,
    "xtick.major.pad": 7,
    "ytick.major.pad": 7,
    "legend.frameon": False,
    "lines.linewidth": 2,
}
_SIZE = (5.4, 3.3)


class Charts:
    """Draws with the words of a page; each method returns one SVG element."""

    def __init__(self, words: Words) -> None:
        self._words = words

    def reliability(self, bins: Sequence[Reliability]) -> Html:
        """Return the reliability diagram: how often answers of each confidence were right, and how many there were."""

        def draw(axes: Axes) -> None:
            most = max(part.count for part in bins)
            lefts = [min(int(part.confidence * BINS), BINS - 1) / BINS for part in bins]
            axes.bar(
                [left + 0.5 / BINS for left in lefts],
                [part.count / most * 0.3 for part in bins],
                width=0.94 / BINS,
                color=_COLORS["line"],
                label="@chart_photos@",
            )
            axes.plot([0, 1], [0, 1], color=_COLORS["soft"], linewidth=1, linestyle=(0, (2, 3)), label="@chart_ideal@")
            axes.plot(
                [part.confidence for part in bins],
                [part.accuracy for part in bins],
                color=_COLORS["accent"],
                marker="o",
                markersize=5,
                label="@chart_measured@",
            )
            _shares(axes, "@confidence@", "@share_right@")
            axes.set(xlim=(0, 1), ylim=(0, 1.02))
            axes.legend(loc="upper left", fontsize=11.5)

        return self._svg(draw)

    def risk_coverage(self, curve: RiskCoverage, now: tuple[float, float]) -> Html:
        """Return the share of wrong answers by the share of photos answered; `now` is where the bundle stands."""

        def draw(axes: Axes) -> None:
            axes.fill_between(curve.coverage, curve.risk, color=_COLORS["accent"], alpha=0.12, linewidth=0)
            axes.plot(curve.coverage, curve.risk, color=_COLORS["accent"], label="@chart_wrong@")
            axes.plot(*now, color=_COLORS["second"], marker="o", markersize=8, linestyle="", label="@chart_now@")
            _shares(axes, "@share_answered@", "@share_wrong@")
            axes.set(xlim=(0, 1.01), ylim=(0, max(0.05, 1.15 * max((*curve.risk, now[1])))))
            axes.legend(loc="upper left", fontsize=11.5)

        return self._svg(draw)

    def losses(self, history: Sequence[EpochDone]) -> Html:
        """Return the losses over the passes."""

        def draw(axes: Axes) -> None:
            passes = [record.epoch for record in history]
            for name, color, values in (
                ("@loss_train@", "accent", [record.loss for record in history]),
                ("@loss_validation@", "second", [record.validation_loss for record in history]),
            ):
                axes.plot(passes, values, color=_COLORS[color], label=name, marker=_dot(passes))
            _passes(axes, passes)
            axes.set_ylim(bottom=0)
            axes.legend(loc="upper right", fontsize=11.5)

        return self._svg(draw)

    def accuracies(self, history: Sequence[EpochDone], best: int) -> Html:
        """Return the validation accuracy over the passes, with the pass at position `best` marked."""

        def draw(axes: Axes) -> None:
            passes = [record.epoch for record in history]
            values = [record.validation_accuracy for record in history]
            axes.plot(passes, values, color=_COLORS["second"], label="@accuracy_validation@", marker=_dot(passes))
            axes.plot(
                passes[best],
                values[best],
                color=_COLORS["good"],
                marker="o",
                markersize=8,
                linestyle="",
                label="@chart_kept@",
            )
            _passes(axes, passes)
            axes.set_ylim(min(0.9, math.floor(10 * min(values)) / 10), 1.0)
            axes.yaxis.set_major_formatter(_percents())
            axes.legend(loc="lower right", fontsize=11.5)

        return self._svg(draw)

    def _svg(self, draw: Callable[[Axes], None]) -> Html:
        import matplotlib as mpl
        from matplotlib.figure import Figure

        # the user's own matplotlibrc must not change a report
        with mpl.rc_context({**mpl.rcParamsDefault, "backend": "agg", **_STYLE}):
            figure = Figure(figsize=_SIZE, layout="constrained")
            draw(figure.add_subplot())
            return Html(self._speak(_written(figure)))

    def _speak(self, svg: str) -> str:
        for name, color in _COLORS.items():
            svg = svg.replace(color, f"var(--{name})")
        return re.sub("@([a-z_]+)@", lambda found: self._words.say(found[1], "tspan"), svg)


def _written(figure: Figure) -> str:
    """Return the figure as an SVG element that fits into a page: no head, no size, no names that others may bear."""
    file = io.StringIO()
    nothing: dict[str, Any] = {"Date": None, "Creator": None, "Format": None, "Type": None}
    figure.savefig(file, format="svg", transparent=True, metadata=nothing)
    svg = file.getvalue()
    svg = svg[svg.index("<svg") :]
    svg = re.sub(r"<metadata>.*?</metadata>|<style.*?</style>|<!--.*?-->", "", svg, flags=re.DOTALL)
    svg = re.sub(r' id="[a-z]\w*(?:\.\w+)?_\d+"', "", svg)
    svg = re.sub(r' (?:width|height)="[^"]*pt"', "", svg, count=2)
    svg = re.sub(r"font: ([\d.]+)px [^;\"]*", r"font-size: \1px", svg)
    return svg.replace("<svg ", '<svg role="img" ', 1)


def _percents() -> Any:  # noqa: ANN401 - Matplotlib's formatter
    from matplotlib.ticker import PercentFormatter

    return PercentFormatter(1.0, decimals=0, symbol=" %")


def _shares(axes: Axes, x: str, y: str) -> None:
    axes.set(xlabel=x, ylabel=y)
    axes.xaxis.set_major_formatter(_percents())
    axes.yaxis.set_major_formatter(_percents())


def _passes(axes: Axes, passes: Sequence[int]) -> None:
    from matplotlib.ticker import MaxNLocator

    axes.set_xlabel("@epoch@")
    axes.xaxis.set_major_locator(MaxNLocator(min(8, len(passes)), integer=True))


def _dot(passes: Sequence[int]) -> str:
    return "o" if len(passes) == 1 else ""
