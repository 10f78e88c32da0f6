"""Students who talk without end, come back after every crash, and write down what was promised."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random
from typing import Any

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidMessage

CRY = "i am going to kill myself tonight"
"""A clear disclosure: delivered, and an adult is paged."""

_PLAIN = (
    "the film was about penguins",
    "we made soup after school",
    "my bike has a new bell",
    "it rained all day here",
    "i like the green one more",
)
_BRIEF = ("slow_reader", "moving", "unavailable", "replaced", "seq_ahead")
"""Refusals a page meets while nodes come and go; it comes back."""
_AT_ONCE = 3
"""Messages of one student that may be unacknowledged."""


@dataclass
class Promise:
    """What an ack said about a message."""

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
    room: str = ""
    epoch: str = ""
    shown: list[str] = field(default_factory=list)
    """The mids on screen: the page shows a place only after the one before it."""
    said: list[str] = field(default_factory=list)
    waiting: dict[str, str] = field(default_factory=dict)
    promises: dict[str, Promise] = field(default_factory=dict)
    quiet: bool = False
    """Says nothing new; `at_rest` is set once everything said is acknowledged."""
    at_rest: asyncio.Event = field(default_factory=asyncio.Event)
    seated: asyncio.Event = field(default_factory=asyncio.Event)
    give_up_after: float | None = None
    """Seconds without any frame after which the connection is given up, as a page does."""

    async def talk(self) -> None:
        """One connection, until it breaks; a server that is not there is no error."""
        address = f"{self.origin.replace('http', 'ws')}/ws"
        try:
            async with connect(address, origin=self.origin, compression=None) as socket:  # type: ignore[arg-type]
                await self._hello(socket)
                while True:
                    async with asyncio.timeout(self.give_up_after):
                        frame = await socket.recv()
                    await self._take(socket, json.loads(frame))
        except (OSError, ConnectionClosed, InvalidMessage):
            return

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
            case "resumed":
                self.seated.set()
                await self._go_on(socket)
            case "ack":
                self._promised(frame)
                await self._say_more(socket)
            case "error" if frame["code"] in _BRIEF:
                await self._meet(socket, frame)
            case "waiting" | "notice":
                pass
            case _:
                raise AssertionError(f"not expected: {frame}")

    async def _go_on(self, socket: ClientConnection) -> None:
        """Send again what was not acknowledged, in the order it was said, then go on."""
        for cid, text in list(self.waiting.items()):
            await self._send(socket, cid, text)
        await self._say_more(socket)

    async def _say_more(self, socket: ClientConnection) -> None:
        while not self.quiet and len(self.waiting) < _AT_ONCE:
            cid = f"{self.chance.getrandbits(128):032x}"[:22]
            text = self._words()
            self.said.append(cid)
            self.waiting[cid] = text
            await self._send(socket, cid, text)
        if self.quiet and not self.waiting:
            self.at_rest.set()

    async def _send(self, socket: ClientConnection, cid: str, text: str) -> None:
        await socket.send(json.dumps({"t": "say", "cid": cid, "text": text}))

    async def _meet(self, socket: ClientConnection, frame: dict[str, Any]) -> None:
        """What could not be kept is sent again by coming back."""
        if frame["code"] == "unavailable":
            await socket.close()

    def _words(self) -> str:
        return CRY if self.chance.random() < 0.02 else self.chance.choice(_PLAIN)

    def _promised(self, ack: dict[str, Any]) -> None:
        assert ack["state"] == "released", ack
        text = self.waiting.pop(ack["cid"], None)
        if text is None:
            assert self.promises[ack["cid"]].mid == ack["mid"], "acknowledged as another message"
            return
        self.promises[ack["cid"]] = Promise(ack["mid"], ack["seq"], text == CRY)
        self._place(ack["seq"], ack["mid"])
        self.acked()

    def _place(self, seq: int, mid: str) -> None:
        """Show a message at its place, exactly once."""
        if seq <= len(self.shown):
            assert self.shown[seq - 1] == mid, f"two messages at place {seq}"
        else:
            assert seq == len(self.shown) + 1, f"{seq} came after {len(self.shown)}"
            self.shown.append(mid)
