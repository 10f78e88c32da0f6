"""Over years of purging, in whatever order things happen, nothing goes that a case holds."""

from __future__ import annotations

from dataclasses import dataclass, field

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule
from sqlalchemy import Connection, create_engine, select, update

from moderation.records import messages, rooms
from moderation.records import tables as t
from moderation.records.audit import verify
from moderation.records.incidents import raise_incidents
from moderation.records.purge import Purge, Times, purge
from tests.moderation.records.sample import SCHOOL, add_students, new_incident, new_room, spoken

DAY = 86_400_000
TIMES = Times(72, case_words_days=20, cases_days=60, verdicts_days=30, audit_days=366)
ENDS = st.sampled_from(["spoken_to", "no_danger"])


@dataclass
class Known:
    """What the test knows of a case."""

    room: str
    opened: int
    closed: int | None = None
    danger: bool = True
    preserved: bool = False
    ended: bool = False
    noted: list[int] = field(default_factory=list)

    def kept(self, now: int) -> bool:
        """Whether it may not have gone yet."""
        if self.closed is None or self.preserved:
            return True
        return max([self.closed, *self.noted]) >= now - 60 * DAY

    def legible(self, now: int) -> bool:
        """Whether its words may not have gone yet."""
        held = self.closed is None or self.preserved
        return held or (self.danger and (self.closed or 0) >= now - 20 * DAY)


class Retention(RuleBasedStateMachine):
    """A school over years: whatever is done in whatever order, nothing held goes."""

    def __init__(self) -> None:
        super().__init__()
        self.engine = create_engine("sqlite://")
        self.conn: Connection = self.engine.connect()
        t.metadata.create_all(self.conn)
        self.conn.execute(t.folded.insert(), {"n": 0})
        values = {"id": "lee", "school": SCHOOL, "login": "lee", "name": "Lee"}
        self.conn.execute(t.staff.insert(), values | {"role": "x", "password": "x"})
        self.now, self.count = 1, 0
        self.cases: dict[str, Known] = {}

    def teardown(self) -> None:
        self.conn.close()
        self.engine.dispose()

    @rule()
    def disclose(self) -> None:
        """Two students, a message, an incident."""
        self.count += 1
        pair = [f"one{self.count}", f"two{self.count}"]
        add_students(self.conn, pair)
        room = new_room(pair[0], pair[1])
        rooms.open_rooms(self.conn, [room])
        messages.say(self.conn, [spoken(room.id)])
        code = f"C{self.count}"
        raise_incidents(self.conn, [new_incident(room.id, code)])
        self._of(code, opened_at=self.now)
        self.cases[code] = Known(room.id, self.now)

    @precondition(lambda self: self.cases)
    @rule(data=st.data())
    def end_room(self, data: st.DataObject) -> None:
        """The students go."""
        known = self._any(data)[1]
        if not known.ended:
            rooms.end_rooms(self.conn, [rooms.EndRoom(known.room, self.now, "left")])
            known.ended = True

    @precondition(lambda self: self.cases)
    @rule(data=st.data(), outcome=ENDS)
    def close(self, data: st.DataObject, outcome: str) -> None:
        """An adult closes a case."""
        code, known = self._any(data)
        if known.closed is None:
            self._of(code, state="resolved", resolved_at=self.now, outcome=outcome)
            known.closed, known.danger = self.now, outcome == "spoken_to"

    @precondition(lambda self: self.cases)
    @rule(data=st.data(), keep=st.booleans())
    def preserve(self, data: st.DataObject, *, keep: bool) -> None:
        """A lead has a case preserved, or lifts that."""
        code, known = self._any(data)
        self._of(code, preserved_at=self.now if keep else None)
        known.preserved = keep

    @precondition(lambda self: self.cases)
    @rule(data=st.data())
    def note(self, data: st.DataObject) -> None:
        """Somebody adds a note."""
        code, known = self._any(data)
        values = {"id": f"{code} {len(known.noted)}", "incident": code, "staff": "lee"}
        values |= {"at": self.now, "sealed": b"note"}
        self.conn.execute(t.incident_notes.insert(), values)
        known.noted.append(self.now)

    @rule(days=st.integers(1, 40))
    def wait(self, days: int) -> None:
        """Days pass, and whatever is due is forgotten."""
        self.now += days * DAY
        before = self._keys()
        purge(self.conn, [Purge(SCHOOL, self.now, TIMES)])
        after = self._keys()
        there = set(self.conn.scalars(select(t.incidents.c.code)))
        notes = list(self.conn.scalars(select(t.incident_notes.c.incident)))
        for code, known in [*self.cases.items()]:
            if known.kept(self.now):
                assert code in there
                assert notes.count(code) == len(known.noted)
                assert known.room in after
            else:
                assert code not in there
                del self.cases[code]
            if known.legible(self.now) or not known.ended:
                assert after.get(known.room) == before[known.room]
            elif self.now - known.opened > 400 * DAY:
                assert after.get(known.room) is None

    @invariant()
    def the_log_verifies(self) -> None:
        """Whatever was purged, the audit log is whole."""
        assert verify(self.conn) is None

    def _any(self, data: st.DataObject) -> tuple[str, Known]:
        code = data.draw(st.sampled_from(sorted(self.cases)))
        return code, self.cases[code]

    def _of(self, code: str, **values: object) -> None:
        self.conn.execute(update(t.incidents).where(t.incidents.c.code == code).values(values))

    def _keys(self) -> dict[str, bytes | None]:
        found = self.conn.execute(select(t.rooms.c.id, t.rooms.c.wrapped_key))
        return {room: key for room, key in found}  # noqa: C416 - rows, not pairs


TestRetention = Retention.TestCase
TestRetention.settings = settings(max_examples=25, stateful_step_count=30, deadline=None)
