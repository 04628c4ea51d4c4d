"""The inspection of one shop: what is wrong, since when, what was accepted, what can be mended and what was."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from difflib import get_close_matches
from typing import TYPE_CHECKING

from shoplens.catalog.fixes import FixedPhoto
from shoplens.catalog.issue import Issue
from shoplens.catalog.issue_filter import OPEN, IssueFilter
from shoplens.catalog.ledger import Inspection
from shoplens.catalog.store import Catalog
from shoplens.errors import UnknownName
from shoplens.records import Finding

if TYPE_CHECKING:
    from shoplens.quality.catalog_mending import CatalogMending, PhotoFix
    from shoplens.quality.inspection_report import InspectionReport, Readiness
    from shoplens.wiring import Wiring

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class InspectionStatus:
    """What the ledger says at this moment, without looking at any photo.

    Attributes:
        ready: names of the rule packs that the whole shop was judged by, to what may be listed by them, as far as their
            last inspection goes.
        changed: the same names to how many products changed since, or are new: the next inspection judges them.
        judged_at: the same names to when the whole shop was last judged by them; ISO 8601 in UTC.
        issues: state to number of issues.
        codes: code to number of open issues, the commonest first.
        mended: how many photos a fix stands in for.
        inspections: the last ones, the newest first.
    """

    ready: dict[str, Readiness]
    changed: dict[str, int]
    judged_at: dict[str, str]
    issues: dict[str, int]
    codes: dict[str, int]
    mended: int
    inspections: tuple[Inspection, ...]


@dataclass(frozen=True, slots=True)
class Mending:
    """What was mended, and the inspection afterwards; without one where it was only tried.

    Attributes:
        photos: those that had findings with a fix.
        report: of the inspection afterwards.
        not_judged: see `ShopInspection.not_judged`.
    """

    photos: tuple[PhotoFix, ...]
    report: InspectionReport | None
    not_judged: tuple[str, ...] = ()


class ShopInspection:
    """The inspection of one shop; `Shop.inspection` is this.

    Args:
        catalog: of the shop.
        wiring: returns the shop's parts as they are now.
    """

    def __init__(self, catalog: Catalog, wiring: Callable[[], Wiring]) -> None:
        self._catalog = catalog
        self._wiring = wiring

    def photo(self, data: bytes, *, name: str = "", rules: Sequence[str] = ()) -> list[Finding]:
        """Find what is wrong with a picture file; that it cannot be read is a finding too.

        Args:
            data: the file's bytes.
            name: its name, for its ending.
            rules: rule packs, as ("google-2027", "amazon"); () for the shop's own.

        Raises:
            UnknownName: there is no such rule pack.
        """
        return self._wiring().inspector(rules).inspect_photo(data, name=name)

    def run(
        self, *, rules: Sequence[str] = (), products: Collection[str] = (), progress: Progress | None = None
    ) -> InspectionReport:
        """Inspect the catalogue and bring its ledger up; only what changed is looked at again.

        Args:
            rules: rule packs; () for the shop's own.
            products: these only, with the checks that ask for one photo alone; () for all with every check.
            progress: told after each photo.

        Raises:
            UnknownName: there is no such rule pack.
            NotFound: there is no such product.
        """
        wiring = self._wiring()
        return wiring.inspector(rules).inspect_catalog(self._catalog, wiring.embedder.id, progress, products=products)

    def issues(self, where: IssueFilter = OPEN, *, offset: int = 0, limit: int | None = 100) -> tuple[list[Issue], int]:
        """Return a page of the ledger, the gravest first, and how many issues fit in all.

        Raises:
            NotFound: the catalogue never had one of the products.
            UnknownName: there is no such code or rule pack, and none was in the ledger.
        """
        for product in where.products:
            self._catalog.product(product)
        self.refuse_unknown(code=where.code, channel=where.channel)
        return self._catalog.ledger.issues(where, offset, limit), self._catalog.ledger.count(where)

    def photo_names(self, issues: Sequence[Issue]) -> dict[tuple[str, str], str]:
        """Return product and photo of issues to the path or URL in the product's row; none of photos that are gone."""
        from shoplens.quality.catalog_inspection import photo_names

        return photo_names(self._catalog, {issue.finding.product_id for issue in issues})

    def waive(self, findings: Sequence[str], *, by: str, why: str) -> list[Issue]:
        """Accept findings by their ids, or the first characters of these; see `Ledger.waive`."""
        return self._catalog.ledger.waive(findings, by, why)

    def unwaive(self, findings: Sequence[str]) -> list[Issue]:
        """Take waivers back."""
        return self._catalog.ledger.unwaive(findings)

    def status(self) -> InspectionStatus:
        """Say how many products are ready to list by which rules, and what the ledger holds."""
        from shoplens.quality.inspection_report import Readiness

        ledger, total = self._catalog.ledger, self._catalog.count()
        last = ledger.last_whole()
        return InspectionStatus(
            {name: Readiness(run.channels[name], total - ledger.blocked(name), total) for name, run in last.items()},
            {name: self._catalog.changed(run.revision) for name, run in last.items()},
            {name: run.finished_at for name, run in last.items()},
            {state: ledger.count(IssueFilter(states=(state,))) for state in ("open", "waived", "fixed")},
            ledger.codes(),
            len(self._catalog.fixes.all()),
            tuple(ledger.inspections()),
        )

    def fix(
        self,
        products: Collection[str] = (),
        *,
        code: str = "",
        rules: Sequence[str] = (),
        dry_run: bool = False,
        progress: Progress | None = None,
    ) -> Mending:
        """Mend what can be mended safely; the merchant's files stay as they are, and `undo` shows them again.

        The shop is inspected before, and afterwards by every rule pack that it was inspected by lately, save those that
        `not_judged` names.

        Args:
            products: ids of the products whose photos to mend; () for all.
            code: of the findings to mend; "" for all that are mended unasked.
            rules: rule packs to mend by; () for all that the shop was inspected by lately, and its own.
            dry_run: inspect, and only tell what would be mended.
            progress: told after each photo that has something to mend.

        Raises:
            UnknownName: there is no such rule pack, or no safe fix mends the code.
            BadInput: a pack is not valid, or has the name of another of those packs.
            NotFound: there is no such product.
            StoreError: a file cannot be written, or one that stands in for nothing any more cannot be deleted.
        """
        wanted = rules or self._lately(())
        mending = self._mending(wanted)
        mending.refuse_unknown(code)
        after = self._lately(wanted)
        not_judged = self._left_out(after)
        self._wiring().inspector(after)  # packs that cannot go together are refused before anything is mended
        self.run(rules=wanted, products=products)
        done = mending.run(products, code, dry_run=dry_run, progress=progress)
        if dry_run:
            return Mending(tuple(done), None, not_judged)
        self._wiring().expire()
        # What another pack said of a photo that is shown no more would stay open otherwise.
        report = self.run(rules=after)
        self._catalog.fixes.clear()
        return Mending(tuple(done), report, not_judged)

    def undo(self, products: Collection[str] = ()) -> list[FixedPhoto]:
        """Show the merchant's own photos again: those of these products, or all; inspect, and delete the mended files.

        Raises:
            NotFound: there is no such product.
            StoreError: a mended file cannot be deleted; the merchant's own photos are shown, and the next `undo` or
                `fix` deletes it.
        """
        undone = self._mending(()).undo(products)
        if undone:
            self._wiring().expire()
            self.run(rules=self._lately(()))
        # Last, so that a file that cannot be deleted leaves nothing else undone.
        self._catalog.fixes.clear()
        return undone

    def not_judged(self) -> tuple[str, ...]:
        """Return the names of the rule packs that the shop was inspected by lately and that a fix or undo cannot ask.

        Such a pack is a file of one's own, of which the ledger knows the name alone: its issues stay as they are until
        the shop is inspected by that file again.
        """
        return self._left_out(self._lately(()))

    def _left_out(self, rules: Sequence[str]) -> tuple[str, ...]:
        from shoplens.quality.rule_pack import RulePack

        return tuple(sorted(self._asked() - {RulePack.load(name).name for name in rules}))

    def refuse_unknown(self, *, code: str = "", channel: str = "") -> None:
        """Refuse a mistyped name, by which nothing would be found.

        Args:
            code: of findings; "" for any.
            channel: name of a rule pack; "" for any.

        Raises:
            UnknownName: there is no such code or rule pack, and none was in the ledger.
        """
        from shoplens.plugins import names
        from shoplens.quality.messages import messages
        from shoplens.quality.rule_pack import RulePack

        every = IssueFilter(states=())
        if code and code not in messages():
            codes = {*messages(), *names("check"), *self._catalog.ledger.codes(every)}
            if code not in codes:
                raise UnknownName("code of a finding", code, _nearest(code, codes))
        if channel and channel not in RulePack.names():
            own = {RulePack.load(name).name for name in self._wiring().settings.rules}
            packs = {*RulePack.names(), *own, *self._asked()}
            if channel not in packs and not self._catalog.ledger.count(replace(every, channel=channel)):
                raise UnknownName("rule pack", channel, _nearest(channel, packs))

    def _asked(self) -> set[str]:
        """Return the names of the rule packs that the shop was inspected by lately, or that have open issues."""
        ledger = self._catalog.ledger
        return ledger.channels() | {name for inspection in ledger.inspections() for name in inspection.channels}

    def _lately(self, rules: Sequence[str]) -> list[str]:
        """Return these rule packs, the shop's own, and those that it was inspected by lately and that ship."""
        from shoplens.quality.rule_pack import RulePack

        own = (*rules, *self._wiring().settings.rules)
        # A file of one's own may have the name of one that ships.
        asked = self._asked() - {RulePack.load(name).name for name in own}
        return list(dict.fromkeys((*own, *(name for name in RulePack.names() if name in asked))))

    def _mending(self, rules: Sequence[str]) -> CatalogMending:
        from shoplens.quality.catalog_mending import CatalogMending
        from shoplens.quality.mender import Mender

        wiring = self._wiring()
        return CatalogMending(self._catalog, Mender(wiring.inspector(rules).plan), wiring.embedder)


def _nearest(name: str, known: Collection[str]) -> Collection[str]:
    return get_close_matches(name, known, n=5) or known
