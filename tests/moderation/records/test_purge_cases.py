from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from sqlalchemy import Connection, func, select, update

from moderation.on_call.escalation import DEFAULT
from moderation.records import account_tables as a
from moderation.records import desk_tables as d
from moderation.records import identity_tables as i
from moderation.records import items, messages, numbers, pages, rooms
from moderation.records import paging_tables as p
from moderation.records import tables as t
from moderation.records.audit import verify
from moderation.records.incidents import raise_incidents
from moderation.records.purge import MONTH_DAYS, Purge, Times, purge
from moderation.records.store import Store
from tests.moderation.records.sample import (
    SCHOOL,
    add_staff,
    new_incident,
    new_item,
    open_room,
    spoken,
)

DAY = 86_400_000
CODE = "ABC-2345"
TIMES = Times(cases_days=100, case_words_days=10, verdicts_days=20)


def do(act: Callable[[Connection], Any]) -> Callable[[Connection, Sequence[str]], list[None]]:
    """That act as an operation."""

    def op(conn: Connection, rows: Sequence[str]) -> list[None]:
        act(conn)
        return [None] * len(rows)

    return op


async def a_case(
    store: Store,
    *,
    code: str = CODE,
    noted_at: int = 1,
    follow_up: str | None = None,
    **changes: Any,
) -> str:
    """A case closed on the first day, its room over, with a note and a record; answers the room."""
    lead = await add_staff(store, f"lead-{code}".lower(), "safeguarding_lead", contacts=1)
    room = await open_room(store)
    await store.write(messages.say, spoken(room))
    await store.write(raise_incidents, new_incident(room, code))
    await store.write(rooms.end_rooms, rooms.EndRoom(room, 1, "left"))

    def close(conn: Connection) -> None:
        closed = {"state": "resolved", "resolved_at": DAY, "outcome": "spoken_to"}
        which = t.incidents.c.code == code
        conn.execute(update(t.incidents).where(which).values(closed | changes))
        note = {"id": f"note {code}", "incident": code, "staff": lead, "at": noted_at}
        conn.execute(t.incident_notes.insert(), note | {"sealed": b"note"})
        record = {"incident": code, "sealed": b"record", "follow_up": follow_up}
        conn.execute(t.outcomes.insert(), record)
        aside = {"incident": code, "staff": lead, "at": 1}
        conn.execute(p.recusals.insert(), aside)
        over = {"id": code, "incident": code, "from_staff": lead, "to_staff": lead}
        conn.execute(p.handovers.insert(), over | {"offered_at": 1})

    await store.write(do(close), "")
    return room


async def forget(store: Store, day: int, times: Times = TIMES) -> None:
    """Purge on that day until nothing more is due."""
    while (await store.write(purge, Purge(SCHOOL, day * DAY, times))).more:
        pass


async def left(store: Store, *tables: Any) -> list[int]:
    """How many rows each table has."""
    return [
        await store.read(lambda c, one=table: c.scalar(select(func.count()).select_from(one)))
        for table in tables
    ]


async def key_of(store: Store, room: str) -> bytes | None:
    """The wrapped key of a room."""
    found = await store.read(rooms.room, room)
    return None if found is None else found.wrapped_key


OF_A_CASE = (t.incidents, t.incident_notes, t.outcomes, p.handovers, p.recusals)


async def test_a_case_goes_whole_when_its_time_is_over(store: Store) -> None:
    """Until its last day everything of a case is there; then nothing is, nor of its room."""
    room = await a_case(store)
    await open_room_with_words(store)
    await forget(store, 100)
    assert await left(store, *OF_A_CASE) == [1, 1, 1, 1, 1]
    assert await store.read(rooms.room, room) is not None
    await forget(store, 102)
    assert await left(store, *OF_A_CASE) == [0, 0, 0, 0, 0]
    assert await store.read(rooms.room, room) is None
    assert await store.read(verify) is None


async def open_room_with_words(store: Store) -> str:
    """A room that goes on, so that the newest message is not of the room that is purged."""
    room = await open_room(store)
    await store.write(messages.say, spoken(room))
    return room


async def test_the_words_of_a_case_stay_so_long_after_it_was_closed(store: Store) -> None:
    """A follow-up finds them; afterwards they go, and the case stays without them."""
    room = await a_case(store)
    await forget(store, 10)
    assert await key_of(store, room) == b"wrapped"
    await forget(store, 12)
    assert await key_of(store, room) is None
    assert await left(store, t.incidents) == [1]


async def test_where_nobody_was_in_danger_words_go_as_from_any_room(store: Store) -> None:
    """A false alarm is no reason to keep what children wrote."""
    room = await a_case(store, outcome="no_danger")
    await forget(store, 5)
    assert await key_of(store, room) is None


async def enrol(store: Store, room: str) -> None:
    """Somebody in that room has a sealed identity, and no card any more."""

    def op(conn: Connection) -> None:
        who = conn.scalar(select(t.seats.c.student).where(t.seats.c.room == room))
        row = {"student": who, "sealed": b"s", "canary": False, "imported_at": 1}
        conn.execute(i.identities.insert(), row)

    await store.write(do(op), "")


async def test_what_is_preserved_is_never_purged(store: Store) -> None:
    """Neither the case, nor its words, nor who the students are, however long; until lifted."""
    room = await a_case(store, preserved_at=5, preserved_by="lea")
    await open_room_with_words(store)
    await enrol(store, room)
    await forget(store, 20_000)
    assert await left(store, *OF_A_CASE, i.identities) == [1, 1, 1, 1, 1, 1]
    assert await key_of(store, room) == b"wrapped"
    lifted = update(t.incidents).values(preserved_at=None)
    await store.write(do(lambda conn: conn.execute(lifted)), "")
    await forget(store, 20_000)
    assert await left(store, *OF_A_CASE) == [0, 0, 0, 0, 0]
    assert await store.read(rooms.room, room) is None
    assert await left(store, i.identities) == [0]


async def test_an_unresolved_case_is_never_purged(store: Store) -> None:
    """However old it is: somebody still has to answer for it."""
    await a_case(store, state="acknowledged", resolved_at=None)
    await forget(store, 20_000)
    assert await left(store, *OF_A_CASE) == [1, 1, 1, 1, 1]


async def test_a_later_note_or_a_promised_day_puts_it_off(store: Store) -> None:
    """The time counts from what was written last, and never ends before the day to look again."""
    await a_case(store, noted_at=50 * DAY)
    await a_case(store, code="DEF-2345", follow_up="1970-07-20")  # day 200
    for day, codes in ((149, 2), (151, 1), (201, 1), (202, 0)):
        await forget(store, day)
        assert await left(store, t.incidents) == [codes]


async def ask_alone(store: Store, room: str, state: str) -> None:
    """Somebody asked alone for who is in that room, and this became of it."""

    def ask(conn: Connection) -> None:
        who = conn.scalar(select(t.seats.c.student).where(t.seats.c.room == room))
        lead = conn.scalar(select(t.staff.c.id))
        values = {"code": "REV-2345", "school": SCHOOL, "incident": CODE, "student": who}
        values |= {"alone": True, "state": state, "reason": "danger", "sealed_why": b"w"}
        values |= {"key": "K", "requested_by": lead, "requested_at": 1, "expires_at": 2}
        conn.execute(i.reveals.insert(), values | {"review_due_at": 3})

    await store.write(do(ask), "")


async def test_who_looks_again_on_the_day_they_promised_finds_what_was_said(store: Store) -> None:
    """Until that day is over, also in America, words and who the students are stay with it."""
    room = await a_case(store, follow_up="1970-07-20", outcome="no_danger")  # day 200
    await enrol(store, room)
    await forget(store, 201)
    assert await key_of(store, room) == b"wrapped"
    assert await left(store, i.identities) == [1]
    await forget(store, 202)
    assert await key_of(store, room) is None
    assert await left(store, i.identities) == [0]


async def test_an_identity_opened_alone_is_reviewed_before_its_case_goes(store: Store) -> None:
    """What nobody looked at after it was opened alone stays, with its case and its words."""
    room = await a_case(store)
    await ask_alone(store, room, "opened")
    await forget(store, 200)
    assert await left(store, t.incidents, i.reveals) == [1, 1]
    assert await key_of(store, room) == b"wrapped"
    reviewed = update(i.reveals).values(reviewed_at=4)
    await store.write(do(lambda conn: conn.execute(reviewed)), "")
    await forget(store, 200)
    assert await left(store, t.incidents, i.reveals) == [0, 0]


async def test_an_identity_that_was_not_opened_keeps_no_case(store: Store) -> None:
    """Who asked alone and did not open it in time has nothing to be reviewed."""
    await ask_alone(store, await a_case(store), "timed_out")
    await forget(store, 200)
    assert await left(store, t.incidents, i.reveals) == [0, 0]


async def test_K11_a_purge_is_in_the_log_and_names_nobody(store: Store) -> None:
    """The log says which class and how many, by itself, in a chain that holds."""
    await a_case(store)
    await open_room_with_words(store)
    await forget(store, 200)
    logged = select(t.audit.c.who, t.audit.c.act, t.audit.c.about).order_by(t.audit.c.n)
    entries = await store.read(lambda conn: [tuple(row) for row in conn.execute(logged)])
    assert entries == [
        ("purge", "purged_words", "1"),
        ("purge", "purged_cases", "1"),
        ("purge", "purged_verdicts", "1"),
    ]
    assert await store.read(verify) is None


async def test_what_nobody_finished_of_a_case_pages_nobody_once_it_went(store: Store) -> None:
    """An adult ended it: what still waited at a desk then goes with it, and so does its room."""
    room = await a_case(store)
    await open_room_with_words(store)
    item = new_item(room)
    await store.write(items.add_items, item)
    await store.write(items.link_incident, items.Link(item.id, CODE))
    await forget(store, 102)
    assert (await store.read(pages.agenda, DEFAULT, 102 * DAY)).items == ()
    assert await left(store, t.items) == [0]
    assert await store.read(rooms.room, room) is None
    figures = await store.read(numbers.figures, SCHOOL, 0, 1)
    assert (figures.days[0].items, figures.days[0].decided) == (1, 0)


async def test_figures_of_a_case_stay_as_they_were(store: Store) -> None:
    """How many there were, how many ended, and how many without danger, is known afterwards too."""
    await a_case(store, outcome="no_danger")
    await open_room_with_words(store)
    before = await store.read(numbers.figures, SCHOOL, 0, 2)
    assert sum(day.incidents_ended for day in before.days) == 1
    await forget(store, 102)
    assert await left(store, t.incidents) == [0]
    assert await store.read(numbers.figures, SCHOOL, 0, 2) == before


async def test_drills_have_a_time_of_their_own(store: Store) -> None:
    """A drill is no case: it goes when drills go, and a real case of that day stays."""
    await a_case(store, code="DRI-2345", drill=True, outcome="drill")
    await a_case(store)
    times = Times(drills_days=30, cases_days=100)
    await forget(store, 40, times)
    codes = await store.read(lambda conn: conn.scalars(select(t.incidents.c.code)).all())
    assert list(codes) == [CODE]


async def test_the_log_is_never_cut_behind_the_beginning_of_a_case(store: Store) -> None:
    """As long as a case is here, so is who looked at it, however short the log is kept."""
    times = Times(cases_days=30_000, audit_days=366)
    await a_case(store)  # opened at 2 s, before anything was logged
    await store.write(purge, Purge(SCHOOL, 9 * DAY, times))
    before = await left(store, t.audit)
    await forget(store, 900, times)
    assert (await left(store, t.audit))[0] > before[0] - 1
    assert await left(store, t.checkpoints) == [0]


async def test_a_shift_that_nobody_ended_goes_as_one_that_was(store: Store) -> None:
    """Whoever closes a page without going off shift leaves no row for ever."""
    staff = await add_staff(store, "mo", "moderator")

    def sit(conn: Connection) -> None:
        mine = {"school": SCHOOL, "staff": staff, "started_at": DAY}
        ends = [{"id": "ended", "ended_at": 2 * DAY}, {"id": "open", "ended_at": None}]
        conn.execute(d.desk_shifts.insert(), [mine | end for end in ends])

    await store.write(do(sit), "")
    await forget(store, 20)
    assert await left(store, d.desk_shifts) == [2]
    await forget(store, 23)
    assert await left(store, d.desk_shifts) == [0]


async def test_invitations_go_a_month_after_their_end(store: Store) -> None:
    """Links that open nothing any more are not kept, nor whose they were."""

    def invite(conn: Connection) -> None:
        values = {"lookup": b"l", "id": "inv", "school": SCHOOL, "login": "sam", "name": "Sam"}
        values |= {"role": "moderator", "made_by": "console", "made_at": 1, "expires_at": 2}
        conn.execute(a.invitations.insert(), values)

    await store.write(do(invite), "")
    await forget(store, MONTH_DAYS)
    assert await left(store, a.invitations) == [1]
    await forget(store, MONTH_DAYS + 1)
    assert await left(store, a.invitations) == [0]
