"""A whole server of one school: the list of its parts, and the order in which they open and close.

Made by `commands/serve.py` and by tests; the parts are built by the files beside it.
"""

from __future__ import annotations

import asyncio
import os
import resource
from collections.abc import Mapping
from contextlib import AsyncExitStack

import structlog
from aiohttp import web

from chat.desk.badges import Badges
from chat.desk.claims import KEEP_CLAIM
from chat.desk.session import DeskSession
from chat.socket.front_door import FrontDoor
from chat.socket.no_room import most_connections
from chat.socket.rules import GOING_AWAY, MOVING, HttpLimits
from chat.students.needs import HELLO_WITHIN
from chat.students.session import StudentSession
from house import forgetting
from house.chores import Chores, attempt
from house.counters import Counters, registry
from house.ground import Ground
from house.judging import Judging
from house.on_call import OnCall
from house.places import origins_of, tls_of
from house.talking import Talking
from moderation.deadline import Deadline
from moderation.faults import told_safely
from moderation.pager import warm_up
from moderation.people.issuer import Issuer
from moderation.people.oidc import Client
from web.app import create_app
from web.guard import STAFF
from web.parts import Parts

REACHABLE_EVERY = 5
"""Ticks between two looks at whether an adult on call can be reached, and at late reveals."""

RULES_EVERY = 60
"""Ticks between two looks at what staff have agreed on, here or on another node."""

PURGE_EVERY = 3600
"""Ticks between two looks at what must be forgotten."""

_log = structlog.get_logger()


class Server:
    """One school, one port."""

    def __init__(
        self,
        ground: Ground,
        *,
        judge: Deadline | None = None,
        hello_within: float = HELLO_WITHIN,
        keep_claim: float = KEEP_CLAIM,
    ) -> None:
        """The shipped rules judge unless another `judge` is given; times are in seconds.

        Raises:
            BadSettings: The certificate cannot be used.
            ValueError: Some other setting cannot be; the message names it.
        """
        self._ground = ground
        self.judging = Judging(ground, judge)
        self.on_call = OnCall(ground, self.judging.judge, self._item_changed)
        self.talking = Talking(
            ground,
            self.judging.judge,
            self.on_call,
            failing=lambda: [name for name, works in self.ready().items() if not works],
            hello_within=hello_within,
            keep_claim=keep_claim,
        )
        self._badges = Badges(ground.people)
        self._tls = tls_of(ground.settings)
        self._chores = self._what_comes_round()
        self._forgetting = Chores([(PURGE_EVERY, self._forget)])  # apart, for it may take seconds
        self._door = self._front_door()
        self._opened = AsyncExitStack()

    @property
    def origins(self) -> tuple[str, ...]:
        """How browsers know this server; the first stands in links that are sent to people."""
        return origins_of(self._ground.settings)

    def ready(self) -> Mapping[str, bool]:
        """Which parts do what they should."""
        on_call, demo = self.on_call, self._ground.settings.school.demo
        return {
            "lobby": self._chores.well,
            "on_call": on_call.enough() or demo,
            "paging": on_call.duty.well(self._ground.records.clock()),
            "drill": on_call.drills.stands,
        }

    async def start(self) -> int:
        """Open the door; answers the port. Raises OSError when it cannot be opened.

        Whatever is raised, nothing stays open.
        """
        try:
            await self._open_parts()
            return await self._listen()
        except BaseException:
            await self.close()
            raise

    async def _open_parts(self) -> None:
        """Open one part after another; each says here how it is closed, in the other order."""
        talking, on_call, opened = self.talking, self.on_call, self._opened
        opened.callback(self.judging.judge.close)
        await on_call.look_who_is_there()
        if talking.second is not None:
            opened.push_async_callback(talking.second.close)
            talking.second.start()
        await talking.node.start()
        opened.push_async_callback(talking.node.close)
        await self.judging.rules_page.refresh()
        opened.push_async_callback(talking.rooms.quiet)
        opened.push_async_callback(talking.answering.quiet)
        await talking.rooms.load_open()
        if not self._ground.settings.redis:
            await talking.desk.claims.put_back(None)
        await attempt(self._begin_to_forget)
        await on_call.drills.tick()
        opened.push_async_callback(on_call.duty.close)
        self._chasing = asyncio.ensure_future(on_call.duty.run())
        for chores in (self._chores, self._forgetting):
            opened.callback(chores.stop)
            chores.start()
        warming = asyncio.ensure_future(_warm_up())
        opened.push_async_callback(asyncio.wait, [warming])

    async def _listen(self) -> int:
        server, shared = self._ground.settings.server, bool(self._ground.settings.redis)
        self._opened.push_async_callback(self._door.close, MOVING if shared else GOING_AWAY)
        try:
            return await self._door.start(server.host, server.port, self._tls, shared=shared)
        except OSError as error:
            number = error.errno or 0  # of a name that is not known it is negative
            why = os.strerror(number) if number > 0 else error.strerror
            where = f"server.host and server.port: cannot listen at {server.host}"
            raise OSError(number, f"{where}, port {server.port}: {why}") from None

    async def close(self) -> None:
        """Close the door, then everything behind it; what was acknowledged is on disk.

        A part that cannot be closed keeps no other open; what it raised is raised at the end.
        """
        await self._opened.aclose()

    # --- parts -------------------------------------------------------------------------------

    def _what_comes_round(self) -> Chores:
        talking, on_call = self.talking, self.on_call
        return Chores(
            (
                (1, talking.node.tick),
                (1, talking.look_after_rooms),
                (1, talking.note_use),
                (1, talking.look_for_ended_cards),
                (1, self._badges.look),
                (1, talking.desk.tick),
                (1, talking.joining.tick),
                (REACHABLE_EVERY, on_call.look_who_is_there),
                (REACHABLE_EVERY, on_call.reveals.tick),
                (REACHABLE_EVERY, on_call.drills.tick),
                (REACHABLE_EVERY, talking.help_minutes.look),
                (RULES_EVERY, self.judging.rules_page.refresh),
            )
        )

    def _front_door(self) -> FrontDoor:
        return FrontDoor(
            create_app(self._parts()),
            self._open_session,
            origins=frozenset(self.origins),
            http=HttpLimits(
                header_deadline=self._ground.settings.server.header_deadline,
                most=most_connections(resource.getrlimit(resource.RLIMIT_NOFILE)[0]),
            ),
        )

    def _parts(self) -> Parts:
        ground, on_call = self._ground, self.on_call
        return Parts(
            people=ground.people,
            incidents=on_call.incidents,
            contacts=on_call.contacts,
            paging=on_call.paging,
            drills=on_call.drills,
            joining=self.talking.joining,
            rules_page=self.judging.rules_page,
            reveals=on_call.reveals,
            exports=on_call.exports,
            store=ground.records.store,
            settings=ground.settings,
            origins=frozenset(self.origins),
            ready=self.ready,
            registry=registry(self._counters()),
            sso=_issuer(ground),
            tries=self.talking.node.tries,
        )

    def _counters(self) -> Counters:
        return Counters(
            ready=self.ready,
            door=lambda: self._door,
            talking=self.talking,
            judge=self.judging.judge,
            store=self._ground.records.store,
        )

    def _open_session(self, request: web.Request) -> StudentSession | DeskSession:
        if STAFF in request:
            return self._badges.enter(DeskSession(self.talking.desk, request[STAFF]))
        return StudentSession(self.talking.students)

    def _item_changed(self, item: str) -> None:
        self.talking.item_changed(item)

    async def _begin_to_forget(self) -> None:
        """Forget all words that are due; whatever hinders that keeps no school closed."""
        await forgetting.forget(self._ground)

    async def _forget(self) -> None:
        """Forget whatever is due, a part at a time."""
        while await forgetting.forget(self._ground):
            pass


async def _warm_up() -> None:
    """Load what the first page goes out with; whether that fails is seen when it goes out."""
    try:
        await asyncio.to_thread(warm_up)
    except Exception as wrong:  # noqa: BLE001 - no reason to close the door
        _log.error("not_warmed_up", **told_safely(wrong))


def _issuer(ground: Ground) -> Issuer | None:
    """The school's own sign-in, if one is set up."""
    sso = ground.settings.sso
    if not sso.issuer:
        return None
    client = Client(sso.issuer, sso.client, sso.secret, sso.amr)
    return Issuer(client, ground.records)
