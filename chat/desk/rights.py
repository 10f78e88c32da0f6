"""What every frame of a moderator's page is: one table of frames and actions; pure.

`session.py` asks it, and `moderation/roles.py` with the answer, before it looks at a frame. A
frame or an act that does not stand here is refused, and a test compares it with `wire.py`.
"""

from __future__ import annotations

from collections.abc import Mapping

from chat import wire
from moderation.roles import Action, may

FRAMES: Mapping[type[wire.StaffFrame], Action] = {
    wire.Watch: Action.WORK_QUEUE,
    wire.Here: Action.WORK_QUEUE,
    wire.Shift: Action.WORK_QUEUE,
    wire.Claim: Action.WORK_QUEUE,
    wire.PutBack: Action.WORK_QUEUE,
    wire.Undo: Action.DECIDE,
    wire.KeepNote: Action.DECIDE,
    wire.AskRooms: Action.WORK_QUEUE,
    wire.LookIn: Action.LOOK_IN,
    wire.AskTeam: Action.SEE_NUMBERS,
}
"""Every frame but `act`."""

ACTS: Mapping[str, Action] = {
    "release": Action.DECIDE,
    "withhold": Action.DECIDE,
    "hide": Action.DECIDE,
    "note": Action.DECIDE,
    "warn": Action.DECIDE,
    "mute": Action.DECIDE,
    "unmute": Action.DECIDE,
    "bar": Action.BAR,
    "ask": Action.DECIDE,
    "false_alarm": Action.DECIDE,
    "fine": Action.DECIDE,
    "stop": Action.DECIDE,
    "close_room": Action.DECIDE,
    "done": Action.DECIDE,
    "escalate": Action.ESCALATE,
}
"""What can be done by `act`."""


def needed(frame: wire.StaffFrame) -> Action | None:
    """The action a frame is; None, so nobody's, when the tables do not name it."""
    return ACTS.get(frame.act) if isinstance(frame, wire.Act) else FRAMES.get(type(frame))


def withheld(frame: wire.StaffFrame, role: str) -> str | None:
    """The action that somebody of that role may not do by this frame, in a word; or None."""
    action = needed(frame)
    if action is None:
        return "unknown"
    return None if may(role, action) else action.value
