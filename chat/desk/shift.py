"""A moderator's shift: it begins with what colleagues left, and ends with a note for the next.

Used by `session.py`. Who is there now is `presence.py`'s; here is what lasts.
"""

from __future__ import annotations

from collections.abc import Set as AbstractSet

from chat.desk.care import HEAVY, for_another
from chat.desk.needs import DeskNeeds
from chat.frames import to_staff
from moderation.ids import new_id
from moderation.people.sessions import StaffMember
from moderation.records import shifts
from moderation.records.shifts import Begin, End, StoredShift

LONGEST = 12 * 3_600_000
"""Milliseconds after which a shift nobody ended is over (a session of staff lasts no longer)."""

NOTES = 5
"""Notes of colleagues that are shown, of the last LONGEST."""


async def begin_shift(needs: DeskNeeds, staff: StaffMember, *, on: bool) -> to_staff.OnShift:
    """How a moderator's shift stands; one begins if they are `on` and none is running."""
    now, rules = needs.records.now(), needs.moderators
    started = now
    if on:
        row = Begin(new_id(), needs.records.school, staff.id, now, now - LONGEST)
        started = (await needs.records.store.write(shifts.begin, row)).started_at
    since = now - int(rules.heavy_hours * 3_600_000)
    left = await needs.records.store.read(
        shifts.left_notes, needs.records.school, now - LONGEST, NOTES
    )
    return to_staff.OnShift(
        on=on,
        since=started,
        read=await needs.records.store.read(shifts.read_by, staff.id, since),
        heavy=tuple(sorted(HEAVY)),
        most=rules.heavy_looks,
        hours=rules.heavy_hours,
        break_after=rules.break_minutes * 60,
        left=tuple(_left(needs, shift) for shift in left),
    )


async def end_shift(needs: DeskNeeds, staff: StaffMember, note: str) -> None:
    """A moderator's shift ends; a note that says something is kept for the next."""
    now = needs.records.now()
    row = Begin(new_id(), needs.records.school, staff.id, now, now - LONGEST)
    running = await needs.records.store.write(shifts.begin, row)
    sealed = needs.records.vault.seal_field(note.strip(), running.id) if note.strip() else None
    await needs.records.store.write(shifts.end, End(running.id, staff.id, now, sealed))


async def stepped_off(needs: DeskNeeds, staff: StaffMember) -> bool:
    """Whether a moderator has gone off shift since they signed in, at whichever node."""
    return await needs.records.store.read(shifts.stepped_off, staff.id, staff.since)


async def better_for_another(
    needs: DeskNeeds, category: str, staff: str, others: AbstractSet[str]
) -> bool:
    """Whether somebody of the `others` who are here should rather read an item of that category."""
    if category not in HEAVY:
        return False
    store, rules = needs.records.store, needs.moderators
    since = needs.records.now() - int(rules.heavy_hours * 3_600_000)
    mine = await store.read(shifts.read_by, staff, since)
    theirs = [await store.read(shifts.read_by, other, since) for other in others]
    return for_another(category, mine, theirs, rules.heavy_looks)


def _left(needs: DeskNeeds, shift: StoredShift) -> to_staff.Left:
    words = needs.records.vault.open_field(shift.sealed_note or b"", shift.id)
    return to_staff.Left(shift.name, shift.ended_at or 0, words)
