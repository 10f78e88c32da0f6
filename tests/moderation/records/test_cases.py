import pytest

from moderation.ids import new_code
from moderation.incidents.gravity import UNATTENDED
from moderation.incidents.incident import Act, Actor, State
from moderation.records import cases, incident_acts, transcript
from moderation.records import tables as t
from moderation.records.cases import AFTER, LAST, StoredCase
from moderation.records.incident_acts import IncidentAct
from moderation.records.incidents import NewIncident, raise_incidents
from moderation.records.refused import Refused
from tests.moderation.night import Adult, World


def _act(world: World, act: Act, code: str, who: Adult) -> IncidentAct:
    actor = Actor(who.id, who.school, who.role)
    return IncidentAct(act, code, actor, world.clock.ms, with_student_ms=1000, resolve_ms=6000)


async def test_refusal_changes_nothing_at_all(world: World) -> None:
    """A refused act leaves incident, pages and audit as they were."""
    mo = await world.adult("Mo", "moderator")
    await world.adult("Ada")
    code = await world.say(await world.room())
    before = (await world.incident(code), await world.pages())
    with pytest.raises(Refused) as refused:
        await world.store.write(incident_acts.act, _act(world, Act.ACKNOWLEDGE, code, mo))
    assert refused.value.code == "forbidden"
    assert (await world.incident(code), await world.pages()) == before
    assert await world.rows(t.audit.select()) == []


async def test_acknowledging_is_one_transaction(world: World) -> None:
    """State, owner, the time of its end, the pages and the audit change together."""
    ada = await world.adult("Ada")
    code = await world.say(await world.room())
    state = await world.store.write(incident_acts.act, _act(world, Act.ACKNOWLEDGE, code, ada))
    assert state is State.ACKNOWLEDGED
    incident = await world.incident(code)
    assert (incident.acknowledged_by, incident.acknowledged_at) == (ada.id, world.clock.ms)
    assert incident.due_at == world.clock.ms + 1000
    assert [page.state for page in await world.pages()] == ["cancelled"]
    assert len(await world.rows(t.audit.select())) == 1


async def test_acknowledging_again_does_not_prolong(world: World) -> None:
    """A second tap by who has it leaves the end of the acknowledgement where it was."""
    ada = await world.adult("Ada")
    code = await world.say(await world.room())
    await world.store.write(incident_acts.act, _act(world, Act.ACKNOWLEDGE, code, ada))
    before = await world.incident(code)
    world.clock.wait(0.5)
    await world.store.write(incident_acts.act, _act(world, Act.ACKNOWLEDGE, code, ada))
    assert await world.incident(code) == before


async def test_looking_marks_only_own_pages_that_were_sent(world: World) -> None:
    """A page still waiting, or somebody else's, is not seen."""
    ada = await world.adult("Ada", "counsellor", "noting", "pigeon")
    await world.adult("Lin")
    code = await world.say(await world.room())
    await world.look()
    stored = await world.store.write(cases.look, _act(world, Act.LOOK, code, ada))
    assert isinstance(stored, StoredCase)
    assert sorted((page.name, page.channel, page.state) for page in stored.pages) == [
        ("Ada", "noting", "seen"),
        ("Ada", "pigeon", "failed-for-good"),
        ("Lin", "noting", "sent"),
    ]


async def test_P8_a_case_shows_how_a_long_conversation_began_and_how_it_ends(world: World) -> None:
    """However long it is, so many messages and no more; how many are left out is counted."""
    ada = await world.adult("Ada")
    room = await world.room()
    code = await world.say(room)
    for more, left_out in ((LAST - 1, 0), (AFTER + 1, 0), (5, 5)):
        for _ in range(more):
            world.clock.wait(1)
            await world.say(room)
        stored = await world.store.write(cases.look, _act(world, Act.LOOK, code, ada))
        assert isinstance(stored, StoredCase)
        every = await world.store.read(transcript.recent, room, 1000)
        said = stored.said
        assert [*said.lines] == [line for line in every if line in said.lines]
        assert (len(every) - len(said.lines), said.left_out) == (left_out, left_out)
        assert (said.lines[0], said.lines[-1]) == (every[0], every[-1])
    assert said.gap == 1 + AFTER


async def test_P2_what_somebody_said_stands_first(world: World) -> None:
    """Before what merely waited, however long, and a drill behind both; then what somebody has."""
    ada = await world.adult("Ada")
    kinds = (("suicide", True), (UNATTENDED, False), ("abuse", False), ("suicide", False))
    codes = []
    for category, drill in kinds:
        world.clock.wait(1)
        new = NewIncident(
            new_code(), "school", await world.room(), 0, category, world.clock.ms, drill=drill
        )
        codes.append(await world.store.write(raise_incidents, new))
    drilled, waited, first, second = codes
    await world.store.write(incident_acts.act, _act(world, Act.ACKNOWLEDGE, first, ada))
    listed = await world.store.read(cases.unresolved, "school")
    assert [one.code for one in listed] == [second, waited, drilled, first]
