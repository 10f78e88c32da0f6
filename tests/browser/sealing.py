"""A town whose students have sealed identities: custodians with key files, an incident to open."""

from __future__ import annotations

import functools
import secrets
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

import msgspec

from moderation.identities import enrolment, keyfile
from moderation.identities.enrolment import Custodian, Custodians
from moderation.identities.registry import Registry
from moderation.identities.sealed import Half, Identity
from moderation.ids import new_id
from moderation.people.sessions import StaffMember
from moderation.records import rooms
from moderation.records.incidents import NewIncident, raise_incidents
from moderation.records.rooms import NewRoom
from tests.browser.sight import RULER, violations
from tests.browser.town import Town
from tests.browser.windows import StaffWindow
from tests.journeys.conftest import PASSWORD

PASSPHRASE = "three quiet herons"
ANN = Identity("Ann Lee", "9B", "1001")
CODE = "ABC-2345"
RANKS = {"lee": "safeguarding_lead", "lou": "safeguarding_lead"}
RANKS |= {"sue": "senior_leader", "sam": "senior_leader"}


@functools.cache
def _key(half: Half, name: str, _number: int = 1) -> bytes:
    """Their first key file, or a later one; made once, for its passphrase is stretched for long."""
    return keyfile.make(half, name, PASSPHRASE, secrets.token_bytes)


@dataclass
class Sealed:
    """What an enrolment needs; key files lie beside the records, as on a test machine only."""

    town: Town
    given: Counter[str] = field(default_factory=Counter)
    """How many keys each has been given."""

    async def hire(self) -> None:
        """Two of each rank, who can be paged."""
        for login, role in RANKS.items():
            await self.town.hire(login, role)

    async def member(self, login: str) -> StaffMember:
        """That custodian, signed in."""
        token = await self.town.people.sign_in_staff(login, PASSWORD)
        found = await self.town.people.sessions.staff(token or "")
        assert found is not None
        return found

    async def give_keys(self, *logins: str) -> None:
        """Keys made elsewhere, each registered by whoever has it."""
        for login in logins:
            half = Half.A if RANKS[login] == "safeguarding_lead" else Half.B
            self.given[login] += 1
            raw = _key(half, login.title(), self.given[login])
            self.file(login).write_bytes(raw)
            reveals, public = self.town.server.on_call.reveals, keyfile.read(raw)[1]
            assert await reveals.register(await self.member(login), public) is None

    def file(self, login: str) -> Path:
        return Path(self.town.settings.server.data) / f"{login}.key"

    async def enrol(self, custodians: bytes, *, safe: bool = False) -> str:
        """Seal a pupil for the keys in that file, import, and raise an incident about them."""
        found = enrolment.read(custodians, Custodians).custodians
        keys = [(one.half, one.public) for one in found]
        if safe:
            raw = _key(Half.SAFE, "The safe")
            self.file("safe").write_bytes(raw)
            keys.append((Half.SAFE, keyfile.read(raw)[1]))
        town, sitting = self.town, []
        for who in (ANN, Identity("Ben Moss", "9B", "1002")):
            made = enrolment.enrol([(who, "all")], keys, secrets.token_bytes)
            await Registry(town.records).take(made.batch)
            sitting.append(made.batch.students[0].pseudonym)
        _, wrapped = town.vault.new_room()
        seats = ((sitting[0], "Quiet Otter"), (sitting[1], "Brave Heron"))
        now = int(time.time() * 1000)
        row = NewRoom(new_id(), "test", "mood", "0" * 16, now, wrapped, seats)
        await town.store.write(rooms.open_rooms, row)
        new = NewIncident(CODE, "test", row.id, 0, "suicide", now)
        return await town.store.write(raise_incidents, new)

    async def all_ready(self, *, safe: bool = False) -> str:
        """Everybody with a key, and an incident; answers its code."""
        await self.hire()
        await self.give_keys(*RANKS)
        lines = await self.town.server.on_call.reveals.custody("test")
        found = tuple(
            Custodian(
                half=Half.A if one.role == "safeguarding_lead" else Half.B,
                name=one.name,
                public=one.public or b"",
            )
            for one in lines.lines
        )
        return await self.enrol(msgspec.json.encode(Custodians(custodians=found)), safe=safe)

    async def pick(self, window: StaffWindow, name: str, login: str) -> None:
        """Choose a key file and type its passphrase."""
        await window.page.set_input_files(f"#{name}-file", self.file(login))
        await window.page.fill(f"#{name}-phrase", PASSPHRASE)

    async def ask(self, window: StaffWindow, code: str) -> str:
        """Ask on the case page; answers the code of the reveal."""
        await window.page.goto(f"/staff/incidents/{code}")
        await window.page.click("text=Find out who it is")
        await window.page.check("#reason-life")
        await window.page.fill("#threat", "says there is a plan for tonight")
        await window.page.fill("#recipients", "the emergency services and me")
        await window.page.click("#reveal-ask")
        await window.page.wait_for_url("**/staff/identities/*")
        return window.page.url.split("/")[-1]


async def look(window: StaffWindow) -> None:
    """A phone in the dark and a wide screen in the light: nothing small, wide or faint."""
    for width, scheme in ((1280, "light"), (360, "dark")):
        await window.page.set_viewport_size({"width": width, "height": 760})
        await window.page.emulate_media(color_scheme=scheme, reduced_motion="reduce")  # type: ignore[arg-type]
        found = [*await window.page.evaluate(RULER), *await violations(window.page)]
        assert not found, f"{width} {scheme}: {found}"
