"""Telephone numbers, however they are written: plain, in words, mixed, or with words between.

Pure. Used by `contact.py`, behind its gates. Plain digits are a number when their frame says so or
a country's plan knows them (libphonenumber, the `phonenumbers` package). Digits that somebody took
the trouble to hide (in words, with emoji or "then" between) need only be as many as a number has.
Numbers of crisis lines stay: a helper must be able to give them.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import phonenumbers

if TYPE_CHECKING:
    from collections.abc import Iterator

CRISIS_LINES = frozenset(
    [
        "988",
        "911",
        "999",
        "112",
        "111",
        "101",
        "000",
        "116123",
        "116111",
        "116000",
        "741741",
        "85258",
        "50808",
        "08001111",
        "0800111",
        "18002738255",
        "8002738255",
        "1800650890",
        "131114",
        "1800551800",
        "08457909090",
        "08000684141",
        "686868",
        "024",
        "717003717",
        "8009112000",
        "5552598121",
        "18001111",
        "1800666666",
    ]
)
SPOKEN = {
    "zero": "0", "nought": "0", "oh": "0", "cero": "0", "one": "1", "uno": "1", "two": "2",
    "dos": "2", "three": "3", "tres": "3", "four": "4", "cuatro": "4", "five": "5", "cinco": "5",
    "six": "6", "seis": "6", "seven": "7", "siete": "7", "eight": "8", "ocho": "8", "niner": "9",
    "nine": "9", "nueve": "9",
}  # fmt: skip
"""A digit's word, and the digit."""
_TENS = (
    "ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|seventeen|eighteen|nineteen|twenty|thirty"
    "|forty|fifty|sixty|seventy|eighty|ninety|hundred|veinte|treinta|cuarenta|cincuenta|sesenta"
    "|setenta|ochenta|noventa"
)
_TIMES = {"double": 1, "doble": 1, "triple": 2, "treble": 2}
_REGIONS = ("GB", "US", "IE", "AU", "MX", "ES", "NZ")
_FEWEST, _MOST = 7, 15
_MANY_GAPS = 5
_DIGITISH = re.compile(
    r"\+?\(?(?:\d|o(?=[\do]))(?:[\d\s().,\-/]|o(?![a-np-z])){5,28}(?:\d|o(?![a-np-z]))"
)
_GROUPS = re.compile(r"^(?:\+|00)|^\(?\d{3,5}\)?[\s.\-]\d{3,4}|^\d{10,11}$|^\d{3}-\d{4}$")
_FRAME = re.compile(
    r"\b(?:n[uo]m[bu]*b?e?rs?|nubmer|numero|cell?|mobile|mob|phone|fone|tel|telefono|movil|celular"
    r"|whats?app?|wpp|text|txt|call|ring|msg|message|llama\w*|marca\w*|landline|digits|reach)\b"
)
_NO_DIGIT = re.compile(r"\D")
_NO_PHONE = re.compile(r"(?:19|20)\d\d ?[\-/] ?(?:19|20)\d\d$|\d{1,2}\.\d+$|20\d\d-\d\d-\d\d$")
"""Years from and to, a decimal, a date."""
_YEARS = re.compile(r"(?:(?:1\d|20)\d\d\b\D*)+")
_WORDS = "|".join([*sorted(SPOKEN, key=len, reverse=True), _TENS, *_TIMES])
_ONE = rf"(?:\d|(?<![a-z])(?:{_WORDS})+(?![a-z])|(?<![a-np-z])o(?![a-np-z])|(?<=\d)[il](?=\d))"
_JOIN = r"(?:[^a-z0-9]{0,4}(?:(?:then|and then|next|luego|y luego|followed by) )?)"
_HIDDEN = re.compile(rf"{_ONE}(?:{_JOIN}{_ONE}){{2,40}}")
_BEHIND = "|".join(rf"(?<={word}\d)" for word in _WORDS.split("|"))
_DISGUISED = re.compile(
    rf"\d(?:(?=[a-z])(?:{_WORDS})|(?<=[a-z]\d)(?:{_BEHIND})|[^\x00-\x7f]+\d|[il]\d"
    r"|,? (?:then|next|luego|and then|y luego|followed by) ?\d)"
)
"""Begins with a digit, so that text without one costs next to nothing."""
_PART = re.compile(rf"{_WORDS}|\d|[oil]")
_IN_HALVES = re.compile(r"\b07\d{3}\b[^\d\n]{2,40}\b\d{3,6}\b(?:[^\d\n]{1,12}\d{1,3}\b){0,6}")
"""The start of a British mobile number, words, and its end."""
_COUNTING = "1234567891011121314"


def phones(text: str, *, spoken: bool, boxed: bool = False) -> Iterator[tuple[int, int, str]]:
    """Spans of folded text that are numbers, each with the rule; `spoken`: a digit's word is there.

    `boxed`: digits stand in keycaps, which nobody takes for a year or a score.

    Call it only for text with a digit or such a word in it.
    """
    yield from ((*span, "phone") for span in _plain(text))
    if spoken or _DISGUISED.search(text):
        yield from ((*span, "spoken_number") for span in _hidden(text, boxed=boxed))
    if "07" in text:
        yield from ((*match.span(), "phone") for match in _IN_HALVES.finditer(text))


def _plain(text: str) -> Iterator[tuple[int, int]]:
    framed: bool | None = None
    for match in _DIGITISH.finditer(text):
        shape = match.group().strip()
        digits = _NO_DIGIT.sub("", shape.replace("o", "0"))
        if not _FEWEST <= len(digits) <= _MOST or digits in CRISIS_LINES or _NO_PHONE.match(shape):
            continue
        if framed is None:
            framed = _FRAME.search(text) is not None
        if (
            framed
            or len(_NO_DIGIT.findall(shape)) - shape.count("o") >= _MANY_GAPS
            or _GROUPS.search(shape.replace("o", "0"))
            or _dialable(shape.replace("o", "0"))
        ):
            yield match.span()


def _hidden(text: str, *, boxed: bool) -> Iterator[tuple[int, int]]:
    """Runs of seven digits or more of which at least a part is not plainly written."""
    for match in _HIDDEN.finditer(text):
        parts = _PART.findall(match.group())
        digits = "".join(_digits(part) for part in parts)
        if not len(digits) >= _FEWEST or digits in CRISIS_LINES or digits in _COUNTING:
            continue
        if not boxed and _YEARS.fullmatch(match.group()):
            continue
        if boxed or any(len(part) > 1 for part in parts) or _DISGUISED.search(match.group()):
            yield match.span()


def _digits(part: str) -> str:
    """The digits a part stands for; which ones matters only for those that one word means."""
    if part.isdigit():
        return part
    if part in _TIMES:
        return "x" * _TIMES[part]
    return SPOKEN.get(part) or {"o": "0", "i": "1", "l": "1"}.get(part, "xx")


def _dialable(shape: str) -> bool:
    """Whether some country's plan knows the number, written as somebody would write it."""
    if not (shape.startswith(("+", "0")) or " " in shape or "-" in shape):
        return False
    for region in _REGIONS:
        try:
            number = phonenumbers.parse(shape, region)
        except phonenumbers.NumberParseException:
            return False
        if phonenumbers.is_valid_number(number):
            return True
    return False
