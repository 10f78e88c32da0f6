"""Many students come in at once: sign in, open a socket, say hello, ask for a peer.

Each keeps one connection from the sign-in to the chat, as a browser may. Used by
`bench/servers.py`.
"""

from __future__ import annotations

import json
import select
from collections import deque
from collections.abc import Generator, Iterable

from load import HEADER_END, SILENCE, Wire, connected, framed, knock, read

AT_ONCE = 64
"""Students on their way in at the same time."""


class Student:
    """One who comes in; `wire` and, with `chats`, `room` are there once `steps` has ended."""

    def __init__(self, port: int, origin: str, card: str, *, chats: bool) -> None:
        self.room = b""
        self.wire = Wire(connected(port))
        self._came = deque[bytes]()
        self._port, self._origin, self._card, self._chats = port, origin, card, chats
        self.steps = self._steps()

    def _steps(self) -> Generator[None, None, None]:
        """Each turn waits until more has come."""
        socket = self.wire.socket
        socket.sendall(self._sign_in())
        answer = yield from self._answer()
        token = json.loads(answer)["token"]
        socket.sendall(knock(self._port, "/ws", self._origin))
        yield from self._answer()
        self._say(b'{"t":"hello","token":"%s"}' % token.encode())
        yield from self._until(b'"t":"topics"')
        if self._chats:
            self._say(b'{"t":"understood","answer":1}')
            yield from self._until(b'"understood":true')
            self._say(b'{"t":"join","topic":"mood"}')
            self.room = json.loads((yield from self._until(b'"t":"matched"')))["room"]
            yield from self._until(b'"t":"resumed"')

    def _sign_in(self) -> bytes:
        body = json.dumps({"card": self._card}).encode()
        head = (
            f"POST /api/sign-in HTTP/1.1\r\nHost: 127.0.0.1:{self._port}\r\n"
            f"Origin: {self._origin}\r\nContent-Type: application/json\r\n"
            f"Content-Length: {len(body)}\r\n\r\n"
        )
        return head.encode() + body

    def _answer(self) -> Generator[None, None, bytes]:
        """The body of one HTTP answer; what came behind it stays on the wire."""
        got = b""
        while HEADER_END not in got:
            yield
            got += read(self.wire.socket)
        head, _, rest = got.partition(HEADER_END)
        lengths = [line for line in head.lower().split(b"\r\n") if line.startswith(b"content-len")]
        length = int(lengths[0].partition(b":")[2]) if lengths else 0
        while len(rest) < length:
            yield
            rest += read(self.wire.socket)
        self.wire = Wire(self.wire.socket, rest[length:])
        return rest[:length]

    def _until(self, what: bytes) -> Generator[None, None, bytes]:
        """The payload that holds `what`."""
        while True:
            while self._came:
                payload = self._came.popleft()
                if what in payload:
                    return payload
            yield
            self._came.extend(self.wire.payloads())

    def _say(self, payload: bytes) -> None:
        self.wire.socket.sendall(framed(payload))


def come_in(port: int, origin: str, cards: Iterable[str], *, chats: bool) -> list[Student]:
    """Let a student in for each card; those who chat are matched in the order they come."""
    watch, waiting = select.epoll(), iter(cards)
    under_way: dict[int, Student] = {}
    inside: dict[int, Student] = {}

    def begin() -> None:
        for card in waiting:
            student = Student(port, origin, card, chats=chats)
            fd = student.wire.socket.fileno()
            under_way[fd] = student
            watch.register(fd, select.EPOLLIN)
            next(student.steps)
            return

    for _ in range(AT_ONCE):
        begin()
    while under_way:
        ready = watch.poll(SILENCE)
        if not ready:
            raise TimeoutError(f"{len(under_way)} students wait for a server that says nothing")
        for fd, _ in ready:
            if fd in inside:
                inside[fd].wire.payloads()  # it is pinged while the others come
                continue
            try:
                next(under_way[fd].steps)
            except StopIteration:
                inside[fd] = under_way.pop(fd)
                begin()
    watch.close()
    return list(inside.values())
