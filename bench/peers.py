"""What stands beside us in a measurement: bare relays in their simplest form.

    python bench/peers.py websockets|socketio PORT

Each passes a message on to the other of two in a room and does nothing else: no judging, no ack,
no disk. Started by `bench/run.py`.
"""

from __future__ import annotations

import asyncio
import contextlib
import sys
from collections import defaultdict
from typing import Any
from urllib.parse import parse_qs, urlsplit

import socketio
from aiohttp import web
from websockets.asyncio.server import ServerConnection, serve
from websockets.exceptions import ConnectionClosed


async def websockets_relay(port: int) -> None:
    """The asyncio server of `websockets`, as its documentation shows it."""
    rooms: defaultdict[str, list[ServerConnection]] = defaultdict(list)

    async def relay(connection: ServerConnection) -> None:
        room = rooms[connection.request.path if connection.request else ""]
        room.append(connection)
        with contextlib.suppress(ConnectionClosed):
            async for message in connection:
                for other in room:
                    if other is not connection:
                        await other.send(message)

    async with serve(relay, "127.0.0.1", port, compression=None):
        await asyncio.get_running_loop().create_future()


async def socketio_relay(port: int) -> None:
    """python-socketio over aiohttp, as its documentation shows it."""
    server = socketio.AsyncServer(async_mode="aiohttp")
    app = web.Application()
    server.attach(app)
    rooms: dict[str, str] = {}

    @server.event  # type: ignore[untyped-decorator]
    async def connect(sid: str, environ: dict[str, Any]) -> None:
        rooms[sid] = parse_qs(urlsplit(environ["RAW_URI"]).query)["room"][0]
        await server.enter_room(sid, rooms[sid])

    @server.event  # type: ignore[untyped-decorator]
    async def m(sid: str, words: str) -> None:
        await server.emit("m", words, room=rooms[sid], skip_sid=sid)

    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    await asyncio.get_running_loop().create_future()


if __name__ == "__main__":
    asyncio.run(
        {"websockets": websockets_relay, "socketio": socketio_relay}[sys.argv[1]](int(sys.argv[2]))
    )
