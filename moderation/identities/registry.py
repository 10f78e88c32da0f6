"""Taking into the records what was enrolled offline: cards, pseudonyms, sealed identities.

Used by `commands/enrol.py` and the demo. What comes in was made on a safeguarding lead's machine
and holds no name; a card's digest is hashed once more under the master key, as every card is.
Taking the same file twice changes nothing.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from moderation.identities.enrolment import BadFile, Batch, Enrolled, NewStudent
from moderation.records import identities as rows
from moderation.records.identities import CANARY_BAND, EndTerm, NewIdentity, Replace
from moderation.records.of_school import SchoolRecords

_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Taken:
    """How many were new; `unknown` lost cards are not known here, `closed` were ended."""

    students: int
    canaries: int
    reissued: int
    unknown: int
    closed: int


class Registry:
    """The students of one school."""

    def __init__(self, records: SchoolRecords) -> None:
        self._store = records.store
        self._vault = records.vault
        self._school = records.school
        self._now = records.now

    async def take(self, batch: Batch, *, new_term: bool = False) -> Taken:
        """Write a batch down; with `new_term` every card that is not in it stops working.

        Raises:
            BadFile: There is nobody in it, or a term would begin for nobody: the file of a lost
                card, most likely.
        """
        if not (batch.students or batch.canaries or batch.reissued):
            raise BadFile("this file has nobody in it: nothing was imported")
        if new_term and not batch.students:
            raise BadFile("this file has no pupils: with --new-term every card would stop working")
        now = self._now()
        students = await self._enrol([self._row(one, now) for one in batch.students])
        canaries = await self._enrol([self._row(one, now) for one in batch.canaries])
        lookup = self._vault.lookup
        replaced = await asyncio.gather(
            *(
                self._store.write(
                    rows.replace,
                    Replace(lookup(one.card), lookup(one.replaces), self._school, now),
                )
                for one in batch.reissued
            )
        )
        closed = 0
        if new_term:
            keep = frozenset(lookup(one.card) for one in batch.students)
            closed = await self._store.write(rows.end_term, EndTerm(self._school, keep, now))
        return Taken(students, canaries, sum(replaced), len(replaced) - sum(replaced), closed)

    async def _enrol(self, fresh: list[NewIdentity]) -> int:
        new = 0
        for at in range(0, len(fresh), _AT_ONCE):
            some = fresh[at : at + _AT_ONCE]
            new += sum(await asyncio.gather(*(self._store.write(rows.enrol, row) for row in some)))
        return new

    def _row(self, one: Enrolled, now: int) -> NewIdentity:
        card = one if isinstance(one, NewStudent) else None
        return NewIdentity(
            student=one.pseudonym,
            school=self._school,
            band=CANARY_BAND if card is None else card.band,
            lookup=None if card is None else self._vault.lookup(card.card),
            replaces=self._vault.lookup(card.replaces) if card and card.replaces else None,
            sealed=one.identity,
            halves=tuple((line.half.value, line.key, line.sealed) for line in one.halves),
            at=now,
        )
