"""The rota as iCalendar (RFC 5545), for the calendars that adults already use; pure.

Used by `rota.py`. Names of staff and times only; what a calendar shows may be read by a family.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime

from icalendar import Calendar, Event

from moderation.on_call.rota import Turn


def calendar(school: str, turns: Iterable[Turn], names: Mapping[str, str], now: int) -> bytes:
    """One event for every person of every turn; who is nobody's id any more is left out."""
    made = Calendar()
    made.add("prodid", "-//Peerline//Rota//EN")
    made.add("version", "2.0")
    made.add("x-wr-calname", f"On call, {school}")
    for turn in turns:
        for who in turn.people:
            if who in names:
                made.add_component(_event(turn, who, names[who], now))
    text: bytes = made.to_ical()
    return text


def _event(turn: Turn, who: str, name: str, now: int) -> Event:
    event = Event()
    event.add("uid", f"{turn.start}-{who}@peerline")
    event.add("summary", f"On call: {name}")
    event.add("dtstart", _moment(turn.start))
    event.add("dtend", _moment(turn.end))
    event.add("dtstamp", _moment(now))
    return event


def _moment(at: int) -> datetime:
    return datetime.fromtimestamp(at / 1000, UTC)
