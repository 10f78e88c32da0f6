"""The detector of ways to reach somebody: telephone, e-mail, user name (its rule is `handle`).

Pure once built. Each is behind a gate that most messages never pass (a digit, an @, the name of
an app). What is found is replaced for the peer; nobody is disturbed. Numbers: `phones.py`.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import phonenumbers

from moderation.detectors.phones import SPOKEN, phones
from moderation.detectors.user_names import REACHING, user_names
from moderation.terms import Attention, Category, Delivery, Finding
from moderation.tokens import DIGITS, Calling

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from moderation.rulebook import Rulebook
    from moderation.text import Reading

_DIGIT = re.compile(r"\d")
_KEYCAP = "\u20e3"
"""Makes a digit an emoji; folding drops it."""
_USER = r"[a-z0-9._%+\-]{2,40}+"
_AT = (
    r"\s?(?:@|\(at\)|\[at\]|\(arr[o0]ba\))\s?"
    r"|\s(?:at|arroba)\s(?!(?:any|this|that|some|what|which|one|the|every|no) point\b)"
)
_DOT = r"\.|\s\.\s|\s?[(\[](?:dot|punto)[)\]]\s?|\s(?:dot|d0t|punto|point|full stop)\s"
_TOP = (
    r"(?:com|net|org|edu|gov|info|example|ejemplo|co|uk|ie|es|mx|ar|cl|pe|au|nz|in|io|me|us|ca)\b"
)
_MARK = r"\s?[(\[]underscore[)\]]\s?|\s(?:underscore|hyphen|guion bajo|guion)\s"
_SAID = rf"(?:(?:{_DOT}|{_MARK})[a-z0-9]+)"
_MAIL = re.compile(
    rf"{_USER}{_SAID}{{0,3}}(?:{_AT})[a-z0-9\-]{{2,30}}(?:(?:{_DOT})[a-z]{{2,10}}){{0,2}}"
    rf"(?:{_DOT}){_TOP}"
    r"|\b(?:[a-z0-9._] ){3,30}@ ?(?:[a-z0-9.] ?){4,40}"
    rf"|{_USER}\s(?:at|arroba)\s[a-z0-9\-]{{2,30}}[\s.](?:net|com|org|es|cl)\b"
)
_HANDLE = re.compile(r"(?<![a-z0-9.])@[a-z0-9_][a-z0-9_.]{2,30}|\b[a-z0-9_.]{3,30}#[a-z0-9]{3,5}\b")
_BARE = re.compile(r"(?<![\w.@/:\-])[a-z][a-z0-9.]+_[a-z0-9_.]{2,30}(?![:\w])")
_APPS = (
    r"insta(?:gram|gr4m)?|insat|isnta|ins ta|ig|snap(?:chat)?|snpa|sanp|sn@p|sc|snp|discord|disc|dc"
    r"|disocrd|discrod|d1sc0rd|disc0rd|tik ?tok|tt|twitter|roblox|rblx|steam|xbox|psn?|ps[45]"
    r"|playstation|tele ?gram|kik|wattpad|youtube|yt|twitch|gamer ?tag|epic|fortnite|fort|minecraft"
    r"|mc|reddit|tumblr|be ?real|vsco|pinterest|spotify|strava|goodreads|valorant|riot|bigo|bgmi|ml"
    r"|pubg|face|facebook|fb|messenger|signal|threads|user(?:name)?|handle|usuario|@|[👻📸📷]"
)
_LINK = (
    r"(?:'?s\b)?[^\w\n@]{0,3}(?:(?:user(?:name)?|name|handle|tag|account|acc|id|is|s|es|soy|under"
    r"|called|as|como|its|it's|:|=|->|→)[\s:=→]{1,2}){0,4}"
)
_NAMED = re.compile(
    rf"\b(?:{_APPS})\b{_LINK}"
    r"(@?[a-z0-9]*(?:[_.#]+[a-z0-9]+|[a-z][0-9]|[0-9][a-z])[a-z0-9_.#]*)"
)
_OWN_NAME = re.compile(
    rf"(?:\b(?:my|mi|her|his|add|la|el) (?!face\b)(?:{_APPS})|\b(?:{_APPS})(?=(?:'s|s)? (?:is|es"
    rf"|user|name|under)\b"
    rf"|'s under|\s?[:=→])){_LINK}(?:the |at )?@?([a-z0-9]{{6,30}})\b"
)
_ON_APP = re.compile(
    rf"\b(?:im|i'm|i am|soy|(?:add|find|search|follow|busca|agrega|sigue|look up)(?: for| me|"
    rf" a)?|am"
    rf"|its|buscame|es|name is|names)\s+([a-z0-9_.]{{4,30}})\s+(?:on|en|in|over on)\s+(?:{_APPS})\b"
)
_AS = re.compile(
    rf"\b(?:{_APPS})\s+(?:as|under|como|called|account is|acc is|channel is)\s+([a-z0-9_.]{{4,30}})"
)
_ALL_ONE = re.compile(
    rf"\b(?:{_APPS})\b([^\n]{{4,60}}?)[\s,.(]+(?:no (?:spaces?|caps|capitals)|all (?:one|1) word"
    r"|all (?:together|lower ?case)|one word|todo (?:junto|pegado)|sin espacios?)\b"
)
"""A user name told in several words, and that they are one."""
_SAID_MARK = r"(?:underscore|under score|guion bajo|dot|\(dot\)|punto|\(punto\)|d0t|hash|_)"
_SAID_UNDERSCORE = re.compile(rf"\b(?:at |@)?[a-z0-9]+(?: {_SAID_MARK} [a-z0-9]+)+")
_SPELT = re.compile(r"(?:\b[a-z0-9_.#] ){5,40}[a-z0-9_.#]\b")
_APP_NAMES = (
    "insta instagram insat isnta snap snapchat snpa sanp discord disocrd discrod "
    "d1sc0rd disc0rd tiktok tik roblox rblx steam xbox ps psn ps4 ps5 telegram gram "
    "kik youtube yt twitch gamertag tag user username handle usuario disc dc "
    "minecraft mc ig sc tt fortnite epic reddit wattpad twitter bereal vsco "
    "pinterest spotify strava goodreads valorant riot bigo bgmi ml pubg facebook "
    "fb messenger signal threads profile perfil "
)
_APP_WORDS = frozenset(_APP_NAMES.split())
_SPOKEN = frozenset(SPOKEN) - {"oh"}
_TELLING = _SPOKEN | _APP_WORDS
_APP_SIGNS = frozenset("👻📸📷")
"""Emoji that stand for an app where one has a name."""
_CALLING = Calling(
    _TELLING
    | REACHING
    | DIGITS
    | _APP_SIGNS
    | frozenset(["@", "#", "(", "_", "at", "arroba", "guion"]),
    ("snap", "insta", "dot", "punto", "underscore"),
)
_MIXED = re.compile(
    r"(?<![\w.@])(?=[\w.]*[A-Za-z])(?:[A-Za-z0-9]+(?:[_.][A-Za-z0-9]+)+_?"
    r"|[A-Za-z]{3,}\d{2,}|[a-zA-Z]*[a-z]{2,}[A-Z][a-z]+\w*|xX\w+Xx)(?![\w])"
)


class Contact:
    """Finds ways to reach somebody; built once."""

    name = "contact"
    calling = _CALLING

    def __init__(self, _book: Rulebook, known: Callable[[str], bool]) -> None:
        """`known` says whether a word is one that people use, and so hardly a user name."""
        self._known = known
        phonenumbers.is_possible_number(phonenumbers.parse("+442071838750"))

    def find(self, reading: Reading) -> list[Finding]:
        """A finding to redact for each span that identifies or reaches somebody."""
        text, odd = reading.folded, reading.odd
        found: list[Finding] = []
        words = reading.views[0].tokens
        telling = not _TELLING.isdisjoint(words)
        boxed = _KEYCAP in reading.original
        digit = bool(odd) and _DIGIT.search(odd) is not None
        spoken = boxed or (telling and not _SPOKEN.isdisjoint(words)) or (digit and "oh" in words)
        if spoken or digit:
            found += [
                _found(rule, reading.origin(start, end))
                for start, end, rule in phones(text, spoken=spoken, boxed=boxed)
            ]
        if "@" in odd or "[at]" in text or _says_dot(text, words):
            found += _each(reading, _MAIL, "email")
        if "@" in odd or "#" in odd:
            found += _each(reading, _HANDLE, "handle")
        if "_" in odd:
            found += _each(reading, _BARE, "handle")
        reaching = not REACHING.isdisjoint(words)
        found += [
            _found("handle", reading.origin(*span))
            for span in user_names(text, self._known, reaching=reaching)
        ]
        on_app = any(not _APP_WORDS.isdisjoint(view.tokens) for view in reading.views)
        signs = not _APP_SIGNS.isdisjoint(text)
        if on_app or signs or "snap" in text or "insta" in text:
            found += self._on_apps(reading)
        elif "underscore" in text or "guion bajo" in text or " _ " in text:
            found += _each(reading, _SAID_UNDERSCORE, "handle")
        return found

    def _on_apps(self, reading: Reading) -> Iterator[Finding]:
        text = reading.folded
        for pattern in (_NAMED, _ON_APP, _AS, _ALL_ONE):
            for match in pattern.finditer(text):
                yield _found("handle", reading.origin(*match.span(1)))
        for match in _OWN_NAME.finditer(text):
            if not self._known(match.group(1)) and not match.group(1).endswith("ly"):
                yield _found("handle", reading.origin(*match.span(1)))
        yield from _each(reading, _SAID_UNDERSCORE, "handle")
        yield from _each(reading, _SPELT, "handle")
        yield from self._mixed(reading)

    def _mixed(self, reading: Reading) -> Iterator[Finding]:
        """In a message that names an app: a word no one writes but as a user name."""
        for match in _MIXED.finditer(reading.original):
            word = match.group()
            if word.isalpha() and self._known(word.lower()):
                continue
            if (
                "_" in word
                or not word.islower()
                or any(map(str.isdigit, word))
                or ":" in reading.folded
            ):
                yield _found("handle", match.span())


def _says_dot(text: str, words: list[str]) -> bool:
    """Whether an address may be written out in words, or its @ in brackets."""
    if "(at" in text or "(arr" in text or "arroba" in words:
        return True
    if "at" not in words:
        return False
    return any(map(text.__contains__, ("dot", "punto", "d0t", " net", " point ", "full stop")))


def _found(rule: str, span: tuple[int, int]) -> Finding:
    return Finding(Category.IDENTITY, Attention.NONE, Delivery.REDACT, "contact", rule, *span)


def _each(reading: Reading, pattern: re.Pattern[str], rule: str) -> Iterator[Finding]:
    for match in pattern.finditer(reading.folded):
        yield _found(rule, reading.origin(*match.span()))
