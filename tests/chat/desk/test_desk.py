"""The moderators' desk: who has which item, and what their acts do."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select
from structlog.testing import capture_logs

from chat.alone import Alone
from chat.desk.desk import BEAT, Desk
from chat.desk.needs import DeskNeeds
from chat.desk.presence import MISSED
from chat.desk.rights import withheld
from chat.desk.session import FRAMES, DeskSession
from chat.frames import to_student
from chat.rooms.guests import Guests
from chat.rooms.open_room import OpenRoom
from chat.speaking import MAX_ERRORS
from moderation.incidents.incidents import Incidents
from moderation.people.sessions import StaffMember
from moderation.records import audit, items
from moderation.records import tables as t
from moderation.records.store import StoreUnavailable
from moderation.roles import Role
from tests.chat.desk.test_rights import every_frame
from tests.chat.shells import Page, Place, Stumble, a_place
from tests.moderation.records.sample import SCHOOL, add_staff

ITEM = "i" * 22


@dataclass
class Moderator:
    """One moderator's page."""

    session: DeskSession
    seen: list[dict[str, Any]] = field(default_factory=list)
    closed: int | None = None
    heard: asyncio.Event = field(default_factory=asyncio.Event)

    def send(self, frame: bytes) -> None:
        self.seen.append(json.loads(frame))
        self.heard.set()

    def close(self, code: int, reason: str = "") -> None:
        assert reason
        self.closed = code

    async def says(self, t: str, **fields: Any) -> list[dict[str, Any]]:
        """Send a frame and answer with everything that came of it, told to all included."""
        del self.seen[:]
        self.session.frame_received(json.dumps({"t": t, **fields}).encode())
        if self.session._turns._last is not None:
            await self.session._turns._last
        await told(self.session._desk)
        return self.seen

    def names(self) -> list[str]:
        return [frame.get("code", frame["t"]) for frame in self.seen]


async def told(desk: Desk) -> None:
    """Everybody who watches has heard what changed."""
    while desk._telling:
        await asyncio.wait(desk._telling)


@dataclass
class Shift:
    """A desk with records behind it."""

    place: Place
    desk: Desk
    pages: list[None]
    barred: list[tuple[str, int]]

    async def moderator(self, login: str) -> Moderator:
        staff = await add_staff(self.place.store, login, "moderator")
        return self.page(StaffMember(staff, SCHOOL, login, login.title(), Role.MODERATOR))

    def page(self, staff: StaffMember) -> Moderator:
        page = Moderator(DeskSession(self.desk, staff))
        page.session.connected(page)  # type: ignore[arg-type]
        return page

    async def held(self) -> tuple[OpenRoom, Page, Page, str]:
        """A room in which seat 0 has said something that is held; and its item."""
        live, one, other = await self.place.pair()
        await self.place.said(live, 0, "hold this")
        one.take()
        return live, one, other, self.place.items[-1]


async def claimed(shift: Shift) -> str:
    """An item that Mo, who is at the desk, has."""
    *_, held = await shift.held()
    mo = await shift.moderator("mo")
    await mo.says("watch")
    await mo.says("claim", item=held)
    return held


async def owner(shift: Shift, item: str) -> str | None:
    """Who has an item."""
    found = await shift.place.store.read(items.item, item)
    assert found is not None
    return found.claimed_by


@contextlib.asynccontextmanager
async def a_shift(tmp_path: Path, keep_claim: float = 60.0) -> AsyncIterator[Shift]:
    async with a_place(tmp_path) as place:
        incidents = Incidents(place.records)
        pages: list[None] = []
        barred: list[tuple[str, int]] = []
        needs = DeskNeeds(
            place.records,
            place.rooms,
            Guests(place.rooms, place.store, place.clock),
            incidents,
            lambda: pages.append(None),
            lambda student, until: barred.append((student, until)),
            Alone(),
        )
        yield Shift(place, Desk(needs, keep_claim), pages, barred)


async def test_watching_shows_the_queue(tmp_path: Path) -> None:
    """Who watches sees what waits, who can be reached, and their own name; and counts as here."""
    async with a_shift(tmp_path) as shift:
        await shift.held()
        mo = await shift.moderator("mo")
        queue, _ = await mo.says("watch")
        assert len(queue["items"]) == 1
        assert (queue["me"], queue["on_call"]) == ("Mo", [])
        again = shift.page(mo.session.staff)
        await again.says("watch")
        assert len(shift.desk) == 1


async def test_M1_a_change_is_told_to_everybody_who_watches(tmp_path: Path) -> None:
    """A claim shows on the other moderators' pages under the claimer's name."""
    async with a_shift(tmp_path) as shift:
        *_, held = await shift.held()
        mo, jo = await shift.moderator("mo"), await shift.moderator("jo")
        await mo.says("watch")
        await jo.says("watch")
        del jo.seen[:]
        assert [frame["t"] for frame in await mo.says("claim", item=held)] == ["opened", "item"]
        assert jo.seen[0]["item"]["claimed_by"] == "Mo"


async def test_M2_the_second_to_claim_is_told(tmp_path: Path) -> None:
    """The loser is refused and then sees who has it; the winner may open it again."""
    async with a_shift(tmp_path) as shift:
        *_, held = await shift.held()
        mo, jo = await shift.moderator("mo"), await shift.moderator("jo")
        await mo.says("watch")
        await jo.says("watch")
        await mo.says("claim", item=held)
        await jo.says("claim", item=held)
        assert jo.names() == ["already_claimed", "item"]
        assert jo.seen[1]["item"]["claimed_by"] == "Mo"
        await mo.says("claim", item=held)
        assert mo.names() == ["opened", "item"]
        await jo.says("claim", item=ITEM)
        assert jo.names() == ["not_found"]


@pytest.mark.parametrize(
    ("act", "state", "peer_hears"),
    [("release", "released", ["hold this"]), ("withhold", "withheld", [])],
)
async def test_M8_an_act_is_confirmed_once_it_is_done(
    tmp_path: Path, act: str, state: str, peer_hears: list[str]
) -> None:
    """The room hears, the moderator is told, the item is gone, the audit has both steps."""
    async with a_shift(tmp_path) as shift:
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
async def test_M6_what_takes_something_away_needs_a_reason(tmp_path: Path, act: str) -> None:
    """Without one nothing happens, and the field is named."""
    async with a_shift(tmp_path) as shift:
        _, one, _, held = await shift.held()
        mo = await shift.moderator("mo")
        await mo.says("claim", item=held)
        (refused,) = await mo.says("act", item=held, act=act, reason=" \n ")
        assert (refused["code"], refused["path"]) == ("bad_field", "reason")
        assert one.seen == []


async def test_M7_nobody_acts_on_what_is_not_theirs(tmp_path: Path) -> None:
    """Unclaimed, put back, done: `changed`, and the item as it is now."""
    async with a_shift(tmp_path) as shift:
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


async def test_M7_a_message_taken_back_is_not_released(tmp_path: Path) -> None:
    """The moderator hears that it changed, sees how it stands now, and can close the item."""
    async with a_shift(tmp_path) as shift:
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


async def test_M7_what_nobody_waits_for_any_more_holds_nothing_up(tmp_path: Path) -> None:
    """Taken back, or its chat is over: at once the item is no longer held, and moderators hear."""
    async with a_shift(tmp_path) as shift:
        place = shift.place
        live, _, _, held = await shift.held()
        (waiting,) = live.room.seats[0].line.values()
        place.rooms.take_back(live, 0, waiting.cid)
        await place.committed()
        await place.committed()
        await place.said(live, 0, "hold this too")
        again = place.items[-1]
        place.rooms.end(live, "left", 0)
        await place.committed()
        await place.committed()
        rows = {row.id: row.held for row in await place.store.read(items.open_items, SCHOOL)}
        assert rows == {held: False, again: False}
        assert place.items == [held, held, again, again]


async def test_M10_escalating_wakes_the_pager_and_keeps_the_card(tmp_path: Path) -> None:
    """The item carries its incident, stays with the moderator, and the reason opens for adults."""
    async with a_shift(tmp_path) as shift:
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


async def test_M10_what_an_adult_does_is_told_as_it_is_committed(tmp_path: Path) -> None:
    """Whoever watches sees who has it, in the same turn: nothing waits for a tick of the clock."""
    async with a_shift(tmp_path) as shift:
        *_, held = await shift.held()
        mo = await shift.moderator("mo")
        await mo.says("watch")
        await mo.says("claim", item=held)
        await mo.says("act", item=held, act="escalate", reason="he means it")
        code = mo.seen[1]["item"]["incident"]
        staff = await add_staff(shift.place.store, "ola", "counsellor")
        ola = StaffMember(staff, SCHOOL, "ola", "Ola", Role.COUNSELLOR)
        incidents, seen = shift.desk.needs.incidents, []
        for act in (incidents.acknowledge, incidents.with_student):
            del mo.seen[:]
            await act(code, ola)
            await told(shift.desk)
            seen += [(frame["t"], frame["holder"]) for frame in mo.seen]
        assert seen == [("incident", "Ola")] * 2


async def test_closing_a_room_is_told_to_both_students(tmp_path: Path) -> None:
    """The moderator's act ends the room for good."""
    async with a_shift(tmp_path) as shift:
        live, one, other, held = await shift.held()
        mo = await shift.moderator("mo")
        await mo.says("claim", item=held)
        await mo.says("act", item=held, act="close_room", reason="enough")
        assert one.take() == other.take() == [to_student.Ended("moderator")]
        assert await shift.place.rooms.find(live.room.id) is None


async def test_M3_items_come_back_when_the_last_page_is_gone(tmp_path: Path) -> None:
    """Soon after a moderator's page is lost, others see their item unclaimed."""
    async with a_shift(tmp_path, keep_claim=0.0) as shift:
        *_, held = await shift.held()
        mo, jo = await shift.moderator("mo"), await shift.moderator("jo")
        await mo.says("watch")
        await jo.says("watch")
        await mo.says("claim", item=held)
        del jo.seen[:]
        mo.session.disconnected()
        await shift.desk.tick()
        await told(shift.desk)
        (free,) = [frame for frame in jo.seen if frame["t"] == "item"]
        assert free["item"]["claimed_by"] is None
        assert len(shift.desk) == 1


async def test_M3_items_come_back_though_the_records_were_away(tmp_path: Path) -> None:
    """What could not be returned at that second is returned at the next tick."""
    async with a_shift(tmp_path, keep_claim=10.0) as shift:
        held = await claimed(shift)
        for page in shift.desk._watchers.copy():
            shift.desk.gone(page)
        await shift.desk.tick()
        assert await owner(shift, held) is not None
        shift.place.clock.now += 10
        away = Stumble(shift.place.store)
        tick = asyncio.ensure_future(shift.desk.tick())
        await away.begun.wait()
        away.fail()
        with pytest.raises(StoreUnavailable):
            await tick
        await shift.desk.tick()
        assert await owner(shift, held) is None


async def test_M3_who_is_there_again_owes_nothing(tmp_path: Path) -> None:
    """A line that was silent while the records were away, and speaks again, keeps its item."""
    async with a_shift(tmp_path) as shift:
        held = await claimed(shift)
        (mo,) = shift.desk._watchers
        shift.desk.return_claims(mo.staff.id)
        await shift.desk.tick()
        assert await owner(shift, held) == mo.staff.id


async def test_M3_M11_a_silent_line_is_a_moderator_who_is_gone(tmp_path: Path) -> None:
    """Fifteen seconds without a sign of life, long before the line itself is known to be dead."""
    async with a_shift(tmp_path) as shift:
        held = await claimed(shift)
        jo = await shift.moderator("jo")
        await jo.says("watch")
        places = shift.desk.places
        for seconds in (5, 5, 4):
            shift.place.clock.now += seconds
            await jo.says("here", quiet=0)
        await shift.desk.tick()
        assert await owner(shift, held) is not None
        shift.place.clock.now += 1
        await shift.desk.tick()
        assert await owner(shift, held) is None
        assert (len(shift.desk), shift.desk.places) == (1, places // 2)
        assert list(shift.desk.moderators().values()) == ["Jo"]


async def test_M3_who_has_gone_to_another_node_keeps_their_items(tmp_path: Path) -> None:
    """Neither a page that went nor a line that fell silent here takes anything from them there."""
    async with a_shift(tmp_path, keep_claim=0.0) as shift:
        held = await claimed(shift)
        (mo,) = shift.desk._watchers
        there = {mo.staff.id: "Mo"}
        shift.desk.needs.others.at_other_desks = lambda: there  # type: ignore[method-assign]
        shift.place.clock.now += MISSED
        await shift.desk.tick()
        shift.desk.gone(mo)
        await shift.desk.tick()
        assert await owner(shift, held) == mo.staff.id
        there.clear()
        shift.desk.return_claims(mo.staff.id)
        await shift.desk.tick()
        assert await owner(shift, held) is None


async def test_a_page_is_told_something_every_few_seconds(tmp_path: Path) -> None:
    """Also while nothing changes, so that it answers though its own clock may sleep."""
    async with a_shift(tmp_path) as shift:
        mo = await shift.moderator("mo")
        await mo.says("watch")
        await shift.desk.tick()
        del mo.seen[:]
        for _ in range(int(BEAT)):
            assert mo.seen == []
            shift.place.clock.now += 1
            await shift.desk.tick()
        assert mo.names() == ["gauges"]


async def test_M3_a_moderator_who_comes_back_keeps_their_items(tmp_path: Path) -> None:
    """Reconnecting in time, or having another page open, leaves the claim as it is."""
    async with a_shift(tmp_path) as shift:
        *_, held = await shift.held()
        mo = await shift.moderator("mo")
        await mo.says("watch")
        await mo.says("claim", item=held)
        never_watched = shift.page(mo.session.staff)
        mo.session.disconnected()
        never_watched.session.disconnected()
        assert len(shift.desk._gone) == 1
        back = shift.page(mo.session.staff)
        await back.says("watch")
        assert shift.desk._gone == {}
        found = await shift.place.store.read(items.item, held)
        assert found is not None
        assert found.claimed_by == mo.session.staff.id


async def test_M3_at_a_start_nobody_has_anything(tmp_path: Path) -> None:
    """Claims from before a restart are in the queue again."""
    async with a_shift(tmp_path) as shift:
        *_, held = await shift.held()
        mo = await shift.moderator("mo")
        await mo.says("claim", item=held)
        await shift.desk.return_all()
        found = await shift.place.store.read(items.item, held)
        assert found is not None
        assert found.claimed_by is None


async def test_F14_a_change_that_cannot_be_read_is_no_ones_end(tmp_path: Path) -> None:
    """With the records gone, telling fails quietly, without words in the log."""
    async with a_shift(tmp_path) as shift:
        *_, held = await shift.held()
        mo = await shift.moderator("mo")
        await mo.says("watch")
        await shift.place.store.close()
        with capture_logs() as logs:
            shift.desk.changed(held)
            await told(shift.desk)
        assert logs == [{"event": "desk_not_told", "log_level": "warning"}]


async def test_a_desk_reads_strictly(tmp_path: Path) -> None:
    """Students' frames, unknown acts and too many frames are refused, the page stays."""
    async with a_shift(tmp_path) as shift:
        mo = await shift.moderator("mo")
        for t, fields, code in (
            ("say", {"cid": ITEM, "text": "x"}, "unknown_type"),
            ("act", {"item": ITEM, "act": "ban"}, "bad_field"),
            ("claim", {"item": "short"}, "bad_field"),
        ):
            await mo.says(t, **fields)
            assert mo.names() == [code]
        for _ in range(FRAMES):
            await mo.says("claim", item=ITEM)
        (refused,) = await mo.says("claim", item=ITEM)
        assert refused["code"] == "rate_limited"
        assert mo.closed is None


async def test_a_desk_that_sends_on_and_on_is_closed(tmp_path: Path) -> None:
    """What nobody understands, or far too much, ends a moderator's connection as a student's."""
    async with a_shift(tmp_path) as shift:
        for sends, most in (("nonsense", 0), ("watch", FRAMES)):
            mo = await shift.moderator(f"mo_{sends}")
            for _ in range(most + MAX_ERRORS):
                await mo.says(sends)
                assert mo.closed is None
            await mo.says(sends)
            assert (mo.names()[-1], mo.closed) == ("too_many_errors", 4504)


@pytest.mark.parametrize("role", Role)
async def test_a_frame_that_a_role_may_not_send_is_refused_and_audited(
    tmp_path: Path, role: Role
) -> None:
    """Whoever got as far as the socket still has only the rights of their role, frame by frame."""
    async with a_shift(tmp_path) as shift:
        staff = await add_staff(shift.place.store, "una", role)
        una = shift.page(StaffMember(staff, SCHOOL, "una", "Una", role))
        beyond = [frame for frame in every_frame() if withheld(frame, role)]
        for frame in beyond:
            await una.session._answer(frame)
        assert una.names() == ["forbidden"] * len(beyond)
        query = select(t.audit.c.who, t.audit.c.act, t.audit.c.about).order_by(t.audit.c.n)
        noted = await shift.place.store.read(lambda conn: [tuple(r) for r in conn.execute(query)])
        assert noted == [(staff, "refused", withheld(frame, role)) for frame in beyond]
