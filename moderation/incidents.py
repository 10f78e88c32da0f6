"""Incidents as the staff pages see them: a list, a case, and the few things an adult can do.

Used by `web`. It opens what is sealed, hands every act to one transaction, and tells listeners
what changed. Every answer that is not the new state is the code of a refusal; no identity of a
student is in anything this module answers.
"""

from __future__ import annotations

from collections.abc import Callable, Container
from dataclasses import dataclass
from typing import Protocol

import structlog

from moderation import voices
from moderation.escalation import DEFAULT, Policy
from moderation.ids import new_id
from moderation.incident import OUTCOMES, Act, Actor, State, words
from moderation.records import cases
from moderation.records.cases import Deed, Refused, StoredCase, StoredPage, Summary
from moderation.records.messages import StoredMessage
from moderation.records.store import Store
from moderation.records.vault import RoomKey, Vault
from moderation.terms import Text

MAX_NOTE = 4_000
"""Characters of a note."""

_log = structlog.get_logger()


class Person(Protocol):
    """Whoever is signed in, as `people.StaffMember` says it."""

    @property
    def id(self) -> str:
        """Their id."""

    @property
    def school(self) -> str:
        """Their school."""

    @property
    def role(self) -> str:
        """Their role."""


@dataclass(frozen=True, slots=True)
class Listed:
    """An unresolved incident in a list; times in Unix milliseconds, `kind` in plain words."""

    code: str
    kind: str
    state: State
    count: int
    opened_at: int
    round: int
    due_at: int | None
    holder: str | None
    acknowledged_at: int | None


@dataclass(frozen=True, slots=True)
class Said:
    """One message of the conversation; `text` is None once its room was purged."""

    seat: int
    handle: str
    text: Text | None
    state: str
    attention: int
    findings: str | None
    said_at: int


@dataclass(frozen=True, slots=True)
class Noted:
    """What somebody wrote down."""

    name: str
    at: int
    text: Text


@dataclass(frozen=True, slots=True)
class Case:
    """One incident, whole; `seat` is whose words raised it, `yours` whether the asker has it."""

    code: str
    kind: str
    state: State
    count: int
    opened_at: int
    due_at: int | None
    seat: int | None
    topic: str | None
    room_open: bool
    holder: str | None
    yours: bool
    acknowledged_at: int | None
    resolver: str | None
    resolved_at: int | None
    outcome: str | None
    conversation: tuple[Said, ...]
    notes: tuple[Noted, ...]
    pages: tuple[StoredPage, ...]


class Incidents:
    """The incidents of every school of this server.

    `channels` are the names of the channels that are set up: a contact of another channel reaches
    nobody. `policy` says how long an acknowledgement lasts.
    """

    def __init__(
        self,
        store: Store,
        vault: Vault,
        clock: Callable[[], float],
        *,
        policy: Policy = DEFAULT,
        channels: Container[str] | None = None,
    ) -> None:
        self._store = store
        self._vault = vault
        self._clock = clock
        self._policy = policy
        self._channels = channels
        self._listeners: list[Callable[[str], None]] = []

    def on_change(self, listener: Callable[[str], None]) -> None:
        """Have `listener` called with the code of every incident that changed."""
        self._listeners.append(listener)

    def changed(self, code: str) -> None:
        """Tell listeners that something about an incident is new; a listener cannot stop it."""
        for listener in self._listeners:
            try:
                listener(code)
            except Exception as error:  # noqa: BLE001 - somebody else's fault stays theirs
                _log.error("listener_failed", kind=type(error).__name__)

    async def open_list(self, school: str) -> list[Listed]:
        """Unresolved incidents: those nobody has first, then the oldest."""
        return [_listed(row) for row in await self._store.read(cases.unresolved, school)]

    async def on_call(self, school: str) -> dict[str, list[str]]:
        """The working channels of every adult on call, by name; empty for who has none."""
        found = await self._store.read(cases.on_call, school)
        if self._channels is None:
            return found
        up = self._channels
        return {name: [one for one in mine if one in up] for name, mine in found.items()}

    async def reachable(self, school: str) -> bool:
        """Whether at least one adult on call has a contact over a channel that is set up."""
        return any((await self.on_call(school)).values())

    async def case(self, code: str, staff: Person) -> Case | str:
        """The whole case for an adult who may see it; audited, and their pages become seen."""
        try:
            stored = await self._store.write(cases.look, self._deed(Act.LOOK, code, staff))
        except Refused as refused:
            return refused.code
        assert isinstance(stored, StoredCase)
        self.changed(code)
        return self._opened(stored, staff)

    async def acknowledge(self, code: str, staff: Person) -> State | str:
        """A named person has it: every page that was still to be sent is cancelled with it."""
        return await self._act(self._deed(Act.ACKNOWLEDGE, code, staff))

    async def note(self, code: str, staff: Person, text: str) -> State | str:
        """Write something down; possible at any time, even after the outcome."""
        return _unfit(text) or await self._act(self._deed(Act.NOTE, code, staff, text=text))

    async def resolve(self, code: str, staff: Person, outcome: str, text: str) -> State | str:
        """Write down how it ended: an outcome of `incident.OUTCOMES`, and what was done."""
        if outcome not in OUTCOMES:
            return "bad_field"
        deed = self._deed(Act.RESOLVE, code, staff, text=text, outcome=outcome)
        return _unfit(text) or await self._act(deed)

    def _deed(
        self, act: Act, code: str, staff: Person, *, text: str = "", outcome: str | None = None
    ) -> Deed:
        note = new_id()
        return Deed(
            act=act,
            code=code,
            actor=Actor(staff.id, staff.school, staff.role),
            now=int(self._clock() * 1000),
            resolve_ms=self._policy.resolve_ms,
            outcome=outcome,
            note_id=note,
            sealed_note=self._vault.seal_field(text, note) if text else b"",
        )

    async def _act(self, deed: Deed) -> State | str:
        try:
            state = await self._store.write(cases.act, deed)
        except Refused as refused:
            return refused.code
        assert isinstance(state, State)
        self.changed(deed.code)
        return state

    def _opened(self, stored: StoredCase, staff: Person) -> Case:
        row, room = stored.incident, stored.room
        key = None
        if room is not None and room.wrapped_key is not None:
            key = self._vault.room(room.wrapped_key)
        handles = [] if room is None else [handle for _, handle in room.seats]
        return Case(
            code=row.code,
            kind=words(row.category),
            state=State(row.state),
            count=row.count,
            opened_at=row.opened_at,
            due_at=row.due_at,
            seat=row.seat,
            topic=None if room is None else room.topic,
            room_open=room is not None and room.ended_at is None,
            holder=stored.holder,
            yours=row.acknowledged_by == staff.id,
            acknowledged_at=row.acknowledged_at,
            resolver=stored.resolver,
            resolved_at=row.resolved_at,
            outcome=row.outcome,
            conversation=tuple(
                _said(line, voices.name_of(line.seat, handles), key) for line in stored.said
            ),
            notes=tuple(
                Noted(note.name, note.at, self._vault.open_field(note.sealed, note.id))
                for note in stored.notes
            ),
            pages=tuple(stored.pages),
        )


def _unfit(text: str) -> str | None:
    if not text.strip():
        return "empty"
    return "too_long" if len(text) > MAX_NOTE else None


def _listed(row: Summary) -> Listed:
    return Listed(
        code=row.code,
        kind=words(row.category),
        state=State(row.state),
        count=row.count,
        opened_at=row.opened_at,
        round=row.round,
        due_at=row.due_at,
        holder=row.holder,
        acknowledged_at=row.acknowledged_at,
    )


def _said(line: StoredMessage, handle: str, key: RoomKey | None) -> Said:
    """A message as an adult reads it: exact words, but what was redacted stays redacted.

    Words are redacted because they say who somebody is, and that is for unsealing, not for here.
    """
    sealed = line.sealed
    if line.state == "redacted" and line.sealed_shown is not None:
        sealed = line.sealed_shown
    return Said(
        seat=line.seat,
        handle=handle,
        text=None if key is None else key.open(sealed, line.mid),
        state=line.state,
        attention=line.attention,
        findings=line.findings,
        said_at=line.said_at // 1000,
    )
