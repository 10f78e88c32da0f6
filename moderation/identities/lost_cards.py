"""A card that was lost or stolen, replaced or taken out on a lead's own machine; pure.

For `commands/enrol.py`. Whose card it was stands in the roster alone; the server is told the digest
of the old card, never a name.
"""

from __future__ import annotations

import msgspec

from moderation.identities.enrolment import (
    BadFile,
    Batch,
    Card,
    Chance,
    Made,
    Pupil,
    Reissued,
    Roster,
)
from moderation.people import cards


def reissue(roster: Roster, name: str, number: str, chance: Chance) -> Made:
    """A new card for one pupil of the roster; raises BadFile unless exactly one is meant."""
    at, one = _meant(roster, name, number)
    code = cards.code_of(chance(cards.BYTES))
    card = cards.digest(code.replace("-", ""))
    changed = msgspec.structs.replace(one, card=card)
    pupils = (*roster.pupils[:at], changed, *roster.pupils[at + 1 :])
    batch = Batch(reissued=(Reissued(card=card, replaces=one.card),))
    return Made((Card(one.name, one.group, code),), batch, Roster(pupils=pupils))


def end(roster: Roster, name: str, number: str) -> Batch:
    """What tells the server that one pupil's card works no more; raises BadFile as `reissue`."""
    _, one = _meant(roster, name, number)
    return Batch(ended=(one.card,))


def _meant(roster: Roster, name: str, number: str) -> tuple[int, Pupil]:
    meant = [
        (at, one)
        for at, one in enumerate(roster.pupils)
        if one.name.casefold() == name.strip().casefold() and number in ("", one.number)
    ]
    if len(meant) != 1:
        raise BadFile(f"{len(meant)} pupils of the roster have that name; give the number too")
    return meant[0]
