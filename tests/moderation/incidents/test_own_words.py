"""What one student wrote, on both databases: by whom it is asked for, and what comes out of it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import cast

import pytest
from sqlalchemy import select

from moderation import voices
from moderation.ids import new_id
from moderation.incidents.export import State
from moderation.incidents.exports import Asked, Exports, WordsFile
from moderation.incidents.own_words import read_reference
from moderation.people.sessions import StaffMember
from moderation.records import audit, messages, rooms
from moderation.records import desk_tables as d
from moderation.records import tables as t
from moderation.records.purge import Purge, Times, purge
from tests.moderation.night import World, night, record
from tests.moderation.noting import CANARY
from tests.servers import Postgres

WHY = "a request of 1 December, in the file of requests"
CARD = "ab" * 32
DAY = 86_400


@dataclass
class Elm:
    """A closed case about Quiet Otter, whose card is `CARD`, and four of the staff."""

    world: World
    exports: Exports
    staff: dict[str, StaffMember]
    room: str
    case: str
    student: str

    async def ask(self, whose: str = CARD, name: str = "Lee") -> str:
        """A request of that lead; answers its code."""
        asked = await self.exports.ask_words(whose, self.staff[name], WHY)
        assert isinstance(asked, Asked), asked
        return asked.code

    async def handed(self, whose: str = CARD) -> WordsFile:
        """Asked for by Lee, agreed to by Sue, handed to Lee."""
        code = await self.ask(whose)
        assert await self.exports.agree(code, self.staff["Sue"]) is State.AGREED
        file = await self.exports.hand(code, self.staff["Lee"])
        assert isinstance(file, WordsFile), file
        return file

    async def close(self, case: str) -> None:
        """Dana has it, and closes it."""
        await self.world.incidents.acknowledge(case, self.staff["Dana"])
        await self.world.incidents.resolve(case, self.staff["Dana"], "spoken_to", record())

    async def told(self, text: str, seat: int, state: str = "released") -> None:
        """A message of any state, in any seat of the room."""
        stored = await self.world.store.read(rooms.room, self.room)
        assert stored is not None
        assert stored.wrapped_key is not None
        mid = new_id()
        self.world.said += 1
        row = messages.Spoken(
            mid=mid,
            room=self.room,
            seat=seat,
            cid=new_id(),
            sealed=self.world.vault.room(stored.wrapped_key).seal(text, mid),
            sealed_shown=None,
            state=state,  # type: ignore[arg-type]
            said_at=self.world.clock.ms * 1000 + self.world.said,
            attention=0,
            delivery=0,
            findings=None,
            version="1",
        )
        await self.world.store.write(messages.say, row)


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest) -> str:
    """The address of a database of each kind; of a file, none is needed."""
    if request.param == "sqlite":
        return ""
    postgres: Postgres = request.getfixturevalue("postgres")
    return asyncio.run(postgres.database("school"))


@pytest.fixture
async def elm(url: str, tmp_path: Path) -> AsyncIterator[Elm]:
    """A school on a database of each kind."""
    async with night(tmp_path, url) as world:
        roles = {"Lee": "safeguarding_lead", "Lou": "safeguarding_lead", "Sue": "senior_leader"}
        roles |= {"Dana": "counsellor"}
        staff = {
            name: cast("StaffMember", await world.adult(name, role)) for name, role in roles.items()
        }
        room = await world.room()
        case = await world.say(room)
        stored = await world.store.read(rooms.room, room)
        assert stored is not None
        student = stored.seats[0][0]
        elm = Elm(world, Exports(world.records), staff, room, case, student)
        await elm.close(case)
        card = {"lookup": world.vault.lookup(CARD), "student": student, "issued_at": 1}

        def enrol(conn: object, _: object) -> list[None]:
            conn.execute(t.cards.insert(), card)  # type: ignore[attr-defined]
            return [None]

        await world.store.write(enrol, None)
        yield elm


@pytest.mark.parametrize("whose", [CARD, CARD.upper(), "{case} quiet otter"])
async def test_a_lead_and_a_senior_leader_answer_a_request(elm: Elm, whose: str) -> None:
    """By the roster's line or by the name in a case; once, and the log has no words."""
    file = await elm.handed(whose.format(case=elm.case))
    (chat,) = file.words.chats
    assert [str(line.said and line.said.text) for line in chat.lines] == [CANARY]
    assert (file.export.requester, file.export.answerer) == ("Lee", "Sue")
    assert await elm.exports.hand(file.export.code, elm.staff["Lee"]) == "changed"
    query = select(t.audit.c.act, t.audit.c.about).where(t.audit.c.act.like("access%"))
    about = file.export.code
    assert [tuple(row) for row in await elm.world.rows(query.order_by(t.audit.c.n))] == [
        ("access_ask", about),
        ("access_agree", about),
        ("access_hand", about),
    ]
    assert await elm.world.store.read(audit.verify) is None


async def test_two_leads_do_not_learn_who_wrote_what(elm: Elm) -> None:
    """With a roster they would, so another lead is nobody to agree, and is not asked to."""
    code = await elm.ask()
    assert await elm.exports.waiting(elm.staff["Lou"]) == []
    assert await elm.exports.agree(code, elm.staff["Lou"]) == "forbidden"
    (waits,) = await elm.exports.waiting(elm.staff["Sue"])
    assert (waits.incident, waits.why) == (None, WHY)


async def test_of_the_other_student_there_is_only_that_they_spoke(elm: Elm) -> None:
    """Not a word of theirs is opened, and what never reached this student is not even a mark."""
    await elm.told("what they said", 1)
    await elm.told("what was held", 1, "held")
    await elm.told("to both of you", voices.seat_of("adult"))
    await elm.told("to you alone", voices.seat_of("adult", 0), "told")
    await elm.told("to them alone", voices.seat_of("adult", 1), "told")
    await elm.told("mine, withheld", 0, "withheld")
    (chat,) = (await elm.handed()).words.chats
    assert [None if line.said is None else str(line.said.text) for line in chat.lines] == [
        CANARY,
        None,
        "to both of you",
        "to you alone",
        "mine, withheld",
    ]


async def test_nothing_leaves_while_a_case_of_theirs_is_open(elm: Elm) -> None:
    """Neither agreed to nor handed out; a case of the other student is no hindrance."""
    lee, sue = elm.staff["Lee"], elm.staff["Sue"]
    code = await elm.ask()
    await elm.exports.agree(code, sue)
    again = await elm.world.say(elm.room, "again")
    assert await elm.exports.hand(code, lee) == "case_open"
    other = await elm.ask()
    assert await elm.exports.agree(other, sue) == "case_open"
    await elm.close(again)
    await elm.world.say(elm.room, "the other one", 1)
    assert await elm.exports.agree(other, sue) is State.AGREED
    assert isinstance(await elm.exports.hand(code, lee), WordsFile)


async def test_what_is_gone_leaves_only_what_was_noticed(elm: Elm) -> None:
    """Of a chat whose words were deleted there are neither words nor what nobody noticed."""
    await elm.world.change(t.messages, findings="[]")
    await elm.told("nobody noticed", 0)
    await elm.world.change(t.rooms, wrapped_key=None)
    (chat,) = (await elm.handed()).words.chats
    assert not chat.words
    assert [line.said and line.said.text for line in chat.lines] == [None]
    assert [line.said and line.said.seat for line in chat.lines] == [0]


async def test_bars_and_decisions_come_with_it(elm: Elm) -> None:
    """Those of this student, and what moderators did about messages of theirs."""
    ((mid,),) = await elm.world.rows(select(t.messages.c.mid))
    item = await elm.world.item(elm.room, 60, mid)
    lee = elm.staff["Lee"].id

    def decided(conn: object, _: object) -> list[None]:
        act = {"id": new_id(), "item": item, "staff": lee, "at": 7, "act": "withhold"}
        conn.execute(d.item_acts.insert(), act)  # type: ignore[attr-defined]
        bar = {"id": new_id(), "student": elm.student, "at": 1, "until": 2}
        conn.execute(d.bars.insert(), bar)  # type: ignore[attr-defined]
        return [None]

    await elm.world.store.write(decided, None)
    words = (await elm.handed()).words
    assert [line.acts for line in words.chats[0].lines] == [[(7, "withhold")]]
    assert [(bar.at, bar.until) for bar in words.bars] == [(1, 2)]


async def test_asking_alone_tells_nobody_who_wrote_what(elm: Elm) -> None:
    """An open case of theirs, one's own stepping aside, another request: nothing answers unlike."""
    lee = elm.staff["Lee"]
    case = await elm.world.say(elm.room, "again")
    await elm.world.incidents.recuse(case, lee)
    by_card, by_case = await elm.ask(CARD), await elm.ask(f"{case} Quiet Otter")
    stranger = await elm.ask(f"{case} Brave Heron")
    shown = {one.code: one for one in await elm.exports.of_students(lee)}
    told = [(shown[code].why, shown[code].steps) for code in (by_card, by_case, stranger)]
    assert told == [(WHY, ("end",))] * 3
    query = select(t.audit.c.about).where(t.audit.c.act == "access_ask")
    assert {about for (about,) in await elm.world.rows(query)} == set(shown)
    assert await elm.exports.end(by_card, lee) is State.ENDED


async def test_who_stepped_aside_is_not_handed_it(elm: Elm) -> None:
    """They may know the student: agreed to or not, it is closed to them, and so is why."""
    code = await elm.ask()
    await elm.exports.agree(code, elm.staff["Sue"])
    case = await elm.world.say(elm.room, "again")
    await elm.world.incidents.recuse(case, elm.staff["Lee"])
    assert await elm.exports.hand(code, elm.staff["Lee"]) == "forbidden"
    (shown,) = await elm.exports.of_students(elm.staff["Lee"])
    assert shown.why is None


@pytest.mark.parametrize("whose", ["cd" * 32, "ZZZ-9999 Quiet Otter", "{case} Heron", "Otter", ""])
async def test_nobody_is_found_by_what_names_nobody(elm: Elm, whose: str) -> None:
    """The answer is the same for all of it."""
    lee = elm.staff["Lee"]
    assert await elm.exports.ask_words(whose.format(case=elm.case), lee, WHY) == "not_found"


async def test_another_school_finds_nobody(elm: Elm) -> None:
    """Neither by a card nor by a case, and sees no request."""
    await elm.ask()
    there = StaffMember("x" * 22, "other", "lou", "Lou", elm.staff["Lou"].role)
    for whose in (CARD, f"{elm.case} Quiet Otter"):
        assert await elm.exports.ask_words(whose, there, WHY) == "not_found"
    assert await elm.exports.of_students(there) == []


async def test_a_request_goes_half_a_year_later(elm: Elm) -> None:
    """No case takes it along: its time counts from when it was asked for."""
    await elm.ask()
    for days, left in ((179, 1), (2, 0)):
        elm.world.clock.wait(days * DAY)
        await elm.world.store.write(purge, Purge("school", elm.world.clock.ms, Times()))
        assert len(await elm.world.rows(select(t.exports.c.code))) == left


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        (CARD, CARD),
        (f"  {CARD.upper()} ", CARD),
        ("abc-2345, Quiet  Otter", ("ABC-2345", "Quiet Otter")),
        ("ABC-2345", None),
        ("Jane Doe", None),
        (CARD[:-1], None),
    ],
)
def test_a_student_is_named_by_a_card_or_in_a_case(typed: str, meant: object) -> None:
    """Forgiving of spaces and of case, and of nothing else: a name is nobody."""
    assert read_reference(typed) == meant
