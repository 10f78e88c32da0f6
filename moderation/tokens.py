"""What is known of each token: its codes, and which detectors it calls; worked out once.

Pure. Used by `moderation/pipeline.py`, so that reading a message is one look-up for each token, and
a detector with nothing to look at costs nothing. Some tokens stand for what is no word: each digit
and symbol of a message counts as one, and `CAPITAL` for a capitalised word inside a sentence.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from typing import NamedTuple

from moderation.gates import Gate
from moderation.vocabulary import UNKNOWN

CAPITAL = "A"
"""Stands for a capitalised word inside a sentence; every other token is in lower case."""
DIGITS = frozenset("0123456789")
MOST_REMEMBERED = 20_000
"""Tokens remembered; further ones are worked out each time."""


class Calling(NamedTuple):
    """What makes a detector look at a message: whole tokens, parts of one, codes, or any test.

    A test is asked about a token and its codes.
    """

    words: AbstractSet[str] = frozenset()
    parts: Sequence[str] = ()
    codes: AbstractSet[str] = frozenset()
    test: Callable[[str, str], bool] | None = None


class Word(NamedTuple):
    """A token's codes (`moderation/vocabulary.py`), a bit for each detector it calls, and its gate.

    The gate (`moderation/gates.py`) leads to the phrase rules that the token may belong to.
    """

    codes: str
    calls: int
    gate: Gate


class Words(dict[str, Word]):
    """Token → what is known of it, filled as tokens are met."""

    def __init__(
        self,
        vocabulary: Mapping[str, str],
        gate: Callable[[str], Gate],
        calling: Sequence[Calling] = (),
    ) -> None:
        """`gate` gives that of some codes; `calling` is of each detector, the lowest bit first."""
        super().__init__()
        self._vocabulary = vocabulary
        self._gate = gate
        self._exact: dict[str, int] = {}
        self._codes: dict[str, int] = {}
        self._parts = [(part, 1 << at) for at, one in enumerate(calling) for part in one.parts]
        self._tests = [(one.test, 1 << at) for at, one in enumerate(calling) if one.test]
        self._any_part = re.compile("|".join(re.escape(part) for part, _ in self._parts) or "(?!)")
        for at, one in enumerate(calling):
            for names, table in ((one.words, self._exact), (one.codes, self._codes)):
                table.update({name: table.get(name, 0) | 1 << at for name in names})
        self._alike: dict[tuple[str, int], Word] = {}

    def __missing__(self, token: str) -> Word:
        codes = self._vocabulary[token]
        calls = self._calls(token, codes)
        word = self._alike.get((codes, calls)) or Word(codes, calls, self._gate(codes))
        if len(self) < MOST_REMEMBERED:
            self[token] = self._alike[codes, calls] = word
        return word

    def _calls(self, token: str, codes: str) -> int:
        calls = self._exact.get(token, 0)
        if codes != UNKNOWN:
            for code in codes:
                calls |= self._codes.get(code, 0)
        if self._any_part.search(token):
            for part, bit in self._parts:
                if part in token:
                    calls |= bit
        for test, bit in self._tests:
            if test(token, codes):
                calls |= bit
        return calls
