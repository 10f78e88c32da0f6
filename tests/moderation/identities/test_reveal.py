from __future__ import annotations

import itertools
from dataclasses import replace

import pytest

from moderation.identities import reveal
from moderation.identities.reveal import Act, Standing, State, Why
from moderation.identities.sealed import Half
from moderation.incidents.incident import Actor
from moderation.incidents.words import words
from moderation.roles import Role

LEE = Actor("lee", "elm", Role.SAFEGUARDING_LEAD)
LOU = Actor("lou", "elm", Role.SAFEGUARDING_LEAD)
SUE = Actor("sue", "elm", Role.SENIOR_LEADER)
ASKED = Standing("elm", State.ASKED, "lee", 1_000, alone=False, reviewed=False)

ALLOWED = {
    (State.ASKED, Act.HALF, "sue"): State.ASKED,
    (State.ASKED, Act.APPROVE, "sue"): State.APPROVED,
    (State.ASKED, Act.REFUSE, "sue"): State.REFUSED,
    (State.APPROVED, Act.OPEN, "lee"): State.OPENED,
    (State.OPENED, Act.OPEN, "lee"): State.OPENED,
}


@pytest.mark.parametrize(
    ("state", "act", "actor"), list(itertools.product(State, Act, (LEE, LOU, SUE)))
)
def test_P10_exactly_these_steps_are_possible(state: State, act: Act, actor: Actor) -> None:
    """A senior leader agrees or refuses while it is asked; whoever asked opens it; no more."""
    found = reveal.judge(replace(ASKED, state=state), act, actor, 999)
    expected = ALLOWED.get((state, act, actor.id))
    assert (found if isinstance(found, State) else None) == expected
    assert (act in reveal.steps(replace(ASKED, state=state), actor, 999)) == (
        expected is not None and act is not Act.HALF
    )


@pytest.mark.parametrize("role", list(Role))
@pytest.mark.parametrize("act", list(Act))
def test_P10_no_role_holds_both_ends(role: Role, act: Act) -> None:
    """Whoever asked can never agree to it, whatever role they have by then."""
    same = Actor("lee", "elm", role)
    if act is not Act.OPEN:
        assert not isinstance(reveal.judge(ASKED, act, same, 0), State)


@pytest.mark.parametrize("act", [Act.HALF, Act.APPROVE, Act.REFUSE])
def test_P10_an_answer_that_is_late_is_none(act: Act) -> None:
    """At the end of the fifteen minutes it is over, for the half as for the word."""
    assert isinstance(reveal.judge(ASKED, act, SUE, 999), State)
    assert reveal.judge(ASKED, act, SUE, 1_000) == "over"


def test_P10_an_answer_that_was_lost_is_had_again_in_time() -> None:
    """By whoever asked, until the fifteen minutes are over or somebody has reviewed it."""
    opened = replace(ASKED, state=State.OPENED, alone=True)
    assert reveal.judge(opened, Act.OPEN, LEE, 999) is State.OPENED
    assert reveal.judge(opened, Act.OPEN, LEE, 1_000) == "over"
    assert reveal.judge(replace(opened, reviewed=True), Act.OPEN, LEE, 0) == "changed"


def test_P10_who_may_know_the_student_agrees_to_nothing() -> None:
    """Whoever stepped aside from the incident did so from this; other schools see nothing."""
    aside = replace(ASKED, recused=frozenset({"sue", "lee"}))
    assert reveal.judge(aside, Act.APPROVE, SUE, 0) == "forbidden"
    assert reveal.judge(replace(aside, state=State.APPROVED), Act.OPEN, LEE, 0) == "forbidden"
    assert reveal.judge(ASKED, Act.APPROVE, replace(SUE, school="oak"), 0) == "not_found"


def test_P11_an_opening_alone_is_reviewed_once_by_somebody_else() -> None:
    """By either rank, however late; never by whoever opened, and never where two agreed."""
    alone = replace(ASKED, state=State.OPENED, alone=True)
    for actor in (LOU, SUE):
        assert reveal.judge(alone, Act.REVIEW, actor, 10**9) is State.OPENED
        done = replace(alone, reviewed=True)
        assert reveal.judge(done, Act.REVIEW, actor, 0) == "changed"
        assert reveal.judge(replace(alone, alone=False), Act.REVIEW, actor, 0) == "changed"
    assert reveal.judge(alone, Act.REVIEW, LEE, 0) == "own_change"


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"reason": "curiosity"}, "reason"),
        ({"reason": "practice"}, "reason"),
        ({"threat": "         "}, "threat"),
        ({"threat": "danger"}, "threat"),
        ({"recipients": " "}, "recipients"),
    ],
)
def test_P10_a_reason_needs_all_its_parts(change: dict[str, str], field: str) -> None:
    """Class, threat and recipients: the one that is missing is named."""
    why = {"reason": "life", "threat": "a plan for tonight", "recipients": "me"}
    assert reveal.unfit(Why(**why)) is None
    assert reveal.unfit(Why(**(why | change))) == field


def test_every_class_has_words_for_a_page() -> None:
    """A page about a reveal says what is asked, never 'a concern', and fits its column."""
    for reason in (*reveal.REASONS, reveal.PRACTICE):
        assert "identity" in words(f"reveal_{reason}")
        assert len(f"reveal_{reason}") <= 20
    assert "one person" in words("break_glass")


def test_each_rank_holds_one_half() -> None:
    """Leads hold A, senior leaders B, and nobody else any."""
    found = {role: reveal.half_of(role) for role in Role if reveal.half_of(role)}
    assert found == {Role.SAFEGUARDING_LEAD: Half.A, Role.SENIOR_LEADER: Half.B}
