"""The bars in force: whom staff keep out now, and that a bar ends sooner than it was set to.

Used by `overview.py`, after `rights.py` has said that this role may bar at all. Whoever could set a
bar as long as what is left of one may end it; whoever recused themselves from its room sees none
of it.
"""

from __future__ import annotations

from chat.desk.needs import DeskNeeds
from chat.errors import error
from chat.frames import from_staff, shared, to_staff
from moderation.ids import new_id
from moderation.people.sessions import StaffMember
from moderation.records import audit, bars, recusals
from moderation.records.audit import Entry
from moderation.records.bars import InForce, Lift
from moderation.records.refused import Refused
from moderation.records.vault import UNREADABLE, Tampered
from moderation.roles import Action, longest_bar


async def bars_now(needs: DeskNeeds, staff: StaffMember) -> to_staff.BarsNow:
    """Every bar that is not over."""
    now, most = needs.records.now(), _most(needs, staff)
    lines = tuple(_line(needs, one, most) for one in await _seen(needs, staff))
    return to_staff.BarsNow(lines, now)


async def lift(needs: DeskNeeds, staff: StaffMember, wish: from_staff.Lift) -> shared.Error | None:
    """End a bar, or have it end sooner; a refusal, or None once everybody was told."""
    if not wish.reason.strip():
        return error("bad_field", path="reason")
    if all(wish.student != one.student for one in await _seen(needs, staff)):
        return error("changed")
    records, entry, now = needs.records, new_id(), needs.records.now()
    until = now + (wish.minutes or 0) * 60_000
    row = Lift(
        entry=entry,
        student=wish.student,
        school=records.school,
        seen=wish.until,
        until=until,
        staff=staff.id,
        at=now,
        most=_most(needs, staff),
        sealed=records.vault.seal_field(wish.reason.strip(), entry),
    )
    try:
        await records.store.write(bars.lift, row)
    except Refused as refused:
        if refused.code == "forbidden":
            tried = Entry(now, staff.id, "refused", Action.BAR.value)
            await records.store.write(audit.append, tried)
        return error(refused.code)
    needs.barred(wish.student, until)
    return None


async def _seen(needs: DeskNeeds, staff: StaffMember) -> list[InForce]:
    records = needs.records
    standing = await records.store.read(bars.in_force, records.school, records.now())
    hidden = await records.store.read(recusals.recused, staff.id)
    return [one for one in standing if one.room not in hidden]


def _most(needs: DeskNeeds, staff: StaffMember) -> int | None:
    """Until when they could bar somebody; None without a limit."""
    longest = longest_bar(staff.role)
    return None if longest is None else needs.records.now() + longest


def _line(needs: DeskNeeds, one: InForce, most: int | None) -> to_staff.BarLine:
    return to_staff.BarLine(
        student=one.student,
        until=one.until,
        lift=most is None or one.until <= most,
        handle=one.handle or "",
        topic=one.topic or "",
        by=one.by or "",
        at=one.at,
        reason=_reason(needs, one),
    )


def _reason(needs: DeskNeeds, one: InForce) -> str:
    """What was written down; a damaged row must not close the whole list."""
    if one.sealed is None or one.id is None:
        return ""
    try:
        return str(needs.records.vault.open_field(one.sealed, one.id))
    except Tampered:
        return str(UNREADABLE)
