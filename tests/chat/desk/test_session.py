"""What one moderator's page sends: read strictly, done, confirmed, or refused."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from sqlalchemy import select

from chat.desk.rights import withheld
from chat.desk.session import FRAMES
from chat.frames import to_student
from chat.speaking import MAX_ERRORS
from moderation.people.sessions import StaffMember
from moderation.records import audit
from moderation.records import tables as t
from moderation.records.store import StoreUnavailable
from moderation.roles import Role
from tests.chat.desk.moderators import ITEM, Shift
from tests.chat.desk.test_rights import every_frame
from tests.moderation.records.sample import SCHOOL, add_staff


@pytest.mark.parametrize(
    ("act", "state", "peer_hears"),
    [("release", "released", ["hold this"]), ("withhold", "withheld", [])],
)
async def test_M8_an_act_is_confirmed_once_it_is_done(
    shift: Shift, act: str, state: str, peer_hears: list[str]
) -> None:
    """The room hears, the moderator is told, the item is gone, the audit has both steps."""
    _, one, other, held = await shift.held()
    mo = await shift.moderator("mo")
    await mo.says("watch")
    await mo.says("claim", item=held)
    await mo.says("act", item=held, act=act, reason="because")
    assert mo.names() == ["done", "gone"]
    (status,) = one.take()
    assert isinstance(status, to_student.Status)
    assert status.state == state
    heard = [frame.text for frame in other.take() if isinstance(frame, to_student.Message)]
    assert heard == peer_hears
    store = shift.place.store
    entries = await store.read(lambda conn: conn.execute(t.audit.select()).all())
    assert [entry.act for entry in entries] == ["on_shift", "look", act]
    assert await store.read(audit.verify) is None


@pytest.mark.parametrize("act", ["withhold", "escalate", "close_room"])
async def test_M6_what_takes_something_away_needs_a_reason(shift: Shift, act: str) -> None:
    """Without one nothing happens, and the field is named."""
    _, one, _, held = await shift.held()
    mo = await shift.moderator("mo")
    await mo.says("claim", item=held)
    (refused,) = await mo.says("act", item=held, act=act, reason=" \n ")
    assert (refused["code"], refused["path"]) == ("bad_field", "reason")
    assert one.seen == []


async def test_M7_nobody_acts_on_what_is_not_theirs(shift: Shift) -> None:
    """Unclaimed, put back, done: `changed`, and the item as it is now."""
    *_, held = await shift.held()
    mo = await shift.moderator("mo")
    await mo.says("watch")
    await mo.says("act", item=held, act="release")
    assert mo.names() == ["changed", "item"]
    await mo.says("put_back", item=held)
    assert mo.names() == ["changed", "item"]
    await mo.says("claim", item=held)
    await mo.says("put_back", item=held)
    assert mo.names() == ["done", "item"]
    await mo.says("claim", item=held)
    await mo.says("act", item=held, act="release")
    await mo.says("act", item=held, act="release")
    assert mo.names() == ["changed", "gone"]
    await mo.says("act", item=ITEM, act="release")
    assert mo.names() == ["not_found"]


async def test_M7_a_message_taken_back_is_not_released(shift: Shift) -> None:
    """The moderator hears that it changed, sees how it stands now, and can close the item."""
    live, _, other, held = await shift.held()
    mo = await shift.moderator("mo")
    await mo.says("watch")
    await mo.says("claim", item=held)
    (waiting,) = live.room.seats[0].line.values()
    shift.place.rooms.take_back(live, 0, waiting.cid)
    await shift.place.committed()
    await mo.says("act", item=held, act="release")
    assert mo.names() == ["changed", "opened", "item"]
    assert [frame["item"]["held"] for frame in mo.seen[1:]] == [False, False]
    assert other.seen == []
    await mo.says("act", item=held, act="done")
    assert mo.names() == ["done", "gone"]


async def test_M2_F8_what_is_committed_is_told_though_the_rest_fails(
    shift: Shift, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The card or a second look cannot be read or kept: colleagues still see who has what."""
    *_, held = await shift.held()
    mo, jo = await shift.moderator("mo"), await shift.moderator("jo")
    await mo.says("watch")
    await jo.says("watch")

    async def fails(*_args: object) -> None:
        raise StoreUnavailable

    async def draws_one(*_args: object) -> AsyncIterator[str]:
        yield held
        raise StoreUnavailable

    monkeypatch.setattr("chat.desk.session.card_of", fails)
    monkeypatch.setattr("chat.desk.session.draw", draws_one)
    for frame, expected in (
        ({"t": "claim"}, ["item"]),
        ({"t": "act", "act": "warn", "text": "please", "to": "both", "cid": "c" * 22}, ["item"]),
        ({"t": "act", "act": "done"}, ["gone", "gone"]),
        ({"t": "undo"}, ["item"]),
    ):
        del jo.seen[:]
        await mo.says(**frame, item=held)
        assert "unavailable" in mo.names()
        assert jo.names() == expected


async def test_M10_escalating_wakes_the_pager_and_keeps_the_card(shift: Shift) -> None:
    """The item carries its incident, stays with the moderator, and the reason opens for adults."""
    *_, held = await shift.held()
    mo = await shift.moderator("mo")
    await mo.says("watch")
    await mo.says("claim", item=held)
    await mo.says("act", item=held, act="escalate", reason="he means it")
    assert mo.names() == ["done", "item"]
    assert mo.seen[1]["item"]["claimed_by"] == "Mo"
    code = mo.seen[1]["item"]["incident"]
    assert len(shift.pages) == 1
    ola = StaffMember(
        await add_staff(shift.place.store, "ola", "counsellor"),
        SCHOOL,
        "ola",
        "Ola",
        Role.COUNSELLOR,
    )
    case = await shift.desk.needs.incidents.case(code, ola)
    assert [str(note.text) for note in case.notes] == ["he means it"]  # type: ignore[union-attr]


async def test_a_desk_reads_strictly(shift: Shift) -> None:
    """Students' frames, unknown acts and too many frames are refused, the page stays."""
    mo = await shift.moderator("mo")
    for kind, fields, code in (
        ("say", {"cid": ITEM, "text": "x"}, "unknown_type"),
        ("act", {"item": ITEM, "act": "ban"}, "bad_field"),
        ("claim", {"item": "short"}, "bad_field"),
    ):
        await mo.says(kind, **fields)
        assert mo.names() == [code]
    for _ in range(FRAMES):
        await mo.says("claim", item=ITEM)
    (refused,) = await mo.says("claim", item=ITEM)
    assert refused["code"] == "rate_limited"
    assert mo.closed is None


async def test_a_desk_that_sends_on_and_on_is_closed(shift: Shift) -> None:
    """What nobody understands, or far too much, ends a moderator's connection as a student's."""
    for sends, most in (("nonsense", 0), ("watch", FRAMES)):
        mo = await shift.moderator(f"mo_{sends}")
        for _ in range(most + MAX_ERRORS):
            await mo.says(sends)
            assert mo.closed is None
        await mo.says(sends)
        assert (mo.names()[-1], mo.closed) == ("too_many_errors", 4504)


@pytest.mark.parametrize("role", Role)
async def test_a_frame_that_a_role_may_not_send_is_refused_and_audited(
    shift: Shift, role: Role
) -> None:
    """Whoever got as far as the socket still has only the rights of their role, frame by frame."""
    staff = await add_staff(shift.place.store, "una", role)
    una = shift.page(StaffMember(staff, SCHOOL, "una", "Una", role))
    beyond = [frame for frame in every_frame() if withheld(frame, role)]
    for frame in beyond:
        await una.session._answer(frame)
    assert una.names() == ["forbidden"] * len(beyond)
    query = select(t.audit.c.who, t.audit.c.act, t.audit.c.about).order_by(t.audit.c.n)
    noted = await shift.place.store.read(lambda conn: [tuple(r) for r in conn.execute(query)])
    assert noted == [(staff, "refused", withheld(frame, role)) for frame in beyond]
