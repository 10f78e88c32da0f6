from __future__ import annotations

import sys
from dataclasses import replace

import msgspec
import pytest

from moderation.conversation import (
    AGAIN,
    MOST_PIECES,
    MOST_SIGNALS,
    OTHER_LANGUAGE,
    ConversationState,
    built_up,
    joined_pieces,
    not_again,
    remember,
    told_of_it,
    within_reach,
)
from moderation.rules import Composite
from moderation.terms import Attention, Category, Delivery, Finding
from tests.moderation.judging import shared_judge


def _sign(signal: str) -> Finding:
    return Finding(
        Category.SUICIDE, Attention.NONE, Delivery.DELIVER, "test", signal, signal=signal
    )


def _pair(*, window: int = 3, repeat: bool = False) -> Composite:
    return Composite(
        "pair",
        Category.SUICIDE,
        Attention.PAGE,
        Delivery.DELIVER,
        frozenset({"wish", "goodbye", "asked_plan"}),
        frozenset({"wish"}),
        2,
        window,
        repeat,
    )


def test_two_different_signs_in_one_message_make_a_finding() -> None:
    """A wish and a goodbye together are more than either."""
    assert built_up([_pair()], [_sign("wish"), _sign("goodbye")], None)


def test_what_builds_up_rests_on_signs_that_are_not_explained() -> None:
    """Neither what is said now nor what was said before counts where it is explained."""
    state = ConversationState()
    remember(state, 0, "x" * 40, [_sign("wish")])
    parting, before = [_sign("goodbye")], state.seats[0]
    assert built_up([_pair()], parting, before)
    assert not built_up([_pair()], parting, before, {"wish"})
    assert not built_up([_pair()], parting, before, {"goodbye"})


def test_a_score_that_can_wait_adds_up_only_with_other_messages() -> None:
    """A sign in the same message does not count with it; one that was said before does."""
    score, waits, state = _sign("wish"), _sign("waits"), ConversationState()
    parting = msgspec.structs.replace(_sign("goodbye"), start=5, end=12)
    assert built_up([_pair()], [score, parting], state.seats[0])
    assert not built_up([_pair()], [score, waits, parting], state.seats[0])
    remember(state, 0, "x" * 40, [parting, waits])
    assert built_up([_pair()], [score, waits], state.seats[0])
    assert [one.name for one in state.seats[0].signals] == ["goodbye"]


def test_the_same_sign_twice_is_one_sign() -> None:
    """Saying one thing in two ways does not make it two signs."""
    assert not built_up([_pair()], [_sign("wish"), _sign("wish")], None)


def test_a_sign_fades_after_its_window_of_turns() -> None:
    """What was said too many turns ago no longer counts."""
    state = ConversationState()
    remember(state, 0, "x" * 40, [_sign("wish")])
    for _ in range(2):
        remember(state, 0, "x" * 40, [])
    assert built_up([_pair()], [_sign("goodbye")], state.seats[0])
    remember(state, 0, "x" * 40, [])
    assert not built_up([_pair()], [_sign("goodbye")], state.seats[0])


def test_a_message_is_held_against_what_its_signs_could_make() -> None:
    """Composites without any of them, or short of others that were heard, are left out."""
    pairs = [_pair(), _pair(window=1)]
    both = frozenset({"wish", "goodbye", "rain"})
    assert within_reach(pairs, frozenset({"wish", "rain"}), both) == tuple(pairs)
    assert within_reach(pairs, frozenset({"wish"}), frozenset({"wish", "rain"})) == ()
    assert within_reach(pairs, frozenset({"rain"}), both) == ()


def test_what_is_repeated_is_within_reach_by_one_name() -> None:
    """A sign heard before may count twice, but never without the core."""
    again, wish = _pair(repeat=True), frozenset({"wish"})
    assert within_reach([again], wish, wish) == (again,)
    assert within_reach([replace(again, core=frozenset({"goodbye"}))], wish, wish) == ()


def test_memory_of_a_room_is_bounded() -> None:
    """However long a room lasts, its state stays below one KiB of content."""
    state = ConversationState()
    for turn in range(500):
        remember(state, turn % 2, f"short {turn}", [_sign("wish"), _sign("goodbye")])
    for seat in state.seats:
        assert len(seat.signals) <= MOST_SIGNALS
        assert len(seat.pieces) <= MOST_PIECES
        assert sum(sys.getsizeof(piece) - sys.getsizeof("") for piece in seat.pieces) < 512


def test_only_short_messages_are_pieces() -> None:
    """A sentence ends the run of pieces, so ordinary talk is not read twice."""
    state = ConversationState()
    remember(state, 0, "077", [])
    assert joined_pieces(state.seats[0], "00") == "077 00"
    remember(state, 0, "this is a whole sentence about something else", [])
    assert joined_pieces(state.seats[0], "00") == ""


def test_a_question_is_remembered_for_the_one_who_is_asked() -> None:
    """A helper's question counts with the answer, not with the helper's own words."""
    state = ConversationState()
    remember(state, 0, "x" * 40, [_sign("asked_plan")])
    assert built_up([_pair()], [_sign("wish")], state.seats[1])
    assert not built_up([_pair()], [_sign("wish")], state.seats[0])
    assert not built_up([_pair()], [_sign("wish"), _sign("asked_plan")], None)


_UNNAMED = {
    "a child that runs a home": (
        ("A", "i do my sisters tea and her spellings"),
        ("A", "mum is in bed most days"),
        ("A", "we eat when theres something in the fridge"),
    ),
    "mockery that goes on": (
        ("A", "m-m-my name is"),
        ("B", "stop it"),
        ("A", "t-t-the b-b-but"),
    ),
    "a threat that names way and company": (
        ("A", "i know the route he walks home"),
        ("A", "three of us will be waiting"),
        ("A", "my cousins bringing something"),
    ),
    "luring behind a door": (
        ("A", "does age matter to you sweetheart"),
        ("A", "is your door shut"),
        ("A", "rules are for people who mean harm"),
    ),
}


@pytest.mark.parametrize("turns", _UNNAMED.values(), ids=_UNNAMED)
def test_what_nobody_names_builds_up_over_turns(turns: tuple[tuple[str, str], ...]) -> None:
    """No turn need disturb anybody, and the last one does."""
    state = ConversationState()
    decisions = [shared_judge().judge_turn(text, state, "AB".index(who)) for who, text in turns]
    assert not decisions[0].attention
    assert decisions[-1].attention
    assert not shared_judge().judge(turns[-1][1]).attention


def test_the_same_words_again_are_no_new_sign() -> None:
    """Whoever repeats a sentence said it once, lately; another sentence with the sign counts."""
    state = ConversationState()
    faint = replace(_pair(window=10, repeat=True), count=3)
    for _ in range(3):
        remember(state, 0, "he keeps taking my charger", [_sign("wish")])
    assert [one.turn for one in state.seats[0].signals] == [3]
    assert not built_up([faint], [_sign("wish")], state.seats[0])
    remember(state, 0, "and he never gives it back", [_sign("wish")])
    assert built_up([faint], [_sign("wish")], state.seats[0])


def test_another_language_is_told_of_anew_after_a_while() -> None:
    """Messages of either count, and those of which nobody was told put it off no further."""
    state = ConversationState()
    assert not told_of_it(state)
    remember(state, 0, "x" * 40, [_sign(OTHER_LANGUAGE)])
    for turn in range(AGAIN):
        assert told_of_it(state)
        remember(state, turn % 2, "x" * 40, not_again([_sign(OTHER_LANGUAGE)]))
    assert not told_of_it(state)


def test_what_is_not_told_again_stays_on_record() -> None:
    """The language disturbs nobody a second time; whatever else was found is as before."""
    wish = _sign("wish")
    language = msgspec.structs.replace(_sign(OTHER_LANGUAGE), attention=Attention.QUEUE)
    first, second = not_again([wish, language])
    assert first == wish
    assert (second.rule, second.attention, second.signal) == (
        OTHER_LANGUAGE,
        Attention.NONE,
        "",
    )
