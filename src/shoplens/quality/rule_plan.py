"""Rule packs matched with checks: what to run, how strictly, and how to merge what several packs find."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from shoplens.errors import PhotoError, UnknownName
from shoplens.quality.catalog_view import CatalogView
from shoplens.quality.check import CatalogCheck, PhotoCheck
from shoplens.quality.photo_context import PhotoContext
from shoplens.quality.rule import Rule
from shoplens.quality.rule_pack import RulePack
from shoplens.records import Finding, Photo

UNREADABLE = "photo_unreadable"
"""The rule for files that the decoder refuses; its findings carry the decoder's own code, such as photo_truncated."""

_GRAVITY = {"error": 0, "warning": 1, "info": 2}

_EXPLAINS = {
    "photo_blank": {
        "photo_blurred", "photo_too_dark", "photo_too_bright", "photo_low_contrast", "photo_border", "photo_noisy",
        "photo_over_exposed", "photo_color_cast", "photo_upscaled", "photo_blocky",
    },
    "photo_blurred": {"photo_upscaled"},
    "photo_too_dark": {"photo_low_contrast"},
    "photo_too_bright": {"photo_low_contrast", "photo_over_exposed"},
}  # fmt: skip
"""A finding makes others of the same photo redundant: a blank photo also has no contrast."""


class RulePlan:
    """The rules of some packs, completed with the checks' own limits.

    Args:
        checks: the checks to choose from.
        packs: the rule packs to judge by.

    Raises:
        UnknownName: a pack names a check that is not among `checks`.
        BadInput: a pack sets a limit that its check does not know.
    """

    def __init__(self, checks: Iterable[PhotoCheck | CatalogCheck], packs: Sequence[RulePack]) -> None:
        known = {check.code: check for check in checks}
        for pack in packs:
            for rule in pack.rules:
                if rule.check not in known and rule.check != UNREADABLE:
                    raise UnknownName("check", rule.check, known)
        self._photo: list[tuple[PhotoCheck, list[tuple[Rule, ...]]]] = []
        self._catalog: list[tuple[CatalogCheck, list[tuple[Rule, ...]]]] = []
        for code, check in sorted(known.items()):
            rules = [tuple(rule.completed(check.limits) for rule in pack.rules_for(code)) for pack in packs]
            if check.scope == "photo":
                self._photo.append((check, rules))
            else:
                self._catalog.append((check, rules))
        self._refusals = [rule for pack in packs for rule in pack.rules_for(UNREADABLE)]

    def inspect_photo(self, photo: Photo, context: PhotoContext) -> list[Finding]:
        """Return what any pack has against the photo, the gravest first."""
        found: list[Finding] = []
        for check, packs in self._photo:
            for rules in packs:
                concerned = [r for r in rules if r.concerns(main=context.main, categories=context.categories)]
                found.extend(_first_violated(check, concerned, photo, context))
        redundant = {code for finding in found for code in _EXPLAINS.get(finding.code, ())}
        return merged(finding for finding in found if finding.code not in redundant)

    def inspect_view(self, view: CatalogView) -> list[Finding]:
        """Return what any pack has against the catalogue as a whole."""
        found: list[Finding] = []
        for check, packs in self._catalog:
            asked: list[Rule] = []
            for rule in (rule for rules in packs for rule in rules):
                # Packs mostly agree, and a pass over the catalogue is dear.
                if all((rule.limits, rule.severity) != (other.limits, other.severity) for other in asked):
                    asked.append(rule)
                    found.extend(check.inspect(view, rule))
        return merged(found)

    def refuse(self, error: PhotoError) -> list[Finding]:
        """Return the finding of a file that could not be decoded; none where no pack asks."""
        if not self._refusals:
            return []
        rule = min(self._refusals, key=lambda rule: _GRAVITY[rule.severity])
        return [Finding(error.code, rule.severity, "photo", error.what, documentation=rule.source)]


def merged(findings: Iterable[Finding]) -> list[Finding]:
    """Return findings without repetition, the gravest first: one where several packs measure against the same limit."""
    kept: dict[tuple[object, ...], Finding] = {}
    for finding in findings:
        limit = finding.detail.threshold if finding.detail else None
        key = (finding.code, finding.product_id, finding.photo, limit, finding.box)
        if key not in kept or _GRAVITY[finding.severity] < _GRAVITY[kept[key].severity]:
            kept[key] = finding
    return sorted(kept.values(), key=lambda finding: _GRAVITY[finding.severity])


def _first_violated(check: PhotoCheck, rules: Sequence[Rule], photo: Photo, context: PhotoContext) -> list[Finding]:
    for rule in rules:
        found = list(check.inspect(photo, context, rule))
        if found:
            return found
    return []
