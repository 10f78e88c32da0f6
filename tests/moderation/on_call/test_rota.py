import itertools
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from msgspec.structs import replace

from moderation.on_call.clocks import DAY_MS
from moderation.on_call.rota import (
    AHEAD_MS,
    WEEK_MS,
    Cover,
    Holiday,
    Rota,
    Shift,
    Step,
    duties,
    earliest_start,
    flaw,
    followed,
    on_call,
    shift_start,
    standing,
    turns,
)

DAYS = tuple(range(7))


def ms(text: str, zone: str = "Europe/London") -> int:
    """A moment as the clocks of that zone show it."""
    return int(datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).timestamp() * 1000)


def shift(start: str, end: str, *people: str, days: tuple[int, ...] = DAYS) -> Shift:
    return Shift(id=start, days=days, start=start, end=end, people=people, since="2026-09-07")


SCHOOL_DAYS = (0, 1, 2, 3, 4)
NOON = ms("2026-09-08T12:00")
WEEKLY = Rota(shifts=(shift("08:00", "16:00", "ada", "lin", days=SCHOOL_DAYS),))


def test_people_take_turns_week_by_week() -> None:
    """The first has the week of the beginning, the next the week after, then the first again."""
    mondays = [ms(day) for day in ("2026-09-07T09:00", "2026-09-14T09:00", "2026-09-21T09:00")]
    assert [on_call(WEEKLY, at) for at in mondays] == [("ada",), ("lin",), ("ada",)]
    assert on_call(WEEKLY, ms("2026-09-11T15:59")) == ("ada",)


def test_nobody_is_on_call_outside_the_hours() -> None:
    """Before and after the hours, at the weekend and before the rota began there is nobody."""
    for at in ("2026-09-07T07:59", "2026-09-07T16:00", "2026-09-12T09:00", "2026-09-04T09:00"):
        assert on_call(WEEKLY, ms(at)) == ()


def test_a_shift_through_the_night_belongs_to_the_day_it_began() -> None:
    """Until eight on Monday morning it is still Sunday's person; then the next week's."""
    nights = Rota(shifts=(shift("20:00", "08:00", "ada", "lin"),))
    assert on_call(nights, ms("2026-09-14T07:59")) == ("ada",)
    assert on_call(nights, ms("2026-09-14T08:00")) == ()
    assert on_call(nights, ms("2026-09-14T20:00")) == ("lin",)


def test_a_cover_stands_in_and_a_cover_by_nobody_takes_somebody_off() -> None:
    """The place in the order stays; somebody beside everybody comes last."""
    at = ms("2026-09-07T10:00")
    pair = (shift("08:00", "16:00", "ada"), shift("08:00", "17:00", "lin"))

    def with_cover(**cover: str) -> tuple[str, ...]:
        part = Cover(id="c", start=at - 1, end=at + 1, **cover)
        return on_call(Rota(shifts=pair, covers=(part,)), at)

    assert with_cover(who="bo", instead_of="ada") == ("bo", "lin")
    assert with_cover(who="bo") == ("ada", "lin", "bo")
    assert with_cover(instead_of="ada") == ("lin",)


def test_on_a_holiday_no_shift_begins() -> None:
    """A night that began the day before goes on until its morning; covers still count."""
    night = shift("20:00", "08:00", "ada")
    off = Holiday(first="2026-12-25", last="2026-12-26", name="Christmas")
    cover = Cover(id="c", start=ms("2026-12-25T21:00"), end=ms("2026-12-25T22:00"), who="bo")
    rota = Rota(shifts=(night,), holidays=(off,), covers=(cover,))
    assert on_call(rota, ms("2026-12-25T07:00")) == ("ada",)
    assert on_call(rota, ms("2026-12-25T20:30")) == ()
    assert on_call(rota, ms("2026-12-25T21:30")) == ("bo",)
    assert on_call(rota, ms("2026-12-27T20:30")) == ("ada",)


def test_clocks_that_go_back_make_the_night_an_hour_longer() -> None:
    """Ten to six is nine hours on the night summer time ends in London, and seven in spring."""
    rota = Rota(shifts=(shift("22:00", "06:00", "ada"),))
    lengths = {}
    for day in ("2026-10-24", "2027-03-27", "2026-11-14"):
        (duty,) = duties(rota, ms(f"{day}T22:00"), ms(f"{day}T22:01"))
        lengths[day] = (duty.end - duty.start) / 3_600_000
    assert lengths == {"2026-10-24": 9, "2027-03-27": 7, "2026-11-14": 8}


def test_a_time_that_clocks_skip_is_when_they_skip_it() -> None:
    """In spring London's clocks go from one to two, so a shift until 01:15 ends at one."""
    rota = Rota(shifts=(shift("22:00", "01:15", "ada"), shift("01:15", "06:00", "lin")))
    (ada, lin) = duties(rota, ms("2027-03-27T23:00"), ms("2027-03-28T05:00"))
    assert (ada.end, lin.start) == (ms("2027-03-28T02:00"), ms("2027-03-28T02:00"))


def test_the_hours_are_those_of_the_schools_own_clocks() -> None:
    """The same rota in another zone is another moment."""
    far = Rota(zone="Australia/Sydney", shifts=WEEKLY.shifts)
    assert on_call(far, ms("2026-09-07T09:00", "Australia/Sydney")) == ("ada",)
    assert on_call(far, ms("2026-09-07T09:00")) == ()


_TIMES = st.integers(0, 95).map(lambda n: f"{n // 4:02}:{n % 4 * 15:02}")
_ZONES = st.sampled_from(["Europe/London", "America/New_York", "Australia/Lord_Howe", "UTC"])
_CHANGES = st.sampled_from(["2026-10-25", "2026-11-01", "2027-03-28", "2027-04-04", "2027-03-14"])


@example(edges=["00:00", "01:15", "02:00"], zone="Europe/London", day="2027-03-28")
@given(edges=st.lists(_TIMES, min_size=2, max_size=4, unique=True), zone=_ZONES, day=_CHANGES)
def test_shifts_that_follow_one_another_leave_no_gap_when_clocks_change(
    edges: list[str], zone: str, day: str
) -> None:
    """Whenever and wherever clocks change, somebody is on call in every minute, and only one."""
    edges.sort()
    ring = zip(edges, [*edges[1:], edges[0]], strict=True)
    shifts = tuple(shift(start, end, f"who {n}") for n, (start, end) in enumerate(ring))
    noon = ms(f"{day}T12:00", zone)
    told = turns(Rota(zone=zone, shifts=shifts), noon - 2 * DAY_MS, noon + 2 * DAY_MS)
    assert [len(turn.people) for turn in told] == [1] * len(told)


@given(
    edges=st.lists(st.tuples(_TIMES, _TIMES), min_size=1, max_size=4),
    covers=st.lists(st.tuples(st.integers(-50, 50), st.integers(1, 60)), max_size=3),
    zone=_ZONES,
    at=st.integers(-48 * 4, 48 * 4),
)
def test_turns_tell_every_moment_without_a_gap(
    edges: list[tuple[str, str]], covers: list[tuple[int, int]], zone: str, at: int
) -> None:
    """Turns join end to end, no two alike follow one another, and each moment agrees with them."""
    noon, hour = ms("2026-10-25T12:00", zone), 3_600_000
    rota = Rota(
        zone=zone,
        shifts=tuple(shift(a, b, "ada", "lin") for a, b in edges),
        covers=tuple(
            Cover(id="c", start=noon + a * hour, end=noon + (a + b) * hour, who="bo")
            for a, b in covers
        ),
    )
    start, end = noon - 3 * DAY_MS, noon + 3 * DAY_MS
    told = turns(rota, start, end)
    assert [told[0].start, told[-1].end] == [start, end]
    for one, following in itertools.pairwise(told):
        assert one.end == following.start
        assert one.people != following.people
    moment = noon + at * hour // 4
    (now,) = (turn for turn in told if turn.start <= moment < turn.end)
    assert now.people == on_call(rota, moment)


def test_P15_until_a_shift_is_accepted_those_before_stay_on_call() -> None:
    """They come after the new one; once accepted they are off."""
    rota = Rota(shifts=(shift("08:00", "16:00", "ada"), shift("16:00", "22:00", "lin")))
    at, began = ms("2026-09-08T17:00"), ms("2026-09-08T16:00")
    assert shift_start(rota, "lin", at) == began
    assert standing(rota, at, set()) == ("lin", "ada")
    assert standing(rota, at, {("lin", began - DAY_MS)}) == ("lin", "ada")
    assert standing(rota, at, {("lin", began)}) == ("lin",)


def test_P15_shifts_that_follow_one_another_are_accepted_once() -> None:
    """Somebody on call day and night began with the first of these shifts."""
    rota = Rota(shifts=(shift("08:00", "20:00", "ada"), shift("20:00", "08:00", "ada", "lin")))
    assert shift_start(rota, "ada", ms("2026-09-09T10:00")) == ms("2026-09-07T08:00")
    assert shift_start(rota, "lin", ms("2026-09-09T10:00")) is None


def test_P15_two_shifts_that_begin_together_are_one_until_the_longer_ends() -> None:
    """Whichever stands first in the rota, its adult is on call for all of it."""
    short, long = shift("08:00", "10:00", "ada"), shift("08:00", "16:00", "ada")
    for shifts in ((short, long), (long, short)):
        rota = Rota(shifts=shifts)
        assert shift_start(rota, "ada", ms("2026-09-08T12:00")) == ms("2026-09-08T08:00")


@given(
    edges=st.lists(_TIMES, min_size=1, max_size=4, unique=True),
    zone=_ZONES,
    day=_CHANGES,
    minutes=st.integers(-7 * 1440, 7 * 1440),
)
def test_P15_an_accepted_shift_stays_accepted_when_clocks_change(
    edges: list[str], zone: str, day: str, minutes: int
) -> None:
    """In the week clocks change a shift has one beginning, remembered for as long as it lasts."""
    edges.sort()
    ring = zip(edges, [*edges[1:], edges[0]], strict=True)
    who = itertools.cycle(("ada", "ada", "lin"))
    rota = Rota(zone=zone, shifts=tuple(shift(a, b, next(who)) for a, b in ring))
    at = ms(f"{day}T12:00", zone) + minutes * 60_000
    (turn,) = turns(rota, at, at + 1)
    began = shift_start(rota, turn.people[0], at)
    assert began is not None
    assert earliest_start(rota, at) <= began <= at
    assert {shift_start(rota, turn.people[0], each) for each in (began, at)} == {began}
    assert standing(rota, at, {(turn.people[0], began)}) == turn.people


def test_P15_a_cover_of_two_weeks_is_accepted_once() -> None:
    """What began long ago and still goes on is looked up from its beginning."""
    began = ms("2026-09-07T08:00")
    cover = Cover(id="c", start=began, end=began + 14 * DAY_MS, who="bo", instead_of="ada")
    rota = Rota(shifts=(shift("08:00", "08:00", "ada"),), covers=(cover,))
    at = began + 13 * DAY_MS
    assert shift_start(rota, "bo", at) == began == earliest_start(rota, at)
    assert earliest_start(rota, began - DAY_MS) == began - DAY_MS - WEEK_MS


@pytest.mark.parametrize(
    ("rota", "path"),
    [
        (Rota(), None),
        (Rota(zone="Atlantis/Capital"), "zone"),
        (Rota(zone="../etc/passwd"), "zone"),
        (Rota(shifts=(replace(WEEKLY.shifts[0], since="2026-02-30"),)), "shifts.0.since"),
        (Rota(holidays=(Holiday(first="2026-13-01", last="2026-13-02"),)), "holidays.0"),
        (Rota(covers=(Cover(id="c", start=NOON, end=NOON + 1, who="a"),)), None),
        (Rota(covers=(Cover(id="c", start=NOON, end=NOON, who="a"),)), "covers.0"),
        (Rota(covers=(Cover(id="c", start=NOON, end=NOON + 1),)), "covers.0"),
        (Rota(covers=(Cover(id="c", start=-62_135_596_800_000, end=NOON, who="a"),)), "covers.0"),
        (Rota(covers=(Cover(id="c", start=NOON, end=253_402_300_800_000, who="a"),)), "covers.0"),
        (Rota(holidays=(Holiday(first="9999-06-01", last="9999-06-02"),)), "holidays.0"),
        (Rota(shifts=(replace(WEEKLY.shifts[0], since="0001-01-01"),)), "shifts.0.since"),
        (Rota(steps=(Step(who=("on_call",)),), again_from=1), "again_from"),
    ],
)
def test_a_rota_that_means_nothing_is_refused_by_its_path(rota: Rota, path: str | None) -> None:
    """What cannot be read is named before it is kept."""
    assert flaw(rota) == path


_ANY_DAY = st.dates().map(str)
_ANY_MOMENT = st.integers(-(2**63), 2**63) | st.integers(NOON - 9 * DAY_MS, NOON + 9 * DAY_MS)
_ANY_ROTA = st.builds(
    Rota,
    zone=_ZONES | st.just("Atlantis/Capital"),
    shifts=st.builds(replace, st.just(WEEKLY.shifts[0]), since=_ANY_DAY).map(lambda one: (one,)),
    holidays=st.tuples(st.builds(Holiday, first=_ANY_DAY, last=_ANY_DAY)) | st.just(()),
    covers=st.tuples(
        st.builds(Cover, id=st.just("c"), start=_ANY_MOMENT, end=_ANY_MOMENT, who=st.just("bo"))
    )
    | st.just(()),
)


@example(Rota(shifts=WEEKLY.shifts, holidays=(Holiday(first="9999-01-01", last="9999-01-02"),)))
@example(Rota(covers=(Cover(id="c", start=-62_135_596_800_000, end=NOON + 1, who="bo"),)))
@given(_ANY_ROTA)
def test_P4_a_rota_that_is_followed_always_says_who_is_on_call(rota: Rota) -> None:
    """Whatever was once kept, reckoning with it fails at no moment of the next hundred years."""
    for at in (NOON, NOON + 14 * DAY_MS, NOON + 36_525 * DAY_MS):
        roster = followed(rota)
        for who in standing(roster, at, ()):
            assert shift_start(roster, who, at) is None or earliest_start(roster, at) <= at
        assert turns(roster, at, at + AHEAD_MS)


def test_P4_of_a_rota_with_a_flaw_the_steps_are_left_and_everybody_is_on_call() -> None:
    """An older version kept dates nobody can reckon with: that costs the turns, not the paging."""
    steps = (Step(who=("on_call",)),)
    holidays = (Holiday(first="9999-01-01", last="9999-01-02"),)
    rota = Rota(shifts=WEEKLY.shifts, steps=steps, holidays=holidays, outside_number="999")
    assert followed(rota) == Rota(steps=steps, outside_number="999")
    assert followed(WEEKLY) == WEEKLY
