"""Ola has it since a hint; then the student says that they took them all."""

from __future__ import annotations

from sqlalchemy import select

from moderation.incidents.case import Case
from moderation.incidents.gravity import ATTEMPT, QUIET_MS
from moderation.incidents.incident import State
from moderation.records import tables as t
from tests.moderation.night import Adult, World
from tests.stories.conftest import day_and_night, in_force


async def a_hint_that_the_first_took(school: World, *adults: Adult) -> tuple[str, str]:
    """The first of these adults on call has the incident of a hint; its room and its code."""
    await in_force(school, day_and_night(*adults), *adults)
    room = await school.room()
    code = await school.say(room)
    await school.look()
    await school.incidents.acknowledge(code, adults[0])
    return room, code


async def the_case(school: World, code: str, adult: Adult) -> Case:
    """An incident as that adult sees it."""
    case = await school.incidents.case(code, adult)
    assert not isinstance(case, str)
    return case


async def test_P12_something_graver_calls_the_holder_and_their_deputy_anew(school: World) -> None:
    """At once, by its class and nothing else; then like any page, until somebody has it again."""
    ola, ivo = await school.adult("Ola"), await school.adult("Ivo")
    await in_force(school, day_and_night(ola, ivo), ola, ivo)
    room = await school.room()
    code = await school.say(room)
    await school.wait(20)
    await school.incidents.acknowledge(code, ola)
    await school.wait(60)
    for _ in range(20):
        assert await school.say(room) == code
    await school.wait(60)
    assert school.channel.times("Ola@noting") == [0], "more of the same, and she is on her way"

    assert await school.say(room, category=ATTEMPT) == code
    await school.look()
    (*_, (_, _, notice)) = school.channel.taken
    assert (notice.code, notice.kind) == (code, "possible suicide attempt")
    assert notice.when != school.channel.taken[0][2].when, "nobody takes it for an old page"
    assert (school.channel.times("Ola@noting"), school.channel.times("Ivo@noting")) == (
        [0, 140],
        [140],
    )
    case = await the_case(school, code, ola)
    assert (case.state, case.holder, case.anew_at) == (State.OPEN, "Ola", school.clock.ms)

    await school.wait(90)
    assert school.channel.times("Ivo@noting") == [140, 230], "chased as on the first minute"
    assert await school.incidents.acknowledge(code, ola) == State.ACKNOWLEDGED
    pages = len(school.channel.taken)
    await school.say(room, category=ATTEMPT)
    await school.wait(5 * 60)
    assert len(school.channel.taken) == pages
    case = await the_case(school, code, ola)
    assert case.anew_at is None, "she took it knowing that"
    assert case.more_at == school.clock.ms - (90 + 5 * 60) * 1000, "and it stays told"
    told = select(t.audit.c.who, t.audit.c.about).where(t.audit.c.act == "anew")
    assert [tuple(row) for row in await school.rows(told)] == [("duty", code)]


async def test_P12_nothing_is_new_since_somebody_who_stepped_aside(school: World) -> None:
    """Whoever may know the student has it no more: it is as new to the next as it was to them."""
    ola, ivo = await school.adult("Ola"), await school.adult("Ivo")
    room, code = await a_hint_that_the_first_took(school, ola, ivo)
    await school.wait(30)
    await school.say(room, category=ATTEMPT, there=[ola])
    told_at = school.clock.ms
    await school.incidents.recuse(code, ola)
    (line,) = await school.incidents.open_list("school", ivo.id)
    assert (line.state, line.holder, line.anew_at) == (State.OPEN, None, None)
    case = await the_case(school, code, ivo)
    assert (case.holder, case.anew_at, case.more_at) == (None, None, told_at)


async def test_P12_more_ten_minutes_after_the_holder_was_told_calls_them_anew(
    school: World,
) -> None:
    """However often the same was said since: what they know ends with when they were told."""
    ola = await school.adult("Ola")
    room, code = await a_hint_that_the_first_took(school, ola)
    await school.wait(60)
    await school.incidents.with_student(code, ola)
    await school.wait(QUIET_MS / 1000 - 1)
    await school.say(room)
    await school.wait(1)
    assert school.channel.times("Ola@noting") == [0]
    await school.say(room)
    await school.look()
    assert len(school.channel.times("Ola@noting")) == 2


async def test_P12_who_cries_the_same_again_and_again_is_not_left_waiting(school: World) -> None:
    """Each nine minutes after the adult had been there: every second time calls them."""
    ola = await school.adult("Ola")
    room, code = await a_hint_that_the_first_took(school, ola)
    await school.incidents.with_student(code, ola)
    called = []
    for _ in range(4):
        await school.wait(9 * 60)
        before = len(school.channel.times("Ola@noting"))
        await school.say(room)
        await school.look()
        called.append(len(school.channel.times("Ola@noting")) > before)
        if called[-1]:
            await school.incidents.acknowledge(code, ola)
            await school.incidents.with_student(code, ola)
    assert called == [False, True, False, True]


async def reads(school: World, code: str, adult: Adult, read_to: int) -> None:
    """The page of somebody in the room has shown what was said there until then."""
    held = await school.incidents.place(code, adult)
    assert held is not None
    await school.incidents.read_there(held, adult.id, read_to)


async def test_P12_whoever_is_in_the_room_reads_it_and_is_not_called(school: World) -> None:
    """She has it and is there: nothing rings, her time is what it was, and her case says more."""
    ola = await school.adult("Ola")
    room, code = await a_hint_that_the_first_took(school, ola)
    before = (await school.incident(code)).due_at
    await school.wait(30)
    await school.say(room, category=ATTEMPT, there=[ola])
    await school.wait(10)
    await reads(school, code, ola, school.clock.ms)
    await school.wait(60)
    assert school.channel.times("Ola@noting") == [0]
    assert (await school.incident(code)).due_at == before
    case = await the_case(school, code, ola)
    assert (case.state, case.kind) == (State.ACKNOWLEDGED, "possible suicide attempt")
    assert case.anew_at is not None


async def test_P12_whoever_went_dark_in_the_room_is_called_for_what_they_cannot_have_read(
    school: World,
) -> None:
    """Her phone slept as the attempt was told: half a minute later she is called, and only once."""
    ola = await school.adult("Ola")
    room, code = await a_hint_that_the_first_took(school, ola)
    await school.wait(30)
    asleep_at = school.clock.ms
    await school.wait(12)
    told_at = school.clock.ms
    await school.say(room, category=ATTEMPT, there=[ola])
    await reads(school, code, ola, asleep_at)
    await school.wait(29)
    assert school.channel.times("Ola@noting") == [0]
    await school.wait(1)
    assert school.channel.times("Ola@noting") == [0, 72]
    case = await the_case(school, code, ola)
    assert (case.state, case.anew_at) == (State.OPEN, told_at)

    assert await school.incidents.acknowledge(code, ola) == State.ACKNOWLEDGED
    await school.wait(5 * 60)
    assert (await school.incident(code)).state == State.ACKNOWLEDGED, "she took it knowing that"


async def test_P12_the_server_dies_while_the_phone_in_the_room_sleeps(school: World) -> None:
    """Who was there is forgotten; that nobody has read it is not."""
    ola = await school.adult("Ola")
    room, code = await a_hint_that_the_first_took(school, ola)
    await school.incidents.with_student(code, ola)
    await school.wait(30)
    await school.say(room, category=ATTEMPT, there=[ola])
    school.restart()
    await school.wait(30)
    assert school.channel.times("Ola@noting") == [0, 60]


async def test_P12_what_somebody_else_read_is_not_read_by_the_holder(school: World) -> None:
    """The adult who had it before is still in the room, and hers is another incident."""
    ola, ivo = await school.adult("Ola"), await school.adult("Ivo")
    room, code = await a_hint_that_the_first_took(school, ola, ivo)
    held = await school.incidents.place(code, ola)
    assert held is not None
    await school.say(room, category=ATTEMPT, there=[ola])
    await school.incidents.read_there(held, ivo.id, school.clock.ms)
    await school.wait(30)
    assert school.channel.times("Ola@noting") == [0, 30]


async def test_P12_somebody_else_in_the_room_is_not_the_holder(school: World) -> None:
    """A moderator who is there has not taken it: whoever did is called."""
    ola, mia = await school.adult("Ola"), await school.adult("Mia", "moderator")
    room, _ = await a_hint_that_the_first_took(school, ola)
    await school.wait(30)
    await school.say(room, category=ATTEMPT, there=[mia])
    await school.look()
    assert len(school.channel.times("Ola@noting")) == 2


async def test_the_server_dies_before_it_calls_anew(school: World) -> None:
    """The end of the acknowledgement is kept with the message: the next start finds it due."""
    ola = await school.adult("Ola")
    room, _ = await a_hint_that_the_first_took(school, ola)
    await school.say(room, category=ATTEMPT)
    school.restart()
    await school.look()
    assert len(school.channel.times("Ola@noting")) == 2
