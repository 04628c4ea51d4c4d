"""Words, badges, watermarks and logos laid over a photo: one network sees them, four checks tell of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Literal

from shoplens.quality.overlay_detector import OverlayKind, overlay_thresholds
from shoplens.quality.photo_context import PhotoContext
from shoplens.quality.rule import Rule, rounded
from shoplens.records import Finding, Measure, Photo


class OverlayCheck:
    """The detector's score for one kind of overlay; see `quality/overlay_detector.py`.

    How opaque letters are cannot be read off the pixels: on real photos, the change that they make against the room
    that the backdrop leaves tells drawn words from those of 60 % with an AUROC of 0.67, an earlier network with some
    0.8. So words may be told of as a watermark, too, and the other way round.
    The threshold was set on drawn overlays over photos of the training parts that the detector was not trained on, such
    that few of them without an overlay reach it; it stands in the card beside the network.

    Args:
        code: of the findings.
        kind: which of the detector's maps.
        what: for the description.
    """

    scope: Literal["photo"] = "photo"

    def __init__(self, code: str, kind: OverlayKind, what: str) -> None:
        self.code = code
        self._kind: OverlayKind = kind
        self._what = what

    @property
    def limits(self) -> Mapping[str, float]:
        """`max_score`: scores above it are findings."""
        return {"max_score": overlay_thresholds()[self._kind]}

    def inspect(self, photo: Photo, context: PhotoContext, rule: Rule) -> Iterator[Finding]:
        """Yield a finding, with its box, where the score is above `max_score`."""
        found, most = context.overlays.kinds[self._kind], rule.limits["max_score"]
        if found.score > most:
            shown = rounded(found.score, most, 4)
            yield rule.finding(
                f"{self._what} over the photo (score {shown}, threshold {most:g}).",
                Measure(shown, most, "score"),
                box=found.box,
            )


def text_overlay() -> OverlayCheck:
    """Opaque words."""
    return OverlayCheck("text_overlay", "text", "Words are laid")


def promotional_badge() -> OverlayCheck:
    """A filled shape with an offer on it."""
    return OverlayCheck("promotional_badge", "badge", "A badge or a banner is laid")


def watermark() -> OverlayCheck:
    """Translucent words or a translucent sign, once or over the whole picture."""
    return OverlayCheck("photo_watermark", "watermark", "A watermark lies")


def logo_overlay() -> OverlayCheck:
    """An opaque sign, mostly in a corner."""
    return OverlayCheck("logo_overlay", "logo", "A logo is laid")
