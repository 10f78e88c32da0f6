"""One person opens an identity alone: everybody hears of it, and somebody else reviews it."""

from __future__ import annotations

from pathlib import Path

from moderation.identities.reveal import REVIEW_MS, State
from moderation.identities.reveals import Began
from moderation.identities.sealed import Half
from moderation.on_call.auditor import HELD_MS, LATE_MS, troubles_of
from moderation.records import identity_tables as i
from moderation.records import tables as t
from moderation.records import watch
from tests.moderation.custody import ANN, WHY, School, acts, school, staff

CUSTODIANS = ("Lee", "Lou", "Sam", "Sue")


async def test_P11_alone_only_where_the_school_allows_it(elm: School) -> None:
    """Off by default: even with a key in the safe nothing is handed out to one person."""
    incident = await elm.incident("Ann Lee", "Ben Moss")
    assert await elm.reveals.break_glass(incident, staff(elm, "Lee"), WHY) == "no_safe_key"
    assert await acts(elm) == []


async def test_P11_one_opens_alone_and_all_are_told_within_ten_seconds(glass: School) -> None:
    """With the safe's key; every custodian is paged at once, whoever opened too."""
    incident = await glass.incident("Ann Lee", "Ben Moss")
    await glass.world.wait(1)
    glass.world.channel.taken.clear()
    began = await glass.reveals.break_glass(incident, staff(glass, "Lee"), WHY)
    assert isinstance(began, Began)
    start = glass.world.clock.steady
    await glass.world.wait(10)
    told = [one for one in glass.world.channel.taken if one[2].code == began.code]
    assert sorted(to for _, to, _ in told) == [f"{name}@noting" for name in CUSTODIANS]
    assert all(at - start <= 10 for at, _, _ in told)
    assert {notice.kind for _, _, notice in told} == {
        "an identity is being opened by one person alone: review it"
    }
    assert await glass.open(began.code) == ANN
    assert [act for _, act in await acts(glass)] == ["reveal_alone", "reveal_open"]


async def opened_alone(glass: School) -> str:
    """Lee has opened the identity of somebody alone; answers the reveal's code."""
    incident = await glass.incident("Ann Lee", "Ben Moss")
    began = await glass.reveals.break_glass(incident, staff(glass, "Lee"), WHY)
    assert isinstance(began, Began)
    assert await glass.open(began.code) == ANN
    return began.code


async def test_P11_an_opening_alone_is_reviewed_by_somebody_else_in_a_day(glass: School) -> None:
    """It stays open until another custodian closes it, and after a day all are paged again."""
    code = await opened_alone(glass)
    (row,) = await glass.reveals.log(staff(glass, "Sue"))
    assert row.review_due_at == glass.world.clock.ms + REVIEW_MS
    assert [list(one.steps) for one in await glass.reveals.log(staff(glass, "Lou"))] == [["review"]]
    assert await glass.reveals.review(code, staff(glass, "Lee"), "fine") == "own_change"
    await glass.world.look()
    first = len([one for one in glass.world.channel.taken if one[2].code == code])
    glass.world.clock.wait(REVIEW_MS / 1000)
    await glass.world.look()
    again = [one for one in glass.world.channel.taken if one[2].code == code]
    assert len(again) == 2 * first
    assert await glass.reveals.review(code, staff(glass, "Sue"), "right") is State.OPENED
    (row,) = await glass.reveals.log(staff(glass, "Sue"))
    assert (row.reviewer, row.review, row.steps) == ("Sue", "right", ())


async def test_P11_a_review_in_time_ends_the_pages(glass: School) -> None:
    """Nobody is woken the next day for what was looked at already."""
    code = await opened_alone(glass)
    await glass.world.look()
    await glass.reveals.review(code, staff(glass, "Sam"), "right")
    before = len(glass.world.channel.taken)
    await glass.world.change(t.incidents, state="resolved", due_at=None)
    glass.world.clock.wait(REVIEW_MS / 1000)
    await glass.world.look()
    assert len(glass.world.channel.taken) == before


async def test_P11_a_review_that_never_comes_is_told_outside(glass: School) -> None:
    """When the second round of pages brought nobody either, the auditor says so until one did."""
    code = await opened_alone(glass)
    words = "1 identities that one person opened alone were not reviewed in a day."
    glass.world.clock.wait(REVIEW_MS / 1000)
    assert words not in await told_outside(glass)
    glass.world.clock.wait(1)
    assert words in await told_outside(glass)
    await glass.reveals.review(code, staff(glass, "Sue"), "right")
    assert words not in await told_outside(glass)


async def told_outside(school: School) -> list[str]:
    """What the auditor would say now."""
    now = school.world.clock.ms
    found = await school.world.store.read(watch.look, now, LATE_MS, HELD_MS, watch.Mark())
    return troubles_of(found, now)


async def test_P11_without_an_envelope_for_the_safe_no_setting_helps(tmp_path: Path) -> None:
    """A school that enrolled without a safe key has nothing that one person could open."""
    async with school(tmp_path, break_glass=True) as glass:
        incident = await glass.incident("Ann Lee", "Ben Moss")
        safe = i.halves.delete().where(i.halves.c.half == Half.SAFE.value)
        await glass.world.store.write(lambda conn, _: [conn.execute(safe).close()], None)
        refused = await glass.reveals.break_glass(incident, staff(glass, "Lee"), WHY)
        assert refused == "no_safe_key"
