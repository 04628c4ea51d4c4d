"""`shoplens inspect status`, `ledger`, `waive`, `unwaive`: what is known of a shop's problems."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from shoplens.cli.edge import (
    DEFAULT_SHOP,
    JsonOption,
    LimitOption,
    ShopOption,
    new_table,
    open_shop,
    print_json,
    print_table,
)

if TYPE_CHECKING:
    from shoplens.catalog.issue import Issue

StateOption = Annotated[
    Literal["open", "waived", "fixed", "all"], typer.Option("--state", help="Which: those still there unless named.")
]
FindingsArgument = Annotated[list[str], typer.Argument(help="Ids as `ledger` lists them, or their first characters.")]


def status(shop: ShopOption = DEFAULT_SHOP, as_json: JsonOption = False) -> None:
    """Say what is ready to list and what the ledger holds, without looking at any photo.

    Example: `shoplens inspect status`.
    """
    with open_shop(shop) as opened:
        found = opened.inspection.status()
    if as_json:
        shares = {name: {**asdict(one), "share": round(one.share, 4)} for name, one in found.ready.items()}
        inspections = [{**asdict(one), "channels": dict(one.channels)} for one in found.inspections]
        print_json({**asdict(found), "ready": shares, "inspections": inspections})
        return
    if not found.inspections:
        print("The shop was not inspected yet. Do it with: shoplens inspect")
        return
    last = found.inspections[0]
    print(f"Inspected last at {last.finished_at} by {', '.join(last.channels)}: {last.looked:,} photos were looked at.")
    table = new_table("rules", "ready to list", "of products", "share", "judged last", "changed since")
    for name, ready in found.ready.items():
        counts = (f"{ready.ready:,}", f"{ready.total:,}", f"{ready.share:.1%}")
        table.add_row(name, *counts, found.judged_at[name], f"{found.changed[name]:,}")
    print_table(table)
    print(", ".join(f"{number:,} {state}" for state, number in found.issues.items()), "findings;", end=" ")
    print(f"{found.mended:,} photos mended.")


def ledger(
    products: Annotated[list[str] | None, typer.Argument(help="Of these products; none: of all.")] = None,
    shop: ShopOption = DEFAULT_SHOP,
    code: Annotated[str, typer.Option(help="Of this code only, as photo_blurred.")] = "",
    severity: Annotated[
        Literal["", "error", "warning", "info"], typer.Option(help="Of this severity only.", show_default=False)
    ] = "",
    channel: Annotated[str, typer.Option(help="Only what this rule pack asks for, as amazon.")] = "",
    category: Annotated[str, typer.Option(help="Of products in this category or below it.")] = "",
    state: StateOption = "open",
    limit: LimitOption = 100,
    as_json: JsonOption = False,
) -> None:
    """List findings with their ids: what is still there since when, what was fixed, what was waived.

    Examples: `shoplens inspect ledger --channel amazon --severity error`,
    `shoplens inspect ledger TSHI0001-WHITE --state all`.
    """
    from shoplens.catalog.issue_filter import IssueFilter
    from shoplens.quality.inspection_report import issue_dict

    where = IssueFilter(tuple(products or ()), code, severity, channel, category, () if state == "all" else (state,))
    with open_shop(shop) as opened:
        issues, total = opened.inspection.issues(where, limit=limit)
        names = opened.inspection.photo_names(issues)
    if as_json:
        print_json({"total": total, "findings": [issue_dict(issue) for issue in issues]})
        return
    _show(issues, names)
    if total > len(issues):
        print(f"{total - len(issues):,} more; ask for them with --limit.")


def waive(
    findings: FindingsArgument,
    by: Annotated[str, typer.Option(help="Who accepts them.")],
    why: Annotated[str, typer.Option(help="Why they are accepted.")],
    shop: ShopOption = DEFAULT_SHOP,
    as_json: JsonOption = False,
) -> None:
    """Accept findings: they are reported no more, and stay in the ledger with who and why.

    A waiver holds for the product, the photo, the check and all limits of its rule; another photo is judged anew.

    Example: `shoplens inspect waive 3f9a1c --by Ada --why "The print is part of the shirt."`.
    """
    with open_shop(shop) as opened:
        issues = opened.inspection.waive(findings, by=by, why=why)
        names = opened.inspection.photo_names(issues)
    _answer(issues, names, as_json=as_json)


def unwaive(findings: FindingsArgument, shop: ShopOption = DEFAULT_SHOP, as_json: JsonOption = False) -> None:
    """Take waivers back: the findings are open again.

    Example: `shoplens inspect unwaive 3f9a1c`.
    """
    with open_shop(shop) as opened:
        issues = opened.inspection.unwaive(findings)
        names = opened.inspection.photo_names(issues)
    _answer(issues, names, as_json=as_json)


def _answer(issues: list[Issue], names: Mapping[tuple[str, str], str], *, as_json: bool) -> None:
    from shoplens.quality.inspection_report import issue_dict

    if as_json:
        print_json([issue_dict(issue) for issue in issues])
    else:
        _show(issues, names)


def _show(issues: list[Issue], names: Mapping[tuple[str, str], str]) -> None:
    if not issues:
        print("The ledger holds no such finding.")
        return
    table = new_table("id", "severity", "code", "product", "photo", "state", "since", "what")
    for issue in issues:
        finding = issue.finding
        what = f"{issue.waived_by}: {issue.waived_why}" if issue.state == "waived" else finding.description
        state = f"fixed {issue.fixed_at[:10]}" if issue.state == "fixed" else issue.state
        photo = names.get((finding.product_id, finding.photo), finding.photo[:12]).rpartition("/")[2]
        told = (finding.id, finding.severity, finding.code, finding.product_id, photo, state)
        table.add_row(*told, issue.first_seen[:10], what)
    print_table(table)
