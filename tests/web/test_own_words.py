"""The document of what one student wrote: what stands in it, what never does; it does nothing."""

from __future__ import annotations

import re
from zoneinfo import ZoneInfo

from moderation.incidents.exports import Shown, WordsFile
from moderation.incidents.own_words import Chat, Line, OwnWords
from moderation.records.own_words import StoredBar
from moderation.records.vault import UNREADABLE
from tests.web.test_case_file import HOSTILE, PHONE, WISH, Read, _said
from web import own_words
from web.answers import Pages

MINUTE = 60_000


def _file(*lines: Line, words: bool = True) -> WordsFile:
    chat = Chat(0, "Otter", "mood", 0, 10 * MINUTE, None, words, lines)
    asked = {"code": "EXP-2345", "incident": None, "state": "handed", "is_open": False}
    asked |= {
        "with_peer": False,
        "erase": False,
        "why": "a request",
        "requester": "Lee",
        "mine": True,
    }
    asked |= {"requested_at": 0, "expires_at": 0, "answerer": "Sue", "answered_at": 0}
    export = Shown(**asked, handed_at=0, steps=())  # type: ignore[arg-type]
    kept = OwnWords([chat], [StoredBar(0, 90 * MINUTE, None)])
    return WordsFile(kept, export, ZoneInfo("Europe/London"), 0)


def _document(file: WordsFile) -> str:
    return Pages("Elm School", ()).text(own_words.FORM, **own_words.values(file))


def _words(*lines: Line, words: bool = True) -> str:
    return " ".join(Read(_document(_file(*lines, words=words))).words.split())


def test_it_says_what_they_wrote_and_what_was_decided() -> None:
    """With what was noticed, what a moderator did, each bar, and who let it out."""
    line = Line(MINUTE, _said(0, "i want to die", WISH, state="withheld"), [(2 * MINUTE, "bar")])
    found = _words(line)
    assert "You , 01 Jan 1970, 01:01, not delivered" in found
    assert "possible suicide risk" in found
    assert "kept a student out of the chat for a while" in found
    assert "until 01 Jan 1970, 02:30" in found
    assert "asked for by Lee" in found
    assert "agreed to by Sue" in found


def test_the_other_student_is_a_mark() -> None:
    """That they spoke, and when; neither their words nor their name."""
    found = _words(Line(MINUTE, None))
    assert f"The other student , 01 Jan 1970, 01:01 {own_words.PEER}" in found
    assert "Heron" not in found


def test_staff_have_no_name_in_it() -> None:
    """What they said to this student, as moderator or as the school's adult."""
    found = _words(Line(0, _said(21, "where are you?", state="told")))
    assert "School adult , 01 Jan 1970, 01:00 where are you?" in found


def test_what_a_rule_found_to_say_who_somebody_is_is_hidden() -> None:
    """In their own words too, as in a case."""
    found = _words(Line(0, _said(0, "call me 07700123", PHONE)))
    assert "07700" not in found
    assert "call me [hidden]" in found


def test_what_cannot_be_read_says_so() -> None:
    """Deleted, damaged, or a whole chat of which nothing is left."""
    assert own_words.GONE in _words(Line(0, _said(0, None, WISH)), words=False)
    assert str(UNREADABLE) in _words(Line(0, _said(0, str(UNREADABLE), PHONE)))
    assert "nothing was noticed in them" in _words(words=False)


def test_times_are_to_the_minute() -> None:
    """So that nobody can lay two documents beside each other and match the lines."""
    found = _words(Line(61_234, _said(0, "hello")))
    assert not re.search(r"\d\d:\d\d:\d\d", found)


def test_nothing_in_it_runs_or_leads_anywhere() -> None:
    """Whatever was written stands there as text."""
    read = Read(_document(_file(Line(0, _said(0, HOSTILE)))))
    assert HOSTILE in read.words
    assert not read.tags & {"script", "img", "a", "form", "iframe", "link", "object"}


def test_the_name_of_the_file_is_the_requests_code() -> None:
    """Made of nothing that anybody wrote."""
    assert own_words.name(_file()) == "peerline-words-EXP-2345.html"
