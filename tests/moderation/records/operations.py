"""Operations of the tests of the store: they keep students, refuse some, and fail on some."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from sqlalchemy import Connection, select, text

from moderation.records import tables as t
from moderation.records.store import Store
from tests.moderation.records.sample import add_students


class Refused(Exception):  # noqa: N818 - an answer
    """What an operation answers for one row."""


def keep(conn: Connection, rows: Sequence[str]) -> list[str | Exception]:
    """Keep students; refuse those called 'refuse…', fail on those called 'fail…'."""
    if any(row.startswith("fail") for row in rows):
        raise ValueError("a row that cannot be kept")
    good = [row for row in rows if not row.startswith("refuse")]
    if good:
        add_students(conn, good)
    return [Refused() if row.startswith("refuse") else row for row in rows]


def also_keep(conn: Connection, rows: Sequence[str]) -> list[str | Exception]:
    """The same under another name, so another operation."""
    return keep(conn, rows)


def everybody(conn: Connection) -> list[str]:
    """The students in the order they were kept."""
    place = {"sqlite": "rowid", "postgresql": "ctid"}[conn.dialect.name]
    return list(conn.scalars(select(t.students.c.id).order_by(text(place))))


async def submit_all(
    store: Store, rows: Sequence[tuple[bool, str]]
) -> list[tuple[str, str | Exception]]:
    """Submit rows in one tick; (row, answer) in the order of the answers."""
    answers: list[tuple[str, str | Exception]] = []
    finished = asyncio.Event()

    def done(row: str, answer: str | Exception) -> None:
        answers.append((row, answer))
        if len(answers) == len(rows):
            finished.set()

    for other, row in rows:
        op = also_keep if other else keep
        store.submit(op, row, lambda answer, row=row: done(row, answer))
    if rows:
        await finished.wait()
    return answers
