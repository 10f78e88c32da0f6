"""The simulation of a school day: whatever it counts, it must be a day that could have been."""

from __future__ import annotations

from dataclasses import replace
from random import Random
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bench.simulate.day import Account, Day
from bench.simulate.desk import Desk, Job, Taken
from bench.simulate.draw import Plot, svg
from bench.simulate.figures import enough, lived, share_of
from bench.simulate.school import School
from chat.frames import to_staff

DAYS = st.builds(
    School,
    students=st.integers(200, 6_000),
    moderators=st.integers(0, 5),
    visits=st.sampled_from([0.02, 0.1]),
    patience=st.sampled_from([60.0, 300.0]),
    rooms_each=st.integers(1, 6),
)
BEYOND = len(School(1, 1).topics) * len(School(1, 1).bands) // 2


def a_day(school: School, seed: int) -> Account:
    """One day of that school, with the pairs that met."""
    return Day(school, Random(seed), keep_pairs=True).live()


@settings(max_examples=25)
@given(school=DAYS, seed=st.integers(0, 1_000))
def test_nobody_is_paired_twice_and_nobody_is_lost(school: School, seed: int) -> None:
    """Everybody who knocks is paired once, gives up, or still waits; nobody meets another band."""
    day = a_day(school, seed)
    met = [ticket.student for pair in day.pairs for ticket in pair]
    assert len(met) == len(set(met)) == len(day.waits)
    assert day.knocks == len(met) + day.gave_up + day.still_waiting
    assert all(one.band == other.band for one, other in day.pairs)


@settings(max_examples=25)
@given(school=DAYS, seed=st.integers(0, 1_000))
def test_nothing_happens_before_its_cause(school: School, seed: int) -> None:
    """Nobody is paired before they came, no item taken before it came, rooms keep to the desk."""
    day = a_day(school, seed)
    assert all(wait >= 0 for wait in day.waits)
    assert all(age >= 0 for ages in day.ages.values() for age in ages)
    assert day.items == sum(map(len, day.ages.values())) + day.undone
    steps = sorted([(b, 1) for b, _ in day.rooms] + [(e, -1) for _, e in day.rooms])
    open_now = 0
    for _, step in steps:
        open_now += step
        # one look pairs all who have waited long enough: one left of each topic and band
        assert open_now <= school.rooms_each * school.moderators + BEYOND


def test_without_moderators_no_room_opens() -> None:
    """A school with nobody at the desk pairs nobody, and says so to all who knock."""
    day = a_day(School(5_000, 0), 1)
    assert day.knocks == day.full == day.gave_up + day.still_waiting > 0
    assert day.rooms == []


def test_a_day_can_be_lived_again() -> None:
    """One seed is one day; another seed is another."""
    school = School(3_000, 2)
    assert a_day(school, 7) == a_day(school, 7)
    assert a_day(school, 7) != a_day(school, 8)


def worked(moderators: int, jobs: list[tuple[int, int]]) -> list[float]:
    """How long each item of one kind waited; given are seconds before it, seconds of work."""
    desk = Desk(School(1, moderators, heavy_looks=10_000))
    ages, under_way, now = [], list[Taken](), 0.0

    def note(found: list[Taken]) -> None:
        ages.extend(taken.age for taken in found)
        under_way.extend(found)
        under_way.sort(key=lambda taken: taken.until)

    def until(when: float) -> None:
        while under_way and under_way[0].until <= when:
            taken = under_way.pop(0)
            note(desk.done(taken, taken.until))

    for number, (after, work) in enumerate(jobs):
        now += after
        until(now)
        item = to_staff.Item(f"{number:04}", "message", "none", "queue", False, int(now * 1000), "")
        note(desk.comes(Job(item, work), now))
    until(float("inf"))
    return ages


@given(
    moderators=st.integers(1, 4),
    jobs=st.lists(st.tuples(st.integers(0, 60), st.integers(1, 300)), max_size=30),
)
def test_one_moderator_more_makes_nothing_wait_longer(
    moderators: int, jobs: list[tuple[int, int]]
) -> None:
    """Of the same items in the same order none waits longer with one moderator more."""
    few, more = worked(moderators, jobs), worked(moderators + 1, jobs)
    assert len(few) == len(more) == len(jobs)
    assert all(a >= b for a, b in zip(few, more, strict=True))


def test_what_is_enough_is_enough_and_no_more() -> None:
    """With the number found nothing is broken, and with one fewer something is, as told."""
    school = School(10_000, 1, visits=0.1)
    found, broken = enough(school, knocks=1_000)
    assert found.broken() == []
    assert broken
    fewer = replace(school, moderators=found.school.moderators - 1)
    assert lived(fewer, knocks=1_000).broken() == broken


def test_more_students_wait_less() -> None:
    """A larger pool pairs a larger share within five minutes."""
    shares = [lived(School(n, 50), knocks=500).paired_within(300) for n in (500, 5_000, 50_000)]
    assert shares == sorted(shares)


def test_a_heavy_item_goes_to_who_has_read_less() -> None:
    """Whoever has read enough of the worst leaves the next to a colleague, even a busy one."""
    desk = Desk(School(1, 2, heavy_looks=1))
    heavy = [
        Job(to_staff.Item(str(n), "message", "suicide", "page", False, n * 1000, ""), 50.0)
        for n in range(3)
    ]
    (first,) = desk.comes(heavy[0], 0.0)
    (second,) = desk.comes(heavy[1], 1.0)
    assert {first.moderator, second.moderator} == {0, 1}
    desk.comes(heavy[2], 2.0)
    assert [taken.moderator for taken in desk.done(first, 50.0)] == [first.moderator]


@pytest.mark.parametrize("logarithmic", [False, True])
def test_a_plot_is_a_picture_with_a_name(logarithmic: bool) -> None:  # noqa: FBT001
    """It parses, says its title to readers that do not see it, and has a line for each series."""
    lines = [("a & b", [(1.0, 1.0), (10.0, 90.0)]), ("c", [(1.0, 2.0), (10.0, 3.0)])]
    plot = Plot("T <1>", "x", "y", lines, logarithmic=logarithmic)
    drawn = ET.fromstring(svg(plot))  # noqa: S314 - our own words
    name = "{http://www.w3.org/2000/svg}"
    assert drawn.find(f"{name}title").text == "T <1>"  # type: ignore[union-attr]
    assert len(drawn.findall(f"{name}polyline")) == 2
    assert "prefers-color-scheme: dark" in drawn.find(f"{name}style").text  # type: ignore[union-attr,operator]


def test_a_share_of_nothing_is_no_number() -> None:
    """Percentiles are values that were there; of none there is none."""
    assert share_of([3.0, 1.0, 2.0], 0.5) == 2.0
    assert share_of([], 0.5) != share_of([], 0.5)
