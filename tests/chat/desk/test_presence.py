"""Who counts as being at the desk."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from chat.desk.presence import LEFT_ALONE, MISSED, Presence


def test_M11_a_page_that_is_silent_counts_no_more() -> None:
    """From the moment its sign of life is too old, and again from the next one."""
    desk = Presence(rooms_each=6)
    desk.heard("page", "mo", 100.0)
    assert (desk.on_shift(100.0 + MISSED - 1), desk.places(101.0)) == ({"mo"}, 6)
    assert (desk.on_shift(100.0 + MISSED), desk.places(100.0 + MISSED)) == (frozenset(), 0)
    desk.heard("page", "mo", 200.0)
    assert desk.places(201.0) == 6


def test_M11_off_shift_counts_at_once_and_for_every_page() -> None:
    """Whoever says so has no capacity, however many pages are open."""
    desk = Presence(rooms_each=2)
    for page in ("one", "two"):
        desk.heard(page, "mo", 0.0)
    desk.shift("mo", on=False)
    assert (desk.places(1.0), desk.is_on("mo")) == (0, False)
    desk.shift("mo", on=True)
    assert desk.places(1.0) == 2
    desk.gone("one")
    assert desk.places(1.0) == 2
    desk.gone("two")
    assert desk.places(1.0) == 0


def test_M3_only_who_is_silent_at_every_page_is_silent() -> None:
    """From the moment none of their pages gives signs of life; who has gone is not silent."""
    desk = Presence(rooms_each=1)
    desk.heard("one", "mo", 0.0)
    desk.heard("two", "mo", MISSED - 1)
    assert desk.silent(MISSED) == frozenset()
    assert desk.silent(2 * MISSED - 1) == {"mo"}
    desk.gone("one")
    desk.gone("two")
    assert desk.silent(2 * MISSED) == frozenset()


def test_M3_who_touches_any_page_has_not_left() -> None:
    """Only when all pages of somebody are quiet for long are they left alone."""
    desk = Presence(rooms_each=1)
    desk.heard("one", "mo", 200.0, quiet=LEFT_ALONE)
    assert desk.left_alone(200.0) == {"mo"}
    desk.heard("two", "mo", 200.0)
    assert desk.left_alone(200.0) == frozenset()


def test_M3_a_page_is_touched_from_the_moment_something_is_asked_on_it() -> None:
    """Not only from its next sign of life; a page that is not at the desk does not come by it."""
    desk = Presence(rooms_each=1)
    desk.heard("page", "mo", 200.0, quiet=LEFT_ALONE)
    desk.touched("page", 201.0)
    assert desk.left_alone(201.0) == frozenset()
    desk.touched("another", 201.0)
    assert desk.on_shift(201.0 + MISSED) == frozenset()


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 2), st.booleans())), st.integers(1, 9))
def test_M11_places_follow_heads_and_never_more(
    events: list[tuple[int, int, bool]], rooms_each: int
) -> None:
    """Whatever comes and goes, there is room for exactly those who are there and on shift."""
    desk = Presence(rooms_each)
    for page, staff, there in events:
        if there:
            desk.heard(page, str(staff), 0.0)
        else:
            desk.gone(page)
    assert desk.places(0.0) == rooms_each * len(desk.on_shift(0.0)) <= rooms_each * 3
