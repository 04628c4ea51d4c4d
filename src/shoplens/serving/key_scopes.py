"""Which key may do what."""

from __future__ import annotations

import hashlib
import hmac
import time
from collections.abc import Callable, Sequence

from shoplens.catalog.keys import SCOPES, Scope

KeyScope = Callable[[str], Scope | None]
"""Returns the scope of the key with this SHA-256 digest; None where there is none in force."""

_REMEMBERED_S = 5.0
_MOST = 10_000
_WRITES = (
    "/v1/imports",
    "/v1/categories/teach",
    "/v1/studio",
    "/v1/findings",
    "/v1/inspect/shop",
    "/v1/inspect/fix",
    "/v1/inspect/undo",
)
_RULES = (
    "/v1/studio/keys",
    "/v1/studio/trainings",
    "/v1/studio/models",
    "/v1/studio/rollback",
    "/v1/studio/rules",
    "/v1/studio/recommending",
)


def no_keys(_: str) -> Scope | None:
    """Know no key."""
    return None


def needed_scope(method: str, path: str) -> Scope:
    """Return what a request asks for.

    Reading and asking is for every key, events included, since shop pages send them. The merchant's pages and what
    changes the catalogue ask for "write"; keys, and what changes models or rules, for "admin".
    """
    reads = method in ("GET", "HEAD", "OPTIONS")
    if _under(path, "/v1/studio/keys") or (not reads and any(_under(path, one) for one in _RULES)):
        return "admin"
    studio = _under(path, "/v1/studio")
    return "write" if studio or (not reads and any(_under(path, one) for one in _WRITES)) else "read"


def allows(held: Scope, wanted: Scope) -> bool:
    """Tell whether a key of one scope may do what asks for another."""
    return SCOPES.index(held) >= SCOPES.index(wanted)


class KeyScopes:
    """Tells the scope of keys: those of the environment may do everything, those of the catalogue what they say.

    What the catalogue says is remembered for five seconds, so that a revoked key is worthless soon, and a busy server
    does not ask for every photo.

    Args:
        keys: digests of the environment's.
        stored: asks the catalogue.
    """

    def __init__(self, keys: Sequence[str], stored: KeyScope) -> None:
        self._keys = tuple(keys)
        self._stored = stored
        self._known: dict[str, tuple[float, Scope | None]] = {}

    def of(self, key: str) -> Scope | None:
        """Return what the key may do; None where it is none."""
        digest = hashlib.sha256(key.encode()).hexdigest()
        if any(hmac.compare_digest(digest, known) for known in self._keys):
            return "admin"
        seen = self._known.get(digest)
        if seen is not None and time.monotonic() - seen[0] < _REMEMBERED_S:
            return seen[1]
        if len(self._known) >= _MOST:
            self._known.clear()
        scope = self._stored(digest) if key else None
        self._known[digest] = (time.monotonic(), scope)
        return scope


def _under(path: str, root: str) -> bool:
    return path == root or path.startswith(f"{root}/")
