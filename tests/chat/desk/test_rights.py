from __future__ import annotations

import itertools
import typing

import pytest

from chat.desk.rights import ACTS, FRAMES, needed, withheld
from chat.frames import from_staff
from moderation.roles import Action, Role, may

KINDS = set(typing.get_args(from_staff.StaffFrame)) - {from_staff.Act}
ITEM = "0123456789012345678901"


def every_frame() -> list[from_staff.StaffFrame]:
    """One frame of every kind, and one for every act."""
    acts = typing.get_args(typing.get_type_hints(from_staff.Act)["act"])
    plain = [kind(*([ITEM] * len(kind.__struct_fields__))) for kind in KINDS]
    return [*plain, *(from_staff.Act(ITEM, act) for act in acts)]


def test_every_frame_and_act_of_staff_stands_in_the_table() -> None:
    """A new frame or act without a line fails here, and so does a line for what is no more."""
    acts = typing.get_args(typing.get_type_hints(from_staff.Act)["act"])
    assert set(FRAMES) == KINDS
    assert set(ACTS) == set(acts)


@pytest.mark.parametrize(("frame", "role"), list(itertools.product(every_frame(), Role)))
def test_role_by_frame(frame: from_staff.StaffFrame, role: Role) -> None:
    """Each role gets exactly the frames whose action it may do."""
    action = needed(frame)
    assert isinstance(action, Action)
    assert (withheld(frame, role) is None) == may(role, action)


def test_what_is_not_in_the_table_is_for_nobody() -> None:
    """Deny by default: an act nobody gave an action is refused to everybody."""
    frame = from_staff.Act(ITEM, "release")
    frame.act = "erase"  # type: ignore[assignment]
    assert all(withheld(frame, role) == "unknown" for role in Role)
