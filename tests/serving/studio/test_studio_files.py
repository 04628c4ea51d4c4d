"""The studio's files: languages that agree, no words in code, nothing from elsewhere, short scripts."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import get_args

import httpx
import pytest

import shoplens.serving
from shoplens.catalog.browse import GAPS, ORDERS
from shoplens.catalog.keys import SCOPES
from shoplens.serving.jobs import State

STUDIO = Path(shoplens.serving.__file__).parent / "web" / "studio"
SCRIPTS = sorted(STUDIO.rglob("*.js"))


def messages(language: str) -> dict[str, str]:
    loaded: dict[str, str] = json.loads((STUDIO / "messages" / f"{language}.json").read_text(encoding="utf-8"))
    return loaded


def test_the_languages_have_the_same_messages_with_the_same_places() -> None:
    english, chinese = messages("en"), messages("zh")
    assert set(chinese) == set(english)
    for key, text in english.items():
        assert set(re.findall(r"\{\w+\}", text)) == set(re.findall(r"\{\w+\}", chinese[key])), key
        assert text.strip()
        assert chinese[key].strip()


def test_every_message_that_the_code_names_exists_and_every_message_is_named() -> None:
    known = messages("en")
    code = "\n".join(path.read_text(encoding="utf-8") for path in SCRIPTS)
    for key in re.findall(r"""\bt\(\s*"([\w.]+)\"""", code):
        assert key in known, key
    for key in re.findall(r"""\bcount\(\s*"([\w.]+)\"""", code):
        assert f"{key}.other" in known, key
    for key in known:
        stem = key.removesuffix(".one").removesuffix(".other").removesuffix(".about")
        groups = {stem.rpartition(".")[0], stem.split(".")[0]}
        named = f'"{stem}"' in code or any(f'"{group}"' in code or f"`{group}." in code for group in groups)
        assert named, f"{key} is never used"


@pytest.mark.parametrize(
    ("group", "codes"),
    [
        ("gap", GAPS),
        ("order", ORDERS),
        ("scope", SCOPES),
        ("question", ("label", "category", "duplicate", "defect")),
        ("state", (*get_args(State), "stopped")),
        ("job", ("import", "inspection", "classification", "training", "comparison", "promotion", "line")),
    ],
)
def test_every_code_of_the_server_has_a_name(group: str, codes: tuple[str, ...]) -> None:
    assert {f"{group}.{code}" for code in codes} <= set(messages("en"))


def test_markup_is_never_made_of_text_and_nothing_comes_from_elsewhere() -> None:
    for path in [*SCRIPTS, *STUDIO.rglob("*.css"), STUDIO / "index.html"]:
        code = path.read_text(encoding="utf-8")
        for forbidden in ("innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(", "new Function"):
            assert forbidden not in code, f"{path.name}: {forbidden}"
        for address in re.findall(r"https?://[^\s\"')]+", code):
            assert address.startswith("http://www.w3.org/"), f"{path.name}: {address}"
    page = (STUDIO / "index.html").read_text(encoding="utf-8")
    assert not re.search(r"<style|\sstyle=|\son\w+=|<script(?![^>]*\ssrc=)", page)


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.name)
def test_scripts_are_short(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) <= 300


def test_the_server_gives_the_studio_with_its_policy(api: httpx.Client) -> None:
    answer = api.get("/studio")
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/html")
    assert "default-src 'self'" in answer.headers["content-security-policy"]
    assert api.get("/web/studio/studio.js").headers["content-type"].startswith("text/javascript")
