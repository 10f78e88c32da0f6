"""What a moderator does about an item: checked, committed, then carried out in the room.

An act is committed with everything that follows from it in one transaction; only then the room,
the students' pages and the pager hear of it. Used by `session.py`. Which role may bar a
student for how long is asked of `moderation/roles.py`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from chat import typed
from chat.desk.needs import DeskNeeds
from chat.desk.second_look import ANSWERS
from chat.frames import from_staff
from chat.rooms import moderated
from chat.rooms.speech import Speech
from moderation.decide import HIDDEN
from moderation.ids import new_code, new_id
from moderation.on_call.drill import NAME
from moderation.people.sessions import StaffMember
from moderation.records import decisions, rooms, transcript
from moderation.records.decisions import Decided, Outcome, Stop
from moderation.records.incidents import NewIncident
from moderation.records.items import NotFound, StoredItem
from moderation.records.messages import NotHeld, Settle
from moderation.records.rooms import EndRoom
from moderation.records.store import StoreUnavailable
from moderation.roles import longest_bar
from moderation.terms import State

REASONED = frozenset({"withhold", "hide", "escalate", "close_room", "mute", "bar"})
"""Acts that need a reason."""

WORDED = frozenset({"note", "warn", "ask"})
"""Acts that need words: to students, or to a colleague."""

SAID = frozenset({"note", "warn"})
"""Acts whose words are said in the room."""

STOPS = frozenset({"mute", "unmute", "bar"})
"""Acts that stop one student, or no longer."""

TIMED = frozenset({"mute", "bar"})
"""Acts that last for a while."""

LONGEST = 366 * 24 * 60
"""Minutes that a bar may last for a role that has no limit."""

LONGEST_MUTE = 60
"""Minutes; somebody who must be silent for longer is better barred, or spoken to."""

_STATES: dict[str, State] = {"release": "released", "withhold": "withheld", "hide": "redacted"}
_EITHER = frozenset({"escalate", "ask"})
"""Acts that fit a second look as well as everything else."""
_ON_DRILLS = frozenset({"done", "put_back"})
"""Acts that fit an item nobody is behind."""
_KEEPS = frozenset({"note", "warn", "mute", "unmute", "escalate"})
"""Acts after which the item stays with its moderator."""


def flaw(act: from_staff.Act, role: str) -> str | None:
    """The path of the first field that is wrong about an act, or None."""
    bar = longest_bar(role)
    longest = LONGEST_MUTE if act.act == "mute" else LONGEST if bar is None else bar // 60_000
    wrong = {
        "reason": act.act in REASONED and not act.reason.strip(),
        "text": act.act in WORDED and typed.flaw(act.text) is not None,
        "cid": act.act in SAID and act.cid is None,
        "to": act.act in STOPS and act.to == "both",
        "spans": act.act == "hide" and not any(span.start < span.end for span in act.spans),
        "minutes": act.act in TIMED and not 1 <= (act.minutes or 0) <= longest,
    }
    return next((path for path, is_wrong in wrong.items() if is_wrong), None)


def fits(act: str, kind: str) -> bool:
    """Whether an act makes sense for that kind of item."""
    if kind == NAME:
        return act in _ON_DRILLS
    return (act in ANSWERS) == (kind == "review") or act in _EITHER


@dataclass(frozen=True, slots=True)
class Hidden:
    """A message of which parts are hidden, and the same sealed."""

    text: str
    sealed: bytes


class Acts:
    """The acts of one member of staff at the desk."""

    def __init__(self, needs: DeskNeeds, staff: StaffMember) -> None:
        self._needs = needs
        self._records = needs.records
        self._staff = staff

    async def speak(self, act: from_staff.Act, item: StoredItem) -> str | None:
        """Say the words of a note or a warning in the item's room; a refusal's code, or None."""
        to = _seat(act, item)
        if item.room is None or (to is None and act.to != "both"):
            return "not_found"
        assert act.cid is not None
        speech = Speech(item.room, act.cid, self._staff.id, "moderator", act.text, to)
        return await self._needs.guests.speak(speech)

    async def commit(self, act: from_staff.Act, item: StoredItem) -> None:
        """Carry out an act that fits its item.

        Raises:
            NotYours: The item is not, or no longer, this moderator's.
            NotHeld: Its message is no longer held, or it has none.
            NotFound: There is no such student in its room.
        """
        hidden = await self._hidden(act, item) if act.act == "hide" else None
        stop = await self._stop(act, item) if act.act in STOPS else None
        decided = self._decided(act, item, hidden, stop)
        try:
            outcome = await self._records.store.write(decisions.decide, decided)
        except StoreUnavailable:
            moderated.in_doubt(self._needs.rooms, item.room)
            raise
        self._carry_out(decided, outcome, hidden)
        if item.kind == "help" and item.room is not None and decided.then == "finish":
            self._needs.call_finished(item.room)

    async def _hidden(self, act: from_staff.Act, item: StoredItem) -> Hidden:
        """What the peer sees of a message of which parts are hidden."""
        store = self._records.store
        row = await store.read(transcript.by_mid, item.mid, item.room) if item.mid else None
        key = await self._needs.key_of(item.room)
        if row is None or key is None:
            raise NotHeld
        text = hide(key.open(row.sealed, row.mid), act.spans)
        return Hidden(text, key.seal(text, row.mid))

    async def _stop(self, act: from_staff.Act, item: StoredItem) -> Stop:
        """The student who is stopped, and until when."""
        seat = _seat(act, item)
        room = await self._records.store.read(rooms.room, item.room) if item.room else None
        if room is None or seat is None or seat >= len(room.seats):
            raise NotFound
        now, longest = self._records.now(), longest_bar(self._staff.role)
        until = 0 if act.act == "unmute" else now + (act.minutes or 0) * 60_000
        return Stop(room.id, seat, until, None if longest is None else now + longest)

    def _decided(
        self, act: from_staff.Act, item: StoredItem, hidden: Hidden | None, stop: Stop | None
    ) -> Decided:
        # What is said again, because an answer was lost, is one act.
        entry, now = (act.cid if act.act in SAID else None) or new_id(), self._records.now()
        words = act.reason.strip() or act.text.strip()
        escalates = act.act == "escalate"
        return Decided(
            item=item.id,
            staff=self._staff.id,
            at=now,
            act=act.act,
            sealed_reason=self._records.vault.seal_field(words, entry),
            settle=_settle(act, item, hidden),
            end=_end(act, item, now),
            incident=_incident(item, now) if escalates else None,
            note=entry if escalates else "",
            entry=entry,
            mute=None if act.act == "bar" else stop,
            bar=stop if act.act == "bar" else None,
            then=_then(act),
        )

    def _carry_out(self, decided: Decided, outcome: Outcome, hidden: Hidden | None) -> None:
        """Tell the room and the pager what is committed."""
        needs, rooms = self._needs, self._needs.rooms
        if decided.settle is not None:
            text = hidden.text if hidden else None
            moderated.decided(rooms, decided.settle, outcome.seq, text)
        if decided.mute is not None:
            mute = decided.mute
            moderated.muted(rooms, mute.room, mute.seat, mute.until / 1000)
        for room in {decided.end.id if decided.end else None, outcome.left}:
            if room is not None and room not in outcome.goes_on:
                moderated.closed(rooms, room, "moderator")
        if outcome.barred is not None:
            for room in outcome.goes_on:
                moderated.parted(rooms, room, outcome.barred)
            needs.barred(outcome.barred, outcome.until)
        if decided.incident is not None:
            needs.incident_raised()


def hide(text: str, spans: tuple[from_staff.Span, ...]) -> str:
    """`text` with each of the spans replaced by the sign for what is hidden."""
    parts, at = [], 0
    for span in sorted(spans, key=lambda one: (one.start, one.end)):
        if span.start >= span.end or span.end <= at or span.start >= len(text):
            continue
        if span.start >= at:
            parts += [text[at : span.start], HIDDEN]
        at = span.end
    return "".join([*parts, text[at:]])


def _seat(act: from_staff.Act, item: StoredItem) -> int | None:
    """The seat of the student an act is for; None for both, or where there is no such student."""
    if act.to == "both" or item.seat is None:
        return None
    return item.seat if act.to == "student" else 1 - item.seat


def _settle(act: from_staff.Act, item: StoredItem, hidden: Hidden | None) -> Settle | None:
    if act.act not in _STATES:
        return None
    if not item.mid or not item.room:
        raise NotHeld
    return Settle(item.mid, item.room, _STATES[act.act], hidden.sealed if hidden else None)


def _end(act: from_staff.Act, item: StoredItem, now: int) -> EndRoom | None:
    if item.room is None or act.act not in {"close_room", "bar"}:
        return None
    return EndRoom(item.room, now, "moderator")


def _incident(item: StoredItem, now: int) -> NewIncident:
    return NewIncident(new_code(), item.school, item.room, item.seat, item.category, now)


def _then(act: from_staff.Act) -> Literal["finish", "keep", "ask"]:
    if act.act == "ask":
        return "ask"
    return "keep" if act.act in _KEEPS else "finish"
