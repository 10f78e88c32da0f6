from dataclasses import replace
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from moderation.on_call.adults import Adult, Contact
from moderation.on_call.escalation import (
    Chase,
    Policy,
    Roster,
    forecast,
    furthest,
    is_due,
    look_in,
    next_round,
    retry_at,
)
from moderation.on_call.rota import Rota, Shift, Step, on_call, shift_start

POLICY = Policy()
NOW = 1_790_000_000_000
WEEK = tuple(range(7))


def adult(name: str, role: str = "counsellor", proven: int | None = NOW, ways: int = 1) -> Adult:
    """Somebody with so many contacts, named after them: ada0 and ada1."""
    return Adult(
        name, name, role, tuple(Contact(f"{name}{n}", "mail", proven) for n in range(ways))
    )


def always(*people: str) -> tuple[Shift, ...]:
    """These people on call day and night, in that order."""
    return tuple(
        Shift(
            id=who,
            days=tuple(range(7)),
            start="00:00",
            end="00:00",
            people=(who,),
            since="2026-01-05",
        )
        for who in people
    )


def told(roster: Roster, rounds: int, policy: Policy = POLICY) -> list[tuple[int, list[str]]]:
    """Seconds and contacts of the first rounds, if nobody answers."""
    return [
        ((at - NOW) // 1000, sorted(page.contact for page in this.pages))
        for at, this in forecast(policy, roster, NOW, rounds)
    ]


ADA, LIN, BO, LEA = adult("ada"), adult("lin"), adult("bo"), adult("lea", "safeguarding_lead")
ALL = (ADA, BO, LEA, LIN)


def accepted(rota: Rota) -> set[tuple[str, int]]:
    """Everybody accepted the shift they are in."""
    return {(who, begin) for who in on_call(rota, NOW) if (begin := shift_start(rota, who, NOW))}


def school(rota: Rota, adults: tuple[Adult, ...] = ALL, **more: Any) -> Roster:
    return Roster(rota, adults, accepted=accepted(rota), **more)


def test_P4_nobody_answers_in_90_seconds_and_the_next_is_told() -> None:
    """The first on call, the second, all of them with the lead, then everybody, again and again."""
    roster = school(Rota(shifts=always("lin", "ada")))
    assert told(roster, 5) == [
        (0, ["lin0"]),
        (90, ["ada0"]),
        (180, ["ada0", "lea0", "lin0"]),
        (270, ["ada0", "bo0", "lea0", "lin0"]),
        (360, ["ada0", "bo0", "lea0", "lin0"]),
    ]


def test_P4_after_the_last_step_they_go_on_from_where_the_lead_said() -> None:
    """The steps, then from `again_from` for ever; a step's own wait may be shorter."""
    steps = (Step(who=("lin",), wait=30), Step(who=("ada",)), Step(who=("bo",), wait=60))
    roster = school(Rota(steps=steps, again_from=1))
    assert told(roster, 6) == [
        (0, ["lin0"]),
        (30, ["ada0"]),
        (120, ["bo0"]),
        (180, ["ada0"]),
        (270, ["bo0"]),
        (330, ["ada0"]),
    ]


def test_without_shifts_everybody_is_told_at_once() -> None:
    """A school that has no rota yet has everybody on call."""
    assert told(school(Rota()), 2) == [
        (0, ["ada0", "bo0", "lea0", "lin0"]),
        (90, ["ada0", "bo0", "lea0", "lin0"]),
    ]


def test_P4_empty_or_unreachable_step_costs_no_time() -> None:
    """Nobody there, nobody who exists, a channel that is not set up: the next in that instant."""
    steps = (Step(who=("on_call:2",)), Step(who=("nobody",)), Step(who=("bo",)), Step(who=("ada",)))
    lost = replace(BO, contacts=(Contact("bo0", "pigeon", NOW),))
    rota = Rota(shifts=always("lin"), steps=steps)
    roster = school(rota, (ADA, lost, LIN), channels={"mail"})
    this = next_round(POLICY, roster, Chase(), NOW)
    assert (this.number, [page.contact for page in this.pages]) == (3, ["ada0"])
    assert (this.following, this.look_at) == (4, NOW + POLICY.repeat_ms)


def test_P6_a_step_in_which_nobody_is_proven_does_not_keep_the_next_waiting() -> None:
    """Lin has not heard a test page for eight days: she is paged, and Ada in the same instant."""
    stale = adult("lin", proven=NOW - 8 * 86_400_000)
    roster = school(Rota(shifts=always("lin", "ada")), (ADA, stale))
    assert told(roster, 1) == [(0, ["ada0", "lin0"])]


def test_who_may_know_the_student_is_skipped() -> None:
    """Their step costs no time either."""
    roster = school(Rota(shifts=always("lin", "ada")))
    this = next_round(POLICY, roster, Chase(skip=frozenset({"lin"})), NOW)
    assert [page.contact for page in this.pages] == ["ada0"]
    later = next_round(POLICY, roster, Chase(round=3, skip=frozenset({"lin"})), NOW)
    assert "lin0" not in [page.contact for page in later.pages]


def test_P5_a_lapse_pages_whoever_had_it_and_their_deputy() -> None:
    """The deputy is the next person of the policy, also when the first of it is the holder."""
    roster = school(Rota(shifts=always("lin", "ada")))
    for holder, pages in (("bo", ["bo0", "lin0"]), ("lin", ["ada0", "lin0"])):
        this = next_round(POLICY, roster, Chase(holder=holder), NOW)
        assert sorted(page.contact for page in this.pages) == pages


def test_P5_a_lapse_calls_more_than_whoever_had_it_where_they_are_on_call_alone() -> None:
    """Who fell asleep is not the only one called: the next step is their deputy."""
    this = next_round(POLICY, school(Rota(shifts=always("lin"))), Chase(holder="lin"), NOW)
    assert sorted(page.contact for page in this.pages) == ["lea0", "lin0"]
    alone = school(Rota(), (LIN,))
    assert [page.contact for page in next_round(POLICY, alone, Chase(holder="lin"), NOW).pages] == [
        "lin0"
    ]


def test_P1_two_contacts_at_once_and_a_third_whatever_providers_say() -> None:
    """Two channels in the same instant, each further one 45 seconds later, within the round."""
    many = adult("ada", ways=5)
    this = next_round(POLICY, school(Rota(), (many,)), Chase(), NOW)
    assert [(page.at - NOW) // 1000 for page in this.pages] == [0, 0, 45, 85, 85]


def test_P1_every_contact_is_due_before_the_next_round_takes_its_place() -> None:
    """However short a step waits, and where nobody can be reached, a telephone in third place."""
    steps = (Step(who=("ada",), wait=15), Step(who=("lin",), wait=15))
    for proven, failed in ((NOW, frozenset[str]()), (None, frozenset({"ada0", "ada1", "ada2"}))):
        roster = school(Rota(steps=steps), (adult("ada", proven=proven, ways=3),))
        this = next_round(POLICY, roster, Chase(failed=failed), NOW)
        assert len(this.pages) == 3
        assert max(page.at for page in this.pages) < this.look_at


def test_what_failed_for_good_is_tried_last() -> None:
    """A contact that does not work takes no place from one that may."""
    many = adult("ada", ways=4)
    chase = Chase(failed=frozenset({"ada0", "ada1"}))
    this = next_round(POLICY, school(Rota(), (many,)), chase, NOW)
    assert [page.contact for page in this.pages] == ["ada2", "ada3", "ada0", "ada1"]


def test_a_step_may_name_its_channels() -> None:
    """Only these, unless nothing of the person works over them."""
    both = Adult("ada", "ada", "counsellor", (Contact("a", "mail", NOW), Contact("b", "push", NOW)))
    rota = Rota(steps=(Step(who=("ada",), channels=("push",)),))
    this = next_round(POLICY, school(rota, (both,)), Chase(), NOW)
    assert [page.contact for page in this.pages] == ["b"]


def test_when_nobody_is_reachable_everybody_is_tried_and_the_next_look_is_soon() -> None:
    """A contact that failed for good is tried again: somebody may have repaired it."""
    chase = Chase(round=5, failed=frozenset({"ada0", "lin0"}))
    this = next_round(POLICY, school(Rota(), (ADA, LIN)), chase, NOW)
    assert sorted(page.contact for page in this.pages) == ["ada0", "lin0"]
    assert (this.following, this.look_at) == (6, NOW + POLICY.unreachable_ms)


def test_P4_without_anybody_rounds_pass_all_the_same() -> None:
    """Nobody on the staff: no page, and soon the next round, so that moderators hear of it."""
    this = next_round(POLICY, school(Rota(), ()), Chase(), NOW)
    assert (this.pages, this.following) == ((), 1)
    assert this.look_at == NOW + POLICY.unreachable_ms


_WHO = st.sampled_from(
    ["ada", "lin", "bo", "on_call", "on_call:1", "on_call:2", "everybody", "role:x"]
)
_STEPS = st.lists(
    st.builds(
        Step, who=st.lists(_WHO, min_size=1, max_size=3).map(tuple), wait=st.integers(15, 90)
    ),
    max_size=5,
).map(tuple)
_NAMES = st.sampled_from(["ada", "lin", "bo"])


@given(
    steps=_STEPS,
    shifts=st.lists(_NAMES, max_size=2, unique=True),
    there=st.lists(_NAMES, max_size=3, unique=True),
    stale=st.frozensets(_NAMES),
    failed=st.frozensets(st.sampled_from(["ada0", "lin0", "bo0"])),
    skip=st.frozensets(_NAMES),
    number=st.integers(0, 1000),
)
def test_a_round_pages_somebody_whenever_there_is_somebody(
    *,
    steps: tuple[Step, ...],
    shifts: list[str],
    there: list[str],
    stale: frozenset[str],
    failed: frozenset[str],
    skip: frozenset[str],
    number: int,
) -> None:
    """Somebody who may be paged is; never one who may know the student; a look always in time."""
    rota = Rota(steps=steps, shifts=always(*shifts))
    adults = tuple(adult(name, proven=None if name in stale else NOW) for name in there)
    this = next_round(POLICY, school(rota, adults), Chase(number, skip, failed), NOW)
    paged = {page.who for page in this.pages}
    assert not paged & skip
    named = {who for step in school(rota, adults).steps for who in step.who}
    if "everybody" in named:
        assert bool(paged) == bool(set(there) - skip)
    assert NOW < this.look_at <= NOW + POLICY.repeat_ms
    assert number <= this.number < this.following or not this.pages


def test_F19_retries_double_and_stay_within_a_round() -> None:
    """5, 10, 20, 40, 80, then 90 seconds; however often it failed."""
    waits = [(retry_at(POLICY, attempts, NOW) - NOW) // 1000 for attempts in (1, 2, 3, 4, 5, 6)]
    assert waits == [5, 10, 20, 40, 80, 90]
    assert retry_at(POLICY, 10_000, NOW) == NOW + POLICY.repeat_ms


def test_F17_time_from_a_future_that_was_taken_back_is_due() -> None:
    """Due when it has come, or when no rule could have set it so far ahead."""
    ahead = furthest(POLICY, "open")
    assert is_due(POLICY, NOW, NOW, ahead)
    assert not is_due(POLICY, NOW + ahead, NOW, ahead)
    assert not is_due(POLICY, NOW + ahead + POLICY.skew_ms, NOW, ahead)
    assert is_due(POLICY, NOW + ahead + POLICY.skew_ms + 1, NOW, ahead)


@given(due=st.integers(0, 2**45), now=st.integers(0, 2**45))
def test_F17_nothing_due_lies_further_away_than_a_round(due: int, now: int) -> None:
    """Whatever the clock says, a time is due or comes within a round and the skew allowed."""
    ahead = furthest(POLICY, "open")
    assert is_due(POLICY, due, now, ahead) or due - now <= ahead + POLICY.skew_ms


def test_P5_acknowledged_may_wait_for_its_outcome() -> None:
    """Ten minutes to be with the student, an hour to the outcome; open is a round away at most."""
    assert furthest(POLICY, "acknowledged") == POLICY.with_student_ms
    assert furthest(POLICY, "with_student") == POLICY.resolve_ms
    assert furthest(POLICY, "open") == POLICY.repeat_ms


def test_look_is_at_the_nearest_time_and_never_far() -> None:
    """The nearest due time, nothing below zero, and at most the longest pause."""
    assert look_in(POLICY, [NOW + 90_000, NOW + 1_200], NOW) == 1_200
    assert look_in(POLICY, [NOW - 10], NOW) == 0
    assert look_in(POLICY, [NOW + 90_000], NOW) == POLICY.look_ms
    assert look_in(POLICY, [], NOW) == POLICY.look_ms
