from dataclasses import dataclass, field
from pathlib import Path

import pytest

from moderation.on_call.auditor import AGAIN_MS, Auditor, Posts, last_seen
from moderation.pager import networks
from moderation.pager.post import Poster
from moderation.pager.webhook import Webhook
from moderation.records import audit, drills, transcript
from moderation.records import tables as t
from moderation.records.drills import BeginDrill
from moderation.records.store import StoreUnavailable
from tests.moderation.night import World
from tests.moderation.noting import CANARY, fails, sends
from tests.moderation.pager.listeners import web_server


@dataclass
class Outside:
    """Notes what it was told."""

    wells: list[bytes] = field(default_factory=list)
    troubles: list[str] = field(default_factory=list)
    takes: bool = True

    async def well(self, chain: bytes) -> bool:
        self.wells.append(chain)
        return True

    async def trouble(self, words: str, _at: int) -> bool:
        self.troubles.append(words)
        return self.takes


def _auditor(world: World, tmp_path: Path, outside: Outside) -> Auditor:
    return Auditor(world.store, world.clock, outside, tmp_path / "auditor.json")


async def test_P14_while_all_is_well_the_dead_mans_switch_is_held(
    world: World, tmp_path: Path
) -> None:
    """An incident that is being chased is no trouble; nobody is told of any."""
    outside = Outside()
    auditor = _auditor(world, tmp_path, outside)
    await world.adult("Ada")
    await world.say(await world.room())
    for _ in range(10):
        await world.wait(30)
        assert await auditor.look() == []
    assert (len(outside.wells), outside.troubles) == (10, [])
    seen = last_seen(tmp_path / "auditor.json")
    assert seen is not None
    assert (seen.at, seen.trouble) == (world.clock.ms, None)


async def test_F25_page_engine_dead_is_told_within_a_minute(world: World, tmp_path: Path) -> None:
    """The loop stops; the second look after it names what waits, and the switch is let go."""
    outside = Outside()
    auditor = _auditor(world, tmp_path, outside)
    await world.adult("Ada")
    await world.look()
    await world.say(await world.room())
    world.clock.wait(30)
    assert await auditor.look() == []
    world.clock.wait(31)
    (told,) = {" ".join(await auditor.look())} & set(outside.troubles)
    assert "1 pages are not being sent." in told
    assert "Paging has stopped" in told
    assert len(outside.wells) == 1
    assert CANARY not in told


@pytest.mark.parametrize("somebody", [True, False])
async def test_P2_an_incident_that_reaches_nobody_is_told(
    world: World, tmp_path: Path, *, somebody: bool
) -> None:
    """Every provider fails, or there is nobody to page: the loop goes round and no page leaves."""
    auditor = _auditor(world, tmp_path, Outside())
    if somebody:
        await world.adult("Ada")
        world.channel.provider = fails
    code = await world.say(await world.room())
    told = []
    for _ in range(20):
        await world.wait(30)
        told.append(await auditor.look())
    assert told[:9] == [[]] * 9
    assert told[-1] == ["1 open incidents have sent no page for five minutes."]
    ada = await world.adult("Lin")
    world.channel.provider = sends
    await world.wait(91)
    assert await auditor.look() == []
    await world.incidents.acknowledge(code, ada)
    await world.wait(601)  # it lapses, and is chased as on the first minute
    for _ in range(20):
        await world.wait(7)
        assert await auditor.look() == []


async def test_K4_a_page_that_is_leased_again_and_again_is_late(
    world: World, tmp_path: Path
) -> None:
    """Somebody is sending it all the time, and it does not leave: that is trouble too."""
    auditor = _auditor(world, tmp_path, Outside())
    await world.adult("Ada")
    await world.look()
    await world.say(await world.room())
    world.clock.wait(61)
    await world.change(t.pages, leased_until=world.clock.ms + world.policy.lease_ms, attempts=7)
    assert "1 pages are not being sent." in " ".join(await auditor.look())


async def test_F24_what_nobody_looks_at_is_told(world: World, tmp_path: Path) -> None:
    """An item that should have become an incident, and a held one that nobody claimed."""
    await world.item(await world.room(), escalate_in=30)
    await world.change(t.items, held=True)
    world.clock.wait(400)
    told = " ".join(await _auditor(world, tmp_path, Outside()).look())
    assert "1 waiting messages did not become incidents in time." in told
    assert "1 held messages are read by nobody." in told


async def test_a_delivery_without_a_verdict_is_told(world: World, tmp_path: Path) -> None:
    """A message that its verdict held, and that a peer sees though nobody released it."""
    room = await world.room()
    await world.say(room)
    await world.look()
    auditor = _auditor(world, tmp_path, Outside())
    assert await auditor.look() == []
    await world.say(room)
    (shown, *_) = await world.store.read(transcript.recent, room, 1)
    await world.change(t.messages, delivery=3)
    assert shown.seq is not None
    assert await auditor.look() == ["1 messages reached a student without a verdict."]


async def test_a_changed_or_cut_audit_log_is_told_and_stays_told(
    world: World, tmp_path: Path
) -> None:
    """Also after the auditor was started anew: it wrote down how far the chain had come."""
    entries = [audit.Entry(world.clock.ms, "ada", "looked", str(n)) for n in range(3)]
    for entry in entries:
        await world.store.write(audit.append, entry)
    await world.look()
    assert await _auditor(world, tmp_path, Outside()).look() == []
    await world.store.write(lambda conn, rows: [_cut(conn) for _ in rows], None)
    for _ in range(2):
        assert await _auditor(world, tmp_path, Outside()).look() == ["The audit log was changed."]


async def test_K12_the_end_of_the_audit_log_is_told_outside(world: World, tmp_path: Path) -> None:
    """Whoever has the machine can write the whole log anew, and not what stands elsewhere."""
    outside = Outside()
    auditor = _auditor(world, tmp_path, outside)
    ends = []
    for n in range(3):
        await world.store.write(audit.append, audit.Entry(world.clock.ms, "ada", "looked", str(n)))
        await world.look()
        await auditor.look()
        ends.append((await world.store.read(audit.head))[1])
    assert outside.wells == ends
    assert len(set(ends)) == 3


def _cut(conn: object) -> None:
    conn.execute(t.audit.delete().where(t.audit.c.n == 3))  # type: ignore[attr-defined]


async def test_the_same_trouble_is_told_again_only_after_a_while(
    world: World, tmp_path: Path
) -> None:
    """Unless nobody took it: then at every look."""
    outside = Outside(takes=False)
    auditor = _auditor(world, tmp_path, outside)
    for _ in range(3):
        await auditor.look()
        world.clock.wait(30)
    assert len(outside.troubles) == 3
    outside.takes = True
    for _ in range(3):
        await auditor.look()
        world.clock.wait(30)
    assert len(outside.troubles) == 4
    world.clock.wait(AGAIN_MS / 1000)
    await auditor.look()
    assert len(outside.troubles) == 5


async def test_records_that_cannot_be_read_are_trouble(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A broken disk is told like anything else, a server that starts anew between two looks not.

    Neither is called well.
    """
    read = world.store.read

    async def broken(*_: object) -> None:
        raise StoreUnavailable

    await world.look()
    outside = Outside()
    auditor = _auditor(world, tmp_path, outside)
    for way in (broken, read, broken):
        monkeypatch.setattr(world.store, "read", way)
        await auditor.look()
        assert outside.troubles == []
        world.clock.wait(30)
    assert len(outside.wells) == 1
    assert await auditor.look() == ["The records cannot be read."]
    assert outside.troubles == ["The records cannot be read."]


async def test_a_disk_that_takes_the_auditors_file_along_silences_nobody(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What the look before found is not asked of a file that cannot be written."""

    async def broken(*_: object) -> None:
        raise StoreUnavailable

    outside = Outside()
    auditor = _auditor(world, tmp_path / "gone", outside)
    monkeypatch.setattr(world.store, "read", broken)
    for told in ([], ["The records cannot be read."]):
        await auditor.look()
        assert outside.troubles == told
        world.clock.wait(30)


async def test_P14_the_outside_is_told_over_real_sockets(world: World) -> None:
    """The end of the audit chain when all is well; code, class, time and link when it is not."""
    async with web_server() as hook:
        poster = Poster(5, networks(("127.0.0.1",)))
        outside = Posts(poster, Webhook(poster), hook.url, hook.url, "https://x/staff/rota")
        assert await outside.well(bytes(range(32)))
        assert await outside.trouble("Paging has stopped.", world.clock.ms)
    (_, end), (_, page) = hook.posts
    assert end == bytes(range(32)).hex().encode()
    assert b"Paging is broken: Paging has stopped." in page
    nobody = Posts(poster, Webhook(poster), "", "", "")
    assert await nobody.well(b"")
    assert not await nobody.trouble("x", world.clock.ms)
    lost = Posts(poster, Webhook(poster), "http://127.0.0.1:9/", "", "")
    assert not await lost.well(b"")


async def test_a_missed_drill_is_told_until_one_was_answered(world: World, tmp_path: Path) -> None:
    """A drill nobody answered is trouble outside; the next one makes up for it."""
    auditor = _auditor(world, tmp_path, Outside())
    await world.look()
    missed = BeginDrill("one", "school", "2026-09-21", world.clock.ms, world.clock.ms, failed="x")
    await world.store.write(drills.begin, missed)
    assert await auditor.look() == ["The last drill failed: nobody was paged, or nobody answered."]
    world.clock.wait(1)
    later = BeginDrill("two", "school", "2026-09-21", world.clock.ms, world.clock.ms)
    await world.store.write(drills.begin, later)
    assert await auditor.look() == []
