"""Students who talk without end, come back after every fault, and write down what was promised.

A black box: it knows the wire (docs/protocol.md) and nothing else of the product. Each checks as it
goes that places come in order, once, and never as another message; `crowd.py` holds what was
promised against the records at the end.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random
from typing import Any

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake

from tests.faults.witness import mark

CRY = "i am going to kill myself tonight"
"""A clear disclosure: delivered, and an adult is paged."""
RUDE = "kill yourself you worthless freak"
"""Held, until its writer takes it back."""

_PLAIN = (
    "the film was about penguins",
    "we made soup after school",
    "my bike has a new bell",
    "it rained all day here",
    "i like the green one more",
)
_THINGS = """
    apple badge bench boat book bridge brush button candle carpet chair clock cloud coat cup desk
    door field flag flower fork garden glove grass hat hill jacket kettle lamp leaf map mirror
    paper pencil picture plate pond river road roof scarf shelf shoe spoon table tent tree wheel
""".split()  # noqa: SIM905 - words
_BRIEF = (
    *("slow_reader", "moving", "unavailable", "replaced", "seq_ahead", "no_hello"),
    *("not_found", "too_many_errors", "out_of_turn"),
)
"""Refusals a page meets while nodes come and go, or is late itself; it comes back.

What it takes back may have been released by itself meanwhile, and that too often.
"""
_AT_ONCE = 3
"""Messages of one student that may be unacknowledged."""
_SHOWN = ("released", "masked", "redacted")
STAYS = 0.7
"""How often a page says again what was refused over the connection it has."""
FIRST_PAUSE, LONGEST_PAUSE = 0.5, 20.0


def everyday(chance: Random) -> str:
    """What students say who are content; one in fifty is not."""
    return CRY if chance.random() < 0.02 else chance.choice(_PLAIN)


def of_all_kinds(chance: Random) -> str:
    """Words that are said once in the world, so that each has a verdict of its own."""
    tail = " ".join(chance.choices(_THINGS, k=5))
    kind = chance.random()
    if kind < 0.0005:
        return f"{CRY} {tail}"
    return f"{RUDE if kind < 0.005 else chance.choice(_PLAIN)} {tail}"


def backoff(failures: int, chance: float) -> float:
    """Seconds before a page tries again, as web/static/student/backoff.js has them."""
    ceiling = min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** min(failures, 10))
    return ceiling * (0.5 + chance / 2)


@dataclass
class Promise:
    """What an ack said about a message that was shown."""

    mid: str
    seq: int
    cry: bool


@dataclass
class Talker:
    """One student's page. `acked` is told of every ack; chance makes cids and words."""

    token: str
    origin: str
    chance: Random
    acked: Callable[[], None]
    words: Callable[[Random], str] = everyday
    heard: list[bytes] | None = None
    """A mark of every text of the peer that was shown, if there is a witness to compare with."""
    address: dict[str, Any] = field(default_factory=dict)
    """From where the page connects, where that matters."""
    room: str = ""
    epoch: str = ""
    shown: list[str] = field(default_factory=list)
    """The mids on screen: the page shows a place only after the one before it."""
    said: list[str] = field(default_factory=list)
    waiting: dict[str, str] = field(default_factory=dict)
    """What is not yet shown, by cid."""
    held: list[str] = field(default_factory=list)
    promises: dict[str, Promise] = field(default_factory=dict)
    taken_back: set[str] = field(default_factory=set)
    quiet: bool = False
    """Says nothing new; `at_rest` is set once everything said is settled."""
    at_rest: asyncio.Event = field(default_factory=asyncio.Event)
    seated: asyncio.Event = field(default_factory=asyncio.Event)
    give_up_after: float | None = None
    """Seconds without any frame after which the connection is given up, as a page does.

    Twice as many after each one that brought no answer, up to eight times, so that where everything
    is slow somebody is waited for long enough.
    """
    refused: asyncio.Event = field(default_factory=asyncio.Event)
    """A message of this page could not be kept."""
    ends: int = 0
    """How often a connection of this page has ended."""
    slowest_back: float = 0.0
    """Most seconds between the first try to come back and sitting in the room again."""
    trying_since: float | None = None
    """When that first try was; None while it is connected."""
    _socket: ClientConnection | None = None
    _in_vain: int = 0
    _wanted: int = 1 << 60
    _all_there: asyncio.Event = field(default_factory=asyncio.Event)

    async def talk(self) -> None:
        """One connection, until it breaks; no server there, or a torn handshake, is no error."""
        address = f"{self.origin.replace('http', 'ws')}/ws"
        if self.room and self.trying_since is None:
            self.trying_since = time.monotonic()
        try:
            async with connect(
                address,
                origin=self.origin,  # type: ignore[arg-type]
                compression=None,
                ping_interval=None,
                close_timeout=0.1,
                open_timeout=self._patience() or 10,
                **self.address,
            ) as socket:
                self._socket = socket
                await self._hello(socket)
                while True:
                    async with asyncio.timeout(self._patience()):
                        frame = await socket.recv()
                    await self._take(socket, json.loads(frame))
        except (OSError, ConnectionClosed, InvalidHandshake, EOFError):
            self.ends += 1
            self._in_vain += 1

    def _patience(self) -> float | None:
        return self.give_up_after and self.give_up_after * min(8, 2**self._in_vain)

    def hang_up(self) -> None:
        """Break the connection off, as when somebody walks out of the range of a network."""
        if self._socket is not None:
            self._socket.transport.abort()

    async def has_shown(self, places: int) -> None:
        """Answer once so many places are on screen."""
        self._wanted = places
        if len(self.shown) < places:
            await self._all_there.wait()

    async def _hello(self, socket: ClientConnection) -> None:
        hello: dict[str, Any] = {"t": "hello", "token": self.token}
        if self.room:
            place = {"room": self.room, "epoch": self.epoch, "seq": len(self.shown)}
            hello["resume"] = place
        await socket.send(json.dumps(hello))

    async def _take(self, socket: ClientConnection, frame: dict[str, Any]) -> None:
        match frame["t"]:
            case "topics":
                await socket.send('{"t":"join","topic":"mood"}')
            case "matched":
                assert self.room in {"", frame["room"]}, "another room than before"
                self.room, self.epoch = frame["room"], frame["epoch"]
            case "message":
                self._place(frame["seq"], frame["mid"])
                if self.heard is not None and frame["who"] == "peer":
                    self.heard.append(mark(frame["text"]))
            case "resumed":
                self._is_back()
                await self._go_on(socket)
            case "ack" | "status":
                await self._told(socket, frame)
                await self._say_more(socket)
            case "error":
                await self._meet(socket, frame)
            case "reset":
                self.shown += [""] * (frame["head"] - len(self.shown))
            case "waiting" | "notice":
                pass
            case _:
                raise AssertionError(f"not expected: {frame}")

    def _is_back(self) -> None:
        self.seated.set()
        if self.trying_since is not None:
            self.slowest_back = max(self.slowest_back, time.monotonic() - self.trying_since)
            self.trying_since = None

    async def _go_on(self, socket: ClientConnection) -> None:
        """Send again what was not acknowledged, in the order it was said, then go on."""
        self.held.clear()
        for cid, text in list(self.waiting.items()):
            await self._send(socket, cid, text)
        await self._say_more(socket)

    async def _say_more(self, socket: ClientConnection) -> None:
        while not self.quiet and len(self.waiting) < _AT_ONCE:
            cid = f"{self.chance.getrandbits(128):032x}"[:22]
            text = self.words(self.chance)
            self.said.append(cid)
            self.waiting[cid] = text
            await self._send(socket, cid, text)
        if self.quiet and not self.waiting:
            self.at_rest.set()

    async def _send(self, socket: ClientConnection, cid: str, text: str) -> None:
        said = {"t": "say", "cid": cid, "text": text}
        await socket.send(json.dumps(said, ensure_ascii=False))

    async def _meet(self, socket: ClientConnection, frame: dict[str, Any]) -> None:
        """What could not be kept is sent again at once, or by coming back: as chance has it."""
        if frame["code"] == "unavailable":
            self.refused.set()
            cid = frame.get("cid")
            if cid in self.waiting and self.chance.random() < STAYS:
                await self._send(socket, cid, self.waiting[cid])
            else:
                await socket.close()
        elif frame["code"] == "rate_limited":  # what was to be taken back, nothing else
            await asyncio.sleep(frame["retry_after"])
            if self.held:
                await self._take_back(socket, self.held[0])
        else:
            assert frame["code"] in _BRIEF, frame

    async def _told(self, socket: ClientConnection, frame: dict[str, Any]) -> None:
        """An ack or a status: what became of a message of one's own."""
        cid, state = frame["cid"], frame["state"]
        self._in_vain = 0
        if cid not in self.waiting:
            before = self.promises.get(cid)
            assert before is None or before.mid == frame["mid"], "acknowledged as another message"
        elif state == "held":
            if cid not in self.held:
                self.held.append(cid)
                if self.held == [cid]:
                    await self._take_back(socket, cid)
        elif state == "taken_back":
            del self.waiting[cid]
            self.taken_back.add(cid)
            self.acked()
            await self._no_longer_held(socket, cid)
        else:
            assert state in _SHOWN, frame
            text = self.waiting.pop(cid)
            self.promises[cid] = Promise(frame["mid"], frame["seq"], text.startswith(CRY))
            self._place(frame["seq"], frame["mid"])
            self.acked()
            await self._no_longer_held(socket, cid)

    async def _no_longer_held(self, socket: ClientConnection, cid: str) -> None:
        """What is held is taken back one after another; what waits behind it mostly just goes."""
        if cid in self.held:
            self.held.remove(cid)
            if self.held:
                await self._take_back(socket, self.held[0])

    async def _take_back(self, socket: ClientConnection, cid: str) -> None:
        await socket.send(json.dumps({"t": "take_back", "cid": cid}))

    def _place(self, seq: int, mid: str) -> None:
        """Show a message at its place, exactly once."""
        if seq <= len(self.shown):
            assert self.shown[seq - 1] in {mid, ""}, f"two messages at place {seq}"
        else:
            assert seq == len(self.shown) + 1, f"{seq} came after {len(self.shown)}"
            self.shown.append(mid)
            if seq >= self._wanted:
                self._all_there.set()
