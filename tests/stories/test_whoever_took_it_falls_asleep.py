"""Ola presses *I've got this*, and then nothing happens."""

from __future__ import annotations

import pytest

from moderation.incidents.incident import State
from moderation.people.appointing import Account
from moderation.records import accounts
from moderation.records import paging_tables as p
from moderation.records.accounts import Change
from tests.moderation.night import World
from tests.stories.conftest import day_and_night, in_force


async def test_P5_whoever_took_it_falls_asleep(school: World) -> None:
    """For ten minutes it is hers and nobody is called; then she is called again, and Ivo too."""
    ola, ivo = await school.adult("Ola"), await school.adult("Ivo")
    await in_force(school, day_and_night(ola, ivo), ola, ivo)
    code = await school.say(await school.room())
    await school.wait(20)
    assert await school.incidents.acknowledge(code, ola) == State.ACKNOWLEDGED

    await school.wait(9 * 60)
    assert school.channel.times("Ola@noting") == [0]
    assert school.channel.times("Ivo@noting") == []

    await school.wait(90)
    assert school.channel.times("Ola@noting") == [0, 620]
    assert school.channel.times("Ivo@noting") == [620]
    assert await school.incidents.acknowledge(code, ivo) == State.ACKNOWLEDGED
    assert await school.incidents.with_student(code, ivo) == State.WITH_STUDENT
    await school.wait(30 * 60)
    assert school.channel.times("Ivo@noting") == [620], "he is with the student: nobody is called"


async def test_P5_whoever_took_it_before_any_page_left_falls_asleep(school: World) -> None:
    """Ola was looking when it came: no page was sent, and yet she and Ivo are called in time."""
    ola, ivo = await school.adult("Ola"), await school.adult("Ivo")
    await in_force(school, day_and_night(ola, ivo), ola, ivo)
    code = await school.say(await school.room())
    await school.incidents.acknowledge(code, ola)
    await school.wait(610)
    assert school.channel.times("Ola@noting") == [600]
    assert school.channel.times("Ivo@noting") == [600]


@pytest.mark.parametrize("role", [None, "moderator"])
async def test_P5_whoever_took_it_may_not_have_it_any_more(school: World, role: str | None) -> None:
    """Their account is closed, or gets another role: the others are called within seconds.

    Not an hour later, when no outcome came.
    """
    ola, ivo = await school.adult("Ola"), await school.adult("Ivo")
    code = await school.say(await school.room())
    await school.incidents.acknowledge(code, ola)
    await school.incidents.with_student(code, ola)
    await school.wait(60)
    assert school.channel.times("Ivo@noting") == []
    head = Account("head", "administrator")
    gone = Change("disable", head, "school", ola.id, school.clock.ms, role=role)
    await school.store.write(accounts.change, gone)
    await school.wait(10)
    assert school.channel.times("Ivo@noting") == [60]
    assert school.channel.times("Ola@noting") == []
    assert await school.incidents.acknowledge(code, ivo) == State.ACKNOWLEDGED


async def test_P5_whoever_took_it_before_they_stepped_aside_has_it_no_longer(school: World) -> None:
    """A copy from the minute between the two is put back: it keeps who stepped aside."""
    ola, ivo = await school.adult("Ola"), await school.adult("Ivo")
    code = await school.say(await school.room())
    await school.incidents.acknowledge(code, ola)
    await school.incidents.with_student(code, ola)
    row = {"incident": code, "staff": ola.id, "at": school.clock.ms}
    await school.insert(p.recusals, row)
    await school.wait(10)
    assert school.channel.times("Ivo@noting") == [0]
    assert school.channel.times("Ola@noting") == []
    assert await school.incidents.acknowledge(code, ivo) == State.ACKNOWLEDGED
