"""A client that may break every rule: bytes on a socket, and frames made by hand."""

from __future__ import annotations

import asyncio
import socket
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    import ssl

PATIENCE = 10.0  # seconds; only a failing test waits so long
ORIGIN = "https://chat.school.example"
KEY = "dGhlIHNhbXBsZSBub25jZQ=="  # RFC 6455 section 1.3
ACCEPT = "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="  # its answer, from the same section
MASK = b"\x0a\x1b\x2c\x3d"

TEXT, BINARY, CLOSE, PING, PONG = 1, 2, 8, 9, 10
CONT = 0


def frame(
    opcode: int, payload: bytes = b"", *, fin: bool = True, masked: bool = True, rsv: int = 0
) -> bytes:
    """One frame as a client sends it, or as it must not."""
    first = (0x80 if fin else 0) | rsv << 4 | opcode
    bit = 0x80 if masked else 0
    if len(payload) < 126:
        head = bytes((first, bit | len(payload)))
    elif len(payload) < 65536:
        head = bytes((first, bit | 126)) + len(payload).to_bytes(2)
    else:
        head = bytes((first, bit | 127)) + len(payload).to_bytes(8)
    if not masked:
        return head + payload
    return head + MASK + bytes(byte ^ MASK[i % 4] for i, byte in enumerate(payload))


def handshake(*headers: str, origin: str | None = ORIGIN, path: str = "/ws") -> bytes:
    """An upgrade request; `headers` are added to or replace the usual ones."""
    usual = {
        "Host": "127.0.0.1",
        "Upgrade": "websocket",
        "Connection": "Upgrade",
        "Sec-WebSocket-Key": KEY,
        "Sec-WebSocket-Version": "13",
    }
    if origin is not None:
        usual["Origin"] = origin
    for header in headers:
        name, _, value = header.partition(": ")
        usual[name] = value
    lines = [f"{name}: {value}" for name, value in usual.items() if value]
    return "\r\n".join([f"GET {path} HTTP/1.1", *lines, "", ""]).encode()


@dataclass(frozen=True)
class Answer:
    """What HTTP said; header names are in lower case."""

    status: int
    headers: dict[str, str]
    body: bytes


class RawClient:
    """One connection to the port."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader = reader
        self.writer = writer

    @classmethod
    async def open(
        cls, port: int, *, tls: ssl.SSLContext | None = None, receive: int | None = None
    ) -> Self:
        """Connect; `receive` makes the system's receive buffer that small."""
        sock = socket.socket()
        if receive is not None:
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive)
        sock.setblocking(False)
        await asyncio.get_running_loop().sock_connect(sock, ("127.0.0.1", port))
        name = "localhost" if tls else None
        return cls(*await asyncio.open_connection(sock=sock, ssl=tls, server_hostname=name))

    async def upgraded(self, *headers: str) -> Self:
        """Self, once it is a WebSocket."""
        self.send(handshake(*headers))
        answer = await self.answer()
        assert answer.status == 101, answer
        return self

    def send(self, *pieces: bytes) -> None:
        """Write all of it."""
        self.writer.write(b"".join(pieces))

    async def answer(self) -> Answer:
        """The next HTTP answer."""
        async with asyncio.timeout(PATIENCE):
            head = (await self.reader.readuntil(b"\r\n\r\n")).decode()
            first, *lines = head.split("\r\n")[:-2]
            pairs = (line.split(": ", 1) for line in lines)
            headers = {name.lower(): value for name, value in pairs}
            body = await self.reader.readexactly(int(headers.get("content-length", 0)))
        return Answer(int(first.split()[1]), headers, body)

    async def frame(self) -> tuple[int, bytes]:
        """Opcode and payload of the next frame, which must be whole and unmasked."""
        async with asyncio.timeout(PATIENCE):
            first, size = await self.reader.readexactly(2)
            assert first & 0xF0 == 0x80
            if size == 126:
                size = int.from_bytes(await self.reader.readexactly(2))
            elif size == 127:
                size = int.from_bytes(await self.reader.readexactly(8))
            assert size < 1 << 32
            return first & 0x0F, await self.reader.readexactly(size)

    async def text(self) -> bytes:
        """The payload of the next frame, which must be text."""
        opcode, payload = await self.frame()
        assert opcode == TEXT, (opcode, payload)
        return payload

    async def close_code(self) -> int:
        """The code of the close frame that ends the stream, reading over all that comes before."""
        while True:
            opcode, payload = await self.frame()
            if opcode == CLOSE:
                return int.from_bytes(payload[:2])

    async def ended(self) -> bool:
        """True once the server has ended the stream, reading over all that comes before."""
        with suppress(ConnectionError):
            async with asyncio.timeout(PATIENCE):
                while await self.reader.read(65536):
                    pass
        return True

    async def leave(self) -> None:
        """Cut the connection."""
        self.writer.transport.abort()
        with suppress(ConnectionError):
            await self.writer.wait_closed()
