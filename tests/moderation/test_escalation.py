from hypothesis import given
from hypothesis import strategies as st

from moderation.escalation import Policy, furthest, is_due, look_in, next_round, retry_at

POLICY = Policy()
NOW = 1_790_000_000_000
EMPTY: frozenset[str] = frozenset()


def test_P4_after_the_last_step_the_first_comes_again() -> None:
    """Rounds walk through the steps and start over, for ever."""
    steps = (("a",), ("b", "c"))
    rounds = [next_round(POLICY, steps, EMPTY, number, NOW).contacts for number in range(4)]
    assert rounds == [("a",), ("b", "c"), ("a",), ("b", "c")]


def test_P4_empty_or_unreachable_step_costs_no_time() -> None:
    """The next step that has somebody begins in the same instant."""
    steps = ((), ("a",), ("b", "c"))
    this = next_round(POLICY, steps, frozenset({"a", "b"}), 0, NOW)
    assert (this.number, this.contacts) == (2, ("b", "c"))
    assert (this.following, this.look_at) == (3, NOW + POLICY.repeat_ms)


def test_when_nobody_is_reachable_everybody_is_tried_and_the_next_look_is_soon() -> None:
    """A contact that failed for good is tried again: somebody may have repaired it."""
    this = next_round(POLICY, (("a",), ("a", "b")), frozenset({"a", "b"}), 5, NOW)
    assert this.contacts == ("a", "b")
    assert (this.following, this.look_at) == (6, NOW + POLICY.unreachable_ms)


def test_without_anybody_no_round_is_used_up() -> None:
    """Nobody on call: no page, the same round soon again."""
    for steps in ((), ((),), ((), ())):
        this = next_round(POLICY, steps, EMPTY, 0, NOW)
        assert (this.contacts, this.following) == ((), 0)
        assert this.look_at == NOW + POLICY.unreachable_ms


_STEPS = st.lists(st.lists(st.sampled_from("abcdef"), unique=True), max_size=5)


@given(
    steps=_STEPS,
    unreachable=st.frozensets(st.sampled_from("abcdef")),
    number=st.integers(0, 1000),
)
def test_a_round_pages_somebody_whenever_there_is_somebody(
    steps: list[list[str]], unreachable: frozenset[str], number: int
) -> None:
    """Never nobody while a contact exists, somebody reachable if one is, and a look in time."""
    this = next_round(POLICY, steps, unreachable, number, NOW)
    there = {contact for step in steps for contact in step}
    assert bool(this.contacts) == bool(there)
    assert bool(set(this.contacts) - unreachable) == bool(there - unreachable)
    assert NOW < this.look_at <= NOW + POLICY.repeat_ms
    assert this.following == this.number + bool(there)


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
