"""Keys of the HTTP API with scopes; only their digests are stored."""

from __future__ import annotations

import datetime as dt
import hashlib
import secrets
from dataclasses import dataclass
from typing import Literal

from sqlalchemy import insert, select, update

from shoplens.catalog.part import Part
from shoplens.catalog.tables import api_keys
from shoplens.errors import BadInput, NotFound

Scope = Literal["read", "write", "admin"]
SCOPES: tuple[Scope, ...] = ("read", "write", "admin")
"""What a key may do, each with all that those before it may: ask; change the catalogue; rule models and keys."""

_MOST = 1_000


@dataclass(frozen=True, slots=True)
class ApiKey:
    """A key as it can be shown: never itself.

    Attributes:
        id: its number.
        name: what it is for.
        scope: what it may do.
        hint: its first characters, to tell it from others.
        created_at: ISO 8601, UTC.
        revoked_at: "" while it is good.
    """

    id: int
    name: str
    scope: Scope
    hint: str
    created_at: str
    revoked_at: str


class Keys(Part):
    """The keys of one shop; `Catalog.keys` is one."""

    def add(self, name: str, scope: Scope) -> tuple[ApiKey, str]:
        """Make a key and return it with its secret, which is told this once.

        Raises:
            BadInput: the name is empty or long, or there are a thousand keys.
        """
        name = " ".join(name.split())
        if not 0 < len(name) <= 100:
            raise BadInput("A key needs a name of 1 to 100 characters.", received=name[:120])
        secret = f"sl_{scope}_{secrets.token_urlsafe(24)}"
        row = {
            "name": name,
            "scope": scope,
            "hint": secret[: len(scope) + 8],
            "digest": hashlib.sha256(secret.encode()).hexdigest(),
            "created_at": _now(),
            "revoked_at": "",
        }
        with self._write() as connection:
            if len(connection.execute(select(api_keys.c.id)).all()) >= _MOST:
                raise BadInput("There are too many keys.", received=_MOST, remedy="Use one that is there.")
            number = connection.execute(insert(api_keys).values(row).returning(api_keys.c.id)).scalar_one()
        return ApiKey(int(number), name, scope, row["hint"], row["created_at"], ""), secret

    def all(self) -> list[ApiKey]:
        """Return the keys, the newest first, revoked ones too."""
        column = api_keys.c
        statement = select(column.id, column.name, column.scope, column.hint, column.created_at, column.revoked_at)
        with self._read() as connection:
            return [ApiKey(*row) for row in connection.execute(statement.order_by(column.id.desc()))]

    def revoke(self, number: int) -> None:
        """Make a key worthless from now on.

        Raises:
            NotFound: there is none of that number, or it is revoked already.
        """
        still = (api_keys.c.id == number) & (api_keys.c.revoked_at == "")
        with self._write() as connection:
            if not connection.execute(update(api_keys).where(still).values(revoked_at=_now())).rowcount:
                raise NotFound("There is no such key in force.", received=number)

    def scope_of(self, digest: str) -> Scope | None:
        """Return what the key of this SHA-256 digest may do; None where there is none in force."""
        good = (api_keys.c.digest == digest) & (api_keys.c.revoked_at == "")
        with self._read() as connection:
            found: Scope | None = connection.scalar(select(api_keys.c.scope).where(good))
        return found


def _now() -> str:
    return dt.datetime.now(dt.UTC).isoformat(timespec="seconds")
