"""Rule packs matched with checks: what to run, how strictly, and how to merge what several packs find."""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import cache, cached_property
from importlib.resources import files
from pathlib import Path

from shoplens.catalog.findings import GRAVITY
from shoplens.errors import BadInput, PhotoError, UnknownName
from shoplens.quality.catalog_view import CatalogView, Item
from shoplens.quality.check import CatalogCheck, PhotoCheck
from shoplens.quality.photo_context import PhotoContext
from shoplens.quality.rule import Rule
from shoplens.quality.rule_pack import UNREADABLE, RulePack
from shoplens.records import Finding, Photo, Severity

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

_UNREAD = {"bmp": "a BMP picture", "tiff": "a TIFF picture"}
"""Limits of `file_format` that ShopLens does not read, and how the decoder's refusal names them."""

_MEASURED_BY = (
    "catalog/color_words.py", "catalog/colors.toml", "catalog/phrases.py",
    "models/calibrate.py", "models/groups.py", "models/linear_head.py",
)  # fmt: skip
"""What checks of a catalogue measure by outside the rooms `quality` and `photos`."""


class RulePlan:
    """The rules of some packs, completed with the checks' own limits.

    Args:
        checks: the checks to choose from.
        packs: the rule packs to judge by.

    Raises:
        UnknownName: a pack names a check that is not among `checks`.
        BadInput: two different packs have one name, or a rule's limits are not valid, see `Rule.completed`.
    """

    def __init__(self, checks: Iterable[PhotoCheck | CatalogCheck], packs: Sequence[RulePack]) -> None:
        _refuse_namesakes(packs)
        known = {check.code: check for check in checks}
        for pack in packs:
            for rule in pack.rules:
                if rule.check not in known and rule.check != UNREADABLE:
                    raise UnknownName("check", rule.check, known)
        self._photo: list[tuple[PhotoCheck, list[tuple[str, tuple[Rule, ...]]]]] = []
        self._catalog: list[tuple[CatalogCheck, list[tuple[str, tuple[Rule, ...]]]]] = []
        for code, check in sorted(known.items()):
            rules = [(p.name, tuple(rule.completed(check.limits) for rule in p.rules_for(code))) for p in packs]
            if check.scope == "photo":
                self._photo.append((check, rules))
            else:
                self._catalog.append((check, rules))
        self._refusals = [
            (pack, rule.completed({}), _taken_unread(pack)) for pack in packs for rule in pack.rules_for(UNREADABLE)
        ]

    @property
    def catalog_codes(self) -> list[str]:
        """The codes of the checks that look at a whole catalogue."""
        return [check.code for check, _ in self._catalog]

    @property
    def compares(self) -> bool:
        """Whether any rule asks for a check that looks at a whole catalogue."""
        return any(rules for _, packs in self._catalog for _, rules in packs)

    @cached_property
    def fingerprint(self) -> str:
        """What changes with every rule, check and model that the findings rest on."""
        digest = hashlib.blake2b(code_digest(), digest_size=12)
        digest.update(repr(self._refusals).encode())
        for check, rules in self._photo:
            digest.update(_described(check, rules))
        for other, rules in self._catalog:
            digest.update(_described(other, rules))
        return digest.hexdigest()

    def inspect_photo(self, photo: Photo, context: PhotoContext) -> list[Finding]:
        """Return what any pack has against the photo, the gravest first; each `id` is its rule's `mark`.

        What a finding at least as grave explains for the same pack is left out.
        """
        found: list[Finding] = []
        for check, packs in self._photo:
            for name, rules in packs:
                concerned = [r for r in rules if r.concerns(main=context.main, categories=context.categories)]
                found += [_asked_by(name, *one) for one in _first_violated(check, concerned, photo, context)]
        return merged(_without_redundant(found))

    def violations(self, photo: Photo, context: PhotoContext) -> list[Finding]:
        """Return every rule that the photo violates, also those that `inspect_photo` leaves out for a graver one."""
        return [
            finding
            for check, packs in self._photo
            for _, rules in packs
            for rule in rules
            if rule.concerns(main=context.main, categories=context.categories)
            for finding in check.inspect(photo, context, rule)
        ]

    def inspect_view(self, view: CatalogView) -> list[Finding]:
        """Return what any pack has against the catalogue as a whole; each `id` is its rule's `mark`."""
        found: list[Finding] = []
        items = {item.id: item for item in view.items if item.id}
        for check, packs in self._catalog:
            # Packs mostly agree, and a pass over the catalogue is dear: those with the same limits share one.
            passes: dict[str, list[Finding]] = {}
            for name, rules in packs:
                judged: set[tuple[str, str]] = set()
                for rule in rules:
                    if rule.mark not in passes:
                        passes[rule.mark] = list(check.inspect(view, replace(rule, main_only=False, categories=())))
                    new = [
                        _asked_by(name, replace(finding, severity=rule.severity, documentation=rule.source), rule)
                        for finding in passes[rule.mark]
                        if (finding.product_id, finding.photo) not in judged
                        and _concerns(rule, finding, items.get(finding.product_id))
                    ]
                    judged |= {(finding.product_id, finding.photo) for finding in new}
                    found += new
        return merged(found)

    def refuse(self, error: PhotoError) -> list[Finding]:
        """Return the finding of a file that could not be decoded, which every pack has something against.

        Of a format that the channel takes, and only ShopLens does not read, it is a warning at most.
        """
        found = []
        for pack, rule, taken in self._refusals:
            severity, text = rule.severity, error.what
            if any(kind in error.what for kind in taken):
                severity = max(severity, "warning", key=GRAVITY.__getitem__)
                text += f" {pack.title} takes it, but ShopLens cannot read it, so nothing else of it was judged."
            channels = ((pack.name, severity),)
            found.append(Finding(error.code, severity, "photo", text, documentation=rule.source, channels=channels))
        return merged(found)


def _refuse_namesakes(packs: Iterable[RulePack]) -> None:
    """Refuse packs that findings and the ledger, which go by a pack's name, could not tell apart."""
    named: dict[str, RulePack] = {}
    for pack in packs:
        other = named.setdefault(pack.name, pack)
        if other != pack:
            raise BadInput(
                f"Two different rule packs have the name '{pack.name}'.",
                received=" and ".join(f"{one.title} ({one.version})" for one in (other, pack)),
                remedy="Give one of your own another name in its file, or name only one of the two.",
            )


def merged(findings: Iterable[Finding]) -> list[Finding]:
    """Return findings without repetition, the gravest first: one where several packs measure by the same limits."""
    kept: dict[tuple[object, ...], Finding] = {}
    for finding in findings:
        limit = finding.detail.threshold if finding.detail else None
        key = (finding.code, finding.product_id, finding.photo, finding.id, limit, finding.box)
        before = kept.get(key)
        if before is None:
            kept[key] = finding
            continue
        graver = min(finding, before, key=lambda one: (GRAVITY[one.severity], one is finding))
        kept[key] = replace(graver, channels=_gravest((*before.channels, *finding.channels)))
    return sorted(kept.values(), key=lambda finding: GRAVITY[finding.severity])


def _gravest(channels: Iterable[tuple[str, Severity]]) -> tuple[tuple[str, Severity], ...]:
    found: dict[str, Severity] = {}
    for name, severity in channels:
        if name not in found or GRAVITY[severity] < GRAVITY[found[name]]:
            found[name] = severity
    return tuple(sorted(found.items()))


def _asked_by(pack: str, finding: Finding, rule: Rule) -> Finding:
    return replace(finding, channels=((pack, finding.severity),), id=rule.mark)


def _without_redundant(found: Sequence[Finding]) -> list[Finding]:
    """Leave out, of findings of one pack each, what another one of that pack explains that is at least as grave."""
    explained: dict[tuple[str, str], int] = {}
    for finding in found:
        for code in _EXPLAINS.get(finding.code, ()):
            for pack, severity in finding.channels:
                explained[code, pack] = min(GRAVITY[severity], explained.get((code, pack), GRAVITY[severity]))
    lightest = max(GRAVITY.values()) + 1
    return [
        finding
        for finding in found
        if all(explained.get((finding.code, pack), lightest) > GRAVITY[given] for pack, given in finding.channels)
    ]


def _concerns(rule: Rule, finding: Finding, item: Item | None) -> bool:
    """Tell whether the rule judges the product, and the place of the photo, that a finding is of."""
    main = item is None or not finding.photo or item.photos[:1] == (finding.photo,)
    return rule.concerns(main=main, categories=(item.category,) if item else ())


def _taken_unread(pack: RulePack) -> tuple[str, ...]:
    """Return how the decoder names the formats that the pack takes and ShopLens does not read."""
    taken = {name for rule in pack.rules_for("file_format") for name, allowed in rule.limits.items() if allowed}
    return tuple(kind for name, kind in _UNREAD.items() if name in taken)


@cache
def code_digest() -> bytes:
    """Return what changes with ShopLens's own checks and networks, and with what they measure by."""
    digest = hashlib.blake2b(digest_size=16)
    for room in ("quality", "photos"):
        root = Path(str(files("shoplens") / room))
        for path in sorted(path for path in root.rglob("*") if path.suffix in (".py", ".onnx", ".npz")):
            digest.update(path.relative_to(root).as_posix().encode() + path.read_bytes())
    for name in _MEASURED_BY:
        digest.update(name.encode() + (files("shoplens") / name).read_bytes())
    return digest.digest()


def _described(check: PhotoCheck | CatalogCheck, rules: object) -> bytes:
    module = type(check).__module__
    own = b"" if module.startswith("shoplens.") else _module_bytes(module)
    return repr((check.code, dict(check.limits), rules)).encode() + own


def _module_bytes(name: str) -> bytes:
    path = getattr(sys.modules.get(name), "__file__", None)
    return Path(path).read_bytes() if path and Path(path).is_file() else b""


def _first_violated(
    check: PhotoCheck, rules: Sequence[Rule], photo: Photo, context: PhotoContext
) -> list[tuple[Finding, Rule]]:
    for rule in rules:
        found = list(check.inspect(photo, context, rule))
        if found:
            return [(finding, rule) for finding in found]
    return []
