"""The live store in this process."""

from __future__ import annotations

from chat.live.memory import MemoryLive
from chat.students.matching import WIDEN, Ticket


def ticket(student: str, since: float, topic: str = "mood") -> Ticket:
    return Ticket(student, "elm", "all", topic, since)


async def test_the_second_of_two_is_paired() -> None:
    """A knock answers the pair it makes."""
    live = MemoryLive()
    one, other = ticket("a", 0), ticket("b", 1)
    assert await live.knock(one, 0) is None
    assert await live.knock(other, 1) == (one, other)
    assert await live.withdraw("a") is None


async def test_a_second_knock_replaces_the_first() -> None:
    """A student waits at most once, with the latest wish."""
    live = MemoryLive()
    await live.knock(ticket("a", 0, "family"), 0)
    await live.knock(ticket("a", 1, "mood"), 1)
    assert await live.withdraw("a") == ticket("a", 1, "mood")
    assert await live.withdraw("a") is None


async def test_waiting_widens() -> None:
    """Time pairs those whom topics kept apart, once."""
    live = MemoryLive()
    one, other = ticket("a", 0, "family"), ticket("b", 0, "mood")
    await live.knock(one, 0)
    await live.knock(other, 0)
    assert await live.widened(WIDEN - 1, 9) == []
    assert await live.widened(WIDEN, 9) == [(one, other)]
    assert await live.widened(WIDEN * 2, 9) == []
