"""Finds every phrase rule in one message.

Pure. Positions are bits of an integer: taking an item is one AND and one shift for all positions
at once, so no pattern can backtrack and the cost does not depend on what a stranger typed. A
pattern is tried only when its rarest word is in the message and something of each other item is.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from collections.abc import Set as AbstractSet

from moderation.grammar import GAP, LEAP, ROWS, START, WORD, Item, PatternError, Row
from moderation.vocabulary import ASK, STOP, Vocabulary

Needs = tuple[frozenset[str], ...]
Entry = tuple[Needs, Row, int]
"""A compiled pattern: sets of which a message must hold some word each, its items, its owner."""
_MOST_NEEDS = 3


class Index:
    """Every pattern of a rule book, found by its rarest word.

    `common` gives words that are too frequent to anchor a pattern, each with how frequent.
    """

    def __init__(self, vocabulary: Vocabulary, common: Mapping[str, int]) -> None:
        self._weights = {vocabulary.code(word): weight for word, weight in common.items()}
        self.sets: list[frozenset[str]] = []
        self._keys: dict[frozenset[str], int] = {}
        self.by_anchor: dict[str, list[Entry]] = {}

    def add(self, row: Row, owner: int, *, free: bool = False) -> Entry:
        """Put a pattern in; `free` allows one that only common words anchor (scope tests).

        Raises:
            PatternError: no item is rare enough to anchor the pattern.
        """
        self._number(row)
        wants = [frozenset(want) for want in sorted(_needs(row, self._weight), key=self._weight)]
        if not wants or (not free and self._weight(wants[0]) >= TOO_COMMON):
            raise PatternError("no literal rare enough to anchor the rule")
        needs = tuple(wants[: 1 + _MOST_NEEDS] if free else wants[1 : 1 + _MOST_NEEDS])
        entry = (needs, row, owner)
        if not free:
            for code in wants[0]:
                self.by_anchor.setdefault(code, []).append(entry)
        return entry

    def _weight(self, words: AbstractSet[str]) -> int:
        return sum(self._weights.get(word, 1) for word in words)

    def _key(self, words: frozenset[str]) -> int:
        key = self._keys.get(words)
        if key is None:
            key = self._keys[words] = len(self.sets)
            self.sets.append(words)
        return key

    def _number(self, row: Row) -> None:
        for item in row:
            if item.kind == WORD:
                item.key = self._key(item.words)
            for inner in item.rows:
                self._number(inner)
            if item.rows and not item.heads and not item.loose:
                _sort_rows(item)


def _sort_rows(item: Item) -> None:
    for row in item.rows:
        first = row[0]
        if first.kind == WORD and not first.optional:
            for word in first.words:
                item.heads.setdefault(word, []).append(row)
        else:
            item.loose.append(row)


TOO_COMMON = 1_000


def _needs(row: Row, weight: Callable[[AbstractSet[str]], int]) -> list[frozenset[str]]:
    """For each item that must be there, a set of words of which one must be present."""
    found: list[frozenset[str]] = []
    for item in row:
        if item.optional or item.kind not in (WORD, ROWS):
            continue
        if item.kind == WORD:
            found.append(item.words)
            continue
        union: set[str] = set()
        for inner in item.rows:
            wants = _needs(inner, weight)
            if not wants:
                break
            union |= min(wants, key=weight)
        else:
            found.append(frozenset(union))
    return found


class Line:
    """One view of a message as bits: where each word stands. Built only when something may match.

    `codes` is the view's code string with swearing used as filler taken out.
    """

    __slots__ = ("_memo", "_sets", "breaks", "codes", "full", "present", "starts", "where")

    def __init__(self, codes: str, present: set[str], index: Index) -> None:
        self.codes = codes
        self.present = present
        self._sets = index.sets
        self._memo: dict[int, int] = {}
        where: dict[str, int] = {}
        bit = 1
        for code in codes:
            where[code] = where.get(code, 0) | bit
            bit <<= 1
        self.where = where
        self.breaks = where.get(STOP, 0) | where.get(ASK, 0)
        self.full = bit - 1
        self.starts = 1 | (self.breaks << 1)

    def at(self, key: int) -> int:
        """The bits of all places where a word of set `key` stands."""
        bits = self._memo.get(key)
        if bits is None:
            bits = 0
            where = self.where
            for code in self._sets[key] & self.present:
                bits |= where[code]
            self._memo[key] = bits
        return bits

    def run(self, row: Row, here: int) -> int:
        """Positions after `row`, begun at each of the positions `here`; 0 when it fits nowhere."""
        for item in row:
            kind = item.kind
            if kind == WORD:
                taken = (here & self.at(item.key)) << 1
            elif kind in (GAP, LEAP):
                taken = here
                words = self.full & ~self.breaks if kind == GAP else self.full
                for _ in range(item.size):
                    here = (here & words) << 1
                    taken |= here
            elif kind == ROWS:
                taken = self._rows(item, here)
            elif kind == START:
                taken = here & self.starts
            else:
                taken = here & (self.breaks | (self.full + 1))
            here = taken | here if item.optional else taken
            if not here:
                return 0
        return here

    def _rows(self, item: Item, here: int) -> int:
        """Positions after any of the rows of an item that can begin with a word that is here."""
        taken = 0
        for code in item.heads.keys() & self.present:
            begin = here & self.where.get(code, 0)
            if begin:
                for row in item.heads[code]:
                    taken |= begin << 1 if len(row) == 1 else self.run(row, begin)
        for row in item.loose:
            taken |= self.run(row, here)
        return taken

    def spans(self, row: Row, most: int = 3) -> list[tuple[int, int]]:
        """The first `most` shortest (first, last) pairs of positions that `row` covers."""
        found: list[tuple[int, int]] = []
        left = self.full
        while left and len(found) < most and self.run(row, left):
            start = self._earliest(row, left)
            reach = self.run(row, start)
            first = start.bit_length() - 1
            last = max(first, (reach & -reach).bit_length() - 2)
            found.append((first, last))
            left &= ~((2 << last) - 1)
        return found

    def _earliest(self, row: Row, starts: int) -> int:
        """The lowest of the bits `starts` from which `row` fits; some bit is known to."""
        low, high = 0, starts.bit_length()
        while high - low > 1:
            middle = (low + high) // 2
            if self.run(row, starts & ((1 << middle) - 1)):
                high = middle
            else:
                low = middle
        return 1 << (high - 1)


def met(needs: Needs, present: set[str]) -> bool:
    """Whether a message with these words holds something of each need."""
    return not any(need.isdisjoint(present) for need in needs)
