"""What one student wrote, unsealed for whoever they are: their chats, and what was decided.

Used by `exports.py`; `web/own_words.py` makes the document of it. Of the other student nothing
comes out of here but that they said something: their words stay sealed.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from moderation import voices
from moderation.incidents.case import Said, conversation
from moderation.records.erasure import Mark
from moderation.records.own_words import StoredBar, StoredChat, StoredWords
from moderation.records.transcript import SHOWN, Excerpt, StoredMessage
from moderation.records.vault import Vault

DELETED = "[deleted on request]"
"""What stands in the place of words that their writer had deleted."""

_CARD = re.compile(r"[0-9a-f]{64}")
_IN_CASE = re.compile(r"([A-Za-z0-9]{3}-[A-Za-z0-9]{4})[\s,:]+(\S.*)")


@dataclass(frozen=True, slots=True)
class Line:
    """Something this student wrote or was shown; `acts` is what moderators did about it, and when.

    `said` is None for what the other student said.
    """

    at: int
    said: Said | None
    acts: Sequence[tuple[int, str]] = ()


@dataclass(frozen=True, slots=True)
class Chat:
    """One chat; `words` is False once they were deleted, and then only what was noticed is left."""

    seat: int
    handle: str
    topic: str
    opened_at: int
    ended_at: int | None
    muted_until: int | None
    words: bool
    lines: Sequence[Line]


@dataclass(frozen=True, slots=True)
class OwnWords:
    """All of one student, the oldest first."""

    chats: Sequence[Chat]
    bars: Sequence[StoredBar]


def read_reference(typed: str) -> str | tuple[str, str] | None:
    """Which student is meant: the digest of a card as the roster has it, or a case and a name.

    The name is the one the student has in that case. None for what is neither.
    """
    text = " ".join(typed.split())
    if _CARD.fullmatch(text.lower()):
        return text.lower()
    found = _IN_CASE.fullmatch(text)
    return None if found is None else (found[1].upper(), found[2])


def opened(stored: StoredWords, vault: Vault) -> OwnWords:
    """Everything of a student with their words unsealed, as long as there are any."""
    return OwnWords([_chat(one, vault) for one in stored.chats], stored.bars)


def marks(stored: StoredWords, vault: Vault) -> tuple[Mark, ...]:
    """What shall stand in the place of each message of theirs whose words are still kept.

    Sealed like a message, so that whatever reads the chat goes on reading it.
    """
    found = []
    for chat in stored.chats:
        if chat.room.wrapped_key is None:
            continue
        key = vault.room(chat.room.wrapped_key)
        mids = [line.mid for line in chat.said if line.seat == chat.seat]
        found += [Mark(chat.room.id, mid, key.seal(DELETED, mid)) for mid in mids]
    return tuple(found)


def _chat(stored: StoredChat, vault: Vault) -> Chat:
    room, seat = stored.room, stored.seat
    theirs = [line for line in stored.said if _is_theirs(line, seat, stored.left_at)]
    read = [line for line in theirs if line.seat != 1 - seat]
    words = dict(
        zip((one.mid for one in read), conversation(room, Excerpt(read), vault), strict=True)
    )
    return Chat(
        seat=seat,
        handle=room.seats[seat][1],
        topic=room.topic,
        opened_at=stored.opened_at,
        ended_at=room.ended_at if stored.left_at is None else stored.left_at,
        muted_until=stored.muted_until,
        words=room.wrapped_key is not None,
        lines=[
            Line(
                at=line.said_at // 1000,
                said=words.get(line.mid),
                acts=[(act.at, act.act) for act in stored.acts if act.mid == line.mid],
            )
            for line in theirs
        ],
    )


def _is_theirs(line: StoredMessage, seat: int, left_at: int | None) -> bool:
    """Whether this student wrote it, or ever saw it: who has left sees nothing more."""
    if line.seat == seat:
        return True
    if left_at is not None and line.said_at // 1000 > left_at:
        return False
    if voices.voice_of(line.seat) is None:
        return line.state in SHOWN
    return voices.addressed(line.seat) in (None, seat)
