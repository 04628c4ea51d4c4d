"""From wherever a bundle is to the shelf of a shop."""

from __future__ import annotations

import hashlib
import json
import os
import re
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from shoplens.errors import BadInput, BundleError, DownloadError
from shoplens.models.bundle import Bundle, check_name
from shoplens.models.bundle_archive import is_archive, unpack
from shoplens.models.bundle_files import FILES, MANIFEST, MAX_JSON
from shoplens.models.bundle_shelf import BundleShelf
from shoplens.models.foreign_encoder import ForeignEncoder
from shoplens.models.resumable_download import DownloadLimits, ResumableDownload, Told

MIRROR = "SHOPLENS_MODEL_MIRROR"
"""The environment variable that names a mirror."""

_HASH = re.compile(r"[0-9a-f]{64}")
_MAX_HASHES = 64 * 1024


def add_bundle(
    shelf: BundleShelf,
    source: Path | str,
    *,
    name: str = "",
    sha256: str = "",
    preprocessing: Path | None = None,
    replace: bool = False,
    mirror: str = "",
    limits: DownloadLimits | None = None,
    progress: Told | None = None,
) -> Bundle:
    """Put a bundle on a shelf, verified.

    Args:
        shelf: of a shop.
        source: a bundle's folder, an archive of one, an ONNX image encoder, or the http(s) address of any of them; an
            address that ends in "/" is a bundle's folder.
        name: on the shelf; the bundle's own if left out.
        sha256: of the file, or of the folder's manifest. Left out, a file at an address must have its hash beside it
            (the address and ".sha256"); a folder's manifest has those of its files.
        preprocessing: describes an ONNX encoder, see `ForeignEncoder`.
        replace: take the place of a bundle of that name.
        mirror: where to fetch from instead, see `mirrored`; the environment's goes before it.
        limits: what a download may cost.
        progress: told of the bytes.

    Raises:
        BundleError: it is incomplete or altered, or could do more than compute.
        DownloadError: the address cannot be fetched, or brings something else than the hash says.
        BadInput: the name is taken, or the source is none of these.
    """
    sha256 = sha256.strip().lower()
    if sha256 and not _HASH.fullmatch(sha256):
        raise BadInput("A SHA-256 has 64 hexadecimal digits.", received=sha256)
    with tempfile.TemporaryDirectory(prefix="shoplens-add-") as scratch:
        text, encoder_name = str(source), Path(urlsplit(str(source)).path).name
        if text.startswith(("http://", "https://")):
            download = ResumableDownload(shelf.folder / ".downloads", limits)
            address = mirrored(text, os.environ.get(MIRROR, "") or mirror)
            place = _fetched(download, address, sha256, Path(scratch, "fetched"), progress)
        elif "://" in text:
            raise BadInput("Bundles are fetched by http and https.", received=text)
        else:
            place, encoder_name = Path(source), Path(source).name
            _check_local(place, sha256)
        folder = _as_folder(place, encoder_name, Path(scratch), preprocessing, name)
        bundle = shelf.add(folder, name, replace=replace)
        if place.parent == shelf.folder / ".downloads":
            place.unlink()
    return bundle


def mirrored(url: str, mirror: str) -> str:
    """Return the address at a mirror.

    "https://mirror.example/hub" takes the place of scheme and host; "https://hub.example=https://mirror.example" that
    of one beginning, and leaves other addresses as they are. "" leaves all.

    Raises:
        BadInput: the mirror is no http(s) address.
    """
    if not mirror:
        return url
    beginning, equals, target = mirror.partition("=")
    if not equals:
        parts = urlsplit(url)
        beginning, target = f"{parts.scheme}://{parts.netloc}", mirror
    if not target.startswith(("http://", "https://")):
        raise BadInput(
            "A mirror is an http(s) address, or two with '=' between.", received=mirror, remedy=f"See {MIRROR}."
        )
    rest = url.removeprefix(beginning)
    if not beginning or rest == url or (not rest.startswith(("/", "?")) and not beginning.endswith("/")):
        return url
    return target.rstrip("/") + "/" + rest.lstrip("/")


def _fetched(download: ResumableDownload, url: str, sha256: str, folder: Path, told: Told | None) -> Path:
    path = urlsplit(url).path
    if path.endswith("/"):
        return _fetched_folder(download, url, sha256, folder, told)
    if not is_archive(path) and not path.endswith(".onnx"):
        raise BadInput(
            "The address is no bundle.",
            received=url,
            remedy="It ends in .zip, .tar, .tar.gz, .onnx or, for a folder, /.",
        )
    return download.fetch(url, sha256 or _hash_beside(download, url), told)


def _hash_beside(download: ResumableDownload, url: str) -> str:
    """Return the hash that is served beside a file, as `sha256sum` writes it."""
    parts = urlsplit(url)
    text = download.small(parts._replace(path=parts.path + ".sha256").geturl(), _MAX_HASHES)
    lines = [line.split() for line in (text or b"").decode("utf-8", "replace").splitlines() if line.strip()]
    name = Path(parts.path).name
    named = [line for line in lines if len(line) == 2 and Path(line[1].lstrip("*")).name == name]
    found = (named or [line for line in lines if len(line) == 1] or [[""]])[0][0].lower()
    if not _HASH.fullmatch(found):
        raise DownloadError(
            "Nothing says what the file's hash should be.",
            received=url,
            remedy="Give it with --sha256, or have the server offer the address with .sha256 behind it.",
        )
    return found


def _fetched_folder(download: ResumableDownload, url: str, sha256: str, folder: Path, told: Told | None) -> Path:
    raw = download.small(url + MANIFEST, MAX_JSON)
    if raw is None:
        raise DownloadError("There is no bundle at the address.", received=url + MANIFEST)
    if sha256 and (found := hashlib.sha256(raw).hexdigest()) != sha256:
        raise DownloadError("The manifest is another one.", received=f"{found} instead of {sha256}")
    files = _listed(raw, url)
    folder.mkdir()
    (folder / MANIFEST).write_bytes(raw)
    for name, digest in files.items():
        download.fetch(url + name, digest, told).replace(folder / name)
    return folder


def _listed(raw: bytes, url: str) -> dict[str, str]:
    """Return the hash of each file of a manifest; refuse names that are no file of a bundle."""
    try:
        manifest: Any = json.loads(raw)
        files: Mapping[str, Any] = manifest["files"]
        found = {name: str(facts["sha256"]) for name, facts in files.items()}
    except (ValueError, RecursionError, KeyError, TypeError, AttributeError) as error:
        raise BundleError("The manifest cannot be read.", received=url) from error
    strange = [name for name, digest in found.items() if name not in FILES - {MANIFEST} or not _HASH.fullmatch(digest)]
    if strange:
        raise BundleError("The manifest lists other files than a bundle has.", received=strange)
    return found


def _check_local(place: Path, sha256: str) -> None:
    if not place.exists():
        raise BadInput("There is no such file or folder.", received=place, remedy="Check the path.")
    file = place / MANIFEST if place.is_dir() else place
    if sha256 and file.is_file():
        with file.open("rb") as opened:
            found = hashlib.file_digest(opened, "sha256").hexdigest()
        if found != sha256:
            raise BundleError("The file is another one.", received=f"{file}: {found} instead of {sha256}")


def _as_folder(place: Path, file_name: str, scratch: Path, preprocessing: Path | None, name: str) -> Path:
    """Return the folder of the bundle, unpacked or made of an encoder where need be."""
    if place.is_dir():
        return place
    if is_archive(file_name):
        unpack(place, scratch / "unpacked")
        return scratch / "unpacked"
    if not file_name.endswith(".onnx"):
        raise BadInput(
            "This is no bundle.",
            received=file_name,
            remedy="Give a folder, a .zip or .tar of one, or an .onnx encoder.",
        )
    if preprocessing is None:
        raise BadInput(
            "An encoder needs a description of its preprocessing.",
            received=file_name,
            remedy="Give a TOML or JSON file with --preprocess; docs/bundles.md shows one.",
        )
    encoder = ForeignEncoder.read(preprocessing)
    plain = re.sub(r"[^a-z0-9._-]+", "-", Path(file_name).stem.lower()).strip("-._")
    name = name or encoder.name or plain[:64] or "encoder"
    check_name(name)
    return encoder.to_bundle(place, scratch / "encoder", name).path
