"""What a student can do about a chat that is over, or about its peer."""

from __future__ import annotations

from moderation.records import items, rooms
from moderation.records.numbers import figures
from tests.chat.shells import START
from tests.chat.students.entrance import ANN, BO, ROOM, Entrance
from tests.moderation.records.sample import SCHOOL


async def test_S12_a_report_is_told_to_nobody_but_the_reporter(entrance: Entrance) -> None:
    """The peer's page shows no trace, and the two never meet again."""
    one, other = await entrance.seated()
    del other.seen[:]
    assert await one.says("report", reason="unkind") == [{"t": "notice", "code": "reported"}]
    assert other.seen == []
    store = entrance.place.store
    assert await store.read(rooms.blocked_peers, ANN[:22]) == {BO[:22]}
    item = await store.read(items.item, entrance.place.items[-1])
    assert (item.kind, item.category, item.seat) == ("report", "report_unkind", 0)


async def test_S12_who_has_left_can_still_be_reported(entrance: Entrance) -> None:
    """From the room that is over, with what is wrong; the peer sees nothing, they never meet."""
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


async def test_S12_who_has_left_is_never_met_again_without_telling_anybody(
    entrance: Entrance,
) -> None:
    """Blocking afterwards tells no moderator; a room that goes on, or of others, is refused."""
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


async def test_S12_a_block_and_a_report_made_again_find_the_room_over(entrance: Entrance) -> None:
    """Whether the first arrived or not, the second is answered, and the report waits once."""
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


async def test_S16_after_a_chat_its_students_say_how_it_was_once(entrance: Entrance) -> None:
    """Not before it is over, not twice, not about a room of others; counts are all that is kept."""
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


async def test_S16_a_receipt_is_for_a_room_that_is_over_and_ones_own(entrance: Entrance) -> None:
    """Each one asked for is new; a room that goes on, or of others, has none."""
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
