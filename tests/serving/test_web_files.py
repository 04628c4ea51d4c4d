"""The page's files: languages that agree, no words in code, nothing from elsewhere, small."""

from __future__ import annotations

import json
import re
from pathlib import Path

import httpx
import pytest

import shoplens.serving

WEB = Path(shoplens.serving.__file__).parent / "web"
SCRIPTS = sorted(WEB.rglob("*.js"))
STYLES = sorted(WEB.rglob("*.css"))
BUDGET = 100_000


def messages(language: str) -> dict[str, str]:
    loaded: dict[str, str] = json.loads((WEB / "messages" / f"{language}.json").read_text(encoding="utf-8"))
    return loaded


def test_the_languages_have_the_same_messages_with_the_same_places() -> None:
    english, chinese = messages("en"), messages("zh")
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
        for key in re.findall(r"""\bt\(\s*"([\w.]+)\"""", code):
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


def test_the_page_is_small() -> None:
    assert sum(path.stat().st_size for path in [*SCRIPTS, *STYLES]) < BUDGET


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
