"""The language in which phrase rules are written.

Pure. Used by `moderation/rulebook.py`; `moderation/phrases.py` finds what it reads. A pattern
is a row of items over words:

    word            that word (slang is expanded first, fillers are dropped, accents fall)
    a|b             one of them        @class     any entry of a word class
    (a b|c|@d e)    one of several rows             item?      may be missing
    stem(s|ing)     that stem with either ending; stem(s)? allows the bare stem as well
    _3              up to three words of any kind, never across a sentence end
    ~3              the same, also across sentence ends
    ^  $            the start and the end of a sentence     #  a number
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from moderation.fold import FOLD
from moderation.vocabulary import NUMBER, SWORN, Vocabulary

MOST_GAP = 10
WORD, ROWS, GAP, LEAP, START, END = range(6)
_PIECE = re.compile(r"\([^()?^$_~@#]+\)|[()|?^$]|[_~]\d+|@[a-z_0-9]+|[^\s()|?^$]+|\s+")
"""A bracket with nothing in it but words and bars, as most are, is one piece."""


_SUFFIXES = re.compile(r"(?<![@\w])([a-z]+)\(([a-z]+(?:\|[a-z]+)*)\)(\?)?(?![\w])")


class PatternError(ValueError):
    """A pattern that cannot be read, or that nothing rare anchors."""


class Edge(NamedTuple):
    """The rows that certainly begin, or end, with a given word; and all the others."""

    by_word: dict[str, tuple[Row, ...]]
    others: list[Row]


@dataclass(slots=True)
class Item:
    """One step of a pattern: what it takes and whether it may be missing.

    `moderation/phrases.py` fills in the `heads` and `tails` of several rows, by which they begin
    and end, when it first looks for them: of most patterns nobody ever says a word.
    """

    kind: int
    words: frozenset[str] = frozenset()
    rows: Sequence[Row] = ()
    size: int = 0
    optional: bool = False
    heads: Edge | None = field(default=None, compare=False)
    tails: Edge | None = field(default=None, compare=False)


Row = list[Item]


class Grammar:
    """Reads pattern strings into items; word classes may contain whole phrases and classes."""

    def __init__(self, vocabulary: Vocabulary, classes: Mapping[str, list[str]]) -> None:
        self._vocabulary = vocabulary
        self._classes = classes
        self._built: dict[str, list[Row]] = {}
        self._words: dict[frozenset[str], frozenset[str]] = {}
        self._pieces: dict[str, Row] = {}
        self.used: set[str] = set()

    def parse(self, pattern: str) -> Row:
        """The items of one pattern.

        Raises:
            PatternError: unbalanced brackets, an unknown class, a gap too wide, nothing to match.
        """
        ascii_only = pattern.isascii()
        folded = pattern.lower() if ascii_only else "".join(map(FOLD.__getitem__, pattern))
        folded = folded.replace("'", "")
        pieces = _PIECE.findall(_SUFFIXES.sub(_spelt_out, folded))
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
                row.append(self._together(inner))
            elif not piece.isspace():
                row.extend(self._single(piece))
        return rows, at

    def _either(self, pieces: list[str], at: int, row: Row) -> int:
        """`a|b` outside brackets joins just the two items beside the bar."""
        if not row or at >= len(pieces) or pieces[at].isspace() or pieces[at][0] in "()|?^$":
            raise PatternError("a bar needs a word on both sides")
        left = row.pop()
        rows = left.rows if left.kind == ROWS and not left.optional else [[left]]
        row.append(self._together([*rows, self._single(pieces[at])]))
        return at + 1

    def _single(self, piece: str) -> Row:
        """The items of one piece: the same objects each time, for patterns share most of them."""
        row = self._pieces.get(piece)
        if row is None:
            row = self._pieces[piece] = self._read(piece)
        return row

    def _entry(self, entry: str) -> Row:
        """The items of words side by side: the same object each time, as above."""
        row = self._pieces.get(entry)
        if row is None:
            row = [item for word in entry.split() for item in self._single(word)]
            self._pieces[entry] = row
        return row

    def _read(self, piece: str) -> Row:
        if piece[0] == "(":
            return [self._together([*map(self._entry, piece[1:-1].split("|"))])]
        if piece[0] in "_~" and piece[1:].isdigit():
            size = int(piece[1:])
            if not 1 <= size <= MOST_GAP:
                raise PatternError(f"a gap is of 1 to {MOST_GAP} words, not {size}")
            return [Item(GAP if piece[0] == "_" else LEAP, size=size)]
        if piece in "^$":
            return [Item(START if piece == "^" else END)]
        if piece[0] == "@":
            return [self._together(self._class(piece[1:]))]
        if piece == NUMBER:
            return [Item(WORD, frozenset(NUMBER))]
        codes = self._vocabulary.code(piece)
        return [Item(WORD, self._set(frozenset(code))) for code in codes if code != SWORN]

    def _set(self, words: frozenset[str]) -> frozenset[str]:
        """The same object for the same words, since most items share theirs with others."""
        return self._words.setdefault(words, words)

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

    def _together(self, rows: list[Row]) -> Item:
        """One item for several rows: a plain set of words where every row is a single word."""
        words: list[frozenset[str]] = []
        longer: list[Row] = []
        for row in rows:
            if len(row) != 1 or row[0].optional:
                if row:
                    longer.append(row)
            elif row[0].kind == WORD:
                words.append(row[0].words)
            elif row[0].kind == ROWS:
                longer.extend(row[0].rows)
            else:
                longer.append(row)
        single = Item(WORD, self._set(frozenset().union(*words)))
        if not longer:
            return single
        return Item(ROWS, rows=[*([[single]] if words else []), *longer])


def _spelt_out(match: re.Match[str]) -> str:
    stem, endings, bare = match.groups()
    words = [stem + ending for ending in endings.split("|")]
    return "(" + "|".join([stem, *words] if bare else words) + ")"


def _optional(item: Item) -> Item:
    return Item(item.kind, item.words, item.rows, item.size, optional=True)
