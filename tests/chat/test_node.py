"""One of several nodes: what it looks after when others can be heard, and when they cannot."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from types import SimpleNamespace

from chat.desk.claims import KEEP_CLAIM
from chat.live.neighbours import AnyEvent, Gone, Incident, Matched, There
from chat.node import LOOK, Node
from chat.rooms.answering import Answering
from moderation.records import items
from moderation.records import tables as t
from moderation.records.store import StoreUnavailable
from tests.chat.desk.moderators import Shift, a_shift, claimed, owner, told

MO = "m" * 22
WAITING = "w" * 22


@dataclass
class Others:
    """The other nodes, as Redis knows them."""

    moderators: dict[str, str] = field(default_factory=dict)
    well: bool = True
    told: list[AnyEvent] = field(default_factory=list)

    def tell(self, event: AnyEvent) -> None:
        self.told.append(event)


def a_node(shift: Shift) -> tuple[Node, Others]:
    """A node with that desk; its Redis is never asked."""
    node, others = Node("redis://127.0.0.1:1", "elm", Random(7), str.encode), Others()
    node._nodes = others  # type: ignore[assignment]
    place = shift.place
    school = SimpleNamespace(id=place.needs.school)
    node._needs = SimpleNamespace(store=place.store, school=school, clock=place.clock)  # type: ignore[assignment]
    node._desk = shift.desk
    node._answering = Answering(place.rooms, place.records)
    return node, others


async def look(node: Node, shift: Shift, after: float = 0.0) -> None:
    """Some time later the node looks, and the desk has its tick."""
    shift.place.clock.now += after
    await node._return_orphaned_claims()
    await shift.desk.tick()


async def test_M3_claims_of_a_node_that_died_come_back(tmp_path: Path) -> None:
    """Ten seconds after its moderators were last at any desk, in which they may come to another."""
    async with a_shift(tmp_path) as shift:
        held = await claimed(shift)
        mo = await owner(shift, held)
        assert mo is not None
        shift.desk._watchers.clear()  # at another node, which dies
        shift.desk.presence._pages.clear()
        node, others = a_node(shift)
        others.moderators = {mo: "Mo"}
        await look(node, shift, KEEP_CLAIM)
        others.moderators = {}
        await look(node, shift)
        others.moderators = {mo: "Mo"}  # a reload, at a third
        await look(node, shift, KEEP_CLAIM)
        others.moderators = {}
        await look(node, shift)
        await look(node, shift, KEEP_CLAIM - 1)
        assert await shift.place.store.read(items.claimers, "elm") == {mo}
        await look(node, shift, 1)
        assert await owner(shift, held) is None


async def test_M3_while_nobody_knows_who_is_where_nothing_is_taken_away(tmp_path: Path) -> None:
    """Without Redis a node cannot tell a colleague at another desk from one who has gone."""
    async with a_shift(tmp_path) as shift:
        held = await claimed(shift)
        shift.desk._watchers.clear()
        shift.desk.presence._pages.clear()
        node, others = a_node(shift)
        await look(node, shift)
        others.well = False
        await look(node, shift, KEEP_CLAIM)
        others.well = True
        await look(node, shift)
        assert await owner(shift, held) is not None
        await look(node, shift, KEEP_CLAIM)
        assert await owner(shift, held) is None


async def test_M1_F7_a_desk_that_heard_nothing_looks_as_the_rooms_do(tmp_path: Path) -> None:
    """An item another node has raised is on the screen a tick after this one is in step again."""
    async with a_shift(tmp_path) as shift:
        mo = await shift.moderator("mo")
        await mo.says("watch")
        node, _ = a_node(shift)
        node._needs.rooms = shift.place.rooms
        *_, held = await shift.held()
        del mo.seen[:]
        node.caught_up()
        await asyncio.wait(node._working)
        await shift.desk.tick()
        await told(shift.desk)
        assert [frame["item"]["id"] for frame in mo.seen if frame["t"] == "item"] == [held]


async def test_who_is_stopped_at_a_node_that_cannot_be_heard_is_stopped_here(
    tmp_path: Path,
) -> None:
    """The records say so: nothing else is new in that room."""
    async with a_shift(tmp_path) as shift:
        live, one, _ = await shift.place.pair()
        node, _ = a_node(shift)
        node._needs.rooms = shift.place.rooms
        for until, code in ((9_000, "muted"), (0, "unmuted")):
            stop = t.seats.update().where(t.seats.c.seat == 0).values(muted_until=until)
            await shift.place.store.write(lambda conn, _, to=stop: [conn.execute(to) and None], "")
            del one.seen[:]
            node.caught_up()
            await asyncio.wait(node._working)
            assert [frame.code for frame in one.take()] == [code]  # type: ignore[attr-defined]
            assert live.room.seats[0].muted_until == until / 1000


async def test_M10_what_adults_do_at_one_node_is_told_at_every_desk(tmp_path: Path) -> None:
    """Whichever node answered the adult, or sent the page: the card of a moderator follows it."""
    async with a_shift(tmp_path) as shift:
        mo = await shift.moderator("mo")
        *_, held = await shift.held()
        await mo.says("watch")
        await mo.says("claim", item=held)
        await mo.says("act", item=held, act="escalate", reason="he means it")
        code = mo.seen[1]["item"]["incident"]
        node, others = a_node(shift)
        object.__setattr__(shift.desk.needs, "others", node)
        shift.desk.needs.incidents.changed(code)
        await told(shift.desk)
        (event,) = others.told
        del mo.seen[:]
        node.heard(event)
        await told(shift.desk)
        assert [(frame["t"], frame["code"]) for frame in mo.seen] == [("incident", code)]
        assert others.told == [event]


async def test_S10_P9_what_adults_do_at_another_node_is_looked_at_for_students_here(
    tmp_path: Path,
) -> None:
    """Who has answered, who is in a room and who has gone; at once, not at the next look."""
    async with a_shift(tmp_path) as shift:
        node, _ = a_node(shift)
        heard: list[object] = []
        node._answering = SimpleNamespace(incident_changed=heard.append)  # type: ignore[assignment]
        node._joining = SimpleNamespace(heard=heard.append)  # type: ignore[assignment]
        there, gone = There("ABC-2345", MO, "r" * 22), Gone("ABC-2345", MO)
        for event in (Incident("ABC-2345"), there, gone):
            node.heard(event)
        assert heard == ["ABC-2345", there, gone]


async def test_F24_nobody_watches_from_elsewhere_while_that_cannot_be_known(
    tmp_path: Path,
) -> None:
    """A moderator at another node counts as long as Redis says so, and not by what it said last."""
    async with a_shift(tmp_path) as shift:
        node, others = a_node(shift)
        others.moderators = {MO: "Mo"}
        assert node.others_watch()
        others.well = False
        assert not node.others_watch()


async def test_F8_who_is_at_another_node_is_not_away_while_the_records_are(
    tmp_path: Path,
) -> None:
    """However little a node can look after meanwhile: no chat of two nodes ends of an outage."""
    async with a_shift(tmp_path) as shift:
        live, one, _ = await shift.place.pair()
        node, others = a_node(shift)
        other = live.room.seats[0].student
        others.present = lambda _: asyncio.sleep(0, {other})  # type: ignore[attr-defined]
        others.here = lambda *_: asyncio.sleep(0)  # type: ignore[attr-defined]
        node._needs.rooms = shift.place.rooms
        node._needs.here = {WAITING: one}
        lobby = SimpleNamespace(lost_tickets=lambda: asyncio.sleep(0, [WAITING]))
        node._needs.lobby = lobby  # type: ignore[misc, assignment]
        shift.place.rooms.lost(live, 0, one)
        shift.place.store._open = False
        for _ in range(LOOK):
            shift.place.clock.now += 1
            with suppress(StoreUnavailable):
                await node.tick()
        shift.place.store._open = True
        assert live.absent[0] is not None
        assert shift.place.clock.now - live.absent[0] < LOOK


async def test_F7_a_page_that_is_looked_for_here_drives_no_other_away(tmp_path: Path) -> None:
    """It may be the dead one of two: while nodes could not hear each other its student moved on."""
    async with a_shift(tmp_path) as shift:
        live, *_ = await shift.place.pair()
        student = live.room.seats[0].student
        node, others = a_node(shift)
        node._needs.rooms = shift.place.rooms
        node._needs.here = {student: live.pages[0]}
        node._needs.lobby = SimpleNamespace(seated=lambda _: None)  # type: ignore[assignment]
        shift.place.rooms.elsewhere.neighbours = others  # type: ignore[assignment]
        node.heard(Matched(student))
        await asyncio.wait(node._working)
        assert others.told == []
