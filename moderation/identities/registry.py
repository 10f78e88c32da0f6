"""Taking into the records what was enrolled offline: cards, pseudonyms, sealed identities.

Used by `commands/enrol.py` and the demo. What comes in was made on a safeguarding lead's machine
and holds no name; a card's digest is hashed once more under the master key, as every card is.
Taking the same file twice changes nothing.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from sqlalchemy import Connection

from moderation.identities.enrolment import BadFile, Batch, Enrolled, NewStudent
from moderation.records import identities as rows
from moderation.records.identities import CANARY_BAND, EndCard, EndTerm, NewIdentity, Replace
from moderation.records.of_school import SchoolRecords
from moderation.records.refused import Refused

C = TypeVar("C", Replace, EndCard)
_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Taken:
    """How many were new, replaced, taken out, and over with their term; and each refusal's code."""

    students: int
    canaries: int
    reissued: int
    ended: int
    closed: int
    refused: tuple[str, ...] = ()


REFUSED: Mapping[str, str] = {
    "unknown_card": "this card is not known here: the roster is of another school, or of a file"
    " that was not imported",
    "replaced_card": "this card was replaced before: take the roster that was made with the"
    " newest one",
    "past_card": "this card is of a term that is over: take the roster of this term",
}
"""Every reason why nothing was done about a card, in words."""


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
        if not (batch.students or batch.canaries or batch.reissued or batch.ended):
            raise BadFile("this file has nobody in it: nothing was imported")
        if new_term and not batch.students:
            raise BadFile("this file has no pupils: with --new-term every card would stop working")
        now = self._now()
        students = await self._enrol([self._row(one, now) for one in batch.students])
        canaries = await self._enrol([self._row(one, now) for one in batch.canaries])
        lookup = self._vault.lookup
        replaced = [
            Replace(lookup(one.card), lookup(one.replaces), self._school, now)
            for one in batch.reissued
        ]
        ended = [EndCard(lookup(one), self._school, now) for one in batch.ended]
        again, no_again = await self._each(rows.replace, replaced)
        out, no_out = await self._each(rows.end_cards, ended)
        closed = 0
        if new_term:
            keep = frozenset(lookup(one.card) for one in batch.students)
            closed = await self._store.write(rows.end_term, EndTerm(self._school, keep, now))
        return Taken(students, canaries, again, out, closed, (*no_again, *no_out))

    async def _each(
        self, change: Callable[[Connection, Sequence[C]], list[bool | Refused]], cards: Sequence[C]
    ) -> tuple[int, list[str]]:
        """Carry out what is to happen with each card: how many times it did, and why not."""
        writes = (self._store.write(change, card) for card in cards)
        answers = await asyncio.gather(*writes, return_exceptions=True)
        done, refused = 0, []
        for answer in answers:
            if isinstance(answer, Refused):
                refused.append(answer.code)
            elif isinstance(answer, BaseException):
                raise answer
            else:
                done += answer
        return done, refused

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
