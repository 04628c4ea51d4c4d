"""Mends a photo by safe fixes, each of which has to pass the inspection that it was made for."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from shoplens.errors import BadInput, PhotoError
from shoplens.photos.decode import decode
from shoplens.plugins import load, names
from shoplens.quality.draft import Draft
from shoplens.quality.fix import CannotFix, Fix
from shoplens.quality.photo_context import WORK_SIDE, PhotoContext
from shoplens.quality.photo_task import Place
from shoplens.quality.rule_plan import RulePlan
from shoplens.records import Finding

_Failed = dict[tuple[Place, str, float | None], Finding]
"""What a photo does not pass: place, code and limit to the finding."""


_HIDE_PRODUCT = {
    "photo_border": "What stands in the frame is not known to be the product.",
    "photo_collage": "The picture is put together from several.",
    "photo_blank": "The picture shows nothing.",
}

_FEWEST = 500
"""Pixels of the shorter side below which no backdrop is cut unasked: Amazon asks for them, and Google from 2027 on."""

_KEPT = "The new file would change what is to stay as it is ({}). Where that is meant, mend that first."

_ANIMATED = "photo_animated"
_GONE_WITH = {
    "gps": ("strip_metadata", "metadata_gps"),
    "personal": ("strip_metadata", "metadata_personal"),
    "exif_rotated": ("upright", "photo_exif_rotated"),
    "not_srgb": ("to_srgb", "photo_color_space"),
    "cmyk_converted": ("to_srgb", "photo_color_space"),
    "wrong_extension": ("reformat", "wrong_extension"),
    "first_frame": ("reformat", _ANIMATED),
}
"""What a file's note is mended by; a fix that writes the photo anew does it too."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """A fix that was not made: which, for what, and why."""

    fix: str
    code: str
    reason: str


@dataclass(frozen=True, slots=True)
class Mended:
    """What became of a photo.

    Attributes:
        draft: as it is now; the one that came in where nothing was mended.
        steps: `(fix, code)` in the order made; after each what its new file changed besides, as the colour space.
        refused: what was tried in vain.
        passes: the codes that the photo failed and does not fail any more.
    """

    draft: Draft
    steps: tuple[tuple[str, str], ...]
    refused: tuple[Refusal, ...]
    passes: frozenset[str] = frozenset()


class Mender:
    """Tries every fix whose code a photo fails and that may be made unasked, or was asked for.

    A fix is kept where its photo, written to a file and read again, passes the check that it was made for by every
    rule, and fails none that it passed before. Rules that others hid before count as failed before. An animation is not
    lost but where it is itself to be mended.

    Args:
        plan: the rules.
        fixes: None for all that are registered under `shoplens.fix`.
    """

    def __init__(self, plan: RulePlan, fixes: Iterable[Fix] | None = None) -> None:
        found = [load("fix", name)() for name in names("fix")] if fixes is None else list(fixes)
        self._fixes: list[Fix] = sorted(found, key=lambda fix: (fix.order, fix.name))
        self._plan = plan

    @property
    def codes(self) -> frozenset[str]:
        """The codes that there is a fix for."""
        return frozenset(code for fix in self._fixes for code in fix.codes)

    @property
    def automatic(self) -> frozenset[str]:
        """The codes that are mended unasked."""
        return frozenset(code for fix in self._fixes if fix.automatic for code in fix.codes)

    def mend(
        self,
        data: bytes,
        name: str = "",
        *,
        places: Sequence[Place] = ((True, ""),),
        codes: Collection[str] = (),
        asked: Collection[str] = (),
        kept: Collection[str] = (),
        notes: Sequence[str] = (),
    ) -> Mended:
        """Mend what can be mended safely.

        Args:
            data: a picture file.
            name: its name or address, for its ending.
            places: where it stands in the shop; it has to pass in all of them.
            codes: mend findings of these only; () for all that are mended unasked.
            asked: those that somebody named: for them backdrop may be cut away until the shorter side is below
                500 pixels, or farther below; what keeps more is tried before.
            kept: codes of what no new file may change besides; an animation that is not itself to be mended is another.
            notes: what the import saw of the file, which its bytes do not show.

        Raises:
            PhotoError: the file cannot be decoded.
        """
        first = Draft.of(data, name)
        failed = self._failed(first, places, notes)
        wanted = self.codes & set(codes) if codes else self.automatic
        kept = {*kept, *({_ANIMATED} - (wanted & _codes(failed)))}
        for patient in (True, False):
            mended, left = self._mended(first, failed, places, wanted, asked, kept, patient=patient)
            if left.keys() <= failed.keys():
                break
        return replace(mended, passes=frozenset(_codes(failed) - _codes(left)))

    def _mended(
        self,
        draft: Draft,
        failed: _Failed,
        places: Sequence[Place],
        wanted: Collection[str],
        asked: Collection[str],
        kept: Collection[str],
        *,
        patient: bool,
    ) -> tuple[Mended, _Failed]:
        """Return what became of the photo and what it fails still.

        Args:
            draft: the photo as it came in.
            failed: what it fails.
            places: where it stands.
            wanted: codes to mend.
            asked: of these, those that somebody named.
            kept: see `mend`.
            patient: let a fix bring up what a later one may mend: a frame hides that the product is small. What comes
                of it is to be judged by the caller.
        """
        steps: list[tuple[str, str]] = []
        refused: list[Refusal] = []
        own = _codes(failed)
        for number, fix in enumerate(self._fixes):
            later = {code for other in self._fixes[number + 1 :] for code in other.codes} if patient else set()
            for code in (code for code in fix.codes if code in wanted):
                finding = next((finding for key, finding in failed.items() if key[1] == code), None)
                if finding is None:
                    continue
                # What another fix brought up belongs to that fix, which would be refused otherwise.
                free = code in asked or code not in own
                attempts = _attempts(fix, draft, finding, free=free)
                better, reason = self._tried(fix, attempts, finding, failed, places, later & set(wanted))
                besides = list(_besides(fix, draft, better[0])) if better else []
                if changed := [step for step in besides if step[1] in kept]:
                    better, reason = None, _KEPT.format(", ".join(other for _, other in changed))
                if better is None:
                    refused.append(Refusal(fix.name, code, reason))
                else:
                    steps = list(dict.fromkeys((*steps, (fix.name, code), *besides)))
                    draft, failed = better
        return Mended(draft, tuple(steps), tuple(refused)), failed

    def _tried(
        self,
        fix: Fix,
        attempts: Iterator[Draft],
        finding: Finding,
        before: _Failed,
        places: Sequence[Place],
        later: Collection[str],
    ) -> tuple[tuple[Draft, _Failed] | None, str]:
        """Return the first attempt that passes with what it fails still, or None and why the first one was refused."""
        reasons = []
        hidden = [_HIDE_PRODUCT[code] for _, code, _ in before if code in _HIDE_PRODUCT]
        if fix.sees_product and hidden:
            return None, hidden[0]
        try:
            for attempt in attempts:
                after = self._failed(attempt, places)
                problems = list(_problems(finding.code, before, after, later))
                if not problems:
                    return (attempt, after), ""
                reasons.append(" ".join(problems))
        except CannotFix as error:
            reasons.append(error.what)
        except BadInput as error:
            reasons.append(f"The mended file cannot be written: {error.what}")
        return None, reasons[0] if reasons else "There is no way to mend it safely."

    def _failed(self, draft: Draft, places: Sequence[Place], notes: Sequence[str] = ()) -> _Failed:
        try:
            photo = decode(draft.data, name=draft.name, min_side=WORK_SIDE)
        except PhotoError as error:
            return {(place, error.code, None): f for place in places for f in self._plan.refuse(error)}
        if notes:
            seen = tuple(dict.fromkeys((*photo.facts.notes, *notes)))
            photo = replace(photo, facts=replace(photo.facts, notes=seen))
        context = PhotoContext(photo, name=draft.name)
        failed: _Failed = {}
        for place in places:
            context.main, context.categories = place[0], (place[1],) if place[1] else ()
            for finding in self._plan.violations(photo, context):
                limit = finding.detail.threshold if finding.detail else None
                failed.setdefault((place, finding.code, limit), finding)
        return failed


def _attempts(fix: Fix, draft: Draft, finding: Finding, *, free: bool) -> Iterator[Draft]:
    """Yield the fix's attempts, those last that cut away too much of the photo, and these only where that is free.

    Args:
        fix: whose attempts.
        draft: the photo as it is.
        finding: what to mend.
        free: whether it may be cut so small.

    Raises:
        CannotFix: as `Fix.attempts`; and for what is left out.
    """
    small: list[Draft] = []
    fewest = min(_FEWEST, *draft.photo.pixels.shape[:2])
    try:
        for attempt in fix.attempts(draft, finding):
            if fix.sees_product and min(attempt.photo.pixels.shape[:2]) < fewest:
                small.append(attempt)
            else:
                yield attempt
    except CannotFix:
        if not small:
            raise
    if small and not free:
        raise CannotFix(
            f"So much backdrop would go that the shorter side has {'fewer' if fewest == _FEWEST else 'even fewer'} "
            f"than {_FEWEST} pixels. Where that is meant, ask for {finding.code} by its name."
        )
    yield from small


def _besides(fix: Fix, before: Draft, after: Draft) -> Iterator[tuple[str, str]]:
    """Yield, as steps, what the new file of a fix changed beside that."""
    gone = set(before.photo.facts.notes) - set(after.photo.facts.notes)
    yield from (step for note, step in _GONE_WITH.items() if note in gone)
    if fix.name != "reformat" and before.photo.facts.format != after.photo.facts.format:
        yield "reformat", "file_format"


def _codes(failed: _Failed) -> set[str]:
    return {code for _, code, _ in failed}


def _problems(code: str, before: _Failed, after: _Failed, later: Collection[str]) -> Iterator[str]:
    """Yield what speaks against an attempt; what a later fix may mend does not."""
    for key, finding in after.items():
        if key[1] == code:
            yield f"Afterwards it would still fail: {finding.description}"
            return
    for key, finding in after.items():
        if key not in before and key[1] not in later:
            yield f"It would fail another check: {finding.description}"
            return
