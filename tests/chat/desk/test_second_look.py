"""Some decisions are looked at again, by somebody who is not told the first answer."""

from __future__ import annotations

import pytest

from chat.desk.second_look import draw
from moderation.records import items, reviews
from tests.chat.desk.moderators import Moderator, Shift, told


def always(shift: Shift, number: float = 0.0) -> None:
    object.__setattr__(shift.desk.needs, "chance", lambda: number)


async def at_the_desk(shift: Shift, login: str) -> Moderator:
    moderator = await shift.moderator(login)
    await moderator.says("watch")
    return moderator


async def looks(shift: Shift) -> list[str]:
    """The open second looks, each by what it looks at again."""
    rows = await shift.place.store.read(items.open_items, shift.desk.needs.records.school)
    return [row.id for row in rows if row.kind == "review"]


@pytest.mark.parametrize(
    ("first", "second", "agreed"),
    [("release", "fine", 1), ("release", "stop", 0), ("withhold", "stop", 1)],
)
async def test_M16_a_second_look_is_blind_and_somebody_elses(
    shift: Shift, first: str, second: str, agreed: int
) -> None:
    """Its line and card tell nothing of the first answer; who gave that one never sees it."""
    always(shift)
    *_, held = await shift.held()
    mo, jo = await at_the_desk(shift, "mo"), await at_the_desk(shift, "jo")
    await mo.says("claim", item=held)
    await mo.says("act", item=held, act=first, reason="x")
    await told(shift.desk)
    new = {f["item"]["id"] for f in jo.seen if f["t"] == "item"} & set(await looks(shift))
    assert not {f["item"]["id"] for f in mo.seen if f["t"] == "item"} & new
    (again,) = new
    await mo.says("claim", item=again)
    assert mo.names()[0] == "not_found"
    await jo.says("claim", item=again)
    card = jo.seen[0]
    assert (card["item"]["category"], card["item"]["held"]) == ("second_look", False)
    assert (card.get("past", []), card["version"]) == ([], "")
    (line,) = [line for line in card["lines"] if line["mid"] == card["mid"]]
    assert (line["state"], line["why"]) == ("released", [])
    await jo.says("act", item=again, act=second)
    assert jo.names()[0] == "done"
    found = await shift.place.store.read(reviews.agreement, 0, 9)
    assert (found.looks, found.agreed) == (1, agreed)
    assert [(one.first, one.second) for one in found.differing] == (
        [] if agreed else [(first, second)]
    )


async def test_M16_what_nobody_looked_at_is_looked_at_too(shift: Shift) -> None:
    """A message that went on by itself is drawn as well, and never one of staff."""
    always(shift)
    live, *_ = await shift.place.pair()
    await shift.place.said(live, 1, "what went on by itself")
    await shift.place.said(live, 0, "hold this")
    mo, jo = await at_the_desk(shift, "mo"), await at_the_desk(shift, "jo")
    held = shift.place.items[-1]
    await mo.says("claim", item=held)
    await mo.says("act", item=held, act="withhold", reason="x")
    assert len(await looks(shift)) == 2
    texts = set()
    for again in await looks(shift):
        await jo.says("claim", item=again)
        card = jo.seen[0]
        texts |= {line["text"] for line in card["lines"] if line["mid"] == card["mid"]}
        await jo.says("act", item=again, act="fine")
    assert texts == {"what went on by itself", "hold this"}
    assert await looks(shift) == []


async def test_M16_the_share_is_what_the_school_set(shift: Shift) -> None:
    """A draw at or above it brings nothing, and a second look brings no third."""
    *_, held = await shift.held()
    mo = await shift.moderator("mo")
    row = await shift.place.store.read(items.item, held)
    assert row is not None
    share = shift.desk.needs.moderators.second_look_share
    for number, count in ((share, 0), (share - 0.01, 1)):
        always(shift, number)
        drawn = draw(shift.desk.needs, row, "release", mo.session.staff.id)
        assert len([item async for item in drawn]) == count


async def test_only_a_second_look_is_answered_as_one(shift: Shift) -> None:
    """And nothing else is done about it, but to page or to hand it on."""
    always(shift)
    *_, held = await shift.held()
    mo, jo = await at_the_desk(shift, "mo"), await at_the_desk(shift, "jo")
    await mo.says("claim", item=held)
    await mo.says("act", item=held, act="fine")
    assert mo.names()[0] == "not_found"
    await mo.says("act", item=held, act="release")
    (again, *_) = await looks(shift)
    await jo.says("claim", item=again)
    await jo.says("act", item=again, act="close_room", reason="x")
    assert jo.names()[0] == "not_found"


async def test_M8_a_refused_act_says_nothing_in_the_room(shift: Shift) -> None:
    """A note or a warning does not fit a second look: the students hear nothing of it."""
    always(shift)
    _, one, other, held = await shift.held()
    mo, jo = await at_the_desk(shift, "mo"), await at_the_desk(shift, "jo")
    await mo.says("claim", item=held)
    await mo.says("act", item=held, act="release")
    (again, *_) = await looks(shift)
    await jo.says("claim", item=again)
    del one.seen[:], other.seen[:]
    for act in ("note", "warn"):
        await jo.says("act", item=again, act=act, text="hello", to="both", cid="c" * 22)
        assert jo.names()[0] == "not_found"
    assert (one.seen, other.seen) == ([], [])
