"""What somebody talks about makes some things weigh less, and never the gravest."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from moderation.conversation import ConversationState, Seat
from moderation.linear.signals import STRONG
from moderation.rulebook import LEXICON, load
from moderation.rules import GRAVE, LexiconError, Setting, setting_of
from moderation.setting import NOT_EASED, NOTHING, Eased, eased, easing, told_lately
from moderation.terms import Attention, Category, Delivery, Finding
from tests.moderation.judging import shared_judge

TOLD = {"about_game": 1}
GAME = Setting("game", "about_game", frozenset({Category.HARM_TO_OTHERS}), NOTHING, 2)
PARTING = frozenset({"goodbye", "linear_self", "urgent_self"})
MOVE = Setting("move", "about_move", frozenset(), PARTING, 2)
WINDOWS = {GAME.signal: GAME.window, MOVE.signal: MOVE.window}
HARM = Eased(frozenset({Category.HARM_TO_OTHERS}), NOTHING, NOTHING)
DEATH = Eased(frozenset({Category.SUICIDE}), NOTHING, NOTHING)
MOVING = Eased(frozenset(), PARTING, PARTING)


def _found(
    signal: str,
    attention: Attention = Attention.QUEUE,
    category: Category = Category.HARM_TO_OTHERS,
    detector: str = "phrases",
) -> Finding:
    return Finding(category, attention, Delivery.HOLD, detector, "rule", signal=signal)


def test_a_setting_lasts_for_a_few_messages_of_its_speaker() -> None:
    """Not from the message on that is one too many."""
    assert told_lately(WINDOWS, []) == NOTHING
    assert told_lately(WINDOWS, [Seat(turns=2, about=TOLD)]) == {"about_game"}
    assert told_lately(WINDOWS, [Seat(turns=3, about=TOLD)]) == NOTHING


def test_a_setting_told_by_either_counts_for_both() -> None:
    """It lasts for as many messages of whoever told it last, however many the other writes."""
    teller, other = Seat(turns=2, about=TOLD), Seat(turns=9)
    assert told_lately(WINDOWS, [other, teller]) == {"about_game"}
    over = Seat(turns=9, about=TOLD)
    assert told_lately(WINDOWS, [over, teller]) == {"about_game"}
    assert told_lately(WINDOWS, [over, other]) == NOTHING


def test_a_setting_told_before_eases_and_one_told_now_explains() -> None:
    """What was said before eases; this message's own words explain only what builds up."""
    assert easing([GAME], NOTHING, {"about_game"}) == NOT_EASED
    assert easing([GAME], {"about_game"}, NOTHING) == HARM
    assert easing([MOVE], NOTHING, {"about_move"}) == Eased(frozenset(), NOTHING, PARTING)
    assert easing([MOVE], {"about_move"}, {"about_move"}) == MOVING
    assert easing([GAME, MOVE], {"about_game"}, {"about_move"}) == HARM._replace(explained=PARTING)


def test_a_strong_or_urgent_score_is_eased_by_nothing() -> None:
    """Where the score is sure, it does not matter what is talked about."""
    for signal in (STRONG, "urgent_harm"):
        assert easing([GAME], {"about_game"}, {signal}) == NOT_EASED


def test_an_urgent_score_that_is_explained_is_queued_and_a_strong_one_is_not_eased() -> None:
    """One step less than a page, which only the strongest score is alone."""
    urgent = _found("urgent_self", category=Category.SUICIDE, detector="linear")
    assert easing([MOVE], {"about_move"}, {"urgent_self"}) == MOVING
    assert easing([MOVE], {"about_move"}, {"urgent_self", STRONG}) == NOT_EASED
    (seen,) = eased([urgent], MOVING, frozenset())
    assert (seen.attention, seen.signal) == (Attention.QUEUE, "")


def test_what_is_explained_weighs_one_step_less_and_counts_with_nothing() -> None:
    """A page of parting words becomes an item, an item nothing; a sure rule stays a page."""
    cry = Category.SUICIDE
    page, item = _found("goodbye", Attention.PAGE, cry), _found("goodbye", category=cry)
    seen = eased([page, item], MOVING, frozenset())
    assert [(one.attention, one.signal) for one in seen] == [(1, ""), (0, "")]
    assert eased([page], MOVING, frozenset({"rule"})) == [page]


def test_nothing_explains_what_is_grave() -> None:
    """A setting that would is refused; none that is shipped does."""
    with pytest.raises(LexiconError):
        setting_of({"id": "move", "signal": "about_move", "explains": ["goodbye", "means"]})
    for setting in shared_judge().book.settings:
        assert not setting.explains & GRAVE


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
    assert eased([cry, queued], NOT_EASED, frozenset()) == [cry, queued]


def test_a_signal_tells_one_setting_alone(tmp_path: Path) -> None:
    """For two there could be two windows."""
    folder = tmp_path / "lexicon"
    shutil.copytree(LEXICON, folder)
    with (folder / "composites.toml").open("a") as file:
        file.write('[[setting]]\nid = "again"\nsignal = "about_move"\n')
    with pytest.raises(LexiconError, match="another is told by 'about_move'"):
        load(folder)


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


def test_what_is_remembered_of_a_message_is_eased_only_where_its_setting_was_told() -> None:
    """Said again in a move and again without one, a faint sign is heard as if it were new."""
    judge, faint = shared_judge(), "i will be gone before the test"
    room, moving = ConversationState(), ConversationState()
    judge.judge_turn("we are moving to leeds", moving, 0)
    alone, eased_, again = (judge.judge_turn(faint, at, 0) for at in (room, moving, room))
    assert [one.signal for one in alone.findings] == ["absence", "weak_self"]
    assert [one.signal for one in eased_.findings] == ["absence", ""]
    assert again == alone


def _said(*turns: str) -> list[Attention]:
    """What each turn of two people who take turns leads to."""
    state = ConversationState()
    judge = shared_judge()
    return [judge.judge_turn(text, state, at % 2).attention for at, text in enumerate(turns)]


def test_parting_in_a_move_that_the_other_names_pages_nobody() -> None:
    """The same words without the move do."""
    talk = "i gave my fish to the lady at 14", "aw", "said goodbye to my wall. so calm about it"
    assert max(_said(talk[0], "so when are you moving to leeds", talk[2])) < Attention.PAGE
    assert max(_said(*talk)) == Attention.PAGE


@pytest.mark.parametrize(
    "grave",
    [
        "i saved up my nans tablets for sunday",
        "im going to kill myself tonight",
        "i hope i wont wake up. everyone is better off without me",
        "yo me voy a matar esta noche",
    ],
)
def test_what_is_grave_pages_in_every_setting(grave: str) -> None:
    """Means, intent, and the wish not to wake beside being a burden."""
    for told in ("we are moving to leeds", "its a surprise party", "my operation is tomorrow"):
        assert _said(told, "oh", grave)[-1] == Attention.PAGE, told
        assert _said("hi", told, grave)[-1] == Attention.PAGE, told
