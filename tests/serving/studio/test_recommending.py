"""Rules and looks of recommendations in the studio."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from shoplens.shop import Shop
from tests.serving.looking import flaws, sticks_out

if TYPE_CHECKING:
    from tests.serving.looking import OpenPage

AT = "/v1/studio/recommending"


def similar(client: httpx.Client, product: str) -> list[str]:
    found = client.get("/v1/recommend/similar", params={"product": product}).json()
    return [one["product"]["id"] for one in found["results"]]


class TestHttp:
    def test_rules_are_added_changed_obeyed_and_removed(self, own_shop: Shop, client: httpx.Client) -> None:
        (own_shop.folder / "recommend.toml").write_text("# Ours.\n", encoding="utf-8")
        assert similar(client, "MUG-RED")
        seen = client.post(f"{AT}/rules", json={"action": "block", "category": "Home > Mugs", "note": "sold"}).json()
        [rule] = seen["rules"]
        assert (rule["number"], rule["note"], len(rule["holds_in"])) == (1, "sold", len(seen["placements"]))
        assert not any(name.startswith("MUG") for name in similar(client, "MUG-RED"))
        changed = {"action": "pin", "products": ["MUG-YELLOW", "GONE"], "revision": seen["revision"]}
        again = client.put(f"{AT}/rules/1", json=changed).json()
        assert again["rules"][0]["unknown"] == ["GONE"]
        assert again["rules"][0]["note"] == ""
        slip = {"action": "boost", "category": "Mugs", "brand": "Nobody", "revision": again["revision"]}
        slipped = client.put(f"{AT}/rules/1", json=slip).json()
        assert slipped["rules"][0]["unknown"] == ["Mugs", "Nobody"], "its path is Home > Mugs"
        again = client.put(f"{AT}/rules/1", json=changed | {"revision": slipped["revision"]}).json()
        assert similar(client, "MUG-RED")[0] == "MUG-YELLOW"
        assert "# Ours." in (own_shop.folder / "recommend.toml").read_text("utf-8")
        # Whoever looks at rules that somebody else has changed meanwhile changes none of them.
        late = client.delete(f"{AT}/rules/1", params={"revision": seen["revision"]})
        assert (late.status_code, late.json()["code"]) == (409, "rules_changed")
        assert client.put(f"{AT}/rules/1", json=changed).json()["code"] == "rules_changed"
        assert client.delete(f"{AT}/rules/1", params={"revision": again["revision"]}).json()["rules"] == []
        assert client.delete(f"{AT}/rules/1").status_code == 404

    def test_a_look_that_gets_another_name_takes_no_other_looks_place(self, client: httpx.Client) -> None:
        mugs, others = ["MUG-RED", "MUG-YELLOW"], ["MUG-YELLOW", "MUG-RED"]

        def put(name: str, products: list[str], before: str = "") -> httpx.Response:
            return client.put(f"{AT}/looks", json={"name": name, "products": products, "before": before})

        def kept() -> dict[str, list[str]]:
            looks = client.get(AT).json()["looks"]
            return {look["name"]: [one["id"] for one in look["products"]] for look in looks}

        put("One", mugs)
        put("Two", others)
        assert put(" Two", mugs, before="One").status_code == 400
        assert put("Three", mugs, before="Nobody's").status_code == 404
        assert kept() == {"One": mugs, "Two": others}
        put("Three", mugs, before="One")
        put("Two", mugs, before="Two")
        assert kept() == {"Three": mugs, "Two": mugs}
        for name in kept():
            client.delete(f"{AT}/looks", params={"name": name})

    @pytest.mark.parametrize(
        ("rule", "said"),
        [
            ({"action": "pin"}, "needs to say what"),
            ({"action": "forbid", "category": "A"}, "needs `category` and `beside`"),
            ({"action": "boost", "brand": "A", "factor": 1}, "above 1"),
            ({"action": "price-band", "low": 2, "high": 1}, "low <= high"),
            ({"action": "explode"}, "explode"),
            ({"action": "in-stock", "placements": ["nowhere"]}, "nowhere"),
        ],
    )
    def test_what_is_no_rule_is_refused_with_words(self, client: httpx.Client, rule: dict[str, Any], said: str) -> None:
        refused = client.post(f"{AT}/rules", json=rule)
        assert refused.status_code == 400
        assert said in refused.json()["detail"]
        assert client.get(AT).json()["rules"] == []

    def test_rules_that_are_added_at_one_time_are_all_there(self, own_shop: Shop) -> None:
        with ThreadPoolExecutor(8) as several:
            for done in [
                several.submit(own_shop.merchandising.add_rule, action="block", tag=str(n)) for n in range(24)
            ]:
                done.result()
        assert {rule.tag for rule in own_shop.merchandising.rules()} == {str(n) for n in range(24)}

    def test_looks_are_stored_renamed_and_forgotten(self, client: httpx.Client) -> None:
        wish = {"name": "Breakfast", "products": ["MUG-RED", "MUG-BLUE", "GONE"]}
        [look] = client.put(f"{AT}/looks", json=wish).json()["looks"]
        assert [one["known"] for one in look["products"]] == [True, True, False]
        assert look["products"][0]["photo"]
        found = client.get("/v1/recommend/goes-with", params={"product": "MUG-RED"}).json()["results"]
        assert found[0]["product"]["id"] == "MUG-BLUE"
        renamed = client.put(f"{AT}/looks", json=wish | {"name": "Morning", "before": "Breakfast"}).json()
        assert [one["name"] for one in renamed["looks"]] == ["Morning"]
        assert client.put(f"{AT}/looks", json={"name": "One", "products": ["MUG-RED"]}).status_code == 400
        assert client.delete(f"{AT}/looks", params={"name": "Morning"}).json()["looks"] == []
        assert client.delete(f"{AT}/looks", params={"name": "Morning"}).status_code == 404


@pytest.mark.browser
def test_a_merchant_writes_a_rule_changes_it_and_takes_it_back(open_studio: OpenPage, own_shop: Shop) -> None:
    expect = pytest.importorskip("playwright.sync_api", reason="needs the extra 'dev'").expect
    page = open_studio("#/rules", size="phone", scheme="dark")
    page.get_by_role("link", name="Recommendations").click()
    page.get_by_role("button", name="New rule").click()
    sheet = page.get_by_role("dialog")
    sheet.get_by_role("button", name="Save").click()
    # Nothing is sent while the form says what it lacks.
    lacks = sheet.get_by_label("Products", exact=True).evaluate("field => field.validationMessage")
    assert lacks == "Name products, a category, a brand or a tag."
    sheet.get_by_label("What it does").select_option(label="Boost")
    sheet.get_by_label("Category", exact=True).fill("Home > Mugs")
    sheet.get_by_label("Factor").fill("3")
    assert flaws(page) == []
    sheet.get_by_role("button", name="Save").click()
    line = page.locator(".feed", has_text="Boost")
    expect(line).to_contain_text("× 3")
    line.get_by_role("button", name="Change").click()
    sheet.get_by_text("Only in some placements").click()
    sheet.get_by_label("Similar").check()
    sheet.get_by_label("Note").fill("Mug week")
    sheet.get_by_role("button", name="Save").click()
    expect(line).to_contain_text("Mug week")
    [rule] = own_shop.merchandising.rules()
    assert (rule.factor, rule.placements, rule.category) == (3.0, ("similar",), "Home > Mugs")
    page.get_by_role("button", name="New look").click()
    sheet.get_by_label("Name").fill("Breakfast")
    sheet.get_by_label("Products").fill("MUG-RED, MUG-BLUE")
    sheet.get_by_role("button", name="Save").click()
    expect(page.locator(".look-products img")).to_have_count(2)
    assert sticks_out(page) <= 0
    assert flaws(page) == []
    line.get_by_role("button", name="Remove").click()
    expect(line).to_have_count(0)
    page.get_by_role("button", name="Undo").click()
    expect(line).to_contain_text("Mug week")
    # Somebody else writes the file: the sheet says so, and nothing is lost.
    line.get_by_role("button", name="Change").click()
    own_shop.merchandising.add_rule(action="in-stock")
    sheet.get_by_role("button", name="Save").click()
    expect(sheet.get_by_role("alert")).to_contain_text("The rules were changed meanwhile")
    assert len(own_shop.merchandising.rules()) == 2
