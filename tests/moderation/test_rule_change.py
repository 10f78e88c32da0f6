from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from moderation.roles import Action, Role, may
from moderation.rule_change import STEPS, State, open_steps, stepped

LEAD, LEADER = Role.SAFEGUARDING_LEAD, Role.SENIOR_LEADER


def test_the_way_of_a_change_passes_shadow_and_two_people() -> None:
    """Proposed by one, approved and put in force by another, ended by either."""
    assert stepped(State.PROPOSED, "second", "lee", "sue", LEADER) is State.SHADOW
    assert stepped(State.SHADOW, "live", "lee", "sue", LEADER) is State.LIVE
    for state in (State.PROPOSED, State.SHADOW, State.LIVE):
        assert stepped(state, "end", "lee", "lee", LEAD) is State.ENDED


@given(st.sampled_from(list(State)), st.sampled_from(STEPS), st.sampled_from(list(Role)))
def test_nobody_brings_their_own_change_further(state: State, step: str, role: Role) -> None:
    """Whatever the role, the proposer can only end it, and others need the right to agree."""
    own = stepped(state, step, "lee", "lee", role)  # type: ignore[arg-type]
    assert own in ("own_change", "forbidden", "changed", State.ENDED)
    other = stepped(state, step, "lee", "sue", role)  # type: ignore[arg-type]
    if not (may(role, Action.SECOND) or may(role, Action.PROPOSE_RULES)):
        assert other == "forbidden"


@pytest.mark.parametrize(
    ("state", "step"),
    [(State.PROPOSED, "live"), (State.LIVE, "second"), (State.ENDED, "end"), (State.ENDED, "live")],
)
def test_no_step_is_left_out_or_taken_twice(state: State, step: str) -> None:
    """What was decided meanwhile is answered as changed."""
    assert stepped(state, step, "lee", "sue", LEAD) == "changed"  # type: ignore[arg-type]


def test_the_steps_that_are_offered_are_those_that_work() -> None:
    """A moderator is offered none, the proposer only the end."""
    assert open_steps(State.PROPOSED, "lee", "lee", LEAD) == ["end"]
    assert open_steps(State.PROPOSED, "lee", "sue", LEADER) == ["second", "end"]
    assert open_steps(State.LIVE, "lee", "sue", LEADER) == ["end"]
    assert open_steps(State.PROPOSED, "lee", "mo", Role.MODERATOR) == []
