"""One student's connection, frame by frame."""

from __future__ import annotations

import asyncio
import contextlib
import dataclasses
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from chat.errors import refusal
from chat.live.memory import MemoryLive
from chat.settings import Pager, School
from chat.speaking import ERRORS_OVER, MAX_ERRORS
from chat.students.afterwards import Afterwards
from chat.students.calling import CALLS, CALLS_OVER
from chat.students.lobby import Lobby
from chat.students.matching import Pair
from chat.students.needs import StudentNeeds
from chat.students.session import FRAMES, REFUSED, StudentSession
from moderation.people.sessions import Signed
from moderation.records import items, rooms
from moderation.records.numbers import figures
from moderation.records.of_school import SchoolRecords
from tests.chat.shells import START, Place, a_place
from tests.moderation.records.sample import SCHOOL, add_students

ANN, BO = "a" * 43, "b" * 43
ROOM = "r" * 22


class Register:
    """Who has which token; stands for Sessions."""

    def __init__(self) -> None:
        self.signed = {
            token: Signed(
                token.encode(), token[:22], understood=True, band="all", barred_until=None
            )
            for token in (ANN, BO)
        }
        self.bars: dict[str, int] = {}
        self.noted: list[str] = []

    async def student(self, token: str) -> Signed | None:
        return self.signed.get(token)

    async def barred_until(self, student: str) -> int | None:
        return self.bars.get(student)

    async def understood(self, token: str) -> None:
        self.noted.append(token)

    async def end(self, token: str) -> None:
        del self.signed[token]


@dataclass
class Wire:
    """The connection's side: what was sent, and with which code it was closed."""

    session: StudentSession
    seen: list[dict[str, Any]] = field(default_factory=list)
    closed: int | None = None

    def send(self, frame: bytes) -> None:
        self.seen.append(json.loads(frame))

    def close(self, code: int, reason: str = "") -> None:
        assert reason
        self.closed = code

    async def says(self, t: str, **fields: Any) -> list[dict[str, Any]]:
        """Send a frame and answer with everything that came of it."""
        del self.seen[:]
        self.session.frame_received(json.dumps({"t": t, **fields}).encode())
        await self.session._turns._last if self.session._turns._last else None
        return self.seen

    @property
    def codes(self) -> list[str]:
        return [frame["code"] for frame in self.seen if frame["t"] == "error"]


@dataclass
class Entrance:
    """A place with a lobby, and the pairs it made."""

    place: Place
    needs: StudentNeeds
    register: Register
    pairs: list[Pair]

    def connect(self) -> Wire:
        wire = Wire(StudentSession(self.needs))
        wire.session.connected(wire)  # type: ignore[arg-type]
        return wire

    async def hello(self, token: str) -> Wire:
        wire = self.connect()
        await wire.says("hello", token=token)
        return wire

    async def seated(self) -> tuple[Wire, Wire]:
        """Ann and Bo in one room."""
        one, other = await self.hello(ANN), await self.hello(BO)
        live = await self.place.rooms.open([ANN[:22], BO[:22]], "mood")
        for seat, wire in enumerate((one, other)):
            await wire.session.enter(live, seat)
        return one, other


@contextlib.asynccontextmanager
async def an_entrance(tmp_path: Path, **changes: Any) -> AsyncIterator[Entrance]:
    async with a_place(tmp_path) as place:
        for token in (ANN, BO):
            await place.store.write(add_students, token[:22])
        register, pairs = Register(), []
        needs = StudentNeeds(
            sessions=register,  # type: ignore[arg-type]
            rooms=place.rooms,
            lobby=Lobby(MemoryLive(), place.clock, pairs.append),
            store=place.store,
            afterwards=Afterwards(
                SchoolRecords(SCHOOL, place.store, place.vault, place.clock),
                72.0,
                Pager(),
                place.rooms._needs.item_changed,
            ),
            school=School(),
            clock=place.clock,
            chat_open=lambda: True,
            longest_wait=300.0,
            reachable=lambda: True,
            here={},
            max_connections=100,
        )
        yield Entrance(place, dataclasses.replace(needs, **changes), register, pairs)


async def test_hello_is_answered_with_topics(tmp_path: Path) -> None:
    """Who is in no room chooses a topic."""
    async with an_entrance(tmp_path) as entrance:
        wire = await entrance.hello(ANN)
        assert [frame["t"] for frame in wire.seen] == ["topics"]
        assert list(entrance.needs.here) == [ANN[:22]]


async def test_whoever_says_no_hello_is_closed(tmp_path: Path) -> None:
    """A silent connection ends with its own code, and hello stops that clock."""
    async with an_entrance(tmp_path, hello_within=0.0) as entrance:
        silent = entrance.connect()
        await asyncio.sleep(0.001)
        assert silent.closed == refusal("no_hello").close


async def test_hello_stops_the_clock(tmp_path: Path) -> None:
    """Whoever said hello may be silent afterwards."""
    async with an_entrance(tmp_path) as entrance:
        wire = await entrance.hello(ANN)
        assert wire.session._timer is None


async def test_K14_before_hello_nothing_else_is_answered(tmp_path: Path) -> None:
    """Any other first frame ends the connection."""
    async with an_entrance(tmp_path) as entrance:
        for t, fields in (("join", {"topic": "mood"}), ("say", {"cid": ROOM, "text": "x"})):
            wire = entrance.connect()
            await wire.says(t, **fields)
            assert wire.codes == ["bad_ticket"]
            assert wire.closed == 4503


async def test_a_wrong_token_and_a_second_hello_end_the_connection(tmp_path: Path) -> None:
    """One connection is one student for as long as it lasts."""
    async with an_entrance(tmp_path) as entrance:
        assert (await entrance.hello("x" * 43)).closed == 4503
        wire = await entrance.hello(ANN)
        await wire.says("hello", token=BO)
        assert wire.closed == 4503
        assert list(entrance.needs.here) == [ANN[:22]]


async def test_a_new_connection_replaces_the_old(tmp_path: Path) -> None:
    """The old page is told, and its going changes nothing for the new one."""
    async with an_entrance(tmp_path) as entrance:
        old = await entrance.hello(ANN)
        new = await entrance.hello(ANN)
        assert (old.codes[-1:], old.closed) == (["replaced"], 4501)
        old.session.disconnected()
        assert entrance.needs.here[ANN[:22]] is new.session


async def test_a_full_house_asks_to_come_back(tmp_path: Path) -> None:
    """No more pages than set, but the same student may always come back."""
    async with an_entrance(tmp_path, max_connections=1) as entrance:
        await entrance.hello(ANN)
        assert (await entrance.hello(BO)).closed == 4010
        assert (await entrance.hello(ANN)).closed is None


async def test_S2_only_the_right_answer_opens_the_way(tmp_path: Path) -> None:
    """Until then joining is refused; afterwards it is noted for the session."""
    async with an_entrance(tmp_path) as entrance:
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


async def test_two_who_join_are_handed_on_as_a_pair(tmp_path: Path) -> None:
    """Joining twice is one wish, and the blocked of the records are avoided."""
    async with an_entrance(tmp_path) as entrance:
        one, other = await entrance.hello(ANN), await entrance.hello(BO)
        await one.says("join", topic="mood")
        await one.says("join", topic="family")
        await other.says("join", topic="family")
        assert len(entrance.pairs) == 1
        block = rooms.Block(ANN[:22], BO[:22], 1)
        await entrance.place.store.write(rooms.block, block)
        await one.says("join", topic="mood")
        await other.says("join", topic="mood")
        assert len(entrance.pairs) == 1


async def test_in_a_room_nobody_joins_another(tmp_path: Path) -> None:
    """The room comes first."""
    async with an_entrance(tmp_path) as entrance:
        one, _ = await entrance.seated()
        await one.says("join", topic="mood")
        assert one.codes == ["already_in_room"]


async def test_a_wish_that_a_match_overtakes_is_forgotten(tmp_path: Path) -> None:
    """Whoever is seated while their wish is read is not put into the lobby as well."""
    async with an_entrance(tmp_path) as entrance:
        one = await entrance.hello(ANN)

        async def seated_meanwhile(_student: str) -> None:
            live = await entrance.place.rooms.open([ANN[:22], BO[:22]], "mood")
            await one.session.enter(live, 0)

        entrance.register.barred_until = seated_meanwhile  # type: ignore[method-assign]
        await one.says("join", topic="mood")
        assert one.codes == ["already_in_room"]
        assert len(entrance.needs.lobby) == 0


async def joins_slowly(entrance: Entrance, wire: Wire) -> asyncio.Event:
    """Whoever it is asks to be matched, and the records answer once that is set."""
    asked, answer, bars = asyncio.Event(), asyncio.Event(), entrance.register.barred_until

    async def slow(_student: str) -> None:
        asked.set()
        await answer.wait()

    entrance.register.barred_until = slow  # type: ignore[method-assign]
    wire.session.frame_received(b'{"t": "join", "topic": "mood"}')
    await asked.wait()
    entrance.register.barred_until = bars  # type: ignore[method-assign]
    return answer


async def test_S13_a_page_that_was_told_it_waits_does_whatever_an_older_one_had_begun(
    tmp_path: Path,
) -> None:
    """The wish of a page that is gone, come late out of the records, ends no newer one."""
    async with an_entrance(tmp_path) as entrance:
        old = await entrance.hello(ANN)
        answer = await joins_slowly(entrance, old)
        old.session.disconnected()
        new = await entrance.hello(ANN)
        assert (await new.says("join", topic="mood"))[-1]["t"] == "waiting"
        answer.set()
        await old.session._turns._last  # type: ignore[misc]
        await (await entrance.hello(BO)).says("join", topic="mood")
        assert len(entrance.pairs) == 1


async def test_S13_a_page_that_goes_while_its_wish_is_read_keeps_its_place(tmp_path: Path) -> None:
    """It waits as soon as it is back, and nobody is matched with it before."""
    async with an_entrance(tmp_path) as entrance:
        one = await entrance.hello(ANN)
        answer = await joins_slowly(entrance, one)
        one.session.disconnected()
        answer.set()
        await one.session._turns._last  # type: ignore[misc]
        await (await entrance.hello(BO)).says("join", topic="mood")
        assert entrance.pairs == []
        await entrance.hello(ANN)
        assert len(entrance.pairs) == 1


async def test_S13_a_page_that_replaces_one_that_waits_waits_on(tmp_path: Path) -> None:
    """It is told so, and when it goes too nobody is matched with a page that is not there."""
    async with an_entrance(tmp_path) as entrance:
        old = await entrance.hello(ANN)
        await old.says("join", topic="mood")
        new = await entrance.hello(ANN)
        assert new.seen[-1]["t"] == "waiting"
        old.session.disconnected()
        new.session.disconnected()
        await new.session._turns._last  # type: ignore[misc]
        await (await entrance.hello(BO)).says("join", topic="mood")
        assert entrance.pairs == []


async def test_whoever_is_seated_waits_no_more(tmp_path: Path) -> None:
    """A second wish, said before the room of the first was open, ends with the seat."""
    async with an_entrance(tmp_path) as entrance:
        one, other = await entrance.hello(ANN), await entrance.hello(BO)
        live = await entrance.place.rooms.open([ANN[:22]], "mood")
        await one.says("join", topic="mood")
        await one.session.enter(live, 0)
        await other.says("join", topic="mood")
        assert entrance.pairs == []


async def test_whoever_takes_another_seat_leaves_the_first_room(tmp_path: Path) -> None:
    """What is said there is not shown here, and that room ends when they stay away."""
    async with an_entrance(tmp_path) as entrance:
        one, other = await entrance.seated()
        (old,) = entrance.place.rooms.all_open()
        await entrance.place.store.write(rooms.end_rooms, rooms.EndRoom(old.room.id, 1, "left"))
        new = await entrance.place.rooms.open([ANN[:22]], "help")
        await one.session.enter(new, 0)
        del one.seen[:]
        await other.says("say", cid=ROOM, text="hello")
        await entrance.place.committed()
        assert one.seen == []
        assert old.absent == [START, None]


async def test_a_page_that_is_gone_takes_no_seat(tmp_path: Path) -> None:
    """A connection lost while its room was opened leaves a seat that is empty, not a ghost."""
    async with an_entrance(tmp_path) as entrance:
        one = await entrance.hello(ANN)
        live = await entrance.place.rooms.open([ANN[:22]], "help")
        one.session.disconnected()
        await one.session.enter(live, 0)
        assert (live.pages, live.absent) == ([None], [START])


async def test_outside_a_room_there_is_nothing_to_say(tmp_path: Path) -> None:
    """Each act that needs a room is refused without one, a message under its cid."""
    async with an_entrance(tmp_path) as entrance:
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


async def test_a_flawed_message_is_refused_under_its_cid(tmp_path: Path) -> None:
    """The page can tell which message it was; nothing is judged."""
    async with an_entrance(tmp_path) as entrance:
        one, _ = await entrance.seated()
        for text, code in (("   ", "empty"), ("a\x00b", "bad_text")):
            (refused,) = await one.says("say", cid=ROOM, text=text)
            assert (refused["code"], refused["cid"]) == (code, ROOM)
        assert entrance.place.judge.asked == []


async def test_typing_is_seen_by_the_peer_only(tmp_path: Path) -> None:
    """It goes to the other page and is kept nowhere."""
    async with an_entrance(tmp_path) as entrance:
        one, other = await entrance.seated()
        del other.seen[:]
        assert await one.says("typing") == []
        assert other.seen == [{"t": "typing"}]


async def test_S12_a_report_is_told_to_nobody_but_the_reporter(tmp_path: Path) -> None:
    """The peer's page shows no trace, and the two never meet again."""
    async with an_entrance(tmp_path) as entrance:
        one, other = await entrance.seated()
        del other.seen[:]
        assert await one.says("report", reason="unkind") == [{"t": "notice", "code": "reported"}]
        assert other.seen == []
        store = entrance.place.store
        assert await store.read(rooms.blocked_peers, ANN[:22]) == {BO[:22]}
        item = await store.read(items.item, entrance.place.items[-1])
        assert (item.kind, item.category, item.seat) == ("report", "report_unkind", 0)


async def test_S12_who_has_left_can_still_be_reported(tmp_path: Path) -> None:
    """From the room that is over, with what is wrong; the peer sees nothing, they never meet."""
    async with an_entrance(tmp_path) as entrance:
        one, other = await entrance.seated()
        (room,) = [frame["room"] for frame in one.seen if frame["t"] == "matched"]
        await other.says("leave")
        await entrance.place.committed()
        del other.seen[:]
        told = await one.says("report", reason="unsafe", room=room)
        assert told == [{"t": "notice", "code": "reported"}]
        assert other.seen == []
        store = entrance.place.store
        item = await store.read(items.item, entrance.place.items[-1])
        assert (item.room, item.seat, item.category) == (room, 0, "report_unsafe")
        assert await store.read(rooms.blocked_peers, ANN[:22]) == {BO[:22]}


async def test_S12_who_has_left_is_never_met_again_without_telling_anybody(tmp_path: Path) -> None:
    """Blocking afterwards tells no moderator; a room that goes on, or of others, is refused."""
    async with an_entrance(tmp_path) as entrance:
        one, other = await entrance.seated()
        (room,) = [frame["room"] for frame in one.seen if frame["t"] == "matched"]
        await one.says("block", room=ROOM)
        assert one.codes == ["not_found"]
        await other.says("leave")
        await entrance.place.committed()
        assert await one.says("block", room=room) == [{"t": "notice", "code": "apart"}]
        store = entrance.place.store
        assert await store.read(rooms.blocked_peers, ANN[:22]) == {BO[:22]}
        assert entrance.place.items == []
        alone = (await one.says("help"))[0]["room"]
        await one.says("leave")
        await entrance.place.committed()
        await one.says("report", reason="other", room=alone)
        assert one.codes == ["not_found"]


async def test_S9_help_outside_a_room_opens_one(tmp_path: Path) -> None:
    """A student who asks for a person is seated alone, and is told that one was asked."""
    async with an_entrance(tmp_path) as entrance:
        wire = await entrance.hello(ANN)
        seen = [frame["t"] for frame in await wire.says("help")]
        assert seen == ["matched", "resumed", "notice"]
        assert wire.seen[0]["peer"] == ""
        assert wire.seen[-1]["code"] == "help_asked"
        assert len(entrance.place.items) == 1


async def test_S9_help_at_the_moment_of_a_match_is_asked_in_its_room(tmp_path: Path) -> None:
    """Whoever was seated in the same moment has their call heard there, and no second room."""
    async with an_entrance(tmp_path) as entrance:
        one = await entrance.hello(ANN)
        live = await entrance.place.rooms.open([ANN[:22], BO[:22]], "mood")
        seen = [frame["t"] for frame in await one.says("help")]
        assert seen == ["matched", "resumed", "notice"]
        item = await entrance.place.store.read(items.item, entrance.place.items[-1])
        assert (item.room, item.seat) == (live.room.id, 0)
        assert len(entrance.place.rooms) == 1


@pytest.mark.parametrize("matched", [False, True])
async def test_S9_a_call_of_a_page_that_is_gone_is_of_its_own_seat(
    tmp_path: Path, *, matched: bool
) -> None:
    """Not of the one it had in its last room: whoever is paged hears who called, and no peer is."""
    async with an_entrance(tmp_path) as entrance:
        one, other = await entrance.seated()
        await one.says("leave")
        await entrance.place.committed()
        if matched:
            await entrance.place.rooms.open([BO[:22], ANN[:22]], "mood")
        other.session.frame_received(b'{"t": "help"}')
        other.session.disconnected()
        await other.session._turns._last  # type: ignore[misc]
        item = await entrance.place.store.read(items.item, entrance.place.items[-1])
        (live,) = entrance.place.rooms.all_open()
        assert (item.room, item.seat) == (live.room.id, live.seat_of(BO[:22]))
        assert live.room.calls.told[live.seat_of(BO[:22])] == "help_asked"
        assert other.codes == []


async def test_S9_asking_for_a_person_forgets_no_adult_who_was_called(tmp_path: Path) -> None:
    """It is asked and answered, and a page that comes back is told of the adult still."""
    async with an_entrance(tmp_path) as entrance:
        one = await entrance.hello(ANN)
        live = await entrance.place.rooms.open([ANN[:22], BO[:22]], "mood")
        live.room.calls.adult(0, reachable=True)
        assert (await one.says("help"))[-1] == {"t": "notice", "code": "help_asked"}
        assert len(entrance.place.items) == 1
        assert live.room.calls.told == ["adult_coming", "peer_adult_coming"]


async def test_S9_help_without_anybody_says_so(tmp_path: Path) -> None:
    """With nobody to reach, the page is told to show the lines."""
    async with an_entrance(tmp_path, reachable=lambda: False) as entrance:
        wire = await entrance.hello(ANN)
        assert (await wire.says("help"))[-1] == {"t": "notice", "code": "no_adult"}
        assert len(entrance.place.items) == 1


async def test_S3_bye_ends_the_session_at_once(tmp_path: Path) -> None:
    """The room ends, the token is worth nothing, and the page must not come back by itself."""
    async with an_entrance(tmp_path) as entrance:
        one, other = await entrance.seated()
        await one.says("bye")
        assert (one.codes, one.closed) == (["signed_out"], 4502)
        await entrance.place.committed()
        assert other.seen[-1] == {"t": "peer_left"}
        assert (await entrance.hello(ANN)).closed == 4503


async def test_a_lost_page_keeps_its_seat(tmp_path: Path) -> None:
    """Coming back enters the same room without asking."""
    async with an_entrance(tmp_path) as entrance:
        one, _ = await entrance.seated()
        one.session.disconnected()
        assert ANN[:22] not in entrance.needs.here
        back = await entrance.hello(ANN)
        assert [frame["t"] for frame in back.seen] == ["matched", "resumed"]


async def test_a_room_that_ended_meanwhile_is_told(tmp_path: Path) -> None:
    """A page that comes back to a room that is over learns why, then chooses anew."""
    async with an_entrance(tmp_path) as entrance:
        one, other = await entrance.seated()
        (matched,) = [frame for frame in one.seen if frame["t"] == "matched"]
        one.session.disconnected()
        await other.says("leave")
        await entrance.place.committed()
        wire = entrance.connect()
        resume = {"room": matched["room"], "epoch": matched["epoch"], "seq": 0}
        seen = await wire.says("hello", token=ANN, resume=resume)
        assert [frame["t"] for frame in seen] == ["ended", "topics"]


async def test_K10_a_bar_counts_though_this_node_was_not_told(tmp_path: Path) -> None:
    """A page that is open asks the records before it waits; there every node writes bars down."""
    async with an_entrance(tmp_path) as entrance:
        wire = await entrance.hello(ANN)
        entrance.register.bars[ANN[:22]] = int((START + 60) * 1000)
        await wire.says("join", topic="mood")
        assert wire.codes == ["barred"]


async def test_K10_whoever_is_barred_waits_no_more(tmp_path: Path) -> None:
    """Told at once, they leave the lobby: nobody who comes next is matched with them."""
    async with an_entrance(tmp_path) as entrance:
        one = await entrance.hello(ANN)
        await one.says("join", topic="mood")
        one.session.barred(int((START + 60) * 1000))
        other = await entrance.hello(BO)
        assert (await other.says("join", topic="mood"))[-1]["t"] == "waiting"
        assert one.codes == ["barred"]
        assert entrance.pairs == []


async def test_K10_whoever_is_barred_while_away_gets_no_place_back(tmp_path: Path) -> None:
    """The page that comes back in time is told, and its ticket is gone."""
    async with an_entrance(tmp_path) as entrance:
        one = await entrance.hello(ANN)
        await one.says("join", topic="mood")
        one.session.disconnected()
        await one.session._turns._last  # type: ignore[misc]
        entrance.register.bars[ANN[:22]] = int((START + 60) * 1000)
        back = await entrance.hello(ANN)
        assert back.codes == ["barred"]
        assert len(entrance.needs.lobby) == 0


async def test_S9_K10_whoever_is_barred_keeps_the_room_where_a_person_was_asked_for(
    tmp_path: Path,
) -> None:
    """Alone with staff nobody is put out, and the page is not told to go."""
    async with an_entrance(tmp_path) as entrance:
        wire = await entrance.hello(ANN)
        await wire.says("help")
        wire.session.barred(int((START + 60) * 1000))
        assert wire.codes == []
        await wire.says("say", cid=ROOM, text="hello")
        await entrance.place.committed()
        assert wire.seen[-1]["t"] == "ack"


async def test_K9_a_foreign_room_is_as_if_there_were_none(tmp_path: Path) -> None:
    """Naming somebody else's room tells nothing about it."""
    async with an_entrance(tmp_path) as entrance:
        live, _, _ = await entrance.place.pair()
        for room in (live.room.id, ROOM):
            wire = entrance.connect()
            resume = {"room": room, "epoch": live.room.epoch, "seq": 0}
            seen = await wire.says("hello", token=ANN, resume=resume)
            assert [frame["t"] for frame in seen] == ["topics"]


async def test_too_many_errors_end_the_connection(tmp_path: Path) -> None:
    """A page that keeps sending what nobody understands is not worth a socket."""
    async with an_entrance(tmp_path) as entrance:
        wire = await entrance.hello(ANN)
        for _ in range(MAX_ERRORS):
            await wire.says("nonsense")
            assert wire.codes == ["unknown_type"]
        await wire.says("nonsense")
        assert (wire.codes, wire.closed) == (["too_many_errors"], 4504)


async def test_errors_are_counted_by_the_minute(tmp_path: Path) -> None:
    """A page that errs now and then, for however long, is told each time and stays."""
    async with an_entrance(tmp_path) as entrance:
        wire = await entrance.hello(ANN)
        for _ in range(10 * MAX_ERRORS):
            await wire.says("nonsense")
            assert (wire.codes, wire.closed) == (["unknown_type"], None)
            entrance.place.clock.now += ERRORS_OVER / MAX_ERRORS


async def test_a_flood_of_messages_ends(tmp_path: Path) -> None:
    """Each is refused with a time; whoever never waits it out loses the connection, room or no."""
    async with an_entrance(tmp_path) as entrance:
        alone = await entrance.hello(ANN)
        for number in range(REFUSED):
            await alone.says("say", cid=f"{number:022}", text="x")
            assert (alone.codes, alone.closed) == (["not_in_room"], None)
        await alone.says("say", cid=ROOM, text="x")
        assert (alone.codes[-1], alone.closed) == ("too_many_errors", 4504)
        one, _ = await entrance.seated()
        for number in range(3 * REFUSED):
            await one.says("say", cid=f"{min(number, 9):022}", text="x")
            if one.closed:
                break
        assert (one.codes[-1], one.closed) == ("too_many_errors", 4504)


async def test_S9_calls_and_reports_are_never_too_many(tmp_path: Path) -> None:
    """Hundreds beside a page that types too fast: not one is refused, and each waits once."""
    async with an_entrance(tmp_path) as entrance:
        one, _ = await entrance.seated()
        for _ in range(FRAMES):
            await one.says("typing")
        for _ in range(300):
            await one.says("help")
            assert one.codes == []
            await one.says("report", reason="unsafe")
            assert one.codes == []
        assert one.closed is None
        one.session.disconnected()
        await one.session._turns._last  # type: ignore[misc]
        waiting = await entrance.place.store.read(items.open_items, SCHOOL)
        assert sorted(item.category for item in waiting) == ["help", "report_unsafe"]


async def test_S9_what_stands_of_an_earlier_call_is_no_answer_to_a_new_one(tmp_path: Path) -> None:
    """A page that comes back hears of the call as of one that stands; then its own is answered."""
    async with an_entrance(tmp_path) as entrance:
        wire = await entrance.hello(ANN)
        await wire.says("help")
        wire.session.disconnected()
        back = await entrance.hello(ANN)
        asked = {"t": "notice", "code": "help_asked"}
        assert [frame for frame in back.seen if frame["t"] == "notice"] == [
            {**asked, "standing": True}
        ]
        assert (await back.says("help"))[-1] == asked


async def test_S9_a_call_made_again_waits_once(tmp_path: Path) -> None:
    """A page that did not hear the answer asks again, from its new connection: one call."""
    async with an_entrance(tmp_path) as entrance:
        wire = await entrance.hello(ANN)
        await wire.says("help")
        wire.session.disconnected()
        back = await entrance.hello(ANN)
        assert (await back.says("help"))[-1] == {"t": "notice", "code": "help_asked"}
        assert len(await entrance.place.store.read(items.open_items, SCHOOL)) == 1


async def test_S9_calling_and_leaving_over_and_over_is_one_call(tmp_path: Path) -> None:
    """It waits in the room where its student is, since the first time they called."""
    async with an_entrance(tmp_path) as entrance:
        wire = await entrance.hello(ANN)
        for _ in range(40):
            room = (await wire.says("help"))[0]["room"]
            assert wire.seen[-1]["code"] == "help_asked"
            await wire.says("leave")
            await entrance.place.committed()
            entrance.place.clock.now += CALLS_OVER / CALLS
        (item,) = await entrance.place.store.read(items.open_items, SCHOOL)
        assert (item.room, item.since) == (room, int(START * 1000))


async def test_S12_a_block_and_a_report_made_again_find_the_room_over(tmp_path: Path) -> None:
    """Whether the first arrived or not, the second is answered, and the report waits once."""
    async with an_entrance(tmp_path) as entrance:
        one, _ = await entrance.seated()
        (room,) = [frame["room"] for frame in one.seen if frame["t"] == "matched"]
        report = {"reason": "unkind", "room": room}
        assert await one.says("report", **report) == [{"t": "notice", "code": "reported"}]
        await one.says("block", room=room)
        await entrance.place.committed()
        assert one.seen == [{"t": "ended", "why": "left"}]
        assert await one.says("block", room=room) == [{"t": "notice", "code": "apart"}]
        assert await one.says("report", **report) == [{"t": "notice", "code": "reported"}]
        assert len(await entrance.place.store.read(items.open_items, SCHOOL)) == 1


async def test_too_many_frames_are_refused_with_a_time(tmp_path: Path) -> None:
    """Beyond the allowance a page is told when to try again, and waiting is enough."""
    async with an_entrance(tmp_path) as entrance:
        one, _ = await entrance.seated()
        for _ in range(FRAMES - 1):
            assert await one.says("typing") == []
        (refused,) = await one.says("typing")
        assert refused["code"] == "rate_limited"
        entrance.place.clock.now += refused["retry_after"]
        assert await one.says("typing") == []


async def test_S16_after_a_chat_its_students_say_how_it_was_once(tmp_path: Path) -> None:
    """Not before it is over, not twice, not about a room of others; counts are all that is kept."""
    async with an_entrance(tmp_path) as entrance:
        one, other = await entrance.seated()
        (matched,) = [frame for frame in one.seen if frame["t"] == "matched"]
        answers = {"room": matched["room"], "felt": "worse", "heard": "yes"}
        await one.says("answers", **answers)
        assert one.codes == ["not_found"]
        await one.says("leave")
        await entrance.place.committed()
        assert await other.says("answers", room=matched["room"]) == []
        assert await one.says("answers", **answers) == []
        for again in (answers, {**answers, "room": ROOM}):
            await one.says("answers", **again)
            assert one.codes == ["not_found"]
        (day,) = (await entrance.place.store.read(figures, SCHOOL, int(START * 1000), 1)).days
        assert (day.answered, day.felt_better, day.felt_worse, day.heard) == (2, 0, 1, 1)


async def test_S16_a_receipt_is_for_a_room_that_is_over_and_ones_own(tmp_path: Path) -> None:
    """Each one asked for is new; a room that goes on, or of others, has none."""
    async with an_entrance(tmp_path) as entrance:
        one, _ = await entrance.seated()
        (matched,) = [frame for frame in one.seen if frame["t"] == "matched"]
        for refused in (matched["room"], ROOM):
            await one.says("ask_receipt", room=refused)
            assert one.codes == ["not_found"]
        await one.says("leave")
        await entrance.place.committed()
        (first,) = tuple(await one.says("ask_receipt", room=matched["room"]))
        (second,) = tuple(await one.says("ask_receipt", room=matched["room"]))
        assert (first["t"], first["days"]) == ("receipt", 3)
        assert first["code"] != second["code"]


async def test_S10_a_student_says_how_to_be_met_and_the_peer_hears_nothing(tmp_path: Path) -> None:
    """Each answer is confirmed with all that is kept; anything but a known answer is refused."""
    async with an_entrance(tmp_path) as entrance:
        one, other = await entrance.seated()
        await one.says("say", cid=ROOM, text="help me")
        await entrance.place.committed()
        del other.seen[:]
        assert await one.says("wishes", meet="person") == [{"t": "wishes", "meet": "person"}]
        both = [{"t": "wishes", "meet": "person", "barrier": "overheard"}]
        assert await one.says("wishes", barrier="overheard") == both
        await one.says("wishes", meet="at my home")
        assert one.codes == ["bad_field"]
        assert other.seen == []
        await other.says("wishes", meet="chat")
        assert other.codes == ["not_found"]


async def test_S10_outside_a_room_there_is_nobody_to_be_met_by(tmp_path: Path) -> None:
    """The same frame from somebody in no room is refused."""
    async with an_entrance(tmp_path) as entrance:
        alone = await entrance.hello(ANN)
        await alone.says("wishes", meet="chat")
        assert alone.codes == ["not_in_room"]


async def test_S10_answers_are_limited_like_everything_else(tmp_path: Path) -> None:
    """A page that answers on and on is told to wait."""
    async with an_entrance(tmp_path) as entrance:
        one, _ = await entrance.seated()
        for _ in range(FRAMES + 1):
            await one.says("wishes", meet="chat")
        assert one.codes == ["rate_limited"]
