"""A desk with records behind it, and moderators at their pages, for tests."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from chat.alone import Alone
from chat.desk.desk import Desk
from chat.desk.needs import DeskNeeds
from chat.desk.session import DeskSession
from chat.rooms.answering import Answering
from chat.rooms.guests import Guests
from chat.rooms.open_room import OpenRoom
from moderation.incidents.incidents import Incidents
from moderation.people.sessions import StaffMember
from moderation.records import items
from moderation.records import tables as t
from moderation.roles import Role
from tests.chat.shells import Page, Place, a_place
from tests.moderation.records.sample import SCHOOL, add_staff

ITEM = "i" * 22


@dataclass
class Moderator:
    """One moderator's page."""

    session: DeskSession
    seen: list[dict[str, Any]] = field(default_factory=list)
    closed: int | None = None
    heard: asyncio.Event = field(default_factory=asyncio.Event)

    def send(self, frame: bytes) -> None:
        self.seen.append(json.loads(frame))
        self.heard.set()

    def close(self, code: int, reason: str = "") -> None:
        assert reason
        self.closed = code

    async def says(self, t: str, **fields: Any) -> list[dict[str, Any]]:
        """Send a frame and answer with everything that came of it, told to all included."""
        del self.seen[:]
        self.session.frame_received(json.dumps({"t": t, **fields}).encode())
        if self.session._turns._last is not None:
            await self.session._turns._last
        await told(self.session._desk)
        return self.seen

    def names(self) -> list[str]:
        return [frame.get("code", frame["t"]) for frame in self.seen]


async def told(desk: Desk) -> None:
    """Everybody who watches has heard what changed."""
    while desk._telling:
        await asyncio.wait(desk._telling)


@dataclass
class Shift:
    """A desk with records behind it."""

    place: Place
    desk: Desk
    answering: Answering
    pages: list[None]
    barred: list[tuple[str, int]]

    async def moderator(self, login: str) -> Moderator:
        staff = await add_staff(self.place.store, login, "moderator")
        return self.page(StaffMember(staff, SCHOOL, login, login.title(), Role.MODERATOR))

    def page(self, staff: StaffMember) -> Moderator:
        page = Moderator(DeskSession(self.desk, staff))
        page.session.connected(page)  # type: ignore[arg-type]
        return page

    async def held(self) -> tuple[OpenRoom, Page, Page, str]:
        """A room in which seat 0 has said something that is held; and its item."""
        live, one, other = await self.place.pair()
        await self.place.said(live, 0, "hold this")
        one.take()
        return live, one, other, self.place.items[-1]


async def claimed(shift: Shift) -> str:
    """An item that Mo, who is at the desk, has."""
    *_, held = await shift.held()
    mo = await shift.moderator("mo")
    await mo.says("watch")
    await mo.says("claim", item=held)
    return held


async def owner(shift: Shift, item: str) -> str | None:
    """Who has an item."""
    found = await shift.place.store.read(items.item, item)
    assert found is not None
    return found.claimed_by


@contextlib.asynccontextmanager
async def a_shift(tmp_path: Path, keep_claim: float = 60.0) -> AsyncIterator[Shift]:
    async with a_place(tmp_path) as place:
        incidents, answering = Incidents(place.records), Answering(place.rooms, place.records)
        pages: list[None] = []
        barred: list[tuple[str, int]] = []
        needs = DeskNeeds(
            place.records,
            place.rooms,
            Guests(place.rooms, place.store, place.clock),
            incidents,
            lambda: pages.append(None),
            lambda student, until: barred.append((student, until)),
            answering.call_finished,
            Alone(),
        )
        yield Shift(place, Desk(needs, keep_claim), answering, pages, barred)


async def held_by(shift: Shift, login: str = "mo") -> tuple[OpenRoom, Page, Page, Moderator, str]:
    """A room with a held message, its pages, and the moderator who has claimed the item."""
    live, one, other, held = await shift.held()
    moderator = await shift.moderator(login)
    await moderator.says("watch")
    await moderator.says("claim", item=held)
    return live, one, other, moderator, held


async def audited(shift: Shift) -> list[str]:
    """What the audit log has, in order."""
    found = await shift.place.store.read(lambda conn: conn.execute(t.audit.select()).all())
    return [row.act for row in found]
