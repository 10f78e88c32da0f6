"""What the core may ask the shell to do; pure data.

`room.py` and `ending.py` answer every event with a list of these, in the order in which they must
happen; `journal.py` is the only one that carries them out.
"""

from __future__ import annotations

import msgspec

from chat.frames import shared, to_student
from moderation.terms import Decision, Delivery, State

_CHANGED = frozenset({"masked", "redacted"})


class Waiting(msgspec.Struct, gc=False):
    """A message that is said but not yet settled, under both its ids.

    `shown` is what the peer sees once it is released, `state` the state it has then. `checked`
    is False while a person must decide about it, `settling` True while its end is being committed.
    """

    cid: str
    mid: str
    seat: int
    shown: str
    state: State
    checked: bool
    settling: bool = False

    def instead(self, state: State) -> str | None:
        """What the peer sees in that state instead of the words the writer typed, if it differs."""
        return self.shown if state in _CHANGED else None

    def settle(self, state: State) -> Settle:
        """Its end, to be committed."""
        self.settling = True
        return Settle(self.mid, state)


STATE_WHEN_SHOWN: dict[Delivery, State] = {
    Delivery.DELIVER: "released",
    Delivery.MASK: "masked",
    Delivery.REDACT: "redacted",
    Delivery.HOLD: "released",
}
"""The state a message has once the peer may see it; a held one that a person releases is whole."""


class Keep(msgspec.Struct, gc=False):
    """Commit a judged message: as released when `release`, else as held.

    `ack` is what its writer was answered, once it is committed. `after` are messages of the same
    seat, by cid, without which it must not be kept.
    """

    waiting: Waiting
    text: str
    decision: Decision
    release: bool
    ack: to_student.Ack | None = None
    after: tuple[str, ...] = ()


class Settle(msgspec.Struct, gc=False):
    """Commit what becomes of a message that was held."""

    mid: str
    state: State


class Send(msgspec.Struct, gc=False):
    """Send a frame to whoever sits there, if anybody is connected."""

    seat: int
    frame: shared.Frame


class Refuse(msgspec.Struct, gc=False):
    """Refuse whoever sits there, if anybody is connected: the connection may end with it."""

    seat: int
    code: str


class Leave(msgspec.Struct, gc=False):
    """Commit that the student of that seat has left: the records say if the room is over by it."""

    seat: int
    why: str


class Unhold(msgspec.Struct, gc=False):
    """What was held of somebody who has left goes to nobody, and moderators see that."""

    mid: str


class End(msgspec.Struct, gc=False):
    """Commit that the room is over, unless a person is called in it; `seat` is who stays away."""

    why: str
    seat: int | None


Effect = Keep | Settle | Send | Refuse | Leave | Unhold | End
