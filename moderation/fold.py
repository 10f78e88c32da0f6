"""Turns one character into the plain lower-case letters a reader would see in its place.

Pure. Used by `text.py` for messages, and by what reads rules and word lists in the same way.
Folding works character by character, so the way back to the original offsets is a running sum, and
no input can cost more than its length. Lookalikes follow the idea of Unicode TS 39 (confusables);
the table is our own and short.
"""

from __future__ import annotations

import unicodedata

LOOKALIKES = {
    "a": "аαɑᴀɐ∀ᗩꭺ",
    "b": "ЬъьвβʙƄᏏᗷƀɓ",
    "c": "сϲᴄⅽᏟƈ¢ςↄ",
    "d": "ԁɗᴅᏧɖđᗪꓒð",
    "e": "еєεɛᴇҽ℮ɘэ∈ƹё",
    "f": "ғƒꜰϝſ",
    "g": "ɡԍɢǥɠց",
    "h": "һнʜհђћħⱨ",
    "i": "іιıɩɪɨїӏℹ",
    "j": "јʝϳɉ",
    "k": "кκᴋƙқҡ",
    "l": "ⅼʟłɭℓ∣ɫ",
    "m": "мᴍⅿɱ₥",
    "n": "ոηпɴиŋɲղ",
    "o": "оοσᴏօөøםס๏∅◯○●ծ",
    "p": "рρᴘþƿ",
    "q": "ԛզɋ",
    "r": "гяʀɾᴦɼř",
    "s": "ѕꜱʂƨ",
    "t": "тτᴛтŧ†ƭ",
    "u": "υսᴜʋцմµ",
    "v": "ѵνᴠⱱ∨√",
    "w": "ԝωᴡшщѡա",
    "x": "хχ×ҳᚷ",
    "y": "уүγʏყұɏ",
    "z": "ᴢʐżƶ",
    "ss": "ß",
    "ae": "æ",
    "oe": "œ",
}
_PUNCTUATION = {
    "'": "’‘ʼʹ′`´＇‛ʻ",
    '"': "“”„«»″‟❝❞",
    "-": "‐‑‒–—―−﹣－",
    "..": "…",
    ".": "。．․·•∙⋅",
    ",": "，、",
    "!": "！❗❕‼",
    "?": "？¿❓❔⁇",
    "\n": "\u2028\u2029\x85\r",
}
_MOST_FROM_ONE = 8
_TABLE_LIMIT = 20_000
_CIRCLED = ((0x1F150, 26), (0x1F170, 26), (0x1F1E6, 26))


class Folding(dict[str, str]):
    """What each character folds to; filled as characters are met, never past a fixed size."""

    def __missing__(self, char: str) -> str:
        folded = _fold(char)
        if len(self) < _TABLE_LIMIT:
            self[char] = folded
        return folded


def _fold(char: str) -> str:
    code = ord(char)
    for first, length in _CIRCLED:
        if first <= code < first + length:
            return chr(ord("a") + code - first)
    if code in _SURROGATES or code in _NOTHING or code in _SKIN_TONES:
        return ""
    kind = unicodedata.category(char)
    if kind[0] == "M" or kind == "Cf":
        return ""
    if kind in ("Zs", "Cc"):
        return " "
    plain = unicodedata.normalize("NFKD", char)[:_MOST_FROM_ONE].lower()
    if plain == char:
        return char
    return "".join(
        part if part.isascii() else _SEED.get(part, part)
        for part in plain
        if unicodedata.category(part)[0] != "M"
    )


_SURROGATES = range(0xD800, 0xE000)
_SKIN_TONES = range(0x1F3FB, 0x1F400)
_NOTHING = frozenset({0x115F, 0x1160, 0x3164, 0xFFA0, 0xFE0F, 0xFE0E, 0x20E3, 0x00AD, 0x2800})
_SEED: dict[str, str] = {}
for _plain, _others in (LOOKALIKES | _PUNCTUATION).items():
    for _other in _others:
        if not _other.isascii() and unicodedata.category(_other)[0] != "M":
            _SEED[_other] = _plain
            if _other.upper() != _other and len(_other.upper()) == 1:
                _SEED.setdefault(_other.upper(), _plain)
FOLD = Folding(_SEED)
FOLD.update({chr(code): chr(code).lower() for code in range(128)})
FOLD["\x00"] = ""
FOLD["\t"] = " "
