"""More clients than there is room for: who gives way, and who stays."""

from __future__ import annotations

import pytest

from chat.socket.no_room import TurnedAway, most_connections
from tests.chat.doors import GET, EchoSession, echoes, open_door, still_speaks_http

BOTH_LOOPS = True


def test_F16_connections_leave_files_for_everything_else() -> None:
    """Of the files a process may open, 200 are for records and pages to adults."""
    assert tuple(map(most_connections, (1_024, 100_000, 256, 40))) == (824, 99_800, 64, 10)
    assert most_connections(-1) is None


async def test_F16_who_finds_no_room_is_told_and_the_others_stay() -> None:
    """Where all have signed in the door answers 503; a place that is free is given to the next."""
    door = await open_door(most=2)
    sitting, other = await door.socket(), await door.socket()
    late = await door.client()
    late.send(GET)
    assert (await late.answer()).status == 503
    assert await echoes(sitting)
    assert await echoes(other)
    await other.leave()
    await door.sessions[1].ended.wait()
    assert await still_speaks_http(await door.client())
    assert door.front.refused == {"gave_way": 0, "turned_away": 1}
    await door.close()


async def test_F16_a_flood_of_strangers_keeps_nobody_out() -> None:
    """Silent connections and sockets that say nothing give way; who has signed in stays."""

    class Stranger(EchoSession):
        def __init__(self) -> None:
            super().__init__()
            self.known = False

    door = await open_door(most=3)
    sitting = await door.socket()
    door.make_session = Stranger
    for _ in range(3):
        silent, mute = await door.client(), await door.socket()
        for _ in range(2):
            assert await still_speaks_http(await door.client())
        assert await silent.ended()
        assert await mute.ended()
    assert await echoes(sitting)
    assert door.front.open <= 3
    assert door.front.refused == {"gave_way": 10, "turned_away": 0}
    await door.close()


async def test_F16_a_flood_of_those_turned_away_holds_no_files(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Where many wait to be told so already, the next is cut off at once."""
    monkeypatch.setattr(TurnedAway, "MOST", 1)
    door = await open_door(most=0)
    first, second = await door.client(), await door.client()
    assert await second.reader.read() == b""
    first.send(GET)
    assert (await first.answer()).status == 503
    await door.close()
