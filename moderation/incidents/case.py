"""A case as adults see it: what the records hold of an incident, unsealed.

Used by `incidents.py`, and its shapes by the pages. No identity of a student is in any of them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

import msgspec
import structlog

from moderation import decide, voices
from moderation.incidents.incident import State
from moderation.incidents.record import Record, read
from moderation.incidents.words import words
from moderation.on_call.adults import Adult, reachable
from moderation.on_call.drill import NAME
from moderation.records.cases import StoredCase, StoredItem, StoredNote, StoredPage, Summary
from moderation.records.incident_acts import StoredIncident
from moderation.records.rooms import StoredRoom
from moderation.records.transcript import Excerpt, StoredMessage
from moderation.records.vault import UNREADABLE, RoomKey, Tampered, Vault
from moderation.terms import Finding, Text

_findings = msgspec.json.Decoder(tuple[Finding, ...])
_log = structlog.get_logger()
Opened = TypeVar("Opened")


@dataclass(frozen=True, slots=True)
class Listed:
    """An unresolved incident in a list; times in Unix milliseconds, `kind` in plain words.

    `due_at` is when it moves by itself, `holder` the name of whoever has it, or had it last;
    `offered_to_you` when a colleague hands it to whoever asks, `wished_at` when the student last
    said how they would like to be met, `anew_at` when it was told anew since `holder` took it.
    """

    code: str
    kind: str
    state: State
    count: int
    opened_at: int
    round: int
    due_at: int | None
    holder: str | None
    acknowledged_at: int | None
    drill: bool
    offered_to_you: bool
    wished_at: int | None
    anew_at: int | None


@dataclass(frozen=True, slots=True)
class Said:
    """One message of the conversation; `text` is None once its room was purged.

    `left_out` is how many messages before it are not shown.
    """

    seat: int
    handle: str
    text: Text | None
    state: str
    attention: int
    findings: str | None
    said_at: int
    left_out: int = 0


@dataclass(frozen=True, slots=True)
class Waited:
    """What waited for a moderator and came to this; `line` is the message, if it was one.

    `sent_on` says that a moderator called an adult about it; otherwise nobody looked in time.
    """

    kind: str
    at: int
    line: int | None
    sent_on: bool


@dataclass(frozen=True, slots=True)
class Noted:
    """What somebody wrote down."""

    name: str
    at: int
    text: Text


@dataclass(frozen=True, slots=True)
class Colleague:
    """Somebody an incident can be handed to."""

    id: str
    name: str
    reachable: bool


@dataclass(frozen=True, slots=True)
class Case:
    """One incident, whole; `seat` is whose words raised it, `yours` whether the asker has it.

    `students` is how many sat in its room: whoever asked for a person may sit there alone. `left`
    is who of them has left, by the made-up name.
    `offered_to` is the name of who it is being handed to, `offered_to_you` whether that is the
    asker. `meet` and `barrier` are the student's own answers, as the codes of `words.py`;
    `anew_at` is when it was told anew since the holder took it, `more_at` when it last was at all.
    """

    code: str
    drill: bool
    kind: str
    state: State
    count: int
    opened_at: int
    due_at: int | None
    seat: int | None
    topic: str | None
    room_open: bool
    students: int
    left: tuple[str, ...]
    holder: str | None
    yours: bool
    offered_to: str | None
    offered_to_you: bool
    others: tuple[Colleague, ...]
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
    preserved_by_you: bool
    preserved_at: int | None
    conversation: tuple[Said, ...]
    notes: tuple[Noted, ...]
    pages: tuple[StoredPage, ...]
    waited: tuple[Waited, ...]
    record: Record | None


def listed(row: Summary, asker: str) -> Listed:
    """An incident as a line of the list that the adult with the id `asker` sees."""
    return Listed(
        code=row.code,
        kind=words(NAME if row.drill else row.category),
        state=State(row.state),
        count=row.count,
        opened_at=row.opened_at,
        round=row.round,
        due_at=row.due_at,
        holder=row.holder,
        acknowledged_at=row.acknowledged_at,
        drill=row.drill,
        offered_to_you=row.offered_to == asker,
        wished_at=row.wished_at,
        anew_at=_anew(row, row.holder),
    )


def opened(stored: StoredCase, asker: str, vault: Vault, now: int) -> Case:
    """A case with its words unsealed, as the adult with the id `asker` sees it at that time."""
    row, room = stored.incident, stored.room
    names = {one.id: one.name for one in stored.others}
    return Case(
        code=row.code,
        drill=row.drill,
        kind=words(NAME if row.drill else row.category),
        state=State(row.state),
        count=row.count,
        opened_at=row.opened_at,
        due_at=row.due_at,
        seat=row.seat,
        topic=None if room is None else room.topic,
        room_open=room is not None and room.ended_at is None,
        students=0 if room is None else len(room.seats),
        left=who_left(room),
        holder=stored.holder,
        yours=row.acknowledged_by == asker,
        offered_to=names.get(stored.offered_to or ""),
        offered_to_you=stored.offered_to == asker,
        others=tuple(_colleague(one, now) for one in stored.others),
        acknowledged_at=row.acknowledged_at,
        with_student_at=row.with_student_at,
        resolver=stored.resolver,
        resolved_at=row.resolved_at,
        outcome=row.outcome,
        meet=row.meet,
        barrier=row.barrier,
        wished_at=row.wished_at,
        anew_at=_anew(row, stored.holder),
        more_at=row.anew_at,
        preserver=stored.preserver,
        preserved_by_you=row.preserved_by == asker,
        preserved_at=row.preserved_at,
        conversation=conversation(room, stored.said, vault),
        notes=tuple(_noted(note, vault) for note in stored.notes),
        pages=tuple(stored.pages),
        waited=tuple(_waited(item, stored.said.lines) for item in stored.items),
        record=_record(stored, vault),
    )


def _anew(row: Summary | StoredIncident, holder: str | None) -> int | None:
    """When it was told anew, until somebody takes it knowing that, or its holder steps aside."""
    if holder is None or row.anew_at is None or row.anew_at <= (row.acknowledged_at or 0):
        return None
    return row.anew_at


def _colleague(adult: Adult, now: int) -> Colleague:
    return Colleague(adult.id, adult.name, reachable(adult, None, now))


def _noted(note: StoredNote, vault: Vault) -> Noted:
    return Noted(note.name, note.at, _legible(vault.open_field, note.sealed, note.id) or UNREADABLE)


def _legible(open_it: Callable[..., Opened], *sealed: object) -> Opened | None:
    """What was sealed; None for what was damaged, which must not close a whole case."""
    try:
        return open_it(*sealed)
    except Tampered:
        _log.error("case_damaged")
        return None


def _waited(item: StoredItem, said: Sequence[StoredMessage]) -> Waited:
    line = next((place for place, each in enumerate(said) if each.mid == item.mid), None)
    return Waited(item.kind, item.since, line, item.sent_on)


def _record(stored: StoredCase, vault: Vault) -> Record | None:
    if stored.sealed_record is None:
        return None
    found = _legible(vault.open_field, stored.sealed_record, stored.incident.code)
    return Record(*[str(UNREADABLE)] * 4) if found is None else read(str(found))


def who_left(room: StoredRoom | None) -> tuple[str, ...]:
    """Who has left a room, by the made-up name."""
    return () if room is None else tuple(room.seats[seat][1] for seat in room.left)


def conversation(room: StoredRoom | None, said: Excerpt, vault: Vault) -> tuple[Said, ...]:
    """Messages of a room with their words unsealed, as long as it has its key."""
    wrapped = None if room is None else room.wrapped_key
    key = None if wrapped is None else _legible(vault.room, wrapped)
    handles = [] if room is None else [handle for _, handle in room.seats]
    return tuple(
        _said(
            line,
            voices.name_of(line.seat, handles),
            key,
            lost=None if wrapped is None else UNREADABLE,
            left_out=said.left_out if place == said.gap else 0,
        )
        for place, line in enumerate(said.lines)
    )


def _said(
    line: StoredMessage, handle: str, key: RoomKey | None, *, lost: Text | None, left_out: int
) -> Said:
    """A message as an adult reads it: exact words, but what was redacted stays redacted.

    `lost` stands where they cannot be opened.

    Words are redacted because they say who somebody is, and that is for unsealing, not for here:
    so is what a moderator left of it who hid other words.
    """
    return Said(
        seat=line.seat,
        handle=handle,
        text=lost if key is None else _legible(_exact, line, key) or lost,
        state=line.state,
        attention=line.attention,
        findings=line.findings,
        said_at=line.said_at // 1000,
        left_out=left_out,
    )


def _exact(line: StoredMessage, key: RoomKey) -> Text:
    whole = key.open(line.sealed, line.mid)
    if line.state != "redacted" or line.sealed_shown is None:
        return whole
    found = _findings.decode(line.findings) if line.findings else ()
    return Text(decide.nameless(key.open(line.sealed_shown, line.mid), whole, found))
