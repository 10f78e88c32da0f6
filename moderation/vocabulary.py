"""Numbers the words the rules know, and decides which known word an unknown one stands for.

Pure. Used by `moderation/rulebook.py` to build and by the detectors to read. Each known word has
a one-character code, so that a message becomes a short string; abbreviations and slang become
the codes of the words they stand for ("gonna" and "going to" are the same). An unknown word may
still be a known one in disguise: digits for letters, stretched, misspelt by one letter, two words
written as one, or backwards. Ordinary words are never bent into a known one (`ordinary`).
"""

from __future__ import annotations

import copy
import re
from collections.abc import Iterable, Mapping

UNKNOWN = "\x01"
NUMBER = "#"
SWORN = "\x02"
STOP = "."
ASK = "?"
_FIRST_CODE = 0x4E00
_SHORTEST_ANCHOR = 4
_START = 3
_SHORTEST_JOINED = 7
_LONGEST_JOINED = 40
_LONGEST_PART = 12
_LEET = (
    str.maketrans("0134567892@$!|+", "oieasgtbgzasiit"),
    str.maketrans("0134567892@$!|+", "oleasbtbgzaslit"),
    str.maketrans("01345678$@", "oleasgtbsa"),
)
_LONE_LETTERS = ("a", "i", "u", "2", "4")
_TRIPLE = re.compile(r"(.)\1\1+")
_DOUBLE = re.compile(r"(.)\1+")
_COUNT = re.compile(r"\d\d+[km]")
"""Thousands and millions ("600k"); what looks like one is no word in disguise."""


class Vocabulary(dict[str, str]):
    """Token → code string; that of an unknown token is worked out, and not remembered here."""

    def __init__(
        self,
        slang: Mapping[str, str],
        anchors: Iterable[str],
        ordinary: Iterable[str],
        fillers: Iterable[str],
        sworn_fillers: Iterable[str],
        *,
        starred: Iterable[str] = (),
    ) -> None:
        super().__init__()
        self.words: dict[str, str] = {}
        self.ordinary = frozenset(ordinary)
        self.slang = dict(slang)
        self.update(dict.fromkeys(fillers, ""))
        self.update(dict.fromkeys(sworn_fillers, SWORN))
        self.update({"": "", STOP: STOP, "!": STOP, "\n": STOP, ASK: ASK})
        self.update({str(number): NUMBER for number in range(1000)})
        self.anchors = frozenset(anchors)
        self._behind = sorted({*self.anchors, *starred})
        self._near: dict[str, list[str]] = {}
        self._heads: frozenset[str] = frozenset()
        self._starts: frozenset[str] = frozenset()
        self._starred: dict[tuple[str, int], list[str]] = {}
        self._shapes: dict[tuple[str, int], list[str]] = {}

    def code(self, word: str) -> str:
        """The code string of a word a rule uses; gives a new word its code."""
        found = self.get(word)
        if found is not None:
            return found
        meaning = self.slang.get(word)
        if meaning is not None and meaning != word:
            codes = "".join(self.code(part) for part in meaning.split())
        else:
            codes = chr(_FIRST_CODE + len(self.words))
            self.words[word] = codes
        self[word] = codes
        return codes

    def copied(self) -> Vocabulary:
        """The same words under the same codes; it can take in more while this one is in use."""
        other = copy.copy(self)
        other.words = {**self.words}
        return other

    def close(self) -> None:
        """Call when every rule is read: takes in the slang and indexes the spellings.

        Call it again when more rules were read since.
        """
        self._near, self._starred, self._shapes = {}, {}, {}
        for word in self.slang:
            self.code(word)
        for anchor in sorted(self.anchors):
            self.code(anchor)
        for anchor in sorted(self.anchors):
            for at in range(1, len(anchor)):
                self._near.setdefault(anchor[:at] + anchor[at + 1 :], []).append(anchor)
            for at in range(len(anchor) - 1):
                swapped = anchor[:at] + anchor[at + 1] + anchor[at] + anchor[at + 2 :]
                self._near.setdefault(swapped, []).append(anchor)
            bones = anchor[0] + re.sub("[aeiou]", "", anchor[1:])
            if len(bones) >= _SHORTEST_ANCHOR:
                self._near.setdefault(bones, []).append(anchor)
        self._heads = frozenset(anchor[:_SHORTEST_ANCHOR] for anchor in self.anchors)
        self._starts = frozenset(word[:_START] for word in (*self.anchors, *self._near))
        for word in self._behind:
            self.code(word)
            self._starred.setdefault((word[0], len(word)), []).append(word)
        for word in sorted({*self.words, *self.ordinary}):
            if len(word) >= _SHORTEST_ANCHOR and word.isalpha():
                self._shapes.setdefault((word[0], len(word)), []).append(word)

    def __missing__(self, token: str) -> str:
        return self._resolve(token)

    def known(self, word: str) -> bool:
        """Whether a rule, the slang or the ordinary words know this very word."""
        return word in self or word in self.ordinary

    def _resolve(self, token: str) -> str:
        if token in self.ordinary or not token.isascii():
            return UNKNOWN
        if token.isdigit() or _COUNT.fullmatch(token):
            return NUMBER
        if not token.isalpha():
            return self._from_leet(token)
        return self._from_letters(token)

    def _from_leet(self, token: str) -> str:
        for table in _LEET:
            word = token.translate(table)
            codes = self.get(word)
            if codes is not None:
                return codes
        for table in _LEET:
            codes = self._from_letters(token.translate(table))
            if codes != UNKNOWN:
                return codes
        return UNKNOWN

    def _from_letters(self, token: str) -> str:
        if _TRIPLE.search(token) or token[-2:-1] == token[-1:]:
            for shorter in (_TRIPLE.sub(r"\1\1", token), _DOUBLE.sub(r"\1", token)):
                if shorter in self and len(shorter) >= _SHORTEST_ANCHOR - 1:
                    return self[shorter]
                if shorter in self.ordinary:
                    return UNKNOWN
            token = _TRIPLE.sub(r"\1", token)
        near = self._nearest(token)
        if near:
            return self[near]
        if _SHORTEST_JOINED <= len(token) <= _LONGEST_JOINED and self._has_head(token):
            parts = self.split(token)
            if not self.anchors.isdisjoint(parts):
                return "".join(self[part] for part in parts)
        return UNKNOWN

    def _nearest(self, token: str) -> str:
        """The anchor one slip away: a letter too few, too many or wrong, or two swapped."""
        length = len(token)
        if not _SHORTEST_ANCHOR - 1 <= length <= _LONGEST_PART:
            return ""
        if token in self._near:
            return self._near[token][0]
        if length < _SHORTEST_ANCHOR + 1 or self._starts.isdisjoint(
            # However a word is mistyped after its first letter, it begins in one of three ways.
            (token[:3], token[:2] + token[3], token[0] + token[2:4])
        ):
            return ""
        anchors, near = self.anchors, self._near
        for at in range(1, length):
            without = token[:at] + token[at + 1 :]
            if without in anchors:
                return without
            for anchor in near.get(without, ()):
                if len(anchor) == length and anchor[:at] == token[:at]:
                    return anchor
        return ""

    def _has_head(self, token: str) -> bool:
        size = _SHORTEST_ANCHOR
        return not self._heads.isdisjoint(
            [token[at : at + size] for at in range(len(token) - size + 1)]
        )

    def plain(self, token: str) -> str:
        """A token with digits and symbols read as the letters they look like."""
        return token.translate(_LEET[0])

    def behind_stars(self, token: str) -> str:
        """The anchor or slur that fits a word with letters starred out, or an empty string.

        Else the only word of a rule that fits.
        """
        shape = token[:1], len(token)
        for word in self._starred.get(shape, ()):
            if _fits(token, word):
                return word
        fitting = [word for word in self._shapes.get(shape, ()) if _fits(token, word)]
        return fitting[0] if len(fitting) == 1 else ""

    def split(self, joined: str) -> list[str]:
        """Known words that make up `joined`, the fewest there are; [] when there is no such."""
        if len(joined) > _LONGEST_JOINED:
            return []
        best: list[tuple[int, int] | None] = [(0, 0)] + [None] * len(joined)
        for end in range(1, len(joined) + 1):
            for start in range(max(0, end - _LONGEST_PART), end):
                before = best[start]
                word = joined[start:end]
                if before is None or not (word in self or word in self.ordinary):
                    continue
                if end - start == 1 and word not in _LONE_LETTERS:
                    continue
                cost = before[0] + 1
                current = best[end]
                if current is None or cost < current[0]:
                    best[end] = (cost, start)
        return _walk(joined, best)


def _fits(starred: str, word: str) -> bool:
    return all(seen in ("*", letter) for seen, letter in zip(starred, word, strict=True))


def _walk(joined: str, best: list[tuple[int, int] | None]) -> list[str]:
    parts: list[str] = []
    end = len(joined)
    while end:
        step = best[end]
        if step is None:
            return []
        parts.append(joined[step[1] : end])
        end = step[1]
    return parts[::-1]
