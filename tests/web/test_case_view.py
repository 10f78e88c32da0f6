from __future__ import annotations

import msgspec
import pytest

from moderation.incidents.case import Case, Said
from moderation.incidents.incident import State
from moderation.records.cases import StoredPage
from moderation.terms import Attention, Category, Delivery, Finding, Text
from web.case_view import shown

FINDING = Finding(Category.IDENTITY, Attention.PAGE, Delivery.REDACT, "contact", "phone", 3, 9)


def _said(**given: object) -> Said:
    base = {"seat": 0, "handle": "Otter", "text": Text("my number is 0"), "state": "released"}
    findings = msgspec.json.encode((FINDING,)).decode()
    return Said(**{**base, "attention": 2, "findings": findings, "said_at": 5, **given})


def _case(**given: object) -> Case:
    base = dict.fromkeys(Case.__dataclass_fields__)
    known = {"code": "ABC-2345", "kind": "possible abuse", "state": State.OPEN, "count": 1}
    more = {"opened_at": 1, "seat": 0, "room_open": True, "yours": False}
    empty = {"conversation": (), "notes": (), "pages": ()}
    return Case(**{**base, **known, **more, **empty, **given})


def _page(state: str, number: int, channel: str = "mail") -> StoredPage:
    return StoredPage("Dana", channel, state, number, 1, 10 * number or None, None, None)


def test_spans_of_a_redacted_message_mark_nothing() -> None:
    """Spans count the words as written; over the redacted form they would mark the wrong ones."""
    exact, hidden = shown(
        _case(conversation=(_said(), _said(state="redacted"))), "counsellor", (), 9
    ).lines
    assert (exact.why[0].start, exact.why[0].end) == (3, 9)
    assert (hidden.why[0].start, hidden.why[0].end) == (0, 0)


def test_only_the_words_of_the_seat_in_danger_are_why() -> None:
    """A message of the other seat, or one that paged nobody, is not shown as the reason."""
    lines = shown(
        _case(conversation=(_said(), _said(seat=1), _said(attention=1))), "counsellor", (), 9
    ).lines
    assert [line.paged for line in lines] == [True, False, False]


def test_P8_what_is_left_out_of_a_long_conversation_is_told() -> None:
    """Before the line at which it goes on, with how many messages are not shown."""
    said = _case(conversation=(_said(), _said(left_out=7)))
    assert [line.left_out for line in shown(said, "counsellor", (), 9).lines] == [0, 7]


def test_purged_words_are_gone_and_said_to_be() -> None:
    """After the key is destroyed the line stays, without text or spans."""
    (line,) = shown(_case(conversation=(_said(text=None),)), "counsellor", (), 9).lines
    assert line.text is None
    assert line.why[0].end == 0


def test_the_newest_page_over_each_channel_is_told() -> None:
    """Round after round, one line for each adult and channel."""
    pages = (_page("sent", 0), _page("pending", 1), _page("sent", 1, "webhook"))
    seen = shown(_case(pages=pages), "counsellor", (), 9).pages
    assert [(page.channel, page.state, page.times) for page in seen] == [
        ("mail", "pending", 2),
        ("webhook", "sent", 1),
    ]


@pytest.mark.parametrize(
    ("state", "yours", "role", "may"),
    [
        (State.OPEN, False, "safeguarding_lead", False),
        (State.ACKNOWLEDGED, True, "counsellor", True),
        (State.ACKNOWLEDGED, False, "counsellor", False),
        (State.ACKNOWLEDGED, False, "safeguarding_lead", True),
        (State.RESOLVED, True, "safeguarding_lead", False),
    ],
)
def test_who_is_offered_to_end_it(state: State, *, yours: bool, role: str, may: bool) -> None:
    """The one who has it, or a lead; never before it is had, never twice."""
    assert shown(_case(state=state, yours=yours), role, (), 9).may_resolve is may
