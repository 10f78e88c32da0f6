"""A school whose identities are sealed: custodians with keys, pupils with cards, and the whole way.

What a browser does with halves is done here by `moderation/identities/sealed.py`; tests/browser
shows that both are the same.
"""

from __future__ import annotations

import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import cast

from cryptography.hazmat.primitives.asymmetric import ec
from sqlalchemy import select

from moderation.identities import enrolment
from moderation.identities.registry import Registry
from moderation.identities.reveal import LIMIT_MS, State, Why
from moderation.identities.reveals import Began, Reveals
from moderation.identities.sealed import (
    Half,
    Identity,
    bytes_of,
    open_half,
    open_identity,
    seal_half,
)
from moderation.ids import new_id
from moderation.people.sessions import StaffMember
from moderation.records import rooms
from moderation.records import tables as t
from moderation.records.reveals import Handed
from tests.moderation.night import World, night

WHY = Why("life", "says there is a plan for tonight", "the emergency services and me")
ANN = Identity("Ann Lee", "9B")
LIMIT = LIMIT_MS / 1000
"""Seconds in which a reveal is answered."""
RANKS = {"safeguarding_lead": Half.A, "senior_leader": Half.B}


def new_key() -> ec.EllipticCurvePrivateKey:
    return ec.generate_private_key(ec.SECP256R1())


@dataclass
class Custodian:
    """Somebody who holds a half, with the key that never leaves them."""

    staff: StaffMember
    half: Half
    private: ec.EllipticCurvePrivateKey

    @property
    def public(self) -> bytes:
        return bytes_of(self.private.public_key())


@dataclass
class School:
    """Custodians, pupils and an incident, in a world whose clock a test moves."""

    world: World
    reveals: Reveals
    custodians: dict[str, Custodian] = field(default_factory=dict)
    safe: ec.EllipticCurvePrivateKey = field(default_factory=new_key)
    name: str = "school"

    async def hire(self, name: str, role: str) -> Custodian:
        """A custodian with a registered key and a way to be paged."""
        adult = await self.world.adult(name, role, school=self.name)
        staff = cast("StaffMember", adult)
        made = Custodian(staff, RANKS[role], new_key())
        assert await self.reveals.register(staff, made.public) is None
        self.custodians[name] = made
        return made

    async def enrol(self, *names: str) -> list[str]:
        """Pupils sealed for everybody here and for the safe; answers their pseudonyms."""
        keys = [(one.half, one.public) for one in self.custodians.values()]
        keys.append((Half.SAFE, bytes_of(self.safe.public_key())))
        found = []
        for name in names:
            made = enrolment.enrol([(Identity(name, "9B"), "all")], keys, secrets.token_bytes)
            world = self.world
            await Registry(replace(world.records, school=self.name)).take(made.batch)
            found.append(made.batch.students[0].pseudonym)
        return found

    async def incident(self, *names: str) -> str:
        """Somebody with the first name says what pages an adult; answers the incident's code."""
        one, other = await self.enrol(*names)
        return await self.said(one, other)

    async def said(self, one: str, other: str) -> str:
        """An incident about the first of two pseudonyms in a new room."""
        _, wrapped = self.world.vault.new_room()
        seats = ((one, "Quiet Otter"), (other, "Brave Heron"))
        row = rooms.NewRoom(new_id(), "school", "mood", "0" * 16, 1, wrapped, seats)
        await self.world.store.write(rooms.open_rooms, row)
        return await self.world.say(row.id)

    async def ask(self, incident: str, name: str = "Lee") -> str:
        """A request of that lead; answers its code."""
        began = await self.reveals.ask(incident, self.custodians[name].staff, WHY)
        assert isinstance(began, Began), began
        return began.code

    async def practise(self) -> None:
        """Lee and Sue open a canary."""
        began = await self.reveals.practise(self.custodians["Lee"].staff)
        assert isinstance(began, Began)
        assert await self.approve(began.code) is State.APPROVED
        assert isinstance(await self.open(began.code), Identity)

    async def approve(self, code: str, name: str = "Sue") -> State | str:
        """What a senior leader's browser does: open half B, seal it to the requester, agree."""
        one = self.custodians[name]
        handed = await self.reveals.half(code, one.staff)
        if not isinstance(handed, Handed):
            return handed
        part = open_half(handed.halves["b"], Half.B, handed.pseudonym, one.private)
        passed = seal_half(part, code, handed.pseudonym, handed.point)
        return await self.reveals.approve(code, one.staff, passed)

    async def open(self, code: str, name: str = "Lee") -> Identity | str:
        """What the requester's browser does with what it is handed."""
        one = self.custodians[name]
        handed = await self.reveals.open(code, one.staff)
        if not isinstance(handed, Handed):
            return handed
        parts = {
            kind: open_half(
                sealed, kind, handed.pseudonym, self.safe if kind == "safe" else one.private
            )
            for kind, sealed in handed.halves.items()
        }
        first = parts.pop("a")
        (second,) = parts.values()
        return open_identity(handed.identity, handed.pseudonym, first, second)


def staff(school: School, name: str) -> StaffMember:
    """The custodian of that name, as signed in."""
    return school.custodians[name].staff


async def acts(school: School) -> list[tuple[str, str]]:
    """What the audit log says about reveals, in order: who by name, and what."""
    query = (
        select(t.audit.c.who, t.audit.c.act)
        .where(t.audit.c.act.like("reveal%"), t.audit.c.act != "reveal_key")
        .order_by(t.audit.c.n)
    )
    names = {one.staff.id: name for name, one in school.custodians.items()}
    return [(names.get(who, who), act) for who, act in await school.world.rows(query)]


@asynccontextmanager
async def school(
    folder: Path, url: str = "", *, break_glass: bool = False, name: str = "school"
) -> AsyncIterator[School]:
    """A school with two leads, Lee and Lou, and two senior leaders, Sue and Sam."""
    async with night(folder, url) as world:
        made = School(
            name=name,
            world=world,
            reveals=Reveals(
                world.records,
                break_glass=break_glass,
                due=lambda: world.duty.wake(),  # noqa: PLW0108 - a restart makes another one
            ),
        )
        for who, role in (
            ("Lee", "safeguarding_lead"),
            ("Lou", "safeguarding_lead"),
            ("Sue", "senior_leader"),
            ("Sam", "senior_leader"),
        ):
            await made.hire(who, role)
        yield made
