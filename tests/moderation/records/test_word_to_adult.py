from moderation.records import word_to_adult
from moderation.records.word_to_adult import LEGS, Leg
from tests.moderation.night import World, record


async def test_every_part_of_the_way_is_counted_from_the_word(world: World) -> None:
    """Paged after 2 seconds, seen after 12, acknowledged 15, with the student 75, outcome 675."""
    ada = await world.adult("Ada")
    code = await world.say(await world.room())
    said = world.clock.ms
    world.clock.wait(2)
    await world.look()
    world.clock.wait(10)
    await world.incidents.case(code, ada)
    world.clock.wait(3)
    await world.incidents.acknowledge(code, ada)
    world.clock.wait(60)
    await world.incidents.with_student(code, ada)
    world.clock.wait(600)
    await world.incidents.resolve(code, ada, "spoken_to", record("We talked."))
    found = await world.store.read(word_to_adult.legs, "school", said, said + 1)
    seconds = {leg.name: leg.p50 and leg.p50 // 1000 for leg in found}
    assert seconds == dict(zip(LEGS, (0, 2, 12, 15, 75, 675), strict=True))
    assert {leg.count for leg in found} == {1}


async def test_a_lapse_moves_no_first_time(world: World) -> None:
    """What counts is the first adult who answered; that they fell asleep shows at the outcome."""
    ada = await world.adult("Ada")
    code = await world.say(await world.room())
    said = world.clock.ms
    await world.look()
    world.clock.wait(5)
    await world.incidents.acknowledge(code, ada)
    await world.wait(700)
    await world.incidents.acknowledge(code, ada)
    found = {
        leg.name: leg for leg in await world.store.read(word_to_adult.legs, "school", 0, said + 1)
    }
    assert found["acknowledged"] == Leg("acknowledged", 1, 5000, 5000)
    assert found["outcome"] == Leg("outcome", 0, None, None)


async def test_percentiles_are_those_of_real_incidents_of_that_school_and_time(
    world: World,
) -> None:
    """Of twenty, the median is the tenth and the 95th percentile the nineteenth."""
    ada = await world.adult("Ada")
    began = world.clock.ms
    for seconds in range(1, 21):
        code = await world.say(await world.room())
        world.clock.wait(seconds)
        await world.incidents.acknowledge(code, ada)
    found = await world.store.read(word_to_adult.legs, "school", began, world.clock.ms)
    (acknowledged,) = (leg for leg in found if leg.name == "acknowledged")
    assert (acknowledged.count, acknowledged.p50, acknowledged.p95) == (20, 10_000, 19_000)
    for other in (("another", began, world.clock.ms), ("school", began - 9, began)):
        assert not any(leg.count for leg in await world.store.read(word_to_adult.legs, *other))
    drills = await world.store.read(word_to_adult.legs, "school", began, world.clock.ms, drill=True)
    assert not any(leg.count for leg in drills)
