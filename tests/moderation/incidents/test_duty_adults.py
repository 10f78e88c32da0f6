"""What adults do about an incident, and what that does to the chase."""

from pathlib import Path

import pytest

from moderation.incidents.incident import State
from moderation.records import proofs
from tests.moderation.night import BASE, Adult, World, night, record
from tests.moderation.noting import fails


async def _ada_has_it(world: World) -> tuple[Adult, str]:
    """Of the two on call Ada has acknowledged an incident; its code."""
    ada = await world.adult("Ada")
    await world.adult("Lin")
    code = await world.say(await world.room())
    await world.look()
    await world.incidents.acknowledge(code, ada)
    return ada, code


async def test_acknowledging_stops_pages_for_everybody(world: World) -> None:
    """After one adult has it nobody is paged again, and what was waiting is cancelled."""
    ada = await world.adult("Ada")
    lin = await world.adult("Lin")
    world.channel.provider = fails
    code = await world.say(await world.room())
    await world.look()
    assert await world.incidents.acknowledge(code, ada) == State.ACKNOWLEDGED
    assert {page.state for page in await world.pages()} == {"cancelled"}
    before = len(world.channel.taken)
    await world.wait(590)
    assert len(world.channel.taken) == before
    assert await world.incidents.acknowledge(code, lin) == "changed"


async def test_P5_no_outcome_in_an_hour_pages_everybody_again(tmp_path: Path) -> None:
    """An acknowledgement lasts an hour, then the incident is open and chased as at first."""
    async with night(tmp_path, look_ms=60_000) as world:
        await _lapses(world)


async def _lapses(world: World) -> None:
    ada, code = await _ada_has_it(world)
    await world.wait(595)
    assert await world.incidents.with_student(code, ada) == State.WITH_STUDENT
    await world.wait(3000)
    assert len(world.channel.taken) == 2
    await world.wait(10)
    assert len(world.channel.taken) == 4
    assert (await world.incident(code)).state == State.OPEN
    await world.wait(90)
    assert len(world.channel.taken) == 6
    assert await world.incidents.acknowledge(code, ada) == State.ACKNOWLEDGED
    assert await world.incidents.resolve(code, ada, "spoken_to", record()) == State.RESOLVED
    await world.wait(8000)
    assert len(world.channel.taken) == 6


async def test_P5_nobody_with_the_student_in_ten_minutes_pages_again(world: World) -> None:
    """An adult who acknowledged and then fell asleep does not keep the others from being paged."""
    _, code = await _ada_has_it(world)
    await world.wait(599)
    assert len(world.channel.taken) == 2
    await world.wait(6)
    assert len(world.channel.taken) == 4
    assert (await world.incident(code)).state == State.OPEN


async def test_P13_a_test_page_is_sent_and_only_its_adult_can_answer_it(world: World) -> None:
    """It says that nobody is in danger; heard, it proves the contact, and no other way does."""
    ada, lin = await world.adult("Ada", proven=False), await world.adult("Lin")
    (contact,) = await world.store.read(proofs.of_staff, ada.id)
    now = world.clock.ms
    code = await world.store.write(proofs.ask, proofs.Ask(contact.id, ada.id, now))
    with pytest.raises(proofs.TooSoon):
        await world.store.write(proofs.ask, proofs.Ask(contact.id, ada.id, now))
    assert await world.store.write(proofs.ask, proofs.Ask(contact.id, lin.id, now)) is None
    await world.look()
    ((_, address, notice),) = world.channel.taken
    assert (address, notice.code) == ("Ada@noting", code)
    assert notice.kind == "a test page, nobody is in danger"
    assert world.vault.page_of(notice.link.removeprefix(f"{BASE}/staff/page/")) == notice.key
    for staff, heard in ((lin.id, True), (ada.id, False)):
        answer = proofs.Answer(str(code), staff, heard, world.clock.ms)
        assert await world.store.write(proofs.answer, answer) is (staff == ada.id)
        (line,) = await world.store.read(proofs.of_staff, ada.id)
        assert line.proven_at is None
    world.clock.wait(61)
    again = await world.store.write(proofs.ask, proofs.Ask(contact.id, ada.id, world.clock.ms))
    await world.look()
    answer = proofs.Answer(str(again), ada.id, heard=True, now=world.clock.ms)
    assert await world.store.write(proofs.answer, answer) is True
    (line,) = await world.store.read(proofs.of_staff, ada.id)
    assert (line.proven_at, line.state, line.heard) == (world.clock.ms, "seen", True)


async def test_P15_an_incident_changes_hands_only_when_the_next_adult_accepts(
    world: World,
) -> None:
    """Until then whoever had it has it; afterwards the new one is to be with the student soon."""
    ada, lin, bo = [await world.adult(name) for name in ("Ada", "Lin", "Bo")]
    code = await world.say(await world.room())
    await world.look()
    await world.incidents.acknowledge(code, ada)
    assert await world.incidents.take_over(code, lin) == "changed"
    assert await world.incidents.offer(code, lin, lin.id) == "forbidden"
    assert await world.incidents.offer(code, ada, "nobody") == "not_found"
    assert await world.incidents.offer(code, ada, lin.id) == State.ACKNOWLEDGED
    assert (await world.incident(code)).acknowledged_by == ada.id
    assert await world.incidents.take_over(code, bo) == "forbidden"
    await world.wait(300)
    assert await world.incidents.take_over(code, lin) == State.ACKNOWLEDGED
    row = await world.incident(code)
    assert (row.acknowledged_by, row.due_at) == (lin.id, world.clock.ms + 600_000)
    assert await world.incidents.resolve(code, ada, "spoken_to", record("Done.")) == "forbidden"


async def test_M17_who_may_know_the_student_steps_aside_and_the_others_are_told(
    world: World,
) -> None:
    """The incident is open again at once; the adult who stepped aside can see it no more."""
    ada, code = await _ada_has_it(world)
    assert await world.incidents.recuse(code, ada) == State.OPEN
    await world.look()
    assert world.channel.times("Lin@noting") == [0, 0]
    assert await world.incidents.acknowledge(code, ada) == "forbidden"
    assert await world.incidents.case(code, ada) == "forbidden"
