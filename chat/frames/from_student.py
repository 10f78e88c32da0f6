"""Every frame a student's page may send, as typed structs; pure.

What the page receives is in `to_student.py`, what all frames share in `shared.py`.
"""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

from chat.frames.shared import ID, ID_LENGTH, Frame, Id, Typing, Wishes, Words

_Cid = Annotated[str, msgspec.Meta(max_length=ID_LENGTH, extra_json_schema={"pattern": ID})]
"""An `Id` whose letters `read` looks at: the pattern would be half of reading a message."""
Token = Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z0-9_-]{43}$", max_length=43)]
"""256 random bits, base64url without padding."""
Epoch = Annotated[str, msgspec.Meta(pattern=r"^[0-9a-f]{16}$", max_length=16)]
"""Names one unbroken history of a room; changes only if history may be lost."""
Seq = Annotated[int, msgspec.Meta(ge=0, le=2**53 - 1)]
"""Place of a released message in its room: 1, 2, 3 … without a gap."""
Topic = Annotated[str, msgspec.Meta(pattern=r"^[a-z][a-z_]{0,31}$")]


class Resume(msgspec.Struct, forbid_unknown_fields=True):
    """Where a page was: it has shown every message of `room` up to `seq`."""

    room: Id
    epoch: Epoch
    seq: Seq


class Hello(Frame, tag="hello"):
    """First frame of every student connection: who this is, and where the page was."""

    token: Token
    resume: Resume | None = None


class Understood(Frame, tag="understood"):
    """The answer to the question about who can see a chat."""

    answer: Annotated[int, msgspec.Meta(ge=0, le=9)]


class Join(Frame, tag="join"):
    """A wish to be matched with a peer about a topic."""

    topic: Topic


class Say(Frame, tag="say"):
    """A message. `cid` is the page's own random id: sending it again is harmless.

    `ask`: where part of it would be hidden from the peer, mark it for me before it goes on.
    """

    cid: _Cid
    text: Words
    ask: bool = False


class TakeBack(Frame, tag="take_back"):
    """Take back an own message that is still being checked."""

    cid: Id


class Leave(Frame, tag="leave"):
    """Leave the room, or stop waiting."""


Wrong = Literal["unkind", "unsafe", "who_are_you", "other"]
"""What a student says is wrong with a peer."""


class Report(Frame, tag="report"):
    """Tell a moderator about the peer; the peer never learns of it.

    `room`: a room that is over; the one that this page is in where it is left out.
    """

    reason: Wrong
    room: Id | None = None


class Block(Frame, tag="block"):
    """Leave the room and never meet this peer again; `room` as in `report`."""

    room: Id | None = None


class Help(Frame, tag="help"):
    """A person, now."""


class Bye(Frame, tag="bye"):
    """Leave this page quickly: the session ends at once."""


class Answers(Frame, tag="answers"):
    """How a room that is over was; both answers may be left out. Kept as counts of a day."""

    room: Id
    felt: Literal["better", "same", "worse"] | None = None
    heard: Literal["yes", "partly", "no"] | None = None


class AskReceipt(Frame, tag="ask_receipt"):
    """A receipt, please, for a room that is over; the one given before is void."""

    room: Id


StudentFrame = (
    Hello
    | Understood
    | Join
    | Say
    | TakeBack
    | Typing
    | Leave
    | Report
    | Block
    | Help
    | Wishes
    | Bye
    | Answers
    | AskReceipt
)


def _without_signs(cid: bytes) -> bytes:
    return cid.replace(b"-", b"0").replace(b"_", b"0")


_read = msgspec.json.Decoder(StudentFrame).decode


def read(raw: bytes) -> StudentFrame:
    """Bytes to a student's frame; raises msgspec.DecodeError or msgspec.ValidationError."""
    frame: StudentFrame = _read(raw)
    if type(frame) is Say:
        cid = frame.cid.encode()
        if len(cid) != ID_LENGTH or not (cid.isalnum() or _without_signs(cid).isalnum()):
            raise msgspec.ValidationError("Expected an id - at `$.cid`")
    return frame
