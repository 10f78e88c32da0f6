"""A case as one document for the child-protection file: what stands in it and what does not; pure.

Used by `exports.py`; `templates/case_file.html` is its form. Students stand in it under the names
of their chat. Whatever a rule found to say who somebody is is hidden, whoever wrote it. Words of
the other student, and what staff wrote to that one alone, are left out unless they were asked for;
where nobody knows whose case it is, both are the other one.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from zoneinfo import ZoneInfo

import msgspec

from moderation import decide, voices
from moderation.incidents.case import Case, Said
from moderation.incidents.exports import CaseFile
from moderation.incidents.incident import State
from moderation.incidents.words import BARRIERS, ENDINGS, MEET, words
from moderation.records.audit import ShownEntry
from moderation.records.vault import UNREADABLE
from moderation.terms import Category, Delivery, Finding, Text
from web.case_view import LineView, lines_of, newest

LEFT_OUT = Text("[Words of the other student are left out.]")
"""What stands in the place of a message that is not for this file."""

FORM = "case_file.html"
"""Its template."""

MESSAGES: Mapping[str, str] = {
    "released": "delivered",
    "masked": "delivered with words starred out",
    "redacted": "delivered with a part hidden",
    "held": "held, not delivered",
    "withheld": "not delivered",
    "taken_back": "taken back by the writer",
    "told": "to one student alone",
}
"""What became of a message, in words."""

PAGES: Mapping[str, str] = {
    "pending": "about to be sent",
    "failed-for-now": "did not go through yet",
    "failed-for-good": "could not be reached this way",
    "cancelled": "not needed any more",
    "sent": "handed to the provider",
    "delivered": "came",
    "seen": "seen",
}
"""What became of a page, in words."""

STANDS: Mapping[str, str] = {
    State.OPEN: "Nobody has it",
    State.ACKNOWLEDGED: "An adult has it",
    State.WITH_STUDENT: "An adult is with the student",
    State.RESOLVED: "Closed",
}
"""How an incident stands, in words."""

ITEMS: Mapping[str, str] = {
    "message": "a message that may need a person",
    "help": "a student who asked for a person",
    "report": "a student’s report about the other one",
    "fault": "a message that could not be checked",
}
"""What waited for a moderator, in words."""

ACTS: Mapping[str, str] = {
    "incident_acknowledge": "took it",
    "incident_with_student": "was with the student",
    "incident_offer": "offered it to a colleague",
    "incident_take_over": "took it over",
    "incident_recuse": "stepped aside, for they may know the student",
    "incident_note": "wrote a note",
    "incident_resolve": "wrote down how it ended",
    "incident_preserve": "had it preserved",
    "incident_lift": "ended that it is preserved",
}
"""What staff did to a case, in words; who only looked stands in the audit log alone."""

BY_ITSELF: Mapping[str, str] = {
    "lapse": "Whoever had it did not write in time how it went: everybody was paged again",
    "anew": "Something was said anew: everybody was paged again",
}
"""What happened to it by itself."""

_findings = msgspec.json.Decoder(tuple[Finding, ...])


@dataclass(frozen=True, slots=True)
class Step:
    """Something that was done; `who` is empty for what happened by itself."""

    at: int
    who: str
    what: str


def name(file: CaseFile) -> str:
    """The name to save it under: made of the case's code, of nothing that anybody wrote."""
    return f"peerline-case-{file.case.code}.html"


def values(file: CaseFile) -> dict[str, object]:
    """All that the template is given."""
    case = file.case
    lines = _lines(case, with_peer=file.export.with_peer)
    return {
        "case": case,
        "export": file.export,
        "before": file.before,
        "stands": STANDS[case.state],
        "outcome": ENDINGS.get(case.outcome or "", ""),
        "meet": MEET.get(case.meet or ""),
        "barrier": BARRIERS.get(case.barrier or ""),
        "flagged": [line for line in lines if line.paged],
        "waited": [(one, ITEMS.get(one.kind, "something in this chat")) for one in case.waited],
        "lines": lines,
        "pages": newest(case.pages),
        "steps": _steps(file.acts),
        "messages": MESSAGES,
        "reached": PAGES,
        "words": words,
        "when": clock(file.zone, "%d %b %Y, %H:%M:%S"),
        "zone": file.zone.key,
        "now": file.now,
    }


def _lines(case: Case, *, with_peer: bool) -> tuple[LineView, ...]:
    kept = [_kept(said, case.seat, with_peer=with_peer) for said in case.conversation]
    return lines_of(kept, case.seat)


def _kept(said: Said, seat: int | None, *, with_peer: bool) -> Said:
    """A message as it may stand in the file of the student in that seat."""
    of = said.seat if voices.voice_of(said.seat) is None else voices.addressed(said.seat)
    if said.text is None or said.text == UNREADABLE:
        return said
    if not (with_peer or of is None or of == seat):
        return replace(said, text=LEFT_OUT, findings=None)
    return replace(said, text=nameless(said))


def nameless(said: Said) -> Text:
    """The words without what a rule found to say who somebody is."""
    assert said.text is not None
    if said.findings is None or said.state == "redacted":  # there it is hidden already
        return said.text
    found = _findings.decode(said.findings)
    hidden = [
        msgspec.structs.replace(each, delivery=Delivery.REDACT)
        for each in found
        if each.category is Category.IDENTITY
    ]
    return Text(decide.shown(said.text, hidden))


def _steps(acts: list[ShownEntry]) -> list[Step]:
    return [
        Step(one.at, one.who, ACTS[one.act])
        if one.act in ACTS
        else Step(one.at, "", BY_ITSELF[one.act])
        for one in acts
        if one.act in ACTS or one.act in BY_ITSELF
    ]


def clock(zone: ZoneInfo, form: str) -> Callable[[int], str]:
    """Writes a time in Unix milliseconds as it is there."""
    return lambda at: datetime.fromtimestamp(at / 1000, zone).strftime(form)
