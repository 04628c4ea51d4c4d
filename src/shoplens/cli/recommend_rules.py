"""`shoplens recommend rules` and `looks`: what a shop wants of its recommendations."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from shoplens.cli.edge import DEFAULT_SHOP, JsonOption, ShopOption, new_table, open_shop, print_json, print_table
from shoplens.cli.shared_options import options_of

if TYPE_CHECKING:
    from shoplens.recommend.rule import Rule
    from shoplens.shop import Shop

rules = typer.Typer(
    help="What comes first, later, never, or only together.", no_args_is_help=True, rich_markup_mode=None
)
looks = typer.Typer(help="Looks that the shop put together itself.", no_args_is_help=True, rich_markup_mode=None)


NumberArgument = Annotated[int, typer.Argument(help="The rule's number, as `list` shows it.")]


def rule_fields(
    action: Annotated[
        str, typer.Argument(help="pin, boost, bury, block, same-brand, in-stock, price-band, allow or forbid.")
    ],
    products: Annotated[
        list[str] | None, typer.Option("--product", help="A product or listing; may be repeated.")
    ] = None,
    category: Annotated[str, typer.Option(help="A category and its children.")] = "",
    brand: Annotated[str, typer.Option(help="A brand.")] = "",
    tag: Annotated[str, typer.Option(help="A tag.")] = "",
    beside: Annotated[str, typer.Option(help="The other category, for allow and forbid.")] = "",
    factor: Annotated[float | None, typer.Option(help="How much a boost multiplies the odds.")] = None,
    low: Annotated[float | None, typer.Option(help="Lower end of a price band, times the price.")] = None,
    high: Annotated[float | None, typer.Option(help="Upper end of a price band, times the price.")] = None,
    placements: Annotated[list[str] | None, typer.Option("--placement", help="Only there; may be repeated.")] = None,
    note: Annotated[str, typer.Option(help="Why, for people.")] = "",
) -> dict[str, Any]:
    """Return the fields of the rule that these options ask for."""
    return {
        "action": action,
        "products": products,
        "category": category,
        "brand": brand,
        "tag": tag,
        "beside": beside,
        "factor": factor,
        "low": low,
        "high": high,
        "placements": placements,
        "note": note,
    }


with_rule = options_of("fields", rule_fields)


@rules.command("list")
def list_rules(shop: ShopOption = DEFAULT_SHOP, as_json: JsonOption = False) -> None:
    """List the rules with their numbers; they are in the shop's `recommend.toml`.

    Example: `shoplens recommend rules list`.
    """
    with open_shop(shop) as opened:
        found = opened.merchandising.rules()
    if as_json:
        print_json([rule.as_table() for rule in found])
    elif not found:
        print("There are no rules. Write one with: shoplens recommend rules add ACTION ...")
    else:
        table = new_table("number", "action", "what", "where", "note")
        for number, rule in enumerate(found, start=1):
            table.add_row(str(number), rule.action, _what(rule), _where(rule), rule.note)
        print_table(table)


@rules.command()
@with_rule
def add(*, fields: dict[str, Any], shop: ShopOption = DEFAULT_SHOP) -> None:
    """Write a rule behind the others.

    Examples: `shoplens recommend rules add block --tag clearance`,
    `shoplens recommend rules add forbid --category Shoes --beside "Home > Lamps"`,
    `shoplens recommend rules add price-band --low 0.5 --high 1.5 --placement similar`.
    """
    with open_shop(shop) as opened:
        rule = opened.merchandising.add_rule(**fields)
        _print_rule(opened, len(opened.merchandising.rules()), rule)


@rules.command("set")
@with_rule
def change(*, number: NumberArgument, fields: dict[str, Any], shop: ShopOption = DEFAULT_SHOP) -> None:
    """Write another rule in the place of one.

    Examples: `shoplens recommend rules set 1 boost --brand Mono --factor 3`.
    """
    with open_shop(shop) as opened:
        _print_rule(opened, number, opened.merchandising.change_rule(number, **fields))


@rules.command()
def remove(
    number: NumberArgument,
    shop: ShopOption = DEFAULT_SHOP,
) -> None:
    """Take a rule out.

    Example: `shoplens recommend rules remove 1`.
    """
    with open_shop(shop) as opened:
        rule = opened.merchandising.remove_rule(number)
    print(f"Removed: {rule.action} {_what(rule)}".rstrip() + ".")


@looks.command("list")
def list_looks(shop: ShopOption = DEFAULT_SHOP, as_json: JsonOption = False) -> None:
    """List the curated looks.

    Example: `shoplens recommend looks list`.
    """
    with open_shop(shop) as opened:
        found = opened.merchandising.looks()
    if as_json:
        print_json([{"look": look.name, "products": look.products} for look in found])
    elif not found:
        print("There are no curated looks. Bring some with: shoplens recommend looks import FILE")
    else:
        table = new_table("look", "products")
        for look in found:
            table.add_row(look.name, ", ".join(look.products))
        print_table(table)


@looks.command("put")
def put_look(
    name: Annotated[str, typer.Argument(help="The look's name.")],
    products: Annotated[list[str], typer.Argument(help="Its products or listings, in their order.")],
    shop: ShopOption = DEFAULT_SHOP,
) -> None:
    """Store a look, in place of one of the same name.

    Exits with 1 where the shop lacks some of the products; the look is stored all the same.

    Examples: `shoplens recommend looks put Autumn COAT-1 BOOTS-2 SCARF-3`.
    """
    with open_shop(shop) as opened:
        look = opened.merchandising.put_look(name, products)
        known = opened.merchandising.products_named(look.products)
    print(f"Look {look.name}: {', '.join(look.products)}.")
    _exit_where_lacking([product for product in look.products if product not in known])


@looks.command("remove")
def remove_look(
    name: Annotated[str, typer.Argument(help="The look's name.")],
    shop: ShopOption = DEFAULT_SHOP,
) -> None:
    """Forget a look.

    Examples: `shoplens recommend looks remove Autumn`.
    """
    with open_shop(shop) as opened:
        opened.merchandising.remove_look(name)
    print(f"Removed: {name}.")


@looks.command("import")
def import_looks(
    source: Annotated[Path, typer.Argument(help="CSV with the columns look and product.", exists=True, dir_okay=False)],
    replace: Annotated[bool, typer.Option("--replace", help="Forget all other looks.")] = False,
    shop: ShopOption = DEFAULT_SHOP,
    as_json: JsonOption = False,
) -> None:
    """Store curated looks: a row for each product of a look, or one for each look with products parted by "|".

    Beside a product of a look, the others come first in `goes-with` and `complete-the-look`, as far as they are in
    stock. Exits with 1 where the shop lacks some of the products; the looks are stored all the same.

    Example: `shoplens recommend looks import looks.csv`.
    """
    with open_shop(shop) as opened:
        found, unknown = opened.merchandising.import_looks(source, replace_all=replace)
    if as_json:
        print_json({"looks": len(found), "products": sum(len(look.products) for look in found), "unknown": unknown})
    else:
        print(f"Looks stored: {len(found)}; products in them: {sum(len(look.products) for look in found)}.")
    _exit_where_lacking(unknown, quietly=as_json)


def _exit_where_lacking(names: Sequence[str], *, quietly: bool = False) -> None:
    for name in [] if quietly else names[:10]:
        print(f"  not in the shop: {name}")
    if names:
        raise typer.Exit(1)


def _print_rule(shop: Shop, number: int, rule: Rule) -> None:
    print(f"Rule {number}: {rule.action} {_what(rule)}".rstrip() + ".")
    for field, names in shop.merchandising.unknown_to_shop(rule).items():
        paths = " A category is the whole path." if field in ("category", "beside") else ""
        print(f"No product of the shop has this now: {field} {', '.join(names)}.{paths}")


def _where(rule: Rule) -> str:
    from shoplens.recommend.placement import PLACEMENTS

    names = [name for name in PLACEMENTS if rule.holds_in(name)]
    return ", ".join(names) if len(names) < len(PLACEMENTS) else "everywhere"


def _what(rule: Rule) -> str:
    parts = [*rule.products, *(text for text in (rule.category, rule.brand, rule.tag and f"#{rule.tag}") if text)]
    if rule.beside:
        parts.append(f"beside {rule.beside}")
    if rule.action == "boost":
        parts.append(f"x {rule.factor:g}")
    if rule.action == "price-band":
        parts.append(f"{rule.low:g} to {rule.high:g} times the price")
    return " ".join(parts)
