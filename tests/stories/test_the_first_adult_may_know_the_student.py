"""Ola opens the case and thinks: I know who that is."""

from __future__ import annotations

from moderation.records.incident_standing import past_every_step
from tests.moderation.night import World, record
from tests.stories.conftest import day_and_night, in_force


async def test_P4_the_first_adult_may_know_the_student(school: World) -> None:
    """She steps aside: the next one is called in the same minute, and she is not called again."""
    ola, ivo = await school.adult("Ola"), await school.adult("Ivo")
    await in_force(school, day_and_night(ola, ivo), ola, ivo)
    code = await school.say(await school.room())
    await school.look()
    await school.incidents.acknowledge(code, ola)
    await school.wait(30)
    await school.incidents.recuse(code, ola)
    await school.wait(300)
    assert school.channel.times("Ola@noting") == [0]
    assert school.channel.times("Ivo@noting")[0] <= 31
    assert await school.incidents.case(code, ola) == "forbidden"
    assert await school.incidents.acknowledge(code, ola) == "forbidden"


async def test_P4_who_steps_aside_before_taking_it_leaves_nobody_waiting(school: World) -> None:
    """She alone was called: the next one is called at once, and not when her step is over."""
    ola, ivo = await school.adult("Ola"), await school.adult("Ivo")
    await in_force(school, day_and_night(ola, ivo), ola, ivo)
    code = await school.say(await school.room())
    await school.wait(10)
    await school.incidents.recuse(code, ola)
    await school.look()
    assert school.channel.times("Ivo@noting") == [10]


async def test_P4_who_steps_aside_while_others_are_called_hurries_nobody(school: World) -> None:
    """Ivo's telephone rings already: he has as long as he had."""
    ola, _ = await school.adult("Ola"), await school.adult("Ivo")
    code = await school.say(await school.room())
    await school.wait(10)
    await school.incidents.recuse(code, ola)
    await school.wait(60)
    assert school.channel.times("Ivo@noting") == [0]


async def test_P4_nobody_but_her_is_there_and_moderators_read_whom_to_phone(school: World) -> None:
    """No page can be sent to anybody: the line outside is shown within a minute."""
    ola = await school.adult("Ola")
    code = await school.say(await school.room())
    await school.wait(5)
    await school.incidents.recuse(code, ola)
    await school.wait(60)
    assert await school.store.read(past_every_step, "school") == [code]


async def test_M17_who_stepped_aside_is_not_called_when_it_begins_again(school: World) -> None:
    """The case was closed, and the same student writes anew: she can still not read it."""
    ola, ivo = await school.adult("Ola"), await school.adult("Ivo")
    room = await school.room()
    first = await school.say(room)
    await school.wait(5)
    await school.incidents.recuse(first, ola)
    await school.incidents.acknowledge(first, ivo)
    await school.incidents.resolve(first, ivo, "spoken_to", record())
    again = await school.say(room)
    await school.wait(100)
    assert school.channel.times("Ola@noting") == [0]
    assert school.channel.times("Ivo@noting") == [0, 5, 95]
    assert await school.incidents.case(again, ola) == "forbidden"
    other = await school.say(room, seat=1)
    assert await school.incidents.case(other, ola) != "forbidden"
