"""A made-up school for `make run`: two student cards, a moderator, an adult on call.

Everything runs as in a real school, on this machine only. The adult's pages go over the real
webhook channel to a bell in this process, which prints them in the terminal. The codes and
passwords stand in `demo.json` in the data directory, so that they stay the same next time.
"""

from __future__ import annotations

import json
import secrets
import time
from dataclasses import dataclass
from pathlib import Path

from aiohttp import web
from msgspec.structs import replace

from chat.settings import Settings
from moderation.on_call.rota import Rota, Shift
from moderation.people.people import People
from moderation.records import rotas
from moderation.records.rotas import SaveRota
from moderation.records.store import Store

BELL_PORT = 8081
_LEAD = "safeguarding_lead"

_WELCOME = """
Peerline is open: a made-up school, on this machine only. Ctrl-C closes it.

  Students    {origin}/                  two cards, one for each of two windows
                {cards[0]}
                {cards[1]}
  Moderator   {origin}/staff             login moderator   password {password}
  On call     {origin}/staff             login oncall      password {password}
  Lead        {origin}/staff             login lead        password {password}

Use private windows: each one is a different person. Pages for the adult on call
ring here in this terminal, as they would on a phone.
"""


def settings(real: Settings) -> Settings:
    """Settings for a made-up school: as given, but open without staff, in a place of its own."""
    return replace(
        real,
        database="",
        school=replace(real.school, id="demo", name="Demo School (made up)", demo=True),
        server=replace(real.server, data=str(Path(real.server.data) / "demo")),
        chat=replace(real.chat, needs_staff=False),
        pager=replace(real.pager, networks=("127.0.0.1",)),
    )


@dataclass(frozen=True)
class Bell:
    """Where the demo's pages ring: a real webhook listener that prints."""

    runner: web.AppRunner
    keys: dict[str, object]

    def welcome(self, origin: str) -> str:
        """What to open, and with what."""
        return _WELCOME.format(origin=origin, **self.keys)

    async def close(self) -> None:
        """Stop listening."""
        await self.runner.cleanup()


async def furnish(settings: Settings, store: Store, people: People, port: int = BELL_PORT) -> Bell:
    """Give the school its people, once, and start the bell; raises OSError if the port is taken."""
    keys_file = Path(settings.server.data) / "demo.json"
    runner = await _listen(port)
    if not keys_file.exists():
        keys = await _people(store, people, f"http://127.0.0.1:{port}/bell")
        keys_file.touch(mode=0o600)
        keys_file.write_text(json.dumps(keys))
    return Bell(runner, json.loads(keys_file.read_text()))


async def _people(store: Store, people: People, bell: str) -> dict[str, object]:
    password = "-".join(secrets.token_hex(2) for _ in range(4))
    await people.add_staff("moderator", "Mo (demo moderator)", "moderator", password)
    first = await people.add_staff("oncall", "Ola (demo, on call)", "counsellor", password)
    lead = await people.add_staff("lead", "Lee (demo, safeguarding lead)", _LEAD, password)
    for login in ("oncall", "lead"):
        await people.add_contact(login, "webhook", bell, heard=True)
    await store.write(rotas.save, SaveRota("demo", 0, _rota(first, lead), first, _now()))
    return {"cards": await people.issue_cards(2), "password": password}


def _rota(first: str, lead: str) -> Rota:
    """Both on call day and night, taking turns in who is called first."""
    days, since = tuple(range(7)), "2026-01-05"
    shifts = tuple(
        Shift(id=name, days=days, start="00:00", end="00:00", people=people, since=since)
        for name, people in (("first", (first, lead)), ("second", (lead, first)))
    )
    return Rota(shifts=shifts, outside_name="Made-up emergency line", outside_number="000")


def _now() -> int:
    return int(time.time() * 1000)


async def _listen(port: int) -> web.AppRunner:
    app = web.Application()
    app.router.add_post("/bell", _ring)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    return runner


async def _ring(request: web.Request) -> web.Response:
    page = await request.json()
    print(f"\a\n  PAGE  {page['code']}: {page['class']}\n        {page['link']}\n", flush=True)
    return web.Response()
