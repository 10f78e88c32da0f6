"""The words by which a message tells, as patterns: `[telling]` of `lexicon/decisions.toml`; pure.

What the patterns are used for stands in `telling.py`. Used by `outcomes.py`, once when rules are
loaded.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from moderation.rules import LexiconError
from moderation.telling import Telling
from moderation.terms import Category

_KEYS = frozenset(
    {"reader", "speaker", "sufferer", "doer", "witness", "others", "crowd", "one_of", "people"}
    | {"reports", "speaking", "received", "forces", "owed", "wants", "harms", "home", "joins"}
    | {"quotes", "like", "confides", "company", "disowned", "pasts", "suffered", "ahead"}
    | {"unnamed", "after_all"}
    | {"pleas", "dreads", "calms", "addressed", "unstopped"}
    | {"comforts", "denials", "insults", "griefs", "cares", "steadies", "treats"}
    | {"advice", "tells", "adults", "errands", "withheld"}
    | {"things", "bodily", "pictures", "trifles", "persons", "demands", "lures", "unsaid"}
)
_READER_ES = r"\w+[aei]r(?:te|os)"
"""Spanish verbs that carry "you" at their end."""
_YA = r"ya(?! (?:no|me|m|le|les|l|lo|la|se|he|ha|estoy|esta|tengo|es|son)(?!\w))"
"""English for "you", where it is not Spanish for "already"."""
_NAME = r"(?:(?!i |good |that |my |mi |mis |no )\w+ ){0,7}?"
_FEW = r"(?:(?!i |good )\w+ ){0,7}?"
_SOME = r"(?:(?!i |front )\w+ ){0,7}?"
"""Words that may stand between; "be a good girl" names nobody, and "in front of me" is a place."""

_TO_THEM_ES = r"(?:tengo|tuve|debo|toca|hay) (?:que |q )?\w+[aei]r(?:les?|sel[oa]s?)"
"""Spanish that says what the writer must do for somebody whom the verb alone names."""

_ASKED_HOW = r"how (?:do|does|can|did) (?:i|you|ye|u|ya|people|anyone) (?:\w+ )?"
"""Before what calms: "how do you stop yourself" asks for help and speaks to nobody."""
_TOLD_OF = (
    r"(?:tell|telling) (?:everyone|everybody|(?:the|your|ur) \w+) (?:\w+ )?(?:that )?(?:you|u) "
)
"""Before a trifle: "or I tell everyone you snore" threatens nobody."""

_WILL = r"(?:i|we|ill|im|ima|gonna) (?:(?:will|can|could|am|are|going|gonna|to|still) )*"
"""Before a harm: what the writer is about to do."""
_OWN_WILL = f"(?:but|so) {_WILL}"
"""The same, whatever stands before."""


def telling_of(data: Mapping[str, Any]) -> Telling:
    """The patterns of a parsed `[telling]`.

    Raises:
        LexiconError: a key is missing or unknown, or is not words.
    """
    if set(data) != _KEYS or not all(isinstance(value, str) for value in data.values()):
        raise LexiconError(f"decisions.toml: telling: expected rows of words {sorted(_KEYS)}")
    row = {key: _any_of(value) for key, value in data.items()}
    somebody = f"(?:{row['others']}|{row['crowd']})"
    denied = f"{row['denials']} (?:\\w+ ){{0,2}}?(?:{row['insults']}|{row['griefs']})"
    called = rf"(?:you|u|you are|youre|ur) (?:so |such a |a )?{row['insults']}"
    hurts = f"(?:{row['demands']}|{called})"
    unsaid, dreads = _not_behind(data["unsaid"]), _dreads(row, data["unstopped"])
    steady, kind, gentle = _kindly(row, data["withheld"])
    named = f"(?:{somebody}|him|her|them)"
    whom = f"(?:me|my|us|our|his|it|a|the|mi|{named})"
    suffered = rf"(?:got|was|were|been) (?:\w+ ){{0,2}}?{row['suffered']}"
    own_wounds = f"(?:i|ive|im|we) (?:{suffered}|(?:get|getting) {row['suffered']})"
    did = f"{somebody} {_not_ahead(row['ahead'])}{row['pasts']} {whom}"
    return Telling(
        reader=_words(f"(?:{row['reader']}|{_READER_ES}|{_YA})"),
        speaker=_words(row["speaker"]),
        own=_words(f"(?:{row['doer']}|{row['sufferer']})"),
        doer=_words(row["doer"]),
        witness=_words(f"(?:{row['witness']}|{own_wounds})"),
        joins=_words(row["joins"]),
        own_harm=_words(f"{_OWN_WILL}{row['harms']} (?:you|your|u|it)"),
        speech=_words(rf"{row['reports']} (?:to )?me (?:i|ill|im|if) .*"),
        at_home=_words(f"{row['home']} {_FEW}{row['reports']}"),
        plea=_words(f"(?:{row['pleas']}|{dreads})"),
        dread=_words(dreads),
        addressed=_words(row["addressed"]),
        forced=_words(f"{row['forces']} (?:to )?{row['harms']}"),
        extorted=_words(rf"(?:{row['owed']}|{somebody} {_FEW}{row['wants']} (?:\w+ ){{0,9}}?or)"),
        comfort=_words(f"(?:{row['comforts']}|{denied})"),
        kind={
            Category.BULLYING: _words(kind),
            Category.EXPLOITATION: _words(gentle),
            Category.HARM_TO_OTHERS: _words(steady),
        },
        gentle=_words(gentle),
        unkind=_words(f"(?={hurts}){unsaid}{hurts}"),  # so that few words need a look back
        lure=_words(f"(?:(?={row['lures']}){unsaid}{row['lures']}|{_WILL}{row['harms']})"),
        insult=_words(row["insults"]),
        speaking=_words(row["speaking"]),
        people=_words(f"({row['one_of']}) {_NAME}{row['people']}"),
        others=_words(row["others"]),
        report=_words(f"(?:{somebody} {_FEW}{row['reports']}|{row['received']})"),
        done_to=_words(f"(?:{somebody} {_SOME}{row['sufferer']}|{row['received']})"),
        own_doing=_words(f"(?:{row['doer']}|my|our|mi)"),
        with_them=_words("(?:him|his|her|hers)"),
        unnamed=_words(f"(?:{row['unnamed']}|{_TO_THEM_ES})"),
        quoted=_words(rf"{named}(?: (?:\w+ ){{0,7}}?{row['quotes']}(?: \w+){{0,2}})?$"),
        quoted_after=_words(rf"(?:\w+ ){{0,2}}?{named} (?:\w+ )?{row['quotes']}"),
        like=_words(rf"{row['like']}(?= {row['speaking']}(?!\w))"),
        done=_words(f"(?:{did}|{suffered})"),
        company=_words(f"{row['company']}(?! or(?!\\w))"),
        disowned=_words(f"{row['disowned']}(?! {row['after_all']}(?!\\w))"),
        confided=_words(f"(?:im |i am )?{row['confides']}"),
    )


def _kindly(row: Mapping[str, str], withheld: str) -> tuple[str, str, str]:
    """What steadies a peer; that and what else is kind to one; all that and what else is gentle."""
    not_withheld = _not_behind(withheld)
    steady, advice = not_withheld + row["steadies"], not_withheld + row["advice"]
    tells = rf"{not_withheld}{row['tells']} {row['adults']}(?! {row['errands']}(?!\w))"
    kind = f"(?:{steady}|{tells}|{row['cares']}|{_trifle(row)}|{row['treats']})"
    return steady, kind, f"(?:{kind}|{advice}|{_harmless(row)})"


def _dreads(row: Mapping[str, str], unstopped: str) -> str:
    """Who shrinks back from what they might do, which "nobody can stop me" does not."""
    return f"(?:{_ASKED_HOW}{row['calms']}|{_not_behind(unstopped)}{row['dreads']})"


def _not_ahead(ahead: str) -> str:
    """Words between who did it and what was done, none of which says that it is still to come."""
    return rf"(?:(?!i |{ahead} )\w+ ){{0,9}}?"


def _harmless(row: Mapping[str, str]) -> str:
    """Asking for a harmless thing, of which a picture may be asked as well."""
    return rf"(?:(?!{row['bodily']} )\w+ ){{0,8}}?{row['things']}"


def _trifle(row: Mapping[str, str]) -> str:
    """Threatening with a trifle whoever does not give what is no picture."""
    before = rf"(?:(?!(?:{row['bodily']}|{row['pictures']}) )\w+ ){{0,20}}?"
    return rf"{before}{_TOLD_OF}{row['trifles']}(?! {row['persons']}(?!\w))"


def _not_behind(row: str) -> str:
    """A look back: none of these words stands right before."""
    return "".join(rf"(?<!\b{word.replace('_', ' ')} )" for word in row.split())


def _any_of(row: str) -> str:
    """One of the phrases of a row: words apart by spaces, "_" in a phrase, "$" at the very end."""
    phrases = (re.escape(one).replace("_", " ").replace(r"\$", "$") for one in row.split())
    return f"(?:{'|'.join(phrases)})"


def _words(pattern: str) -> re.Pattern[str]:
    """Whole words: a search skips to the next space, but stops at every letter for an edge."""
    return re.compile(rf" {pattern}(?!\w)")
