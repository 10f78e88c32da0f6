"""Rows in every table for a school, and arguments for every operation that name them.

For tests that ask what one school's nodes could learn of, or do to, another's: whatever an
operation may be given is built from its annotations, out of values that both schools' rows hold.
"""

from __future__ import annotations

import dataclasses
import enum
import importlib
import inspect
import pkgutil
import types
import typing
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from random import Random
from typing import Any

import sqlalchemy
from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Connection,
    Integer,
    LargeBinary,
    SmallInteger,
    Table,
    select,
)

from moderation import records
from moderation.records import audit, tenancy
from moderation.records import tables as t
from moderation.records.vault import Vault

Made = dict[str, list[dict[str, Any]]]

NOW = 1_790_000_000_000
_EACH = 3
_WORDS = {
    "incidents.state": ("open", "acknowledged"),
    "pages.state": ("pending", "sent"),
    "proofs.state": ("pending", "sent"),
    "calls.state": ("pending", "sent"),
    "reveals.state": ("asked", "approved", "opened"),
    "exports.state": ("asked", "agreed", "handed"),
    "rule_changes.state": ("proposed", "seconded", "live"),
    "sessions.kind": ("student", "staff"),
    "items.kind": ("message", "report"),
    "staff.role": ("safeguarding_lead", "senior_leader", "counsellor", "moderator"),
    "invitations.role": ("administrator", "moderator"),
    "agreements.role": ("safeguarding_lead", "senior_leader"),
    "contacts.channel": ("mail",),
    "band": ("all",),
    "category": ("suicide", "bullying"),
    "half": ("lead", "head"),
    "body": ("{}",),
    "drills.day": ("2026-11-02",),
    "outcomes.follow_up": ("2026-11-02",),
}
_NAMES = {
    "messages.room": t.rooms.c.id,
    "blocks.one": t.students.c.id,
    "blocks.other": t.students.c.id,
    "exports.incident": t.incidents.c.code,
    "exports.student": t.students.c.id,
}
_SHELLS = {
    "backup", "bulk", "database", "locks", "log", "migrations", "postgres", "sending", "server",
    "sqlite", "store", "taken_away", "tenancy",
}  # fmt: skip
"""Modules whose functions are no operations but what operations stand on."""


def our_tables() -> list[Table]:
    """Every table that PostgreSQL uses, parents first."""
    used = [one for one in t.metadata.sorted_tables if one.name not in tenancy.UNUSED]
    return sorted(used, key=lambda one: one in (t.messages, t.blocks, t.sessions, t.exports))


def fill(conn: Connection, school: str, chance: Random) -> None:
    """A few rows of a school in every table, which may be as an earlier version made it."""
    made: dict[str, list[dict[str, Any]]] = {}
    there_are = sqlalchemy.inspect(conn).get_table_names()
    for table in (one for one in our_tables() if one.name in there_are):
        if table is t.audit:
            audit_log(conn, school, cut=t.checkpoints.name in there_are)
        if table in (t.audit, t.checkpoints):
            continue
        rows = [_row(table, made, school, chance) | _place(table, n) for n in range(_EACH)]
        key = [column.name for column in table.primary_key if column.name != "n"]
        unlike = {tuple(row[name] for name in key) or n: row for n, row in enumerate(rows)}
        made[table.name] = [*unlike.values()]
        there = {column["name"] for column in sqlalchemy.inspect(conn).get_columns(table.name)}
        kept = [{name: row[name] for name in row if name in there} for row in made[table.name]]
        conn.execute(table.insert(), kept)


def audit_log(conn: Connection, school: str, *, cut: bool) -> None:
    """A log; the first entry was cut off, where the tables know of that."""
    times = [1, *(NOW + n for n in range(_EACH))]
    audit.append(conn, [audit.Entry(at, "who", "act", school) for at in times[not cut :]])
    if cut:
        audit.cut(conn, 2, NOW)


def _row(table: Table, made: Made, school: str, chance: Random) -> dict[str, Any]:
    columns = [column for column in table.columns if column.name != "n"]
    row = {column.name: _cell(column, made, school, chance) for column in columns}
    if table is t.sessions:
        people = made["students" if row["kind"] == "student" else "staff"]
        row["who"] = chance.choice(people)["id"]
    return row


def _place(table: Table, number: int) -> dict[str, Any]:
    """What of a message must fit together."""
    return {"state": "released", "seq": number + 1} if table is t.messages else {}


def _cell(column: Column[Any], made: Made, school: str, chance: Random) -> Any:
    name = f"{column.table.name}.{column.name}"
    if column.name == "school":
        return school
    if (named := _NAMES.get(name)) is not None:
        return chance.choice(made[named.table.name])[named.name]
    if words := _WORDS.get(name) or _WORDS.get(column.name):
        return chance.choice(words)
    for key in column.foreign_keys:
        return chance.choice(made[key.column.table.name])[key.column.name]
    return _of_type(column, chance)


def _of_type(column: Column[Any], chance: Random) -> Any:
    match column.type:
        case Boolean():
            return chance.random() < 0.5
        case SmallInteger():
            return chance.randrange(2)
        case BigInteger() if column.name.endswith(("_at", "at", "until")):
            return None if column.nullable and chance.random() < 0.6 else NOW - chance.randrange(9)
        case BigInteger() | Integer():
            return chance.randrange(99)
        case LargeBinary():
            return chance.randbytes(32)
        case _:
            return f"{chance.getrandbits(44):011x}"[: column.type.length or 11]


def values(conn: Connection) -> dict[str, list[Any]]:
    """What stands in every column, by its name, of whatever rows that connection sees."""
    found: dict[str, list[Any]] = {}
    for table in our_tables():
        for row in conn.execute(select(table)).mappings():
            for name, value in row.items():
                if value is not None:
                    found.setdefault(name, []).append(value)
    return found


def operations() -> Iterator[tuple[str, Callable[..., Any]]]:
    """Every public function of the records that takes a connection, by its name."""
    for module in pkgutil.iter_modules(records.__path__):
        if module.name in _SHELLS:
            continue
        found = importlib.import_module(f"{records.__name__}.{module.name}")
        for name, function in inspect.getmembers(found, inspect.isfunction):
            if function.__module__ != found.__name__ or name.startswith("_"):
                continue
            if next(iter(inspect.signature(function).parameters), "") == "conn":
                yield f"{module.name}.{name}", function


class Maker:
    """Makes arguments out of values that are there."""

    _ALIASES: typing.ClassVar = {
        "staff": "staff", "who": "staff", "by": "staff", "actor": "staff", "reviewer": "staff",
        "room_id": "room", "item_id": "item", "whose": "staff", "about": "incident",
        "token_hash": "token_hash", "reveal": "code", "page": "id", "rule": "id", "shift": "id",
        "name": "login", "session": "token_hash", "to": "print", "rows": "token_hash",
    }  # fmt: skip

    def __init__(self, found: Mapping[str, list[Any]], chance: Random) -> None:
        self._found = found
        self._chance = chance

    def arguments(self, function: Callable[..., Any]) -> dict[str, Any]:
        """One value for each parameter but the connection."""
        hints = typing.get_type_hints(function)
        _, *given = inspect.signature(function).parameters.values()
        names = [one.name for one in given if one.kind is not one.VAR_POSITIONAL]
        return {name: self._of(hints[name], name) for name in names}

    def _of(self, hint: Any, name: str) -> Any:
        origin, inside = typing.get_origin(hint), typing.get_args(hint)
        if origin in (typing.Union, types.UnionType, typing.Literal):
            chosen = self._chance.choice(inside)
            return chosen if origin is typing.Literal else self._of(chosen, name)
        if origin is tuple and inside[-1] is not Ellipsis:
            return tuple(self._of(each, name) for each in inside)
        if origin in (Mapping, dict):
            return {self._of(inside[0], name): self._of(inside[1], name)}
        if origin is not None and issubclass(origin, Collection | Iterable):
            many = [self._of(inside[0], name) for _ in range(self._chance.choice((1, 2)))]
            kinds = {tuple: tuple, set: set, AbstractSet: set, frozenset: frozenset}
            return kinds.get(origin, list)(many)
        if hasattr(hint, "__struct_fields__") or dataclasses.is_dataclass(hint):
            return self._built(hint)
        return self._plain(hint, name)

    def _built(self, kind: Any) -> Any:
        hints = typing.get_type_hints(kind)
        names = [*inspect.signature(kind).parameters]
        return kind(**{name: self._of(hints[name], name) for name in names})

    def _plain(self, hint: Any, name: str) -> Any:
        if hint in (None, type(None)):
            return None
        if hint is Vault:
            return Vault(self._chance.randbytes(32))
        if hint is bool:
            return self._chance.random() < 0.5
        if isinstance(hint, type) and issubclass(hint, enum.Enum):
            return self._chance.choice([*hint])
        if hint in (int, float):
            small = name in {"count", "limit", "most", "first", "seat", "n"}
            return self._chance.choice((0, 1, 2, 3) if small else (1, NOW - 5, NOW, NOW + 10))
        kind = {str: str, bytes: bytes, object: str, Any: str}[hint]
        named = self._found.get(self._ALIASES.get(name, name), [])
        of_kind = [value for value in named if isinstance(value, kind)]
        if not of_kind or self._chance.random() < 0.15:
            of_kind = [v for many in self._found.values() for v in many if isinstance(v, kind)]
        return self._chance.choice(of_kind)


def shown(answer: Any) -> str:
    """An answer in a form that can be compared."""
    if isinstance(answer, AbstractSet):
        return repr(sorted(map(shown, answer)))
    if isinstance(answer, Sequence) and not isinstance(answer, str | bytes):
        return repr([shown(each) for each in answer])
    if isinstance(answer, BaseException):
        return f"{type(answer).__name__}{answer.args}"
    return repr(answer)
