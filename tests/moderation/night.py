"""A school at night for tests: a real store, a clock set by hand, and a channel that only notes."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Select, select

from chat.frames import to_student
from chat.settings import Pager
from chat.students.afterwards import Afterwards
from moderation.ids import new_code, new_id
from moderation.incidents.duty import Duty
from moderation.incidents.incidents import Incidents
from moderation.incidents.record import Record
from moderation.incidents.sender import DutySettings
from moderation.on_call.escalation import Policy
from moderation.pager.channel import Channel
from moderation.records import items, messages, rooms
from moderation.records import tables as t
from moderation.records.incidents import NewIncident
from moderation.records.of_school import SchoolRecords
from moderation.records.store import Store
from moderation.records.vault import Vault
from moderation.terms import Attention, Category, Delivery
from tests.moderation.noting import CANARY, Clock, Noting

BASE = "https://chat.school.example"


def record(done: str = "We talked.") -> Record:
    """What an adult writes down at the end."""
    return Record("a message", done, "the safeguarding lead", "it was serious", "2026-09-28")


@dataclass(frozen=True)
class Adult:
    """A signed-in member of staff, as far as rules ask."""

    id: str
    school: str
    role: str


@dataclass
class World:
    """Everything a story about a page needs."""

    store: Store
    vault: Vault
    clock: Clock
    channel: Noting
    policy: Policy
    incidents: Incidents
    duty: Duty
    channels: dict[str, Channel]
    changes: list[str] = field(default_factory=list)
    said: int = 0

    @property
    def records(self) -> SchoolRecords:
        """The records of the one school of the story."""
        return SchoolRecords("school", self.store, self.vault, self.clock)

    def restart(self) -> None:
        """A new loop, as after a restart; whatever the old one was doing is lost."""
        self.duty = Duty(
            self.records,
            self.channels,
            DutySettings(BASE, self.policy, UTC),
            changed=self.incidents.changed,
        )

    async def adult(
        self,
        name: str,
        role: str = "counsellor",
        *channels: str,
        school: str = "school",
        proven: bool = True,
    ) -> Adult:
        """Somebody on the staff, with one contact for each channel (one noting one if none)."""
        adult = Adult(new_id(), school, role)

        def add(conn: Connection, _rows: Sequence[None]) -> list[None]:
            row = {"id": adult.id, "school": school, "login": name, "name": name, "role": role}
            conn.execute(t.staff.insert(), {**row, "password": "-"})
            for place, channel in enumerate(channels or ("noting",)):
                contact = new_id()
                sealed = self.vault.seal_field(f"{name}@{channel}", contact)
                row = {"id": contact, "staff": adult.id, "channel": channel}
                row |= {"proven_at": self.clock.ms if proven else None}
                conn.execute(t.contacts.insert(), {**row, "sealed_address": sealed, "place": place})
            return [None]

        await self.store.write(add, None)
        return adult

    async def insert(self, table: Any, *rows: dict[str, object]) -> None:
        """Put these rows into a table."""

        def add(conn: Connection, _rows: Sequence[None]) -> list[None]:
            conn.execute(table.insert(), rows)
            return [None]

        await self.store.write(add, None)

    async def change(self, table: Any, **values: object) -> None:
        """Overwrite columns of every row of a table."""

        def update(conn: Connection, _rows: Sequence[None]) -> list[None]:
            conn.execute(table.update().values(values))
            return [None]

        await self.store.write(update, None)

    async def room(self) -> str:
        """Two students in a new room."""
        room, students = new_id(), (new_id(), new_id())

        def add(conn: Connection, _rows: Sequence[None]) -> list[None]:
            conn.execute(
                t.students.insert(),
                [{"id": student, "school": "school", "band": "all"} for student in students],
            )
            seats = ((students[0], "Quiet Otter"), (students[1], "Brave Heron"))
            _, wrapped = self.vault.new_room()
            row = rooms.NewRoom(room, "school", "mood", "epoch", self.clock.ms, wrapped, seats)
            rooms.open_rooms(conn, [row])
            return [None]

        await self.store.write(add, None)
        return room

    async def receipt(self, room: str) -> str:
        """The room is over, and its first student asks for a receipt."""
        await self.store.write(rooms.end_rooms, rooms.EndRoom(room, self.clock.ms, "left"))
        stored = await self.store.read(rooms.room, room)
        assert stored is not None
        afterwards = Afterwards(self.records, 72.0, Pager(), lambda _: None)
        given = await afterwards.receipt(stored.seats[0][0], room)
        assert isinstance(given, to_student.Receipt)
        return given.code

    async def say(
        self,
        room: str,
        text: str = CANARY,
        seat: int = 0,
        *,
        category: str = Category.SUICIDE,
        there: Sequence[Adult] = (),
    ) -> str:
        """A page-class message, kept and judged; answers the code of its incident.

        `there` are the adults who are in the room.
        """
        stored = await self.store.read(rooms.room, room)
        assert stored is not None
        assert stored.wrapped_key is not None
        mid = new_id()
        self.said += 1
        row = messages.Spoken(
            mid=mid,
            room=room,
            seat=seat,
            cid=new_id(),
            sealed=self.vault.room(stored.wrapped_key).seal(text, mid),
            sealed_shown=None,
            state="released",
            said_at=self.clock.ms * 1000 + self.said,
            attention=Attention.PAGE,
            delivery=Delivery.DELIVER,
            findings=None,
            version="1",
            incident=NewIncident(
                new_code(),
                "school",
                room,
                seat,
                category,
                self.clock.ms,
                there=frozenset(one.id for one in there),
            ),
        )
        kept = await self.store.write(messages.say, row)
        assert isinstance(kept, messages.Kept)
        assert kept.incident is not None
        return kept.incident

    async def item(self, room: str, escalate_in: float, mid: str | None = None) -> str:
        """Something for a moderator, perhaps a message; an incident if nobody looks."""
        now = self.clock.ms
        escalate_at = now + int(escalate_in * 1000)
        item = new_id()
        row = items.NewItem(
            item, "school", room, 0, mid, "message", "bullying", 1, False, now, escalate_at
        )
        await self.store.write(items.add_items, row)
        return item

    async def rows(self, query: Select[Any]) -> list[Any]:
        """What a query finds now."""
        return await self.store.read(lambda conn: list(conn.execute(query)))

    async def pages(self) -> list[Any]:
        """Every page, oldest round first."""
        return await self.rows(select(t.pages).order_by(t.pages.c.round, t.pages.c.id))

    async def incident(self, code: str) -> Any:
        """The row of an incident."""
        (row,) = await self.rows(select(t.incidents).where(t.incidents.c.code == code))
        return row

    async def look(self) -> float:
        """One look of the loop, until nothing is under way; answers the pause after it."""
        pause = await self.duty.turn()
        await self.duty.settle()
        return pause

    async def wait(self, seconds: float) -> None:
        """Let that much time pass, the loop looking whenever it wants to."""
        until = self.clock.steady + seconds
        while True:
            pause = await self.look()
            left = until - self.clock.steady
            if left <= 0:
                return
            self.clock.wait(min(max(pause, 0.05), left))


@asynccontextmanager
async def night(folder: Path, url: str = "", **policy: int) -> AsyncIterator[World]:
    """A world with an empty database in that folder, or at that address."""
    store = await Store.open(url or f"sqlite:///{folder}/peerline.db")
    clock, vault = Clock(), Vault(bytes(32))
    channel = Noting(clock)
    channels: dict[str, Channel] = {"noting": channel}
    hard = replace(Policy(), **policy)
    records = SchoolRecords("school", store, vault, clock)
    incidents = Incidents(records, policy=hard, channels=channels)
    duty = Duty(records, channels, DutySettings(BASE, hard, UTC))
    world = World(store, vault, clock, channel, hard, incidents, duty, channels)
    incidents.on_change(world.changes.append)
    world.restart()
    try:
        yield world
    finally:
        await world.duty.close()
        await store.close()
