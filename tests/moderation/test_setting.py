"""What somebody talks about makes some things weigh less, and never the gravest."""

from __future__ import annotations

import pytest

from moderation.conversation import ConversationState, Heard, Seat
from moderation.linear.signals import STRONG
from moderation.rules import LexiconError, Setting, setting_of
from moderation.setting import NOT_EASED, eased, easing, lightened
from moderation.terms import Attention, Category, Delivery, Finding
from tests.moderation.judging import shared_judge

TOLD = Heard(1, "about_game", 0)
GAME = Setting("game", "about_game", frozenset({Category.HARM_TO_OTHERS}), 2)
HARM = frozenset({Category.HARM_TO_OTHERS})
DEATH = frozenset({Category.SUICIDE})


def _found(
    signal: str,
    attention: Attention = Attention.QUEUE,
    category: Category = Category.HARM_TO_OTHERS,
    detector: str = "phrases",
) -> Finding:
    return Finding(category, attention, Delivery.HOLD, detector, "rule", signal=signal)


def test_a_setting_lasts_for_a_few_messages_of_its_speaker() -> None:
    """What was said before counts for all, this message's own words for what builds up."""
    said = _found("about_game", Attention.NONE)
    assert easing([GAME], [said], None) == (frozenset(), HARM)
    assert easing([GAME], [], None) == NOT_EASED
    assert easing([GAME], [], Seat(turns=2, signals=[TOLD])) == (HARM, HARM)
    assert easing([GAME], [], Seat(turns=3, signals=[TOLD])) == NOT_EASED


def test_a_strong_or_urgent_score_is_eased_by_nothing() -> None:
    """Where the score is sure, it does not matter what is talked about."""
    before = Seat(turns=2, signals=[TOLD])
    for signal in (STRONG, "urgent_harm"):
        assert easing([GAME], [_found(signal, detector="linear")], before) == NOT_EASED


def test_the_score_counts_as_middling_and_is_held_no_more() -> None:
    """What it would queue by itself only counts beside other signs."""
    (seen,) = eased([_found("linear_harm", detector="linear")], HARM, frozenset())
    assert (seen.attention, seen.delivery) == (Attention.NONE, Delivery.DELIVER)
    assert (seen.signal, seen.rule) == ("weak_harm", "weak.harm")


def test_signs_fall_silent_but_for_the_one_that_tells_the_setting() -> None:
    """A rule that disturbs nobody, or queues what is no cry for help, says nothing more."""
    signs = [_found("threat_bare"), _found("weapon_near", Attention.NONE)]
    assert [seen.signal for seen in eased(signs, HARM, frozenset())] == ["", ""]
    told = [_found("about_game", Attention.NONE)]
    assert eased(told, HARM, frozenset()) == told


def test_pages_sure_rules_and_cries_for_help_stay() -> None:
    """Nothing that a rule knows to be grave is eased, nor what another category says."""
    page, queued = _found("threat", Attention.PAGE), _found("threat")
    cry = _found("hopeless", category=Category.SUICIDE)
    assert eased([page], HARM, frozenset()) == [page]
    assert eased([queued], HARM, frozenset({"rule"})) == [queued]
    assert eased([cry], DEATH, frozenset()) == [cry]
    assert eased([cry, queued], frozenset(), frozenset()) == [cry, queued]


def test_what_built_up_is_one_step_lower() -> None:
    """A page becomes an item, an item becomes nothing."""
    page, item = _found("", Attention.PAGE), _found("")
    assert [one.attention for one in lightened([page, item], HARM)] == [1, 0]
    assert lightened([page], DEATH) == [page]


def test_a_setting_says_what_it_eases() -> None:
    """A word that is no category, or a window that is no number, is refused."""
    with pytest.raises(LexiconError):
        setting_of({"id": "game", "signal": "about_game", "eases": ["weather"]})
    with pytest.raises(LexiconError):
        setting_of({"id": "game", "signal": "about_game", "eases": [], "window": "long"})


def test_things_given_away_in_a_move_disturb_nobody() -> None:
    """The same words after nothing at all do."""
    given = "gave my bike to the kid next door"
    state = ConversationState()
    shared_judge().judge_turn("last week in this house", state, 0)
    assert not shared_judge().judge_turn(given, state, 0).attention
    assert shared_judge().judge(given).attention
