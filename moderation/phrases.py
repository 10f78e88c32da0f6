"""Finds every phrase rule in one message.

Pure. Positions are bits of an integer: taking an item is one AND and one shift for all positions
at once, so no pattern can backtrack and the cost does not depend on what a stranger typed. A
pattern is tried only when its rarest word is in the message and something of each other item is.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from collections.abc import Set as AbstractSet
from itertools import pairwise
from operator import add

from moderation.grammar import GAP, LEAP, ROWS, START, WORD, Item, PatternError, Row
from moderation.vocabulary import ASK, STOP, Vocabulary

Needs = tuple[frozenset[str], ...]
"""Sets of words; a message must hold some word of each."""
Gate = tuple[frozenset[str], Needs, Needs, int]
"""What must hold before a pattern is tried: the need that fails most often, further needs, pairs
of words of which one must stand side by side, and the pattern's number."""
Mark = tuple[Needs, Row]
_MOST_NEEDS = 4
_MOST_PAIRS = 2_000


class Index:
    """Every pattern of a rule book, found by its rarest word.

    `patterns` are rows with their owners, in the order of the rule files. `common` gives words
    that are too frequent to anchor a pattern, each with how frequent.
    """

    def __init__(self, vocabulary: Vocabulary, common: Mapping[str, int]) -> None:
        self._weights = {vocabulary.code(word): weight for word, weight in common.items()}
        self.sets: list[frozenset[str]] = []
        self._keys: dict[frozenset[str], int] = {}
        self.patterns: list[tuple[Row, int]] = []
        self._gates: dict[str, list[Gate]] = {}

    def add(self, row: Row, owner: int) -> None:
        """Put a pattern in.

        Raises:
            PatternError: no item is rare enough to anchor the pattern.
        """
        self._number(row)
        wants = sorted(_wants(row, self._weight), key=lambda want: self._weight(want[0]))
        if not wants or self._weight(wants[0][0]) >= TOO_COMMON:
            raise PatternError("no literal rare enough to anchor the rule")
        (words, item), *others = wants
        number = len(self.patterns)
        self.patterns.append((row, owner))
        further = [frozenset(other) for other, _ in others]
        pairs = _pairs(row)
        if item.kind == WORD:
            self._gate(words, further, pairs, number)
        for inner in item.rows:
            (own, _), *rest = sorted(
                _wants(inner, self._weight), key=lambda want: self._weight(want[0])
            )
            needs = [frozenset(other) for other, _ in rest] + further
            self._gate(own, needs, _pairs(inner) + pairs, number)

    def add_mark(self, row: Row) -> Mark:
        """Number a pattern that is tried only when its mark is asked for (scope tests)."""
        self._number(row)
        wants = sorted((want for want, _ in _wants(row, self._weight)), key=self._weight)
        return tuple(map(frozenset, wants[:_MOST_NEEDS])), row

    def _gate(
        self, anchors: AbstractSet[str], needs: list[frozenset[str]], pairs: Needs, number: int
    ) -> None:
        first, *others = sorted(needs, key=self._weight) or [frozenset(anchors)]
        gate = (first, tuple(others), pairs, number)
        for code in anchors:
            self._gates.setdefault(code, []).append(gate)

    def possible(self, codes: str, present: AbstractSet[str]) -> set[int]:
        """Numbers of the patterns that may fit a message with these codes; mostly none do."""
        gates = self._gates
        found: set[int] = set()
        together: set[str] | None = None
        for anchor in gates.keys() & present:
            for first, needs, pairs, number in gates[anchor]:
                if first.isdisjoint(present):
                    continue
                for need in needs:
                    if need.isdisjoint(present):
                        break
                else:
                    if pairs and together is None:
                        together = set(map(add, codes, codes[1:]))
                    if together is None or met(pairs, together):
                        found.add(number)
        return found

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


def _wants(
    row: Row, weight: Callable[[AbstractSet[str]], int]
) -> list[tuple[AbstractSet[str], Item]]:
    """Each item that must be there, with a set of words of which one must be present."""
    found: list[tuple[AbstractSet[str], Item]] = []
    for item in row:
        if item.optional or item.kind not in (WORD, ROWS):
            continue
        if item.kind == WORD:
            found.append((item.words, item))
            continue
        union: set[str] = set()
        for inner in item.rows:
            wants = [want for want, _ in _wants(inner, weight)]
            if not wants:
                break
            union |= min(wants, key=weight)
        else:
            found.append((union, item))
    return found


def _pairs(row: Row) -> Needs:
    """For neighbouring items that must both be there, every pair of words where they meet."""
    found: list[frozenset[str]] = []
    for one, next_ in pairwise(row):
        lasts, firsts = _edge(one, -1), _edge(next_, 0)
        if lasts and firsts and len(lasts) * len(firsts) <= _MOST_PAIRS:
            found.append(frozenset(last + first for last in lasts for first in firsts))
    return tuple(sorted(found, key=len))


def _edge(item: Item, at: int) -> set[str]:
    """The words an item begins (`at` 0) or ends (-1) with; empty when that is uncertain."""
    if item.optional or item.kind not in (WORD, ROWS):
        return set()
    if item.kind == WORD:
        return set(item.words)
    edges = [_edge(inner[at], at) for inner in item.rows]
    return set().union(*edges) if all(edges) else set()


class Line:
    """One view of a message as bits: where each word stands. Built only when something may match.

    `codes` is the view's code string with swearing used as filler taken out.
    """

    __slots__ = ("_memo", "_sets", "breaks", "codes", "full", "marks", "present", "starts", "where")

    def __init__(self, codes: str, present: AbstractSet[str], index: Index) -> None:
        self.codes = codes
        self.present = present
        self._sets = index.sets
        self._memo: dict[int, int] = {}
        self.marks: dict[str, bool] = {}
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


def met(needs: Needs, present: AbstractSet[str]) -> bool:
    """Whether a message with these words holds something of each need."""
    return not any(need.isdisjoint(present) for need in needs)
