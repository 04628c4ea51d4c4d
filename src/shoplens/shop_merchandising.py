"""What one shop decides of its recommendations itself: rules, looks put together by hand, and how far it explores."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from shoplens.catalog.filter import Filter
from shoplens.catalog.store import Catalog
from shoplens.errors import BadInput, NotFound
from shoplens.records import Product
from shoplens.settings import modified

if TYPE_CHECKING:
    from shoplens.recommend.curated_look import CuratedLook
    from shoplens.recommend.explore_settings import ExploreSettings
    from shoplens.recommend.rule import Rule
    from shoplens.wiring import Wiring

_NAME_LENGTH = 200
_SMALLEST_LOOK = 2


class ShopMerchandising:
    """What a shop decides itself, see `Shop.merchandising`; it counts from the next answer on.

    Args:
        folder: of the shop, whose `recommend.toml` holds the rules.
        catalog: of the shop, which holds the looks.
        wiring: returns the shop's parts as they are now.
    """

    def __init__(self, folder: Path, catalog: Catalog, wiring: Callable[[], Wiring]) -> None:
        self._folder = folder
        self._catalog = catalog
        self._wiring = wiring
        self._writing = threading.Lock()  # of the file, which is read and written as a whole

    def rules(self) -> tuple[Rule, ...]:
        """Return the rules, in their order.

        Raises:
            BadInput: the shop's `recommend.toml` cannot be read.
        """
        from shoplens.recommend.rule_book import RuleBook

        return RuleBook.read(self._rules_file).rules

    def rules_revision(self) -> str:
        """Return what changes whenever the file of rules is written."""
        return str(modified(self._rules_file))

    def add_rule(self, **fields: Any) -> Rule:  # noqa: ANN401 - checked by `Rule`
        """Write a rule behind the others; comments and the rest of the file stay as they are.

        Raises:
            BadInput: the fields make no rule.
            UnknownName: a field, an action or a placement that does not exist.
        """
        from shoplens.recommend.rules_file import append_rule

        rule = _rule(fields)
        with self._writing:
            self.rules()
            append_rule(self._rules_file, rule)
        self._wiring().expire()
        return rule

    def products_named(self, names: Iterable[str]) -> dict[str, Product]:
        """Return the product that each id of a product or a listing names, of a listing its first variant.

        What the shop does not have now is left out.
        """
        wanted = [name for name in dict.fromkeys(names) if name]  # a filter for no listing keeps everything
        found = self._catalog.by_ids(wanted)
        for name in wanted:
            if name not in found and (variants := self._catalog.listing(name)):
                found[name] = variants[0]
        return found

    def unknown_to_shop(self, rule: Rule) -> dict[str, list[str]]:
        """Return what a rule names and no product of the shop has now, by the rule's fields: it may be a slip.

        A category is a path from the root of the shop's tree, so that "Lamps" alone is unknown where it is
        "Home > Lamps".
        """
        asked = {
            "category": (rule.category, Filter(category=rule.category)),
            "beside": (rule.beside, Filter(category=rule.beside)),
            "brand": (rule.brand, Filter(brand=rule.brand)),
            "tag": (rule.tag, Filter(tags=frozenset({rule.tag} - {""}))),
        }
        found = {name: [value] for name, (value, where) in asked.items() if value and not self._catalog.count(where)}
        known = self.products_named(rule.products)
        strange = [name for name in rule.products if name not in known]
        return found | ({"products": strange} if strange else {})

    def change_rule(self, number: int, *, revision: str = "", **fields: Any) -> Rule:  # noqa: ANN401 - as above
        """Write another rule in the place of one, by its number from 1.

        Args:
            number: of the rule.
            revision: of `rules_revision` when the number was read; "" for whatever has that number now.
            fields: of the new rule, all of them.

        Raises:
            NotFound: there is no rule of that number.
            BadInput: the fields make no rule, or the rules were written since.
            UnknownName: a field, an action or a placement that does not exist.
        """
        from shoplens.recommend.rules_file import change_rule

        rule = _rule(fields)
        with self._writing:
            self._check_revision(revision)
            change_rule(self._rules_file, self.rules(), number, rule)
        self._wiring().expire()
        return rule

    def remove_rule(self, number: int, *, revision: str = "") -> Rule:
        """Take a rule out of the file, by its number from 1.

        Args:
            number: of the rule.
            revision: of `rules_revision` when the number was read; "" for whatever has that number now.

        Raises:
            NotFound: there is no rule of that number.
            BadInput: the rules were written since.
        """
        from shoplens.recommend.rules_file import remove_rule

        with self._writing:
            self._check_revision(revision)
            rule = remove_rule(self._rules_file, self.rules(), number)
        self._wiring().expire()
        return rule

    def exploring(self) -> ExploreSettings:
        """Return how much of the answers explores."""
        from shoplens.recommend.rule_book import RuleBook

        return RuleBook.read(self._rules_file).explore

    def explore(self, settings: ExploreSettings) -> None:
        """Let answers explore so, unguarded; see `ShopRecommend.explore`."""
        from shoplens.recommend.rules_file import write_explore

        with self._writing:
            write_explore(self._rules_file, settings)
        self._wiring().expire()

    def looks(self) -> list[CuratedLook]:
        """Return the curated looks, by name."""
        from shoplens.recommend.curated_look import CuratedLook

        return [CuratedLook(name, products) for name, products in self._catalog.merchandising.looks().items()]

    def put_look(self, name: str, products: Sequence[str], *, before: str = "") -> CuratedLook:
        """Store a look, in place of an earlier one of that name.

        Args:
            name: up to 200 characters.
            products: ids of products or listings, two or more, in the order in which they are shown.
            before: the name that the look had until now; "" where it is new, or replaces one of its name.

        Raises:
            NotFound: there is none of the name before.
            BadInput: the name is empty or long, another look than the one before has it, or there are fewer than two
                products.
        """
        from shoplens.recommend.curated_look import CuratedLook

        look = CuratedLook(" ".join(name.split()), tuple(dict.fromkeys(one.strip() for one in products if one.strip())))
        if not 0 < len(look.name) <= _NAME_LENGTH:
            raise BadInput(f"A look needs a name of up to {_NAME_LENGTH} characters.", received=name[:250])
        if len(look.products) < _SMALLEST_LOOK:
            raise BadInput("A look needs two products or more.", received=", ".join(look.products))
        if before:
            self._look(before)
            if look.name != before and look.name in self._catalog.merchandising.looks():
                raise BadInput("There is another look of that name.", received=look.name, remedy="Choose another name.")
        self._catalog.merchandising.put_looks({before: (), look.name: look.products})
        self._wiring().expire()
        return look

    def remove_look(self, name: str) -> CuratedLook:
        """Forget a look.

        Raises:
            NotFound: there is none of that name.
        """
        gone = self._look(name)
        self._catalog.merchandising.put_looks({name: ()})
        self._wiring().expire()
        return gone

    def import_looks(self, path: Path, *, replace_all: bool = False) -> tuple[list[CuratedLook], list[str]]:
        """Read looks from a CSV file and store them; looks of the same names are replaced.

        Returns:
            The looks, and the products of them that the shop does not have (yet).

        Raises:
            BadInput: the file is no table of looks.
        """
        from shoplens.recommend.curated_look import read_looks

        looks = read_looks(path)
        self._catalog.merchandising.put_looks({look.name: look.products for look in looks}, replace=replace_all)
        self._wiring().expire()
        names = dict.fromkeys(name for look in looks for name in look.products)
        known = self.products_named(names)
        return looks, [name for name in names if name not in known]

    def _look(self, name: str) -> CuratedLook:
        found = next((look for look in self.looks() if look.name == name), None)
        if found is None:
            raise NotFound("There is no look of that name.", received=name)
        return found

    def _check_revision(self, revision: str) -> None:
        if revision and revision != self.rules_revision():
            raise BadInput(
                "The rules were changed meanwhile.", remedy="Look at them again, then repeat.", code="rules_changed"
            )

    @property
    def _rules_file(self) -> Path:
        from shoplens.recommend.rule_book import RULES_FILE

        return self._folder / RULES_FILE


def _rule(fields: dict[str, Any]) -> Rule:
    from shoplens.recommend.rule import Rule

    return Rule.parse({name: value for name, value in fields.items() if value not in ("", (), [], None)})
