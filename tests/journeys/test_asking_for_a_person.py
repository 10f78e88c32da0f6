"""A student who wants a person, or wants away from a peer."""

from __future__ import annotations

from tests.journeys.conftest import Running


async def test_S12_a_report_reaches_the_desk_and_not_the_peer(running: Running) -> None:
    """The reporter is thanked, a moderator sees it at once, the peer's page shows no trace."""
    moderator = await running.moderator()
    await moderator.until("queue")
    one, other = await running.pair()
    await one.send("report", reason="unkind")
    await one.until("notice", code="reported")
    item = (await moderator.until("item"))["item"]
    assert item["kind"] == "report"
    await one.say("bye then")
    await other.until("message", text="bye then")
    assert "report" not in str(other.seen)


async def test_S9_help_in_a_room_reaches_the_desk(running: Running) -> None:
    """The item is in the queue, under the room, and the chat goes on."""
    await running.on_call()
    await running.server.on_call.look_who_is_there()
    moderator = await running.moderator()
    await moderator.until("queue")
    one, other = await running.pair()
    await one.send("help")
    await one.until("notice", code="help_asked")
    item = (await moderator.until("item"))["item"]
    assert (item["kind"], item["topic"]) == ("help", "mood")
    await one.say("still here")
    await other.until("message")
    assert "help" not in str([frame for frame in other.seen if frame["t"] != "topics"])


async def test_S9_help_while_waiting_opens_a_room_for_one(running: Running) -> None:
    """Whoever asks for a person waits for no peer: a room with one seat, and an item."""
    moderator = await running.moderator()
    await moderator.until("queue")
    alone = await running.student()
    await alone.send("join", topic="mood")
    await alone.until("waiting")
    await alone.send("help")
    matched = await alone.until("matched")
    assert (matched["topic"], matched["peer"]) == ("help", "")
    await alone.until("notice", code="no_adult")
    item = (await moderator.until("item"))["item"]
    assert (item["kind"], item["topic"]) == ("help", "help")
    ack = await alone.until("ack", cid=await alone.say("i am waiting here"))
    assert ack["seq"] == 1
    late = await running.student()
    await late.send("join", topic="mood")
    await late.until("waiting")
    await moderator.send("claim", item=item["id"])
    opened = await moderator.until("opened")
    assert [line["text"] for line in opened["lines"]] == ["i am waiting here"]


async def test_typing_reaches_the_peer(running: Running) -> None:
    """The peer sees it, the writer does not."""
    one, other = await running.pair()
    await one.send("typing")
    await other.until("typing")
    await other.say("go on")
    await one.until("message")
    assert "typing" not in {frame["t"] for frame in one.seen}


async def test_leaving_frees_both(running: Running) -> None:
    """Who leaves sees the end, the peer sees that they left, and both may go on."""
    one, other = await running.pair()
    await one.send("leave")
    await one.until("ended", why="left")
    await other.until("peer_left")
    await one.send("join", topic="mood")
    await other.send("join", topic="mood")
    for page in (one, other):
        await page.until("matched")


async def test_leaving_while_waiting_takes_the_wish_back(running: Running) -> None:
    """The page may choose again, and nobody is matched with a wish taken back."""
    one, other = await running.student(), await running.student()
    await one.send("join", topic="mood")
    await one.until("waiting")
    await one.send("leave")
    await one.until("topics")
    await other.send("join", topic="mood")
    await other.until("waiting")
    await one.send("join", topic="mood")
    await one.until("matched")


async def test_S3_leaving_quickly_ends_the_session(running: Running) -> None:
    """The peer sees that they left; the page is closed for good."""
    one, other = await running.pair()
    await one.send("bye")
    assert await one.closed() == 4502
    await other.until("peer_left")
