"""Turns the tokens of a message into what the linear model counts.

Pure. Used by `moderation/linear/model.py` and by training, so that both see the same. Case is gone
already (`moderation/text.py`); sentence marks and line ends are dropped and every number is one
word, since a model that may look at formatting learns who wrote a text and not what it says.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise

SHORTEST_GRAM, LONGEST_GRAM = 3, 5
"""Lengths, in characters, of the pieces of a word that are counted, its two edges included."""
LONGEST_WORD = 40
"""Characters of a word that are looked at; no word of any language here is longer."""
NUMBER = "#"
GAP = "_"
"""Stands for the one word between the two of a pair with a gap."""
_MARKS = frozenset({"", ".", "!", "?", "\n"})


def slang_of(words: Mapping[str, Mapping[str, str]]) -> dict[str, str]:
    """Short form → what it stands for, from the table of `lexicon/words.toml`."""
    return {
        short: meaning for meaning, shorts in words["slang"].items() for short in shorts.split()
    }


def words_of(token: str, slang: Mapping[str, str]) -> tuple[str, ...]:
    """The words one token stands for; none for a sentence mark."""
    return tuple(
        [
            NUMBER if part.isdigit() else part[:LONGEST_WORD]
            for part in slang.get(token, token).split()
            if part not in _MARKS
        ]
    )


def grams_of(word: str) -> list[str]:
    """The pieces of a word, its edges included."""
    whole = edged(word)
    return [
        whole[at : at + length]
        for length in range(SHORTEST_GRAM, LONGEST_GRAM + 1)
        for at in range(len(whole) - length + 1)
    ]


def edged(word: str) -> str:
    """A word with `<` and `>` for its edges."""
    return f"<{word}>"


def own_key(word: str) -> str:
    """The key of a word as a whole."""
    return f"={word}"


def pair_keys(words: Sequence[str]) -> Iterator[str]:
    """The keys of neighbours, and of words with one other between them."""
    yield from (f"{one} {two}" for one, two in pairwise(words))
    yield from (f"{one} {GAP} {two}" for one, two in zip(words, words[2:], strict=False))
