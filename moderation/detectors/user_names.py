"""User names that are told around a list of apps: "same name everywhere: …", dotted, spelt out.

Pure. Used by `contact.py`, behind its gates. A word that people use is hardly a user name, so most
frames want one that nobody knows. What is called like a function is code.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

_REACHING_WORDS = """
same find message msg dm dms add account acc profile vlog handle gt finsta icloud username spelt
spelled snap insta twitch discord
"""
REACHING = frozenset(_REACHING_WORDS.split())
"""Words that stand in a message which tells how to find somebody."""
_DOTTED = re.compile(r"(?<![\w@./])[a-z][a-z0-9]*(?:\.[a-z0-9]+){1,4}_?(?![\w/@(])")
_TOLD = re.compile(
    r"\b(?:same (?:name|user(?:name)?|handle|@)\b[^:,\n]{0,24}[:,]|(?:account|page|channel) called"
    r"|(?:i|i'm|im|we) (?:under|go by)|find me (?:as|under|at|on)|app,? (?:im|i'm) (?:at|under)"
    r"|(?:vlog|dm me|snap me|message me|add me) at|(?:snap|dm) me|add gt"
    r"|(?:user(?:name)?|handle|tag)(?:'s|s)?(?: is| =|:)) ?@?([a-z0-9_.]{5,30})\b"
)
_AFTER_AT = re.compile(
    r"\b(?:my|me|im|i'm) ?@ ?(?:is |: ?|= ?)?([a-z][a-z0-9._]{4,30})"
    r"|@ ([a-z0-9]+(?:[._][a-z0-9]+)+)"
)
_ENDS_LOW = re.compile(r"(?<![\w@/])[a-z][a-z0-9.]{4,30}_(?!\w)")
_LETTERS = re.compile(r"(?<!\w)(?:[a-z0-9] ){4,30}[a-z0-9](?!\w)")
_MAIL_SAID = re.compile(
    r"\b[a-z0-9._]{3,30} (?:at|a@t) (?:the )?"
    r"(?:g ?mail|gee ?mail|hotmail|yahoo|outlook|icloud|proton)\b"
)
_PARTS_OF_A_NAME = 3
_LEAST = 4


def user_names(
    text: str, known: Callable[[str], bool], *, reaching: bool
) -> Iterator[tuple[int, int]]:
    """Spans of folded text that are user names; `reaching`: a word of `REACHING` is there."""
    if "@" in text:
        for match in _AFTER_AT.finditer(text):
            yield match.span(match.lastindex or 0)
    if "_" in text:
        yield from (match.span() for match in _ENDS_LOW.finditer(text))
    if "mail" in text or "yahoo" in text or "outlook" in text:
        yield from (match.span() for match in _MAIL_SAID.finditer(text))
    if not reaching:
        return
    for match in _DOTTED.finditer(text):
        if _like_a_name(match.group().rstrip("_").split("."), known):
            yield match.span()
    for match in _TOLD.finditer(text):
        name = match.group(1)
        if not name.isalpha() or not known(name):
            yield match.span(1)
    if "spelt" in text or "spelled" in text or "@ " in text:
        yield from (match.span() for match in _LETTERS.finditer(text))


def _like_a_name(parts: list[str], known: Callable[[str], bool]) -> bool:
    """Whether words joined by dots are a name rather than two sentences without a space."""
    long = [part for part in parts if len(part) >= _LEAST - 1]
    if len(parts) >= _PARTS_OF_A_NAME and len(long) > 1:
        return True
    return any(len(part) >= _LEAST and part.isalpha() and not known(part) for part in parts)
