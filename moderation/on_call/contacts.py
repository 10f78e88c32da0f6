"""How each member of staff can be reached: their own contacts, and the proof that each works.

Used by `web`. A contact is added by the person it reaches, and counts only once that person has
*heard* a test page over it (`records/proofs.py`). Its address is sealed before it is kept and is
in nothing this module answers, so that it can be replaced and removed, never read.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from moderation.ids import new_id
from moderation.pager import Channel
from moderation.pager.push import public_key
from moderation.pager.webhook import new_key
from moderation.people.sessions import StaffMember
from moderation.records import contacts as rows
from moderation.records import proofs
from moderation.records.contacts import Full, Leads
from moderation.records.of_school import SchoolRecords
from moderation.records.proofs import ContactLine, TooSoon

LONGEST_ADDRESS = 4_096
"""Characters; a browser's subscription is the longest there is."""
LONGEST_LABEL = 40


@dataclass(frozen=True, slots=True)
class Added:
    """A new contact; `secret` is what its receiver needs, told this once and never again."""

    id: str
    secret: str | None


class Contacts:
    """The contacts of staff; `due` is called when a test page has become due."""

    def __init__(
        self,
        records: SchoolRecords,
        channels: Mapping[str, Channel],
        *,
        due: Callable[[], None] = lambda: None,
        chance: Callable[[int], bytes] = os.urandom,
    ) -> None:
        self._store = records.store
        self._vault = records.vault
        self._now = records.now
        self._channels = channels
        self._due = due
        self._chance = chance

    @property
    def channels(self) -> tuple[str, ...]:
        """The channels that are set up."""
        return tuple(self._channels)

    @property
    def push_key(self) -> str | None:
        """The key browsers subscribe for; None when pages cannot be pushed."""
        return public_key(self._vault.push_key()) if "push" in self._channels else None

    async def of(self, staff: StaffMember) -> list[ContactLine]:
        """Their own, in order, each with its newest test page; never an address."""
        return await self._store.read(proofs.of_staff, staff.id)

    async def add(self, staff: StaffMember, channel: str, address: str, label: str) -> Added | str:
        """One more contact; or `bad_address`, `bad_field`, `too_many_contacts`."""
        label, address = label.strip(), address.strip()
        way = self._channels.get(channel)
        if way is None or len(label) > LONGEST_LABEL or not label.isprintable():
            return "bad_field"
        if len(address) > LONGEST_ADDRESS or not way.accepts(address):
            return "bad_address"
        secret = None
        if channel == "webhook" and "#" not in address:
            secret = new_key(self._chance)
            address = f"{address}#{secret}"
        contact = new_id()
        sealed = self._vault.seal_field(address, contact)
        row = rows.Add(contact, staff.id, channel, label, sealed, self._now())
        try:
            await self._store.write(rows.add, row)
        except Full:
            return "too_many_contacts"
        return Added(contact, secret)

    async def remove(self, staff: StaffMember, contact: str) -> bool:
        """Forget a contact of theirs and its address; False for one they do not have."""
        row = proofs.Remove(contact, staff.id, self._now())
        return await self._store.write(proofs.remove, row)

    async def test(self, staff: StaffMember, contact: str) -> str | None:
        """Have a test page sent over a contact of theirs; None, or the code of a refusal."""
        try:
            code = await self._store.write(proofs.ask, proofs.Ask(contact, staff.id, self._now()))
        except TooSoon:
            return "rate_limited"
        if code is None:
            return "not_found"
        self._due()
        return None

    async def answer(self, staff: StaffMember, code: str, *, heard: bool) -> bool:
        """The test page with that code came; False when there is none to be answered by them."""
        row = proofs.Answer(code, staff.id, heard, self._now())
        return await self._store.write(proofs.answer, row)

    async def arrived(self, word: str) -> Leads | None:
        """The page a link was made for came; where it leads, None for a word not made here."""
        page = self._vault.page_of(word)
        if page is None:
            return None
        return await self._store.write(rows.arrived, rows.Arrived(page, self._now()))
