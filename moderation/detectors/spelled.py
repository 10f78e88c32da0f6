"""Words in disguise as the trained stage should see them: digits for letters, letters stretched.

Pure. Used by `linear.py`, whose weights know only plain spellings: without this, writing `k1ll` or
`killlll` would hide a message from it. Asked once for each new token, never for one it has seen.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from functools import cache
from itertools import product

_LEET = (
    str.maketrans("013457896", "oieastbgg"),
    str.maketrans("013457896", "oleastbgb"),
)
_STRETCHED = re.compile(r"(.)\1\1+")
_SHORTEST_JOINED, _LONGEST_JOINED = 6, 20
_MOST_RUNS = 4
"""Stretches of one word that are tried one letter and two letters long."""


class Spelled(dict[str, str]):
    """Short forms and what they stand for; asked for another token, its plain spelling.

    A token is respelled only when the plain word is known and the token itself is not.
    """

    def __init__(self, slang: Mapping[str, str], known: Callable[[str], bool]) -> None:
        """`known` says whether the weights or the rules know a word."""
        super().__init__(slang)
        self._known = known

    def get(self, token: str, default: str = "") -> str:  # type: ignore[override]
        """What the token stands for, or `default` when it is no word in disguise."""
        meaning = super().get(token)
        if meaning is not None:
            return meaning
        if not token.isascii() or self._known(token):
            return default
        if token.isalpha() and not _STRETCHED.search(token):
            return self._apart(token) or default
        word = next(filter(self._known, spellings(token)), default)
        return super().get(word, word)

    def _apart(self, token: str) -> str:
        """Two known words written as one, the evenest pair; empty when there is none."""
        if not _SHORTEST_JOINED <= len(token) <= _LONGEST_JOINED:
            return ""
        known = self._known
        for at in _from_the_middle(len(token)):
            if known(token[:at]) and known(token[at:]):
                return f"{token[:at]} {token[at:]}"
        return ""


@cache
def _from_the_middle(length: int) -> list[int]:
    """Where a word of that length may be cut in two, the evenest cut first."""
    return sorted(range(2, length - 1), key=lambda at: abs(at - length // 2))


def spellings(token: str) -> list[str]:
    """What a token may be in plain letters, the likeliest first."""
    plain = [token]
    if not token.isalpha() and not token.isdigit():
        plain = [token.translate(table) for table in _LEET]
    return [word for one in plain for word in _shortened(one)]


def _shortened(word: str) -> list[str]:
    """The word as it is, or with every stretched letter twice or once."""
    runs = _STRETCHED.findall(word)
    if not runs:
        return [word]
    if len(runs) > _MOST_RUNS:
        return [_STRETCHED.sub(r"\1", word)]
    return [_with_runs(word, lengths) for lengths in product((2, 1), repeat=len(runs))]


def _with_runs(word: str, lengths: Iterable[int]) -> str:
    left = iter(lengths)
    return _STRETCHED.sub(lambda run: run[1] * next(left), word)
