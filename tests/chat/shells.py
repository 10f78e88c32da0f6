"""What tests of the chat's shells share: real records, a scripted judge, a clock that stands still.

A message's first word says what the judge decides about it: `hold`, `hush` (held, and disturbing
nobody), `mask`, `tell` (hidden, for it tells who somebody is), `help` (a cry for help, paged),
`look` (delivered and queued); anything else is plain.
"""

from __future__ import annotations

import asyncio
import contextlib
import dataclasses
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

from sqlalchemy import Connection

from chat.frames import shared
from chat.frames.from_student import Say
from chat.rooms.needs import RoomNeeds
from chat.rooms.open_room import OpenRoom
from chat.rooms.rooms import Rooms
from chat.settings import Chat, Pager
from moderation.conversation import ConversationState
from moderation.decide import HIDDEN
from moderation.records import tables as t
from moderation.records.of_school import SchoolRecords
from moderation.records.store import Asked, Store, StoreUnavailable
from moderation.records.vault import Vault
from moderation.terms import Attention, Category, Decision, Delivery, Finding
from tests.moderation.records.sample import SCHOOL, add_students

START = 1_790_000_000.0

_VERDICTS = {
    "hold": (Category.BULLYING, Attention.QUEUE, Delivery.HOLD),
    "hush": (Category.BULLYING, Attention.NONE, Delivery.HOLD),
    "mask": (Category.PROFANITY, Attention.NONE, Delivery.MASK),
    "tell": (Category.IDENTITY, Attention.NONE, Delivery.REDACT),
    "look": (Category.BULLYING, Attention.QUEUE, Delivery.DELIVER),
    "help": (Category.SUICIDE, Attention.PAGE, Delivery.DELIVER),
}


class Script:
    """Judges by the first word, and remembers what it was asked."""

    def __init__(self) -> None:
        self.asked: list[tuple[int, str]] = []

    def judge_turn(self, text: str, _state: ConversationState, seat: int) -> Decision:
        self.asked.append((seat, text))
        verdict = _VERDICTS.get(text.split(maxsplit=1)[0] if text.split() else "")
        if verdict is None:
            return Decision(Attention.NONE, Delivery.DELIVER, (), text, "script")
        category, attention, delivery = verdict
        found = Finding(category, attention, delivery, "script", "first_word", 0, 4)
        hidden = {Delivery.MASK: "****", Delivery.REDACT: HIDDEN}.get(delivery)
        shown = text if hidden is None else hidden + text[4:]
        return Decision(attention, delivery, (found,), shown, "script")


@dataclass
class Clock:
    """Seconds that pass only when a test says so."""

    now: float = START

    def __call__(self) -> float:
        return self.now


@dataclass
class Page:
    """A page that keeps what it was sent."""

    seen: list[shared.Frame] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    lefts: int = 0
    heard: asyncio.Event = field(default_factory=asyncio.Event)

    def send(self, frame: shared.Frame) -> None:
        self.seen.append(frame)
        self.heard.set()

    def left(self) -> None:
        self.lefts += 1

    def refuse(self, code: str) -> None:
        self.refused.append(code)

    def take(self) -> list[shared.Frame]:
        """What came since the last look."""
        seen, self.seen = self.seen, []
        self.heard.clear()
        return seen


class Stumble:
    """The next commit of a store: it stands still until it fails; those after it go well.

    One that is `kept` is on disk, and only its answer is lost.
    """

    def __init__(self, store: Store, *, kept: bool = False) -> None:
        self._store, self._keep, self._is_kept = store, store._keep, kept
        self._fails = asyncio.Event()
        self.begun = asyncio.Event()
        store._keep = self._stand_still  # type: ignore[method-assign]

    async def _stand_still(self, batch: list[Asked]) -> list[StoreUnavailable]:
        self._store._keep = self._keep  # type: ignore[method-assign]
        self.begun.set()
        await self._fails.wait()
        if self._is_kept:
            await self._keep(batch)
        return [StoreUnavailable()] * len(batch)

    def fail(self) -> None:
        """It is answered: nothing of it was kept, as far as anybody knows."""
        self._fails.set()


class Late:
    """The next answer of a store to one query: read at once, it comes when it is let come."""

    def __init__(self, store: Store, query: Callable[..., object]) -> None:
        self._store, self._query, self._read = store, query, store.read
        self._comes = asyncio.Event()
        self.begun = asyncio.Event()
        store.read = self._hold_back  # type: ignore[method-assign, assignment]

    async def _hold_back(self, query: Callable[..., object], *args: object) -> object:
        answer = await self._read(query, *args)
        if query is self._query:
            self._store.read = self._read  # type: ignore[method-assign]
            self.begun.set()
            await self._comes.wait()
        return answer

    def come(self) -> None:
        """It is there now."""
        self._comes.set()


@dataclass
class Place:
    """Rooms on real records, and what they told the rest of the house."""

    store: Store
    vault: Vault
    rooms: Rooms
    clock: Clock
    judge: Script
    needs: RoomNeeds
    items: list[str]
    incidents: list[None]

    @property
    def records(self) -> SchoolRecords:
        return SchoolRecords(SCHOOL, self.store, self.vault, self.clock)

    async def pair(self) -> tuple[OpenRoom, Page, Page]:
        """An open room of two fresh students, both of whose pages are seated."""
        one, other = f"one{len(self.rooms):019}", f"two{len(self.rooms):019}"
        for student in (one, other):
            await self.store.write(add_students, student)
        live = await self.rooms.open([one, other], "mood")
        pages = Page(), Page()
        for seat, page in enumerate(pages):
            await self.rooms.enter(live, seat, page)
            page.take()
        return live, *pages

    async def alone(self) -> OpenRoom:
        """An open room of one fresh student."""
        student = f"solo{len(self.rooms):018}"
        await self.store.write(add_students, student)
        return await self.rooms.open([student], "help")

    async def said(
        self, live: OpenRoom, seat: int, text: str, cid: str | None = None, *, ask: bool = False
    ) -> str:
        """Say something and wait until it is answered."""
        cid = cid or f"{len(self.judge.asked):022}"
        self.rooms.say(live, seat, Say(cid, text, ask))
        await self.committed()
        return cid

    async def committed(self) -> None:
        """Everything handed in so far is on disk and was answered."""
        await self.store.write(_nothing, None)
        await self.rooms.quiet()

    def again(self, **changes: object) -> Rooms:
        """The rooms of a server that has just been started on the same records."""
        return Rooms(dataclasses.replace(self.needs, **changes))  # type: ignore[arg-type]


def _nothing(conn: Connection, rows: object) -> list[None]:  # noqa: ARG001
    return [None]


async def count(store: Store, table: str) -> int:
    """How many rows a table has."""
    return len(await store.read(lambda conn: conn.execute(t.metadata.tables[table].select()).all()))


@contextlib.asynccontextmanager
async def a_place(
    tmp_path: Path,
    *,
    chat: Chat | None = None,
    reachable: Callable[[], bool] = lambda: True,
) -> AsyncIterator[Place]:
    """Rooms on a fresh database."""
    store = await Store.open(f"sqlite:///{tmp_path / 'records.db'}")
    clock, judge, vault = Clock(), Script(), Vault(b"k" * 32)
    items: list[str] = []
    incidents: list[None] = []
    needs = RoomNeeds(
        store=store,
        vault=vault,
        judge=judge,
        clock=clock,
        chance=Random(7),
        chat=chat or Chat(),
        pager=Pager(),
        school=SCHOOL,
        reachable=reachable,
        item_changed=items.append,
        incident_raised=lambda: incidents.append(None),
    )
    try:
        yield Place(store, vault, Rooms(needs), clock, judge, needs, items, incidents)
    finally:
        await store.close()
