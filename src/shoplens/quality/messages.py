"""The names of problems in English and Chinese, for pages and reports."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files


@dataclass(frozen=True, slots=True)
class Message:
    """What a finding's code is called, and what to do about it."""

    title_en: str
    title_zh: str
    help_en: str = ""
    help_zh: str = ""


def message(code: str) -> Message:
    """Return the texts of a code; a stranger's check is called by its code.

    What a server answers, such as `url_status_404`, has the texts of `url_status`.
    """
    title = code.replace("_", " ").capitalize()
    return messages().get("url_status" if code.startswith("url_status_") else code, Message(title, title))


def fix_message(name: str) -> Message:
    """Return what a fix is called; a stranger's is called by its name."""
    title = name.replace("_", " ").capitalize()
    return _texts("fixes.toml").get(name, Message(title, title))


def messages() -> dict[str, Message]:
    """Return every code that ShopLens itself gives, with its texts."""
    return _texts("messages.toml")


@cache
def _texts(file: str) -> dict[str, Message]:
    text = (files("shoplens.quality") / file).read_text(encoding="utf-8")
    return {code: Message(**entry) for code, entry in tomllib.loads(text).items()}
