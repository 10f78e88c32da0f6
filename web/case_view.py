"""A case as its page gets it: words, names of staff and made-up handles, nothing else; pure.

Used by `incidents.py`, `joining.py` and `case_file.py`. What is not copied here by name is not
sent, so that a field added to a case tomorrow reaches no browser by accident.
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from chat.settings import Line
from moderation.incidents.case import Case, Colleague, Said, Waited
from moderation.incidents.incident import HELD_BY_SOMEBODY
from moderation.incidents.record import Record
from moderation.incidents.words import BARRIERS, ENDINGS, MEET, OUTCOMES
from moderation.records.cases import StoredPage
from moderation.records.vault import UNREADABLE
from moderation.roles import Action, may
from moderation.terms import Attention, Finding

_findings = msgspec.json.Decoder(tuple[Finding, ...])


class WhyView(msgspec.Struct, frozen=True):
    """One finding; offsets are characters of the text beside it."""

    category: str
    rule: str
    detector: str
    start: int
    end: int


class LineView(msgspec.Struct, frozen=True):
    """One message; `paged` for those that raised the incident, `text` None once purged.

    `left_out` is how many messages before it are not shown.
    """

    who: str
    text: str | None
    at: int
    state: str
    paged: bool
    why: tuple[WhyView, ...]
    left_out: int


class NoteView(msgspec.Struct, frozen=True):
    """What somebody of the staff wrote down."""

    by: str
    at: int
    text: str


class PageView(msgspec.Struct, frozen=True):
    """The newest page to one adult over one channel, and how many there were."""

    name: str
    channel: str
    state: str
    times: int
    first_at: int
    sent_at: int | None
    delivered_at: int | None
    seen_at: int | None


class CaseView(msgspec.Struct, frozen=True):
    """Everything the case page shows."""

    code: str
    kind: str
    state: str
    count: int
    opened_at: int
    due_at: int | None
    topic: str | None
    room_open: bool
    students: int
    left: tuple[str, ...]
    holder: str | None
    yours: bool
    drill: bool
    offered_to: str | None
    offered_to_you: bool
    others: tuple[Colleague, ...]
    may_resolve: bool
    may_preserve: bool
    may_export: bool
    acknowledged_at: int | None
    with_student_at: int | None
    resolver: str | None
    resolved_at: int | None
    outcome: str | None
    meet: str | None
    barrier: str | None
    wished_at: int | None
    anew_at: int | None
    more_at: int | None
    preserver: str | None
    preserved_at: int | None
    lines: tuple[LineView, ...]
    notes: tuple[NoteView, ...]
    pages: tuple[PageView, ...]
    waited: tuple[Waited, ...]
    record: Record | None
    outcomes: dict[str, str]
    help: tuple[Line, ...]
    now: int


def shown(one: Case, role: str, lines: tuple[Line, ...], now: int) -> CaseView:
    """A case for somebody of that role, with the help lines, at a time in Unix milliseconds."""
    may_resolve = one.state in HELD_BY_SOMEBODY and (one.yours or may(role, Action.RESOLVE_ANY))
    return CaseView(
        code=one.code,
        kind=one.kind,
        state=one.state.value,
        count=one.count,
        opened_at=one.opened_at,
        due_at=one.due_at,
        topic=one.topic,
        room_open=one.room_open,
        students=one.students,
        left=one.left,
        holder=one.holder,
        yours=one.yours,
        drill=one.drill,
        offered_to=one.offered_to,
        offered_to_you=one.offered_to_you,
        others=one.others if may_resolve else (),
        may_resolve=may_resolve,
        may_preserve=may(role, Action.PRESERVE) and not (one.drill or one.preserved_by_you),
        may_export=may(role, Action.EXPORT_CASE) and not one.drill,
        acknowledged_at=one.acknowledged_at,
        with_student_at=one.with_student_at,
        resolver=one.resolver,
        resolved_at=one.resolved_at,
        outcome=ENDINGS.get(one.outcome, "") if one.outcome else None,
        meet=MEET.get(one.meet or ""),
        barrier=BARRIERS.get(one.barrier or ""),
        wished_at=one.wished_at,
        anew_at=one.anew_at,
        more_at=one.more_at,
        preserver=one.preserver,
        preserved_at=one.preserved_at,
        lines=lines_of(one.conversation, one.seat),
        notes=tuple(NoteView(note.name, note.at, str(note.text)) for note in one.notes),
        pages=newest(one.pages),
        waited=one.waited,
        record=one.record,
        outcomes=dict(OUTCOMES),
        help=lines,
        now=now,
    )


def lines_of(said: Sequence[Said], seat: int | None) -> tuple[LineView, ...]:
    """A conversation; `seat` is whose words raised the incident."""
    return tuple(_line(each, seat) for each in said)


def _line(said: Said, seat: int | None) -> LineView:
    found = _findings.decode(said.findings) if said.findings else ()
    exact = said.text not in {None, UNREADABLE} and said.state != "redacted"
    return LineView(
        who=said.handle,
        text=None if said.text is None else str(said.text),
        at=said.said_at,
        state=said.state,
        paged=said.attention == Attention.PAGE and said.seat == seat,
        why=tuple(
            WhyView(
                category=each.category.value,
                rule=each.rule,
                detector=each.detector,
                # Spans count characters as they were written, not as they stand once hidden.
                start=each.start if exact else 0,
                end=each.end if exact else 0,
            )
            for each in found
        ),
        left_out=said.left_out,
    )


def newest(pages: Sequence[StoredPage]) -> tuple[PageView, ...]:
    """The newest page to each adult over each channel."""
    found: dict[tuple[str, str], list[StoredPage]] = {}
    for page in sorted(pages, key=lambda each: each.round):
        found.setdefault((page.name, page.channel), []).append(page)
    return tuple(
        PageView(
            name=last.name,
            channel=last.channel,
            state=last.state,
            times=len(first) + 1,
            first_at=(first[0] if first else last).due_at,
            sent_at=last.sent_at,
            delivered_at=last.delivered_at,
            seen_at=last.seen_at,
        )
        for *first, last in found.values()
    )
