"""The other nodes of a school over Redis: one channel, and names that expire.

Made by `chat/node.py` beside `RedisLive`. Everything told in one moment is one publish; while that
is under way the next gathers. Each node hears its own heartbeat over the channel: a channel that is
silent for too long is broken, whatever its socket says, and is opened anew.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from pathlib import Path

import msgspec
import structlog
from redis.asyncio import Redis
from redis.exceptions import RedisError

from chat.live.neighbours import AnyEvent
from moderation.faults import told_safely
from moderation.ids import new_id

BEAT = 1.0
"""Seconds between two heartbeats over the channel."""

SILENCE = 3.0
"""Seconds without a heartbeat after which the channel is broken."""

AGAIN = 0.3
"""Seconds before a broken channel is opened again."""

HERE = 20.0
"""Seconds for which a node's word that a student is there is believed."""

NAMED = 8
"""Ticks after which a student who is still here is named again; well before `HERE` is over."""

OPEN = 5.0
"""Seconds for which a node's word is believed that a room is open, or a moderator at its desk."""

MOST = 20_000
"""Events that may wait to be told; beyond it they are left to the records."""

_SCRIPT = (Path(__file__).parent / "here.lua").read_text(encoding="utf-8")

_log = structlog.get_logger()


class _Told(msgspec.Struct, frozen=True):
    """What one node tells in one publish."""

    node: str
    events: list[AnyEvent]


class _Heard(msgspec.Struct, frozen=True):
    """The same as it arrives: each event is read by itself, for a newer version may know more."""

    node: str
    events: list[msgspec.Raw]


_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(_Heard).decode
_decode_event = msgspec.msgpack.Decoder(AnyEvent).decode


class RedisNodes:
    """The nodes of one school. `heard` is called for each event of another node.

    `caught_up` is called whenever the channel works again, for events may have been missed.
    """

    def __init__(
        self,
        redis: Redis,
        school: str,
        heard: Callable[[AnyEvent], None],
        caught_up: Callable[[], None],
        clock: Callable[[], float] | None = None,
    ) -> None:
        """Redis's own clock counts, which is the same for all nodes, unless a test has one."""
        self._redis = redis
        self._base = f"peerline:{{{school}}}"
        self._clock = clock
        self._heard = heard
        self._caught_up = caught_up
        self.node = new_id()
        self.well = False
        self.moderators: Mapping[str, str] = {}
        self.rooms_elsewhere = 0
        self._script = redis.register_script(_SCRIPT)
        self._ticks = 0
        self._named: dict[str, int] = {}
        self._to_tell: list[AnyEvent] = []
        self._telling: asyncio.Task[None] | None = None
        self._running: list[asyncio.Task[None]] = []
        self._listening = asyncio.Event()
        self._open = True

    async def start(self) -> None:
        """Listen from now on; returns once the channel is open, or Redis is known to be gone."""
        self._running = [asyncio.ensure_future(self._listen()), asyncio.ensure_future(self._beat())]
        await self._listening.wait()

    async def close(self) -> None:
        """Tell what waits, then neither tell nor hear any more."""
        self._open = False  # the client of Redis now and then keeps a cancellation to itself
        if self._telling is not None:
            await self._telling
        for task in self._running:
            task.cancel()
        await asyncio.gather(*self._running, return_exceptions=True)
        await self._redis.aclose()

    def tell(self, event: AnyEvent) -> None:
        """Tell every other node, with everything else of this moment, soon."""
        if len(self._to_tell) < MOST:
            self._to_tell.append(event)
        if self._telling is None:
            self._telling = asyncio.ensure_future(self._tell())

    async def here(
        self, students: Collection[str], moderators: Mapping[str, str], rooms: Collection[str]
    ) -> None:
        """Say who and what is at this node; learn who is at the desk and what is open anywhere.

        Meant for every tick. A student is named when they come, and then every `NAMED` ticks.
        """
        self._ticks += 1
        due = [s for s in students if self._ticks - self._named.get(s, -NAMED) >= NAMED]
        people = [part for pair in moderators.items() for part in pair]
        counts = (len(due), len(rooms), len(moderators))
        with self._minding("here"):
            args = ["here", self._now(), *map(str, (HERE, OPEN, *counts)), *due, *rooms, *people]
            known, count, there, names = await self._script(keys=[self._base], args=args)
            if known:
                self._named |= dict.fromkeys(due, self._ticks)
            else:  # nobody was: Redis has forgotten, or nobody had come yet
                self._named = {}
            self._forget_gone(students)
            self.rooms_elsewhere = count - len(rooms)
            pairs = zip(there, names, strict=True)
            self.moderators = {s.decode(): name.decode() or "a colleague" for s, name in pairs}

    async def left(self, moderator: str) -> None:
        """This moderator is at no page of this node any more."""
        with self._minding("left"):
            await self._redis.zrem(f"{self._base}:desk", moderator)

    async def present(self, students: Iterable[str]) -> set[str] | None:
        """Those of the students who have a page at some node; None when nobody can say."""
        asked = list(students)
        present: set[str] | None = None if asked else set()
        if asked:
            with self._minding("present"):
                args = ["present", self._now(), *asked]
                found = await self._script(keys=[self._base], args=args)
                present = {one.decode() for one in found}
        return present

    def _forget_gone(self, students: Collection[str]) -> None:
        if len(self._named) > 2 * len(students):
            self._named = {s: tick for s, tick in self._named.items() if s in students}

    def _now(self) -> str:
        """The time for the script: nothing, so that Redis's clock counts, which all nodes share."""
        return "" if self._clock is None else repr(self._clock())

    @contextlib.contextmanager
    def _minding(self, act: str) -> Iterator[None]:
        try:
            yield
        except Exception as error:  # noqa: BLE001 - or this node would be deaf and dumb for good
            _log_failure(act, error)

    async def _tell(self) -> None:
        try:
            await asyncio.sleep(0)  # the rest of this tick goes with it
            while self._to_tell:
                told, self._to_tell = _Told(self.node, self._to_tell), []
                with self._minding("tell"):
                    await self._redis.publish(f"{self._base}:nodes", _encode(told))
        finally:
            self._telling = None

    async def _beat(self) -> None:
        while self._open:
            with self._minding("beat"):
                await self._redis.publish(f"{self._base}:nodes", _encode(_Told(self.node, [])))
            await asyncio.sleep(BEAT)

    async def _listen(self) -> None:
        while self._open:
            try:
                await self._listen_once()
            except Exception as error:  # noqa: BLE001 - the same; the records are asked meanwhile
                if self.well:
                    _log_failure("listen", error)
                self.well = False
            self._listening.set()
            await asyncio.sleep(AGAIN)

    async def _listen_once(self) -> None:
        async with self._redis.pubsub() as channel:
            await channel.subscribe(f"{self._base}:nodes")
            while self._open:
                async with asyncio.timeout(SILENCE):  # its end is an OSError too
                    message = await channel.get_message(timeout=SILENCE)
                if message is None:
                    raise TimeoutError
                if message["type"] == "subscribe":
                    self.well = True
                    self._listening.set()
                    self._caught_up()
                elif message["type"] == "message":
                    self._hear(message["data"])

    def _hear(self, data: bytes) -> None:
        try:
            told = _decode(data)
        except msgspec.MsgspecError:
            _log.warning("node_not_understood")
            return
        if told.node == self.node:
            return
        not_understood = sum([not self._hear_event(event) for event in told.events])
        if not_understood:  # another version of us, while nodes are renewed: the records know
            _log.warning("node_not_understood", events=not_understood)
            self._caught_up()

    def _hear_event(self, raw: msgspec.Raw) -> bool:
        """Pass an event on; whether it was understood."""
        try:
            event: AnyEvent = _decode_event(raw)
        except msgspec.MsgspecError:
            return False
        try:
            self._heard(event)
        except Exception as error:  # noqa: BLE001 - one event's fault is not another's
            _log.error("event_failed", **told_safely(error))
        return True


def _log_failure(act: str, error: Exception) -> None:
    """That Redis is gone happens; anything else is a fault of ours."""
    if isinstance(error, RedisError | OSError):
        _log.warning("redis_gone", act=act, **told_safely(error))
    else:
        _log.error("nodes_failed", act=act, **told_safely(error))
