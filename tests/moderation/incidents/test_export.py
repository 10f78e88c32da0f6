"""The life of an export, as a table: every state, every act, everybody who could try."""

from __future__ import annotations

import itertools

import pytest

from moderation.incidents.export import Act, Standing, State, is_open, judge, steps
from moderation.incidents.incident import Actor
from moderation.roles import Role

ASKER = Actor("lee", "school", Role.SAFEGUARDING_LEAD)
LEAD = Actor("lou", "school", Role.SAFEGUARDING_LEAD)
LEADER = Actor("sue", "school", Role.SENIOR_LEADER)
END = 1_000

POSSIBLE = {
    (State.ASKED, Act.AGREE, "lou"): State.AGREED,
    (State.ASKED, Act.AGREE, "sue"): State.AGREED,
    (State.ASKED, Act.END, "lee"): State.ENDED,
    (State.ASKED, Act.END, "lou"): State.ENDED,
    (State.ASKED, Act.END, "sue"): State.ENDED,
    (State.AGREED, Act.END, "lee"): State.ENDED,
    (State.AGREED, Act.END, "lou"): State.ENDED,
    (State.AGREED, Act.END, "sue"): State.ENDED,
    (State.AGREED, Act.HAND, "lee"): State.HANDED,
}


def standing(state: State, *recused: str) -> Standing:
    return Standing("school", state, "lee", END, frozenset(recused))


@pytest.mark.parametrize("actor", [ASKER, LEAD, LEADER], ids=lambda one: one.id)
@pytest.mark.parametrize(("state", "act"), list(itertools.product(State, Act)))
def test_exactly_these_steps_of_an_export_are_possible(
    state: State, act: Act, actor: Actor
) -> None:
    """Somebody else agrees, whoever asked has it once, and both may end it; nothing else goes."""
    answer = judge(standing(state), act, actor, END - 1)
    possible = POSSIBLE.get((state, act, actor.id))
    assert answer == possible if possible else not isinstance(answer, State)


@pytest.mark.parametrize("role", sorted(set(Role) - {Role.SAFEGUARDING_LEAD, Role.SENIOR_LEADER}))
@pytest.mark.parametrize(("state", "act"), list(itertools.product(State, Act)))
def test_an_export_is_nobody_elses(state: State, act: Act, role: Role) -> None:
    """Every other role is refused every step, were it the one who asked."""
    for who in ("lee", "mo"):
        assert judge(standing(state), act, Actor(who, "school", role), 0) == "forbidden"


@pytest.mark.parametrize("actor", [ASKER, LEAD, LEADER], ids=lambda one: one.id)
def test_what_one_student_wrote_takes_both_ranks(actor: Actor) -> None:
    """With a roster two leads would learn who wrote what: a senior leader agrees, nobody else."""
    words = Standing("school", State.ASKED, "lee", END, of_student=True)
    answer = judge(words, Act.AGREE, actor, 0)
    assert answer == (State.AGREED if actor is LEADER else "forbidden")


def test_nobody_agrees_to_their_own_export() -> None:
    """Two accounts it takes: the refusal says so."""
    assert judge(standing(State.ASKED), Act.AGREE, ASKER, 0) == "own_change"


def test_a_senior_leader_is_never_handed_a_case() -> None:
    """Being the second person shows nobody what a student wrote, had they asked themselves."""
    asked_it = Standing("school", State.AGREED, "sue", END)
    assert judge(asked_it, Act.HAND, LEADER, 0) == "forbidden"


def test_an_export_has_an_end() -> None:
    """From then on nothing can be done with it, and it keeps nobody from asking again."""
    for state in State:
        assert steps(standing(state), ASKER, END) == []
        assert steps(standing(state), LEAD, END) == []
        assert not is_open(state, END, END)
    assert judge(standing(State.AGREED), Act.HAND, ASKER, END) == "over"
    assert [state for state in State if is_open(state, END, END - 1)] == ["asked", "agreed"]


def test_who_may_know_the_student_has_no_part_in_an_export() -> None:
    """Neither agreeing nor having it, once they stepped aside."""
    assert judge(standing(State.ASKED, "sue"), Act.AGREE, LEADER, 0) == "forbidden"
    assert judge(standing(State.AGREED, "lee"), Act.HAND, ASKER, 0) == "forbidden"


def test_another_school_knows_of_no_export() -> None:
    """The words are those for something that is not there."""
    there = Actor("lou", "other", Role.SAFEGUARDING_LEAD)
    assert judge(standing(State.ASKED), Act.AGREE, there, 0) == "not_found"
