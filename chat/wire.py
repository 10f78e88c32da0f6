"""Every frame a student's browser may send or receive, as typed structs; pure.

A frame is one JSON object whose `t` names it. Anything not described here is refused: unknown
fields, unknown frames, wrong types, numbers out of range. `docs/protocol.md` shows one example of
each; the JSON Schema made from these structs is committed and a test keeps it true.

These are the students' frames and what all frames share; `desk/frames.py` has those of the
moderators' desk. Names are those of the glossary.
"""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

from moderation.terms import State, Text
from moderation.voices import Voice

MAX_TEXT = 2000
"""Longest message, in characters."""

_ID_LENGTH = 22
ID = rf"^[A-Za-z0-9_-]{{{_ID_LENGTH}}}$"
Id = Annotated[str, msgspec.Meta(pattern=ID, max_length=_ID_LENGTH)]
"""128 random bits, base64url without padding."""
_Cid = Annotated[str, msgspec.Meta(max_length=_ID_LENGTH, extra_json_schema={"pattern": ID})]
"""An `Id` whose letters `read_student` looks at: the pattern would be half of reading a message."""
Token = Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z0-9_-]{43}$", max_length=43)]
"""256 random bits, base64url without padding."""
Epoch = Annotated[str, msgspec.Meta(pattern=r"^[0-9a-f]{16}$", max_length=16)]
"""Names one unbroken history of a room; changes only if history may be lost."""
Seq = Annotated[int, msgspec.Meta(ge=0, le=2**53 - 1)]
"""Place of a released message in its room: 1, 2, 3 … without a gap."""
Topic = Annotated[str, msgspec.Meta(pattern=r"^[a-z][a-z_]{0,31}$")]
Words = Annotated[str, msgspec.Meta(max_length=MAX_TEXT)]
Note = Annotated[str, msgspec.Meta(max_length=1000)]

EndWhy = Literal["left", "moderator", "expired"]
"""Why a room is over: somebody left, a moderator closed it, or nobody was there any more."""


class Frame(
    msgspec.Struct, tag_field="t", forbid_unknown_fields=True, omit_defaults=True, gc=False
):
    """What all frames share."""


# --- what the page sends -------------------------------------------------------------------------


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


class Typing(Frame, tag="typing"):
    """Somebody is typing: from the page, oneself; to the page, the peer."""


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


class Wishes(Frame, tag="wishes"):
    """How a student would like to be met by the adult who was called, and what may make it hard.

    From the page: an answer, each of which may be left out. To the page: what is kept.
    """

    meet: Literal["chat", "person", "any"] | None = None
    barrier: Literal["told", "trouble", "overheard", "none"] | None = None


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


# --- what the page receives ----------------------------------------------------------------------


class TopicLine(msgspec.Struct):
    """One thing to talk about."""

    id: str
    label: str


class HelpLine(msgspec.Struct):
    """A number anybody may call, whether or not the chat is open."""

    name: str
    number: str
    hours: str = ""


class Topics(Frame, tag="topics"):
    """What can be talked about, and whether the chat is open; the longest wait in seconds.

    `help_minutes`: so long it lately took at most, nearly always, until somebody looked at a call
    for help; nothing where too few asked to say so.
    """

    school: str
    topics: tuple[TopicLine, ...]
    lines: tuple[HelpLine, ...]
    understood: bool
    open: bool
    longest_wait: int
    help_minutes: int | None = None


class Waiting(Frame, tag="waiting"):
    """Still looking for a peer; times in whole seconds, the estimate only when there is one."""

    topic: str
    waited: int
    estimate: int | None = None


class Matched(Frame, tag="matched"):
    """A room, new or come back to; messages up to `seq` exist."""

    room: str
    epoch: str
    topic: str
    handle: str
    peer: str
    seq: int


class Ack(Frame, tag="ack"):
    """A message is kept: committed to disk. Its state, and `seq` when it was released."""

    cid: str
    mid: str
    state: State
    seq: int | None = None
    text: str | None = None


class Status(Frame, tag="status"):
    """The state of an own message changed after its ack, or is told again to a page that came back.

    `waited`: for so many whole seconds it has been checked.
    """

    cid: str
    mid: str
    state: State
    seq: int | None = None
    text: str | None = None
    waited: int | None = None


class Marked(Frame, tag="marked"):
    """Not said yet: these parts of it would be hidden, each from one character up to another.

    Said again under the same `cid`, without `ask`, it goes on without them.
    """

    cid: str
    parts: tuple[tuple[int, int], ...]


class Message(Frame, tag="message"):
    """A released message at its place in the room; `cid` only on the writer's own."""

    seq: int
    mid: str
    who: Literal["me", "peer", "moderator", "adult"]
    text: str
    cid: str | None = None
    state: State = "released"


class Told(Frame, tag="told"):
    """Words of staff to this student alone; they have no place among the messages of the room."""

    mid: str
    who: Voice
    text: str


class Resumed(Frame, tag="resumed"):
    """Every message up to `seq` has been sent on this connection; also a sign of life."""

    seq: int


class Reset(Frame, tag="reset"):
    """The page's place cannot be found again: show a gap, then go on from `head`."""

    room: str
    epoch: str
    head: int
    reason: Literal["epoch", "too_far"]


class PeerLeft(Frame, tag="peer_left"):
    """The peer has left the room."""


class Ended(Frame, tag="ended"):
    """The room is over."""

    why: EndWhy


class Receipt(Frame, tag="receipt"):
    """By this code an adult finds the room again, for so many whole days; never said twice."""

    code: str
    days: int


NoticeCode = Literal[
    "adult_coming",
    "peer_adult_coming",
    "adult_answered",
    "peer_adult_answered",
    "help_asked",
    "no_adult",
    "reported",
    "apart",
    "paused",
    "unpaused",
    "adult_here",
    "adult_gone",
    "moderator_here",
    "moderator_gone",
    "muted",
    "unmuted",
]


class Notice(Frame, tag="notice"):
    """Something to know that is no message.

    `adult_coming`: what you wrote was delivered and a trained adult is being called.
    `peer_adult_coming`: the same for the other student, who did well. `adult_answered` and
    `peer_adult_answered`: an adult has answered that call. `help_asked`: a person has been asked
    to come. `no_adult`: nobody can be reached now, call a line. `reported`: a
    moderator looks. `apart`: these two do not meet again; the answer to `block` about a room that
    is over.
    `paused` / `unpaused`: messages are being kept but not passed on, or again. `adult_here` /
    `adult_gone`, `moderator_here` / `moderator_gone`: somebody of the staff is in the room.
    `muted` / `unmuted`: a moderator lets this student write nothing for a while, or again.
    """

    code: NoticeCode


class Error(Frame, tag="error"):
    """A refusal (chat/errors.py): plain words, never what was sent. `retry_after` in seconds."""

    code: str
    words: str
    cid: str | None = None
    path: str | None = None
    retry_after: float | None = None


ToStudent = (
    Topics
    | Waiting
    | Matched
    | Ack
    | Status
    | Marked
    | Message
    | Told
    | Resumed
    | Reset
    | Typing
    | PeerLeft
    | Ended
    | Receipt
    | Wishes
    | Notice
    | Error
)


def _words(value: object) -> str:
    """A page is the one place where words are shown as they are."""
    if isinstance(value, Text):
        return str(value)
    raise TypeError(f"a frame cannot carry {type(value).__name__}")


encode = msgspec.json.Encoder(enc_hook=_words).encode
"""A frame as the bytes of one text message."""

_read_student = msgspec.json.Decoder(StudentFrame).decode


def read_student(raw: bytes) -> StudentFrame:
    """Bytes to a student's frame; raises msgspec.DecodeError or msgspec.ValidationError."""
    frame: StudentFrame = _read_student(raw)
    if type(frame) is Say:
        cid = frame.cid.encode()
        letters = cid.replace(b"-", b"0").replace(b"_", b"0")
        if len(cid) != _ID_LENGTH or not letters.isalnum():
            raise msgspec.ValidationError("Expected an id - at `$.cid`")
    return frame
