"""The page's files: languages that agree, no words in code, nothing from elsewhere, small."""

from __future__ import annotations

import gzip
import json
import re
from pathlib import Path

import httpx
import pytest

import shoplens.serving

WEB = Path(shoplens.serving.__file__).parent / "web"
# The studio has words of its own: tests/serving/studio/test_studio_files.py.
SCRIPTS = sorted(path for path in WEB.rglob("*.js") if "studio" not in path.parts[-3:])
STYLES = sorted(path for path in WEB.rglob("*.css") if "studio" not in path.parts[-3:])
SHOPPER_BUDGET = 150_000
WIDGET_BUDGET = 30_000


def messages(language: str, of: str = "") -> dict[str, str]:
    loaded: dict[str, str] = json.loads((WEB / "messages" / f"{of}{language}.json").read_text(encoding="utf-8"))
    return loaded


def compressed(path: Path) -> int:
    return len(gzip.compress(path.read_bytes()))


def modules(entry: Path) -> set[Path]:
    """Return the script and all that it imports."""
    found, waiting = set[Path](), [entry]
    while waiting:
        path = waiting.pop()
        if path not in found:
            found.add(path)
            named = re.findall(r"""(?:from|import)\s+"(\.[^"]+)\"""", path.read_text(encoding="utf-8"))
            waiting += [(path.parent / name).resolve() for name in named]
    return found


@pytest.mark.parametrize("of", ["", "widget."])
def test_the_languages_have_the_same_messages_with_the_same_places(of: str) -> None:
    english, chinese = messages("en", of), messages("zh", of)
    # Chinese has one plural form where English has two.
    assert set(chinese) == set(english)
    for key, text in english.items():
        assert re.findall(r"\{\w+\}", text) == re.findall(r"\{\w+\}", chinese[key]) or set(
            re.findall(r"\{\w+\}", text)
        ) == set(re.findall(r"\{\w+\}", chinese[key])), key
        assert text.strip()
        assert chinese[key].strip()


def test_every_message_that_the_code_names_exists() -> None:
    known = messages("en")
    for path in SCRIPTS:
        code = path.read_text(encoding="utf-8")
        for key in re.findall(r"""\bthis\.t\(\s*"([\w.]+)\"""", code):
            assert key in messages("en", "widget."), f"{path.name}: {key}"
        for key in re.findall(r"""(?<!\.)\bt\(\s*"([\w.]+)\"""", code):
            assert key in known, f"{path.name}: {key}"
        for key in re.findall(r"""\bcount\(\s*"([\w.]+)\"""", code):
            assert f"{key}.other" in known, f"{path.name}: {key}"


def test_markup_is_never_made_of_text() -> None:
    for path in SCRIPTS:
        code = path.read_text(encoding="utf-8")
        for forbidden in ("innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(", "new Function"):
            assert forbidden not in code, f"{path.name}: {forbidden}"


def test_nothing_comes_from_elsewhere_and_nothing_is_inline() -> None:
    for path in [*SCRIPTS, *STYLES, WEB / "index.html"]:
        for address in re.findall(r"https?://[^\s\"')]+", path.read_text(encoding="utf-8")):
            assert address.startswith("http://www.w3.org/"), f"{path.name}: {address}"
    page = (WEB / "index.html").read_text(encoding="utf-8")
    assert not re.search(r"<style|\sstyle=|\son\w+=|<script(?![^>]*\ssrc=)", page)


def test_the_shopper_s_page_is_small() -> None:
    page = (WEB / "index.html").read_text(encoding="utf-8")
    named = [WEB / name for name in re.findall(r"""(?:src|href)="/web/([^"]+\.(?:js|css))\"""", page)]
    files = set().union(*(modules(path) if path.suffix == ".js" else {path} for path in named))
    assert WEB / "pages" / "search-page.js" in files
    assert sum(map(compressed, files)) < SHOPPER_BUDGET


def test_the_widget_is_small() -> None:
    files = modules(WEB / "widget.js") | {WEB / "widget" / "widget.css", WEB / "messages" / "widget.en.json"}
    assert WEB / "widget" / "shop-element.js" in files
    assert sum(map(compressed, files)) < WIDGET_BUDGET


def test_the_page_names_every_script_before_it_is_found(api: httpx.Client) -> None:
    page = (WEB / "index.html").read_text(encoding="utf-8")
    preloaded = {WEB / name for name in re.findall(r"""rel="modulepreload" href="/web/([^"]+)\"""", page)}
    assert preloaded == modules(WEB / "app.js") - {WEB / "app.js"}


def test_files_are_sent_compressed(api: httpx.Client) -> None:
    answer = api.get("/web/shop.css", headers={"Accept-Encoding": "gzip"})
    assert answer.headers["content-encoding"] == "gzip"
    assert answer.text == (WEB / "shop.css").read_text(encoding="utf-8")


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.name)
def test_scripts_are_short(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) <= 300


def test_the_server_gives_the_page_with_its_types(api: httpx.Client) -> None:
    types = {
        "/": "text/html",
        "/web/app.js": "text/javascript",
        "/web/theme.css": "text/css",
        "/web/logo.svg": "image/svg+xml",
    }
    for path, kind in types.items():
        answer = api.get(path)
        assert answer.status_code == 200
        assert answer.headers["content-type"].startswith(kind)
        assert "default-src 'self'" in answer.headers["content-security-policy"]
