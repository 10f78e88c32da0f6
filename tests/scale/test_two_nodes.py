"""Two students of one room at two nodes: everything is as if there were one."""

from __future__ import annotations

import asyncio
from datetime import datetime

import asyncpg
import pytest
from sqlalchemy import make_url

from moderation.identities.enrolment import Batch
from moderation.identities.registry import Registry
from moderation.people import cards
from moderation.records import transcript
from tests.clients import Moderator, Page, Student
from tests.journeys.conftest import Running
from tests.journeys.detectors import HELD
from tests.journeys.test_restart import AN_HOUR, place, say_all
from tests.servers import Postgres


async def matched_across(two: tuple[Running, Running]) -> tuple[Student, Student]:
    """Two students who are seated at two nodes."""
    one, other = [await node.student() for node in two]
    await meet(one, other)
    return one, other


async def meet(*pages: Student) -> None:
    """These two are seated together."""
    for page in pages:
        await page.send("join", topic="mood")
    rooms = [(await page.until("matched"))["room"] for page in pages]
    assert rooms[0] == rooms[1]
    for page in pages:
        await page.until("resumed")


async def held_across(
    two: tuple[Running, Running],
) -> tuple[Student, Student, Moderator, str]:
    """Two at two nodes, of whom one has said what is held; a moderator at the other; its item."""
    one, other = await matched_across(two)
    moderator = await two[1].moderator()
    await moderator.until("queue")
    await one.until("ack", cid=await one.say(HELD), state="held")
    return one, other, moderator, (await moderator.until("item"))["item"]["id"]


async def bar(moderator: Page, item: str, student: Student) -> None:
    """Who wrote what is looked at may not come in for an hour, and hears it."""
    await moderator.send("claim", item=item)
    await moderator.until("opened")
    await moderator.send("act", item=item, act="bar", reason="threats", minutes=60)
    await moderator.until("done")
    await student.until("error", code="barred")


def shown(page: Student) -> list[int]:
    """The places of what a page was sent, in order."""
    return [f["seq"] for f in page.seen if f["t"] in {"message", "ack"} and f.get("seq")]


async def test_a_room_reaches_over_two_nodes(two: tuple[Running, Running]) -> None:
    """Students of two nodes are matched, and each hears the other at once."""
    one, other = await matched_across(two)
    await one.until("ack", cid=await one.say("hello from here"))
    assert (await other.until("message"))["text"] == "hello from here"
    await other.until("ack", cid=await other.say("hello from there"))
    assert (await one.until("message"))["text"] == "hello from there"
    await one.send("typing")
    await other.until("typing")
    await one.send("leave")
    await one.until("ended")
    await other.until("peer_left")


async def test_K3_both_pages_get_every_place_in_order(two: tuple[Running, Running]) -> None:
    """However both sides speak at once, each page is sent 1, 2, 3 … and no place twice."""
    one, other = await matched_across(two)
    for number in range(20):
        await one.say(f"one {number}")
        await other.say(f"other {number}")
        if number % 4 == 3:
            await asyncio.sleep(0)
    for page in (one, other):
        while len(set(shown(page))) < 16:
            await page.frame()
        assert shown(page) == list(range(1, len(shown(page)) + 1))


async def test_a_moderator_anywhere_releases_a_message_held_elsewhere(
    two: tuple[Running, Running],
) -> None:
    """The writer's node and the peer's both hear of it, and what waited behind it follows."""
    one, other = await matched_across(two)
    moderator = await two[1].moderator()
    await moderator.until("queue")
    held = await one.say(HELD)
    await one.until("ack", cid=held, state="held")
    behind = await one.say("and this waits")
    await one.until("ack", cid=behind, state="held")
    item = (await moderator.until("item"))["item"]["id"]
    await moderator.send("claim", item=item)
    await moderator.until("opened")
    await moderator.send("act", item=item, act="release")
    await moderator.until("done")
    assert (await one.until("status", cid=held))["seq"] == 1
    assert (await one.until("status", cid=behind))["seq"] == 2
    assert (await other.until("message"))["text"] == HELD
    assert (await other.until("message"))["text"] == "and this waits"


async def test_who_is_muted_anywhere_hears_it_and_when_it_is_over(
    two: tuple[Running, Running],
) -> None:
    """The moderator's node has nobody of that room."""
    one, other = await two[0].pair()
    moderator = await two[1].moderator()
    await moderator.until("queue")
    await one.until("ack", cid=await one.say(HELD), state="held")
    item = (await moderator.until("item"))["item"]["id"]
    await moderator.send("claim", item=item)
    await moderator.until("opened")
    await moderator.send("act", item=item, act="mute", reason="x", minutes=5)
    await one.until("notice", code="muted")
    await moderator.send("act", item=item, act="unmute")
    await one.until("notice", code="unmuted")
    await other.until("ack", cid=await other.say("hello"))
    assert [f for f in other.seen if f["t"] == "notice"] == []
    assert [f["code"] for f in one.seen if f["t"] == "notice"] == ["muted", "unmuted"]


async def test_a_page_that_moves_takes_its_seat_with_it(two: tuple[Running, Running]) -> None:
    """A page that comes back at the other node resumes where it was; the old one must go."""
    one, other = await matched_across(two)
    await one.until("ack", cid=await one.say("before"))
    await other.until("message")
    moved = await Student.open(two[1].origin, one.token, place(one))
    assert await one.closed() == 4501
    await moved.until("resumed", seq=1)
    await other.until("ack", cid=await other.say("are you there"))
    assert (await moved.until("message"))["text"] == "are you there"
    await moved.until("ack", cid=await moved.say("yes"))
    assert (await other.until("message"))["text"] == "yes"


@pytest.mark.parametrize("lost", [False, True])
async def test_S13_who_waits_and_comes_back_at_another_node_waits_on(
    two: tuple[Running, Running], *, lost: bool
) -> None:
    """Their line was lost, or is about to be: they keep their topic and their place."""
    one, other = await two[0].student(), await two[1].student()
    await one.send("join", topic="mood")
    await one.until("waiting")
    if lost:
        await one.close()
        await two[0].server.talking.node.tick()
    moved = await Student.open(two[1].origin, one.token)
    await moved.until("waiting", topic="mood")
    await other.send("join", topic="mood")
    for page in (moved, other):
        await page.until("resumed")


async def test_S13_a_page_that_moves_off_a_dead_line_is_not_thrown_out_by_it(
    two: tuple[Running, Running],
) -> None:
    """The old node cannot close that line yet; it looks for nobody's place in its name."""
    one, other = await two[0].student(), await two[1].student()
    await one.send("join", topic="mood")
    await one.until("waiting")
    one.socket.transport.pause_reading()
    try:
        moved = await Student.open(two[1].origin, one.token)
        await moved.until("waiting")
        await other.send("join", topic="mood")
        for page in (moved, other):
            await page.until("resumed")
        for _ in range(3):
            await two[0].server.talking.node.tick()
        await moved.until("ack", cid=await moved.say("hello"))
        await other.until("message", text="hello")
    finally:
        one.socket.transport.abort()


async def test_whoever_moves_has_no_new_allowance(
    two: tuple[Running, Running], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A seat that has said all it may for now at one node may say no more at the other.

    At a node where the room is open, for the peer is there, and at one where it is not.
    """
    monkeypatch.setattr("chat.rooms.open_room.PERIOD", AN_HOUR)
    one, _ = await matched_across(two)
    alone, beside = await two[0].pair()
    most = two[0].settings.chat.messages_per_10_seconds
    for page in (one, alone):
        await say_all(page, most)
        moved = await Student.open(two[1].origin, page.token, place(page))
        await moved.until("resumed")
        await moved.say("and one more")
        await moved.until("error", code="rate_limited")
    await beside.until("ack", cid=await beside.say("the other may"))


async def test_K4_a_held_message_holds_what_follows_at_another_node(
    two: tuple[Running, Running],
) -> None:
    """What a writer says after moving to another node waits behind what is still being checked."""
    one, _ = await matched_across(two)
    held = await one.say(HELD)
    await one.until("ack", cid=held, state="held")
    moved = await Student.open(two[1].origin, one.token, None)
    await moved.until("status", cid=held, state="held")
    await moved.say(HELD, held)
    behind = await moved.say("and this waits")
    await moved.until("ack", cid=behind, state="held")
    assert (await moved.until("ack", cid=held))["state"] == "held"


async def one_waits(postgres: Postgres, before: datetime | None = None) -> datetime:
    """Wait until a node waits for a lock, and not since then any more; answers since when."""
    while True:
        asked = await postgres.ask("SELECT max(waitstart) FROM pg_locks WHERE NOT granted")
        since: datetime | None = asked[0][0]
        if since is not None and since != before:
            return since
        await asyncio.sleep(0.02)


async def test_K4_F9_what_a_page_left_at_one_node_is_not_kept_before_what_it_says_at_the_next(
    two: tuple[Running, Running], postgres: Postgres
) -> None:
    """A node that waits in vain for its records keeps nothing behind what it could not keep.

    The page has gone by then, and never hears that its first message was refused.
    """
    one, other = await matched_across(two)
    room = place(one)["room"]
    database = make_url(two[0].settings.database).database
    frozen = await asyncpg.connect(postgres.address(database or ""), ssl=False)
    stands_still = frozen.transaction()
    await stands_still.start()
    await frozen.execute("SELECT FROM rooms WHERE id = $1 FOR UPDATE", room)
    cids = [await one.say("first")]
    waits = await one_waits(postgres)
    cids += [await one.say("second"), await one.say("third")]
    await one.send("typing")
    await other.until("typing")  # so they have arrived, and wait for the next commit
    one.socket.transport.abort()
    await one_waits(postgres, waits)  # the first was given up, and now that is tried
    await stands_still.rollback()
    await frozen.close()
    moved = await Student.open(two[1].origin, one.token, place(one))
    await moved.until("resumed")
    for cid, text in zip(cids, ("first", "second", "third"), strict=True):
        await moved.say(text, cid)
        await moved.until("ack", cid=cid)
    assert [(await other.until("message"))["text"] for _ in cids] == ["first", "second", "third"]


async def test_K5_a_message_said_at_two_nodes_is_one(two: tuple[Running, Running]) -> None:
    """A page that sends again elsewhere what was not answered gets the stored answer."""
    one, other = await matched_across(two)
    cid = await one.say("only once")
    ack = await one.until("ack", cid=cid)
    moved = await Student.open(two[1].origin, one.token, place(one))
    await moved.until("resumed", seq=1)
    await moved.say("only once", cid)
    assert await moved.until("ack", cid=cid) == ack
    room = place(one)["room"]
    assert len(await two[0].store.read(transcript.shown_after, room, 0, 10)) == 1
    assert (await other.until("message"))["text"] == "only once"


async def test_K10_who_is_barred_says_nothing_at_any_node(two: tuple[Running, Running]) -> None:
    """Barred at one node, a student at another is out at once, with no word more to the peer."""
    one, other, moderator, item = await held_across(two)
    await bar(moderator, item, one)
    await one.say("one word more")
    await one.until("error", code="not_in_room")
    await one.send("join", topic="mood")
    await one.until("error", code="barred")
    await other.until("ended")
    assert "message" not in {frame["t"] for frame in other.seen}


async def test_K10_who_is_barred_is_out_of_a_newer_room_at_any_node(
    two: tuple[Running, Running],
) -> None:
    """About an old room, at one node: the new one ends at both, and nobody meets them again."""
    one, other, moderator, item = await held_across(two)
    await one.send("leave")
    await one.until("ended")
    await other.until("peer_left")
    await meet(one, other)
    await bar(moderator, item, one)
    await one.say("one word more")
    await one.until("error", code="not_in_room")
    await other.until("ended", why="moderator")
    assert "message" not in {frame["t"] for frame in other.seen}


async def test_K10_whoever_waits_at_one_node_and_is_barred_at_another_meets_nobody(
    two: tuple[Running, Running],
) -> None:
    """Their wish is gone from every node, and whoever comes next waits."""
    one, other, moderator, item = await held_across(two)
    await one.send("leave")
    await other.until("peer_left")
    await one.send("join", topic="mood")
    await one.until("waiting")
    await bar(moderator, item, one)
    await other.send("join", topic="mood")
    await other.until("waiting")
    await other.until("waiting")  # five seconds later


async def test_a_bar_lifted_at_one_node_is_over_at_the_other(two: tuple[Running, Running]) -> None:
    """The student's page there is told at once what to choose from, and they meet somebody."""
    one, other = await matched_across(two)
    moderator = await two[1].moderator()
    await moderator.until("queue")
    await one.until("ack", cid=await one.say(HELD), state="held")
    item = (await moderator.until("item"))["item"]["id"]
    await bar(moderator, item, one)
    await moderator.send("ask_bars")
    (line,) = (await moderator.until("bars"))["bars"]
    given = {"student": line["student"], "until": line["until"], "reason": "a mistake"}
    del one.seen[:]
    await moderator.send("lift", **given)
    await one.until("topics")
    await other.until("ended")
    await meet(one, other)


async def test_a_card_taken_out_at_one_node_is_out_at_the_other(
    two: tuple[Running, Running],
) -> None:
    """Its page there is closed, and the peer's node hears that they left."""
    (stolen,) = await two[0].people.issue_cards(1)
    one, other = await Student.ready(two[1].origin, stolen), await two[0].student()
    await meet(one, other)
    registry = Registry(two[0].server._ground.records)
    await registry.take(Batch(ended=(cards.digest(stolen.replace("-", "")),)))
    assert await one.closed() == 4502
    await other.until("peer_left")


async def test_one_moderator_has_an_item_for_all_nodes(two: tuple[Running, Running]) -> None:
    """An item that was claimed at one node is shown as claimed, by name, at the other."""
    one = await two[0].student()
    first, second = await two[0].moderator("ann"), await two[1].moderator("bob")
    for page in (first, second):
        await page.until("queue")
    await one.send("help")
    item = (await first.until("item"))["item"]["id"]
    await second.until("item")
    await first.send("claim", item=item)
    await first.until("opened")
    claimed = await second.until("item")
    assert claimed["item"]["claimed_by"] is not None
    await second.send("claim", item=item)
    await second.until("error", code="already_claimed")
