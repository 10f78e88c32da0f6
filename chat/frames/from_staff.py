"""Every frame a moderator's page may send, as typed structs; pure.

A new one gets a line in `desk/rights.py`. What the page receives is in `to_staff.py`, what all
frames share in `shared.py`.
"""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

from chat.frames.shared import MAX_TEXT, Frame, Id, Note, Words


class Watch(Frame, tag="watch"):
    """Show me the queue, and every change to it from now on; whether I am on shift.

    A page that was loaded anew does not know: I am, unless I stepped off since I signed in.
    """

    on: bool | None = None


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


ActName = Literal[
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
    act: ActName
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


class AskBars(Frame, tag="ask_bars"):
    """Who is kept out now?"""


class Lift(Frame, tag="lift"):
    """Let a student in again whose bar stands until `until`: in `minutes`, or else at once."""

    student: Id
    until: int
    reason: Note
    minutes: Annotated[int, msgspec.Meta(ge=1, le=527_040)] | None = None


StaffFrame = (
    Watch
    | Here
    | Shift
    | Claim
    | PutBack
    | Act
    | Undo
    | KeepNote
    | AskRooms
    | LookIn
    | AskTeam
    | AskBars
    | Lift
)

read = msgspec.json.Decoder(StaffFrame).decode
"""Bytes to a moderator's frame; raises msgspec.DecodeError or msgspec.ValidationError."""
