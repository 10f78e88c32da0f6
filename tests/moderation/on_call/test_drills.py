import pytest

from moderation.incidents.incident import State
from moderation.on_call.drill import NAME, NOT_PAGED, UNANSWERED, Plan
from moderation.on_call.drills import Drills, Listeners
from moderation.people.sessions import StaffMember
from moderation.records import items, numbers, word_to_adult
from moderation.records import tables as t
from moderation.records.drills import StoredDrill
from moderation.terms import Attention, Category, Decision, Delivery, Finding
from tests.moderation.judging import shared_judge
from tests.moderation.night import World

HOUR = 3600


def drills(world: World, plan: Plan = Plan("15:00"), judge: object = None) -> Drills:  # noqa: B008 - frozen
    """The drills of that school, as after a restart; it is 15:13, and one was due at three."""
    seen: list[str] = []
    found = Drills(
        world.records,
        judge or shared_judge(),  # type: ignore[arg-type]
        plan,
        Listeners(world.duty.wake, seen.append, world.incidents.changed),
    )
    found.seen = seen  # type: ignore[attr-defined]
    return found


async def _newest(held: Drills) -> StoredDrill:
    return (await held.results()).drills[0]


async def _answered(world: World, held: Drills, staff: StaffMember) -> None:
    code = (await _newest(held)).code
    assert code is not None
    assert await world.incidents.acknowledge(code, staff) == State.RESOLVED
    await held.tick()


async def test_a_drill_goes_to_a_telephone_labelled_and_opens_the_chat_once_answered(
    world: World,
) -> None:
    """Message, verdict, item, incident and pages as for a real one, each saying what it is."""
    ola = await world.adult("Ola")
    held = drills(world)
    assert not held.stands
    await held.tick()
    await world.look()
    ((_, address, notice),) = world.channel.taken
    assert (address, notice.kind) == (
        "Ola@noting",
        "a drill, nobody is in danger: please answer it",
    )
    (item,) = await world.store.read(items.open_items, "school")
    assert (item.kind, item.category, item.attention, item.topic) == (NAME, NAME, 2, NAME)
    case = await world.incidents.case(notice.code, ola)
    assert not isinstance(case, str)
    assert case.drill
    assert case.conversation[0].handle == "Morning drill"
    await held.tick()
    assert not held.stands
    world.clock.wait(40)
    assert await world.incidents.acknowledge(notice.code, ola) == State.RESOLVED
    await held.tick()
    assert held.stands
    assert await world.store.read(items.open_items, "school") == []
    drill = await _newest(held)
    assert (drill.by, drill.failed, drill.answered_at) == ("Ola", None, world.clock.ms)
    assert held.seen == [item.id, item.id]  # type: ignore[attr-defined]
    await world.wait(600)
    assert len(world.channel.taken) == 1


async def test_a_morning_has_one_drill_however_often_and_wherever_it_is_looked_for(
    world: World,
) -> None:
    """Two nodes and a restart hold it once; the next morning has its own."""
    await world.adult("Ola")
    for held in (drills(world), drills(world), drills(world)):
        await held.tick()
    assert len((await held.results()).drills) == 1
    await world.look()
    assert len(world.channel.taken) == 1
    world.clock.wall += 24 * HOUR
    await held.tick()
    await held.tick()
    assert [each.failed for each in (await held.results()).drills] == [None, UNANSWERED]


async def test_a_server_that_starts_in_the_night_holds_no_drill(world: World) -> None:
    """Nobody is woken; staff read why the chat is closed, until the next drill opens it."""
    ola = await world.adult("Ola")
    held = drills(world)
    world.clock.wall += 18 * HOUR
    await held.tick()
    assert (await held.results()).drills == ()
    assert not held.stands
    assert await held.trouble() == (
        "The last drill was not held. Students cannot chat until a drill is answered."
    )
    world.clock.wall += 6 * HOUR
    await held.tick()
    await _answered(world, held, ola)
    assert held.stands
    assert await held.trouble() is None


async def test_nobody_answers_for_an_hour_and_the_chat_stays_closed(world: World) -> None:
    """Then it rings no more, it counts as failed, and what is wrong is said in plain words."""
    await world.adult("Ola")
    held = drills(world)
    await held.tick()
    await world.wait(HOUR - 60)
    await held.tick()
    assert (await _newest(held)).failed is None
    world.clock.wait(61)
    await held.tick()
    assert (await _newest(held)).failed == UNANSWERED
    assert not held.stands
    assert await held.trouble() == (
        "Nobody answered the last drill. Students cannot chat until a drill is answered."
    )
    rung = len(world.channel.taken)
    await world.wait(300)
    assert len(world.channel.taken) == rung
    assert await world.store.read(items.open_items, "school") == []


async def test_one_held_by_hand_opens_the_chat_after_all(world: World) -> None:
    """While one is going on there is no second; the answered one makes up for the missed one."""
    lee = await world.adult("Lee", "safeguarding_lead")
    held = drills(world)
    await held.tick()
    assert await held.begin(lee) == "changed"
    world.clock.wait(HOUR + 1)
    await held.tick()
    assert await held.begin(lee) is None
    await world.look()
    await _answered(world, held, lee)
    assert held.stands
    assert await held.trouble() is None


class Blind:
    """Rules that see nothing."""

    def judge_turn(self, text: str, _state: object, _seat: int) -> Decision:
        """Deliver everything."""
        return Decision(Attention.NONE, Delivery.DELIVER, (), text, "blind")


async def test_rules_that_page_nobody_are_found_out(world: World) -> None:
    """The drill has failed at once, nothing is said, and the chat stays closed."""
    held = drills(world, judge=Blind())
    await held.tick()
    drill = await _newest(held)
    assert (drill.failed, drill.code) == (NOT_PAGED, None)
    assert not held.stands
    assert "The rules paged nobody" in str(await held.trouble())
    assert await world.rows(t.messages.select()) == []


class Stumbling:
    """Rules that cannot judge the first so many times, in a school that is paged for that."""

    def __init__(self, times: int) -> None:
        self.left = times

    def judge_turn(self, text: str, state: object, seat: int) -> Decision:
        """Hold the words as a fault, beside the cry for help that was heard in them."""
        decision = shared_judge().judge_turn(text, state, seat)  # type: ignore[arg-type]
        if not self.left:
            return decision
        self.left -= 1
        broken = Finding(Category.FAULT, Attention.PAGE, Delivery.HOLD, "pipeline", "failed")
        found = (broken, *decision.findings)
        return Decision(Attention.PAGE, Delivery.HOLD, found, text, decision.version)


@pytest.mark.parametrize(("times", "failed"), [(2, None), (3, NOT_PAGED)])
async def test_a_fault_of_judging_is_no_verdict_on_a_drill(
    world: World, times: int, failed: str | None
) -> None:
    """A judge that stumbles is asked again; what it held as a fault is never said as released."""
    held = drills(world, judge=Stumbling(times))
    await held.tick()
    assert (await _newest(held)).failed == failed
    rows = await world.rows(t.messages.select())
    assert [Delivery(row.delivery) for row in rows] == ([] if failed else [Delivery.DELIVER])


async def test_no_figure_counts_a_drill(world: World) -> None:
    """Messages, items, incidents and the clock from word to adult are as if it had not been."""
    ola = await world.adult("Ola")
    held = drills(world)
    await held.tick()
    await world.look()
    code = (await _newest(held)).code
    assert code is not None
    await world.incidents.acknowledge(code, ola)
    found = await world.store.read(numbers.figures, "school", world.clock.ms, 1)
    (day,) = found.days
    assert (day.messages, day.paged, day.items, day.incidents) == (0, 0, 0, 0)
    asked = ("school", world.clock.ms - 1000, world.clock.ms + 1)
    legs = await world.store.read(word_to_adult.legs, *asked)
    assert {leg.count for leg in legs} == {0}


async def test_nobody_ever_sits_where_a_drill_was_said(world: World) -> None:
    """Its room is over in the moment it begins, and whoever sits in it has no card."""
    held = drills(world)
    await held.tick()
    (room,) = await world.rows(t.rooms.select())
    assert room.ended_at == room.opened_at
    assert await world.rows(t.cards.select()) == []


async def test_without_a_plan_nothing_happens(world: World) -> None:
    """A school without drills opens as it did, and holds none."""
    held = drills(world, Plan())
    assert held.stands
    await held.tick()
    assert held.stands
    assert (await held.results()).drills == ()


async def test_a_real_disclosure_and_a_drill_do_not_become_one(world: World) -> None:
    """Answering the drill ends nothing of what a student said in the same minute."""
    ola = await world.adult("Ola")
    held = drills(world)
    await held.tick()
    code = await world.say(await world.room())
    await world.look()
    drill = (await _newest(held)).code
    assert drill is not None
    await world.incidents.acknowledge(drill, ola)
    assert (await world.incident(code)).state == State.OPEN
    await world.wait(95)
    assert [notice.code for _, _, notice in world.channel.taken][-1] == code
