"""What one student wrote, on both databases: who asks for it, and what comes out."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from moderation import voices
from moderation.ids import new_id
from moderation.incidents.export import State
from moderation.incidents.exports import WordsFile
from moderation.incidents.own_words import read_reference
from moderation.people.sessions import StaffMember
from moderation.records import audit
from moderation.records import desk_tables as d
from moderation.records import tables as t
from moderation.records.purge import Purge, Times, purge
from tests.moderation.incidents.elm import as_it_is
from tests.moderation.incidents.writer import CARD, WHY, Writer
from tests.moderation.noting import CANARY

DAY = 86_400


@pytest.mark.parametrize("whose", [CARD, CARD.upper(), "{case} quiet otter"])
async def test_a_lead_and_a_senior_leader_answer_a_request(otter: Writer, whose: str) -> None:
    """By the roster's line or by the name in a case; once, and the log has no words."""
    file = await otter.handed(whose.format(case=otter.case))
    (chat,) = file.words.chats
    assert [str(line.said and line.said.text) for line in chat.lines] == [CANARY]
    assert (file.export.requester, file.export.answerer) == ("Lee", "Sue")
    assert await otter.exports.hand(file.export.code, otter.staff["Lee"], as_it_is) == "changed"
    query = select(t.audit.c.act, t.audit.c.about).where(t.audit.c.act.like("access%"))
    about = file.export.code
    assert [tuple(row) for row in await otter.world.rows(query.order_by(t.audit.c.n))] == [
        ("access_ask", about),
        ("access_agree", about),
        ("access_hand", about),
    ]
    assert await otter.world.store.read(audit.verify) is None


async def test_two_leads_do_not_learn_who_wrote_what(otter: Writer) -> None:
    """With a roster they would, so another lead is nobody to agree, and is not asked to."""
    code = await otter.ask()
    assert await otter.exports.waiting(otter.staff["Lou"]) == []
    assert await otter.exports.agree(code, otter.staff["Lou"]) == "forbidden"
    (waits,) = await otter.exports.waiting(otter.staff["Sue"])
    assert (waits.incident, waits.why) == (None, WHY)


async def test_of_the_other_student_there_is_only_that_they_spoke(otter: Writer) -> None:
    """Not a word of theirs is opened, and what never reached this student is not even a mark."""
    await otter.told("what they said", 1)
    await otter.told("what was held", 1, "held")
    await otter.told("to both of you", voices.seat_of("adult"))
    await otter.told("to you alone", voices.seat_of("adult", 0), "told")
    await otter.told("to them alone", voices.seat_of("adult", 1), "told")
    await otter.told("mine, withheld", 0, "withheld")
    (chat,) = (await otter.handed()).words.chats
    assert [None if line.said is None else str(line.said.text) for line in chat.lines] == [
        CANARY,
        None,
        "to both of you",
        "to you alone",
        "mine, withheld",
    ]


async def test_of_what_was_said_once_they_had_left_there_is_nothing(otter: Writer) -> None:
    """The other one stayed for a person: what staff said to everybody, they said to that one."""
    mine = t.seats.c.student == otter.student
    left = t.seats.update().where(mine).values(left_at=otter.world.clock.ms)
    await otter.world.store.write(lambda conn, _: [conn.execute(left) and None], None)
    otter.world.clock.wait(1)
    await otter.told("to the one who stayed", voices.seat_of("adult"))
    await otter.told("what they said", 1)
    (chat,) = (await otter.handed()).words.chats
    assert [str(line.said and line.said.text) for line in chat.lines] == [CANARY]
    assert chat.ended_at == otter.world.clock.ms - 1_000


async def test_nothing_leaves_while_a_case_of_theirs_is_open(otter: Writer) -> None:
    """Neither agreed to nor handed out; a case of the other student is no hindrance."""
    lee, sue = otter.staff["Lee"], otter.staff["Sue"]
    code = await otter.ask()
    await otter.exports.agree(code, sue)
    again = await otter.world.say(otter.room, "again")
    assert await otter.exports.hand(code, lee, as_it_is) == "case_open"
    other = await otter.ask()
    assert await otter.exports.agree(other, sue) == "case_open"
    await otter.close(again)
    await otter.world.say(otter.room, "the other one", 1)
    assert await otter.exports.agree(other, sue) is State.AGREED
    assert isinstance(await otter.exports.hand(code, lee, as_it_is), WordsFile)


async def test_nothing_leaves_while_a_case_in_which_they_may_have_been_lured_is_open(
    otter: Writer,
) -> None:
    """The words are of the other student, and they are whom an adult looks after."""
    code = await otter.ask()
    case = await otter.world.say(otter.room, "the other one", 1)
    await otter.world.change(t.incidents, category="exploitation")
    assert await otter.exports.agree(code, otter.staff["Sue"]) == "case_open"
    await otter.close(case)
    assert await otter.exports.agree(code, otter.staff["Sue"]) is State.AGREED


async def test_what_is_gone_leaves_only_what_was_noticed(otter: Writer) -> None:
    """Of a chat whose words were deleted there are neither words nor what nobody noticed."""
    await otter.world.change(t.messages, findings="[]")
    await otter.told("nobody noticed", 0)
    await otter.world.change(t.rooms, wrapped_key=None)
    (chat,) = (await otter.handed()).words.chats
    assert not chat.words
    assert [line.said and line.said.text for line in chat.lines] == [None]
    assert [line.said and line.said.seat for line in chat.lines] == [0]


async def test_bars_and_decisions_come_with_it(otter: Writer) -> None:
    """Those of this student, and what moderators did about messages of theirs."""
    ((mid,),) = await otter.world.rows(select(t.messages.c.mid))
    item = await otter.world.item(otter.room, 60, mid)
    lee = otter.staff["Lee"].id
    act = {"id": new_id(), "item": item, "staff": lee, "at": 7, "act": "withhold"}
    await otter.world.insert(d.item_acts, act)
    bar = {"id": new_id(), "student": otter.student, "at": 1, "until": 2}
    await otter.world.insert(d.bars, bar)
    words = (await otter.handed()).words
    assert [line.acts for line in words.chats[0].lines] == [[(7, "withhold")]]
    assert [(bar.at, bar.until) for bar in words.bars] == [(1, 2)]


async def test_asking_alone_tells_nobody_who_wrote_what(otter: Writer) -> None:
    """An open case of theirs, one's own stepping aside, another request: nothing answers unlike."""
    lee = otter.staff["Lee"]
    case = await otter.world.say(otter.room, "again")
    await otter.world.incidents.recuse(case, lee)
    by_card, by_case = await otter.ask(CARD), await otter.ask(f"{case} Quiet Otter")
    stranger = await otter.ask(f"{case} Brave Heron")
    shown = {one.code: one for one in await otter.exports.of_students(lee)}
    codes = (by_card, by_case, stranger)
    assert {await otter.exports.hand(code, lee, as_it_is) for code in codes} == {"changed"}
    assert {await otter.exports.hand(code, otter.staff["Lou"], as_it_is) for code in codes} == {
        "forbidden"
    }
    told = [(shown[code].why, shown[code].steps) for code in codes]
    assert told == [(WHY, ("end",))] * 3
    query = select(t.audit.c.about).where(t.audit.c.act == "access_ask")
    assert {about for (about,) in await otter.world.rows(query)} == set(shown)
    assert await otter.exports.end(by_card, lee) is State.ENDED


async def test_who_stepped_aside_is_not_handed_it(otter: Writer) -> None:
    """They may know the student: agreed to or not, it is closed to them, and so is why."""
    code = await otter.ask()
    await otter.exports.agree(code, otter.staff["Sue"])
    case = await otter.world.say(otter.room, "again")
    await otter.world.incidents.recuse(case, otter.staff["Lee"])
    assert await otter.exports.hand(code, otter.staff["Lee"], as_it_is) == "forbidden"
    (shown,) = await otter.exports.of_students(otter.staff["Lee"])
    assert shown.why is None


@pytest.mark.parametrize("whose", ["cd" * 32, "ZZZ-9999 Quiet Otter", "{case} Heron", "Otter", ""])
async def test_nobody_is_found_by_what_names_nobody(otter: Writer, whose: str) -> None:
    """The answer is the same for all of it."""
    lee = otter.staff["Lee"]
    assert await otter.exports.ask_words(whose.format(case=otter.case), lee, WHY) == "not_found"


async def test_another_school_finds_nobody(otter: Writer) -> None:
    """Neither by a card nor by a case, and sees no request."""
    await otter.ask()
    there = StaffMember("x" * 22, "other", "lou", "Lou", otter.staff["Lou"].role)
    for whose in (CARD, f"{otter.case} Quiet Otter"):
        assert await otter.exports.ask_words(whose, there, WHY) == "not_found"
    assert await otter.exports.of_students(there) == []


async def test_a_request_goes_half_a_year_later(otter: Writer) -> None:
    """No case takes it along: its time counts from when it was asked for."""
    await otter.ask()
    for days, left in ((179, 1), (2, 0)):
        otter.world.clock.wait(days * DAY)
        await otter.world.store.write(purge, Purge("school", otter.world.clock.ms, Times()))
        assert len(await otter.world.rows(select(t.exports.c.code))) == left


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
