import pytest
from hypothesis import given
from hypothesis import strategies as st

from moderation.incidents.gravity import (
    ATTEMPT,
    BROUGHT,
    QUIET_MS,
    UNATTENDED,
    anew,
    graver,
    heard_in,
)
from moderation.terms import Attention, Category, Decision, Delivery, Finding
from tests.moderation.judging import shared_judge


def _found(attention: Attention, signal: str = "") -> Decision:
    found = Finding(Category.SUICIDE, attention, Delivery.DELIVER, "phrases", "r", signal=signal)
    return Decision(attention, Delivery.DELIVER, (found,), "", "1")


def test_an_attempt_is_a_class_of_its_own() -> None:
    """What calls an adult because somebody tried to die is told as that, a mere sign is not."""
    assert heard_in(shared_judge().judge("i took them all")) == ATTEMPT
    assert heard_in(shared_judge().judge("i want to kill myself")) == Category.SUICIDE
    assert heard_in(_found(Attention.PAGE, "attempt")) == ATTEMPT
    assert heard_in(_found(Attention.QUEUE, "attempt")) == Category.SUICIDE
    assert heard_in(Decision(Attention.PAGE, Delivery.HOLD, (), "", "1")) == Category.FAULT


@pytest.mark.parametrize(
    ("known", "heard", "quiet", "told"),
    [
        (Category.SUICIDE, ATTEMPT, 0, True),
        (UNATTENDED, Category.SELF_HARM, 0, True),
        (Category.SUICIDE, Category.SUICIDE, QUIET_MS - 1, False),
        (Category.SUICIDE, Category.SUICIDE, QUIET_MS, True),
        (ATTEMPT, Category.SUICIDE, 0, False),
        (ATTEMPT, UNATTENDED, QUIET_MS, True),
        (ATTEMPT, BROUGHT, QUIET_MS, False),
        (Category.SUICIDE, ATTEMPT, -5_000, True),
    ],
)
def test_P12_the_holder_is_called_anew_by_what_is_graver_or_by_more_after_a_quiet(
    known: str, heard: str, quiet: int, *, told: bool
) -> None:
    """More of the same calls nobody, nor does a receipt, which staff hand in."""
    assert anew(known, heard, quiet) is told


@given(st.sampled_from([ATTEMPT, *Category]), st.lists(st.sampled_from([ATTEMPT, *Category])))
def test_P12_one_incident_calls_anew_no_oftener_than_there_are_classes(
    known: str, heard: list[str]
) -> None:
    """Without a quiet in between, however much is said, the class only rises."""
    told = 0
    for each in heard:
        told += anew(known, each, 0)
        known = graver(known, each)
    assert told <= len(Category)
