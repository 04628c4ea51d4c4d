"""The files of a bundle on disk: their names, their largest sizes, and that each is what the manifest says."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from shoplens.errors import BundleError

MANIFEST = "manifest.json"
NEEDED = frozenset({"model.onnx", "recipe.json", "labels.json", "calibration.json", "card.json"})
TEXT = frozenset({"text.onnx", "text.json", "tokenizer.json"})
"""The files of a text tower: all of them, or none."""

ALLOWED = NEEDED | {"heads.json", "weights.npz"} | TEXT
FILES = ALLOWED | {MANIFEST}
"""The names that a bundle's files may have."""

MAX_JSON = 4 * 1024 * 1024
"""Largest size of a description in bytes."""

MAX_TOKENIZER = 32 * 1024 * 1024
"""Largest size of a tokenizer in bytes: the vocabulary of a hundred languages."""

MAX_BYTES = 512 * 1024 * 1024
"""Largest size of a network or its weights in bytes."""

GET_AGAIN = "Get the bundle again from where it came, or train it again."


def verified_digests(path: Path, manifest: Mapping[str, Any]) -> dict[str, str]:
    """Compare a bundle's folder with its manifest and return the SHA-256 of each file.

    Raises:
        BundleError: a file is missing, unknown, altered, a link or too large.
    """
    files = manifest.get("files")
    if not isinstance(files, dict) or not NEEDED <= files.keys() <= ALLOWED:
        raise BundleError("The manifest lists other files than a bundle has.", received=files, remedy=GET_AGAIN)
    if 0 < len(TEXT & files.keys()) < len(TEXT):
        raise BundleError("The bundle has parts of a text tower only.", received=sorted(TEXT & files.keys()))
    found = {entry.name for entry in os.scandir(path)}
    if found != files.keys() | {MANIFEST}:
        wrong = sorted(found ^ (files.keys() | {MANIFEST}))
        raise BundleError("The bundle's folder and its manifest differ.", received=wrong, remedy=GET_AGAIN)
    digests = {}
    for file, facts in files.items():
        digest = facts.get("sha256") if isinstance(facts, dict) else None
        if not isinstance(digest, str):
            raise BundleError("The manifest has no hash of a file.", received=file, remedy=GET_AGAIN)
        read_file(path / file, digest)
        digests[file] = digest
    return digests


def size_limit(name: str) -> int:
    """Return the largest size in bytes of a bundle's file."""
    if name == "tokenizer.json":
        return MAX_TOKENIZER
    return MAX_JSON if name.endswith(".json") else MAX_BYTES


def read_file(path: Path, digest: str | None) -> bytes:
    """Return a file's bytes.

    Raises:
        BundleError: it is missing, a link or far too large, or its SHA-256 is not `digest`.
    """
    if path.is_symlink() or not path.is_file():
        raise BundleError("A bundle's file is missing or is a link.", received=path, remedy=GET_AGAIN)
    limit = size_limit(path.name)
    with path.open("rb") as file:
        data = file.read(limit + 1)
    if len(data) > limit:
        raise BundleError(f"A file of the bundle has more than {limit} bytes.", received=path, remedy=GET_AGAIN)
    if digest is not None and hashlib.sha256(data).hexdigest() != digest:
        raise BundleError("A file of the bundle was altered.", received=path, remedy=GET_AGAIN)
    return data


def parse_json(data: bytes, name: str) -> Any:  # noqa: ANN401 - the callers check the shape
    """Return what a description holds.

    Raises:
        BundleError: it is no JSON, or no table where it should be one.
    """
    try:
        value = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise BundleError("A description in the bundle is no JSON.", received=name, remedy=GET_AGAIN) from error
    if name != "labels.json" and not isinstance(value, dict):
        raise BundleError("A description in the bundle has another shape.", received=name, remedy=GET_AGAIN)
    return value


def write_json(path: Path, value: object) -> None:
    """Write a description; the same value gives the same bytes."""
    path.write_bytes(json_bytes(value))


def json_bytes(value: object) -> bytes:
    """Return a description as it is written."""
    return (json.dumps(value, indent=2, sort_keys=True, ensure_ascii=False) + "\n").encode()
