"""Bars: who set them, that they can be lifted or shortened, and for how long that is kept."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace

import pytest
from sqlalchemy import Connection, func, select

from moderation.records import audit, bars
from moderation.records import desk_tables as d
from moderation.records import tables as t
from moderation.records.bars import InForce, Lift, NewBar
from moderation.records.decisions import Stop, decide
from moderation.records.identities import EndTerm, NewIdentity, end_term, enrol
from moderation.records.purge import Purge, purge
from moderation.records.refused import Refused
from moderation.records.store import Store
from tests.moderation.records.sample import SCHOOL, add_students
from tests.moderation.records.test_decisions import Case

DAY = 86_400_000
ENDS = 20 + DAY


async def barred(store: Store) -> tuple[Case, str]:
    """A student whom Ann, at 20, has barred for a day; and their pseudonym."""
    case = await Case.made(store)
    await case.look(case.ann)
    stop = Stop(case.room, 0, ENDS, most=ENDS)
    outcome = await store.write(decide, case.decided("bar", entry="e" * 22, bar=stop))
    assert outcome.barred
    return case, outcome.barred


def lifted(case: Case, student: str, /, **changes: object) -> Lift:
    plain = Lift("l" * 22, student, SCHOOL, ENDS, 50, case.bob, 50, 50 + DAY, b"a mistake")
    return replace(plain, **changes)  # type: ignore[arg-type]


async def test_a_bar_that_stands_says_who_set_it_when_and_why(store: Store) -> None:
    """With the name the student had in that room; when it is over, it is no more in force."""
    case, student = await barred(store)
    (found,) = await store.read(bars.in_force, SCHOOL, 21)
    assert found == InForce(student, ENDS, "e" * 22, case.room, 20, b"why", "Ann", "Otter", "mood")
    assert await store.read(bars.all_until, SCHOOL, 21) == {student: ENDS}
    assert await store.read(bars.in_force, SCHOOL, ENDS) == []
    assert await store.read(bars.in_force, "oak", 21) == []


async def test_a_bar_is_lifted_at_once_with_a_reason_and_an_entry(store: Store) -> None:
    """The student may come in; who lifted it and why is kept beside who set it."""
    case, student = await barred(store)
    await store.write(bars.lift, lifted(case, student))
    assert await store.read(bars.until, student) == 50
    assert await store.read(bars.in_force, SCHOOL, 50) == []
    assert (await case.entries())[-1] == (case.bob, "lift_bar", student)
    row = await store.read(lambda conn: conn.execute(select(d.bars)).one())
    assert (row.lifted_by, row.lifted_at, row.sealed_lift) == (case.bob, 50, b"a mistake")
    assert (row.staff, row.sealed, row.until) == (case.ann, b"why", 50)


async def test_a_bar_is_shortened_and_stands_until_then(store: Store) -> None:
    """It still says who set it; and can be lifted afterwards."""
    case, student = await barred(store)
    await store.write(bars.lift, lifted(case, student, until=1_000))
    (found,) = await store.read(bars.in_force, SCHOOL, 60)
    assert (found.until, found.by) == (1_000, "Ann")
    assert (await case.entries())[-1][1] == "shorten_bar"
    await store.write(bars.lift, lifted(case, student, seen=1_000, entry="m" * 22))
    assert await store.read(bars.in_force, SCHOOL, 60) == []


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"seen": ENDS - 1}, "changed"),
        ({"until": ENDS}, "changed"),
        ({"at": ENDS, "until": ENDS}, "changed"),
        ({"student": "nobody"}, "changed"),
        ({"school": "oak"}, "changed"),
        ({"most": ENDS - 1}, "forbidden"),
    ],
)
async def test_a_bar_that_cannot_be_lifted_stays(
    store: Store, changes: dict[str, object], code: str
) -> None:
    """Seen otherwise, made longer, over, nobody's, another school's, or longer than they may."""
    case, student = await barred(store)
    with pytest.raises(Refused) as refused:
        await store.write(bars.lift, lifted(case, student, **changes))
    assert refused.value.code == code
    assert await store.read(bars.until, student) == ENDS
    assert (await case.entries())[-1][1] == "bar"


async def test_without_a_limit_any_bar_is_lifted(store: Store) -> None:
    """As a lead may."""
    case, student = await barred(store)
    await store.write(bars.lift, lifted(case, student, most=None))
    assert await store.read(bars.until, student) == 50


async def test_of_two_who_lift_a_bar_at_once_one_does(store: Store) -> None:
    """The other is told that it changed, and the log has one act."""
    case, student = await barred(store)
    both = [lifted(case, student, entry=letter * 22) for letter in "lm"]
    answers = await asyncio.gather(
        *(store.write(bars.lift, row) for row in both), return_exceptions=True
    )
    assert sorted(isinstance(answer, Refused) for answer in answers) == [False, True]
    assert [act for _, act, _ in await case.entries()].count("lift_bar") == 1


async def test_F8_nodes_lift_a_bar_once(nodes: list[Store]) -> None:
    """Also where each has a connection of its own."""
    case, student = await barred(nodes[0])
    answers = await asyncio.gather(
        *(
            node.write(bars.lift, lifted(case, student, entry=str(n) * 22))
            for n, node in enumerate(nodes)
        ),
        return_exceptions=True,
    )
    assert sorted(isinstance(answer, Refused) for answer in answers) == [False, True, True]
    assert await nodes[0].read(audit.verify) is None


async def test_a_bar_carried_over_from_another_term_can_be_lifted(store: Store) -> None:
    """Nothing says who set it; who lifted it is kept all the same."""
    case = await Case.made(store)
    await store.write(add_students, "carried")
    await store.write(bar_before, "carried")
    (found,) = await store.read(bars.in_force, SCHOOL, 21)
    assert found == InForce("carried", ENDS, None, None, None, None, None, None, None)
    await store.write(bars.lift, lifted(case, "carried"))
    row = await store.read(lambda conn: conn.execute(select(d.bars)).one())
    assert (row.student, row.staff, row.lifted_by, row.until) == ("carried", None, case.bob, 50)


async def test_a_bar_that_went_on_into_a_new_term_is_one_bar(store: Store) -> None:
    """Of the card that works: both would name the same end, and tie the two pseudonyms together."""
    await store.write(enrol, pupil("old"))
    await store.write(bar_before, "old")
    await store.write(enrol, pupil("new", replaces=b"old"))
    await store.write(end_term, EndTerm(SCHOOL, frozenset({b"new"}), 20))
    found = await store.read(bars.in_force, SCHOOL, 21)
    assert [(one.student, one.until) for one in found] == [("new", ENDS)]


def pupil(student: str, replaces: bytes | None = None) -> NewIdentity:
    halves = (("a", "K", b"half"),)
    return NewIdentity(student, SCHOOL, "all", student.encode(), replaces, b"sealed", halves, at=1)


def bar_before(conn: Connection, rows: Sequence[str]) -> list[int]:
    return [bars.bar(conn, row, ENDS) for row in rows]


async def test_a_new_bar_takes_the_place_of_the_old(store: Store) -> None:
    """One row a student tells of what stands, whoever shortened or lengthened it."""
    case, student = await barred(store)

    def again(conn: Connection, rows: Sequence[int]) -> list[None]:
        for until in rows:
            bars.bar(conn, student, until)
            bars.write_down(conn, NewBar("n" * 22, student, "room", case.bob, 30, until, b"more"))
        return [None] * len(rows)

    await store.write(again, ENDS - 10)
    (found,) = await store.read(bars.in_force, SCHOOL, 31)
    assert (found.until, found.id) == (ENDS - 10, "n" * 22)
    ends = await store.read(lambda conn: set(conn.scalars(select(d.bars.c.until))))
    assert ends == {30, ENDS - 10}


async def test_what_is_told_of_a_bar_goes_with_the_verdicts(store: Store) -> None:
    """Half a year after its end, not sooner; one that stands stays."""
    _, student = await barred(store)
    count = select(func.count()).select_from(d.bars)
    await store.write(purge, Purge(SCHOOL, ENDS + 180 * DAY))
    assert await store.read(lambda conn: conn.scalar(count)) == 1
    await store.write(purge, Purge(SCHOOL, ENDS + 181 * DAY))
    assert await store.read(lambda conn: conn.scalar(count)) == 0
    assert await store.read(lambda conn: conn.scalar(select(t.students.c.id).limit(1)))
    assert await store.read(bars.until, student) == ENDS
