"""What the desk can be asked for beside its queue: rooms, bars, and how the team fares.

Used by `session.py`, after `rights.py` has said that this role may. A list of rooms has no
words in it; to look into one is an act of its own and audited.
"""

from __future__ import annotations

from collections.abc import Iterable

from chat.desk import bars, care
from chat.desk.card import lines_of
from chat.desk.desk import Desk, Watcher
from chat.desk.needs import DeskNeeds
from chat.desk.urgency import class_of
from chat.errors import error
from chat.frames import from_staff, shared, to_staff
from moderation.people.sessions import StaffMember
from moderation.records import audit, items, recusals, reviews, rooms, shifts
from moderation.records.audit import Entry

AGREEMENT = 30 * 24 * 3_600_000
"""Milliseconds of second looks that the lead is shown."""

DIFFERING = 20
"""Second looks that came out otherwise, at most."""

LOOK_BACK = 20
"""Messages shown of a room that is looked into."""


async def answers(desk: Desk, asking: Watcher, frame: from_staff.StaffFrame) -> list[shared.Frame]:
    """What is told to whoever asks for one of these."""
    needs, staff = desk.needs, asking.staff
    match frame:
        case from_staff.AskRooms():
            queue = await desk.queue(asking)
            return [await rooms_now(needs, staff, queue.items)]
        case from_staff.LookIn():
            return [await look_in(needs, staff, frame.room) or error("ended")]
        case from_staff.AskTeam():
            return [await team_now(needs, desk.moderators())]
        case from_staff.AskBars():
            return [await bars.bars_now(needs, staff)]
        case from_staff.Lift():
            refused = await bars.lift(needs, staff, frame)
            now = await bars.bars_now(needs, staff)
            return [now] if refused is None else [refused, now]
    return []


async def rooms_now(
    needs: DeskNeeds, staff: StaffMember, waiting: Iterable[to_staff.Item]
) -> to_staff.RoomsNow:
    """The rooms open on this node, each with the most urgent of what waits about it.

    Whoever recused themselves from one does not see it.
    """
    rooms_of, risk = await _rooms_of_items(needs), dict[str, str]()
    for item in waiting:
        risk.setdefault(rooms_of.get(item.id, ""), class_of(item))
    hidden = await needs.records.store.read(recusals.recused, staff.id)
    return to_staff.RoomsNow(
        tuple(
            to_staff.RoomLine(
                id=live.room.id,
                topic=live.room.topic,
                handles=tuple(seat.handle for seat in live.room.seats if seat.left is None),
                said=live.room.head,
                risk=risk.get(live.room.id, ""),
                staff=tuple(live.present()),
            )
            for live in needs.rooms.all_open()
            if live.room.id not in hidden
        )
    )


async def look_in(needs: DeskNeeds, staff: StaffMember, room: str) -> to_staff.RoomView | None:
    """What was said last in an open room; None when it is over. The look is audited first.

    For whoever recused themselves from it there is no such room.
    """
    if room in await needs.records.store.read(recusals.recused, staff.id):
        return None
    stored = await needs.records.store.read(rooms.room, room)
    if stored is None or stored.school != needs.records.school or stored.ended_at is not None:
        return None
    key = await needs.key_of(room)
    if key is None:
        return None
    entry = Entry(needs.records.now(), staff.id, "look_in", room)
    await needs.records.store.write(audit.append, entry)
    lines = await lines_of(stored, None, key, needs.records.store, LOOK_BACK, 0)
    return to_staff.RoomView(room, stored.topic, lines)


async def team_now(needs: DeskNeeds, names: dict[str, str]) -> to_staff.TeamNow:
    """Who is on shift and how much they have read, and how second looks came out; no words."""
    now, rules = needs.records.now(), needs.moderators
    since = now - int(rules.heavy_hours * 3_600_000)
    members = []
    for staff, name in sorted(names.items(), key=lambda each: each[1]):
        read = await needs.records.store.read(shifts.read_by, staff, since)
        members.append(to_staff.Member(name, care.load(read), sum(read.values())))
    found = await needs.records.store.read(reviews.agreement, now - AGREEMENT, DIFFERING)
    differing = tuple(
        to_staff.Differing(one.at, one.category or "", one.first, one.second)
        for one in found.differing
    )
    return to_staff.TeamNow(tuple(members), rules.heavy_looks, found.looks, found.agreed, differing)


async def _rooms_of_items(needs: DeskNeeds) -> dict[str, str]:
    """The room of every open item, by the item's id."""
    rows = await needs.records.store.read(items.open_items, needs.records.school)
    return {row.id: row.room for row in rows if row.room is not None}
