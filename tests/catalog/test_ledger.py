"""The ledger: what is open, waived and fixed, since when, and what one rule pack may say of another's findings."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import event

from shoplens.catalog.filter import Filter
from shoplens.catalog.findings import channels_of, channels_text, identified
from shoplens.catalog.issue import Issue
from shoplens.catalog.issue_filter import IssueFilter
from shoplens.catalog.looks import Look
from shoplens.catalog.store import Catalog
from shoplens.errors import BadInput, NotFound
from shoplens.records import Box, Finding, Measure, Product
from tests.catalog.ledger_runs import inspection

FIRST, SECOND, THIRD = (f"2026-11-2{day}T10:00:00+00:00" for day in (1, 2, 3))
EVERY = IssueFilter(states=())


def finding(code: str, product: str, severity: str = "error", channel: str = "shop", photo: str = "") -> Finding:
    return Finding(
        code,
        severity,  # type: ignore[arg-type]
        "photo",
        f"{code} of {product}.",
        Measure(80, 100, "px"),
        product,
        photo or f"sha of {product}",
        Box(0, 0, 0.5, 1),
        channels=((channel, severity),),  # type: ignore[arg-type]
    )


def named(*findings: Finding) -> list[Finding]:
    return identified(findings, lambda finding: finding.photo)


@pytest.fixture
def catalog(tmp_path: Path) -> Iterator[Catalog]:
    with Catalog.open(tmp_path, create=True) as opened:
        with opened.batch() as batch:
            for product, category in (("belt", "Clothing > Belts"), ("mug", "Home > Mugs"), ("shirt", "Clothing")):
                batch.put_product(Product(product, product.title(), category=category))
        yield opened


def states(catalog: Catalog) -> dict[str, str]:
    return {issue.finding.code: issue.state for issue in catalog.ledger.issues(EVERY)}


def only(issues: list[Issue]) -> Issue:
    (issue,) = issues
    return issue


def test_what_is_found_stays_open_under_its_first_date_until_it_is_missed(catalog: Catalog) -> None:
    small = named(finding("small", "mug"))
    catalog.ledger.record(small, inspection(FIRST))
    catalog.ledger.record(small, inspection(SECOND))
    assert only(catalog.ledger.issues()) == Issue(small[0], "open", FIRST)
    assert catalog.findings() == small
    catalog.ledger.record([], inspection(THIRD))
    assert only(catalog.ledger.issues(EVERY)) == Issue(small[0], "fixed", FIRST, THIRD)
    assert catalog.ledger.fixed() == catalog.ledger.issues(EVERY)
    assert catalog.findings() == []
    assert catalog.finding_counts() == {}


def test_what_comes_back_is_the_same_issue(catalog: Catalog) -> None:
    small = named(finding("small", "mug"))
    for found, at in ((small, FIRST), ([], SECOND), (small, THIRD)):
        catalog.ledger.record(found, inspection(at))
    assert only(catalog.ledger.issues(EVERY)) == Issue(small[0], "open", FIRST)


def test_an_inspection_by_one_rule_pack_fixes_nothing_of_another(catalog: Catalog) -> None:
    by_shop, by_both = finding("dark", "mug"), finding("small", "mug")
    by_both = replace(by_both, channels=(("amazon", "error"), ("shop", "warning")))
    found = named(by_shop, by_both)
    catalog.ledger.record(found, inspection(FIRST, "amazon", "shop"))
    catalog.ledger.record([], inspection(SECOND, "amazon"))
    dark, small = sorted(catalog.ledger.issues(), key=lambda issue: issue.finding.code)
    assert (dark.state, small.state) == ("open", "open")
    assert (small.finding.channels, small.finding.severity) == ((("shop", "warning"),), "warning")
    catalog.ledger.record(found[1:], inspection(THIRD, "amazon"))
    again = only(catalog.ledger.issues(IssueFilter(code="small")))
    assert again.finding.channels == (("amazon", "error"), ("shop", "warning"))
    catalog.ledger.record([], inspection(THIRD, "amazon", "shop"))
    assert states(catalog) == {"dark": "fixed", "small": "fixed"}


def test_a_waiver_holds_says_who_and_why_and_is_taken_back(catalog: Catalog) -> None:
    small = named(finding("small", "mug"))
    catalog.ledger.record(small, inspection(FIRST))
    waived = only(catalog.ledger.waive([small[0].id[:6]], " Ada ", "It is the maker's only picture."))
    assert (waived.state, waived.waived_by, waived.waived_why) == ("waived", "Ada", "It is the maker's only picture.")
    assert waived.waived_at
    catalog.ledger.record(small, inspection(SECOND))
    assert states(catalog) == {"small": "waived"}
    assert catalog.findings("mug") == []
    assert catalog.products(Filter(finding="small")) == []
    assert catalog.ledger.blocked("shop") == 0
    # gone and back again, it is still accepted: photo, check and limit are the same
    for found in ([], small):
        catalog.ledger.record(found, inspection(THIRD))
    assert states(catalog) == {"small": "waived"}
    catalog.ledger.unwaive([small[0].id])
    assert states(catalog) == {"small": "open"}
    assert catalog.ledger.blocked("shop") == 1
    assert [product.id for product in catalog.products(Filter(finding="small"))] == ["mug"]


def test_a_waiver_is_of_one_photo_check_and_limit(catalog: Catalog) -> None:
    small = finding("small", "mug")
    others = [
        replace(small, photo="another"),
        replace(small, code="dark"),
        replace(small, product_id="belt"),
        replace(small, detail=Measure(80, 500, "px")),
        replace(small, id="min_side=100.0 strict=1.0"),
        small,
    ]
    ids = [one.id for one in named(small, *others)]
    assert len(set(ids)) == len(ids)
    # while the words, the box and the measured value may change
    changed = replace(small, description="Other words.", box=None, detail=Measure(81, 100, "px"), severity="info")
    assert named(changed)[0].id == ids[0]


def test_a_photo_that_is_gone_is_fixed_for_every_rule_pack(catalog: Catalog) -> None:
    found = [finding(code, "mug", channel="amazon", photo="p") for code in ("small", "replaced")]
    found += [finding("retired", "belt", channel="mine"), replace(finding("unseen", "mug"), photo="")]
    catalog.ledger.record(
        named(replace(found[1], photo="q"), found[0], *found[2:]), inspection(FIRST, "amazon", "mine")
    )
    catalog.ledger.record([], inspection(SECOND, "google"), products=["mug"])
    assert set(states(catalog).values()) == {"open"}
    catalog.ledger.record([], inspection(THIRD, "google"), shown={("mug", ""), ("mug", "p")})
    assert states(catalog) == {"small": "open", "replaced": "fixed", "retired": "open", "unseen": "open"}
    assert only(catalog.ledger.issues(IssueFilter(code="replaced", states=()))).fixed_at == THIRD


def test_a_retired_product_comes_back_with_what_a_pack_that_was_not_asked_found(catalog: Catalog) -> None:
    catalog.ledger.record(named(finding("small", "belt", channel="mine")), inspection(FIRST, "mine"))
    back = Product("belt", "Belt", category="Clothing > Belts")
    with catalog.batch() as batch:
        batch.retire(["belt"])
    catalog.ledger.record([], inspection(SECOND, "google"), shown=set())
    assert (catalog.ledger.count(), catalog.ledger.blocked("mine"), catalog.findings()) == (0, 0, [])
    with catalog.batch() as batch:
        batch.put_product(back)
    assert (catalog.ledger.count(), catalog.ledger.blocked("mine")) == (1, 1)
    with catalog.batch() as batch:
        batch.retire(["belt"])
    catalog.ledger.record([], inspection(THIRD, "mine"), shown=set())
    assert states(catalog) == {"small": "fixed"}


def test_whole_inspections_are_told_from_those_of_some_products(catalog: Catalog) -> None:
    whole = inspection(FIRST)
    some = replace(inspection(SECOND, "amazon"), whole=False)
    for run in (whole, some):
        catalog.ledger.record([], run)
    assert catalog.ledger.inspections() == [some, whole]
    assert catalog.ledger.last_whole() == {"shop": whole}


def test_of_each_pack_the_last_whole_inspection_is_kept_at_hand(catalog: Catalog) -> None:
    old, both, new = inspection(FIRST, "amazon"), inspection(SECOND, "google", "shop"), inspection(THIRD, "shop")
    for run in (old, both, *[new] * 30):
        catalog.ledger.record([], run)
    assert catalog.ledger.last_whole() == {"shop": new, "google": both, "amazon": old}


def test_a_mistaken_waiver_is_refused_and_waives_nothing(catalog: Catalog) -> None:
    small = named(finding("small", "mug"))
    catalog.ledger.record(small, inspection(FIRST))
    with pytest.raises(NotFound, match="no such finding"):
        catalog.ledger.waive([small[0].id, "0000ffff"], "Ada", "Why not.")
    for by, why, bad in (("", "Why.", "by"), ("Ada", "  ", "why")):
        with pytest.raises(BadInput, match=f'who they are and why. Received: {bad} = "". Give {bad} as text'):
            catalog.ledger.waive([small[0].id], by, why)
    with pytest.raises(BadInput, match="first 4 characters"):
        catalog.ledger.waive(["a"], "Ada", "Why.")
    assert states(catalog) == {"small": "open"}


def test_a_waiver_is_not_overwritten(catalog: Catalog) -> None:
    small, dark = named(finding("small", "mug"), finding("dark", "mug"))
    catalog.ledger.record([small, dark], inspection(FIRST))
    (first,) = catalog.ledger.waive([small.id], "Ada", "It is old stock.")
    assert catalog.ledger.waive([small.id[:6]], " Ada ", "It is old stock.") == [first]
    for by, why in (("Bob", "It is old stock."), ("Ada", "Why."), ("Bob", "Why.")):
        with pytest.raises(BadInput, match=r'waived by Ada already, who said: "It is old stock.".*unwaive') as refused:
            catalog.ledger.waive([dark.id, small.id], by, why)
        assert (refused.value.code, refused.value.received) == ("already_waived", small.id)
    assert catalog.ledger.issue(small.id) == first
    assert states(catalog) == {"small": "waived", "dark": "open"}
    catalog.ledger.unwaive([small.id])
    assert only(catalog.ledger.waive([small.id], "Bob", "Why.")).waived_by == "Bob"


def test_only_what_is_waived_is_unwaived(catalog: Catalog) -> None:
    small, dark = named(finding("small", "mug"), finding("dark", "mug"))
    catalog.ledger.record([small, dark], inspection(FIRST))
    catalog.ledger.waive([small.id], "Ada", "Why.")
    with pytest.raises(BadInput, match=r"not waived.*--state waived") as refused:
        catalog.ledger.unwaive([small.id, dark.id])
    assert (refused.value.code, refused.value.received) == ("not_waived", dark.id)
    assert states(catalog) == {"small": "waived", "dark": "open"}


def test_filters(catalog: Catalog) -> None:
    found = named(
        finding("small", "mug", channel="amazon"),
        finding("dark", "belt", "warning"),
        finding("blurred", "shirt", "info", "amazon_x"),
    )
    catalog.ledger.record(found, inspection(FIRST, "shop", "amazon", "amazon_x"))

    def codes(**fields: object) -> list[str]:
        return [issue.finding.code for issue in catalog.ledger.issues(IssueFilter(**fields))]  # type: ignore[arg-type]

    assert codes() == ["small", "dark", "blurred"]
    assert codes(channel="amazon") == ["small"]
    assert codes(severity="warning") == ["dark"]
    assert codes(category="Clothing") == ["dark", "blurred"]
    assert codes(products=("mug", "shirt")) == ["small", "blurred"]
    assert catalog.ledger.count(IssueFilter(category="Clothing")) == 2
    assert catalog.ledger.issues(offset=1, limit=1)[0].finding.code == "dark"
    assert [catalog.ledger.blocked(name) for name in ("amazon", "shop", "amazon_x")] == [1, 0, 0]
    catalog.ledger.waive([found[1].id], "Ada", "Why.")
    assert codes(states=("waived",)) == ["dark"]
    assert codes(states=("waived", "open")) == ["small", "dark", "blurred"]


def test_an_inspection_of_some_products_leaves_the_others(catalog: Catalog) -> None:
    found = named(finding("small", "mug"), finding("small", "belt"), finding("copied", "mug"))
    catalog.ledger.record(found, inspection(FIRST))
    catalog.ledger.record([], inspection(SECOND), products=["mug"], not_run=["copied"])
    assert {i.finding.product_id: i.state for i in catalog.ledger.issues(IssueFilter(code="small", states=()))} == {
        "mug": "fixed",
        "belt": "open",
    }
    assert states(catalog)["copied"] == "open"


def test_an_unchanged_shop_writes_no_row_of_the_ledger(catalog: Catalog) -> None:
    found = named(finding("small", "mug"), finding("dark", "belt"))
    catalog.ledger.record(found, inspection(FIRST))
    written: list[str] = []
    event.listen(
        catalog.engine, "before_cursor_execute", lambda *arguments: written.append(arguments[2].split(" (")[0])
    )
    catalog.ledger.record(found, inspection(SECOND))
    assert [text for text in written if not text.startswith(("SELECT", "BEGIN"))] == ["INSERT INTO inspections"]


def test_channels_are_stored_as_they_are() -> None:
    channels = (("amazon", "error"), ("google-2027", "info"))
    assert channels_of(channels_text(channels)) == channels
    assert channels_of(channels_text(())) == ()


def test_looks_are_kept_by_plan_and_forgotten_with_it(catalog: Catalog) -> None:
    for plan in ("old", "new"):
        catalog.looks.put(plan, [Look("a", "1 2", f"said under {plan}", b"print"), Look("b", "3 4", "[]")])
    catalog.looks.put("new", [Look("a", "5 6", "said again")])
    assert catalog.looks.read("new")["a"] == Look("a", "5 6", "said again")
    assert catalog.looks.read("old")["a"].said == "said under old"
    assert catalog.looks.prints("old") == {"a": b"print"}
    catalog.looks.prune(["new"], "new", {"a"})
    assert (list(catalog.looks.read("new")), catalog.looks.read("old")) == (["a"], {})


def test_a_changed_limit_fixes_nothing(catalog: Catalog) -> None:
    def by(limit: float, measured: float = 80) -> list[Finding]:
        both = [replace(finding("small", name), detail=Measure(measured, limit, "px")) for name in ("mug", "belt")]
        return named(*both)

    mug, belt = by(100)
    catalog.ledger.record([mug, belt], inspection(FIRST))
    catalog.ledger.waive([belt.id], "Ada", "It is small.")
    stricter = by(120)
    catalog.ledger.record(stricter, inspection(SECOND))
    assert catalog.ledger.fixed() == []
    expected = {stricter[0].id: ("open", FIRST), belt.id: ("waived", FIRST), stricter[1].id: ("open", FIRST)}
    for _ in range(2):  # nor does the next inspection by the new limit
        found = {issue.finding.id: (issue.state, issue.first_seen) for issue in catalog.ledger.issues(EVERY)}
        assert found == expected
        assert catalog.ledger.count(IssueFilter(states=("waived",))) == 0, "nothing asks for it now"
        catalog.ledger.record(stricter, inspection(THIRD))
    catalog.ledger.record([mug, belt], inspection(THIRD))
    found = {issue.finding.id: (issue.state, issue.first_seen) for issue in catalog.ledger.issues(EVERY)}
    assert found == {mug.id: ("open", FIRST), belt.id: ("waived", FIRST)}
    catalog.ledger.record(by(150, measured=110), inspection(THIRD))
    assert {issue.finding.id for issue in catalog.ledger.fixed()} >= {mug.id, belt.id}


def test_of_a_waiver_of_an_old_limit_nothing_is_left_when_it_is_taken_back(catalog: Catalog) -> None:
    def by(limit: float) -> list[Finding]:
        return named(replace(finding("small", "mug"), detail=Measure(80, limit, "px")))

    (old,), (new,) = by(100), by(120)
    catalog.ledger.record([old], inspection(FIRST))
    catalog.ledger.waive([old.id], "Ada", "It is small.")
    catalog.ledger.record([new], inspection(SECOND))
    (taken,) = catalog.ledger.unwaive([old.id])
    assert (taken.finding.id, taken.waived_by) == (old.id, "")
    assert [issue.finding.id for issue in catalog.ledger.issues(EVERY)] == [new.id]
    catalog.ledger.record([new], inspection(THIRD))
    assert catalog.ledger.fixed() == []


def test_a_changed_limit_of_one_pack_is_told_from_what_another_pack_asks(catalog: Catalog) -> None:
    lax, strict = (
        replace(finding("small", "mug", channel=name), detail=Measure(80, limit, "px"))
        for name, limit in (("google", 100), ("amazon", 200))
    )
    both = inspection(FIRST, "google", "amazon")
    catalog.ledger.record(named(lax, strict), both)
    stricter = replace(strict, detail=Measure(80, 300, "px"))
    catalog.ledger.record(named(stricter), replace(both, finished_at=SECOND))  # google takes 80 px now
    assert only(catalog.ledger.fixed()).finding == named(lax)[0]
    assert [(one.finding.id, one.first_seen) for one in catalog.ledger.issues()] == [(named(stricter)[0].id, FIRST)]


def test_an_issues_source_is_of_the_pack_that_it_is_gravest_for(catalog: Catalog) -> None:
    strict = replace(finding("small", "mug", channel="amazon"), documentation="https://amazon.example")
    lax = replace(finding("small", "mug", "info", channel="shop"), documentation="https://shop.example")
    for number, (seen, pack) in enumerate(((strict, "amazon"), (lax, "shop"))):
        catalog.ledger.record(named(seen), inspection((FIRST, SECOND)[number], pack))
    kept = only(catalog.ledger.issues()).finding
    assert (kept.severity, kept.documentation) == ("error", "https://amazon.example")
    catalog.ledger.record([], inspection(THIRD, "amazon"))
    kept = only(catalog.ledger.issues()).finding
    assert (kept.severity, kept.documentation) == ("info", "")
    catalog.ledger.record(named(lax), inspection(THIRD, "shop"))
    kept = only(catalog.ledger.issues()).finding
    assert (kept.severity, kept.documentation) == ("info", "https://shop.example")
