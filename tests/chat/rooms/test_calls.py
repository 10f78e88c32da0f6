"""What students are told about whom their words, or their peer's, have called."""

from __future__ import annotations

import pytest

from chat.frames import to_student
from chat.rooms.calls import Calls
from chat.rooms.effects import Send


def test_S10_a_call_is_told_until_somebody_is_there_who_answers_it() -> None:
    """A moderator in the room answers a call for a person, only an adult one for an adult."""
    calls = Calls(2)
    calls.adult(0, reachable=True)
    calls.came("moderator")
    assert calls.told == ["adult_coming", "peer_adult_coming"]
    calls.came("adult")
    assert calls.told == [None, None]
    calls.asked(1)
    calls.came("moderator")
    assert calls.told == [None, None]


def test_S10_whose_own_words_called_an_adult_keeps_that_card() -> None:
    """What the peer says after it takes nobody from the questions there, nor a restart."""
    calls, again = Calls(2), Calls(2)
    for seat in (0, 1):
        calls.adult(seat, reachable=True)
        again.before(seat, adult=True)
    assert calls.told == again.told == ["adult_coming", "adult_coming"]
    assert calls.own(0)
    assert not Calls(2).own(0)


def test_S10_whoever_waits_for_an_adult_hears_that_one_has_answered() -> None:
    """Once, each in words of their own; whoever was told of nobody hears nothing."""
    calls = Calls(2)
    assert calls.answered(0) == []
    calls.adult(0, reachable=True)
    assert calls.answered(0) == [
        Send(0, to_student.Notice("adult_answered")),
        Send(1, to_student.Notice("peer_adult_answered")),
    ]
    assert calls.answered(0) == []
    calls.came("adult")
    calls.asked(1)
    assert calls.answered(0) == []
    assert calls.answered(1) == [Send(1, to_student.Notice("adult_answered"))]


def test_S10_of_two_in_danger_only_whose_adult_answered_is_told() -> None:
    """The other waits for an adult of their own, also after a restart."""
    calls, again = Calls(2), Calls(2)
    for seat in (0, 1):
        calls.adult(seat, reachable=True)
    assert calls.answered(0) == [Send(0, to_student.Notice("adult_answered"))]
    again.before(1, adult=True)
    again.before(0, adult=True, answered=True)
    assert calls.told == again.told == ["adult_answered", "adult_coming"]
    assert calls.answered(1) == [Send(1, to_student.Notice("adult_answered"))]


def test_S10_asking_for_a_person_forgets_no_adult() -> None:
    """It is answered, and the adult whom their own words called is still on the way."""
    calls = Calls(2)
    calls.adult(0, reachable=True)
    for card in ("adult_coming", "adult_answered"):
        assert calls.asked(0) == [Send(0, to_student.Notice("help_asked"))]
        assert calls.told == [card, f"peer_{card}"]
        calls.answered(0)
    calls.asked(1)
    assert calls.told == ["adult_answered", "help_asked"]


def test_S9_nobody_is_promised_an_adult_who_cannot_be_reached() -> None:
    """Both hear the truth; who listened is told again, until somebody has it or it is over."""
    calls = Calls(2)
    assert calls.adult(0, reachable=False) == [
        Send(0, to_student.Notice("no_adult")),
        Send(1, to_student.Notice("peer_no_adult")),
    ]
    assert calls.told == [None, "peer_no_adult"]
    calls.over(go_on=(), here={0, 1})
    assert calls.told == [None, None]


def test_S9_beside_an_adult_in_the_room_it_is_not_said_that_nobody_can_answer() -> None:
    """Neither when more is said nor when a person is asked for; once they have gone it is."""
    calls = Calls(2)
    calls.came("adult")
    assert calls.adult(0, reachable=False) == []
    assert calls.in_vain(1) == [Send(1, to_student.Notice("help_asked"))]
    calls.went("moderator")
    assert calls.adult(0, reachable=False) == []
    calls.went("adult")
    assert calls.adult(0, reachable=False)[0] == Send(0, to_student.Notice("no_adult"))


def test_S9_once_somebody_can_be_reached_nobody_reads_that_nobody_can() -> None:
    """Who disclosed and who listened hear that an adult is called, who asked that they are heard.

    Once each, and also where another node knows who called; of an answered call nobody hears.
    """
    calls, asked, elsewhere = Calls(2), Calls(2), Calls(2)
    calls.adult(0, reachable=False)
    calls.in_vain(0)
    assert calls.found() == [
        Send(0, to_student.Notice("adult_coming")),
        Send(1, to_student.Notice("peer_adult_coming")),
    ]
    assert calls.found() == []
    asked.in_vain(0)
    asked.adult(1, reachable=False)
    asked.came("moderator")
    assert asked.vain == {1: True}
    asked.in_vain(0)
    assert asked.found()[-1] == Send(0, to_student.Notice("help_asked"))
    elsewhere.heard(1, "peer_no_adult")
    assert elsewhere.found() == [Send(1, to_student.Notice("peer_adult_coming"))]


def test_S9_who_asked_for_a_person_too_hears_of_a_peer_whom_another_node_told() -> None:
    """Once, and not where that node has told it already; what they asked for stands."""
    asked, told = Calls(2), Calls(2)
    for calls in (asked, told):
        calls.asked(1)
        calls.heard(1, "peer_no_adult")
    assert asked.found()[-1] == Send(1, to_student.Notice("peer_adult_coming"))
    assert asked.found() == []
    assert asked.told[1] == "help_asked"
    told.heard(1, "peer_adult_coming")
    assert told.found() == []


def test_S9_a_page_that_moves_is_told_what_the_records_say_of_a_call_made_in_vain() -> None:
    """What this node still knew of it, while the page was elsewhere, is no longer true."""
    here, in_vain = Calls(2), Calls(2)
    in_vain.adult(0, reachable=False)
    here.moved(0, in_vain)
    assert here.vain == {0: True}
    here.moved(0, Calls(2))
    assert here.vain == {}


def test_S9_what_is_called_in_vain_takes_back_an_earlier_promise() -> None:
    """Also one of which the page was told while it was elsewhere, and that a call is over."""
    asked, words, over, here = Calls(1), Calls(2), Calls(1), Calls(2)
    asked.asked(0)
    asked.in_vain(0)
    assert (asked.told, asked.vain) == ([None], {0: False})
    words.adult(0, reachable=True)
    words.in_vain(0)
    assert (words.told, words.vain) == ([None, "peer_adult_coming"], {0: True})
    assert words.found()[0] == Send(0, to_student.Notice("adult_coming"))
    over.asked(0)
    over.over((), ())
    over.in_vain(0)
    assert over.told == [None]
    here.adult(0, reachable=True)
    in_vain = Calls(2)
    in_vain.adult(0, reachable=False)
    here.moved(0, in_vain)
    assert (here.told[0], here.vain) == (None, {0: True})


def test_S9_whose_call_in_vain_is_finished_hears_it() -> None:
    """Else their page says that nobody can answer long after somebody can."""
    calls = Calls(1)
    calls.in_vain(0)
    assert calls.over((), [0]) == [Send(0, to_student.Notice("call_over"))]
    assert (calls.told, calls.vain) == ([None], {})
    calls.in_vain(0)
    assert calls.over((), ()) == [Send(0, to_student.Notice("call_over"))]
    assert calls.told == ["call_over"]


def test_S9_who_listened_hears_nothing_of_a_call_that_was_made_in_silence() -> None:
    """That somebody asked for a person is theirs to tell; an adult of one's own goes before."""
    calls = Calls(2)
    calls.in_vain(0)
    assert calls.answered(0) == [Send(0, to_student.Notice("adult_answered"))]
    calls = Calls(2)
    calls.adult(1, reachable=True)
    assert calls.adult(0, reachable=False) == [Send(0, to_student.Notice("no_adult"))]


@pytest.mark.parametrize("reachable", [False, True])
def test_S9_who_called_in_vain_hears_of_their_own_call_though_the_other_one_calls_too(
    *, reachable: bool
) -> None:
    """Both may have written that they cannot go on; what is told of the peer answers nothing."""
    calls = Calls(2)
    calls.adult(0, reachable=False)
    calls.adult(1, reachable=reachable)
    assert calls.answered(0)[0] == Send(0, to_student.Notice("adult_answered"))


def test_S9_who_was_told_that_nobody_can_answer_hears_once_somebody_has() -> None:
    """Everybody is called all the same; an adult in the room ends it, and whoever finishes it."""
    calls = Calls(2)
    calls.adult(0, reachable=False)
    assert calls.waits
    assert calls.answered(1) == []
    assert calls.answered(0) == [
        Send(0, to_student.Notice("adult_answered")),
        Send(1, to_student.Notice("peer_adult_answered")),
    ]
    assert calls.answered(0) == []
    calls.came("adult")
    assert not calls.waits
    calls.went("adult")
    assert calls.in_vain(1) == [Send(1, to_student.Notice("no_adult"))]
    calls.came("adult")
    assert calls.answered(1) == []
    calls.went("adult")
    calls.in_vain(0)
    assert calls.over(go_on={0}, here=()) == []
    assert calls.waits
    assert calls.over(go_on=(), here=[0]) == [Send(0, to_student.Notice("call_over"))]
    assert not calls.waits


def test_S10_an_answer_from_before_a_restart_is_not_forgotten() -> None:
    """Both students are told again as they were: called, or answered."""
    calls = Calls(2)
    calls.before(0, adult=True, answered=True)
    assert calls.told == ["adult_answered", "peer_adult_answered"]
    calls.before(1, adult=False)
    assert calls.told == ["adult_answered", "help_asked"]


def test_S10_who_asked_for_a_person_first_is_not_forgotten_for_a_peers_call() -> None:
    """They are told of it, and hear in the end that their own call was answered."""
    calls = Calls(2)
    calls.asked(1)
    assert calls.adult(0, reachable=True)[-1] == Send(1, to_student.Notice("peer_adult_coming"))
    assert calls.answered(0) == [Send(0, to_student.Notice("adult_answered"))]
    assert calls.answered(1) == [Send(1, to_student.Notice("adult_answered"))]


def test_S10_an_answer_that_holds_no_more_is_not_left_standing() -> None:
    """Nobody has it now: both hear that an adult is being called, as after a restart."""
    calls = Calls(2)
    calls.adult(0, reachable=True)
    assert calls.unanswered(0) == []
    calls.answered(0)
    assert calls.unanswered(1) == []
    assert calls.unanswered(0) == [
        Send(0, to_student.Notice("adult_coming")),
        Send(1, to_student.Notice("peer_adult_coming")),
    ]
    assert calls.unanswered(0) == []


def test_S10_what_another_node_told_of_a_peers_call_stands_here_too() -> None:
    """But whoever waits for somebody of their own waits on."""
    calls = Calls(2)
    calls.heard(0, "adult_here")
    assert calls.told == [None, None]
    calls.heard(0, "peer_adult_coming")
    assert calls.told == ["peer_adult_coming", None]
    assert calls.answered(1) == [Send(0, to_student.Notice("peer_adult_answered"))]
    calls.asked(1)
    calls.heard(1, "peer_adult_coming")
    assert calls.told == ["peer_adult_answered", "help_asked"]


def test_S9_a_call_that_is_finished_is_told_to_whoever_made_it() -> None:
    """Once, to whose page is not here when it comes; whoever waits for somebody else waits on."""
    calls = Calls(2)
    calls.asked(0)
    assert calls.over({0}, [0, 1]) == []
    assert calls.over((), [0, 1]) == [Send(0, to_student.Notice("call_over"))]
    assert (calls.over((), [0, 1]), calls.told) == ([], [None, None])
    calls.asked(0)
    calls.adult(1, reachable=True)
    assert calls.told == ["help_asked", "adult_coming"]
    assert calls.over({1}, [1]) == [Send(0, to_student.Notice("call_over"))]
    assert calls.told == ["call_over", "adult_coming"]
    assert calls.over({1}, [0, 1]) == []
    assert calls.told == [None, "adult_coming"]


def test_S10_who_was_told_of_a_peers_adult_hears_no_more_of_it() -> None:
    """Nobody is on the way, and they had called nobody."""
    calls = Calls(2)
    calls.adult(0, reachable=True)
    assert calls.over((), [0, 1]) == [Send(0, to_student.Notice("call_over"))]
    assert calls.told == [None, None]


def test_S10_who_says_more_while_an_adult_has_it_reads_on_that_one_has_answered() -> None:
    """Nobody is called for it; were somebody, the records say that no one has it any more."""
    calls = Calls(2)
    calls.adult(0, reachable=True)
    calls.answered(0)
    for reachable in (True, False):
        assert calls.adult(0, reachable=reachable) == []
    assert calls.told == ["adult_answered", "peer_adult_answered"]
    assert calls.unanswered(0)[0] == Send(0, to_student.Notice("adult_coming"))
