"""What every frame of a moderator's page is: one table of frames and actions; pure.

`session.py` asks it, and `moderation/roles.py` with the answer, before it looks at a frame. A
frame or an act that does not stand here is refused, and a test compares it with
`frames/from_staff.py`.
"""

from __future__ import annotations

from collections.abc import Mapping

from chat.frames import from_staff
from moderation.roles import Action, may

FRAMES: Mapping[type[from_staff.StaffFrame], Action] = {
    from_staff.Watch: Action.WORK_QUEUE,
    from_staff.Here: Action.WORK_QUEUE,
    from_staff.Shift: Action.WORK_QUEUE,
    from_staff.Claim: Action.WORK_QUEUE,
    from_staff.PutBack: Action.WORK_QUEUE,
    from_staff.Undo: Action.DECIDE,
    from_staff.KeepNote: Action.DECIDE,
    from_staff.AskRooms: Action.WORK_QUEUE,
    from_staff.LookIn: Action.LOOK_IN,
    from_staff.AskTeam: Action.SEE_NUMBERS,
    from_staff.AskBars: Action.BAR,
    from_staff.Lift: Action.BAR,
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


def needed(frame: from_staff.StaffFrame) -> Action | None:
    """The action a frame is; None, so nobody's, when the tables do not name it."""
    return ACTS.get(frame.act) if isinstance(frame, from_staff.Act) else FRAMES.get(type(frame))


def withheld(frame: from_staff.StaffFrame, role: str) -> str | None:
    """The action that somebody of that role may not do by this frame, in a word; or None."""
    action = needed(frame)
    if action is None:
        return "unknown"
    return None if may(role, action) else action.value
