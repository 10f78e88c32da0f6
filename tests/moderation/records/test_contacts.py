from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import select

from moderation.ids import new_id
from moderation.records import contacts, own_account, pages, proofs
from moderation.records import tables as t
from moderation.records.contacts import MOST, Add, Arrived, Full, Leads
from moderation.records.own_account import NewBrowser
from moderation.records.proofs import Answer, Ask, ask
from tests.moderation.night import World, night


def _add(staff: str, now: int = 5) -> Add:
    return Add(new_id(), staff, "mail", "mine", b"sealed", now)


async def test_contacts_stand_in_the_order_they_were_added(tmp_path: Path) -> None:
    """Each comes after those its owner has, whoever else adds some meanwhile."""
    async with night(tmp_path) as world:
        ada, bob = await world.adult("Ada"), await world.adult("Bob")
        rows = [_add(who) for who in (ada.id, bob.id, ada.id)]
        for row in rows:
            await world.store.write(contacts.add, row)
        places = await world.rows(
            select(t.contacts.c.place).where(t.contacts.c.id.in_([row.id for row in rows[::2]]))
        )
        assert sorted(place for (place,) in places) == [1, 2]


async def test_nobody_has_contacts_without_end(tmp_path: Path) -> None:
    """One more than may be kept is refused, so that no account can fill the pager."""
    async with night(tmp_path) as world:
        ada = await world.adult("Ada")
        for _ in range(MOST - 1):
            await world.store.write(contacts.add, _add(ada.id))
        with pytest.raises(Full):
            await world.store.write(contacts.add, _add(ada.id))


async def _sent(world: World) -> str:
    await world.say(await world.room())
    await world.look()
    ((page),) = await world.pages()
    return str(page.id)


async def test_a_page_that_arrived_is_delivered_once(tmp_path: Path) -> None:
    """The first sign counts, a repeat changes nothing, and the chase goes on."""
    async with night(tmp_path) as world:
        await world.adult("Ada")
        page = await _sent(world)
        first = world.clock.ms
        for _ in range(2):
            leads = await world.store.write(contacts.arrived, Arrived(page, world.clock.ms))
            world.clock.wait(1)
        (row,) = await world.pages()
        assert leads == Leads(row.incident, "incidents")
        assert (row.state, row.delivered_at) == ("delivered", first)
        assert (await world.incident(row.incident)).state == "open"


async def test_a_page_that_was_seen_stays_seen(tmp_path: Path) -> None:
    """A late report of a phone takes nothing back."""
    async with night(tmp_path) as world:
        ada = await world.adult("Ada")
        page = await _sent(world)
        code = (await world.pages())[0].incident
        await world.incidents.case(code, ada)
        await world.store.write(contacts.arrived, Arrived(page, world.clock.ms))
        assert (await world.pages())[0].state == "seen"


async def test_F20_what_arrived_before_its_provider_answered_is_not_sent_again(
    tmp_path: Path,
) -> None:
    """A provider that errs after delivering costs no second page of the same round."""
    async with night(tmp_path) as world:
        await world.adult("Ada")
        await world.say(await world.room())
        (due,) = await world.store.read(
            lambda conn: pages.agenda(conn, world.policy, world.clock.ms).pages
        )
        await world.store.write(contacts.arrived, Arrived(due.page, world.clock.ms))
        await world.look()
        assert world.channel.taken == []


async def test_a_test_page_leads_to_its_own_question(tmp_path: Path) -> None:
    """The code of a test page, and the word that it is one."""
    async with night(tmp_path) as world:
        ada = await world.adult("Ada")
        ((contact),) = await world.rows(select(t.contacts.c.id))
        code = await world.store.write(ask, Ask(contact.id, ada.id, world.clock.ms))
        await world.look()
        notice = world.channel.taken[0][2]
        assert notice.code == code
        page = world.vault.page_of(notice.link.rpartition("/")[2])
        assert page == notice.key
        leads = await world.store.write(contacts.arrived, Arrived(page or "", world.clock.ms))
        assert leads == Leads(str(code), "contacts")
        assert await world.store.write(contacts.arrived, Arrived("nobody", 1)) is None


async def test_somebody_is_told_of_a_new_browser_where_no_browser_is(tmp_path: Path) -> None:
    """By mail after their first sign-in, with a code, a class, a time and a link to the account."""
    async with night(tmp_path) as world:
        world.channels["mail"] = world.channel
        ada = await world.adult("Ada", "counsellor", "noting", "mail")
        bob = await world.adult("Bob")
        for staff in (ada, ada, bob):
            await world.store.write(own_account.came_in, NewBrowser(staff.id, world.clock.ms))
        await world.look()
        ((_, address, notice),) = world.channel.taken
        assert address == "Ada@mail"
        assert notice.kind == "somebody signed in as you with a new browser"
        page = world.vault.page_of(notice.link.rpartition("/")[2])
        leads = await world.store.write(contacts.arrived, Arrived(page or "", world.clock.ms))
        assert leads == Leads("", "account")
        mine = await world.store.read(proofs.of_staff, ada.id)
        assert [line.code for line in mine] == [None, None], "it is no test page"
        assert not await world.store.write(
            proofs.answer, Answer(notice.code, ada.id, heard=True, now=world.clock.ms)
        )
