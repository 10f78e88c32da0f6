"""What every frame of a moderator's page is: one table of frames and actions; pure.

`session.py` asks it, and `moderation/roles.py` with the answer, before it looks at a frame. A
frame or an act that does not stand here is refused, and a test compares it with `frames.py`.
"""

from __future__ import annotations

from collections.abc import Mapping

from chat.desk import frames
from moderation.roles import Action, may

FRAMES: Mapping[type[frames.StaffFrame], Action] = {
    frames.Watch: Action.WORK_QUEUE,
    frames.Here: Action.WORK_QUEUE,
    frames.Shift: Action.WORK_QUEUE,
    frames.Claim: Action.WORK_QUEUE,
    frames.PutBack: Action.WORK_QUEUE,
    frames.Undo: Action.DECIDE,
    frames.KeepNote: Action.DECIDE,
    frames.AskRooms: Action.WORK_QUEUE,
    frames.LookIn: Action.LOOK_IN,
    frames.AskTeam: Action.SEE_NUMBERS,
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


def needed(frame: frames.StaffFrame) -> Action | None:
    """The action a frame is; None, so nobody's, when the tables do not name it."""
    return ACTS.get(frame.act) if isinstance(frame, frames.Act) else FRAMES.get(type(frame))


def withheld(frame: frames.StaffFrame, role: str) -> str | None:
    """The action that somebody of that role may not do by this frame, in a word; or None."""
    action = needed(frame)
    if action is None:
        return "unknown"
    return None if may(role, action) else action.value
