"""What all frames share, and the few that go both ways or to every page; pure.

A frame is one JSON object whose `t` names it. Anything not described in this folder is refused:
unknown fields, unknown frames, wrong types, numbers out of range. `docs/protocol.md` shows one
example of each; the JSON Schema made from these structs is committed and a test keeps it true.
Names are those of the glossary.
"""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

from moderation.terms import Text

MAX_TEXT = 2000
"""Longest message, in characters."""

ID_LENGTH = 22
ID = rf"^[A-Za-z0-9_-]{{{ID_LENGTH}}}$"
Id = Annotated[str, msgspec.Meta(pattern=ID, max_length=ID_LENGTH)]
"""128 random bits, base64url without padding."""
Words = Annotated[str, msgspec.Meta(max_length=MAX_TEXT)]
Note = Annotated[str, msgspec.Meta(max_length=1000)]


class Frame(
    msgspec.Struct, tag_field="t", forbid_unknown_fields=True, omit_defaults=True, gc=False
):
    """What all frames share."""


class Typing(Frame, tag="typing"):
    """Somebody is typing: from the page, oneself; to the page, the peer."""


class Wishes(Frame, tag="wishes"):
    """How a student would like to be met by the adult who was called, and what may make it hard.

    From the page: an answer, each of which may be left out. To the page: what is kept.
    """

    meet: Literal["chat", "person", "any"] | None = None
    barrier: Literal["told", "trouble", "overheard", "none"] | None = None


class Error(Frame, tag="error"):
    """A refusal (chat/errors.py): plain words, never what was sent. `retry_after` in seconds."""

    code: str
    words: str
    cid: str | None = None
    path: str | None = None
    retry_after: float | None = None


def _words(value: object) -> str:
    """A page is the one place where words are shown as they are."""
    if isinstance(value, Text):
        return str(value)
    raise TypeError(f"a frame cannot carry {type(value).__name__}")


encode = msgspec.json.Encoder(enc_hook=_words).encode
"""A frame as the bytes of one text message."""
