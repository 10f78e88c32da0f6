"""The ways in which people write past a filter, or just write badly; each a function of a text.

Chance comes in as a seeded `Random`, so a figure is the same every time. `DISGUISES` are meant to
hide a word and are undone by the reading; `SLIPS` are what thumbs do.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from random import Random

Perturbation = Callable[[str, Random], str]

_LEET = str.maketrans({"a": "4", "e": "3", "i": "1", "o": "0", "s": "5", "t": "7"})
_CONFUSED = str.maketrans("aeiopcxyAEOPCXBHKMT", "аеіорсхуАЕОРСХВНКМТ")
_SYMBOLS = {"a": "@", "s": "$", "e": "€", "i": "!"}
_LONG = 4
"""Letters from which a word is worth disguising, or likely to be mistyped."""


def upper(text: str, _: Random) -> str:
    return text.upper()


def leet(text: str, _: Random) -> str:
    return text.translate(_LEET)


def confusables(text: str, _: Random) -> str:
    return text.translate(_CONFUSED)


def full_width(text: str, _: Random) -> str:
    return "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in text)


def zero_width(text: str, _: Random) -> str:
    return "\u200b".join(text)


def combining(text: str, _: Random) -> str:
    return "".join(c + "\u0301" if c.isalpha() else c for c in text)


def strike_through(text: str, _: Random) -> str:
    return "".join(c + "\u0336" for c in text)


def repeats(text: str, chance: Random) -> str:
    def stretched(word: str) -> str:
        at = chance.randrange(1, len(word))
        return word[:at] + word[at] * 3 + word[at:] if word[at].isalpha() else word

    return _long_words(text, stretched)


def spaced(text: str, chance: Random) -> str:
    return _one_word(text, chance, " ".join)


def dotted(text: str, chance: Random) -> str:
    return _one_word(text, chance, ".".join)


def starred(text: str, chance: Random) -> str:
    return _one_word(text, chance, lambda word: word[0] + "*" + word[2:])


def symbols(text: str, chance: Random) -> str:
    def disguised(word: str) -> str:
        at = next((n for n, c in enumerate(word) if n and c in _SYMBOLS), None)
        return word if at is None else word[:at] + _SYMBOLS[word[at]] + word[at + 1 :]

    del chance
    return _long_words(text, disguised)


def typo(text: str, chance: Random) -> str:
    def mistyped(word: str) -> str:
        at = chance.randrange(1, len(word))
        return word[:at] + chance.choice("abcdefghijklmnopqrstuvwxyz") + word[at + 1 :]

    return _one_word(text, chance, mistyped)


def swapped(text: str, chance: Random) -> str:
    def mixed(word: str) -> str:
        at = chance.randrange(1, len(word) - 1)
        return word[:at] + word[at + 1] + word[at] + word[at + 2 :]

    return _one_word(text, chance, mixed)


def dropped(text: str, chance: Random) -> str:
    def shorter(word: str) -> str:
        at = chance.randrange(1, len(word))
        return word[:at] + word[at + 1 :]

    return _one_word(text, chance, shorter)


def vowels_out(text: str, chance: Random) -> str:
    return _one_word(text, chance, lambda word: word[0] + re.sub("[aeiou]", "", word[1:]))


def joined(text: str, chance: Random) -> str:
    blanks = [match.start() for match in re.finditer(r"(?<=\w) (?=\w)", text)]
    if not blanks:
        return text
    at = chance.choice(blanks)
    return text[:at] + text[at + 1 :]


DISGUISES: Mapping[str, Perturbation] = {
    "upper case": upper,
    "leet": leet,
    "confusables": confusables,
    "full width": full_width,
    "zero width": zero_width,
    "combining": combining,
    "strike-through": strike_through,
    "repeats": repeats,
    "spaced": spaced,
    "dotted": dotted,
    "stars": starred,
    "symbols": symbols,
}
SLIPS: Mapping[str, Perturbation] = {
    "typo": typo,
    "swapped": swapped,
    "dropped": dropped,
    "vowels out": vowels_out,
    "joined": joined,
}


def _long_words(text: str, change: Callable[[str], str]) -> str:
    return re.sub(rf"[A-Za-z]{{{_LONG},}}", lambda match: change(match.group()), text)


def _one_word(text: str, chance: Random, change: Callable[[str], str]) -> str:
    """One of the longer words changed, whichever it is: a filter cannot choose either."""
    words = list(re.finditer(rf"[A-Za-z]{{{_LONG},}}", text))
    if not words:
        return text
    word = chance.choice(words)
    return text[: word.start()] + change(word.group()) + text[word.end() :]
