"""How much one connection may send, and what is never too much."""

from __future__ import annotations

from pathlib import Path

from chat.speaking import ERRORS_OVER, MAX_ERRORS
from chat.students.session import FRAMES, REFUSED
from moderation.records import items
from tests.chat.students.entrance import ANN, BO, ROOM, Entrance, an_entrance
from tests.moderation.records.sample import SCHOOL


async def test_a_full_house_asks_to_come_back(tmp_path: Path) -> None:
    """No more pages than set, but the same student may always come back."""
    async with an_entrance(tmp_path, max_connections=1) as entrance:
        await entrance.hello(ANN)
        assert (await entrance.hello(BO)).closed == 4010
        assert (await entrance.hello(ANN)).closed is None


async def test_too_many_errors_end_the_connection(entrance: Entrance) -> None:
    """A page that keeps sending what nobody understands is not worth a socket."""
    wire = await entrance.hello(ANN)
    for _ in range(MAX_ERRORS):
        await wire.says("nonsense")
        assert wire.codes == ["unknown_type"]
    await wire.says("nonsense")
    assert (wire.codes, wire.closed) == (["too_many_errors"], 4504)


async def test_errors_are_counted_by_the_minute(entrance: Entrance) -> None:
    """A page that errs now and then, for however long, is told each time and stays."""
    wire = await entrance.hello(ANN)
    for _ in range(10 * MAX_ERRORS):
        await wire.says("nonsense")
        assert (wire.codes, wire.closed) == (["unknown_type"], None)
        entrance.place.clock.now += ERRORS_OVER / MAX_ERRORS


async def test_a_flood_of_messages_ends(entrance: Entrance) -> None:
    """Each is refused with a time; whoever never waits it out loses the connection, room or no."""
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


async def test_a_flood_of_one_message_ends(entrance: Entrance) -> None:
    """It is answered as often as a page has a use for; then the connection ends."""
    one, _ = await entrance.seated()
    for text in ("x", "y"):
        for _ in range(REFUSED // 2 + 1):
            await one.says("say", cid=ROOM, text=text)
            await entrance.place.committed()
    assert (one.codes[-1], one.closed) == ("too_many_errors", 4504)


async def test_S9_calls_and_reports_are_never_too_many(entrance: Entrance) -> None:
    """Hundreds beside a page that types too fast: not one is refused, and each waits once."""
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


async def test_too_many_frames_are_refused_with_a_time(entrance: Entrance) -> None:
    """Beyond the allowance a page is told when to try again, and waiting is enough."""
    one, _ = await entrance.seated()
    for _ in range(FRAMES - 1):
        assert await one.says("typing") == []
    (refused,) = await one.says("typing")
    assert refused["code"] == "rate_limited"
    entrance.place.clock.now += refused["retry_after"]
    assert await one.says("typing") == []


async def test_S10_answers_are_limited_like_everything_else(entrance: Entrance) -> None:
    """A page that answers on and on is told to wait."""
    one, _ = await entrance.seated()
    for _ in range(FRAMES + 1):
        await one.says("wishes", meet="chat")
    assert one.codes == ["rate_limited"]
