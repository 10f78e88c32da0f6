"""Every frame a browser may send or receive, as typed structs; pure.

A frame is one JSON object whose `t` names it. Anything not described here is refused: unknown
fields, unknown frames, wrong types, numbers out of range. `docs/protocol.md` shows one example of
each; the JSON Schema made from these structs is committed and a test keeps it true.

Students speak the first half, staff the second. Names are those of the glossary.
"""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

from moderation.terms import State, Text
from moderation.voices import Voice

MAX_TEXT = 2000
"""Longest message, in characters."""

Id = Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z0-9_-]{22}$", max_length=22)]
"""128 random bits, base64url without padding."""
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


# --- students: what the page sends ---------------------------------------------------------


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
    """A message. `cid` is the page's own random id: sending it again is harmless."""

    cid: Id
    text: Words


class TakeBack(Frame, tag="take_back"):
    """Take back an own message that is still being checked."""

    cid: Id


class Typing(Frame, tag="typing"):
    """Somebody is typing: from the page, oneself; to the page, the peer."""


class Leave(Frame, tag="leave"):
    """Leave the room, or stop waiting."""


class Report(Frame, tag="report"):
    """Tell a moderator about the peer; the peer never learns of it."""

    reason: Literal["unkind", "unsafe", "who_are_you", "other"]


class Block(Frame, tag="block"):
    """Leave the room and never meet this peer again."""


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
    | Bye
    | Answers
    | AskReceipt
)


# --- students: what the page receives --------------------------------------------------------


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
    """What can be talked about, and whether the chat is open; the longest wait in seconds."""

    school: str
    topics: tuple[TopicLine, ...]
    lines: tuple[HelpLine, ...]
    understood: bool
    open: bool
    longest_wait: int


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
    """The state of an own message changed after its ack."""

    cid: str
    mid: str
    state: State
    seq: int | None = None
    text: str | None = None


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
    "help_asked",
    "no_adult",
    "reported",
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
    `peer_adult_coming`: the same for the other student, who did well. `help_asked`: a person
    has been asked to come. `no_adult`: nobody can be reached now, call a line. `reported`: a
    moderator looks.
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


# --- moderators: what the page sends ---------------------------------------------------------


class Watch(Frame, tag="watch"):
    """Show me the queue, and every change to it from now on; unless `on`, I am not on shift."""

    on: bool = True


class Here(Frame, tag="here"):
    """A sign of life; nobody has touched this page for `quiet` seconds."""

    quiet: Annotated[int, msgspec.Meta(ge=0, le=86_400)]


class Shift(Frame, tag="shift"):
    """I go on shift, or off, with a note for whoever comes next."""

    on: bool
    note: Note = ""


class Claim(Frame, tag="claim"):
    """Give this item to me and nobody else."""

    item: Id


class PutBack(Frame, tag="put_back"):
    """Return a claimed item to the queue; `know`: I may know this student, show me none of it."""

    item: Id
    know: bool = False


Deed = Literal[
    "release",
    "withhold",
    "hide",
    "note",
    "warn",
    "mute",
    "unmute",
    "close_room",
    "bar",
    "escalate",
    "ask",
    "done",
    "false_alarm",
    "fine",
    "stop",
]
"""What a moderator can do about an item; `fine` and `stop` answer a second look."""


class Span(msgspec.Struct, array_like=True, forbid_unknown_fields=True):
    """A part of a message, in characters of its text, the end not included; `[start, end]`."""

    start: Annotated[int, msgspec.Meta(ge=0, le=MAX_TEXT)]
    end: Annotated[int, msgspec.Meta(ge=0, le=MAX_TEXT)]


class Act(Frame, tag="act"):
    """Decide about a claimed item; what takes something away needs a `reason`.

    `hide` names the `spans` of the message the peer must not see; `note` and `warn` say `text`
    under the page's own `cid`; `mute` and `bar` last `minutes`. `to` is the student the item is
    about, the other one, or (for words) both.
    """

    item: Id
    act: Deed
    reason: Note = ""
    text: Words = ""
    cid: Id | None = None
    to: Literal["student", "other", "both"] = "student"
    minutes: Annotated[int, msgspec.Meta(ge=1, le=527_040)] | None = None
    spans: Annotated[tuple[Span, ...], msgspec.Meta(max_length=40)] = ()


class Undo(Frame, tag="undo"):
    """Take back the last decision about this item, within ten seconds."""

    item: Id


class KeepNote(Frame, tag="keep_note"):
    """Keep what is being noted about a claimed item; the same `note` again is the same note."""

    item: Id
    note: Id
    text: Note


class AskRooms(Frame, tag="ask_rooms"):
    """Which rooms are open now?"""


class LookIn(Frame, tag="look_in"):
    """Let me read what was said last in this open room; audited."""

    room: Id


class AskTeam(Frame, tag="ask_team"):
    """Who is on shift, how much did they read, how did second looks come out?"""


StaffFrame = (
    Watch | Here | Shift | Claim | PutBack | Act | Undo | KeepNote | AskRooms | LookIn | AskTeam
)


# --- moderators: what the page receives ------------------------------------------------------


class Item(msgspec.Struct):
    """One thing waiting for a moderator; no words in it. `since` in Unix milliseconds."""

    id: str
    kind: Literal["message", "report", "help", "fault", "review", "drill"]
    category: str
    attention: Literal["queue", "page"]
    held: bool
    since: int
    topic: str
    claimed_by: str | None = None
    incident: str | None = None
    asked_by: str | None = None


class Queue(Frame, tag="queue"):
    """The whole queue, most pressing first."""

    items: tuple[Item, ...]
    me: str
    on_call: tuple[str, ...]
    now: int


class Left(msgspec.Struct):
    """What a moderator left for the next at the end of a shift."""

    who: str
    at: int
    text: str


class OnShift(Frame, tag="on_shift"):
    """Whether this moderator is on shift, since when, and how much they have read lately.

    `read` counts items by category, of which those in `heavy` weigh: `most` of them are enough in
    `hours`. After `break_after` seconds the page asks for a break. `left` are notes of colleagues.
    """

    on: bool
    since: int
    read: dict[str, int]
    heavy: tuple[str, ...]
    most: int
    hours: float
    break_after: int
    left: tuple[Left, ...] = ()


class Gauges(Frame, tag="gauges"):
    """How the desk stands; `first_look` is the 95th percentile of the last hour in milliseconds.

    `places` rooms may be open with those who are on shift. `failing` names parts that do not work.
    """

    on_shift: tuple[str, ...]
    rooms: int
    places: int | None = None
    first_look: int | None = None
    failing: tuple[str, ...] = ()
    on_call: tuple[str, ...] = ()


class Rung(msgspec.Struct):
    """One adult who is being rung about an incident, over one channel."""

    name: str
    channel: str
    state: str


class IncidentNow(Frame, tag="incident"):
    """How an incident of an item stands now: who has it, and how the last pages fare."""

    code: str
    state: str
    holder: str | None = None
    pages: tuple[Rung, ...] = ()


class ItemChanged(Frame, tag="item"):
    """An item is new or changed."""

    item: Item


class ItemGone(Frame, tag="gone"):
    """An item needs nobody any more."""

    item: str
    outcome: str


class Why(msgspec.Struct):
    """One finding, as a moderator sees it; offsets are characters of the original text."""

    category: str
    rule: str
    detector: str
    start: int
    end: int


class Line(msgspec.Struct):
    """One message of the surroundings, under the handle its writer has in that room."""

    mid: str
    who: str
    text: str
    at: int
    state: str
    why: tuple[Why, ...] = ()


class Past(msgspec.Struct):
    """What a member of staff did or noted about this item before."""

    who: str
    at: int
    act: str
    text: str


class Earlier(msgspec.Struct):
    """An earlier message of this conversation in which something was seen; no words."""

    who: str
    at: int
    state: str
    categories: tuple[str, ...]


class Opened(Frame, tag="opened"):
    """A claimed item with its surroundings.

    `handles` are those of the room's seats, `about` the seat the item is about. `looked` is when
    somebody first looked, `muted` which seats may not write until when; Unix milliseconds.
    """

    item: Item
    lines: tuple[Line, ...]
    mid: str | None
    reading: str
    version: str
    handles: tuple[str, ...] = ()
    about: int | None = None
    looked: int | None = None
    muted: tuple[int | None, ...] = ()
    past: tuple[Past, ...] = ()
    earlier: tuple[Earlier, ...] = ()


class RoomLine(msgspec.Struct):
    """One open room, without words: `said` messages, and the class of what waits about it."""

    id: str
    topic: str
    handles: tuple[str, ...]
    said: int
    risk: str
    staff: tuple[Voice, ...] = ()


class RoomsNow(Frame, tag="rooms"):
    """The rooms open now."""

    rooms: tuple[RoomLine, ...]


class RoomView(Frame, tag="room"):
    """What was said last in a room that is looked into."""

    room: str
    topic: str
    lines: tuple[Line, ...]


class Member(msgspec.Struct):
    """A moderator on shift: how many heavy items they have read lately, and how many at all."""

    name: str
    heavy: int
    read: int


class Differing(msgspec.Struct):
    """A second look that came out otherwise than the first."""

    at: int
    category: str
    first: str
    second: str


class TeamNow(Frame, tag="team"):
    """How the team fares, and of second looks how many agreed."""

    members: tuple[Member, ...]
    most: int
    looks: int
    agreed: int
    differing: tuple[Differing, ...] = ()


class Done(Frame, tag="done"):
    """The act was carried out and committed; it can be taken back until `undo_until`, if at all."""

    item: str
    act: str
    undo_until: int | None = None


Outgoing = (
    Topics
    | Waiting
    | Matched
    | Ack
    | Status
    | Message
    | Told
    | Resumed
    | Reset
    | Typing
    | PeerLeft
    | Ended
    | Receipt
    | Notice
    | Error
    | Queue
    | OnShift
    | Gauges
    | IncidentNow
    | RoomsNow
    | RoomView
    | TeamNow
    | ItemChanged
    | ItemGone
    | Opened
    | Done
)


def _words(value: object) -> str:
    """A page is the one place where words are shown as they are."""
    if isinstance(value, Text):
        return str(value)
    raise TypeError(f"a frame cannot carry {type(value).__name__}")


encode = msgspec.json.Encoder(enc_hook=_words).encode
"""A frame as the bytes of one text message."""

read_student = msgspec.json.Decoder(StudentFrame).decode
"""Bytes to a student's frame; raises msgspec.DecodeError or msgspec.ValidationError."""

read_staff = msgspec.json.Decoder(StaffFrame).decode
"""Bytes to a moderator's frame; raises msgspec.DecodeError or msgspec.ValidationError."""
