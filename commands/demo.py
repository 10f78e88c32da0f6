"""A made-up school for `make run`: students, a moderator, an adult on call, custodians and so on.

Everything runs as in a real school, on this machine only. The adult's pages go over the real
webhook channel to a bell in this process, which prints them in the terminal. The codes and
passwords stand in `demo.json` in the data directory, so that they stay the same next time. The
keys that open who a student is lie beside them, with one passphrase for all: a real school's
server never sees one.
"""

from __future__ import annotations

import json
import secrets
from dataclasses import dataclass
from pathlib import Path

from aiohttp import web
from msgspec.structs import replace

from chat.settings import Settings
from house.ground import Ground
from moderation.identities import enrolment, keyfile
from moderation.identities.registry import Registry
from moderation.identities.sealed import Half, Identity, fingerprint
from moderation.on_call.rota import Rota, Shift
from moderation.records import custody, rotas
from moderation.records.custody import Register
from moderation.records.of_school import SchoolRecords
from moderation.records.rotas import SaveRota

_LEAD, _LEADER = "safeguarding_lead", "senior_leader"
_CUSTODIANS = {
    "lead": ("Lee (demo, safeguarding lead)", _LEAD),
    "leader": ("Sue (demo, senior leader)", _LEADER),
    "lead2": ("Lou (demo, second lead)", _LEAD),
    "leader2": ("Sam (demo, second senior leader)", _LEADER),
}
"""Two of each rank, the least that identities are sealed for; the first two are introduced."""
_PUPILS = (Identity("Robin Example", "9B", "1001"), Identity("Kim Example", "9B", "1002"))

_WELCOME = """
Peerline is open: a made-up school, on this machine only. Ctrl-C closes it.

  Students    {origin}/                  two cards, one for each of two windows
                {cards[0]}
                {cards[1]}
  Moderator   {origin}/staff             login moderator   password {password}
  On call     {origin}/staff             login oncall      password {password}
  Lead        {origin}/staff             login lead        password {password}{administrator}

Use private windows: each one is a different person. Pages for the adult on call
ring here in this terminal, as they would on a phone.
"""
_ADMINISTRATOR = "administrator"
"""Stands among the keys where the school has one: those made before had none."""
_WELCOME_ADMINISTRATOR = """
  Accounts    {origin}/staff             login admin       password {password}"""
_WELCOME_CUSTODIANS = """
To find out who a student is takes two people with a key each. The lead asks on the page
of an incident; the senior leader (login leader, the same password) is paged and agrees.
Key files of both: {folder}    passphrase  {passphrase}
"""


def settings(real: Settings) -> Settings:
    """Settings for a made-up school: as given, but open without staff, in a place of its own.

    Nothing outside this machine is asked or told, whatever the real school has set up.
    """
    plain = Settings()
    return replace(
        real,
        database="",
        redis="",
        sso=plain.sso,
        audit=plain.audit,
        second_opinion=plain.second_opinion,
        school=replace(real.school, id="demo", name="Demo School (made up)", demo=True),
        server=replace(
            real.server, host=plain.server.host, data=str(Path(real.server.data) / "demo")
        ),
        chat=replace(real.chat, needs_staff=False),
        pager=replace(real.pager, networks=("127.0.0.1",)),
    )


@dataclass(frozen=True)
class Bell:
    """Where the demo's pages ring: a real webhook listener that prints."""

    runner: web.AppRunner
    keys: dict[str, object]
    folder: Path

    def welcome(self, origin: str) -> str:
        """What to open, and with what."""
        shown = {**self.keys, "origin": origin}
        has_one = _ADMINISTRATOR in self.keys
        shown[_ADMINISTRATOR] = _WELCOME_ADMINISTRATOR.format(**shown) if has_one else ""
        said = _WELCOME.format(**shown)
        if "passphrase" in self.keys:
            said += _WELCOME_CUSTODIANS.format(folder=self.folder, **self.keys)
        return said

    async def close(self) -> None:
        """Stop listening."""
        await self.runner.cleanup()


async def furnish(ground: Ground, port: int | None = None) -> Bell:
    """Give the school its people, once, and start the bell; raises OSError if the port is taken.

    The bell rings at `port`, at first the one after the server's, and stays there: pages know it.
    """
    keys_file = Path(ground.settings.server.data) / "demo.json"
    folder = keys_file.with_name("keys")
    known = json.loads(keys_file.read_text()) if keys_file.exists() else {}
    port = port or known.get("bell") or ground.settings.server.port + 1
    runner = await _listen(port)
    if not known:
        password, ids = await _people(ground, f"http://127.0.0.1:{port}/bell")
        folder.mkdir(mode=0o700, exist_ok=True)
        known = {"password": password, "bell": port, _ADMINISTRATOR: "admin"}
        known |= await _identities(ground.records, ids, folder)
        _write(keys_file, json.dumps(known).encode())
    return Bell(runner, known, folder)


async def _people(ground: Ground, bell: str) -> tuple[str, dict[str, str]]:
    """Everybody's password, and who the custodians are."""
    people, records = ground.people, ground.records
    password = "-".join(secrets.token_hex(2) for _ in range(4))
    await people.add_staff("moderator", "Mo (demo moderator)", "moderator", password)
    await people.add_staff("admin", "Ada (demo administrator)", "administrator", password)
    first = await people.add_staff("oncall", "Ola (demo, on call)", "counsellor", password)
    ids = {
        login: await people.add_staff(login, name, role, password)
        for login, (name, role) in _CUSTODIANS.items()
    }
    for login in ("oncall", *_CUSTODIANS):
        await people.add_contact(login, "webhook", bell, heard=True)
    rota = SaveRota(records.school, 0, _rota(first, ids["lead"]), first, records.now())
    await records.store.write(rotas.save, rota)
    return password, ids


async def _identities(
    records: SchoolRecords, ids: dict[str, str], folder: Path
) -> dict[str, object]:
    """Two cards with who they belong to sealed behind them, for keys that lie in that folder."""
    passphrase = "-".join(secrets.token_hex(2) for _ in range(4))
    keys: list[tuple[Half, bytes]] = []
    for login, (name, role) in _CUSTODIANS.items():
        half = Half.A if role == _LEAD else Half.B
        raw = keyfile.make(half, name, passphrase, secrets.token_bytes)
        _write(folder / f"{login}.key", raw)
        public = keyfile.read(raw)[1]
        mine = Register(ids[login], half.value, public, fingerprint(public), records.now())
        await records.store.write(custody.register, mine)
        keys.append((half, public))
    made = enrolment.enrol([(who, "all") for who in _PUPILS], keys, secrets.token_bytes)
    await Registry(records).take(made.batch)
    return {"cards": [card.code for card in made.cards], "passphrase": passphrase}


def _write(path: Path, content: bytes) -> None:
    path.touch(mode=0o600)
    path.write_bytes(content)


def _rota(first: str, lead: str) -> Rota:
    """Both on call day and night, taking turns in who is called first."""
    days, since = tuple(range(7)), "2026-01-05"
    shifts = tuple(
        Shift(id=name, days=days, start="00:00", end="00:00", people=people, since=since)
        for name, people in (("first", (first, lead)), ("second", (lead, first)))
    )
    return Rota(shifts=shifts, outside_name="Made-up emergency line", outside_number="000")


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
