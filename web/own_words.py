"""What one student wrote as one document, for whoever asks to see it: what stands in it; pure.

Used by `exports.py`; `templates/own_words.html` is its form. It speaks to the student. What the
other student said is a mark, times are to the minute, staff have no names, and what a rule found to
say who somebody is is hidden, as in a case (`case_file.py`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import msgspec

from moderation import voices
from moderation.incidents.case import Said
from moderation.incidents.exports import WordsFile
from moderation.incidents.own_words import Line
from moderation.incidents.words import words
from moderation.records.vault import UNREADABLE
from moderation.terms import Finding
from web.case_file import MESSAGES, clock, nameless

FORM = "own_words.html"
"""Its template."""

PEER = "[The other student wrote something. It is theirs, and not shown here.]"
"""What stands in the place of the other student's words."""
GONE = "[These words were deleted when their time was over.]"
"""What stands in the place of words that are not here any more."""

ACTS: Mapping[str, str] = {
    "release": "let it through",
    "withhold": "did not let it through",
    "hide": "hid a part of it",
    "warn": "wrote a warning",
    "mute": "stopped messages for a while",
    "bar": "kept a student out of the chat for a while",
    "escalate": "called an adult of the school",
    "close_room": "ended the chat",
    "done": "saw nothing to do",
}
"""What a moderator decided about a message, in words; what is not here is nobody's but theirs."""

_findings = msgspec.json.Decoder(tuple[Finding, ...])


@dataclass(frozen=True, slots=True)
class Shown:
    """A line as it stands in the document; `mine` for what the student wrote."""

    at: int
    who: str
    text: str
    mine: bool
    state: str
    noticed: tuple[str, ...]
    acts: tuple[tuple[int, str], ...]


def name(file: WordsFile) -> str:
    """The name to save it under: made of the request's code, of nothing that anybody wrote."""
    return f"peerline-words-{file.export.code}.html"


def values(file: WordsFile) -> dict[str, object]:
    """All that the template is given."""
    chats = file.words.chats
    return {
        "export": file.export,
        "chats": [(one, [_shown(line) for line in one.lines]) for one in chats],
        "bars": file.words.bars,
        "when": clock(file.zone, "%d %b %Y, %H:%M"),
        "zone": file.zone.key,
        "now": file.now,
    }


def _shown(line: Line) -> Shown:
    said = line.said
    if said is None:
        return Shown(line.at, "The other student", PEER, mine=False, state="", noticed=(), acts=())
    voice = voices.voice_of(said.seat)
    if voice is not None:
        text = GONE if said.text is None else str(said.text)
        who = voices.NAMES[voice]
        return Shown(line.at, who, text, mine=False, state="", noticed=(), acts=())
    return Shown(
        at=line.at,
        who="You",
        text=_text(said),
        mine=True,
        state=MESSAGES.get(said.state, said.state),
        noticed=_noticed(said),
        acts=tuple((at, ACTS[act]) for at, act in line.acts if act in ACTS),
    )


def _text(said: Said) -> str:
    if said.text is None:
        return GONE
    return str(said.text if said.text == UNREADABLE else nameless(said))


def _noticed(said: Said) -> tuple[str, ...]:
    """What a rule took it for, each once."""
    found = _findings.decode(said.findings) if said.findings else ()
    return tuple(dict.fromkeys(words(one.category) for one in found))
