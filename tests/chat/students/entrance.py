"""Students' connections with records behind them, for tests."""

from __future__ import annotations

import contextlib
import dataclasses
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from chat.live.memory import MemoryLive
from chat.settings import Pager, School
from chat.students.afterwards import Afterwards
from chat.students.lobby import Lobby
from chat.students.matching import Pair
from chat.students.needs import StudentNeeds
from chat.students.session import StudentSession
from moderation.people.sessions import Signed
from moderation.records.of_school import SchoolRecords
from moderation.records.rooms import Standing, standing
from moderation.records.store import Store
from tests.chat.shells import Place, a_place
from tests.moderation.records.sample import SCHOOL, add_students

ANN, BO = "a" * 43, "b" * 43
ROOM = "r" * 22
"""The id of a room that there is not."""


class Register:
    """Who has which token; stands for Sessions."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self.signed = {
            token: Signed(
                token.encode(), token[:22], understood=True, band="all", barred_until=None
            )
            for token in (ANN, BO)
        }
        self.bars: dict[str, int] = {}
        self.noted: list[str] = []
        self.ended: list[tuple[bytes, str]] = []

    async def student(self, token: str) -> Signed | None:
        return self.signed.get(token)

    async def standing(self, student: str) -> Standing:
        found = await self._store.read(standing, student)
        return dataclasses.replace(found, barred_until=self.bars.get(student))

    async def ended_lately(self) -> list[tuple[bytes, str]]:
        return self.ended

    async def understood(self, token: str) -> None:
        self.noted.append(token)

    async def end(self, token: str) -> None:
        del self.signed[token]


@dataclass
class Wire:
    """The connection's side: what was sent, and with which code it was closed."""

    session: StudentSession
    seen: list[dict[str, Any]] = field(default_factory=list)
    closed: int | None = None

    def send(self, frame: bytes) -> None:
        self.seen.append(json.loads(frame))

    def close(self, code: int, reason: str = "") -> None:
        assert reason
        self.closed = code

    async def says(self, t: str, **fields: Any) -> list[dict[str, Any]]:
        """Send a frame and answer with everything that came of it."""
        del self.seen[:]
        self.session.frame_received(json.dumps({"t": t, **fields}).encode())
        await self.session._turns._last if self.session._turns._last else None
        return self.seen

    @property
    def codes(self) -> list[str]:
        return [frame["code"] for frame in self.seen if frame["t"] == "error"]


@dataclass
class Entrance:
    """A place with a lobby, and the pairs it made."""

    place: Place
    needs: StudentNeeds
    register: Register
    pairs: list[Pair]

    def connect(self) -> Wire:
        wire = Wire(StudentSession(self.needs))
        wire.session.connected(wire)  # type: ignore[arg-type]
        return wire

    async def hello(self, token: str) -> Wire:
        wire = self.connect()
        await wire.says("hello", token=token)
        return wire

    async def seated(self) -> tuple[Wire, Wire]:
        """Ann and Bo in one room."""
        one, other = await self.hello(ANN), await self.hello(BO)
        live = await self.place.rooms.open([ANN[:22], BO[:22]], "mood")
        for seat, wire in enumerate((one, other)):
            await wire.session.enter(live, seat)
        return one, other


@contextlib.asynccontextmanager
async def an_entrance(tmp_path: Path, **changes: Any) -> AsyncIterator[Entrance]:
    async with a_place(tmp_path) as place:
        for token in (ANN, BO):
            await place.store.write(add_students, token[:22])
        register, pairs = Register(place.store), []
        needs = StudentNeeds(
            sessions=register,  # type: ignore[arg-type]
            rooms=place.rooms,
            lobby=Lobby(MemoryLive(), place.clock, pairs.append),
            store=place.store,
            afterwards=Afterwards(
                SchoolRecords(SCHOOL, place.store, place.vault, place.clock),
                72.0,
                Pager(),
                place.rooms._needs.item_changed,
            ),
            school=School(),
            clock=place.clock,
            chat_open=lambda: True,
            longest_wait=300.0,
            reachable=lambda: True,
            here={},
            max_connections=100,
        )
        yield Entrance(place, dataclasses.replace(needs, **changes), register, pairs)
