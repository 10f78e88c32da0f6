"""One student's connection: who it is, and what may be said over it."""

from __future__ import annotations

import asyncio
import dataclasses
from pathlib import Path

from chat.errors import refusal
from chat.live.neighbours import AnyEvent
from moderation.records import rooms
from tests.chat.shells import START, Late
from tests.chat.students.entrance import ANN, BO, ROOM, Entrance, an_entrance


class Others:
    """Other nodes, which are told and tell nothing."""

    def tell(self, event: AnyEvent) -> None:
        """They know."""


async def test_hello_is_answered_with_topics(entrance: Entrance) -> None:
    """Who is in no room chooses a topic."""
    wire = await entrance.hello(ANN)
    assert [frame["t"] for frame in wire.seen] == ["topics"]
    assert list(entrance.needs.here) == [ANN[:22]]


async def test_whoever_says_no_hello_is_closed(tmp_path: Path) -> None:
    """A silent connection ends with its own code, and hello stops that clock."""
    async with an_entrance(tmp_path, hello_within=0.0) as entrance:
        silent = entrance.connect()
        await asyncio.sleep(0.001)
        assert silent.closed == refusal("no_hello").close


async def test_hello_stops_the_clock(entrance: Entrance) -> None:
    """Whoever said hello may be silent afterwards."""
    wire = await entrance.hello(ANN)
    assert wire.session._timer is None


async def test_K14_before_hello_nothing_else_is_answered(entrance: Entrance) -> None:
    """Any other first frame ends the connection."""
    for t, fields in (("join", {"topic": "mood"}), ("say", {"cid": ROOM, "text": "x"})):
        wire = entrance.connect()
        await wire.says(t, **fields)
        assert wire.codes == ["bad_ticket"]
        assert wire.closed == 4503


async def test_a_wrong_token_and_a_second_hello_end_the_connection(entrance: Entrance) -> None:
    """One connection is one student for as long as it lasts."""
    assert (await entrance.hello("x" * 43)).closed == 4503
    wire = await entrance.hello(ANN)
    await wire.says("hello", token=BO)
    assert wire.closed == 4503
    assert list(entrance.needs.here) == [ANN[:22]]


async def test_a_new_connection_replaces_the_old(entrance: Entrance) -> None:
    """The old page is told, and its going changes nothing for the new one."""
    old = await entrance.hello(ANN)
    new = await entrance.hello(ANN)
    assert (old.codes[-1:], old.closed) == (["replaced"], 4501)
    old.session.disconnected()
    assert entrance.needs.here[ANN[:22]] is new.session


async def test_S2_only_the_right_answer_opens_the_way(entrance: Entrance) -> None:
    """Until then joining is refused; afterwards it is noted for the session."""
    signed = entrance.register.signed[ANN]
    entrance.register.signed[ANN] = dataclasses.replace(signed, understood=False)
    wire = await entrance.hello(ANN)
    assert wire.seen[-1]["understood"] is False
    await wire.says("join", topic="mood")
    assert wire.codes == ["not_understood"]
    await wire.says("understood", answer=0)
    assert wire.codes == ["not_understood"]
    assert (await wire.says("understood", answer=1))[-1]["understood"] is True
    assert entrance.register.noted == [ANN]
    assert (await wire.says("join", topic="mood"))[-1]["t"] == "waiting"


async def test_outside_a_room_there_is_nothing_to_say(entrance: Entrance) -> None:
    """Each act that needs a room is refused without one, a message under its cid."""
    wire = await entrance.hello(ANN)
    assert (await wire.says("say", cid=ROOM, text="x"))[0]["cid"] == ROOM
    for t, fields in (
        ("typing", {}),
        ("block", {}),
        ("report", {"reason": "other"}),
        ("take_back", {"cid": ROOM}),
    ):
        await wire.says(t, **fields)
        assert wire.codes == ["not_in_room"]


async def test_a_flawed_message_is_refused_under_its_cid(entrance: Entrance) -> None:
    """The page can tell which message it was; nothing is judged."""
    one, _ = await entrance.seated()
    for text, code in (("   ", "empty"), ("a\x00b", "bad_text")):
        (refused,) = await one.says("say", cid=ROOM, text=text)
        assert (refused["code"], refused["cid"]) == (code, ROOM)
    assert entrance.place.judge.asked == []


async def test_typing_is_seen_by_the_peer_only(entrance: Entrance) -> None:
    """It goes to the other page and is kept nowhere."""
    one, other = await entrance.seated()
    del other.seen[:]
    assert await one.says("typing") == []
    assert other.seen == [{"t": "typing"}]


async def test_S3_bye_ends_the_session_at_once(entrance: Entrance) -> None:
    """The room ends, the token is worth nothing, and the page must not come back by itself."""
    one, other = await entrance.seated()
    await one.says("bye")
    assert (one.codes, one.closed) == (["signed_out"], 4502)
    await entrance.place.committed()
    assert other.seen[-1] == {"t": "peer_left"}
    assert (await entrance.hello(ANN)).closed == 4503


async def test_a_lost_page_keeps_its_seat(entrance: Entrance) -> None:
    """Coming back enters the same room without asking."""
    one, _ = await entrance.seated()
    one.session.disconnected()
    assert ANN[:22] not in entrance.needs.here
    back = await entrance.hello(ANN)
    assert [frame["t"] for frame in back.seen] == ["matched", "resumed"]


async def test_a_page_whose_student_is_at_another_node_is_gone_at_once(entrance: Entrance) -> None:
    """Its line may be dead, and closed much later: it neither sits, nor waits, nor is it here."""
    one, other = await entrance.seated()
    (live,) = entrance.place.rooms.all_open()
    one.session.replaced()
    assert (one.closed, live.pages[0]) == (4501, None)
    back = await entrance.hello(ANN)
    one.session.disconnected()
    assert live.pages == [back.session, other.session]
    assert entrance.needs.here[ANN[:22]] is back.session


async def test_a_page_that_goes_before_it_has_its_seat_leaves_nobody_in_it(
    entrance: Entrance,
) -> None:
    """It has replaced another, and both are gone: the peer does not sit with a page that is not."""
    old, other = await entrance.seated()
    entrance.place.rooms.elsewhere.neighbours = Others()  # of several nodes, each asks the records
    late = Late(entrance.place.store, rooms.room)
    new = entrance.connect()
    came = asyncio.ensure_future(new.says("hello", token=ANN))
    await late.begun.wait()
    new.session.disconnected()
    old.session.disconnected()
    late.come()
    await came
    entrance.place.clock.now += entrance.place.needs.chat.away_seconds + 1
    entrance.place.rooms.tick()
    await entrance.place.rooms.quiet()
    await entrance.place.committed()
    assert other.seen[-1]["t"] == "peer_left"


async def test_a_room_that_ended_meanwhile_is_told(entrance: Entrance) -> None:
    """A page that comes back to a room that is over learns why, then chooses anew."""
    one, other = await entrance.seated()
    (matched,) = [frame for frame in one.seen if frame["t"] == "matched"]
    one.session.disconnected()
    await other.says("leave")
    await entrance.place.committed()
    wire = entrance.connect()
    resume = {"room": matched["room"], "epoch": matched["epoch"], "seq": 0}
    seen = await wire.says("hello", token=ANN, resume=resume)
    assert [frame["t"] for frame in seen] == ["ended", "topics"]


async def test_K10_a_bar_counts_though_this_node_was_not_told(entrance: Entrance) -> None:
    """A page that is open asks the records before it waits; there every node writes bars down."""
    wire = await entrance.hello(ANN)
    entrance.register.bars[ANN[:22]] = int((START + 60) * 1000)
    await wire.says("join", topic="mood")
    assert wire.codes == ["barred"]


async def test_K10_whoever_is_barred_waits_no_more(entrance: Entrance) -> None:
    """Told at once, they leave the lobby: nobody who comes next is matched with them."""
    one = await entrance.hello(ANN)
    await one.says("join", topic="mood")
    one.session.barred(int((START + 60) * 1000))
    other = await entrance.hello(BO)
    assert (await other.says("join", topic="mood"))[-1]["t"] == "waiting"
    assert one.codes == ["barred"]
    assert entrance.pairs == []


async def test_whoever_is_barred_is_told_so_on_every_page(entrance: Entrance) -> None:
    """Who looks again, or comes with their card, is not left before topics that refuse them."""
    signed = entrance.register.signed
    signed[ANN] = dataclasses.replace(signed[ANN], barred_until=int((START + 60) * 1000))
    assert (await entrance.hello(ANN)).codes == ["barred"]


async def test_whoever_is_let_in_again_may_choose_at_once(entrance: Entrance) -> None:
    """Without asking: the page that said they are kept out shows what to talk about."""
    wire = await entrance.hello(ANN)
    wire.session.barred(int((START + 60) * 1000))
    assert wire.session.barred_until(int(START * 1000)) == int((START + 60) * 1000)
    del wire.seen[:]
    wire.session.barred(int(START * 1000))
    assert [frame["t"] for frame in wire.seen] == ["topics"]
    assert wire.session.barred_until(int(START * 1000)) == 0
    assert (await wire.says("join", topic="mood"))[-1]["t"] == "waiting"


async def test_whoever_is_let_in_again_in_a_room_of_their_own_stays_there(
    entrance: Entrance,
) -> None:
    """Alone with staff nothing comes in between."""
    wire = await entrance.hello(ANN)
    await wire.says("help")
    wire.session.barred(int((START + 60) * 1000))
    del wire.seen[:]
    wire.session.barred(int(START * 1000))
    assert wire.seen == []


async def test_K10_whoever_is_barred_while_away_gets_no_place_back(entrance: Entrance) -> None:
    """The page that comes back in time is told, and its ticket is gone."""
    one = await entrance.hello(ANN)
    await one.says("join", topic="mood")
    one.session.disconnected()
    await one.session._turns._last  # type: ignore[misc]
    entrance.register.bars[ANN[:22]] = int((START + 60) * 1000)
    back = await entrance.hello(ANN)
    assert back.codes == ["barred"]
    assert len(entrance.needs.lobby) == 0


async def test_K9_a_foreign_room_is_as_if_there_were_none(entrance: Entrance) -> None:
    """Naming somebody else's room tells nothing about it."""
    live, _, _ = await entrance.place.pair()
    for room in (live.room.id, ROOM):
        wire = entrance.connect()
        resume = {"room": room, "epoch": live.room.epoch, "seq": 0}
        seen = await wire.says("hello", token=ANN, resume=resume)
        assert [frame["t"] for frame in seen] == ["topics"]
