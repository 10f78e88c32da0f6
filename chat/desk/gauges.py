"""How the desk stands, as the head of the console shows it; used by `desk.py`."""

from __future__ import annotations

from collections.abc import Sequence

from chat.desk.needs import DeskNeeds
from chat.frames import to_staff
from moderation.records import shifts
from moderation.records.incident_standing import standing

LATELY = 3_600_000
"""Milliseconds of first looks that count."""


def percentile_95(values: Sequence[int]) -> int | None:
    """The value that 95 of 100 do not exceed (nearest rank), or None without any."""
    if not values:
        return None
    ordered = sorted(values)
    return ordered[-(-95 * len(ordered) // 100) - 1]


async def incident_now(needs: DeskNeeds, code: str) -> to_staff.IncidentNow | None:
    """How an incident of this school stands; None for any other code."""
    found = await needs.records.store.read(standing, code)
    if found is None or found.school != needs.records.school:
        return None
    pages = tuple(to_staff.Rung(*page) for page in found.pages)
    return to_staff.IncidentNow(found.code, found.state, found.holder, pages)


async def gauges(needs: DeskNeeds, on_shift: tuple[str, ...], places: int) -> to_staff.Gauges:
    """The figures as they are now."""
    since = needs.records.now() - LATELY
    looks = await needs.records.store.read(shifts.first_looks, needs.records.school, since)
    on_call = await needs.incidents.on_call(needs.records.school)
    return to_staff.Gauges(
        on_shift=on_shift,
        rooms=len(needs.rooms),
        places=places,
        first_look=percentile_95(looks),
        failing=tuple(sorted(needs.failing())),
        on_call=tuple(name for name, channels in on_call.items() if channels),
    )
