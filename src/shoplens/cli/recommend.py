"""`shoplens recommend`: what goes beside a product, into a basket, or before a shopper."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated

import typer

from shoplens.cli import recommend_rules
from shoplens.cli.edge import (
    DEFAULT_SHOP,
    JsonOption,
    LimitOption,
    ShopOption,
    new_table,
    open_shop,
    print_json,
    print_matches,
    print_table,
)
from shoplens.cli.filters import with_filter

if TYPE_CHECKING:
    from shoplens.catalog.filter import Filter
    from shoplens.catalog.merchandising import Promotion
    from shoplens.recommend.off_policy import Estimate

app = typer.Typer(
    help="Products like one, with one, or for a shopper; and what a shop wants of them.",
    no_args_is_help=True,
    rich_markup_mode=None,
)
app.add_typer(recommend_rules.rules, name="rules")
app.add_typer(recommend_rules.looks, name="looks")

ProductsArgument = Annotated[list[str], typer.Argument(help="One product or listing, or all of a basket.")]
ViewedOption = Annotated[
    str, typer.Option("--viewed", metavar="ID,ID,...", help="Products viewed, oldest first, parted by commas.")
]
BoughtOption = Annotated[
    str, typer.Option("--bought", metavar="ID,ID,...", help="Products bought, oldest first, parted by commas.")
]
DislikedOption = Annotated[str, typer.Option("--disliked", metavar="ID,ID,...", help="Products turned down.")]
VisitorOption = Annotated[str, typer.Option("--visitor", help="A visitor whose events the shop has.")]
ExcludeOption = Annotated[
    list[str] | None, typer.Option("--exclude", help="Never this product or listing; may be repeated.")
]

_BESIDE = {
    "similar": """Find products that could stand in for one, or for several: by look, category, colour and price.

    Example: `shoplens recommend similar TSHI0001-WHITE --limit 5`.
    """,
    "goes-with": """Find products of other kinds that go well with one or with a whole basket (搭配).

    Examples: `shoplens recommend goes-with TSHI0001-WHITE`, `shoplens recommend goes-with TSHI0001-WHITE SNEA0006`.
    """,
    "complete-the-look": """Find a whole outfit or set around some products: one of each kind, together consistent.

    Example: `shoplens recommend complete-the-look TSHI0001-WHITE --limit 4`.
    """,
    "bought-together": """Find what is bought together more often than by chance; then what goes with it by rule.

    Example: `shoplens recommend bought-together TSHI0001-WHITE`.
    """,
}
_FOR_SHOPPER = {
    "for-you": """Recommend to a shopper; to one who is unknown, what is popular.

    The taste comes from the stored events of a visitor, and from the products named here.

    Examples: `shoplens recommend for-you --viewed TSHI0001-WHITE,SNEA0006`,
    `shoplens recommend for-you --visitor visitor-0027`.
    """,
    "buy-again": """Find what a shopper bought and may need again, by the usual time between purchases.

    Example: `shoplens recommend buy-again --visitor visitor-0027`.
    """,
    "recently-viewed": """List what a shopper looked at last and did not buy.

    Example: `shoplens recommend recently-viewed --visitor visitor-0027`.
    """,
    "on-sale-like-yours": """Find reduced products to a shopper's taste.

    Example: `shoplens recommend on-sale-like-yours --viewed TSHI0001-WHITE`.
    """,
}
_FOR_ALL = {
    "trending": """Find what shoppers care for more than they used to.

    Example: `shoplens recommend trending --limit 5`.
    """,
    "popular": """Find what most shoppers care for of late, then what is newest.

    Example: `shoplens recommend popular --category Clothing`.
    """,
}


def _beside(placement: str) -> Callable[..., None]:
    @with_filter
    def command(
        *,
        products: ProductsArgument,
        shop: ShopOption = DEFAULT_SHOP,
        where: Filter,
        exclude: ExcludeOption = None,
        limit: LimitOption = 12,
        as_json: JsonOption = False,
    ) -> None:
        with open_shop(shop) as opened:
            found = opened.recommend(placement, products=products, where=where, exclude=exclude or (), limit=limit)
        print_matches(found.matches, as_json=as_json)

    return command


def _for_shopper(placement: str) -> Callable[..., None]:
    @with_filter
    def command(
        *,
        viewed: ViewedOption = "",
        bought: BoughtOption = "",
        disliked: DislikedOption = "",
        visitor: VisitorOption = "",
        shop: ShopOption = DEFAULT_SHOP,
        where: Filter,
        exclude: ExcludeOption = None,
        limit: LimitOption = 12,
        as_json: JsonOption = False,
    ) -> None:
        with open_shop(shop) as opened:
            found = opened.recommend(
                placement,
                viewed=_ids(viewed),
                bought=_ids(bought),
                disliked=_ids(disliked),
                visitor=visitor,
                where=where,
                exclude=exclude or (),
                limit=limit,
            )
        print_matches(found.matches, as_json=as_json)

    return command


def _for_all(placement: str) -> Callable[..., None]:
    @with_filter
    def command(
        *,
        shop: ShopOption = DEFAULT_SHOP,
        where: Filter,
        exclude: ExcludeOption = None,
        limit: LimitOption = 12,
        as_json: JsonOption = False,
    ) -> None:
        with open_shop(shop) as opened:
            found = opened.recommend(placement, where=where, exclude=exclude or (), limit=limit)
        print_matches(found.matches, as_json=as_json)

    return command


for _names, _make in ((_BESIDE, _beside), (_FOR_SHOPPER, _for_shopper), (_FOR_ALL, _for_all)):
    for _name, _help in _names.items():
        app.command(_name, help=_help)(_make(_name))


@app.command()
def status(shop: ShopOption = DEFAULT_SHOP, as_json: JsonOption = False) -> None:
    """Show how far each placement climbed the ladder: visual, session, collaborative; since when, and why.

    A rung is used once there is enough data for it and it finds more of what shoppers really took next than the one
    below. Measured by `shoplens recommend refresh`, and by a server whenever the events grew or shrank by a tenth.

    Example: `shoplens recommend status`.
    """
    with open_shop(shop) as opened:
        found = opened.recommending.status()
    _print_status(found, as_json=as_json)


@app.command()
def refresh(shop: ShopOption = DEFAULT_SHOP, as_json: JsonOption = False) -> None:
    """Measure on the shop's own events what each rung of the ladder is worth, promote or take back, and show it.

    Example: `shoplens recommend refresh`.
    """
    with open_shop(shop) as opened:
        found = opened.recommending.refresh()
    _print_status(found, as_json=as_json)


@app.command()
def explore(
    share: Annotated[
        float | None, typer.Option("--share", min=0.0, max=1.0, help="Part of the answers to try; 0 ends it.")
    ] = None,
    placement: Annotated[
        list[str] | None, typer.Option("--placement", help="Where; may be repeated. By default four of them.")
    ] = None,
    shop: ShopOption = DEFAULT_SHOP,
    as_json: JsonOption = False,
) -> None:
    """Let a guarded share of the answers try something, and tell what that taught; off by default.

    In these answers one place, never one of the first two, is drawn among what stands there and what comes behind the
    answer, by Thompson sampling. What is drawn is logged with its chance, so that the clicks tell what another way to
    choose would have earned (inverse propensity scoring, doubly robust). More than a tenth of the answers may explore
    only once the 95 % interval of the gain lies above 0.

    Examples: `shoplens recommend explore`, `shoplens recommend explore --share 0.05`.
    """
    from dataclasses import asdict

    from shoplens.errors import BadInput

    with open_shop(shop) as opened:
        if share is not None:
            opened.recommending.explore(share, placement or ())
        elif placement:
            raise BadInput("--placement goes with --share.", received=", ".join(placement), remedy="Give both.")
        settings = opened.recommending.exploring()
        known = opened.recommending.explored()
    if as_json:
        print_json(
            {"share": settings.share, "placements": settings.placements, "taught": asdict(known) if known else None}
        )
        return
    print(f"{settings.share:.0%} of the answers explore, in: {', '.join(settings.placements)}.")
    if known is None:
        print("Too few choices are logged yet to say what they teach.")
        return
    table = new_table("clicks per choice", "IPS (95 %)", "doubly robust (95 %)")
    for name, value in (("as without exploring", known.plain), ("as learned", known.learned)):
        table.add_row(name, _interval(value.ips), _interval(value.doubly_robust))
    print_table(table)
    print(f"{known.choices} choices; shown {_interval(known.shown)}; gain of what is learned {_interval(known.gain)}.")


def _interval(estimate: Estimate) -> str:
    return f"{estimate.value:.4f} ({estimate.low:.4f} to {estimate.high:.4f})"


def _print_status(found: list[Promotion], *, as_json: bool) -> None:
    if as_json:
        print_json([promotion_dict(promotion) for promotion in found])
        return
    if not found:
        print("No placement was measured yet. Measure with: shoplens recommend refresh")
        return
    table = new_table("placement", "rung", "in use", "data", "wanted", "recall@10", "gain (95 %)", "verdict")
    for promotion in found:
        for at, rung in enumerate(promotion.report["rungs"]):
            gain = "" if rung["gain"] is None else f"{rung['gain']:+.3f} ({rung['low']:+.3f} to {rung['high']:+.3f})"
            used = f"since {promotion.since[:10]}" if rung["rung"] == promotion.rung else ""
            recall = "" if rung["recall"] is None else f"{rung['recall']:.3f}"
            name = promotion.placement if at == 0 else ""
            follows = f" (as {promotion.report['follows']})" if at == 0 and promotion.report["follows"] else ""
            data = (str(rung["volume"]), str(rung["wanted"])) if rung["wanted"] else ("", "")
            table.add_row(name + follows, rung["rung"], used, *data, recall, gain, rung["verdict"])
    print_table(table)


def promotion_dict(promotion: Promotion) -> dict[str, object]:
    """Return the promotion as JSON shows it."""
    return {
        "placement": promotion.placement,
        "rung": promotion.rung,
        "since": promotion.since,
        "measured_at": promotion.measured_at,
        "events": promotion.events,
        "questions": promotion.report["questions"],
        "follows": promotion.report["follows"],
        "rungs": promotion.report["rungs"],
    }


def _ids(text: str) -> list[str]:
    return [part.strip() for part in text.split(",") if part.strip()]
