"""What a page may send wrongly, and the one clear answer it gets (RELIABILITY's table)."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from websockets.exceptions import ConnectionClosed

from chat.speaking import MAX_ERRORS
from chat.students.session import FRAMES
from tests.clients import Student
from tests.journeys.conftest import Running
from tests.journeys.frames import ID, STAFF_FRAMES, STUDENT_FRAMES

# --- what cannot be read -----------------------------------------------------------------------


UNREADABLE: tuple[tuple[str, str, str | None], ...] = (
    ("", "bad_json", None),
    ("hello", "bad_json", None),
    ("{", "bad_json", None),
    ('{"t":"typing"} {"t":"typing"}', "bad_json", None),
    ('\ufeff{"t":"typing"}', "bad_json", None),
    ('{\x00"t":"typing"}', "bad_json", None),
    ('{"t":"understood","answer":NaN}', "bad_json", None),
    ('{"t":"say","cid":"' + ID + '","text":"\\ud800"}', "bad_json", None),
    ("[" * 8000, "bad_field", None),
    ('["t","typing"]', "bad_field", None),
    ("null", "bad_field", None),
    ("{}", "bad_field", None),
    ('{"t":"typing","more":1}', "bad_field", None),
    ('{"t":"typing","__proto__":{}}', "bad_field", None),
    ('{"t":"say","cid":"short","text":"x"}', "bad_field", "cid"),
    ('{"t":"say","cid":"' + ID + '","text":"x","text":"y"}', "bad_field", "text"),
    ('{"t":"understood","answer":' + "9" * 5000 + "}", "bad_field", "answer"),
    ('{"t":"join","topic":"Mood; DROP TABLE rooms"}', "bad_field", "topic"),
    ('{"t":"nonsense"}', "unknown_type", None),
    ('{"t":"constructor"}', "unknown_type", None),
)


async def test_K15_what_cannot_be_read_is_refused_and_the_page_stays(running: Running) -> None:
    """One refusal that names at most a field, and the next good frame is answered."""
    for raw, code, path in UNREADABLE:
        page = await running.student()
        await page.socket.send(raw)
        refused = await page.refused()
        assert (refused["code"], refused.get("path")) == (code, path), raw[:60]
        await page.send("understood", answer=1)
        await page.until("topics")
        await page.close()


async def test_K15_what_is_no_text_at_all_closes_the_connection(running: Running) -> None:
    """Bytes that are no UTF-8, and binary messages, end the connection by their own codes."""
    for message, is_text, close in ((b"\xff\xfe{\x00", True, 1007), (b"{}", False, 1003)):
        page = await running.student()
        await page.socket.send(message, text=is_text)
        assert await page.closed() == close


async def test_too_many_errors_end_the_connection(running: Running) -> None:
    """A page that keeps failing is told so and must not come back by itself."""
    page = await running.student()
    for _ in range(MAX_ERRORS):
        await page.socket.send("nonsense")
        assert (await page.refused())["code"] == "bad_json"
    await page.socket.send("nonsense")
    assert (await page.refused())["code"] == "too_many_errors"
    assert await page.closed() == 4504


async def test_a_student_has_no_staff_frames(running: Running) -> None:
    """To a student's connection they do not exist."""
    page = await running.student()
    for t, fields in STAFF_FRAMES:
        await page.send(t, **fields)
        assert (await page.refused())["code"] == "unknown_type", t


async def test_staff_have_no_student_frames(running: Running) -> None:
    """No adult can enter a room as a student from the desk."""
    for t, fields in (("hello", {"token": "t" * 43}), *STUDENT_FRAMES):
        moderator = await running.moderator(t)
        await moderator.until("queue")
        await moderator.send(t, **fields)
        assert (await moderator.refused())["code"] == "unknown_type", t


# --- what may not be said -----------------------------------------------------------------------


UNSHOWABLE = (
    ("  \n ", "empty"),
    ("\u200b\u200d", "empty"),
    ("a\x00b", "bad_text"),
    ("\x1b[2Jgone", "bad_text"),
    ("\x85", "bad_text"),
    ("\ue000", "bad_text"),
    ("hi\U000e0068\U000e0069", "bad_text"),
    ("z" + "\u0301" * 5, "bad_text"),
    ("\uffff", "bad_text"),
)


async def test_K15_what_no_page_can_show_is_refused(running: Running) -> None:
    """The refusal carries the message's cid and none of its words; the peer hears nothing."""
    one, other = await running.pair()
    for text, code in UNSHOWABLE:
        cid = await one.say(text)
        refused = await one.refused()
        assert (refused["code"], refused["cid"]) == (code, cid), ascii(text)
    await one.until("ack", cid=await one.say("plain words"))
    await other.until("message", text="plain words")
    assert [frame["t"] for frame in other.seen].count("message") == 1


SCOTLAND = "\U0001f3f4\U000e0067\U000e0062\U000e0073\U000e0063\U000e0074\U000e007f"


ODD = (
    ("\u202eolleh\u202c \u2066there\u2069", "olleh there"),
    ("<b>hello</b> {{7*7}} ${jndi:x}", "<b>hello</b> {{7*7}} ${jndi:x}"),
    ("%n%n =cmd()|x", "%n%n =cmd()|x"),
    (f"{SCOTLAND} yes", f"{SCOTLAND} yes"),
)


async def test_odd_words_arrive_as_words(running: Running) -> None:
    """Markup and templates are text like any other; signs that turn text around are taken out."""
    one, other = await running.pair()
    for text, shown in ODD:
        await one.until("ack", cid=await one.say(text))
        assert (await other.until("message"))["text"] == shown


async def test_the_longest_message_arrives_whole(running: Running) -> None:
    """Two thousand characters pass, one more is refused."""
    one, other = await running.pair()
    text = ("we made soup " * 200)[:2000]
    await one.say(text)
    assert (await other.until("message"))["text"] == text
    await one.say(text + "!")
    refused = await one.refused()
    assert (refused["code"], refused["path"]) == ("bad_field", "text")


async def test_S8_a_cid_stands_for_its_words(running: Running) -> None:
    """The same words again get the same answer, other words are a conflict, the peer sees one."""
    one, other = await running.pair()
    cid = await one.say("we made soup")
    ack = await one.until("ack")
    await one.say("we made soup", cid)
    assert await one.until("ack") == ack
    await one.say("we made tea", cid)
    refused = await one.refused()
    assert (refused["code"], refused["cid"]) == ("cid_conflict", cid)
    await one.until("ack", cid=await one.say("and bread"))
    await other.until("message", text="and bread")
    texts = [frame["text"] for frame in other.seen if frame["t"] == "message"]
    assert texts == ["we made soup", "and bread"]


async def test_speaking_too_fast_is_told_with_a_time(running: Running) -> None:
    """The message that was too much is named, and costs nothing when sent again later."""
    one, _ = await running.pair()
    rate = running.settings.chat.messages_per_10_seconds
    cids = [await one.say("we made soup") for _ in range(rate + 1)]
    refused = await one.refused()
    assert (refused["code"], refused["cid"]) == ("rate_limited", cids[-1])
    assert 0 < refused["retry_after"] <= 10


async def test_too_many_frames_are_told_with_a_time(running: Running) -> None:
    """Frames that are no messages have their own allowance, which grows again while they come."""
    one, _ = await running.pair()
    with suppress(ConnectionClosed):  # after so many refusals the page is let go
        for _ in range(2 * FRAMES):
            await one.send("typing")
    refused = await one.refused()
    assert refused["code"] == "rate_limited"
    assert refused["retry_after"] > 0


# --- where nothing can be said ------------------------------------------------------------------


async def test_outside_a_room_there_is_nobody_to_talk_to(running: Running) -> None:
    """Every frame that needs a room is refused without one, and changes nothing."""
    page = await running.student()
    cid = await page.say("hello")
    refused = await page.refused()
    assert (refused["code"], refused["cid"]) == ("not_in_room", cid)
    for t, fields in (
        ("typing", {}),
        ("block", {}),
        ("report", {"reason": "unkind"}),
        ("take_back", {"cid": cid}),
    ):
        await page.send(t, **fields)  # type: ignore[arg-type]
        assert (await page.refused())["code"] == "not_in_room"


async def test_in_an_ended_room_nothing_is_said(running: Running) -> None:
    """Once the peer has left, words are refused and not kept for anybody."""
    one, other = await running.pair()
    await other.send("leave")
    await one.until("peer_left")
    await other.until("ended", why="left")
    cid = await one.say("are you there")
    refused = await one.refused()
    assert refused["code"] in {"ended", "not_in_room"}
    assert refused["cid"] == cid


async def test_taking_back_what_was_never_held_is_not_found(running: Running) -> None:
    """A delivered message, the peer's message and no message are all the same."""
    one, other = await running.pair()
    mine = await one.say("hello")
    await one.until("ack", cid=mine)
    theirs = await other.say("hello you")
    await other.until("ack", cid=theirs)
    for cid in (mine, theirs, ID):
        await one.send("take_back", cid=cid)
        assert (await one.refused())["code"] == "not_found"


async def test_no_topic_but_the_schools(running: Running) -> None:
    """A topic that is well formed and unknown is not found."""
    page = await running.student()
    await page.send("join", topic="weather")
    assert (await page.refused())["code"] == "not_found"


async def test_S2_nobody_joins_before_they_have_understood(running: Running) -> None:
    """The wrong answer and no answer keep the door closed."""
    (card,) = await running.people.issue_cards(1)
    page = await Student.open(running.origin, await Student.sign_in(running.origin, card))
    await page.until("topics", understood=False)
    await page.send("join", topic="mood")
    assert (await page.refused())["code"] == "not_understood"
    await page.send("understood", answer=0)
    assert (await page.refused())["code"] == "not_understood"
    await page.send("understood", answer=1)
    await page.until("topics", understood=True)


# --- where a page thinks it is --------------------------------------------------------------------


async def place_of(page: Student) -> dict[str, Any]:
    """Where a page is, as it would resume."""
    matched = next(frame for frame in reversed(page.seen) if frame["t"] == "matched")
    return {"room": matched["room"], "epoch": matched["epoch"], "seq": matched["seq"]}


async def test_a_page_ahead_of_its_room_starts_again(running: Running) -> None:
    """A place that does not exist yet is refused with a code that means come back."""
    one, _ = await running.pair()
    place = await place_of(one)
    page = await Student.open(running.origin, one.token, {**place, "seq": 99})
    assert (await page.refused())["code"] == "seq_ahead"
    assert await page.closed() == 4009


async def test_a_page_of_another_history_gets_a_reset(running: Running) -> None:
    """It is told that there is a gap, and then given everything."""
    one, other = await running.pair()
    await one.until("ack", cid=await one.say("hello"))
    place = await place_of(other)
    page = await Student.open(running.origin, other.token, {**place, "epoch": "0" * 16, "seq": 1})
    reset = await page.until("reset")
    assert (reset["reason"], reset["epoch"]) == ("epoch", place["epoch"])
    assert (await page.until("message"))["seq"] == 1
    await page.until("resumed", seq=1)


async def test_K9_a_foreign_room_tells_nothing(running: Running) -> None:
    """Naming a room of others is answered exactly like naming none: with one's own."""
    one, other = await running.pair()
    await one.until("ack", cid=await one.say("between us"))
    third, _ = await running.pair()
    page = await Student.open(running.origin, third.token, await place_of(other))
    matched = await page.until("matched")
    await page.until("resumed")
    assert matched["room"] == (await place_of(third))["room"]
    assert "between us" not in str(page.seen)
