"""In which order items wait, and that none of them waits for ever."""

from __future__ import annotations

import heapq

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chat import wire
from chat.urgency import CEILING, class_of, pressing

KINDS = {
    "page": {"attention": "page", "held": False},
    "waiting": {"attention": "queue", "held": True},
    "look": {"attention": "queue", "held": False},
}
TURN = 20_000
"""Milliseconds a moderator needs for an item."""


def item(kind: str, since: int, number: int = 0) -> wire.Item:
    name = f"{kind[0]}{number:021}"
    return wire.Item(name, "message", "bullying", since=since, topic="mood", **KINDS[kind])  # type: ignore[arg-type]


items = st.builds(
    item, st.sampled_from(sorted(KINDS)), st.integers(0, 10**6), st.integers(0, 10**6)
)


def test_what_a_class_is() -> None:
    """A page; a held message, a call for help or a colleague's question; the rest."""
    assert [class_of(item(kind, 0)) for kind in KINDS] == list(KINDS)
    asked = item("look", 0)
    asked.asked_by = "Mo"
    called = item("look", 0)
    called.kind = "help"
    assert [class_of(asked), class_of(called)] == ["waiting", "waiting"]


@given(items, items)
def test_of_what_came_together_the_risk_decides_and_of_one_risk_the_wait(
    one: wire.Item, other: wire.Item
) -> None:
    """Within a class the older goes first; at the same moment a page goes before all others."""
    if class_of(one) == class_of(other) and one.since < other.since:
        assert pressing(one) < pressing(other)
    if one.since == other.since and CEILING[class_of(one)] < CEILING[class_of(other)]:
        assert pressing(one) < pressing(other)


@given(items, st.lists(items, max_size=30))
def test_M9_whatever_comes_a_ceiling_later_stands_behind(
    old: wire.Item, others: list[wire.Item]
) -> None:
    """So the number of items that can ever pass one is bounded, whatever arrives."""
    ceiling = CEILING[class_of(old)]
    for other in others:
        if other.since > old.since + ceiling:
            assert pressing(old) < pressing(other)


@pytest.mark.parametrize("kind", ["waiting", "look"])
def test_M9_constant_pages_starve_nobody(kind: str) -> None:
    """With a page for every turn a moderator has, each other item is still looked at in time."""
    queue: list[tuple[tuple[int, int, str], wire.Item]] = []
    waits = []
    for turn in range(2_000):
        now = turn * TURN
        arrived = [item("page", now, turn)]
        if turn % 20 == 0:
            arrived.append(item(kind, now, turn))
        for one in arrived:
            heapq.heappush(queue, (pressing(one), one))
        _, looked_at = heapq.heappop(queue)
        if class_of(looked_at) == kind:
            waits.append(now - looked_at.since)
    assert len(waits) > 80
    backlog = 2_000 // 20 * TURN
    assert max(waits) < CEILING[kind] + backlog  # type: ignore[index]
    # In the strict order of classes the first of them would still be waiting.
    assert min(waits) <= CEILING[kind]  # type: ignore[index]
