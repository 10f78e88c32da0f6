"""What one student wrote, on both databases: who asks for it, what comes out, what is erased."""

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
from moderation.incidents.case import conversation
from moderation.incidents.export import Act, State
from moderation.incidents.exports import Asked, Exports, WordsFile
from moderation.incidents.incident import Actor
from moderation.incidents.own_words import DELETED, read_reference
from moderation.incidents.record import Record
from moderation.people.sessions import StaffMember
from moderation.records import audit, erasure, messages, rooms, transcript
from moderation.records import desk_tables as d
from moderation.records import tables as t
from moderation.records.exports import ExportAct
from moderation.records.purge import Purge, Times, purge
from moderation.records.refused import Refused
from tests.moderation.night import World, night
from tests.moderation.noting import CANARY
from tests.servers import Postgres

WHY = "a request of 1 December, in the file of requests"
CARD = "ab" * 32
CLOSED = Record("a message", "We talked.", "the lead", "it was serious")
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

    async def quiet(self) -> str:
        """Another chat of the same student, with nothing in it; answers its room."""
        room, other = new_id(), new_id()
        _, wrapped = self.world.vault.new_room()
        seats = ((self.student, "Sly Fox"), (other, "Meek Mole"))
        row = rooms.NewRoom(room, "school", "mood", "epoch", self.world.clock.ms, wrapped, seats)

        def add(conn: object, _: object) -> list[None]:
            student = {"id": other, "school": "school", "band": "all"}
            conn.execute(t.students.insert(), student)  # type: ignore[attr-defined]
            return [None]

        await self.end(self.room)
        await self.world.store.write(add, None)
        assert await self.world.store.write(rooms.open_rooms, row) is None
        self.room = room
        return room

    async def end(self, room: str) -> None:
        """That chat is over."""
        await self.world.store.write(rooms.end_rooms, rooms.EndRoom(room, self.world.clock.ms, "x"))

    async def to_erase(self) -> str:
        """Asked for by Lee, to be erased; answers the code."""
        asked = await self.exports.ask_words(CARD, self.staff["Lee"], WHY, erase=True)
        assert isinstance(asked, Asked), asked
        return asked.code

    async def erased(self) -> None:
        """Asked for by Lee, agreed to by Sue, carried out by Lee."""
        code = await self.to_erase()
        assert await self.exports.agree(code, self.staff["Sue"]) is State.AGREED
        assert await self.exports.erase(code, self.staff["Lee"]) is State.HANDED

    async def said(self, room: str) -> list[tuple[int, str]]:
        """Seat and words of everything in that room, as whoever has a case of it reads them."""
        stored = await self.world.store.read(rooms.room, room)
        assert stored is not None
        lines = await self.world.store.read(transcript.everything, room)
        read = conversation(stored, transcript.Excerpt(lines), self.world.vault)
        return [(one.seat, str(one.text)) for one in read]

    async def close(self, case: str) -> None:
        """Dana has it, and closes it."""
        await self.world.incidents.acknowledge(case, self.staff["Dana"])
        await self.world.incidents.resolve(case, self.staff["Dana"], "spoken_to", CLOSED)

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


async def test_of_what_was_said_once_they_had_left_there_is_nothing(elm: Elm) -> None:
    """The other one stayed for a person: what staff said to everybody, they said to that one."""
    await elm.world.change(t.seats, left_at=elm.world.clock.ms)
    elm.world.clock.wait(1)
    await elm.told("to the one who stayed", voices.seat_of("adult"))
    await elm.told("what they said", 1)
    (chat,) = (await elm.handed()).words.chats
    assert [str(line.said and line.said.text) for line in chat.lines] == [CANARY]
    assert chat.ended_at == elm.world.clock.ms - 1_000


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
    codes = (by_card, by_case, stranger)
    assert {await elm.exports.hand(code, lee) for code in codes} == {"changed"}
    assert {await elm.exports.hand(code, elm.staff["Lou"]) for code in codes} == {"forbidden"}
    told = [(shown[code].why, shown[code].steps) for code in codes]
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


async def test_what_one_student_wrote_is_overwritten_and_the_others_words_stay(elm: Elm) -> None:
    """Every place keeps its number; what was noticed goes, and what was decided about it."""
    room = await elm.quiet()
    await elm.told("mine", 0)
    await elm.told("theirs", 1)
    await elm.told("mine too", 0)
    await elm.told("mine, held", 0, "withheld")
    (first, *_) = await elm.world.store.read(transcript.everything, room)
    item = await elm.world.item(room, 60, first.mid)
    await elm.world.change(t.items, done_at=1, outcome="released")
    await elm.world.change(t.messages, findings="[]", attention=2)
    await elm.end(room)
    before = await elm.world.store.read(transcript.everything, room)
    await elm.erased()
    after = await elm.world.store.read(transcript.everything, room)
    assert await elm.said(room) == [(0, DELETED), (1, "theirs"), (0, DELETED), (0, DELETED)]
    assert [line.seq for line in after] == [line.seq for line in before]
    assert [(line.findings, line.attention) for line in after] == [
        (None, 0),
        ("[]", 2),
        (None, 0),
        (None, 0),
    ]
    assert item not in {each for (each,) in await elm.world.rows(select(t.items.c.id))}
    query = select(t.audit.c.act).where(t.audit.c.act.like("erasure%")).order_by(t.audit.c.n)
    assert [act for (act,) in await elm.world.rows(query)] == [
        "erasure_ask",
        "erasure_agree",
        "erasure_hand",
    ]


async def test_the_words_are_nowhere_on_disk_afterwards(elm: Elm) -> None:
    """Not even sealed: what was there before is in no row."""
    room = await elm.quiet()
    await elm.told("mine", 0)
    (line,) = await elm.world.store.read(transcript.everything, room)
    await elm.end(room)
    await elm.erased()
    sealed = await elm.world.rows(select(t.messages.c.sealed))
    assert line.sealed not in {bytes(each) for (each,) in sealed}


async def test_a_chat_of_a_closed_case_stays_until_its_time(elm: Elm) -> None:
    """Its words and what was noticed are the case's."""
    await elm.end(elm.room)
    await elm.erased()
    assert await elm.said(elm.room) == [(0, CANARY)]


@pytest.mark.parametrize("held", ["open case", "preserved", "waits", "open chat", "the other's"])
async def test_nothing_is_erased_that_is_held(elm: Elm, held: str) -> None:
    """Neither agreed to nor carried out; whoever asks alone is told nothing of it."""
    room = await elm.quiet()
    await elm.told("mine", 0)
    lee, sue = elm.staff["Lee"], elm.staff["Sue"]
    agreed = None
    if held != "open chat":
        await elm.end(room)
        agreed = await elm.to_erase()
        assert await elm.exports.agree(agreed, sue) is State.AGREED
    if held == "preserved":
        await elm.world.change(t.incidents, preserved_at=1)
    if held == "waits":
        await elm.world.item(room, 60)
    if held in {"open case", "the other's"}:
        await elm.world.change(t.incidents, state="open", seat=int(held == "the other's"))
    code = await elm.to_erase()
    assert await elm.exports.agree(code, sue) == "held"
    if agreed is not None:
        assert await elm.exports.erase(agreed, lee) == "held"
    assert (0, "mine") in await elm.said(room)


async def test_what_was_said_since_is_not_left_over(elm: Elm) -> None:
    """A request is carried out whole, over whatever there is then, and once."""
    room = await elm.quiet()
    await elm.told("before", 0)
    await elm.end(room)
    code = await elm.to_erase()
    await elm.exports.agree(code, elm.staff["Sue"])
    later = await elm.quiet()
    await elm.told("after", 0)
    await elm.end(later)
    tries = [elm.exports.erase(code, elm.staff["Lee"]) for _ in range(2)]
    assert sorted(await asyncio.gather(*tries)) == ["changed", State.HANDED]
    assert await elm.said(room) == [(0, DELETED)]
    assert await elm.said(later) == [(0, DELETED)]


async def test_a_message_without_a_mark_stops_all_of_it(elm: Elm) -> None:
    """Said between making the marks and writing them: nothing is half done."""
    room = await elm.quiet()
    await elm.told("mine", 0)
    await elm.end(room)
    code = await elm.to_erase()
    await elm.exports.agree(code, elm.staff["Sue"])
    actor = Actor(elm.staff["Lee"].id, "school", "safeguarding_lead")
    act = ExportAct(Act.HAND, code, actor, elm.world.clock.ms)
    with pytest.raises(Refused, match="changed"):
        await elm.world.store.write(erasure.erase, erasure.Erase(act, ()))
    assert await elm.said(room) == [(0, "mine")]
    assert await elm.exports.erase(code, elm.staff["Lee"]) is State.HANDED


async def test_bars_that_are_over_go_and_one_in_force_stays(elm: Elm) -> None:
    """It keeps others safe, and ends by itself."""
    await elm.end(elm.room)
    now = elm.world.clock.ms

    def bars(conn: object, _: object) -> list[None]:
        for until in (now - 1, now + 1_000):
            row = {"id": new_id(), "student": elm.student, "at": 1, "until": until}
            conn.execute(d.bars.insert(), row)  # type: ignore[attr-defined]
        return [None]

    await elm.world.store.write(bars, None)
    await elm.erased()
    assert await elm.world.rows(select(d.bars.c.until)) == [(now + 1_000,)]


async def test_one_is_not_taken_for_the_other(elm: Elm) -> None:
    """What was agreed to be shown is not erased, nor the other way round."""
    await elm.end(elm.room)
    see, delete = await elm.ask(), await elm.to_erase()
    for code in (see, delete):
        await elm.exports.agree(code, elm.staff["Sue"])
    assert await elm.exports.erase(see, elm.staff["Lee"]) == "not_found"
    assert await elm.exports.hand(delete, elm.staff["Lee"]) == "changed"
    for name in ("Lou", "Sue", "Dana"):
        assert await elm.exports.erase(delete, elm.staff[name]) == "forbidden"
