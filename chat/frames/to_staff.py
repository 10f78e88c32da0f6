"""Every frame a moderator's page may receive, as typed structs; pure.

None says who a student is: the line of an item has no words in it, and a card has words and
handles only. What the page sends is in `from_staff.py`, what all frames share in `shared.py`.
"""

from __future__ import annotations

from typing import Literal

import msgspec

from chat.frames.shared import Error, Frame
from moderation.voices import Voice


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


class BarLine(msgspec.Struct):
    """A student who is kept out until `until`; the rest is not known of one from another term.

    `student` is the pseudonym, `handle` what they were called in the room about `topic` in which
    `by` said so. `lift` says whether whoever reads this may end it.
    """

    student: str
    until: int
    lift: bool
    handle: str = ""
    topic: str = ""
    by: str = ""
    at: int | None = None
    reason: str = ""


class BarsNow(Frame, tag="bars"):
    """The bars that are not over, the one that ends first before the others."""

    bars: tuple[BarLine, ...]
    now: int


class Done(Frame, tag="done"):
    """The act was carried out and committed; it can be taken back until `undo_until`, if at all."""

    item: str
    act: str
    undo_until: int | None = None


ToStaff = (
    Queue
    | OnShift
    | Gauges
    | IncidentNow
    | RoomsNow
    | RoomView
    | TeamNow
    | BarsNow
    | ItemChanged
    | ItemGone
    | Opened
    | Done
    | Error
)
