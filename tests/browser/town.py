"""A whole running house on a port of its own, its people, and the post that its pages arrive by."""

from __future__ import annotations

import asyncio
import email
import email.policy
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from aiosmtpd.smtp import SMTP, Envelope, Session
from msgspec.structs import replace

import house
from chat.settings import Chat, Mail, Pager, Reveal, School, Server, Settings
from moderation.ids import new_id
from moderation.people.accounts import Terms
from moderation.people.people import People
from moderation.records import items, rooms
from moderation.records.rooms import NewRoom
from moderation.records.store import Store
from moderation.records.vault import Vault
from tests.journeys.conftest import PASSWORD
from tests.moderation.records.sample import new_item
from tests.servers import free_port

PATIENCE = 20.0
"""Seconds after which something that has not come will not come."""


@dataclass
class Post:
    """A real mail server that keeps every letter as it came over the wire."""

    port: int = 0
    letters: list[bytes] = field(default_factory=list)
    _new: asyncio.Queue[bytes] = field(default_factory=asyncio.Queue)
    _one_more: asyncio.Condition = field(default_factory=asyncio.Condition)

    async def handle_DATA(self, _server: SMTP, _session: Session, letter: Envelope) -> str:
        assert isinstance(letter.content, bytes)
        self.letters.append(letter.content)
        self._new.put_nowait(letter.content)
        async with self._one_more:
            self._one_more.notify_all()
        return "250 taken"

    async def arrived(self, number: int) -> None:
        """Wait until so many letters have come in all."""
        async with asyncio.timeout(PATIENCE), self._one_more:
            await self._one_more.wait_for(lambda: len(self.letters) >= number)

    async def next(self) -> str:
        """What the next letter says, its subject first."""
        async with asyncio.timeout(PATIENCE):
            raw = await self._new.get()
        letter = email.message_from_bytes(raw, policy=email.policy.default)
        body = letter.get_body(("plain",))
        assert body is not None
        return f"{letter['subject']}\n{body.get_content()}"


@asynccontextmanager
async def post_office() -> AsyncIterator[Post]:
    """A mail server on a free port."""
    post = Post()
    server = await asyncio.get_running_loop().create_server(
        lambda: SMTP(post, hostname="listener"), "127.0.0.1", 0
    )
    post.port = server.sockets[0].getsockname()[1]
    try:
        yield post
    finally:
        server.close()
        await server.wait_closed()


class Town:
    """A house that can be closed and opened again on the same records."""

    server: house.Server
    people: People
    store: Store
    vault: Vault

    def __init__(
        self,
        folder: Path,
        post: Post,
        *,
        second_factor: bool = False,
        clock: Callable[[], float] = time.time,
        **changes: object,
    ) -> None:
        self.post = post
        self.clock = clock
        self.terms = Terms(second_factor=second_factor)
        mail = Mail(
            host="127.0.0.1", port=post.port, sender="peerline@school.example", encrypt=False
        )
        settings = Settings(
            school=School(id="test", name="Test School", hours="on school days"),
            server=Server(port=free_port(), data=str(folder)),
            chat=Chat(needs_staff=False, needs_adults=1),
            pager=Pager(repeat_seconds=600.0, mail=mail),
        )
        chat = {name: value for name, value in changes.items() if name in Chat.__struct_fields__}
        drills = {"drills": changes.pop("drills")} if "drills" in changes else {}
        alone = bool(changes.pop("break_glass", False))
        pager = {name: changes[name] for name in changes if name not in chat}
        self.settings = replace(
            settings,
            chat=replace(settings.chat, **chat),
            pager=replace(settings.pager, **pager),
            **drills,
            reveal=Reveal(break_glass=alone),
        )
        self._open = AsyncExitStack()

    @property
    def origin(self) -> str:
        return self.server.origins[0]

    async def open(self) -> None:
        opening = house.open_ground(self.settings, terms=self.terms, clock=self.clock)
        ground = await self._open.enter_async_context(opening)
        self.records, self.people = ground.records, ground.people
        self.store, self.vault = self.records.store, self.records.vault
        self.server = house.Server(ground)
        await self.server.start()
        self._open.push_async_callback(self.server.close)

    async def close(self) -> None:
        await self._open.aclose()

    async def seat(self, *handles: str) -> list[str]:
        """Cards of students who already sit in a room together, under these handles."""
        cards = await self.people.issue_cards(len(handles))
        sitting = [
            (await self._student(card), how) for card, how in zip(cards, handles, strict=True)
        ]
        _, wrapped = self.vault.new_room()
        room = NewRoom(new_id(), "test", "mood", "0" * 16, 0, wrapped, tuple(sitting))  # type: ignore[arg-type]
        await self.store.write(rooms.open_rooms, room)
        await self.close()
        await self.open()
        return cards

    async def _student(self, card: str) -> str:
        token = await self.people.sign_in_student(card)
        signed = await self.people.sessions.student(token or "")
        assert signed is not None
        return signed.who

    async def empty(self) -> bool:
        """Whether no student has a page open."""
        return not self.server.talking.students.here

    async def fill(self, count: int) -> list[str]:
        """So many items more wait for a moderator, reports about no room; answers their ids."""
        rows = [
            new_item(None, school="test", since=number, escalate_at=None, kind="report")
            for number in range(count)
        ]
        await asyncio.gather(*(self.store.write(items.add_items, row) for row in rows))
        for row in rows:
            self.server.talking.desk.changed(row.id)
        return [row.id for row in rows]

    async def card(self) -> str:
        """A student's card, as it is printed."""
        (card,) = await self.people.issue_cards(1)
        return card

    async def hire(self, login: str, role: str, name: str = "") -> None:
        """A member of staff; whoever may be paged has a mailbox."""
        await self.people.add_staff(login, name or login.title(), role, PASSWORD)
        if role != "moderator":
            await self.people.add_contact(login, "mail", f"{login}@school.example", heard=True)
            await self.server.on_call.look_who_is_there()


async def until(holds: Callable[[], Awaitable[bool]]) -> None:
    """Wait for what no page shows and no event tells: asks again and again."""
    async with asyncio.timeout(PATIENCE):
        while not await holds():  # noqa: ASYNC110 - there is no event
            await asyncio.sleep(0.005)  # the browser needs the processor meanwhile
