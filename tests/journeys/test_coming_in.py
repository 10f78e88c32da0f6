"""How a connection says who it is, and what ends it."""

from __future__ import annotations

import secrets
from pathlib import Path

import pytest
from msgspec.structs import replace
from websockets.exceptions import InvalidStatus

from chat.settings import Chat, Moderators
from moderation.pipeline import Judge
from tests.clients import Moderator, Student
from tests.journeys.conftest import Running, an_open_house, in_time, settings
from tests.journeys.frames import STUDENT_FRAMES


async def test_K14_the_first_frame_must_be_hello(running: Running) -> None:
    """Whoever begins with anything else is refused and closed for good."""
    for t, fields in STUDENT_FRAMES:
        page = await Student.connect(running.origin)
        await page.send(t, **fields)
        assert (await page.refused())["code"] == "bad_ticket", t
        assert await page.closed() == 4503, t


async def test_K14_a_token_that_opens_nothing_is_refused(running: Running) -> None:
    """A made-up token and one that was signed out get the same answer."""
    student = await running.student()
    await student.send("bye")
    assert await student.closed() == 4502
    for token in (secrets.token_urlsafe(32), student.token):
        page = await Student.open(running.origin, token)
        assert (await page.refused())["code"] == "bad_ticket"
        assert await page.closed() == 4503


async def test_whoever_says_no_hello_is_closed(tmp_path: Path, rules: Judge) -> None:
    """A connection that stays silent ends, and may come back."""
    async with an_open_house(settings(tmp_path), in_time(rules), hello_within=0.01) as running:
        page = await Student.connect(running.origin)
        assert (await page.refused())["code"] == "no_hello"
        assert await page.closed() == 4003


async def test_a_second_connection_replaces_the_first(running: Running) -> None:
    """The older page is closed with a code that keeps it from coming back; the new one goes on."""
    one, other = await running.pair()
    again = await Student.open(running.origin, one.token)
    await again.until("resumed")
    assert (await one.refused())["code"] == "replaced"
    assert await one.closed() == 4501
    await other.say("hello")
    assert (await again.until("message"))["text"] == "hello"


async def test_a_second_hello_ends_the_connection(running: Running) -> None:
    """One connection is one student."""
    one, two = await running.student(), await running.student()
    await one.send("hello", token=two.token)
    assert await one.closed() == 4503


async def test_K14_a_desk_is_not_opened_without_a_moderators_cookie(running: Running) -> None:
    """Asking for the staff socket without being staff is refused before the upgrade."""
    with pytest.raises(InvalidStatus) as refused:
        await Moderator.at_the_desk(running.origin, cookie="__Host-staff=made-up")
    assert refused.value.response.status_code in {401, 403}


async def test_M11_no_more_rooms_open_at_once_than_moderators_are_enough_for(
    tmp_path: Path, rules: Judge
) -> None:
    """Of all who waited until one is enough again, two are let in; the others wait on."""
    chosen = replace(
        settings(tmp_path), chat=Chat(needs_adults=1), moderators=Moderators(rooms_each=1)
    )
    async with an_open_house(chosen, in_time(rules)) as running:
        await running.on_call()
        await (await running.moderator()).until("queue")
        await running.server.on_call.look_who_is_there()
        talking = running.server.talking
        one, other = await running.pair()
        waiting = [await running.student() for _ in range(6)]
        for student in waiting:
            await student.send("join", topic="mood")
            await student.until("waiting")
        await one.send("leave")
        await other.until("peer_left")
        await talking.lobby.tick(is_open=True)
        await talking.seating.quiet()
        assert len(talking.rooms) == 1
