"""The document a case becomes: what stands in it, what never does, and that it does nothing."""

from __future__ import annotations

from html.parser import HTMLParser
from zoneinfo import ZoneInfo

import msgspec
import pytest

from moderation.incidents.case import Case, Noted, Said, Waited
from moderation.incidents.exports import CaseFile, Shown
from moderation.incidents.incident import State
from moderation.incidents.record import Record
from moderation.records.audit import ShownEntry
from moderation.records.cases import StoredPage
from moderation.records.vault import UNREADABLE
from moderation.terms import Attention, Category, Delivery, Finding, Text
from web import case_file
from web.answers import Pages

PHONE = Finding(Category.IDENTITY, Attention.NONE, Delivery.REDACT, "contact", "phone", 8, 16)
WISH = Finding(Category.SUICIDE, Attention.PAGE, Delivery.DELIVER, "phrases", "wish", 0, 7)
HOSTILE = "<script>alert(1)</script><img src=x onerror=alert(1)>\"'{{ 7*7 }}</dd></style>"


def _said(seat: int, text: str | None, *findings: Finding, **given: object) -> Said:
    found = msgspec.json.encode(findings).decode() if findings else None
    attention = max((one.attention for one in findings), default=Attention.NONE)
    handle = {0: "Otter", 1: "Heron"}.get(seat, "School adult")
    words = None if text is None else Text(text)
    base = {"state": "released", "attention": attention, "findings": found, "said_at": 2_000}
    return Said(**{"seat": seat, "handle": handle, "text": words, **base, **given})


SAID = (
    _said(1, "how are you?"),
    _said(0, "call me 07700123 because i want to die", PHONE, WISH),
    _said(20, "I am here for both of you"),
    _said(22, "you did the right thing", state="told"),
    _said(21, "where are you now?", state="told"),
    _said(1, "reach me 07700456", PHONE),
)


def _file(*, with_peer: bool = False, why: str = "the court asked", **given: object) -> CaseFile:
    base = dict.fromkeys(Case.__dataclass_fields__)
    known = {"code": "ABC-2345", "kind": "possible suicide risk", "state": State.RESOLVED}
    known |= {"count": 2, "opened_at": 3_000, "seat": 0, "conversation": SAID, "holder": "Dana"}
    known |= {"acknowledged_at": 60_000, "resolver": "Dana", "resolved_at": 90_000}
    known |= {"outcome": "spoken_to", "notes": (Noted("Dana", 70_000, Text("rang the tutor")),)}
    known |= {"record": Record("a message", "we talked", "the lead", "it was serious")}
    known |= {"pages": (StoredPage("Dana", "mail", "seen", 1, 4_000, 5_000, None, 6_000),)}
    known |= {"waited": (Waited("report", 1_000, None, sent_on=True),)}
    case = Case(**{**base, **known, **given})
    asked = {"code": "EXP-2345", "incident": "ABC-2345", "state": "handed", "is_open": False}
    asked |= {"with_peer": with_peer, "erase": False, "why": why, "requester": "Lee", "mine": True}
    asked |= {"requested_at": 100_000, "expires_at": 0, "answerer": "Sue", "answered_at": 110_000}
    export = Shown(**asked, handed_at=120_000, steps=())
    acts = [ShownEntry(n, 60_000, "Dana", act, "ABC-2345") for n, act in enumerate(ACTS)]
    return CaseFile(case, export, [export], acts, ZoneInfo("Europe/London"), 120_000)


ACTS = ("incident_look", "incident_acknowledge", "lapse", "incident_resolve", "something_else")


def _document(file: CaseFile) -> str:
    return Pages("Elm School", ()).text("case_file.html", **case_file.values(file))


class Read(HTMLParser):
    """Which elements and attributes a document has, and the words it shows."""

    def __init__(self, document: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: set[str] = set()
        self.words = ""
        self.feed(document)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attrs}

    def handle_data(self, data: str) -> None:
        self.words += " ".join(data.split()) + "\n"


def test_everything_a_file_needs_stands_in_it() -> None:
    """Code, class, times, pages, who took it, notes, outcome, record, who asked and agreed."""
    words = Read(_document(_file())).words
    for part in (
        "Case ABC-2345: possible suicide risk",
        "Elm School. Times are those of Europe/London.",
        "01 Jan 1970, 01:00:03; came up 2 times",
        "An adult has spoken with the student (Dana, 01 Jan 1970, 01:01:30)",
        "Possible suicide risk: rule wish of phrases",
        "rang the tutor",
        "it was serious",
        ", mail: 01 Jan 1970, 01:00:04, seen; sent 01 Jan 1970, 01:00:05; seen",
        "took it",
        "everybody was paged again",
        "EXP-2345: asked for by Lee",
        "because: “the court asked”",
        "agreed to by Sue",
    ):
        assert part in words, part
    assert "something_else" not in words
    assert "incident_look" not in words


def test_where_no_message_paged_it_says_what_waited() -> None:
    """Who looked, or that nobody did, and since when; else what it is called is all there is."""
    calm = (_said(0, "a quiet word"),)
    waited = _document(_file(conversation=calm))
    assert "A moderator looked at a student’s report about the other one" in waited
    nobody = _file(conversation=calm, waited=(Waited("help", 1_000, None, sent_on=False),))
    assert "a student who asked for a person waited for a moderator" in _document(nobody)
    bare = Read(_document(_file(conversation=calm, waited=()))).words
    assert "Possible suicide risk.\n" in bare


def test_the_other_students_words_are_left_out() -> None:
    """Theirs, and what staff wrote to them alone; who spoke when stays, and so does all else."""
    document = _document(_file())
    for gone in ("how are you?", "you did the right thing", "reach me"):
        assert gone not in document
    for stays in ("because i want to die", "I am here for both of you", "where are you now?"):
        assert stays in document
    assert document.count(str(case_file.LEFT_OUT)) == 3
    assert document.count("<strong>Heron</strong>") == 2


def test_by_a_choice_both_students_words_stand_in_it() -> None:
    """And the document says so where they begin."""
    document = _document(_file(with_peer=True))
    for stays in ("how are you?", "you did the right thing", "because i want to die"):
        assert stays in document
    assert str(case_file.LEFT_OUT) not in document
    assert "The other student is a child as well" in document


@pytest.mark.parametrize("with_peer", [True, False])
def test_details_of_who_somebody_is_are_hidden_whoever_wrote_them(*, with_peer: bool) -> None:
    """What a rule found is hidden in every line; and once more where the line is the reason."""
    document = _document(_file(with_peer=with_peer))
    assert "07700" not in document
    assert document.count("call me [hidden] because i want to die") == 2


def test_where_nobody_knows_whose_case_it_is_both_are_left_out() -> None:
    """Of two students one of whom is the other one, neither is shown unasked."""
    document = _document(_file(seat=None))
    assert "i want to die" not in document
    assert "Nobody knows which of the two students this case is about" in document
    assert "i want to die" in _document(_file(with_peer=True, seat=None))


def test_what_a_left_out_message_was_flagged_for_is_left_out_too() -> None:
    """A category tells of a child as well as their words do."""
    file = _file(conversation=(_said(1, "i want to die", WISH),), waited=())
    assert "rule wish" not in _document(file)


def test_purged_and_damaged_words_are_said_to_be() -> None:
    """A case outlives its words; the document is whole without them."""
    gone = (_said(0, None, WISH), _said(1, None), _said(0, str(UNREADABLE)))
    document = _document(_file(conversation=gone))
    assert document.count("These words were deleted when their time was over.") == 3
    assert str(UNREADABLE) in document
    empty = _file(conversation=(), waited=(), notes=(), pages=(), record=None, state=State.OPEN)
    assert "There are no messages to show." in _document(empty)


def test_nothing_in_it_runs_loads_or_leads_anywhere() -> None:
    """Whatever anybody wrote is text: the same elements as ever, no script, link or picture."""
    calm = Read(_document(_file(with_peer=True)))
    hostile = _file(
        with_peer=True,
        why=HOSTILE,
        conversation=tuple(_said(seat, HOSTILE, WISH, handle=HOSTILE) for seat in (0, 1)),
        notes=(Noted(HOSTILE, 1, Text(HOSTILE)),),
        record=Record(*[HOSTILE] * 4),
        holder=HOSTILE,
    )
    read = Read(_document(hostile))
    assert (read.tags, read.attributes) == (calm.tags, calm.attributes)
    assert not read.tags & {"script", "a", "img", "link", "iframe", "form", "object", "base"}
    assert not {"src", "href", "style"} & read.attributes
    assert "{{ 7*7 }}" in read.words
    assert "default-src 'none'" in _document(hostile)


def test_its_name_is_made_of_the_code_alone() -> None:
    """Nothing that anybody wrote could lead a file elsewhere."""
    assert case_file.name(_file(why="../../x")) == "peerline-case-ABC-2345.html"
