"""The snippets for other shops' themes: read by the languages that they are written in, and rendered."""

from __future__ import annotations

import html.parser
import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

EXAMPLES = Path(__file__).parents[2] / "examples" / "widget"

# A product as https://shopify.dev/docs/api/liquid/objects/product documents it, as far as a theme uses it here.
PRODUCT = {
    "id": 6792602320961,
    "handle": "dragons-breath",
    "title": 'Dragon\'s "Breath"',
    "selected_or_first_available_variant": {"id": 39897499828289, "sku": 'DB "1" <x>', "available": True},
}


class Elements(html.parser.HTMLParser):
    """Keeps every element with its attributes."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: dict[str, dict[str, str | None]] = {}
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found[tag] = dict(attrs)


class TestShopify:
    @staticmethod
    def render(theme: str, product: dict[str, Any] | None = PRODUCT, root: str = "/") -> Elements:
        liquid = pytest.importorskip("liquid", reason="needs the extra 'dev'")
        snippets = {"shoplens": (EXAMPLES / "shopify.liquid").read_text("utf-8")}
        strict = liquid.Environment(loader=liquid.DictLoader(snippets), undefined=liquid.StrictUndefined)
        rendered = strict.from_string(theme).render(
            settings={"shoplens_server": "https://lens.example", "shoplens_key": "pk+1", "colors_accent_1": ""},
            request={"locale": {"iso_code": "fr"}},
            routes={"root_url": root},
            product=product,
            beside=None,
        )
        return Elements(rendered)

    def test_rows_stand_beside_a_product(self) -> None:
        seen = self.render("{% render 'shoplens', beside: product %}").found
        assert seen["script"] == {"type": "module", "src": "https://lens.example/web/widget.js?key=pk%2B1"}
        for element in ("shoplens-goes-with", "shoplens-similar"):
            assert seen[element]["product"] == 'DB "1" <x>'
            assert seen[element]["lang"] == "fr"
            assert seen[element]["link"] == "/products/{listing}"
        assert "shoplens-search" not in seen

    def test_a_product_without_sku_is_named_by_its_handle(self) -> None:
        bare = PRODUCT | {"selected_or_first_available_variant": {"id": 1, "sku": ""}}
        seen = self.render("{% render 'shoplens', beside: product %}", bare).found
        assert seen["shoplens-similar"]["product"] == "dragons-breath"

    def test_the_search_stands_on_a_products_page_too(self) -> None:
        # There the product is a global object, which snippets see.
        seen = self.render("{% render 'shoplens' %}").found
        assert set(seen) == {"script", "shoplens-search", "style"}

    def test_a_language_with_an_address_of_its_own(self) -> None:
        seen = self.render("{% render 'shoplens' %}", root="/fr").found
        assert seen["shoplens-search"]["link"] == "/fr/products/{listing}"


class TestWooCommerce:
    def test_it_is_php(self) -> None:
        tree_sitter = pytest.importorskip("tree_sitter", reason="needs the extra 'dev'")
        php = pytest.importorskip("tree_sitter_php", reason="needs the extra 'dev'")
        parser = tree_sitter.Parser(tree_sitter.Language(php.language_php()))
        good = (EXAMPLES / "woocommerce.php").read_bytes()
        assert not parser.parse(good).root_node.has_error
        assert parser.parse(good.replace(b"array(", b"array((", 1)).root_node.has_error

    @pytest.mark.skipif(shutil.which("php") is None, reason="needs php")
    def test_its_hooks_write_the_elements_and_find_the_products(self, tmp_path: Path) -> None:
        (tmp_path / "run.php").write_text(_WORDPRESS.replace("SNIPPET", str(EXAMPLES / "woocommerce.php")), "utf-8")
        ran = subprocess.run(["php", "-n", "run.php"], cwd=tmp_path, capture_output=True, text=True, timeout=60)
        assert (ran.returncode, ran.stderr) == (0, "")
        said = json.loads(ran.stdout)
        assert said["before"] == ""
        assert Elements(said["head"]).found["script"]["src"] == "https://lens.example/web/widget.js?key=pk%2B1"
        rows = Elements(said["rows"]).found
        assert rows["shoplens-goes-with"] == {
            "product": 'DB "1"',
            "limit": "4",
            "lang": "fr-FR",
            "link": "https://shop.example/?shoplens={listing}",
        }
        assert rows["shoplens-similar"]["product"] == 'DB "1"'
        assert Elements(said["search"]).found["shoplens-search"]["limit"] == "12"
        assert said["to"] == ["/p/7", "/p/12", "/shop"]


# The functions of WordPress and WooCommerce that the snippet calls, as their references describe them.
_WORDPRESS = r"""<?php
error_reporting( E_ALL );
ini_set( 'display_errors', 'stderr' );
class Left extends Exception {}
$hooks = array();
function add_action( $name, $work, $priority = 10 ) { global $hooks; $hooks[ $name ] = $work; }
function add_shortcode( $name, $work ) { add_action( $name, $work ); }
function add_query_arg( $key, $value, $url ) { return $url . '?' . $key . '=' . $value; }
function esc_url( $url ) { return preg_replace( '|[^a-z0-9-~+_.?#=!&;,/:%@$\|*\'()\[\]]|i', '', $url ); }
function esc_attr( $text ) { return htmlspecialchars( $text, ENT_QUOTES ); }
function get_bloginfo( $what ) { return 'fr-FR'; }
function home_url( $path ) { return 'https://shop.example' . $path; }
function wp_unslash( $text ) { return stripslashes( $text ); }
function sanitize_text_field( $text ) { return trim( strip_tags( $text ) ); }
function absint( $text ) { return abs( (int) $text ); }
function wc_get_product_id_by_sku( $sku ) { return 'DB "1"' === $sku ? 7 : 0; }
function get_permalink( $id ) { return $id ? ( in_array( $id, array( 7, 12 ), true ) ? "/p/$id" : false ) : '/here'; }
function wc_get_page_permalink( $page ) { return "/$page"; }
function wp_safe_redirect( $to ) { throw new Left( $to ); }
class Product { function get_sku() { return 'DB "1"'; } function get_id() { return 7; } }
$product = new Product();
require 'SNIPPET';
function said( $name ) { global $hooks; ob_start(); $more = $hooks[ $name ](); return ob_get_clean() . $more; }
$all = array( 'before' => said( 'wp_head' ) );
define( 'SHOPLENS_SERVER', 'https://lens.example' );
define( 'SHOPLENS_KEY', 'pk+1' );
said( 'template_redirect' );
$all['head'] = said( 'wp_head' );
$all['rows'] = said( 'woocommerce_after_single_product_summary' );
$all['search'] = said( 'shoplens_search' );
foreach ( array( 'DB \"1\"', '12', 'gone' ) as $name ) {
	$_GET['shoplens'] = $name;
	try { $hooks['template_redirect'](); } catch ( Left $left ) { $all['to'][] = $left->getMessage(); }
}
echo json_encode( $all );
"""
