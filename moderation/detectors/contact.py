"""The detector of ways to reach somebody: telephone, e-mail, handle.

Pure once built. Each is behind a gate that most messages never pass (a digit, an @, the name of
an app). What is found is replaced for the peer; nobody is disturbed. Numbers of
crisis lines stay: a helper must be able to give them. Telephone numbers are recognised by
libphonenumber's rules (the `phonenumbers` package), country by country, and by their frame.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import phonenumbers

from moderation.terms import Attention, Category, Delivery, Finding
from moderation.tokens import DIGITS, Calling

if TYPE_CHECKING:
    from collections.abc import Iterator

    from moderation.rulebook import Rulebook
    from moderation.text import Reading

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
_REGIONS = ("GB", "US", "IE", "AU", "MX", "ES", "NZ")
_FEWEST, _MOST = 7, 15
_MANY_GAPS = 5
_DIGIT = re.compile(r"\d")
_DIGITISH = re.compile(r"\+?\(?(?:\d|o(?=[\do]))(?:[\d\s().\-/]|o(?![a-z])){5,28}(?:\d|o(?![a-z]))")
_GROUPS = re.compile(r"^(?:\+|00)|^\(?\d{3,5}\)?[\s.\-]\d{3,4}|^0\d{9,10}$|^\d{3}-\d{4}$")
_FRAME = re.compile(
    r"\b(?:n[uo]m[bu]*b?e?rs?|nubmer|numero|cell?|mobile|mob|phone|fone|tel|telefono|movil|celular"
    r"|whats?app?|wpp|text|txt|call|ring|msg|message|llama\w*|marca\w*|landline|digits|reach)\b"
)
_USER = r"[a-z0-9._%+\-]{2,40}"
_MAIL = re.compile(
    rf"{_USER}\s?(?:@|\(at\)|\[at\]|\(arr[o0]ba\))\s?[a-z0-9\-]{{2,30}}"
    r"(?:\s?(?:\.|\(dot\)|\[dot\]| dot | d0t | punto )\s?[a-z]{2,10}){1,3}"
    rf"|{_USER}\s(?:at|arroba)\s[a-z0-9\-]{{2,30}}(?:\s(?:dot|d0t|punto)\s[a-z]{{2,10}}){{1,3}}"
)
_HANDLE = re.compile(r"(?<![a-z0-9.])@[a-z0-9_][a-z0-9_.]{2,30}|\b[a-z0-9_.]{3,30}#\d{3,5}\b")
_APPS = (
    r"insta(?:gram|gr4m)?|ig|snap(?:chat)?|sc|snp|discord|disc|d1sc0rd|tik ?tok|tt"
    r"|twitter|roblox|rblx"
    r"|steam|xbox|psn?|ps[45]|playstation|telegram|kik|wattpad|youtube|yt|twitch|gamertag|gamer tag"
    r"|epic|fortnite|fort|minecraft|mc|reddit|tumblr|bereal|user(?:name)?|handle|usuario|@"
)
_NAMED = re.compile(
    rf"\b(?:{_APPS})\b[^a-z0-9\n]{{0,3}}(?:(?:user(?:name)?|name|handle|tag|is|s|es|soy|under|called|as|its|it's"
    r"|:|=|->)[\s:=]{1,2}){0,3}"
    r"(@?[a-z0-9]*(?:[_.#]+[a-z0-9]+|[a-z][0-9]|[0-9][a-z])[a-z0-9_.#]*)"
)
_ON_APP = re.compile(
    rf"\b(?:im|i'm|i am|soy|add me|find me|am|its|follow me|busca(?:me)?|es|name is|names)\s+"
    rf"([a-z0-9_.]{{4,30}})\s+(?:on|en|in|over on)\s+(?:{_APPS})\b"
)
_AS = re.compile(
    rf"\b(?:{_APPS})\s+(?:as|under|como|called|account is|acc is|channel is)\s+([a-z0-9_.]{{4,30}})"
)
_SAID_UNDERSCORE = re.compile(
    r"\b(?:at |@)?[a-z0-9]+(?: (?:underscore|guion bajo|dot|punto|_) [a-z0-9]+)+"
)
_APP_WORDS = frozenset(
    {"insta", "instagram", "snap", "snapchat", "discord", "tiktok", "tik", "roblox", "rblx"}
    | {"steam", "xbox", "ps", "psn", "telegram", "kik", "youtube", "yt", "twitch", "gamertag"}
    | {"tag", "user", "username", "handle", "usuario", "disc", "ps4", "ps5", "minecraft", "mc"}
    | {"ig", "sc", "tt", "fortnite", "epic", "reddit", "wattpad", "twitter", "bereal"}
)
_TWO_DIGITS = frozenset(("hundred", "fifty", "eighty", "double"))
_SPOKEN = frozenset(
    {"zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"}
    | {"cero", "uno", "dos", "tres", "cuatro", "cinco", "seis", "siete", "ocho", "nueve"}
)
_TELLING = _SPOKEN | _APP_WORDS
_CALLING = Calling(
    _TELLING | DIGITS | frozenset(("@", "#", "(", "_", "👻", "at", "arroba", "guion")),
    ("snap", "insta", "dot", "punto", "underscore"),
)


class Contact:
    """Finds ways to reach somebody; built once."""

    name = "contact"
    calling = _CALLING

    def __init__(self, _book: Rulebook) -> None:
        phonenumbers.is_possible_number(phonenumbers.parse("+442071838750"))

    def find(self, reading: Reading) -> list[Finding]:
        """A finding to redact for each span that identifies or reaches somebody."""
        text, odd = reading.folded, reading.odd
        found: list[Finding] = []
        words = reading.views[0].tokens
        telling = not _TELLING.isdisjoint(words)
        if telling and not _SPOKEN.isdisjoint(words):
            found += _spoken(reading)
        if odd and _DIGIT.search(odd):
            found += _phones(reading)
        if "@" in odd or "[at]" in text or _says_dot(text, words):
            found += _each(reading, _MAIL, "email")
        if "@" in odd or "#" in odd:
            found += _each(reading, _HANDLE, "handle")
        if (
            (telling and not _APP_WORDS.isdisjoint(words))
            or "snap" in text
            or "insta" in text
            or "👻" in text
        ):
            found += _on_apps(reading)
        if "underscore" in text or "guion bajo" in text or " _ " in text:
            found += _each(reading, _SAID_UNDERSCORE, "handle")
        return found


def _says_dot(text: str, words: list[str]) -> bool:
    """Whether an address may be written out in words, or its @ in brackets."""
    if "dot" in text or "(at" in text or "(arr" in text or "punto" in text or "d0t" in text:
        return "(at)" in text or "(arr" in text or "at" in words or "arroba" in words
    return False


_SAID = (
    "zero|nought|cero|one|uno|two|dos|three|tres|four|cuatro|five|cinco|six|seis|seven|siete"
    "|eight|ocho|niner|nine|nueve|oh"
)
_SAID_RUN = re.compile(
    rf"(?:(?:{_SAID}|hundred|fifty|eighty|double|treble|[0-9o])[\s.,\-]*){{4,40}}"
)
_SAID_DIGIT = re.compile(rf"{_SAID}|hundred|fifty|eighty|double|[0-9o]")


def _spoken(reading: Reading) -> Iterator[Finding]:
    """A number said at least partly in words: seven digits or more in a row."""
    for match in _SAID_RUN.finditer(reading.folded):
        said = _SAID_DIGIT.findall(match.group())
        size = sum(2 if word in _TWO_DIGITS else 1 for word in said)
        if size >= _FEWEST and any(len(word) > 1 for word in said):
            yield _found("spoken_number", reading.origin(*match.span()))


def _found(rule: str, span: tuple[int, int]) -> Finding:
    return Finding(Category.IDENTITY, Attention.NONE, Delivery.REDACT, "contact", rule, *span)


def _each(reading: Reading, pattern: re.Pattern[str], rule: str) -> Iterator[Finding]:
    for match in pattern.finditer(reading.folded):
        yield _found(rule, reading.origin(*match.span()))


def _phones(reading: Reading) -> Iterator[Finding]:
    text = reading.folded
    framed = _FRAME.search(text) is not None
    for match in _DIGITISH.finditer(text):
        shape = match.group().strip()
        digits = "".join(c for c in shape.replace("o", "0") if c.isdigit())
        if not _FEWEST <= len(digits) <= _MOST or digits in CRISIS_LINES:
            continue
        apart = sum(not c.isalnum() for c in shape)
        if (
            apart >= _MANY_GAPS
            or framed
            or _GROUPS.search(shape.replace("o", "0"))
            or _dialable(shape)
        ):
            yield _found("phone", reading.origin(*match.span()))


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


def _on_apps(reading: Reading) -> Iterator[Finding]:
    for pattern in (_NAMED, _ON_APP, _AS):
        for match in pattern.finditer(reading.folded):
            yield _found("handle", reading.origin(*match.span(1)))
    yield from _mixed(reading)


_MIXED = re.compile(
    r"(?<![\w.@])(?=[\w.]*[A-Za-z])(?:[A-Za-z0-9]+(?:[_.][A-Za-z0-9]+)+_?"
    r"|[A-Za-z]{3,}\d{2,}|[a-zA-Z]*[a-z]{2,}[A-Z][a-z]+\w*|xX\w+Xx)(?![\w])"
)


def _mixed(reading: Reading) -> Iterator[Finding]:
    """In a message that names an app: a word no one writes but as a user name."""
    for match in _MIXED.finditer(reading.original):
        word = match.group()
        if (
            "_" in word
            or not word.islower()
            or any(map(str.isdigit, word))
            or ":" in reading.folded
        ):
            yield _found("handle", match.span())
