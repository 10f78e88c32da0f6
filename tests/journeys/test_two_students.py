"""Two students and everything that can happen between them, over real sockets."""

from __future__ import annotations

from tests.clients import Student, pair
from tests.journeys.conftest import Running


async def test_two_students_meet_and_talk(running: Running) -> None:
    """What one says is acked once it is kept, and reaches the other at the same place."""
    one, other = await running.pair()
    cid = await one.say("hello, how was your day")
    ack = await one.until("ack", cid=cid)
    assert (ack["state"], ack["seq"]) == ("released", 1)
    message = await other.until("message")
    assert message["text"] == "hello, how was your day"
    assert (message["who"], message["seq"]) == ("peer", 1)


async def test_S11_a_telephone_number_arrives_hidden(running: Running) -> None:
    """The peer's socket never carries the digits; the writer sees what was hidden."""
    one, other = await running.pair()
    cid = await one.say("text me on 07700 900123 ok")
    ack = await one.until("ack", cid=cid)
    assert ack["state"] == "redacted"
    assert "900123" not in ack["text"]
    message = await other.until("message")
    assert "900123" not in message["text"]
    assert message["state"] == "redacted"


async def test_S11_nothing_a_student_receives_says_who_or_when_the_other_is(
    running: Running,
) -> None:
    """A made-up name and words: no pseudonym, no token, no time, no id the other page made."""
    one, other = await running.pair()
    cid = await one.say("hello, how was your day")
    message = await other.until("message")
    await one.send("typing")
    await other.until("typing")
    assert set(message) <= {"t", "seq", "mid", "who", "text", "state"}
    (live,) = running.server.talking.rooms._open.values()
    seen = str(other.seen)
    for secret in (one.token, cid, *(seat.student for seat in live.room.seats)):
        assert secret not in seen


async def test_S5_whoever_finds_a_card_is_shown_no_earlier_chat(running: Running) -> None:
    """Signed in anew after a chat, a page has what every page has: topics and help lines."""
    cards = await running.people.issue_cards(2)
    one, other = await pair(running.origin, cards, "mood")
    await one.say("nobody at home may read this")
    await other.until("message")
    (room,) = [frame["room"] for frame in one.seen if frame["t"] == "matched"]
    await one.send("leave")
    await one.until("ended")
    for card in cards:
        found = await Student.ready(running.origin, card)
        assert {frame["t"] for frame in found.seen} == {"topics"}
        assert room not in str(found.seen)
        assert "nobody at home" not in str(found.seen)


async def test_S8_a_page_that_comes_back_gets_what_it_missed_once(running: Running) -> None:
    """After losing its socket a page resumes after its last place and sees no message twice."""
    one, other = await running.pair()
    await one.say("one")
    first = await other.until("message")
    matched = next(frame for frame in other.seen if frame["t"] == "matched")
    await other.close()
    for text in ("two", "three"):
        await one.until("ack", cid=await one.say(text))
    resume = {"room": matched["room"], "epoch": matched["epoch"], "seq": first["seq"]}
    back = await Student.open(running.origin, other.token, resume)
    await back.until("resumed", seq=3)
    texts = [frame["text"] for frame in back.seen if frame["t"] == "message"]
    assert texts == ["two", "three"]


async def test_M1_a_held_message_reaches_the_desk_and_is_released(running: Running) -> None:
    """A held message is on the moderator's page at once, and their decision moves it."""
    moderator = await running.moderator()
    await moderator.until("queue")
    one, other = await running.pair()
    cid = await one.say("kill yourself you worthless freak")
    assert (await one.until("ack", cid=cid))["state"] == "held"
    item = (await moderator.until("item"))["item"]
    assert item["held"]
    await moderator.send("claim", item=item["id"])
    opened = await moderator.until("opened")
    assert opened["lines"][-1]["why"]
    await moderator.send("act", item=item["id"], act="release")
    await moderator.until("done")
    await moderator.until("gone", item=item["id"])
    assert (await one.until("status", cid=cid))["state"] == "released"
    assert (await other.until("message"))["seq"] == 1


async def test_S10_a_disclosure_is_delivered_and_pages_an_adult(running: Running) -> None:
    """The peer reads it, both hear that an adult comes, and the page carries none of the words."""
    await running.on_call()
    await running.server.on_call.look_who_is_there()
    one, other = await running.pair()
    cid = await one.say("i am going to kill myself tonight")
    assert (await one.until("ack", cid=cid))["state"] == "released"
    await one.until("notice", code="adult_coming")
    assert "tonight" in (await other.until("message"))["text"]
    await other.until("notice", code="peer_adult_coming")
    await running.rang.wait()
    assert "tonight" not in str(running.pages)


async def test_S12_students_kept_apart_never_meet_again(running: Running) -> None:
    """After a block the same two wait beside each other and are not paired."""
    one, other = await running.pair()
    await one.send("block")
    await one.until("ended")
    await other.until("peer_left")
    for page in (one, other):
        await page.send("join", topic="mood")
        await page.until("waiting")
    third = await running.student()
    await third.send("join", topic="mood")
    await third.until("matched")
    await one.until("matched")
