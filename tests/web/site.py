"""A whole site over a database of its own: people, incidents and pages, with a clock to turn."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import cast

import msgspec
from aiohttp import ClientResponse, web
from aiohttp.test_utils import TestClient, TestServer
from argon2 import PasswordHasher
from prometheus_client import CollectorRegistry

from chat.rooms.guests import Guests
from chat.rooms.joining import Joining
from chat.settings import Settings
from moderation.deadline import Deadline
from moderation.identities.registry import Registry
from moderation.identities.reveals import Reveals
from moderation.ids import new_id
from moderation.in_force import InForce
from moderation.incidents.exports import Exports
from moderation.incidents.incidents import Incidents
from moderation.on_call.contacts import Contacts
from moderation.on_call.drill import Plan
from moderation.on_call.drills import Drills
from moderation.on_call.paging import Paging, PagingSettings
from moderation.pager.mail import Mail
from moderation.pager.post import Poster
from moderation.pager.webhook import Webhook
from moderation.people.accounts import Terms
from moderation.people.issuer import Issuer
from moderation.people.oidc import Client
from moderation.people.people import People
from moderation.records import messages, rooms
from moderation.records.incidents import NewIncident
from moderation.records.of_school import SchoolRecords
from moderation.records.rooms import NewRoom
from moderation.records.store import Store
from moderation.records.vault import RoomKey, Vault
from moderation.rules_page import RulesPage
from moderation.terms import Attention, Category, Delivery, Finding
from tests.moderation.judging import shared_judge
from web.app import create_app
from web.parts import Parts

HOST = "chat.school.example"
ORIGIN = f"https://{HOST}"
SCHOOL = "school"
PASSWORD = "a long password"
PLAIN = Terms(second_factor=False)
"""Where a test is about something else, a password is enough to sign in."""
STAFF = {
    "mo": "moderator",
    "dana": "counsellor",
    "lee": "safeguarding_lead",
    "sue": "senior_leader",
    "ada": "administrator",
    "una": "auditor",
}
WRITTEN = Path(__file__).parents[1] / "data" / "dev-messages.jsonl"
"""The messages that a change of the rules is tried on here, fewer than a house has."""
OWN_PAGE = {"Host": HOST, "Sec-Fetch-Site": "same-origin"}


class Nowhere:
    """Rooms of a house in which no chat is open."""

    async def come(self, *_: str) -> str:
        """Nobody can come in."""
        return "ended"

    async def go(self, *_: str) -> None:
        """Nobody is there."""


class Clock:
    """Seconds since 1970, moved by hand."""

    def __init__(self) -> None:
        self.now = 1_800_000_000.0

    def __call__(self) -> float:
        return self.now


@dataclass
class Site:
    """The application and what stands behind it."""

    app: web.Application
    store: Store
    vault: Vault
    people: People
    incidents: Incidents
    clock: Clock
    health: dict[str, bool]
    registry: CollectorRegistry
    client: TestClient[web.Request, web.Application] = field(init=False)
    last_said: int = 0

    async def get(self, path: str, headers: Mapping[str, str] | None = None) -> ClientResponse:
        """GET as a browser that goes where it is told by hand."""
        return await self.client.get(
            path, headers={"Host": HOST, **(headers or {})}, allow_redirects=False
        )

    async def post(
        self, path: str, body: object = None, headers: Mapping[str, str] | None = None
    ) -> ClientResponse:
        """POST JSON (or nothing) from a page of this site."""
        given = {**OWN_PAGE, **(headers or {})}
        if body is None:
            return await self.client.post(path, headers=given)
        given.setdefault("Content-Type", "application/json")
        data = body if isinstance(body, bytes) else msgspec.json.encode(body)
        return await self.client.post(path, data=data, headers=given)

    async def as_staff(self, login: str) -> dict[str, str]:
        """The headers of somebody signed in."""
        token = await self.people.sign_in_staff(login, PASSWORD)
        return {"Cookie": f"__Host-staff={token}"}

    async def room(self) -> tuple[str, RoomKey]:
        """A room of two students, Otter and Heron."""
        sitting = [await self.student() for _ in range(2)]
        key, wrapped = self.vault.new_room()
        room = new_id()
        seats = ((sitting[0], "Otter"), (sitting[1], "Heron"))
        row = NewRoom(room, SCHOOL, "mood", "0" * 16, self.now, wrapped, seats)
        await self.store.write(rooms.open_rooms, row)
        return room, key

    async def student(self) -> str:
        """The pseudonym of a new student."""
        (card,) = await self.people.issue_cards(1)
        token = await self.people.sign_in_student(card)
        assert token is not None
        signed = await self.people.sessions.student(token)
        assert signed is not None
        return signed.who

    async def say(
        self,
        room: tuple[str, RoomKey],
        seat: int,
        text: str,
        finding: Finding | None = None,
        incident: NewIncident | None = None,
    ) -> str:
        """A message delivered as written; answers its id."""
        mid = new_id()
        self.clock.now += 7
        self.last_said = max(self.last_said + 1, self.now * 1000)
        attention = finding.attention if finding else Attention.NONE
        row = messages.Spoken(
            mid=mid,
            room=room[0],
            seat=seat,
            cid=new_id(),
            sealed=room[1].seal(text, mid),
            sealed_shown=None,
            state="released",
            said_at=self.last_said,
            attention=attention,
            delivery=Delivery.DELIVER,
            findings=msgspec.json.encode((finding,)).decode() if finding else None,
            version="0123456789abcdef",
            incident=incident,
        )
        await self.store.write(messages.say, row)
        return mid

    async def incident(self, code: str = "ABC-2345") -> str:
        """A conversation in which one message raised an incident; answers its code."""
        room = await self.room()
        await self.say(room, 1, "hey, what's up?")
        await self.say(room, 0, "not great. everything at home is bad again")
        text = "\U0001f614 i don't want to be alive anymore"
        span = Finding(Category.SUICIDE, Attention.PAGE, Delivery.DELIVER, "phrases", "wish", 2, 35)
        new = NewIncident(code, SCHOOL, room[0], 0, Category.SUICIDE, self.now + 7000)
        await self.say(room, 0, text, span, new)
        await self.say(room, 1, "i'm really glad you said that")
        return code

    @property
    def enrolling(self) -> Registry:
        """Takes in what was enrolled."""
        return Registry(SchoolRecords(SCHOOL, self.store, self.vault, self.clock))

    @property
    def now(self) -> int:
        """Unix milliseconds."""
        return int(self.clock() * 1000)


@asynccontextmanager
async def open_site(
    folder: Path,
    origins: frozenset[str] = frozenset({ORIGIN}),
    terms: Terms = PLAIN,
    sso: Client | None = None,
) -> AsyncIterator[Site]:
    """A site with one member of staff of each role, ended and gone afterwards."""
    clock = Clock()
    store = await Store.open(f"sqlite:///{folder / 'site.db'}")
    vault = Vault(bytes(32))
    records = SchoolRecords(SCHOOL, store, vault, clock)
    quick = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    people = People(records, terms=terms, hasher=quick)
    for login, role in STAFF.items():
        await people.add_staff(login, login.title(), role, PASSWORD)
    await people.add_contact("dana", "mail", "dana@school.example", heard=True)
    incidents = Incidents(records)
    settings = Settings()
    health, registry = {"store": True}, CollectorRegistry()
    ways = {"mail": Mail(settings.pager.mail, 5), "webhook": Webhook(Poster(5))}
    contacts = Contacts(records, ways)
    deadline = Deadline(shared_judge(), 30.0, clock)
    rules = InForce(deadline, shared_judge, clock)
    rules_page = RulesPage(records, rules, folder, {}, written=WRITTEN)
    drills = Drills(records, deadline, Plan())
    paging = Paging(records, ways, PagingSettings(needed=2, outside=("Police", "999")))
    joining = Joining(cast("Guests", Nowhere()), incidents, clock)
    parts = Parts(
        people=people,
        incidents=incidents,
        contacts=contacts,
        paging=paging,
        drills=drills,
        joining=joining,
        rules_page=rules_page,
        reveals=Reveals(records, break_glass=True),
        exports=Exports(records),
        store=store,
        settings=settings,
        origins=origins,
        ready=lambda: health,
        clock=clock,
        registry=registry,
        sso=None if sso is None else Issuer(sso, records),
    )
    app = create_app(parts)
    site = Site(app, store, vault, people, incidents, clock, health, registry)
    site.client = TestClient(TestServer(app))
    await site.client.start_server()
    try:
        yield site
    finally:
        await site.client.close()
        deadline.close()
        people.close()
        await store.close()
