"""Where a full name is likely to stand: the patterns and words of `names.py`; pure data."""

from __future__ import annotations

import re

_PART = r"[a-zà-öø-ÿ][a-zà-öø-ÿ'’\-]{1,30}"
_WORD = r"[a-zà-öø-ÿ][a-zà-öø-ÿ'’\-]{2,30}"
FRAMED = re.compile(
    r"\b(?:(?:my|her|his|full|mi|su|real)\s+(?:full |real |actual )?(?:n[ae]+me?s?|nombre)"
    r"(?:'s|s)?\s*(?:is|es|:|completo es)?"
    r"|me llamo|se llama|is called|was called|named|called|llamad[oa]|surname is|call me|(?:full"
    r"|real) name"
    rf"|this is|signed|regards|from)\s+({_PART}\s+(?:(?:de la|de|del|van|mac|mc|o)\s)?{_PART})",
    re.IGNORECASE,
)
"""As in "my name is Ann Lee", "se llama …", "signed …"."""

FRAMES = ("name", "naem", "llam", "call", "nombre", "signed")
"""What stands in a message in which `FRAMED` could fit."""

TOLD = re.compile(r"(?:my|mi|me llamo)\b", re.IGNORECASE)
"""A frame in which the speaker names themselves."""

INTRODUCED_CAPITALS = re.compile(
    r"\b(?:[Ii]['’]?m|[Ii] am|[Ss]oy|[Ii]s|[Ii]t['’]s|boy|with|called|[Ee]s)\s+"
    r"([A-ZÀ-Ö][a-zà-öø-ÿ]{2,} (?:Ní |Mac |O['’])?[A-ZÀ-Ö][a-zà-öø-ÿ]{3,}(?:-[A-Z][a-z]+)?)"
)
"""As in "I'm Ann Lee", "soy …": two capitalised words."""

INTRODUCED = re.compile(
    r"\b(?:im|i'm|i am|i’m|soy|its|it's|ya boy|is|hes|shes|he's|she's|with|to|contact)\s+"
    rf"({_PART}\s+{_PART})",
    re.IGNORECASE,
)
"""The same however it is written."""

INTRODUCES = frozenset(
    ("im", "am", "soy", "its", "boy", "is", "hes", "shes", "with", "to", "contact")
)
"""Words right before a given name in which `INTRODUCED` could fit."""

TITLED = re.compile(
    r"\b(?:mr|mrs|miss|ms|dr|sir|señora|señor)\.? ([A-Z][a-z]+ [A-Z][a-z]+)", re.IGNORECASE
)
"""As in "Mr Ann Lee": a title with two capitalised words."""

TITLES = frozenset(("mr", "mrs", "miss", "ms", "dr", "sir", "senora", "senor"))
"""Titles as tokens."""

TITLE_BEFORE = re.compile(rf"\b(?:mr|mrs|miss|ms|dr)\.? ({_WORD}) ({_WORD})")
"""A title with two words in plain letters."""

FULL = re.compile(
    r"\b[Ff]ull name(?:['’]s| is|:)? ([A-ZÀ-Ö][a-zà-öø-ÿ]+ (?:[A-ZÀ-Ö][a-zà-öø-ÿ]+"
    r" )?[A-ZÀ-Ö][a-zà-öø-ÿ]+)"
)
"""As in "full name: Ann Lee"."""

PAIR = re.compile(
    r"(?<![\w@])([A-ZÀ-Ö][a-zà-öø-ÿ]+)\s+"
    r"((?:O'|O’|Mc|Mac|D'|de |van )?[A-ZÀ-Ö][A-Za-zà-öø-ÿ]+(?:-[A-Z][a-z]+)?)"
)
"""Two capitalised words, anywhere."""

INITIAL = re.compile(
    r"(?<![\w@])([A-ZÀ-Ö][a-zà-öø-ÿ]+) [A-Z]\. ((?:O['’]|Mc|Mac)?[A-ZÀ-Ö][a-zà-öø-ÿ]+)"
)
"""As in "Ann B. Lee"."""

CAPITALS = re.compile(
    r"(?<![\w@.'’])([A-ZÀ-Ö][a-zà-öø-ÿ]+(?:-[A-Z][a-z]+)?)((?: (?:de|del|de la|binti|bin|van))?"
    r"(?: (?:Ní |Mac |O['’])?[A-ZÀ-Ö][a-zà-öø-ÿ]+(?:-[A-ZÀ-Ö][a-zà-öø-ÿ]+)?){1,3})(?![\w'’]*[A-Z])"
)
"""Two to four capitalised words, with "de", "van" or "bin" between."""

FIRST_LAST = re.compile(
    r"\bf[i1]rst (?:name'?s? )?(?:is )?([\w$@!]+)[\s,.]*"
    r"(?:and )?(?:my )?(?:last|sur|second|l@st) ?(?:name'?s? )?(?:is )?([\w$@!\-]+)"
    r"|\b(?:last |sur)name'?s?:? (?:is )?([\w\-]+)[\s,.]*(?:and )?(?:my )?first(?: name'?s?)?:?"
    r" (?:is )?([\w\-]+)"
)
"""As in "first name Ann, last name Lee", either way round."""

SAID_BY = re.compile(
    r"\b(?:im|i'm|i’m|i am|am|soy|its|it's|it’s|myself|name'?s|ya girl|ya boy|called|ask for"
    r"|look up|google|googlea"
    r"|busca a|busquen a|pregunten por|tell|say hi to|sign it|signed"
    r"|(?:best |my )(?:friend|mate|bestie|bff)|(?:mi|my) (?:prima|primo|cousin|brother|sister"
    r"|mate|dad'?s|mum'?s)"
    rf"|prefect|coach|teacher|thats|that's)(?: me| is| the)?,? +({_WORD}(?: {_WORD})?) ({_WORD})"
)
"""As in "ask for ann lee", "my mate ann lee": two or three words where a name is likely."""

SAID_AFTER = re.compile(
    rf"^({_WORD}(?: {_WORD})?) ({_WORD}) (?:here|speaking|aqui|aquí|reporting)\b"
)
"""As in "ann lee here"."""

_TELLERS = """
im am soy its myself name names ya called ask look google googlea busca busquen pregunten tell hi
sign signed friend mate bestie bff mi my prefect coach teacher thats here speaking reporting
mr mrs miss ms dr
"""

TELLERS = frozenset(_TELLERS.split())
"""Words without which none of `SAID_BY`, `SAID_AFTER` and `TITLE_BEFORE` fits."""

NEIGHBOURS = re.compile(rf"\b(?=({_WORD}) ({_WORD})\b)")
"""Every two words side by side."""

STRETCHED = re.compile(r"(.)\1\1")
"""A letter three times in a row."""

NO_SURNAME = re.compile(
    r"(?:ing|ed|ly|able|ness|ment|tion|ish|able|ious|ando|iendo|mente|ción|s|est)$"
)
"""Endings of words that are hardly surnames."""

_WORDS_TOO = """
will hope grace faith joy mark jack rob bill pat sue dawn rose may june summer autumn angel max
ray art gene frank grant rich nick don ken jay kit lane drew chase hunter carter trinity melody
harmony destiny una ivy holly ruby pearl amber jade violet iris lily daisy poppy hazel olive
penny sandy sky skye star chris sean josh austin dallas paris london sydney jordan chelsea
georgia virginia carolina
"""

ALSO_WORDS = frozenset(_WORDS_TOO.split())
"""Given names that begin many a sentence which names nobody."""
