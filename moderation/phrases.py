"""The language of phrase rules, and a matcher that finds all of them in one message.

Pure. A pattern is a row of items, read over words:

    word            that word (slang is expanded first, fillers are dropped)
    a|b             one of them        @class     any entry of a word class
    (a b|c|@d e)    one of several rows             item?      may be missing
    stem(s|ing)     that stem with either ending; stem(s)? allows the bare stem as well
    _3              up to three words of any kind, never across a sentence end
    ~3              the same, also across sentence ends
    ^  $            the start and the end of a sentence     #  a number

Positions are bits of an integer: taking an item is one AND and one shift for all positions at
once, so no pattern can backtrack and the cost does not depend on what a stranger typed. A pattern
is tried only when its rarest word is in the message and something of each other item is too.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field

from moderation.vocabulary import ASK, NUMBER, STOP, SWORN, Vocabulary

MOST_GAP = 10
WORD, ROWS, GAP, LEAP, START, END = range(6)
_PIECE = re.compile(r"[()|?^$]|[_~]\d+|@[a-z_0-9]+|[^\s()|?^$]+|\s+")


_SUFFIXES = re.compile(r"(?<![@\w])([a-z]+)\(([a-z]+(?:\|[a-z]+)*)\)(\?)?(?![\w])")


class PatternError(ValueError):
    """A pattern that cannot be read, or that nothing rare anchors."""


@dataclass(slots=True)
class Item:
    """One step of a pattern: what it takes and whether it may be missing."""

    kind: int
    words: frozenset[str] = frozenset()
    rows: list[list[Item]] = field(default_factory=list)
    size: int = 0
    optional: bool = False
    key: int = -1


Row = list[Item]


class Grammar:
    """Reads pattern strings into items; word classes may contain whole phrases and classes."""

    def __init__(self, vocabulary: Vocabulary, classes: Mapping[str, list[str]]) -> None:
        self._vocabulary = vocabulary
        self._classes = classes
        self._built: dict[str, list[Row]] = {}
        self.used: set[str] = set()

    def parse(self, pattern: str) -> Row:
        """The items of one pattern.

        Raises:
            PatternError: unbalanced brackets, an unknown class, a gap too wide, nothing to match.
        """
        pieces = _PIECE.findall(_SUFFIXES.sub(_spelt_out, pattern.lower().replace("'", "")))
        rows, at = self._rows(pieces, 0, top=True)
        if at != len(pieces):
            raise PatternError(f"unbalanced bracket in {pattern!r}")
        row = rows[0] if len(rows) == 1 else [Item(ROWS, rows=rows)]
        if not any(item.kind in (WORD, ROWS) for item in row):
            raise PatternError(f"nothing to match in {pattern!r}")
        return row

    def _rows(self, pieces: list[str], at: int, *, top: bool) -> tuple[list[Row], int]:
        """Rows separated by a bar, up to a closing bracket or the end."""
        rows: list[Row] = [[]]
        row = rows[0]
        while at < len(pieces):
            piece = pieces[at]
            if piece == ")":
                return rows, at
            at += 1
            if piece == "|":
                if top:
                    at = self._either(pieces, at, row)
                    continue
                row = []
                rows.append(row)
            elif piece == "?":
                if not row:
                    raise PatternError("a question mark follows nothing")
                row[-1] = _optional(row[-1])
            elif piece == "(":
                inner, at = self._rows(pieces, at, top=False)
                if at >= len(pieces):
                    raise PatternError("a bracket is never closed")
                at += 1
                row.append(_together(inner))
            elif not piece.isspace():
                row.extend(self._single(piece))
        return rows, at

    def _either(self, pieces: list[str], at: int, row: Row) -> int:
        """`a|b` outside brackets joins just the two items beside the bar."""
        if not row or at >= len(pieces) or pieces[at].isspace() or pieces[at] in "()|?^$":
            raise PatternError("a bar needs a word on both sides")
        left = row.pop()
        rows = left.rows if left.kind == ROWS and not left.optional else [[left]]
        row.append(_together([*rows, self._single(pieces[at])]))
        return at + 1

    def _single(self, piece: str) -> Row:
        if piece[0] in "_~" and piece[1:].isdigit():
            size = int(piece[1:])
            if not 1 <= size <= MOST_GAP:
                raise PatternError(f"a gap is of 1 to {MOST_GAP} words, not {size}")
            return [Item(GAP if piece[0] == "_" else LEAP, size=size)]
        if piece in "^$":
            return [Item(START if piece == "^" else END)]
        if piece[0] == "@":
            return [_together(self._class(piece[1:]))]
        if piece == NUMBER:
            return [Item(WORD, frozenset(NUMBER))]
        codes = self._vocabulary.code(piece)
        return [Item(WORD, frozenset(code)) for code in codes if code != SWORN]

    def _class(self, name: str) -> list[Row]:
        self.used.add(name)
        rows = self._built.get(name)
        if rows is None:
            if name not in self._classes:
                raise PatternError(f"unknown word class @{name}")
            rows = self._built[name] = []
            for entry in self._classes[name]:
                rows.append(self.parse(entry))
        return rows


def _spelt_out(match: re.Match[str]) -> str:
    stem, endings, bare = match.groups()
    words = [stem + ending for ending in endings.split("|")]
    return "(" + "|".join([stem, *words] if bare else words) + ")"


def _optional(item: Item) -> Item:
    return Item(item.kind, item.words, item.rows, item.size, optional=True)


def _together(rows: list[Row]) -> Item:
    """One item for several rows: a plain set of words where every row is a single word."""
    words: set[str] = set()
    longer: list[Row] = []
    for row in rows:
        if len(row) == 1 and row[0].kind == WORD and not row[0].optional:
            words |= row[0].words
        elif len(row) == 1 and row[0].kind == ROWS and not row[0].optional:
            longer.extend(row[0].rows)
        elif row:
            longer.append(row)
    single = Item(WORD, frozenset(words))
    if not longer:
        return single
    return Item(ROWS, rows=[*([[single]] if words else []), *longer])


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
                taken = 0
                for inner in item.rows:
                    taken |= self.run(inner, here)
            elif kind == START:
                taken = here & self.starts
            else:
                taken = here & (self.breaks | (self.full + 1))
            here = taken | here if item.optional else taken
            if not here:
                return 0
        return here

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
