"""Bars in force at the desk: who sees them, and who may end them sooner."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from sqlalchemy import Connection

from moderation.people.sessions import StaffMember
from moderation.records import bars
from moderation.records import tables as t
from moderation.records.vault import UNREADABLE
from moderation.roles import Role
from tests.chat.desk.moderators import Moderator, Shift, audited, held_by
from tests.chat.desk.test_stops import Before, barred_before
from tests.moderation.records.sample import SCHOOL, add_staff

HOUR = 3_600_000


async def barred(shift: Shift, minutes: int = 60) -> tuple[Moderator, str, int]:
    """Mo has barred a student: Mo's page, the pseudonym, and until when."""
    live, *_, mo, held = await held_by(shift)
    await mo.says("act", item=held, act="bar", reason="threats", minutes=minutes)
    shift.barred.clear()
    until = int((shift.place.clock.now + minutes * 60) * 1000)
    return mo, live.room.seats[0].student, until


async def page_of(shift: Shift, role: str, login: str = "bo") -> Moderator:
    """A member of staff of that role at the desk."""
    who = await add_staff(shift.place.store, login, role)
    return shift.page(StaffMember(who, SCHOOL, login, login.title(), Role(role)))


async def test_a_bar_in_force_is_shown_with_who_set_it_and_why(shift: Shift) -> None:
    """By the name the student had in that chat; nothing more of who it is, and none once over."""
    mo, student, until = await barred(shift)
    ((told),) = await mo.says("ask_bars")
    (line,) = told["bars"]
    assert line.pop("handle")
    assert line == {
        "student": student,
        "until": until,
        "lift": True,
        "topic": "mood",
        "by": "Mo",
        "at": until - HOUR,
        "reason": "threats",
    }
    shift.place.clock.now += 3_601
    assert (await mo.says("ask_bars"))[0]["bars"] == []


async def test_a_bar_is_lifted_with_a_reason(shift: Shift) -> None:
    """The house hears at once that it is over, the log has the act, the list is told anew."""
    mo, student, until = await barred(shift)
    (told,) = await mo.says("lift", student=student, until=until, reason="the wrong one")
    assert (told["t"], told["bars"]) == ("bars", [])
    now = int(shift.place.clock.now * 1000)
    assert shift.barred == [(student, now)]
    assert await shift.place.store.read(bars.until, student) == now
    assert (await audited(shift))[-1] == "lift_bar"


async def test_a_bar_is_shortened(shift: Shift) -> None:
    """It ends in so many minutes, and the house hears of that too."""
    mo, student, until = await barred(shift)
    (told,) = await mo.says("lift", student=student, until=until, reason="enough", minutes=5)
    sooner = int((shift.place.clock.now + 300) * 1000)
    assert [line["until"] for line in told["bars"]] == [sooner]
    assert shift.barred == [(student, sooner)]


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"reason": "  "}, "bad_field"),
        ({"student": "n" * 22}, "changed"),
        ({"until": 1}, "changed"),
        ({"minutes": 60}, "changed"),
    ],
)
async def test_what_lifts_no_bar_is_one_refusal_and_the_list_as_it_is(
    shift: Shift, changes: dict[str, object], code: str
) -> None:
    """No reason, nobody barred, seen otherwise, no sooner than it ends anyway."""
    mo, student, until = await barred(shift)
    given = {"student": student, "until": until, "reason": "why", **changes}
    refused, told = await mo.says("lift", **given)
    assert refused["code"] == code
    assert [line["until"] for line in told["bars"]] == [until]
    assert shift.barred == []


@pytest.mark.parametrize(
    ("role", "hours", "may"),
    [
        ("moderator", 24, True),
        ("moderator", 25, False),
        ("counsellor", 7 * 24, True),
        ("counsellor", 7 * 24 + 1, False),
        ("safeguarding_lead", 300 * 24, True),
    ],
)
async def test_whoever_may_set_what_is_left_of_a_bar_may_lift_it(
    shift: Shift, role: str, hours: int, *, may: bool
) -> None:
    """A moderator a day, a counsellor a week, a lead any; the try of somebody else is logged."""
    live, *_ = await shift.held()
    student = live.room.seats[0].student
    until = int(shift.place.clock.now * 1000) + hours * HOUR
    await shift.place.store.write(barred_before, Before(student, until))
    bo = await page_of(shift, role)
    assert [line["lift"] for line in (await bo.says("ask_bars"))[0]["bars"]] == [may]
    await bo.says("lift", student=student, until=until, reason="why")
    assert bo.names() == (["bars"] if may else ["forbidden", "bars"])
    assert (await audited(shift))[-1] == ("lift_bar" if may else "refused")
    assert len(shift.barred) == may


async def test_who_may_know_a_student_sees_and_lifts_no_bar_of_that_room(shift: Shift) -> None:
    """As of everything else of a room they stepped back from."""
    live, *_, mo, held = await held_by(shift)
    bo = await page_of(shift, "moderator")
    await mo.says("put_back", item=held, know=True)
    await bo.says("watch")
    await bo.says("claim", item=held)
    await bo.says("act", item=held, act="bar", reason="threats", minutes=60)
    ((line),) = (await bo.says("ask_bars"))[0]["bars"]
    assert (await mo.says("ask_bars"))[0]["bars"] == []
    await mo.says("lift", student=line["student"], until=line["until"], reason="why")
    assert mo.names() == ["changed", "bars"]
    assert live.room.seats[0].student == line["student"]


async def test_a_bar_whose_reason_is_damaged_closes_no_list(shift: Shift) -> None:
    """It is listed and can be lifted; the place of the reason says so."""
    mo, student, until = await barred(shift)
    await shift.place.store.write(damage, b"damaged")
    ((line),) = (await mo.says("ask_bars"))[0]["bars"]
    assert line["reason"] == UNREADABLE
    (told,) = await mo.says("lift", student=student, until=until, reason="why")
    assert (told["t"], told["bars"]) == ("bars", [])


def damage(conn: Connection, rows: Sequence[bytes]) -> list[None]:
    for sealed in rows:
        conn.execute(t.metadata.tables["bars"].update().values(sealed=sealed))
    return [None] * len(rows)


async def test_why_a_bar_was_lifted_is_sealed(shift: Shift) -> None:
    """No reason lies open in the tables."""
    mo, student, until = await barred(shift)
    await mo.says("lift", student=student, until=until, reason="spoke with both")
    row = await shift.place.store.read(
        lambda conn: conn.execute(t.metadata.tables["bars"].select()).one()
    )
    assert b"spoke" not in row.sealed_lift
    assert shift.place.records.vault.open_field(row.sealed_lift, row.lift) == "spoke with both"
