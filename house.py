"""The house: builds every part from the settings, opens the door, and closes it again.

The composition root proper; `run_server.py` is its command line. Nothing else knows all parts.
"""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import os
import resource
import ssl
import time
from collections.abc import AsyncIterator, Mapping
from functools import partial
from pathlib import Path
from random import SystemRandom
from typing import TYPE_CHECKING

import structlog
from aiohttp import web

from chat.alone import Alone
from chat.desk.back import Back
from chat.desk.badges import Badges
from chat.desk.desk import KEEP_CLAIM, Desk
from chat.desk.session import DeskSession
from chat.opinions import Opinions, second_opinion
from chat.paging import paging_of, plan_of, policy_of
from chat.reaching import channels_of
from chat.rooms.guests import Guests
from chat.rooms.joining import Joining
from chat.rooms.needs import Needs
from chat.rooms.rooms import Rooms
from chat.settings import Settings
from chat.socket.front_door import FrontDoor, room
from chat.socket.rules import GOING_AWAY, MOVING
from chat.students.afterwards import Afterwards
from chat.students.lobby import Lobby
from chat.students.seating import Seating
from chat.students.session import HELLO_WITHIN, House, StudentSession
from moderation.deadline import Deadline
from moderation.identities.reveals import Reveals
from moderation.in_force import InForce, load_rules
from moderation.incidents.duty import Duty, DutySettings
from moderation.incidents.incidents import Incidents
from moderation.on_call.contacts import Contacts
from moderation.on_call.drills import Drills
from moderation.pager import warm_up
from moderation.people.accounts import Terms
from moderation.people.issuer import Issuer
from moderation.people.oidc import Client
from moderation.people.people import People
from moderation.records import purge
from moderation.records.database import AlreadyOpen
from moderation.records.store import Store
from moderation.records.vault import Vault, load_master_key
from moderation.ruling import Ruling
from web.app import create_app
from web.guard import STAFF
from web.parts import Parts

if TYPE_CHECKING:
    from chat.node import Node

log = structlog.get_logger()

TICK = 1.0
"""Seconds between two looks at who waits and who stayed away."""

REACHABLE_EVERY = 5
"""Ticks between two looks at whether an adult on call can be reached, and at late reveals."""

RULES_EVERY = 60
"""Ticks between two looks at what staff have agreed on, here or on another node."""

PURGE_EVERY = 3600
"""Ticks between two looks at what must be forgotten."""


def database_url(settings: Settings) -> str:
    """Where the records are: as set, or a file in the data directory."""
    return settings.database or f"sqlite:///{Path(settings.server.data) / 'peerline.db'}"


def data_directory(settings: Settings) -> Path:
    """Where everything is kept that must last; made, for its owner only, if it is missing."""
    data = Path(settings.server.data)
    data.mkdir(mode=0o700, parents=True, exist_ok=True)
    return data


def terms_of(settings: Settings) -> Terms:
    """How long accounts last. Only a made-up school lets anybody in without a second factor."""
    staff = settings.staff
    return Terms(not settings.school.demo, staff.term_ends, staff.account_days)


def issuer_of(settings: Settings, vault: Vault) -> Issuer | None:
    """The school's own sign-in, if one is set up."""
    sso = settings.sso
    if not sso.issuer:
        return None
    return Issuer(Client(sso.issuer, sso.client, sso.secret, sso.amr), vault, time.time)


def origins_of(settings: Settings) -> tuple[str, ...]:
    """How browsers know this server; the first stands in links that are sent to people."""
    server = settings.server
    if server.origins:
        return server.origins
    scheme = "https" if server.tls_certificate else "http"
    return tuple(f"{scheme}://{name}:{server.port}" for name in ("localhost", "127.0.0.1"))


@contextlib.asynccontextmanager
async def records(
    settings: Settings, *, beside: bool = False, terms: Terms | None = None
) -> AsyncIterator[tuple[Store, Vault, People]]:
    """The records and the people in them; with `beside` also while a server is running.

    `terms` stand instead of those of the settings.

    Raises:
        AlreadyOpen: A server is using them, and `beside` is False.
        BadKey: The master key is readable by others, or no key.
    """
    data = data_directory(settings)
    vault = Vault(load_master_key(data / "master.key"))
    store = await _open_store(database_url(settings), beside=beside)
    people = People(store, vault, time.time, settings.school.id, terms=terms or terms_of(settings))
    try:
        yield store, vault, people
    finally:
        people.close()
        await store.close()


async def _open_store(url: str, *, beside: bool) -> Store:
    try:
        return await Store.open(url, fatal=_disk_failed)
    except AlreadyOpen:
        if not beside:
            raise
        return await Store.beside(url, fatal=_disk_failed)


class Server:
    """A running house: one school, one port."""

    def __init__(
        self,
        settings: Settings,
        store: Store,
        vault: Vault,
        people: People,
        *,
        judge: Deadline | None = None,
        hello_within: float = HELLO_WITHIN,
        keep_claim: float = KEEP_CLAIM,
    ) -> None:
        """The shipped rules judge unless another `judge` is given; times are in seconds."""
        self._settings = settings
        self._store = store
        self._badges = Badges(people)
        self._reachable = 0
        self._ticking: asyncio.Task[None] | None = None
        pager = settings.pager
        ways = channels_of(settings, vault, self.origins[0])
        policy = policy_of(pager)
        self._incidents = Incidents(store, vault, time.time, policy=policy, channels=ways)
        duty = DutySettings(self.origins[0], policy)
        self._duty = Duty(store, vault, ways, time.time, duty, changed=self._incidents.changed)
        contacts = Contacts(store, vault, time.time, ways, due=self._duty.wake)
        alone = settings.reveal.break_glass
        self._reveals = Reveals(store, vault, time.time, break_glass=alone, due=self._duty.wake)
        paging = paging_of(settings, store, time.time, ways)
        build = partial(load_rules, Path(settings.server.data), settings.decisions)
        self._judge = judge or Deadline(build(), settings.chat.judge_seconds, time.monotonic)
        self.rules = InForce(self._judge, build, time.time)
        self._ruling = Ruling(
            store,
            vault,
            self.rules,
            data=Path(settings.server.data),
            table=settings.decisions,
            clock=time.time,
            school=settings.school.id,
        )
        self._drills = Drills(
            store,
            vault,
            self._judge,
            time.time,
            school=settings.school.id,
            plan=plan_of(settings),
            raised=self._duty.wake,
            item_changed=self._item_added,
            incident_changed=self._incidents.changed,
        )
        self._second = second_opinion(
            settings.second_opinion,
            Opinions(
                store=store,
                clock=time.time,
                school=settings.school.id,
                pager=pager,
                item_added=self._item_added,
                incident_raised=self._duty.wake,
            ),
        )
        self._rooms = Rooms(
            Needs(
                store=store,
                vault=vault,
                judge=self._judge,
                clock=time.time,
                chance=SystemRandom(),
                chat=settings.chat,
                pager=pager,
                school=settings.school.id,
                reachable=lambda: self._reachable > 0,
                item_added=self._item_added,
                incident_raised=self._duty.wake,
                judged=self._second.offer if self._second else None,
            )
        )
        self._guests = Guests(self._rooms, store, time.time)
        self._node = _node(settings)
        seating = Seating(lambda: self._house)
        self._lobby = Lobby(self._node.live, time.time, seating.open, self._may_pair)
        self._desk = Desk(
            Back(
                store=store,
                vault=vault,
                rooms=self._rooms,
                guests=self._guests,
                incidents=self._incidents,
                clock=time.time,
                school=settings.school.id,
                incident_raised=self._duty.wake,
                barred=self._barred,
                item_changed=self._node.item_changed,
                at_other_desks=self._node.at_other_desks,
                moderator_gone=self._node.moderator_gone,
                moderators=settings.moderators,
                chance=SystemRandom().random,
                failing=lambda: [name for name, works in self.ready().items() if not works],
            ),
            keep_claim,
        )
        self._house = House(
            people=people,
            rooms=self._rooms,
            lobby=self._lobby,
            store=store,
            afterwards=Afterwards(
                store, vault, time.time, settings.school.id, settings.keep.rooms_hours
            ),
            school=settings.school,
            clock=time.time,
            chat_open=self._chat_open,
            longest_wait=settings.chat.max_wait_seconds,
            reachable=lambda: self._reachable > 0,
            here={},
            max_connections=settings.chat.max_connections,
            hello_within=hello_within,
        )
        self._node.join(self._house, self._desk)
        origins = frozenset(self.origins)
        self._joining = Joining(self._guests, self._incidents, time.time)
        parts = Parts(
            people,
            self._incidents,
            contacts,
            paging,
            self._drills,
            self._joining,
            self._ruling,
            self._reveals,
            store,
            settings,
            origins,
            self.ready,
            sso=issuer_of(settings, vault),
        )
        self._door = FrontDoor(
            create_app(parts),
            self._open_session,
            origins=origins,
            header_deadline=settings.server.header_deadline,
            most=room(resource.getrlimit(resource.RLIMIT_NOFILE)[0]),
        )

    @property
    def origins(self) -> tuple[str, ...]:
        """How browsers know this server; the first stands in links that are sent to people."""
        return origins_of(self._settings)

    def ready(self) -> Mapping[str, bool]:
        """Which parts do what they should."""
        ticking = self._ticking is not None and not self._ticking.done()
        chasing = self._duty.well(time.time())
        on_call = self._enough_adults() or self._settings.school.demo
        drilled = self._drills.stands
        return {"lobby": ticking, "on_call": on_call, "paging": chasing, "drill": drilled}

    async def start(self) -> int:
        """Open the door; answers the port. Raises OSError when it cannot be opened."""
        server = self._settings.server
        await self._look_who_is_on_call()
        await self._node.start()
        await self._ruling.refresh()
        await self._rooms.load_open()
        if not self._settings.redis:
            await self._desk.return_all()
        await self._forget()
        await self._drills.tick()
        self._ticking = asyncio.ensure_future(self._tick())
        self._chasing = asyncio.ensure_future(self._duty.run())
        if self._second is not None:
            self._second.start()
        self._warming = asyncio.ensure_future(asyncio.to_thread(warm_up))
        shared = bool(self._settings.redis)
        return await self._door.start(server.host, server.port, _tls(self._settings), shared=shared)

    async def close(self) -> None:
        """Close the door, then everything behind it; what was acknowledged is on disk."""
        await self._door.close(MOVING if self._settings.redis else GOING_AWAY)
        if self._ticking is not None:
            self._ticking.cancel()
        self._desk.close()
        await self._duty.close()
        await self._rooms.quiet()
        await self._node.close()
        if self._second is not None:
            await self._second.close()
        await self._warming
        self._judge.close()

    # --- parts -------------------------------------------------------------------------------

    def _chat_open(self) -> bool:
        moderators = len(self._desk) + len(self._node.at_other_desks())
        there = moderators > 0 and self._enough_adults() and self._drills.stands
        return there or not self._settings.chat.needs_staff

    def _enough_adults(self) -> bool:
        return self._reachable >= self._settings.chat.needs_adults

    def _may_pair(self) -> bool:
        """Whether the moderators on shift, at every desk, are enough for one room more."""
        others = len(self._node.at_other_desks()) * self._settings.moderators.rooms_each
        places = self._desk.places + others
        open_rooms = len(self._rooms) + self._node.rooms_elsewhere()
        return not self._settings.chat.needs_staff or open_rooms < places

    def _open_session(self, request: web.Request) -> StudentSession | DeskSession:
        if STAFF in request:
            return self._badges.enter(DeskSession(self._desk, request[STAFF]))
        return StudentSession(self._house)

    def _barred(self, student: str, until: int) -> None:
        page = self._house.here.get(student)
        if page is not None:
            page.barred(until)
        self._node.barred(student, until)

    def _item_added(self, item: str) -> None:
        self._desk.changed(item)

    async def _tick(self) -> None:
        """Do what comes round; what fails holds up nothing that comes after it."""
        chores = (
            (1, self._node.tick),
            (1, self._look_after_rooms),
            (1, self._badges.look),
            (1, self._desk.tick),
            (1, self._joining.tick),
            (REACHABLE_EVERY, self._look_who_is_on_call),
            (REACHABLE_EVERY, self._reveals.tick),
            (REACHABLE_EVERY, self._drills.tick),
            (RULES_EVERY, self._ruling.refresh),
            (PURGE_EVERY, self._forget),
        )
        for count in itertools.count(1):
            await asyncio.sleep(TICK)
            for every, chore in chores:
                if count % every:
                    continue
                try:
                    await chore()
                except Exception as wrong:  # noqa: BLE001 - the clock of the house must not stop
                    what = chore.__qualname__
                    log.error("tick_failed", what=what, kind=type(wrong).__name__)  # noqa: TRY400

    async def _look_after_rooms(self) -> None:
        """Pair who waits, and end rooms that somebody stayed away from."""
        await self._lobby.tick(is_open=self._chat_open())
        self._rooms.tick()

    async def _forget(self) -> None:
        """Destroy the keys of rooms whose time is over."""
        now, hours = int(time.time() * 1000), self._settings.keep.rooms_hours
        await self._store.write(purge.purge, purge.Purge(now, hours))
        await self._store.scrub()

    async def _look_who_is_on_call(self) -> None:
        self._reachable = await self._incidents.reachable(self._settings.school.id)


def _node(settings: Settings) -> Alone | Node:
    """This house's node: one of several where they share a Redis."""
    if not settings.redis:
        return Alone()
    from chat.node import Node  # noqa: PLC0415 - redis is installed for several nodes only

    return Node(settings.redis, settings.school.id, time.time, SystemRandom())


def _tls(settings: Settings) -> ssl.SSLContext | None:
    server = settings.server
    if not server.tls_certificate:
        return None
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(server.tls_certificate, server.tls_key or None)
    return context


def _disk_failed() -> None:
    """The disk did not confirm a write: what it holds is unknown, so nothing may go on."""
    log.critical("disk_failed", help="restart after checking the disk; nothing acked is lost")
    os._exit(70)
