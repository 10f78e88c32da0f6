"""What may stand in a message at all, before anybody asks what it means; pure.

Refuses text that could break a page, a log or a store, and takes out the signs that turn text
around on screen. Used by `students/session.py` on the way in, `rooms/` on the way out.
"""

from __future__ import annotations

import unicodedata

from chat.frames.shared import MAX_TEXT

_MAX_MARKS = 4
"""Combining marks on one letter before it is a smear over its neighbours ("zalgo")."""

_BIDI = dict.fromkeys((*range(0x202A, 0x202F), *range(0x2066, 0x206A), 0x200E, 0x200F, 0x061C))

_REFUSED = frozenset({"Cc", "Cs", "Co", "Cn"})
"""Unicode categories no message needs: controls, lone surrogates, private use, unassigned."""

_TAGS = range(0xE0000, 0xE0080)
"""Invisible letters; wanted only after a black flag, where they spell England or Wales."""

_FLAG = "\U0001f3f4"

_BLANK = frozenset({0x115F, 0x1160, 0x2800, 0x3164, 0xFFA0})
"""Letters and signs to Unicode of which nobody sees anything: Hangul fillers, Braille's blank."""

_PICTOGRAPHS = range(0x1F000, 0x1FB00)
"""Where Unicode adds emoji each year, so that a new one is not refused until Python knows it."""


def flaw(text: str) -> str | None:
    """The code of the refusal that `text` earns (`empty`, `too_long`, `bad_text`), or None."""
    if len(text) > MAX_TEXT:
        return "too_long"
    if text.isascii() and text.isprintable():
        return None if text and not text.isspace() else "empty"
    return _flaw_beyond_ascii(text)


def _flaw_beyond_ascii(text: str) -> str | None:
    marks = 0
    seen = in_flag = False
    for sign in text:
        category = unicodedata.category(sign)
        tag = ord(sign) in _TAGS
        if (tag and not in_flag) or (category in _REFUSED and not _harmless(sign)):
            return "bad_text"
        in_flag = sign == _FLAG or (in_flag and tag)
        marks = marks + 1 if category[0] == "M" else 0
        if marks > _MAX_MARKS:
            return "bad_text"
        seen = seen or _seen(sign, category)
    return None if seen else "empty"


def _seen(sign: str, category: str) -> bool:
    """Whether a message of this sign alone would show something: no space, control or lone mark."""
    if category[0] in "ZCM":
        return ord(sign) in _PICTOGRAPHS
    return ord(sign) not in _BLANK


def _harmless(sign: str) -> bool:
    return sign == "\n" or ord(sign) in _PICTOGRAPHS


def shown(text: str) -> str:
    """`text` without the signs that reverse or embed directions (Unicode UAX 9)."""
    return text if text.isascii() else text.translate(_BIDI)
