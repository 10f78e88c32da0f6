"""Adults who may take a case, and whether a page would reach them; pure.

An adult is *reachable* when one of their contacts was proven by a test page they heard in the last
seven days. A turn of the rota with fewer reachable adults than needed is red. Times are Unix
milliseconds. Used by `escalation.py`, the records and the rota page.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from moderation.on_call.clocks import DAY_MS
from moderation.on_call.rota import Turn

PROOF_MS = 7 * DAY_MS
"""How long a test page that was heard proves its contact (requirement P6)."""


@dataclass(frozen=True, slots=True)
class Contact:
    """One way to reach an adult, and when it was last proven."""

    id: str
    channel: str
    proven_at: int | None


@dataclass(frozen=True, slots=True)
class Adult:
    """Somebody who may take a case, with their contacts in their order."""

    id: str
    name: str
    role: str
    contacts: tuple[Contact, ...]


def proven(contact: Contact, channels: Collection[str] | None, now: int) -> bool:
    """Whether a page over that contact would be heard, as far as anybody can know."""
    up = channels is None or contact.channel in channels
    return up and contact.proven_at is not None and now - contact.proven_at <= PROOF_MS


def reachable(adult: Adult, channels: Collection[str] | None, now: int) -> bool:
    """Whether at least one contact of theirs is proven."""
    return ways(adult, channels, now) > 0


def ways(adult: Adult, channels: Collection[str] | None, now: int) -> int:
    """Over how many channels a page would be heard; two addresses on one fail together."""
    return len({each.channel for each in adult.contacts if proven(each, channels, now)})


def red(told: Iterable[Turn], able: Collection[str], needed: int) -> list[Turn]:
    """The turns in which fewer than `needed` of the people on call are among `able`."""
    return [turn for turn in told if sum(who in able for who in set(turn.people)) < needed]


def named(adults: Sequence[Adult]) -> Mapping[str, Adult]:
    """Adults by their ids."""
    return {adult.id: adult for adult in adults}
