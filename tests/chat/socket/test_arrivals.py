from __future__ import annotations

import asyncio

from chat.socket.arrivals import A_TURN, Arrivals
from tests.chat.doors import EchoSession, open_door
from tests.chat.raw_client import TEXT, frame, handshake

MANY = 20 * A_TURN


async def test_F28_a_few_are_read_in_each_turn_and_in_the_order_they_came() -> None:
    """However many come at once, each turn of the loop reads as many as it may, oldest first."""
    arrivals, read, turns = Arrivals(), [], []
    for number in range(MANY):
        arrivals.come(lambda number=number: read.append(number))  # type: ignore[misc]
    while len(read) < MANY:
        turns.append(len(read))
        await asyncio.sleep(0)
    assert read == list(range(MANY))
    assert turns == list(range(A_TURN, MANY, A_TURN))


async def test_F28_who_comes_alone_is_read_at_once() -> None:
    """The line costs nobody a turn while it is empty, however many came before."""
    arrivals = Arrivals()
    for _ in range(MANY):
        read: list[int] = []
        assert arrivals.come(lambda: read.append(1))  # noqa: B023 - called at once
        assert read == [1]
        await asyncio.sleep(0)


async def test_F28_whoever_has_a_socket_is_heard_before_all_who_knock() -> None:
    """A frame that comes together with a school's handshakes waits for the first few of them."""
    events: list[str] = []

    class Noting(EchoSession):
        def connected(self, connection: object) -> None:
            super().connected(connection)  # type: ignore[arg-type]
            events.append("came in")

        def frame_received(self, frame: bytes) -> None:
            super().frame_received(frame)
            events.append("was heard")

    door = await open_door(session=Noting)
    seated = await door.socket()
    pages = [await door.client() for _ in range(MANY)]
    events.clear()
    for page in pages:
        page.send(handshake())
    seated.send(frame(TEXT, b"help"))
    assert await seated.text() == b"help"
    for page in pages:
        assert (await page.answer()).status == 101
    assert len(events) == MANY + 1
    assert events.index("was heard") < MANY // 2
    await door.close()
