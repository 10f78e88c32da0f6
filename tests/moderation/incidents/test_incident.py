from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from moderation.incidents.incident import Act, Actor, Standing, State, judge, lapsed
from moderation.incidents.words import OUTCOMES
from moderation.roles import STAFF_ROLES

ADA = Actor("ada", "school", "counsellor")
LIN = Actor("lin", "school", "counsellor")
LEAD = Actor("lea", "school", "safeguarding_lead")


def test_the_straight_way_is_open_acknowledged_resolved() -> None:
    """An adult acknowledges an open incident, and then resolves it."""
    assert judge(Standing("school", State.OPEN), Act.ACKNOWLEDGE, ADA) is State.ACKNOWLEDGED
    hers = Standing("school", State.ACKNOWLEDGED, "ada")
    assert judge(hers, Act.RESOLVE, ADA) is State.RESOLVED


def test_P3_opening_is_seen_not_acknowledged() -> None:
    """Looking and noting leave every state as it is."""
    for state in State:
        for act in (Act.LOOK, Act.NOTE):
            assert judge(Standing("school", state), act, ADA) is state


def test_acknowledging_twice_is_harmless_for_the_holder_and_refused_to_another() -> None:
    """A second tap by the same thumb changes nothing; somebody else is told it changed."""
    hers = Standing("school", State.ACKNOWLEDGED, "ada")
    assert judge(hers, Act.ACKNOWLEDGE, ADA) is State.ACKNOWLEDGED
    assert judge(hers, Act.ACKNOWLEDGE, LIN) == "changed"


def test_only_the_holder_or_a_lead_resolves() -> None:
    """Another adult must have it before ending it; the safeguarding lead may always."""
    hers = Standing("school", State.ACKNOWLEDGED, "ada")
    assert judge(hers, Act.RESOLVE, LIN) == "forbidden"
    assert judge(hers, Act.RESOLVE, LEAD) is State.RESOLVED
    assert judge(Standing("school", State.OPEN), Act.RESOLVE, LEAD) == "changed"


@pytest.mark.parametrize("act", Act)
@pytest.mark.parametrize("state", State)
def test_nobody_else_may_do_anything(state: State, act: Act) -> None:
    """Moderators, strangers and other schools are refused every act in every state."""
    standing = Standing("school", state, "mo")
    assert judge(standing, act, Actor("mo", "school", "moderator")) == "forbidden"
    assert judge(standing, act, Actor("mo", "school", "")) == "forbidden"
    assert judge(standing, act, Actor("ada", "another", "safeguarding_lead")) == "not_found"


def test_P5_only_an_acknowledgement_lapses() -> None:
    """Time reopens what an adult has and touches nothing else; no person can lapse."""
    assert lapsed(State.ACKNOWLEDGED) is State.OPEN
    assert lapsed(State.WITH_STUDENT) is State.OPEN
    assert lapsed(State.OPEN) is State.OPEN
    assert lapsed(State.RESOLVED) is State.RESOLVED
    assert judge(Standing("school", State.ACKNOWLEDGED, "ada"), Act.LAPSE, ADA) == "forbidden"


def test_P5_only_who_has_it_is_with_the_student() -> None:
    """Being with the student is said by the adult who acknowledged, not by a lead for them."""
    hers = Standing("school", State.ACKNOWLEDGED, "ada")
    assert judge(hers, Act.WITH_STUDENT, ADA) is State.WITH_STUDENT
    for other in (LIN, LEAD):
        assert judge(hers, Act.WITH_STUDENT, other) == "forbidden"
    assert judge(Standing("school", State.OPEN, "ada"), Act.WITH_STUDENT, ADA) == "changed"


def test_a_drill_ends_with_the_tap_that_answers_it() -> None:
    """Nobody writes an outcome for a drill, and it is chased like anything else until answered."""
    drill = Standing("school", State.OPEN, drill=True)
    assert judge(drill, Act.ACKNOWLEDGE, ADA) is State.RESOLVED
    assert judge(drill, Act.LOOK, ADA) is State.OPEN


def test_who_may_know_the_student_can_do_nothing_more() -> None:
    """After stepping aside every act is refused, also to a lead."""
    for state in State:
        standing = Standing("school", state, "ada", recused=frozenset({"ada", "lea"}))
        for act in Act:
            assert judge(standing, act, ADA) == judge(standing, act, LEAD) == "forbidden"


@pytest.mark.parametrize("state", State)
def test_only_a_lead_preserves_and_only_another_lead_lifts(state: State) -> None:
    """At any time, once each, without changing how it stands; a drill is nothing to preserve."""
    plain = Standing("school", state, "ada")
    kept = replace(plain, preserved_by="lin")
    assert judge(replace(plain, preserved_by=LEAD.id), Act.LIFT, LEAD) == "own_change"
    assert judge(plain, Act.PRESERVE, LEAD) is judge(kept, Act.LIFT, LEAD) is state
    assert judge(kept, Act.PRESERVE, LEAD) == judge(plain, Act.LIFT, LEAD) == "changed"
    assert judge(Standing("school", state, drill=True), Act.PRESERVE, LEAD) == "changed"
    for act, standing in ((Act.PRESERVE, plain), (Act.LIFT, kept)):
        assert judge(standing, act, ADA) == "forbidden"
        for role in STAFF_ROLES:
            allowed = role == "safeguarding_lead"
            assert (judge(standing, act, Actor("x", "school", role)) is state) == allowed


_ACTS = st.lists(st.tuples(st.sampled_from(Act), st.sampled_from([ADA, LIN, LEAD])), max_size=30)


@given(acts=_ACTS)
def test_no_way_leads_out_of_open_but_a_person_who_acknowledges(
    acts: list[tuple[Act, Actor]],
) -> None:
    """Any sequence of acts: resolved comes only after acknowledged, and is never left."""
    state, holder = State.OPEN, None
    for act, actor in acts:
        before = state
        if act is Act.LAPSE:
            state = lapsed(state)
        else:
            answer = judge(Standing("school", state, holder), act, actor)
            if isinstance(answer, State):
                state = answer
                holder = actor.id if act in (Act.ACKNOWLEDGE, Act.TAKE_OVER) else holder
        if before is State.OPEN and state is not before:
            assert (act, state) == (Act.ACKNOWLEDGE, State.ACKNOWLEDGED)
        if before is State.RESOLVED:
            assert state is State.RESOLVED


def test_words_fit_their_columns() -> None:
    """States, outcomes and roles fit the columns that keep them."""
    assert all(len(state) <= 12 for state in State)
    assert all(len(outcome) <= 16 for outcome in OUTCOMES)
    assert all(len(f"incident_{act}") <= 32 for act in Act)
    assert all(len(role) <= 24 for role in STAFF_ROLES)
