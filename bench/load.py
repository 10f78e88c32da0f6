"""A load from one process that costs less than the servers it measures.

Raw sockets and epoll; frames are cut out of the stream by their length and never decoded, and
client frames are masked with a key of zeros (allowed by RFC 6455 section 5.3), so that a message
costs this side a few microseconds. Used by `bench/run.py`.
"""

from __future__ import annotations

import itertools
import json
import select
import socket
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

WORDS = (
    "honestly today was such a long day, double maths and then it rained all the way home",
    "did you see the match last night? I could not believe that save in the last minute",
    "my little brother has learnt one song on the recorder and plays it before breakfast lol",
    "I have a history test tomorrow and I only just found out it covers the whole unit",
    "we are getting a puppy at the weekend and mum finally let me choose what it is called",
    "that sounds really hard. do you want to talk about it or would you like a distraction",
    "ngl the new album is better than the first one, track four has been on repeat all week",
    "I am a bit nervous about moving schools, everyone here has known each other for ages",
)
"""Said over and over, as a relay passes them on; nobody on the staff is asked to look at one."""
CORPUS = Path(__file__).parent.parent / "moderation/corpus"
HEADER_END = b"\r\n\r\n"
TEXT, PING, PONG = 0x81, 0x89, 0x8A

SILENCE = 30.0
"""Seconds after which a server that says nothing is taken for dead."""

MIN_HALF, MAX_HALF = 25, 75
"""Characters of an ordinary message that is half of another one."""

_numbers = itertools.count()
"""Every message of this process has its own number, as every message has its own `cid`."""


def everyday() -> list[str]:
    """Short ordinary messages of the corpus, from which others are put together."""
    lines = [
        json.loads(line) for path in sorted(CORPUS.glob("*-messages.jsonl")) for line in path.open()
    ]
    return [
        one["text"]
        for one in lines
        if (one["category"], one["lang"]) == ("none", "en")
        and MIN_HALF <= len(one["text"]) <= MAX_HALF
    ]


def two_of(lines: list[str], number: int) -> str:
    """Two of the lines, for every number below the square of their count another two."""
    count = len(lines)
    return f"{lines[number % count]} {lines[(number + number // count) % count]}"


def connected(port: int) -> socket.socket:
    """A connection to the server on that port of this machine."""
    made = socket.create_connection(("127.0.0.1", port))
    made.settimeout(SILENCE)
    made.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return made


def knock(port: int, path: str, origin: str) -> bytes:
    """The head of a request for a WebSocket."""
    return (
        f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nOrigin: {origin}\r\n"
        "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
    ).encode()


def read(open_socket: socket.socket) -> bytes:
    """What has come; raises ConnectionError when nothing will, or a load would spin for ever."""
    got = open_socket.recv(65536)
    if not got:
        raise ConnectionError("the server has hung up")
    return got


def framed(payload: bytes, kind: int = TEXT) -> bytes:
    """A whole client frame of that kind, masked with zeros."""
    size = len(payload)
    head = bytes((kind, 0x80 | size)) if size < 126 else bytes((kind, 0xFE)) + size.to_bytes(2)
    return head + b"\0\0\0\0" + payload


class Wire:
    """One client's socket: whole payloads out of the stream."""

    def __init__(self, open_socket: socket.socket, rest: bytes = b"") -> None:
        """Speak over a socket after its handshake; `rest` is what came behind it."""
        self.socket = open_socket
        self._rest = rest

    @classmethod
    def opened(cls, port: int, path: str, origin: str) -> Wire:
        """Connect and shake hands; raises ConnectionError if the server refuses."""
        made = connected(port)
        made.sendall(knock(port, path, origin))
        got = b""
        while HEADER_END not in got:
            got += read(made)
        answer, _, rest = got.partition(HEADER_END)
        if b" 101 " not in answer.splitlines()[0]:
            raise ConnectionError(answer.decode("latin-1"))
        return cls(made, rest)

    def payloads(self) -> list[bytes]:
        """Everything whole that has come, after one read."""
        return self._cut(self._rest + read(self.socket))

    def wait_for(self, what: bytes) -> bytes:
        """Read until a payload holds `what`."""
        found = self._cut(self._rest)
        while True:
            for payload in found:
                if what in payload:
                    return payload
            found = self.payloads()

    def _cut(self, data: bytes) -> list[bytes]:
        found = []
        at, end = 0, len(data)
        while end - at >= 2:
            size, start = data[at + 1], at + 2
            if size == 126:
                size, start = int.from_bytes(data[at + 2 : at + 4], "big"), at + 4
            if start + size > end:
                break
            if data[at] == PING:
                # The answer repeats what was asked (RFC 6455 section 5.5.3), or a relay hangs up.
                self.socket.sendall(framed(data[start : start + size], PONG))
            else:
                found.append(data[start : start + size])
            at = start + size
        self._rest = data[at:]
        return found


@dataclass
class Kind:
    """How to speak to one kind of server.

    `message` makes the frame of message number n, `starts` is how a payload that carries a peer's
    message begins.
    """

    message: Callable[[int], bytes]
    starts: bytes


@dataclass
class Measured:
    """What a load found; latencies in microseconds, `busy` the load's own share of its core."""

    messages: int = 0
    seconds: float = 0.0
    busy: float = 0.0
    latencies: list[float] = field(default_factory=list)


def _watched(pairs: list[tuple[Wire, Wire]]) -> tuple[select.epoll, dict[int, Wire]]:
    """What tells which of their sockets can be read.

    They lose their time limit, which would cost a system call for each read.
    """
    watch = select.epoll()
    by_fd = {wire.socket.fileno(): wire for pair in pairs for wire in pair}
    for fd, wire in by_fd.items():
        wire.socket.settimeout(None)
        watch.register(fd, select.EPOLLIN)
    return watch, by_fd


def closed_loop(pairs: list[tuple[Wire, Wire]], kind: Kind, seconds: float) -> Measured:
    """In every pair one speaks, the other answers as soon as they have read it, and so on."""
    watch, by_fd = _watched(pairs)
    for one, _ in pairs:
        one.socket.sendall(kind.message(next(_numbers)))
    measured = Measured()
    begun, spent = time.perf_counter(), time.process_time()
    until = begun + seconds
    while (now := time.perf_counter()) < until:
        for fd, _ in watch.poll(1.0):
            wire = by_fd[fd]
            for payload in wire.payloads():
                if payload.startswith(kind.starts):
                    measured.messages += 1
                    wire.socket.sendall(kind.message(next(_numbers)))
    measured.seconds = now - begun
    measured.busy = (time.process_time() - spent) / measured.seconds
    watch.close()
    return measured


def paced(pairs: list[tuple[Wire, Wire]], kind: Kind, a_second: int, seconds: float) -> Measured:
    """Messages at a steady rate; how long each takes from one page to the other."""
    watch, by_fd = _watched(pairs)
    measured = Measured()
    sent_at: dict[int, float] = {}
    begun = time.perf_counter()
    number = 0
    while (now := time.perf_counter()) < begun + seconds:
        due = begun + number / a_second
        if now >= due:
            one, other = pairs[number % len(pairs)]
            sent_at[other.socket.fileno()] = time.perf_counter()
            one.socket.sendall(kind.message(next(_numbers)))
            number += 1
        for fd, _ in watch.poll(max(0.0, min(due - now, 0.001))):
            for payload in by_fd[fd].payloads():
                if fd in sent_at and payload.startswith(kind.starts):
                    measured.messages += 1
                    measured.latencies.append((time.perf_counter() - sent_at[fd]) * 1e6)
    measured.seconds = now - begun
    watch.close()
    return measured
