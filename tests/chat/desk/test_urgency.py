"""In which order items wait, and that none of them waits for ever."""

from __future__ import annotations

import heapq

from hypothesis import given
from hypothesis import strategies as st

from chat.desk.urgency import CEILING, class_of, pressing
from chat.frames import to_staff

KINDS = {
    "page": {"attention": "page", "held": False},
    "waiting": {"attention": "queue", "held": True},
    "look": {"attention": "queue", "held": False},
}


def item(kind: str, since: int, number: int = 0) -> to_staff.Item:
    name = f"{kind[0]}{number:021}"
    return to_staff.Item(name, "message", "bullying", since=since, topic="mood", **KINDS[kind])  # type: ignore[arg-type]


items = st.builds(
    item, st.sampled_from(sorted(KINDS)), st.integers(0, 10**6), st.integers(0, 10**6)
)


def test_what_a_class_is() -> None:
    """A page; a held message, a call for help, a report or a colleague's question; the rest."""
    assert [class_of(item(kind, 0)) for kind in KINDS] == list(KINDS)
    asked = item("look", 0)
    asked.asked_by = "Mo"
    called = item("look", 0)
    called.kind = "help"
    reported = item("look", 0)
    reported.kind = "report"
    assert {class_of(each) for each in (asked, called, reported)} == {"waiting"}


@given(items, items)
def test_of_what_came_together_the_risk_decides_and_of_one_risk_the_wait(
    one: to_staff.Item, other: to_staff.Item
) -> None:
    """Within a class the older goes first; at the same moment a page goes before all others."""
    if class_of(one) == class_of(other) and one.since < other.since:
        assert pressing(one) < pressing(other)
    if one.since == other.since and CEILING[class_of(one)] < CEILING[class_of(other)]:
        assert pressing(one) < pressing(other)


@given(items, st.lists(items, max_size=30))
def test_M9_whatever_comes_a_ceiling_later_stands_behind(
    old: to_staff.Item, others: list[to_staff.Item]
) -> None:
    """So the number of items that can ever pass one is bounded, whatever arrives."""
    ceiling = CEILING[class_of(old)]
    for other in others:
        if other.since > old.since + ceiling:
            assert pressing(old) < pressing(other)


streams = st.lists(
    st.lists(st.sampled_from(["page", "waiting", "look"]), max_size=3), min_size=1, max_size=120
)
"""What comes in each turn of a moderator, beside the page that always comes."""


@given(streams, st.integers(1_000, 60_000))
def test_M9_with_a_page_in_every_turn_nobody_is_starved(
    streams: list[list[str]], turn: int
) -> None:
    """A moderator who never catches up still takes each item before all that came too late for it.

    With a page for every turn they have, strict classes would leave every other item for ever.
    """
    queue: list[tuple[tuple[int, int, str], to_staff.Item]] = []
    taken: list[to_staff.Item] = []
    came: list[to_staff.Item] = []
    quiet = -(-max(CEILING.values()) // turn) + 3 * len(streams) + 1
    for number, more in enumerate([*streams, *([[]] * quiet)]):
        now = number * turn
        for place, kind in enumerate(["page", *more]):
            one = item(kind, now, 4 * number + place)
            came.append(one)
            heapq.heappush(queue, (pressing(one), one))
        taken.append(heapq.heappop(queue)[1])
    at = {one.id: place for place, one in enumerate(taken)}
    for one in came[: sum(len(more) + 1 for more in streams)]:
        ceiling = CEILING[class_of(one)]
        passed = sum(1 for other in taken[: at[one.id]] if other.since > one.since + ceiling)
        assert passed == 0
        ahead = sum(1 for other in came if other.since <= one.since + ceiling)
        assert at[one.id] <= ahead
