"""Every frame a student's page may receive, as typed structs; pure.

What the page sends is in `from_student.py`, what all frames share in `shared.py`.
"""

from __future__ import annotations

from typing import Literal

import msgspec

from chat.frames.shared import Error, Frame, Typing, Wishes
from moderation.terms import State
from moderation.voices import Voice

EndWhy = Literal["left", "moderator", "expired"]
"""Why a room is over: somebody left, a moderator closed it, or nobody was there any more."""


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
    for help; nothing where too few asked to say so. `hours`: when the school says it is usually
    open.
    """

    school: str
    topics: tuple[TopicLine, ...]
    lines: tuple[HelpLine, ...]
    understood: bool
    open: bool
    longest_wait: int
    help_minutes: int | None = None
    hours: str = ""


class Waiting(Frame, tag="waiting"):
    """Still looking for a peer; times in whole seconds, the estimate only when there is one.

    `paused`: nobody is matched now, for no moderator is free; the place is kept.
    """

    topic: str
    waited: int
    estimate: int | None = None
    paused: bool = False


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
    "call_over",
    "no_adult",
    "peer_no_adult",
    "peer_gone",
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
    to come. `call_over`: that call, or the one of what was written, was finished and nobody came.
    `no_adult`: nobody can be reached now, call a line. `peer_no_adult`: the same for the other
    student, who read what was written. `peer_gone`: the other student has left, and the room goes
    on for this one, to whom staff can write. `reported`: a moderator looks. `apart`: these two do
    not meet again; the answer to `block` about a room that is over.
    `paused` / `unpaused`: messages are being kept but not passed on, or again. `adult_here` /
    `adult_gone`, `moderator_here` / `moderator_gone`: somebody of the staff is in the room.
    `muted` / `unmuted`: a moderator lets this student write nothing for a while, or again.
    `standing`: what still holds is said again to a page that comes; no request is answered by it.
    """

    code: NoticeCode
    standing: bool = False


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
