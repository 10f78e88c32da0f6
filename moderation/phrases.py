"""Finds every phrase rule in one message.

Pure. Positions are bits of an integer: taking an item is one AND and one shift for all positions
at once, so no pattern can backtrack and the cost does not depend on what a stranger typed. A
pattern is tried only when something of each of its items is in the message (`gates.py`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from itertools import pairwise

from moderation.gates import Gates, Needs, Pair, Pairs
from moderation.grammar import GAP, LEAP, ROWS, START, WORD, Edge, Item, PatternError, Row
from moderation.vocabulary import ASK, STOP, Vocabulary

Mark = tuple[Needs, Row]
_MOST_NEEDS = 4


class Index:
    """Every pattern of a rule book: add all of them, then ask which are `possible`.

    `patterns` are rows with their owners, in the order of the rule files. `common` gives words
    that are too frequent to anchor a pattern, each with how frequent. With `onto` it begins as a
    copy of that index, which stays as it is.
    """

    def __init__(
        self, vocabulary: Vocabulary, common: Mapping[str, int], onto: Index | None = None
    ) -> None:
        self._weights = {vocabulary.code(word): weight for word, weight in common.items()}
        self._weighed: dict[frozenset[str], int] = {}
        self.patterns: list[tuple[Row, int]] = [*onto.patterns] if onto else []
        self.gates: Gates = onto.gates.copied(self._weight) if onto else Gates(self._weight)
        self.gate, self.possible = self.gates.gate, self.gates.possible

    def add(self, row: Row, owner: int) -> None:
        """Put a pattern in.

        Raises:
            PatternError: no item is rare enough to anchor the pattern.
        """
        wants = sorted(_wants(row, self._weight), key=lambda want: self._weight(want[0]))
        if not wants or self._weight(wants[0][0]) >= TOO_COMMON:
            raise PatternError("no literal rare enough to anchor the rule")
        number = len(self.patterns)
        self.patterns.append((row, owner))
        needs, pairs = [words for words, _ in wants], _pairs(row)
        rarest = wants[0][1]
        if rarest.kind == WORD:
            self.gates.add(needs, pairs, number)
        for inner in rarest.rows:
            own = [words for words, _ in _wants(inner, self._weight)]
            self.gates.add([*own, *needs[1:]], _pairs(inner) + pairs, number)

    def add_mark(self, row: Row) -> Mark:
        """A pattern that is tried only when its mark is asked for (scope tests)."""
        wants = sorted((want for want, _ in _wants(row, self._weight)), key=self._weight)
        return tuple(wants[:_MOST_NEEDS]), row

    def _weight(self, words: frozenset[str]) -> int:
        """How often some word of a set is met; asked again and again for the same sets."""
        known = self._weighed.get(words)
        if known is None:
            weights = self._weights
            known = len(words) + sum(weights[word] - 1 for word in weights.keys() & words)
            self._weighed[words] = known
        return known


def _edges(rows: Sequence[Row], at: int) -> Edge:
    """The rows by the word they begin (`at` 0) or end (-1) with."""
    found = Edge({}, [])
    for row in rows:
        item = row[at]
        if item.kind == WORD and not item.optional:
            alone = (row,)  # most words lead to one row, and share this
            for word in item.words:
                known = found.by_word.get(word)
                found.by_word[word] = (*known, row) if known else alone
        else:
            found.others.append(row)
    return found


TOO_COMMON = 1_000


def _wants(row: Row, weight: Callable[[frozenset[str]], int]) -> list[tuple[frozenset[str], Item]]:
    """Each item that must be there, with a set of words of which one must be present."""
    return [(need, item) for item in row if (need := _need(item, weight))]


def _need(item: Item, weight: Callable[[frozenset[str]], int]) -> frozenset[str]:
    """Words of which one must be present for an item; none where that is uncertain."""
    if item.optional or item.kind not in (WORD, ROWS):
        return frozenset()
    if item.kind == WORD:
        return item.words
    rarest = [_rarest(inner, weight) for inner in item.rows]
    return frozenset().union(*rarest) if all(rarest) else frozenset()


def _rarest(row: Row, weight: Callable[[frozenset[str]], int]) -> frozenset[str]:
    """The rarest words of which one must be present for a row."""
    needs = [need for item in row if (need := _need(item, weight))]
    return min(needs, key=weight) if needs[1:] else needs[0] if needs else frozenset()


def _pairs(row: Row) -> Pairs:
    """For neighbouring items that must both be there, the words in which they meet."""
    found: list[Pair] = []
    for one, next_ in pairwise(row):
        lasts, firsts = _edge(one, -1), _edge(next_, 0)
        if lasts and firsts:
            found.append((lasts, firsts))
    return tuple(found)


def _edge(item: Item, at: int) -> frozenset[str]:
    """The words an item begins (`at` 0) or ends (-1) with; empty when that is uncertain."""
    if item.optional or item.kind not in (WORD, ROWS):
        return frozenset()
    if item.kind == WORD:
        return item.words
    edges = [_edge(inner[at], at) for inner in item.rows]
    return frozenset().union(*edges) if all(edges) else frozenset()


class _Where(dict[str, int]):
    """Code → the bits of the places where it stands; only few codes of a message are asked for."""

    def __init__(self, codes: str) -> None:
        super().__init__()
        self._codes = codes

    def __missing__(self, code: str) -> int:
        bits, at = 0, self._codes.find(code)
        while at >= 0:
            bits |= 1 << at
            at = self._codes.find(code, at + 1)
        self[code] = bits
        return bits


class Line:
    """One view of a message as bits: where each word stands. Built only when something may match.

    `codes` is the view's code string with swearing used as filler taken out.
    """

    __slots__ = ("_memo", "breaks", "codes", "full", "marks", "present", "starts", "where")

    def __init__(self, codes: str, present: AbstractSet[str]) -> None:
        self.codes = codes
        self.present = present
        self._memo: dict[frozenset[str], int] = {}
        self.marks: dict[str, bool] = {}
        self.where = where = _Where(codes)
        self.breaks = where[STOP] | where[ASK]
        self.full = (1 << len(codes)) - 1
        self.starts = 1 | (self.breaks << 1)

    def at(self, words: frozenset[str]) -> int:
        """The bits of all places where one of these words stands."""
        bits = self._memo.get(words)
        if bits is None:
            bits = 0
            where = self.where
            for code in words & self.present:
                bits |= where[code]
            self._memo[words] = bits
        return bits

    def run(self, row: Row, here: int) -> int:
        """Positions after `row`, begun at each of the positions `here`; 0 when it fits nowhere."""
        for item in row:
            kind = item.kind
            if kind == WORD:
                taken = (here & self.at(item.words)) << 1
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

    def back(self, row: Row, here: int) -> int:
        """Positions from which `row` ends at one of the positions `here`; 0 if it fits nowhere."""
        for item in reversed(row):
            kind = item.kind
            if kind == WORD:
                taken = (here >> 1) & self.at(item.words)
            elif kind in (GAP, LEAP):
                taken = here
                words = self.full & ~self.breaks if kind == GAP else self.full
                for _ in range(item.size):
                    here = (here >> 1) & words
                    taken |= here
            elif kind == ROWS:
                taken = self._rows_back(item, here)
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
        heads = item.heads
        if heads is None:
            heads = item.heads = _edges(item.rows, 0)
        for code in heads.by_word.keys() & self.present:
            begin = here & self.where[code]
            if begin:
                for row in heads.by_word[code]:
                    taken |= begin << 1 if len(row) == 1 else self.run(row, begin)
        for row in heads.others:
            taken |= self.run(row, here)
        return taken

    def _rows_back(self, item: Item, here: int) -> int:
        """Positions before any of the rows of an item that can end with a word that is here."""
        taken = 0
        tails = item.tails
        if tails is None:
            tails = item.tails = _edges(item.rows, -1)
        for code in tails.by_word.keys() & self.present:
            end = here >> 1 & self.where[code]
            if end:
                for row in tails.by_word[code]:
                    taken |= end if len(row) == 1 else self.back(row, end << 1)
        for row in tails.others:
            taken |= self.back(row, here)
        return taken

    def spans(self, row: Row, most: int = 3) -> list[tuple[int, int]]:
        """The first `most` shortest (first, last) pairs of positions that `row` covers."""
        found: list[tuple[int, int]] = []
        starts = self.back(row, self.full << 1 | 1) & self.full
        while starts and len(found) < most:
            start = starts & -starts
            reach = self.run(row, start)
            first = start.bit_length() - 1
            last = max(first, (reach & -reach).bit_length() - 2)
            found.append((first, last))
            starts &= ~((2 << last) - 1)
        return found
