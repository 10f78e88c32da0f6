"""The detector of where somebody can be found: postal addresses, and a school with a class.

Pure. Neither a school nor a class alone identifies anybody; both together do. What is found is
replaced for the peer; nobody is disturbed.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from moderation.terms import Attention, Category, Delivery, Finding
from moderation.text import tokens_of
from moderation.tokens import DIGITS, Calling

if TYPE_CHECKING:
    from collections.abc import Iterator

    from moderation.rulebook import Rulebook
    from moderation.text import Reading

_DIGIT = re.compile(r"\d")
_CLASS_WORDS = """
homeroom freshman sophomore form segundo tercero dorm varsity tutor grader goalie
"""
_CLASSES = frozenset(_CLASS_WORDS.split())
_STREET_WORDS = """
road street drive lane avenue crescent terrace rise view address addy croft paddocks
"""
_STREETS = frozenset(_STREET_WORDS.split())
_STREET = (
    r"street|str33t|st|road|rd|avenue|ave|lane|ln|drive|dr|close|crescent|cr3scent|cres|court|ct"
    r"|way|place|pl"
    r"|terrace|tce|gardens|grove|parade|pde|boulevard|blvd|square|row|hill|park|view|mews|walk"
    r"|circle|trail"
    r"|green|house|yard|villas|bend|loop|loan|brow|marg|towers?|apartments|compound|mansions"
    r"|heights"
    r"|estate|hollow|nagar|bungalows?|cottages?|wharf|rise|croft|paddocks?|brae|chase|ridge|parkway"
)
_SMALL = (
    "one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|f0urteen"
    "|fifteen"
    "|sixteen|seventeen|eighteen|nineteen|(?:twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety)"
    "(?:[ -](?:one|two|three|four|five|six|seven|eight|nine))?"
)
_SPANISH_STREET = (
    r"calle|kalle|avenida|av|avda|paseo|plaza|carrera|cra|colonia|camino|pasaje|pje|jr\.?|jiron"
    r"|ronda|diagonal"
    r"|barrio|urbanizacion|vereda"
)
_SAID = re.compile(
    rf"\b(?:number |no\.? )(?:{_SMALL}|\d{{1,4}}[a-z]?),? (?:[a-z'.]+ ){{1,3}}(?:{_STREET})\b"
    rf"|\b(?:{_SMALL}),? (?!(?:of|in|on|my|a|the|or|and|people|years?|minutes?|days?|more|times?"
    rf"|years|weeks?)\b)"
    r"[a-z'0-9]{3,} (?:street|str33t|road|avenue|ave|lane|drive|close|crescent|cr3scent|terrace"
    r"|gardens|grove)\b"
    rf"|\b(?:[a-z']+ )(?:{_STREET}),? (?:number|no\.?|house|lot) ?(?:\d{{1,4}}[a-z]?|{_SMALL})\b"
    r"|\b(?:flat|apt|apartment|unit|lot|room|block|bloque|casa|depto|apto|dpto|lote|mz\.?"
    r"|manzana|purok"
    r"|house) (?:no )?\w{1,4}(?:/\d{1,3})?,? (?:[a-z]+ )?(?:flat|apt|room|portal|piso|lote|block"
    r"|casa|floor"
    rf"|purok|(?:\d{{1,4}}[a-z]? )?(?!(?:is|the|and|with|my|at|on)\b)[a-z']+ (?:{_STREET}))\b"
    rf"|\b(?:{_SPANISH_STREET}) [a-zñ0-9. ]{{2,30}}?[ ,-]*(?:(?:numero|num|no|n|#|con calle"
    rf"|bis)\.? ?)?\d{{1,5}}\b"
    r"|\bkm \d+ de la \w+|/{3}[a-z]+\.[a-z]+\.[a-z]+"
    r"|\b(?:our|my|her|his|their) (?:home )?(?:address|addy)(?: is|'s|:) [a-z0-9][^\n.!?]{4,60}"
    rf"|\b(?:i live|we live|house is|nan'?s is|home is|stay) (?:at |on |in )?(?:{_SMALL})"
    rf" (?:[a-z']+ ){{1,2}}(?:{_STREET})\b"
    rf"|\b(?:i live|we live|my house is|our house is) (?:opposite|next to|behind|above|beside"
    rf"|across from) (?:[a-z'0-9]+ ){{1,5}}(?:on |in )?(?:[a-z'0-9]+ )?(?:{_STREET})\b"
    r"|\b(?:my|our) house is (?:number )?\d{1,4} (?!and|but|so|on|in|with)[a-z]+,? [a-z]+"
    r"|\bc/ ?[a-zñ. ]{3,30}?,? ?\d{1,4}\b"
    r"|\bhouse is \d{1,4} the [a-z]+"
)
_ADDRESS = re.compile(
    rf"\b(?:(?:flat|apt|unit|house) ?\d{{1,4}}[a-z]?,? )?\d{{1,5}}[a-z]?,? "
    r"(?:(?!(?:am|pm|a|an|the|of|in|on|my|we|i|if|so|n|no|to|u|ur|his|her|our|outer|whole|way|is|was"
    r"|are|secs?|blocks?|slang|more|kinds?|people|hits"
    r"|years?|times?|mins?|hours?|days?)\b)"
    r"[a-z'.]+ ){1,3}"
    rf"(?:{_STREET})\b"
    r"|\b(?:calle|avenida|av|avda|paseo|plaza|carrera|colonia|camino) [a-z ]{2,30}? ?"
    r"(?:(?:numero|num|no|n|#)\.? ?)?\d{1,5}\b"
)
_LIVES_AT = re.compile(
    r"\b(?:i live|i liv|we live|my house is|my address is|im staying|vivo|vivimos|mi casa es)"
    r"(?: (?:at|on|en|in))?(?: la| el)? (?:(?:calle|avenida|ronda) [a-zà-ÿ ]{3,25} \d{1,4}"
    r"|(?:\d{1,4}|f[o0]urteen)[a-z]? "
    r"(?!minutes?|mins?|miles?|years?|hours?|people|of|min|km|stops?|doors?)\w+ \w+)"
)
_NOT_STREET = re.compile(
    r"\b\d{1,5},? (?:more |other |long |whole )?(?:minute|percent|point|mile|day)"
)
_POSTCODE = re.compile(r"\b(?:[a-z]{1,2}[1-9][a-z\d]? \d[a-z]{2}|[a-z]\d{2} [a-z0-9]{4})\b")
_CLASS = re.compile(
    r"\b(?:(?:yr|year|form|class|grade|clase|grupo|room|set)\s?)?\d{1,2}\s?[a-hA-HJ-NP-Z](?:\d)?\b"
    r"|\b\d{1,2} ?[A-Z][a-z]{3,}\b|\b(?:yr|year|form|grade|class|grado|curso) ?\d{1,2}\b"
    r"|\b\d{1,2}(?:st|nd|rd|th) grade\b|\b(?:freshman|sophomore|junior|senior|homeroom|form room)\b"
    r"|\b\d(?:ro|do|to|º|°)\s?[a-zA-Z]?\b|\b\d{1,2} ?-? ?[A-Z]{1,3}\d?\b|\b[a-z]{2} ?\d\b|\bjss"
    r" ?\d|\b\d{1,2}-\d{1,2}\b"
    r"|\b(?:form|year|class|grade|std|standard|matric) (?:one|two|three|four|five|six|seven"
    r"|eight|nine|ten|eleven|twelve"
    r"|[IVX]+)\b|\b\d(?:st|nd|rd|th) (?:form|hour|period|year)\b|\broom \d{1,3}\b"
    r"|\b(?:primero|segundo|tercero|cuarto|quinto|sexto|septimo|séptimo|octavo|noveno|decimo"
    r"|décimo|once)"
    r"(?: grado| [A-Fa-f])\b|\b\d(?:\.|°|º)?[A-F]\b|\b(?:dorm|tutor group|head girl|head boy"
    r"|prefect|varsity|goalie|drum major)\b|\b\d{1,2}(?:st|nd|rd|th) grader\b|\bperiod \d\b"
    r"|\b(?:[Mm]r|[Mm]rs|[Mm]s|[Mm]iss)\.? [A-Z]?[a-z]+['’]?s? (?:form|class|homeroom|\d)",
)
_SCHOOL_NAME = re.compile(
    r"\b(?:[A-Z][\w'’.-]{1,30} (?:(?:of|and|the|de|del|la) ){0,2}){1,5}"
    r"(?:School|Academy|College|High|H1gh|Sixth|Primary|Grammar|Comp|Comprehensive|Middle|Secondary"
    r"|Elementary|Institute|Prep|Grange|JH|H\.S\.|Collegiate|Charter|Intermediate|Convent|Girls"
    r"|Boys|Lodge"
    r"|Consolidated|Tech|Technical|Vale|HS|Union|Catholic|Public)\b"
    r"|\b[Ss]t\.? [A-Z]?[a-z]{3,20}['’]?s\b"
    r"|\b(?:[Yy]sgol(?: [Gg]yfun)?|[Cc]olegio|[Ll]iceo|[Cc]ole|[Ii]nstitución educativa"
    r"|[Ss]ecundaria(?: técnica)?)"
    r" [\w'’.-]{1,30}(?: [A-Z][\w'’-]{1,30}){0,3}"
    r"|\b(?:Colegio|Liceo|CEIP|Colaiste|Coláiste|École|Instituto|IES|Secundaria|Prepa"
    r"|Preparatoria|Escuela|St|Saint) [A-Z][\w'’.-]{1,30}(?: [A-Z][\w'’-]{1,30}){0,3}"
)
_LOWER_SCHOOL = re.compile(
    r"\b(?:at|to|go|from|for|in|en el|en la|al)\s+"
    r"((?!(?:my|the|this|our|new|a|same|mi|el|la|high|big|year|school)\b)"
    r"[a-zà-ÿ'’]{4,30}(?:\s[a-zà-ÿ'’]{3,30})?\s"
    r"(?:academy|comp|high|h1gh|grammar|grammer|college|sixth|middle|prep|school|scool|skool|jh"
    r"|elementry|elementary|primry|primary|intermediate|convent))\b"
)
_FLATS = (
    "flat|apt|apartment|unit|lot|room|block|bloque|casa|depto|apto|dpto|lote|mz|manzana|purok|house"
)
_OPTIONAL = re.compile(r"\\?.\?")


def _forms(*rows: str) -> frozenset[str]:
    r"""The words of rows like `towers?|jr\\.?`, with what may be missing and without."""
    parts = [part for row in rows for part in row.split("|")]
    return frozenset(
        form
        for part in parts
        for form in (_OPTIONAL.sub("", part), part.replace("\\.", "").replace("?", ""))
    )


_ADDRESS_WORDS = _forms(_STREET, _SPANISH_STREET, _FLATS, "km|address|addy|str33t|cr3scent")
"""Words of which each address of `_SAID` and `_ADDRESS` has one, unless it has a slash."""
_SCHOOL_WORDS = _forms(
    "school|scool|skool|academy|college|high|h1gh|sixth|primary|primry|grammar|grammer|comp"
    "|comprehensive|middle|secondary|elementary|elementry|institute|prep|grange|jh|h|collegiate"
    "|charter|intermediate|convent|girls|boys|lodge|consolidated|tech|technical|vale|hs|union"
    "|catholic|public|st|saint|ysgol|colegio|liceo|cole|secundaria|ceip|colaiste|instituto|ies"
    "|prepa|preparatoria|escuela"
)
"""Words of which each name of a school in ASCII letters has one."""


class Places:
    """Finds addresses and schools with classes; built once."""

    name = "places"
    calling = Calling(DIGITS | _CLASSES | _STREETS)

    def __init__(self, _book: Rulebook) -> None:
        """Places need nothing from the rule book."""

    def find(self, reading: Reading) -> list[Finding]:
        """A finding to redact for each span that says where somebody can be found."""
        if reading.odd and _DIGIT.search(reading.odd):
            return [*_addresses(reading), *_school(reading)]
        words = reading.views[0].tokens
        found: list[Finding] = []
        if not _STREETS.isdisjoint(words):
            found += _each(reading, _SAID)
        if not _CLASSES.isdisjoint(words):
            found += _school(reading)
        return found


def _found(rule: str, span: tuple[int, int]) -> Finding:
    return Finding(Category.IDENTITY, Attention.NONE, Delivery.REDACT, "places", rule, *span)


def _addresses(reading: Reading) -> Iterator[Finding]:
    said = "/" in reading.odd or _any_word(reading, _ADDRESS_WORDS)
    patterns = (_ADDRESS, _LIVES_AT, _POSTCODE, _SAID) if said else (_LIVES_AT, _POSTCODE)
    for pattern in patterns:
        yield from _each(reading, pattern)


def _any_word(reading: Reading, words: frozenset[str]) -> bool:
    """Whether one of the words may stand in a message; an apostrophe may hide one ("street's")."""
    if not words.isdisjoint(reading.views[0].tokens):
        return True
    folded = reading.folded
    return "'" in folded and not words.isdisjoint(tokens_of(folded.replace("'", " ")))


def _each(reading: Reading, pattern: re.Pattern[str]) -> Iterator[Finding]:
    for match in pattern.finditer(reading.folded):
        if not _NOT_STREET.match(match.group()):
            yield _found("address", reading.origin(*match.span()))


def _school(reading: Reading) -> Iterator[Finding]:
    """A school's name together with a class: either alone identifies nobody."""
    text = reading.original
    simple = reading.plain and text.isascii()
    if simple and not _any_word(reading, _SCHOOL_WORDS):
        return
    school = _SCHOOL_NAME.search(text) or _LOWER_SCHOOL.search(text.lower())
    if school is None or school.end() > len(text):
        return
    rest = text[: school.start()] + " " * (school.end() - school.start()) + text[school.end() :]
    if _CLASS.search(rest):
        yield _found("school_class", school.span())
