from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, cast

from hypothesis import given
from hypothesis import strategies as st

from chat.socket.strangers import Strangers
from chat.socket.switchboard import MOST_HEARD, NOWHERE, Switchboard

if TYPE_CHECKING:
    from collections.abc import Callable


class Clockwork:
    """The little of an event loop that a switchboard uses; time passes when told."""

    def __init__(self) -> None:
        self.now = 0.0
        self.timers: list[tuple[float, Callable[[], None]]] = []
        self.soon: list[Callable[[], None]] = []

    def time(self) -> float:
        return self.now

    def call_later(self, delay: float, call: Callable[[], None]) -> asyncio.TimerHandle:
        self.timers.append((self.now + delay, call))
        return cast("asyncio.TimerHandle", Timer(self))

    def call_soon(self, call: Callable[[], None]) -> None:
        self.soon.append(call)

    def advance(self, to: float) -> None:
        while self.timers and self.timers[0][0] <= to:
            self.now, call = self.timers.pop(0)
            call()
        self.now = to


class Timer:
    def __init__(self, loop: Clockwork) -> None:
        self.loop = loop

    def cancel(self) -> None:
        self.loop.timers.clear()


class Phone:
    """A line that notes what it is told."""

    known = True

    def __init__(self, loop: Clockwork) -> None:
        self.loop = loop
        self.slot = NOWHERE
        self.flushed = 0
        self.due_at: list[float] = []
        self.heard: list[bytes] = []

    def hear(self, message: bytes) -> None:
        self.heard.append(message)

    def flush(self) -> None:
        self.flushed += 1

    def due(self) -> None:
        self.due_at.append(self.loop.now)

    def close(self, code: int, reason: str = "") -> None:
        raise NotImplementedError

    def abort(self) -> None:
        raise NotImplementedError


def a_board(shortest: float = 1.0, longest: float = 20.0) -> tuple[Clockwork, Switchboard]:
    loop = Clockwork()
    board = Switchboard(
        cast("asyncio.AbstractEventLoop", loop), Strangers(), shortest=shortest, longest=longest
    )
    board.start()
    return loop, board


@given(
    start=st.floats(0, 50),
    seconds=st.floats(0.01, 20),
    shortest=st.floats(0.5, 20),
)
def test_a_deadline_is_never_early_and_never_late_by_more_than_half_the_shortest(
    start: float, seconds: float, shortest: float
) -> None:
    """The wheel keeps every deadline to two of its slots."""
    loop, board = a_board(shortest=shortest)
    loop.advance(start)
    phone = Phone(loop)
    phone.slot = board.remind(phone, seconds, phone.slot)
    loop.advance(start + 100)
    (due_at,) = phone.due_at
    assert start + seconds - 1e-6 <= due_at <= start + seconds + shortest / 2 + 1e-6


def test_a_new_deadline_replaces_the_old_one() -> None:
    """A line waits for one thing at a time."""
    loop, board = a_board()
    phone = Phone(loop)
    phone.slot = board.remind(phone, 2, phone.slot)
    phone.slot = board.remind(phone, 10, phone.slot)
    assert board.open_lines == 1
    loop.advance(9)
    assert phone.due_at == []
    loop.advance(11)
    assert len(phone.due_at) == 1


def test_a_line_that_is_gone_is_not_reminded() -> None:
    """Nothing of a forgotten line is left."""
    loop, board = a_board()
    phone = Phone(loop)
    phone.slot = board.remind(phone, 2, phone.slot)
    board.forget(phone, phone.slot)
    loop.advance(30)
    assert (phone.due_at, board.open_lines) == ([], 0)


def test_a_stopped_board_leaves_no_timer() -> None:
    """One timer serves all lines, and stop() takes it away."""
    loop, board = a_board()
    for _ in range(50):
        phone = Phone(loop)
        phone.slot = board.remind(phone, 5, phone.slot)
    assert len(loop.timers) == 1
    board.stop()
    assert loop.timers == []


def test_lines_are_flushed_together_after_the_turn() -> None:
    """However many lines speak in one turn, the loop is asked once."""
    loop, board = a_board()
    phones = [Phone(loop) for _ in range(5)]
    for phone in phones:
        board.flush_soon(phone)
    assert [phone.flushed for phone in phones] == [0] * 5
    (call,) = loop.soon
    call()
    assert [phone.flushed for phone in phones] == [1] * 5


def test_a_line_that_cannot_be_written_to_silences_no_other() -> None:
    """It is aborted, those behind it in the same turn are flushed, and so is the next turn."""

    class Broken(Phone):
        aborted = False

        def flush(self) -> None:
            raise RuntimeError

        def abort(self) -> None:
            self.aborted = True

    loop, board = a_board()
    broken, whole = Broken(loop), Phone(loop)
    for _ in range(2):
        board.flush_soon(broken)
        board.flush_soon(whole)
        loop.soon.pop()()
    assert broken.aborted
    assert whole.flushed == 2


def test_what_comes_in_one_turn_is_handed_up_once_all_of_it_is_read() -> None:
    """Messages of all lines wait for the end of the reading, and keep the order they came in."""
    loop, board = a_board()
    one, other = Phone(loop), Phone(loop)
    for line, message in ((one, b"1"), (other, b"2"), (one, b"3")):
        board.hear_soon(line, message)
    assert not one.heard
    assert len(loop.soon) == 1
    loop.soon.pop()()
    assert (one.heard, other.heard) == ([b"1", b"3"], [b"2"])
    board.hear_all()
    assert one.heard == [b"1", b"3"]


def test_a_flood_in_one_turn_is_handed_up_in_parts() -> None:
    """Only so many messages wait in memory, however much one read brings."""
    loop, board = a_board()
    line = Phone(loop)
    for _ in range(MOST_HEARD + 1):
        board.hear_soon(line, b"")
    assert len(line.heard) == MOST_HEARD
