"""Which passwords nobody may have; pure.

Used by `accounts.py`. The rules are those of NIST SP 800-63B-4 section 3.1.1: fifteen characters,
or eight where a second factor is asked for as well; anything may be in them and nothing must; what
is on a list of passwords that everybody tries is refused, and so is one's own name.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

ALONE = 15
"""Fewest characters of a password that lets in by itself."""
WITH_FACTOR = 8
"""Fewest characters of a password that is asked for together with a second factor."""
LONGEST = 1024
"""Characters; longer ones are wrong without being hashed."""

_TRIED = frozenset(
    """
    password passwort contrasena motdepasse passphrase qwerty qwertz azerty asdfgh zxcvbn letmein
    welcome willkommen hello iloveyou loveyou sunshine princess football baseball basketball
    superman batman spiderman monkey dragon shadow master michael jennifer jordan charlie thomas
    jessica ashley daniel anthony hannah whatever trustno trustnoone starwars pokemon minecraft
    chocolate butterfly liverpool chelsea arsenal manchester barcelona computer internet samsung
    iphone google facebook instagram whatsapp microsoft windows admin administrator administration
    root toor guest test tester testing user login signin access secret default changeme change
    school teacher student headteacher classroom college university education moderator counsellor
    safeguarding safeguard peerline staff support helpdesk spring summer autumn winter monday friday
    january february march april june july august september october november december london england
    scotland wales ireland america sydney australia freedom blessed jesus christ angel babygirl
    family flower orange banana purple yellow silver golden diamond killer hunter soccer hockey
    tigger ginger pepper cookie cheese maggie buster bailey harley ranger yankees mustang ferrari
    mercedes porsche corvette matrix phoenix thunder lovely forever together friends summertime
    """.split()  # noqa: SIM905 - a list is easier to add to as text
)
"""Words that stand in every attacker's first list; with digits and marks around them as well."""

_LEET = str.maketrans("013457@$!|", "oieastasil")
_ROWS = (
    "abcdefghijklmnopqrstuvwxyz",
    "qwertyuiop",
    "qwertzuiop",
    "asdfghjkl",
    "zxcvbnm",
    "azertyuiop",
)
_RUNS = (*_ROWS, "01234567890123456789", "1q2w3e4r5t6y7u8i9o0p", "1qaz2wsx3edc4rfv5tgb")
_EDGES = re.compile(r"^[\W\d_]+|[\W\d_]+$")


def normal(password: str) -> str:
    """The password however a keyboard composed it (Unicode NFKC, as the standard advises)."""
    return unicodedata.normalize("NFKC", password)


def fault(password: str, *, shortest: int, own: Iterable[str] = ()) -> str | None:
    """Why nobody may have this password, in words for the person, or None; never the password.

    `own` are words an attacker knows of this person: login, name, school.
    """
    chosen = normal(password)
    if not shortest <= len(chosen) <= LONGEST:
        return f"A password here has {shortest} to {LONGEST} characters."
    folded = chosen.casefold()
    if _unit(folded) or _run(folded):
        return "That password is a pattern. Three or four words together are better."
    if _core(folded) in _TRIED | _words(own):
        return "That password is one that everybody tries first. Put some words together instead."
    return None


def _core(folded: str) -> str:
    """What is left without digits and marks at both ends, and with letters where digits stood."""
    bare = _EDGES.sub("", folded)
    return "".join(letter for letter in bare.translate(_LEET) if letter.isalpha())


def _words(own: Iterable[str]) -> set[str]:
    found = set()
    for phrase in own:
        parts = re.findall(r"[^\W\d_]+", normal(phrase).casefold())
        found |= {*parts, "".join(parts), "".join(reversed(parts))}
    return {word for word in found if word}


def _unit(folded: str) -> bool:
    """Whether it is one short piece again and again."""
    return any(
        folded == (folded[:size] * len(folded))[: len(folded)]
        for size in range(1, min(4, len(folded) // 2) + 1)
    )


def _run(folded: str) -> bool:
    """Whether it is a stretch of the alphabet, of a row of keys or of digits, either way."""
    return any(folded in run or folded in run[::-1] for run in _RUNS)
