"""Custodians' keys, and halves passed on to a newer key of the same rank."""

from __future__ import annotations

import asyncio
import secrets
from dataclasses import replace
from pathlib import Path

from sqlalchemy import select

from moderation.identities.reveal import State
from moderation.identities.reveals import Reveals
from moderation.identities.sealed import HALF_BYTES, bytes_of, fingerprint, open_half, seal_half
from moderation.records import custody, identities
from moderation.records import identity_tables as i
from moderation.records import tables as t
from moderation.records.store import Store
from tests.moderation.custody import ANN, WHY, School, new_key, school, staff
from tests.servers import Postgres


async def test_whoever_makes_two_keys_at_once_has_one(tmp_path: Path, postgres: Postgres) -> None:
    """From two pages, at two nodes: the later one takes the place of the other."""
    url = await postgres.database("school")
    current = select(i.custodian_keys.c.print).where(i.custodian_keys.c.ended_at.is_(None))
    async with school(tmp_path, url) as elm:
        beside = await Store.open(url)
        other = Reveals(replace(elm.world.records, store=beside))
        for _ in range(6):
            keys = (bytes_of(new_key().public_key()) for _ in range(2))
            await asyncio.gather(
                *(one.register(staff(elm, "Lee"), next(keys)) for one in (elm.reveals, other))
            )
            mine = current.where(i.custodian_keys.c.staff == staff(elm, "Lee").id)
            assert len(await elm.world.rows(mine)) == 1
        await beside.close()


async def test_a_key_takes_the_place_of_the_one_before(elm: School) -> None:
    """It opens nothing that was sealed before; the old fingerprint can never be taken again."""
    await elm.enrol("Ann Lee")
    lee = elm.custodians["Lee"]
    before = lee.public
    assert await elm.reveals.register(lee.staff, bytes_of(new_key().public_key())) is None
    lines = {one.name: one for one in (await elm.reveals.custody("school")).lines}
    assert (lines["Lee"].opens, lines["Lou"].opens) == (0, 1)
    assert await elm.reveals.register(lee.staff, before) == "changed"
    assert await elm.reveals.register(staff(elm, "Sue"), before) == "changed"
    for raw in (b"", secrets.token_bytes(65), b"\x04" + bytes(64)):
        assert await elm.reveals.register(lee.staff, raw) == "bad_field"
    counsellor = await elm.world.adult("Dana", "counsellor")
    key = bytes_of(new_key().public_key())
    assert await elm.reveals.register(counsellor, key) == "forbidden"  # type: ignore[arg-type]


async def test_whom_the_term_before_was_sealed_for_is_no_trouble(elm: School) -> None:
    """Records of ended cards, kept a month for what is not resolved, make nothing red."""
    await elm.enrol("Ann Lee")
    end = identities.EndTerm("school", frozenset(), elm.world.clock.ms)
    assert await elm.world.store.write(identities.end_term, end) == 1
    for name in ("Nia", "Noa"):
        await elm.hire(name, "safeguarding_lead")
    await elm.enrol("Ben Moss")
    lines = {one.name: one.opens for one in (await elm.reveals.custody("school")).lines}
    assert set(lines.values()) == {1}
    assert (await elm.reveals.custody("school")).enrolled == 1


async def troubles(elm: School) -> list[str]:
    return await elm.world.store.read(custody.troubles, "school", elm.world.clock.ms)


async def test_too_few_custodians_are_trouble(elm: School) -> None:
    """Two of each rank whose keys open everything, reached by a pager, practised this term."""
    assert any("no identity is enrolled" in words for words in await troubles(elm))
    await elm.enrol("Ann Lee")
    assert [words for words in await troubles(elm) if "canary" not in words] == []
    await elm.practise()
    assert await troubles(elm) == []
    elm.world.clock.wait(custody.PRACTISED_WITHIN / 1000 + 1)
    assert any("canary" in words for words in await troubles(elm))
    await elm.reveals.register(staff(elm, "Lou"), bytes_of(new_key().public_key()))
    assert any("1 safeguarding leads" in words for words in await troubles(elm))
    await elm.world.change(t.contacts, removed_at=1)
    assert any("no way to be paged" in words for words in await troubles(elm))


async def given(elm: School, giver: str, to: str) -> int | str:
    """What the giver's browser does: open every half that the other lacks, and seal it again."""
    one, other = elm.custodians[giver], elm.custodians[to]
    print_ = fingerprint(other.public)
    found = await elm.reveals.lacking(one.staff, print_)
    if isinstance(found, str):
        return found
    again = [
        (name, seal_half(open_half(half, one.half, name, one.private), one.half, name, found.point))
        for name, half in found.halves
    ]
    return await elm.reveals.give(one.staff, print_, again)


async def test_P10_a_newcomer_opens_what_was_sealed_before_them(elm: School) -> None:
    """A colleague of the same rank gives each half again; no identity is opened for it."""
    incident = await elm.incident("Ann Lee", "Ben Moss")
    await elm.hire("Nia", "safeguarding_lead")
    await elm.hire("Ned", "senior_leader")
    assert await elm.reveals.ask(incident, staff(elm, "Nia"), WHY) == "not_sealed"
    both = 2 + 2 * 3  # two pupils, and the canaries of two enrolments
    assert await given(elm, "Lee", "Nia") == both
    assert await given(elm, "Sue", "Ned") == both
    assert await given(elm, "Lou", "Nia") == 0
    code = await elm.ask(incident, "Nia")
    assert await elm.approve(code, "Ned") is State.APPROVED
    assert await elm.open(code, "Nia") == ANN
    assert await _audited(elm, "reveal_share") == ["Lee", "Sue", "Lou"]
    assert await _audited(elm, "reveal_halves") == ["Lee", "Sue"]


async def _audited(elm: School, act: str) -> list[str]:
    """Who did that, in order."""
    rows = await elm.world.rows(select(t.audit.c.who).where(t.audit.c.act == act))
    names = {one.staff.id: name for name, one in elm.custodians.items()}
    return [names[who] for (who,) in rows]


async def test_P10_a_half_is_given_within_a_rank_only(elm: School) -> None:
    """Not to the other rank, a key that was replaced, a closed account, or oneself."""
    await elm.enrol("Ann Lee")
    assert await given(elm, "Lee", "Sue") == "not_found"
    assert await given(elm, "Lee", "Lee") == "not_found"
    old = elm.custodians["Lou"].public
    await elm.reveals.register(staff(elm, "Lou"), bytes_of(new_key().public_key()))
    assert await elm.reveals.lacking(staff(elm, "Lee"), fingerprint(old)) == "not_found"
    await elm.hire("Nia", "safeguarding_lead")
    closed = t.staff.update().where(t.staff.c.id == elm.custodians["Nia"].staff.id)
    close = closed.values(disabled_at=1)
    await elm.world.store.write(lambda conn, _: [conn.execute(close).close()], None)
    assert await given(elm, "Lee", "Nia") == "not_found"


async def test_P10_nobody_gives_what_they_do_not_have(elm: School) -> None:
    """Halves of unknown students, or of the wrong size, are not written down; none is replaced."""
    (student,) = await elm.enrol("Ann Lee")
    await elm.hire("Nia", "safeguarding_lead")
    to = fingerprint(elm.custodians["Nia"].public)
    lee, half = staff(elm, "Lee"), bytes(HALF_BYTES)
    assert await elm.reveals.give(lee, to, [(student, b"short")]) == "bad_field"
    assert await elm.reveals.give(lee, to, [("nobody", half), (student, half)]) == 1
    assert await elm.reveals.give(lee, to, [(student, half)]) == 0
    newcomer = await elm.world.adult("New", "safeguarding_lead")
    assert await elm.reveals.give(newcomer, to, []) == "no_key"  # type: ignore[arg-type]


async def test_P10_two_who_give_the_same_at_once_give_it_once(
    tmp_path: Path, postgres: Postgres
) -> None:
    """Of two colleagues at two nodes neither is told that something went wrong."""
    url = await postgres.database("school")
    async with school(tmp_path, url) as elm:
        students = await elm.enrol("Ann Lee", "Ben Moss")
        beside = await Store.open(url)
        other = Reveals(replace(elm.world.records, store=beside))
        halves = [(student, bytes(HALF_BYTES)) for student in students]
        for name in ("Nia", "Nell", "Noa"):
            await elm.hire(name, "safeguarding_lead")
            to = fingerprint(elm.custodians[name].public)
            answers = await asyncio.gather(
                elm.reveals.give(staff(elm, "Lee"), to, halves),
                other.give(staff(elm, "Lou"), to, halves),
            )
            assert sorted(answers) == [0, 2]  # type: ignore[type-var]
        await beside.close()
