"""Transactions of several nodes that meet take turns, and none has to be undone (`locks.py`)."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any

import pytest
from sqlalchemy import Connection, select

from moderation.incidents.incident import Act, Actor
from moderation.on_call.escalation import DEFAULT
from moderation.on_call.rota import Rota
from moderation.people.appointing import Account
from moderation.records import (
    accounts,
    audit,
    bars,
    drills,
    incident_acts,
    locks,
    messages,
    pages,
    rotas,
    rounds,
    sealed_with,
)
from moderation.records import paging_tables as p
from moderation.records import tables as t
from moderation.records.audit import Entry
from moderation.records.decisions import decide
from moderation.records.incident_acts import IncidentAct
from moderation.records.incidents import raise_incidents
from moderation.records.items import NewItem, NotYours, add_items
from moderation.records.leaving import Leave, leave
from moderation.records.opinions import Opinion, raise_attention
from moderation.records.refused import Refused
from moderation.records.rotas import AcceptShift, SaveRota
from moderation.records.rounds import Begin, Unattended, raise_unattended
from moderation.records.sending import Lease, Result
from moderation.records.store import Store
from moderation.records.student_requests import want
from moderation.records.undoing import Undo, undo
from moderation.roles import Role
from moderation.terms import Attention, Category, Delivery, Finding
from tests.moderation.records.sample import (
    SCHOOL,
    add_staff,
    add_students,
    new_incident,
    new_item,
    open_room,
    spoken,
)
from tests.moderation.records.test_decisions import Case
from tests.moderation.records.test_purge_cases import do
from tests.moderation.records.turns import stay_until, stay_until_waited_for

CODE = "ABC-2345"


async def test_who_raises_an_item_and_who_calls_anew_wait_for_no_circle(nodes: list[Store]) -> None:
    """Both take the room first, then the item: the server has to undo neither."""
    room, runs = await open_room(nodes[0]), []
    first = new_item(room, kind="help", category="help")
    await nodes[0].write(add_items, first)
    inside = asyncio.Event()

    def calls(conn: Connection, rows: Sequence[NewItem]) -> list[str]:
        runs.append("calls")
        locks.rooms(conn, [room])
        inside.set()
        stay_until_waited_for(conn)
        return want(conn, rows)

    def raises(conn: Connection, rows: Sequence[Unattended]) -> list[str | None]:
        runs.append("raises")
        return raise_unattended(conn, rows)

    calling = asyncio.ensure_future(
        nodes[0].write(calls, new_item(room, kind="help", category="help"))
    )
    await inside.wait()
    raised = await nodes[1].write(raises, Unattended(first.id, CODE, 70_000, 5_000))
    assert (await calling, raised) == (first.id, CODE)
    assert runs == ["calls", "raises"]


async def test_who_acknowledges_while_a_page_is_written_down_waits_for_no_circle(
    nodes: list[Store],
) -> None:
    """Both take the incident first, then its pages."""
    staff = await add_staff(nodes[0], "lee", "counsellor", contacts=1)
    await nodes[0].write(raise_incidents, new_incident(None, CODE))
    (due,) = (await nodes[0].read(pages.agenda, DEFAULT, 3_000)).pages
    await nodes[0].write(pages.lease, Lease(due.page, 0, 9_000))
    inside, runs = asyncio.Event(), []

    def acknowledges(conn: Connection, rows: Sequence[IncidentAct]) -> list[Any]:
        runs.append("acknowledges")
        conn.execute(t.incidents.update().values(count=1))
        inside.set()
        stay_until_waited_for(conn)
        return incident_acts.act(conn, rows)

    def writes_down(conn: Connection, rows: Sequence[Result]) -> list[bool]:
        runs.append("writes down")
        return pages.record(conn, rows)

    act = IncidentAct(Act.ACKNOWLEDGE, CODE, Actor(staff, SCHOOL, "counsellor"), 4_000)
    having = asyncio.ensure_future(nodes[0].write(acknowledges, act))
    await inside.wait()
    assert await nodes[1].write(writes_down, Result(due.page, 1, "sent", 4_000, 5_000))
    await having
    assert runs == ["acknowledges", "writes down"]


async def test_two_that_lapse_and_one_that_is_taken_wait_for_no_circle(nodes: list[Store]) -> None:
    """Of several incidents all are taken first, and the audit log last."""
    codes, runs, inside = (CODE, "DEF-2345"), [], asyncio.Event()
    for code in codes:
        await nodes[0].write(raise_incidents, new_incident(None, code))
    lapsing = {"state": "acknowledged", "acknowledged_at": 1, "due_at": 2}
    await nodes[0].write(do(lambda conn: conn.execute(t.incidents.update().values(lapsing))), "")

    def takes(conn: Connection, rows: Sequence[Entry]) -> list[int]:
        runs.append("takes")
        conn.execute(t.incidents.update().where(t.incidents.c.code == codes[1]).values(count=1))
        inside.set()
        stay_until_waited_for(conn)
        return audit.append(conn, rows)

    def begins(conn: Connection, rows: Sequence[Begin]) -> list[bool]:
        runs.append("begins")
        return rounds.begin(conn, rows)

    taking = asyncio.ensure_future(nodes[0].write(takes, Entry(3, "lea", "look", codes[1])))
    await inside.wait()
    rows = [Begin(code, DEFAULT, frozenset(), 3_000_000) for code in codes]
    begun = await asyncio.gather(*(nodes[1].write(begins, row) for row in rows))
    await taking
    assert begun == [True, True]
    assert runs == ["takes", "begins"]


async def test_a_second_opinion_and_a_moderator_wait_for_no_circle(nodes: list[Store]) -> None:
    """Both take the room first, then its messages."""
    room, runs = await open_room(nodes[0]), []
    message = spoken(room, state="held")
    await nodes[0].write(messages.say, message)
    found = Finding(Category.SUICIDE, Attention.PAGE, Delivery.DELIVER, "opinion", "scored")
    opinion = Opinion(message.mid, room, found, new_item(room), new_incident(room, CODE))
    inside = asyncio.Event()

    def settles(conn: Connection, rows: Sequence[messages.Settle]) -> list[Any]:
        runs.append("settles")
        locks.rooms(conn, [room])
        inside.set()
        stay_until_waited_for(conn)
        return messages.settle(conn, rows)

    def raises(conn: Connection, rows: Sequence[Opinion]) -> list[Any]:
        runs.append("raises")
        return raise_attention(conn, rows)

    row = messages.Settle(message.mid, room, "released")
    settling = asyncio.ensure_future(nodes[0].write(settles, row))
    await inside.wait()
    heard = await nodes[1].write(raises, opinion)
    assert (await settling, heard.incident) == (1, CODE)
    assert runs == ["settles", "raises"]


async def test_who_takes_back_a_decision_waits_for_whoever_leaves_the_chat(
    nodes: list[Store],
) -> None:
    """A message is held again for nobody: the chat it was in is over by then."""
    case = await Case.made(nodes[0])
    await case.look(case.ann)
    settle = messages.Settle(case.mid, case.room, "withheld")
    await nodes[0].write(decide, case.decided("withhold", settle=settle))
    inside = asyncio.Event()

    def leaves(conn: Connection, rows: Sequence[Leave]) -> list[bool]:
        locks.rooms(conn, [case.room])
        inside.set()
        stay_until_waited_for(conn)
        return leave(conn, rows)

    leaving = asyncio.ensure_future(nodes[0].write(leaves, Leave(case.room, 0, 30)))
    await inside.wait()
    with pytest.raises(NotYours):
        await nodes[1].write(undo, Undo(case.item, case.ann, 31, 0))
    assert await leaving is False


async def test_of_two_who_save_the_rota_at_two_nodes_one_is_told(nodes: list[Store]) -> None:
    """Who was slower hears that it changed, and not that something went wrong."""
    for version in range(4):
        rows = [SaveRota(SCHOOL, version, Rota(), "lea", 1) for _ in nodes]
        answers = await asyncio.gather(
            *(node.write(rotas.save, row) for node, row in zip(nodes, rows, strict=True)),
            return_exceptions=True,
        )
        assert sorted(map(repr, answers)) == [str(version + 1), *["Outdated()"] * (len(nodes) - 1)]


async def test_who_is_closed_out_at_one_node_is_given_no_last_day_at_another(
    nodes: list[Store],
) -> None:
    """With one that is over already, another administrator could open the account again."""
    staff, ada = await add_staff(nodes[0], "lee", "auditor"), Account("ada", Role.ADMINISTRATOR)
    closing = accounts.Change("disable", ada, SCHOOL, staff, 5)
    inside = asyncio.Event()

    def closes(conn: Connection, rows: Sequence[accounts.Change]) -> list[Any]:
        done = accounts.change(conn, rows)
        inside.set()
        stay_until_waited_for(conn)
        return done

    closed = asyncio.ensure_future(nodes[0].write(closes, closing))
    await inside.wait()
    with pytest.raises(Refused, match="changed"):
        await nodes[1].write(
            accounts.change, accounts.Change("expire", ada, SCHOOL, staff, 6, expires_at=1)
        )
    await closed


async def test_a_bar_that_is_set_meanwhile_at_another_node_is_ended_no_sooner(
    nodes: list[Store],
) -> None:
    """Whoever may bar for a day waits for the lead who bars for longer, and hears of it."""
    await nodes[0].write(add_students, "ann")
    inside = asyncio.Event()

    def for_long(conn: Connection, rows: Sequence[int]) -> list[int]:
        done = [bars.bar(conn, "ann", until) for until in rows]
        inside.set()
        stay_until_waited_for(conn)
        return done

    def for_a_day(conn: Connection, rows: Sequence[int]) -> list[int]:
        return [bars.bar(conn, "ann", until, 5) for until in rows]

    barring = asyncio.ensure_future(nodes[0].write(for_long, 9))
    await inside.wait()
    assert await nodes[1].write(for_a_day, 4) == await barring == 9
    assert await nodes[1].read(bars.until, "ann") == 9


async def test_a_shift_that_is_accepted_at_two_nodes_is_accepted_once(nodes: list[Store]) -> None:
    """Two taps in the same moment are no error to either."""
    staff = await add_staff(nodes[0], "lee", "counsellor")
    for start in range(4):
        row = AcceptShift(staff, start, 1)
        await asyncio.gather(*(node.write(rotas.accept, row) for node in nodes))
        query = select(p.shifts.c.start_at).where(p.shifts.c.start_at == start)
        assert await nodes[0].read(lambda conn, q=query: conn.scalars(q).all()) == [start]


@pytest.mark.parametrize("store_url", ["postgresql"], indirect=True)
async def test_K9_no_school_waits_for_the_turn_of_another(store: Store, oak: Store) -> None:
    """While one changes its keys for minutes, another starts, holds drills and saves its rota."""
    other_is_done, inside = asyncio.Event(), asyncio.Event()

    def rotates(conn: Connection, rows: Sequence[None]) -> list[None]:
        for turn in (locks.ROTATING, locks.DRILLING, locks.PLANNING):
            locks.take(conn, turn)
        inside.set()
        stay_until(conn, other_is_done.is_set)
        return list(rows)

    rotating = asyncio.ensure_future(store.write(rotates, None))
    await inside.wait()
    await oak.read(sealed_with.settled)
    await oak.write(drills.give_up, drills.GiveUp("oak", 1, 1))
    await oak.write(rotas.save, SaveRota("oak", 0, Rota(), "lea", 1))
    other_is_done.set()
    await rotating
