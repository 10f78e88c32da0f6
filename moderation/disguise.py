"""The second reading of suspicious text: letters spaced out, symbols for letters, starred words.

Pure. Most messages never need it: `suspicious` looks for a symbol between letters or for several
single letters, and only then is a second view built. The plain view is always kept as well.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import partial
from itertools import chain
from operator import add

from moderation.text import Reading, View, tokens_of
from moderation.vocabulary import Vocabulary

_INSIDE = re.compile(
    r"[^a-z0-9\s'\",?](?:(?<=[a-z0-9].)[^a-z0-9\s'\",?]*[a-z0-9]|(?<=[@$€£(|])[a-z0-9]"
    r"|(?<=[a-z][*+])|(?<=[a-z]!)\+)"
)
_CHUNK = re.compile(r"\S+")
_SPELT_OUT = re.compile(r"\S+(?:\s\S+)*")
_APART = re.compile(r"(?<!\S)\S\s+\S\s+\S(?!\S)")
_EDGES = "\"'.,!?()[]{}:;~*_-…<>"
_SPELT = re.compile(r"[a-z0-9@$!](?:[.\-_*~/|,+\s·]{1,3}[a-z0-9@$!]){2,}$")
_JOINED = re.compile(r"[a-z0-9']{1,15}(?:[.\-_*~/|,+][a-z0-9']{1,15}){2,}")
_AMOUNT = re.compile(r"[$€£]?\d+(?:[.,]\d+)*[km%]?")
_SEPARATORS = re.compile(r"[^a-z0-9]+")
_SYMBOLS = str.maketrans(
    {"@": "a", "$": "s", "!": "i", "|": "i", "+": "t", "€": "e", "£": "l", "(": "c", "<": "c"}
    | {"#": "h", "^": "a", "%": "o", "&": "a", "¢": "c", "{": "c", "=": ""}
)
_FOR_WORDS = {"2": "to", "4": "for"}
_LONE_LETTERS = "aio"
_FEWEST_LETTERS = 3
_FEWEST_MIXED, _MANY_DIGITS = 3, 5
_MOST_CHUNKS = 1_500
_MOST_REMEMBERED = 20_000


class Undone(dict[str, tuple[str, ...]]):
    """Chunk of text between spaces → the words it stands for; each is worked out once.

    `knows` says of a word whether a rule knows it or somebody wrote it.
    """

    def __init__(self, vocabulary: Vocabulary, knows: Callable[[str], bool]) -> None:
        super().__init__()
        self.vocabulary = vocabulary
        self._knows = knows

    def __missing__(self, chunk: str) -> tuple[str, ...]:
        words = tuple(_undo(chunk, self.vocabulary, self._knows))
        if len(self) < _MOST_REMEMBERED:
            self[chunk] = words
        return words

    def words(self, chunk: str) -> tuple[str, ...]:
        """The same; a plain word, as most are, is not even looked up."""
        if chunk.isalnum() and chunk.isascii() and chunk not in _FOR_WORDS:
            return (chunk,)
        return self[chunk]


def suspicious(reading: Reading) -> bool:
    """Whether a second view could show more than the plain one; a few tenths of a microsecond."""
    odd = reading.odd
    if odd and not odd.isdigit() and _INSIDE.search(reading.folded):
        return True
    tokens = reading.views[0].tokens
    if len(odd) >= _MANY_DIGITS and _digits_are_letters(tokens):
        return True
    if ("2" in odd and "2" in tokens) or ("4" in odd and "4" in tokens):
        return True
    if [*map(len, tokens)].count(1) < _FEWEST_LETTERS:
        return False
    return sum(len(token) == 1 and token.isalnum() for token in tokens) >= _FEWEST_LETTERS


def second_view(reading: Reading, undone: Undone) -> View | None:
    """The message with disguised words undone, or None when that changes nothing."""
    text, vocabulary = reading.folded, undone.vocabulary
    first = reading.views[0].tokens
    chunks = text.split()[:_MOST_CHUNKS]
    apart = [*map(len, chunks)].count(1) >= _FEWEST_LETTERS and _APART.search(text)
    digits = len(reading.odd) >= _FEWEST_MIXED and _digits_are_letters(first)
    if not apart and not digits:
        plain = [*chain.from_iterable(map(undone.words, chunks))]
        if vocabulary.anchors.isdisjoint(map(add, plain, plain[1:])):
            same = first[: len(plain)] if len(chunks) == _MOST_CHUNKS else first
            return None if plain == same else View(plain, place=partial(_spans, text, undone))
    words = _with_letters_apart(text, undone) if apart else _one_by_one(text, undone)
    tokens = [word for word, _, _ in words]
    spans = [(start, end) for _, start, end in words]
    if digits:
        tokens = [_lettered(word, text[start:end], vocabulary) for word, start, end in words]
    _mend(tokens, spans, vocabulary)
    return View(tokens, spans) if tokens != first else None


def _digits_are_letters(tokens: list[str]) -> bool:
    """Whether most words have digits among their letters, so that a number may be a word."""
    words = sum(map(str.isalnum, tokens))
    mixed = words - sum(map(str.isalpha, tokens)) - sum(map(str.isdigit, tokens))
    return mixed >= _FEWEST_MIXED and 2 * mixed >= words


def _lettered(token: str, chunk: str, vocabulary: Vocabulary) -> str:
    """A number as the word its digits look like, if that is one; few words have one letter."""
    number = chunk.strip(_EDGES)
    if not number.isdigit():
        return token
    word = vocabulary.plain(number)
    is_word = vocabulary.known(word) if len(word) > 1 else word in _LONE_LETTERS
    return word if is_word else token


Word = tuple[str, int, int]


def _spans(text: str, undone: Undone) -> list[tuple[int, int]]:
    return [(start, end) for _, start, end in _one_by_one(text, undone)]


def _one_by_one(text: str, undone: Undone) -> list[Word]:
    """The words of each chunk by itself, each with where it stands."""
    words: list[Word] = []
    end = 0
    for chunk in text.split()[:_MOST_CHUNKS]:
        start = text.index(chunk, end)
        end = start + len(chunk)
        words += _placed(chunk, start, end, undone)
    return words


def _placed(chunk: str, start: int, end: int, undone: Undone) -> list[Word]:
    words = [(word, start, end) for word in undone[chunk]]
    if words and words[-1][0] == "." and known_break(chunk):
        words[-1] = (".", end - 1, end)
    return words


def _with_letters_apart(text: str, undone: Undone) -> list[Word]:
    """The same, but chunks of one character, when there are enough in a row, are one word."""
    words: list[Word] = []
    chunks = [match.span() for match in _CHUNK.finditer(text)][:_MOST_CHUNKS]
    at = 0
    while at < len(chunks):
        stop = _end_of_run(text, chunks, at)
        start, end = chunks[at][0], chunks[stop - 1][1]
        if stop - at > 1:
            for match in _SPELT_OUT.finditer(text, start, end):
                spelt = _spelt(match.group(), undone.vocabulary)
                words += [(word, *match.span()) for word in spelt]
        else:
            words += _placed(text[start:end], start, end, undone)
        at = stop
    return words


def _end_of_run(text: str, chunks: list[tuple[int, int]], at: int) -> int:
    """The end of a run of chunks of one character each, when there are enough of them."""
    stop = at
    while stop < len(chunks):
        start, end = chunks[stop]
        if end - start != 1 or not (text[start].isascii() and text[start] not in "?,;:\"'"):
            break
        stop += 1
    return stop if stop - at >= _FEWEST_LETTERS else at + 1


def _undo(chunk: str, vocabulary: Vocabulary, knows: Callable[[str], bool]) -> list[str]:
    core = chunk.strip(_EDGES)
    if core.isalnum() and core.isascii():
        words = [_FOR_WORDS.get(core, core)]
    elif _AMOUNT.fullmatch(core):
        words = tokens_of(chunk)
    elif _SPELT.match(core):
        words = _spelt(core, vocabulary)
    elif _JOINED.fullmatch(core) and all(map(vocabulary.known, _SEPARATORS.split(core))):
        return _SEPARATORS.split(core)
    else:
        known = _unstarred(core, vocabulary, knows)
        words = [known] if known else tokens_of(chunk)
    return [*words, "."] if known_break(chunk) else words


def known_break(chunk: str) -> bool:
    """Whether a chunk ends a sentence."""
    return chunk[-1:] in ".!" and chunk[-2:] != ".."


def _spelt(letters: str, vocabulary: Vocabulary) -> list[str]:
    """The words of spelt-out letters: one known word, several, or whatever it says."""
    joined = _SEPARATORS.sub("", letters.translate(_SYMBOLS))
    if not joined or joined.isdigit():
        return [joined] if joined else []
    if vocabulary.known(joined) or vocabulary[joined] != "\x01":
        return [joined]
    plain = vocabulary.plain(joined)
    return vocabulary.split(plain) or [joined]


def _unstarred(core: str, vocabulary: Vocabulary, knows: Callable[[str], bool]) -> str:
    """The known word behind a chunk with symbols in it, or an empty string."""
    if "*" in core:
        found = vocabulary.behind_stars(core)
        if found:
            return found
    letters = core.translate(_SYMBOLS)
    for word in (letters, core):
        joined = _SEPARATORS.sub("", word)
        for guess in (joined, vocabulary.plain(joined)):
            if len(guess) >= _FEWEST_LETTERS and (
                guess in vocabulary.words or vocabulary[guess] != "\x01"
            ):
                return guess
        if word != core and len(word) >= _FEWEST_LETTERS and knows(word):
            return word
    return ""


def _mend(tokens: list[str], spans: list[tuple[int, int]], vocabulary: Vocabulary) -> None:
    """Join two pieces of a broken word ("su icide") where the whole is an anchor."""
    if vocabulary.anchors.isdisjoint(map(add, tokens, tokens[1:])):
        return
    at = 0
    while at + 1 < len(tokens):
        whole = tokens[at] + tokens[at + 1]
        if whole in vocabulary.anchors and not (
            vocabulary.known(tokens[at]) and vocabulary.known(tokens[at + 1])
        ):
            tokens[at : at + 2] = [whole]
            spans[at : at + 2] = [(spans[at][0], spans[at + 1][1])]
        at += 1
