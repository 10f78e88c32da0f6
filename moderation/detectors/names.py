"""The detector of full names: a given name with a surname, by frame or by capital letters.

Pure. First names alone identify nobody and stay. A frame ("my name is", "soy", "is called") takes
the two words after it; without a frame both words must be capitalised, the first must be a given
name, and the pair must not be a famous one (`lexicon/names.toml`). The patterns themselves are in
`name_patterns.py`.
"""

from __future__ import annotations

from functools import lru_cache
from itertools import pairwise, starmap
from typing import TYPE_CHECKING

from moderation.detectors.name_patterns import (
    ALSO_WORDS,
    CAPITALS,
    FIRST_LAST,
    FRAMED,
    FRAMES,
    FULL,
    INITIAL,
    INTRODUCED,
    INTRODUCED_CAPITALS,
    INTRODUCES,
    NEIGHBOURS,
    NO_SURNAME,
    PAIR,
    SAID_AFTER,
    SAID_BY,
    STRETCHED,
    TELLERS,
    TITLE_BEFORE,
    TITLED,
    TITLES,
    TOLD,
)
from moderation.terms import Attention, Category, Delivery, Finding
from moderation.text import CAPITALISED
from moderation.tokens import CAPITAL, MOST_REMEMBERED, Calling

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from moderation.rulebook import Rulebook
    from moderation.text import Reading

_SHORTEST_SURNAME = 4
_SHORT = 16
"""Words of a message in which two capitalised words that nobody knows are taken for a name."""

Span = tuple[int, int]


class Names:
    """Finds full names; built once from a rule book."""

    name = "names"

    def __init__(self, book: Rulebook, known: Callable[[str], bool]) -> None:
        """`known` says whether a word is one that people use, and so hardly a surname."""
        self._known = known
        data = book.data["names.toml"]
        self._given = frozenset(str(data["given"]).lower().split())
        self._famous = frozenset(str(data["famous"]).lower().split("|"))
        self._telling = self._given | TITLES
        self._common = frozenset(str(data["not_surnames"]).lower().split()) | (
            book.vocabulary.ordinary
        )
        self._vocabulary = book.vocabulary
        self._strange = lru_cache(MOST_REMEMBERED)(self._is_strange)
        strange = self._strange
        self.calling = Calling(
            self._telling | {CAPITAL}, FRAMES, test=lambda token, _: strange(token)
        )

    def find(self, reading: Reading) -> list[Finding]:
        """One finding to redact for each full name."""
        text, low = reading.original, reading.folded
        words = reading.views[0].tokens
        telling = not self._telling.isdisjoint(words)
        given = telling and not self._given.isdisjoint(words)
        found: list[Span] = []
        if any(map(low.__contains__, FRAMES)):
            found += self._by_frame(text)
        capitals = not text.islower() and CAPITALISED.search(text) is not None
        if capitals:
            found += self._after_intro(text)
            found += [match.span(1) for match in FULL.finditer(text)]
        if given:
            if self._introduced(words):
                found += self._given_after_intro(text)
            if not text.islower():
                found += self._by_capitals(text)
        if telling and capitals:
            found += self._titled(text)
        if "name" in low:
            found += _first_and_last(reading)
        if capitals and len(words) <= _SHORT:
            found += self._by_strange_capitals(text)
        if given and any(starmap(self._given_and_strange, pairwise(words))):
            found += self._by_given(reading)
        if not TELLERS.isdisjoint(words) and self._may_name(words):
            found += self._strangers(reading)
        for view in reading.views[1:]:
            found += self._spelt(reading, view.tokens)
        return [_found(span) for span in dict.fromkeys(found)]

    def _by_frame(self, text: str) -> Iterator[Span]:
        for match in FRAMED.finditer(text):
            first, last = _parts(match.group(1))
            told = TOLD.match(match.group()) is not None
            named = first in self._given or (told and self._strange(first))
            if named and self._surname(last) and not self._is_famous(first, last):
                yield match.span(1)

    def _after_intro(self, text: str) -> Iterator[Span]:
        for match in INTRODUCED_CAPITALS.finditer(text):
            first, last = _parts(match.group(1))
            known = first in self._common or last in self._common
            if not known and not self._is_famous(first, last) and self._surname(last):
                yield match.span(1)

    def _titled(self, text: str) -> Iterator[Span]:
        for match in TITLED.finditer(text):
            name = match.group(1)
            if name.istitle() and self._surname(name.lower().split()[1]):
                yield match.span(1)

    def _introduced(self, words: list[str]) -> bool:
        """Whether a given name stands right after a word that may introduce it."""
        given = self._given
        return any(word in given and before in INTRODUCES for before, word in pairwise(words))

    def _given_after_intro(self, text: str) -> Iterator[Span]:
        for match in INTRODUCED.finditer(text):
            first, last = _parts(match.group(1))
            if first in self._given and self._surname(last) and not self._is_famous(first, last):
                yield match.span(1)

    def _by_capitals(self, text: str) -> Iterator[Span]:
        for match in PAIR.finditer(text):
            first, last = match.group(1).lower(), match.group(2).lower()
            fits = first in self._given and last not in self._common
            if fits and not self._is_famous(first, last):
                yield match.span()

    def _may_name(self, words: list[str]) -> bool:
        """Whether a strange word stands behind a given name or another strange word."""
        strange = [*map(self._strange, words)]
        if True not in strange:
            return False
        return any(
            last and (also or first in self._given)
            for first, also, last in zip(words, strange, strange[1:], strict=False)
        )

    def _is_strange(self, word: str) -> bool:
        """Whether a word is one that nobody uses but as a name."""
        parts = word.replace("’", "").replace("'", "").split("-")
        short = len(word) < _SHORTEST_SURNAME or not word[0].isalpha()
        if short or word in self._common or all(map(self._known, parts)) or STRETCHED.search(word):
            return False
        return len(parts) == 1 or not any(part in self._common for part in parts)

    def _strangers(self, reading: Reading) -> Iterator[Span]:
        """Two words of which the last is in no text, where a name is likely to be told."""
        low = reading.folded
        for pattern in (SAID_BY, SAID_AFTER, TITLE_BEFORE):
            for match in pattern.finditer(low):
                given, last = match.group(1).split(), match.group(2)
                if self._told(given, last):
                    yield reading.origin(match.start(1), match.end(2))
                elif len(given) > 1 and self._told(given[:1], given[1]):
                    yield reading.origin(*match.span(1))

    def _told(self, given: list[str], last: str) -> bool:
        """Whether words where a name is likely are one: the last is in no text."""
        named = given[0] in self._given
        fits = named or "-" in last or not NO_SURNAME.search(last)
        return fits and self._strange(last) and (named or all(map(self._name_word, given)))

    def _name_word(self, word: str) -> bool:
        """Whether a word may stand before a surname."""
        return word in self._given or self._strange(word)

    def _by_strange_capitals(self, text: str) -> Iterator[Span]:
        """Capitalised words, all but the first of which nobody uses but as a name."""
        for match in CAPITALS.finditer(text):
            first, last = match.group(1).lower(), match.group(2).lower().split()[-1]
            named = self._strange(last) and self._name_word(first)
            if named and not self._is_famous(first, last):
                yield match.span()
        for match in INITIAL.finditer(text):
            first, last = match.group(1).lower(), match.group(2).lower()
            if self._name_word(first) and last not in self._common:
                yield match.span()

    def _given_and_strange(self, first: str, last: str) -> bool:
        return (
            first in self._given
            and first not in ALSO_WORDS
            and not self._is_famous(first, last)
            and len(last) > _SHORTEST_SURNAME
            and last.isalpha()
            and not NO_SURNAME.search(last)
            and self._strange(last)
        )

    def _by_given(self, reading: Reading) -> Iterator[Span]:
        """A given name with a word behind it that is in no text, though neither is a capital."""
        for match in NEIGHBOURS.finditer(reading.folded):
            if self._given_and_strange(*match.groups()):
                yield reading.origin(match.start(1), match.end(2))

    def _spelt(self, reading: Reading, tokens: list[str]) -> Iterator[Span]:
        """A name with its letters spaced out, which only the second view shows."""
        if self._given.isdisjoint(tokens):
            return
        for at in range(len(tokens) - 1):
            first, last = tokens[at], tokens[at + 1]
            if first in self._given and self._surname(last) and last.isalpha():
                span = reading.span(reading.views[1], at, at + 1)
                inside = reading.original[slice(*span)]
                if len(inside) > len(first) + len(last) + 3:
                    yield span

    def _surname(self, word: str) -> bool:
        return (
            len(word) >= _SHORTEST_SURNAME
            and word not in self._common
            and word not in self._vocabulary.words
            and word not in self._vocabulary.slang
        )

    def _is_famous(self, first: str, last: str) -> bool:
        return f"{first} {last}" in self._famous


def _first_and_last(reading: Reading) -> Iterator[Span]:
    """A name told in two halves: "first name …, last name …", either way round."""
    for match in FIRST_LAST.finditer(reading.folded):
        if match.lastindex:
            yield reading.origin(match.start(match.lastindex - 1), match.end(match.lastindex))


def _parts(pair: str) -> tuple[str, str]:
    words = pair.lower().replace("’", "'").split()
    return words[0], words[-1]


def _found(span: Span) -> Finding:
    return Finding(Category.IDENTITY, Attention.NONE, Delivery.REDACT, "names", "full_name", *span)
