"""Real listeners for pages that cross the wire: a mail server and a web server on loopback."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from aiohttp import web
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session


@dataclass
class Mailbox:
    """What a mail server took, as bytes, and how it is to behave."""

    answer: str = "250 taken"
    port: int = 0
    letters: list[Envelope] = field(default_factory=list)
    logins: list[LoginPassword] = field(default_factory=list)

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:
        """Keep a letter."""
        self.letters.append(envelope)
        return self.answer

    def login(
        self, _server: SMTP, _session: Session, _envelope: Envelope, _how: str, data: LoginPassword
    ) -> AuthResult:
        """Keep a login and let it in."""
        self.logins.append(data)
        return AuthResult(success=True)


@asynccontextmanager
async def mail_server(*, answer: str = "250 taken") -> AsyncIterator[Mailbox]:
    """A mail server on a free port, without encryption."""
    box = Mailbox(answer)
    server = await asyncio.get_running_loop().create_server(
        lambda: SMTP(box, authenticator=box.login, auth_require_tls=False, hostname="listener"),
        "127.0.0.1",
        0,
    )
    box.port = server.sockets[0].getsockname()[1]
    try:
        yield box
    finally:
        server.close()
        await server.wait_closed()


@dataclass
class Hook:
    """What a web server was posted, as bytes, and how it is to behave."""

    status: int = 200
    url: str = ""
    hang: asyncio.Event | None = None
    posts: list[tuple[dict[str, str], bytes]] = field(default_factory=list)
    arrived: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(0))

    async def take(self, request: web.Request) -> web.Response:
        """Keep a post and answer as told."""
        self.posts.append((dict(request.headers), await request.read()))
        self.arrived.release()
        if self.hang is not None:
            await self.hang.wait()
        return web.Response(status=self.status, headers={"Location": self.url + "/elsewhere"})


@asynccontextmanager
async def web_server(status: int = 200, hang: asyncio.Event | None = None) -> AsyncIterator[Hook]:
    """A web server on a free port that takes any path."""
    hook = Hook(status, hang=hang)
    application = web.Application()
    application.router.add_route("*", "/{path:.*}", hook.take)
    runner = web.AppRunner(application, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    hook.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    try:
        yield hook
    finally:
        await runner.cleanup()
