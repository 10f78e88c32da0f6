import pytest
from msgspec.structs import replace

from moderation.on_call.rota import WEEK_MS, Holiday, Rota, Shift
from moderation.records import audit, proofs, rotas
from moderation.records import paging_tables as p
from moderation.records import tables as t
from moderation.records.incidents import NewIncident, raise_incidents
from moderation.records.rotas import AcceptShift, Outdated, SaveRota
from tests.moderation.night import World

SHIFT = Shift(id="s", days=(0, 1), start="08:00", end="16:00", people=("ada",), since="2026-09-07")


def _saved(world: World, version: int, rota: Rota) -> SaveRota:
    return SaveRota("school", version, rota, "lee", world.clock.ms)


async def test_a_rota_comes_back_as_it_was_kept_and_every_change_is_audited(world: World) -> None:
    """Versions count from one; a school without a rota has an empty one."""
    assert await world.store.read(rotas.latest, "school") == (0, Rota())
    first = Rota(zone="Europe/Paris", shifts=(SHIFT,), outside_name="Children's services")
    assert await world.store.write(rotas.save, _saved(world, 0, first)) == 1
    assert await world.store.write(rotas.save, _saved(world, 1, replace(first, shifts=()))) == 2
    assert await world.store.read(rotas.latest, "school") == (2, replace(first, shifts=()))
    assert await world.store.read(rotas.latest, "another") == (0, Rota())
    acts = [row.act for row in await world.rows(t.audit.select())]
    assert acts == ["rota_changed", "rota_changed"]


async def test_P4_a_rota_nobody_can_reckon_with_costs_no_page(world: World) -> None:
    """An older version kept dates at the end of the calendar; everybody is on call all the same."""
    await world.adult("Ada", "counsellor", "mail", "webhook")
    holiday = Holiday(first="9999-12-30", last="9999-12-31")
    await world.store.write(
        rotas.save, _saved(world, 0, Rota(shifts=(SHIFT,), holidays=(holiday,)))
    )
    new = NewIncident("ABC-2345", "school", None, None, "suicide", world.clock.ms)
    assert await world.store.write(raise_incidents, new) == "ABC-2345"
    assert len(await world.rows(t.pages.select())) == 2


async def test_of_two_leads_who_save_at_once_one_is_told(world: World) -> None:
    """A change made from an older version overwrites nothing."""
    await world.store.write(rotas.save, _saved(world, 0, Rota(shifts=(SHIFT,))))
    with pytest.raises(Outdated):
        await world.store.write(rotas.save, _saved(world, 0, Rota()))
    assert (await world.store.read(rotas.latest, "school"))[1].shifts == (SHIFT,)


async def test_adults_are_those_who_may_take_a_case_with_what_they_have(world: World) -> None:
    """Moderators, closed accounts, other schools and removed contacts are left out."""
    ada = await world.adult("Ada", "counsellor", "mail", "webhook")
    await world.adult("Lin", "safeguarding_lead", "mail", proven=False)
    await world.adult("Mo", "moderator")
    await world.adult("Zoe", school="another")
    (mail, _) = await world.store.read(proofs.of_staff, ada.id)
    gone = proofs.Remove(mail.id, ada.id, world.clock.ms)
    assert await world.store.write(proofs.remove, gone) is True
    found = await world.store.read(rotas.adults, "school")
    assert [(one.name, [each.channel for each in one.contacts]) for one in found] == [
        ("Ada", ["webhook"]),
        ("Lin", ["mail"]),
    ]
    assert [each.proven_at for one in found for each in one.contacts] == [world.clock.ms, None]


async def test_F26_a_rota_of_a_newer_version_costs_no_message_and_no_page(world: World) -> None:
    """An older node cannot read it: everybody is on call there, and what is said is kept."""
    await world.adult("Ada", "counsellor", "mail", "webhook")
    row = {"school": "school", "version": 7, "body": '{"novel":1}', "by": "lee", "at": 1}
    await world.insert(p.rotas, row)
    assert await world.store.read(rotas.latest, "school") == (7, Rota())
    await world.say(await world.room())
    assert len(await world.rows(t.pages.select())) == 2


async def test_F26_a_rota_of_a_newer_version_is_not_replaced_by_who_cannot_read_it(
    world: World,
) -> None:
    """The page of an older node shows an empty one: what is saved there would end all shifts."""
    row = {"school": "school", "version": 7, "body": '{"novel":1}', "by": "lee", "at": 1}
    await world.insert(p.rotas, row)
    with pytest.raises(Outdated):
        await world.store.write(rotas.save, _saved(world, 7, Rota()))
    assert [one.version for one in await world.rows(p.rotas.select())] == [7]


async def test_P15_accepting_a_shift_twice_is_kept_once(world: World) -> None:
    """An accepted shift is in the roster as long as it may still be going on."""
    ada = await world.adult("Ada")
    row = AcceptShift(ada.id, world.clock.ms - 1000, world.clock.ms)
    for _ in range(2):
        await world.store.write(rotas.accept, row)
    now = world.clock.ms
    roster = await world.store.read(rotas.roster, "school", now)
    assert set(roster.accepted) == {(ada.id, now - 1000)}
    later = await world.store.read(rotas.roster, "school", now + WEEK_MS)
    assert not later.accepted
    assert [row.act for row in await world.rows(t.audit.select())] == ["shift_accepted"]
    assert await world.store.read(audit.verify) is None
