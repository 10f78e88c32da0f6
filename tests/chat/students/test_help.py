"""A student asks for a person, and says how to be met."""

from __future__ import annotations

from pathlib import Path

import pytest

from chat.rooms.answering import Answering
from chat.students.calling import CALLS, CALLS_OVER
from moderation.incidents.incidents import Incidents
from moderation.records import items
from moderation.records.incidents import NewIncident, raise_incidents
from moderation.records.rooms import EndRoom, end_rooms
from tests.chat.rooms.test_joining import an_adult
from tests.chat.shells import START
from tests.chat.students.entrance import ANN, BO, ROOM, Entrance, an_entrance
from tests.moderation.records.sample import SCHOOL


async def test_S9_help_outside_a_room_opens_one(entrance: Entrance) -> None:
    """A student who asks for a person is seated alone, and is told that one was asked."""
    wire = await entrance.hello(ANN)
    seen = [frame["t"] for frame in await wire.says("help")]
    assert seen == ["matched", "resumed", "notice"]
    assert wire.seen[0]["peer"] == ""
    assert wire.seen[-1]["code"] == "help_asked"
    assert len(entrance.place.items) == 1


async def test_S9_help_at_the_moment_of_a_match_is_asked_in_its_room(entrance: Entrance) -> None:
    """Whoever was seated in the same moment has their call heard there, and no second room."""
    one = await entrance.hello(ANN)
    live = await entrance.place.rooms.open([ANN[:22], BO[:22]], "mood")
    seen = [frame["t"] for frame in await one.says("help")]
    assert seen == ["matched", "resumed", "notice"]
    item = await entrance.place.store.read(items.item, entrance.place.items[-1])
    assert (item.room, item.seat) == (live.room.id, 0)
    assert len(entrance.place.rooms) == 1


async def test_S9_help_while_one_leaves_is_asked_in_a_room_of_ones_own(entrance: Entrance) -> None:
    """The one they leave is over before anybody could come to them there."""
    one, _ = await entrance.seated()
    one.session.frame_received(b'{"t": "leave"}')
    await one.says("help")
    assert [frame["t"] for frame in one.seen] == ["ended", "matched", "resumed", "notice"]
    item = await entrance.place.store.read(items.item, entrance.place.items[-1])
    (live,) = entrance.place.rooms.all_open()
    assert (item.room, one.seen[1]["room"]) == (live.room.id, live.room.id)


async def test_S9_help_in_a_room_that_another_node_ended_is_asked_in_one_of_ones_own(
    entrance: Entrance,
) -> None:
    """As when the peer leaves in that very moment: it is heard of only now."""
    one, _ = await entrance.seated()
    (before,) = entrance.place.rooms.all_open()
    over = EndRoom(before.room.id, 1, "left")
    await entrance.place.store.write(end_rooms, over)
    await one.says("help")
    assert [frame["t"] for frame in one.seen] == ["ended", "matched", "resumed", "notice"]
    assert one.seen[-1]["code"] == "help_asked"
    item = await entrance.place.store.read(items.item, entrance.place.items[-1])
    (live,) = entrance.place.rooms.all_open()
    assert item.room == live.room.id != before.room.id


@pytest.mark.parametrize("matched", [False, True])
async def test_S9_a_call_of_a_page_that_is_gone_is_of_its_own_seat(
    entrance: Entrance, *, matched: bool
) -> None:
    """Not of the one it had in its last room: whoever is paged hears who called, and no peer is."""
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


async def test_S9_asking_for_a_person_forgets_no_adult_who_was_called(entrance: Entrance) -> None:
    """It is asked and answered, and a page that comes back is told of the adult still."""
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


async def test_S9_who_asked_in_vain_hears_that_an_adult_has_answered(tmp_path: Path) -> None:
    """As at night, when nobody is on call: it is passed on, and somebody takes it all the same."""
    async with an_entrance(tmp_path, reachable=lambda: False) as entrance:
        place = entrance.place
        wire = await entrance.hello(ANN)
        await wire.says("help")
        (live,) = place.rooms.all_open()
        incident = NewIncident("K7M-4PXR", SCHOOL, live.room.id, 0, "unattended", int(START * 1000))
        await place.store.write(raise_incidents, incident)
        incidents = Incidents(place.records)
        answering = Answering(place.rooms, place.records)
        incidents.on_change(answering.incident_changed)
        await incidents.acknowledge(incident.code, await an_adult(place))
        await answering.quiet()
        assert wire.seen[-1] == {"t": "notice", "code": "adult_answered"}


async def test_S9_K10_whoever_is_barred_keeps_the_room_where_a_person_was_asked_for(
    entrance: Entrance,
) -> None:
    """Alone with staff nobody is put out, and the page is not told to go."""
    wire = await entrance.hello(ANN)
    await wire.says("help")
    wire.session.barred(int((START + 60) * 1000))
    assert wire.codes == []
    await wire.says("say", cid=ROOM, text="hello")
    await entrance.place.committed()
    assert wire.seen[-1]["t"] == "ack"


async def test_S9_what_stands_of_an_earlier_call_is_no_answer_to_a_new_one(
    entrance: Entrance,
) -> None:
    """A page that comes back hears of the call as of one that stands; then its own is answered."""
    wire = await entrance.hello(ANN)
    await wire.says("help")
    wire.session.disconnected()
    back = await entrance.hello(ANN)
    asked = {"t": "notice", "code": "help_asked"}
    assert [frame for frame in back.seen if frame["t"] == "notice"] == [{**asked, "standing": True}]
    assert (await back.says("help"))[-1] == asked


async def test_S9_a_call_made_again_waits_once(entrance: Entrance) -> None:
    """A page that did not hear the answer asks again, from its new connection: one call."""
    wire = await entrance.hello(ANN)
    await wire.says("help")
    wire.session.disconnected()
    back = await entrance.hello(ANN)
    assert (await back.says("help"))[-1] == {"t": "notice", "code": "help_asked"}
    assert len(await entrance.place.store.read(items.open_items, SCHOOL)) == 1


async def test_S9_calling_and_leaving_over_and_over_is_one_call(entrance: Entrance) -> None:
    """It waits in the room where its student is, since the first time they called."""
    wire = await entrance.hello(ANN)
    for _ in range(40):
        room = (await wire.says("help"))[0]["room"]
        assert wire.seen[-1]["code"] == "help_asked"
        await wire.says("leave")
        await entrance.place.committed()
        entrance.place.clock.now += CALLS_OVER / CALLS
    (item,) = await entrance.place.store.read(items.open_items, SCHOOL)
    assert (item.room, item.since) == (room, int(START * 1000))


async def test_S10_a_student_says_how_to_be_met_and_the_peer_hears_nothing(
    entrance: Entrance,
) -> None:
    """Each answer is confirmed with all that is kept; anything but a known answer is refused."""
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


async def test_S10_outside_a_room_there_is_nobody_to_be_met_by(entrance: Entrance) -> None:
    """The same frame from somebody in no room is refused."""
    alone = await entrance.hello(ANN)
    await alone.says("wishes", meet="chat")
    assert alone.codes == ["not_in_room"]
