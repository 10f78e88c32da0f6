"""Somebody between their password and their second factor, for tests."""

from __future__ import annotations

import pyotp
from argon2 import PasswordHasher
from sqlalchemy import select

from moderation.people.factors import Halfway, Site
from moderation.people.people import People
from moderation.records import tables as t
from moderation.records.of_school import SchoolRecords
from moderation.records.store import Store
from moderation.records.vault import Vault
from tests.moderation.authenticator import Device
from tests.moderation.noting import Clock

PASSWORD = "tea with oat milk"
HOST = "chat.elm.example"
SITE = Site("Elm", HOST, {f"https://{HOST}"})


class SecondStep:
    """A school that asks for a second step, and one member of staff who signs in."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.clock = Clock()
        quick = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
        records = SchoolRecords("elm", store, Vault(bytes(32)), self.clock)
        self.people = People(records, hasher=quick)
        self.factors = self.people.factors
        self.secret = ""

    async def half(self, token: str | None = None) -> Halfway:
        """Whoever has shown a password."""
        token = token or await self.people.sign_in_staff("mo", PASSWORD)
        half = await self.people.sessions.halfway(token or "")
        assert half is not None
        return half

    async def with_app(self) -> tuple[str, tuple[str, ...]]:
        """Set up an app; answers the token of the session and the recovery codes."""
        me = await self.half()
        made = self.factors.new_maker(me, SITE)
        self.secret = made.secret
        done = await self.factors.keep_maker(me, made.sealed, self.digits())
        self.clock.wait(30)
        return done.token, done.recovery

    async def with_passkey(self, device: Device) -> str:
        """Set up a passkey; answers the token of the session."""
        me = await self.half()
        made = device.make(await self.factors.new_passkey(me, SITE))
        return (await self.factors.keep_passkey(me, SITE, made, "Phone")).token

    def digits(self, later: float = 0) -> str:
        """What the app shows."""
        return pyotp.TOTP(self.secret).at(int(self.clock() + later))

    async def acts(self) -> list[str]:
        """What the audit log has."""
        query = select(t.audit.c.act).order_by(t.audit.c.n)
        return list(await self.store.read(lambda conn: conn.scalars(query).all()))


def device() -> Device:
    """A device that knows this site."""
    return Device(HOST, f"https://{HOST}")
