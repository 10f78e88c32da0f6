"""Duty: who is paged when, and that it goes on until a person answers."""

import asyncio
from typing import Any

from structlog.testing import capture_logs

from moderation.on_call.rota import Rota, Step
from moderation.pager.channel import Outcome
from moderation.records import items, rotas
from moderation.records import tables as t
from moderation.records.items import Claim, Finish
from moderation.records.rotas import SaveRota
from moderation.records.store import Store, StoreUnavailable
from tests.moderation.night import World
from tests.moderation.noting import CANARY


async def test_page_goes_out_at_once_to_every_contact(world: World) -> None:
    """Everybody on call is paged on the first look, and nobody else."""
    await world.adult("Ada", "counsellor")
    await world.adult("Lin", "safeguarding_lead")
    await world.adult("Mo", "moderator")
    await world.adult("Zoe", "counsellor", school="another")
    await world.say(await world.room())
    await world.look()
    assert sorted(address for _, address, _ in world.channel.taken) == ["Ada@noting", "Lin@noting"]
    assert [page.state for page in await world.pages()] == ["sent", "sent"]


async def test_P4_nobody_acknowledges_and_pages_go_on_all_night(world: World) -> None:
    """Every 90 seconds everybody is paged again; after eight hours it still goes on."""
    await world.adult("Ada")
    await world.adult("Lin")
    await world.say(await world.room())
    await world.wait(600)
    assert world.channel.times("Ada@noting") == [0, 90, 180, 270, 360, 450, 540]
    assert world.channel.times("Lin@noting") == world.channel.times("Ada@noting")
    world.clock.wait(8 * 3600)
    await world.wait(90)
    assert len(world.channel.times("Ada@noting")) >= 9


async def test_M10_a_page_that_went_out_is_told_in_that_look(world: World) -> None:
    """Moderators hear that somebody was rung without a second passing."""
    await world.adult("Ada")
    world.restart()
    code = await world.say(await world.room())
    before = world.clock.steady
    await world.look()
    assert world.channel.times("Ada@noting") == [0]
    assert code in world.changes
    assert world.clock.steady == before


async def test_P4_without_anybody_on_call_the_first_who_comes_is_paged(world: World) -> None:
    """An empty step costs no time: an adult added later is paged within seconds."""
    code = await world.say(await world.room())
    await world.wait(300)
    assert world.channel.taken == []
    await world.adult("Ada")
    await world.wait(15)
    assert [notice.code for _, _, notice in world.channel.taken] == [code]


async def test_P12_twenty_messages_are_one_incident_with_a_counter(world: World) -> None:
    """Twenty page-class messages of a seat page once; another conversation still rings."""
    await world.adult("Ada")
    room = await world.room()
    codes = {await world.say(room) for _ in range(20)}
    await world.look()
    assert len(codes) == 1
    assert (await world.incident(codes.pop())).count == 20
    assert len(world.channel.taken) == 1
    await world.say(await world.room())
    await world.look()
    assert len(world.channel.taken) == 2


async def test_unattended_item_becomes_an_incident_exactly_once(world: World) -> None:
    """What nobody looked at in time is an incident with pages, and only one for ever."""
    await world.adult("Ada")
    await world.item(await world.room(), escalate_in=60)
    await world.wait(59)
    assert world.channel.taken == []
    await world.wait(2)
    ((_, _, notice),) = world.channel.taken
    assert notice.kind == "nobody has looked at a waiting message"
    await world.wait(600)
    assert {notice.code for _, _, notice in world.channel.taken} == {notice.code}
    assert len(await world.rows(t.incidents.select())) == 1


async def test_item_that_somebody_claimed_does_not_page(world: World) -> None:
    """A claimed item is looked at, and a finished one is done."""
    await world.adult("Ada")
    mo = await world.adult("Mo", "moderator")
    item = await world.item(await world.room(), escalate_in=60)
    await world.store.write(items.claim, Claim(item, mo.id, world.clock.ms))
    await world.wait(120)
    await world.store.write(items.finish, Finish(item, mo.id, world.clock.ms, "release", None))
    await world.wait(400)
    assert world.channel.taken == []


async def test_F24_claim_that_nobody_works_on_pages_in_the_end(world: World) -> None:
    """A claim left behind by a desk that died counts as looking for five minutes only."""
    await world.adult("Ada")
    mo = await world.adult("Mo", "moderator")
    item = await world.item(await world.room(), escalate_in=60)
    await world.store.write(items.claim, Claim(item, mo.id, world.clock.ms))
    await world.wait(299)
    assert world.channel.taken == []
    await world.wait(6)
    assert len(world.channel.taken) == 1


class Full:
    """A store on a full disk: everything can be read and nothing kept."""

    def __init__(self, store: Store) -> None:
        self.read = store.read

    async def write(self, _op: Any, _row: Any) -> Any:
        """Refuse."""
        raise StoreUnavailable


async def test_F14_full_disk_stops_no_chase(world: World) -> None:
    """While nothing can be written everybody is still paged once a round; then rows lead again."""
    await world.adult("Ada")
    await world.say(await world.room())
    await world.wait(30)
    store, world.duty._store = world.duty._store, Full(world.store)  # type: ignore[assignment]
    await world.wait(200)
    assert world.channel.times("Ada@noting") == [0, 99, 189]
    world.duty._store = store
    await world.wait(100)
    assert world.channel.times("Ada@noting") == [0, 99, 189, 230, 320]


class Hiccup(Full):
    """A store that keeps nothing until that many writes were refused."""

    def __init__(self, store: Store, refused: int) -> None:
        super().__init__(store)
        self._store, self._refused = store, refused

    async def write(self, op: Any, row: Any) -> Any:
        """Refuse, or keep."""
        self._refused -= 1
        return await (super() if self._refused >= 0 else self._store).write(op, row)


async def test_F8_a_server_that_starts_anew_wakes_nobody_before_their_step(world: World) -> None:
    """Its line is dead for the first writes: a second later the first of the policy is called."""
    ada, _ = await world.adult("Ada"), await world.adult("Lin")
    rota = Rota(steps=(Step(who=(ada.id,)), Step(who=("everybody",))))
    await world.store.write(rotas.save, SaveRota("school", 0, rota, "lead", world.clock.ms))
    await world.say(await world.room())
    world.duty._store = Hiccup(world.store, 3)  # type: ignore[assignment]
    await world.wait(60)
    assert world.channel.times("Lin@noting") == []
    assert len(world.channel.times("Ada@noting")) == 1
    assert world.channel.times("Ada@noting")[0] <= 3
    await world.wait(40)
    assert len(world.channel.times("Lin@noting")) == 1


async def test_F14_full_disk_pages_nobody_without_need(world: World) -> None:
    """What an adult has is not paged again because of a full disk."""
    ada = await world.adult("Ada")
    code = await world.say(await world.room())
    await world.look()
    await world.incidents.acknowledge(code, ada)
    world.duty._store = Full(world.store)  # type: ignore[assignment]
    await world.wait(300)
    assert world.channel.times("Ada@noting") == [0]


async def test_restart_forgets_nothing(world: World) -> None:
    """A page kept just before a crash is sent by the next loop, and rounds go on from there."""
    await world.adult("Ada")
    await world.say(await world.room())
    world.clock.wait(3)
    world.restart()
    await world.wait(180)
    assert world.channel.times("Ada@noting") == [3, 93, 183]


async def test_run_wakes_at_once_and_survives_a_fault(world: World) -> None:
    """The loop logs a failed look without content, goes on, and sends as soon as it is woken."""
    await world.adult("Ada")
    sent = asyncio.Event()

    async def provider(_address: str) -> Outcome:
        sent.set()
        return Outcome.SENT

    world.channel.provider = provider
    failed = asyncio.Event()
    honest = world.duty._look

    async def broken() -> Any:
        world.duty._look = honest  # type: ignore[method-assign]
        failed.set()
        raise RuntimeError(CANARY)

    world.duty._look = broken  # type: ignore[method-assign]
    with capture_logs() as logs:
        running = asyncio.create_task(world.duty.run())
        async with asyncio.timeout(30):
            await failed.wait()
            await world.say(await world.room())
            world.duty.wake()
            await sent.wait()
            await world.duty.close()
            await running
    assert CANARY not in repr(logs)
    assert ("duty_failed", "RuntimeError") in [(line["event"], line.get("error")) for line in logs]
