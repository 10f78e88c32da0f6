import asyncio

import msgspec
from sqlalchemy import Connection, select, update

from moderation.incidents.case import Waited
from moderation.incidents.incident import State
from moderation.incidents.incidents import MAX_NOTE, Case
from moderation.records import audit, transcript
from moderation.records import tables as t
from moderation.records.refused import Refused
from moderation.records.vault import UNREADABLE
from moderation.records.wishes import Wish, wish
from moderation.terms import Attention, Category, Delivery, Finding
from tests.moderation.night import Adult, World, record
from tests.moderation.noting import CANARY
from tests.moderation.records.test_purge_cases import do


async def _case(world: World, code: str, adult: Adult) -> Case:
    case = await world.incidents.case(code, adult)
    assert isinstance(case, Case)
    return case


async def test_P3_opening_is_seen_not_acknowledged(world: World) -> None:
    """Opening the case marks one's own page seen, and the chase goes on."""
    ada = await world.adult("Ada")
    await world.adult("Lin")
    code = await world.say(await world.room())
    await world.look()
    case = await _case(world, code, ada)
    assert {page.name: page.state for page in case.pages} == {"Ada": "seen", "Lin": "sent"}
    assert (case.state, case.holder, case.yours) == (State.OPEN, None, False)
    await world.wait(91)
    assert len(world.channel.times("Ada@noting")) == 2


async def test_P3_acknowledging_is_by_a_named_person_and_others_are_told(world: World) -> None:
    """The list and every case then name who has it, and listeners hear of the change."""
    ada, lin = await world.adult("Ada"), await world.adult("Lin")
    code = await world.say(await world.room())
    world.changes.clear()
    assert await world.incidents.acknowledge(code, ada) is State.ACKNOWLEDGED
    assert world.changes == [code]
    (listed,) = await world.incidents.open_list("school", "ada")
    assert (listed.holder, listed.state) == ("Ada", State.ACKNOWLEDGED)
    assert (await _case(world, code, ada)).yours
    assert not (await _case(world, code, lin)).yours


async def test_two_adults_who_tap_at_once_get_one_incident(world: World) -> None:
    """Of ten taps in one instant exactly one acknowledges; the others are told it changed."""
    adults = [await world.adult(f"A{n}") for n in range(10)]
    code = await world.say(await world.room())
    answers = await asyncio.gather(*(world.incidents.acknowledge(code, one) for one in adults))
    assert sorted(map(str, answers)) == ["acknowledged", *["changed"] * 9]


async def test_P8_case_has_exact_words_in_context_and_no_identity(world: World) -> None:
    """The conversation with handles, the class and the pages; no id of any student."""
    ada = await world.adult("Ada")
    room = await world.room()
    code = await world.say(room)
    await world.say(room, "and more of it")
    case = await _case(world, code, ada)
    assert [(said.handle, said.text) for said in case.conversation] == [
        ("Quiet Otter", CANARY),
        ("Quiet Otter", "and more of it"),
    ]
    assert (case.kind, case.count, case.seat, case.room_open) == (
        "possible suicide risk",
        2,
        0,
        True,
    )
    students = await world.rows(select(t.students.c.id))
    assert not [student for (student,) in students if student in repr(case)]
    assert CANARY not in repr(case)


async def test_S10_the_case_has_what_the_student_answered(world: World) -> None:
    """How they would like to be met and what may make it hard; the list only says when."""
    ada = await world.adult("Ada")
    room = await world.room()
    code = await world.say(room)
    await world.store.write(wish, Wish(room, 0, "school", 7_000, "person", "trouble"))
    case = await _case(world, code, ada)
    assert (case.meet, case.barrier, case.wished_at) == ("person", "trouble", 7_000)
    (listed,) = await world.incidents.open_list("school", "ada")
    assert listed.wished_at == 7_000
    assert "trouble" not in repr(listed)


async def test_P8_the_case_says_what_waited_where_no_message_paged(world: World) -> None:
    """The kind of item and since when, and which line it was, if it was a message; no id of it."""
    ada = await world.adult("Ada")
    room = await world.room()
    await world.say(room, "raises another one", seat=1)
    (message,) = await world.store.read(transcript.recent, room, 5)
    item = await world.item(room, 60, message.mid)
    since = world.clock.ms
    await world.wait(61)
    (code,) = await world.rows(select(t.items.c.incident))
    case = await _case(world, code[0], ada)
    assert case.kind == "nobody has looked at a waiting message"
    assert case.waited == (Waited("message", since, 0, sent_on=False),)
    assert str(case.conversation[0].text) == "raises another one"
    assert item not in repr(case)


async def test_P8_redacted_words_stay_redacted(world: World) -> None:
    """Words hidden because they say who somebody is are not in the case either."""
    ada = await world.adult("Ada")
    room = await world.room()
    code = await world.say(room, "i am nobody special from class 9b")
    (message,) = await world.store.read(transcript.recent, room, 5)
    stored = await world.rows(select(t.rooms.c.wrapped_key))
    shown = world.vault.room(stored[0].wrapped_key).seal("i am [hidden]", message.mid)
    await world.change(t.messages, state="redacted", sealed_shown=shown)
    (said,) = (await _case(world, code, ada)).conversation
    assert said.text == "i am [hidden]"


async def test_P8_what_a_moderator_left_of_who_somebody_is_is_hidden_too(world: World) -> None:
    """Whoever hid a part of a message for another reason does not open the rest of it to a case."""
    ada = await world.adult("Ada")
    room = await world.room()
    code = await world.say(room, "loser, call me 07700123")
    (message,) = await world.store.read(transcript.recent, room, 5)
    stored = await world.rows(select(t.rooms.c.wrapped_key))
    key = world.vault.room(stored[0].wrapped_key)
    phone = Finding(Category.IDENTITY, Attention.NONE, Delivery.REDACT, "contact", "phone", 15, 23)
    shown = key.seal("[hidden] call me 07700123", message.mid)
    found = msgspec.json.encode([phone]).decode()
    await world.change(t.messages, state="redacted", sealed_shown=shown, findings=found)
    (said,) = (await _case(world, code, ada)).conversation
    assert said.text == "[hidden] call me [hidden]"


async def test_case_of_a_purged_room_says_that_words_are_gone(world: World) -> None:
    """Without the room's key the case opens with its times and without words."""
    ada = await world.adult("Ada")
    code = await world.say(await world.room())
    await world.change(t.rooms, wrapped_key=None)
    (said,) = (await _case(world, code, ada)).conversation
    assert said.text is None


async def test_every_look_and_act_is_audited(world: World) -> None:
    """The audit names who looked, noted, acknowledged and resolved, and its chain holds."""
    ada = await world.adult("Ada")
    code = await world.say(await world.room())
    await world.incidents.case(code, ada)
    await world.incidents.acknowledge(code, ada)
    await world.incidents.note(code, ada, "Called the boarding house.")
    await world.incidents.resolve(code, ada, "spoken_to", record("We talked for an hour."))
    entries = await world.rows(select(t.audit.c.who, t.audit.c.act, t.audit.c.about))
    acts = ["look", "acknowledge", "note", "resolve"]
    assert entries == [(ada.id, f"incident_{act}", code) for act in acts]
    assert await world.store.read(audit.verify) is None


async def test_P16_outcome_keeps_what_was_done_and_only_grows(world: World) -> None:
    """The record is sealed in its table, readable in the case, and only notes are added to it."""
    ada = await world.adult("Ada")
    code = await world.say(await world.room())
    await world.incidents.acknowledge(code, ada)
    assert await world.incidents.resolve(code, ada, "spoken_to", record(CANARY)) is State.RESOLVED
    assert await world.incidents.resolve(code, ada, "no_danger", record("Other")) == "changed"
    assert await world.incidents.note(code, ada, "One thing more") is State.RESOLVED
    case = await _case(world, code, ada)
    assert (case.outcome, case.resolver) == ("spoken_to", "Ada")
    assert case.record == record(CANARY)
    assert [(note.name, note.text) for note in case.notes] == [("Ada", "One thing more")]
    kept = await world.rows(select(t.outcomes.c.sealed))
    assert len(kept) == 1
    assert not [row for row in kept if CANARY.encode() in row.sealed]
    assert await world.incidents.open_list("school", "ada") == []


async def test_what_cannot_be_written_down_is_refused(world: World) -> None:
    """No unknown outcome, no empty and no endless note; and nothing changes."""
    ada = await world.adult("Ada")
    code = await world.say(await world.room())
    await world.incidents.acknowledge(code, ada)
    assert await world.incidents.resolve(code, ada, "forgotten", record("x")) == "bad_field"
    assert await world.incidents.resolve(code, ada, "spoken_to", record("  ")) == "empty"
    assert await world.incidents.note(code, ada, "x" * (MAX_NOTE + 1)) == "too_long"
    assert (await world.incident(code)).state == State.ACKNOWLEDGED


async def test_others_are_refused_and_told_nothing(world: World) -> None:
    """Moderators and other schools get a refusal for every act, and no listener hears of it."""
    mo = await world.adult("Mo", "moderator")
    zoe = await world.adult("Zoe", "safeguarding_lead", school="another")
    code = await world.say(await world.room())
    for who, refusal in ((mo, "forbidden"), (zoe, "not_found")):
        assert await world.incidents.case(code, who) == refusal
        assert await world.incidents.acknowledge(code, who) == refusal
        assert await world.incidents.note(code, who, "x") == refusal
        assert await world.incidents.resolve(code, who, "no_danger", record("x")) == refusal
    assert await world.incidents.case("NO-SUCH", zoe) == "not_found"
    assert await world.incidents.open_list("another", "ada") == []
    assert world.changes == []
    assert await world.rows(t.audit.select()) == []


async def test_list_puts_first_what_nobody_has(world: World) -> None:
    """Open incidents before acknowledged ones, each from the oldest."""
    ada = await world.adult("Ada")
    codes = []
    for _ in range(3):
        codes.append(await world.say(await world.room()))
        world.clock.wait(60)
    await world.incidents.acknowledge(codes[0], ada)
    listed = await world.incidents.open_list("school", "ada")
    assert [one.code for one in listed] == [codes[1], codes[2], codes[0]]


async def test_reachable_needs_an_adult_on_call_with_a_working_contact(world: World) -> None:
    """Nobody, a moderator, or a contact over a channel that is not set up: not reachable."""
    assert not await world.incidents.reachable("school")
    await world.adult("Mo", "moderator")
    await world.adult("Ada", "counsellor", "pigeon")
    assert not await world.incidents.reachable("school")
    await world.adult("Lin", "safeguarding_lead", "pigeon", "noting")
    assert await world.incidents.reachable("school")
    assert await world.incidents.on_call("school") == {"Ada": [], "Lin": ["noting"]}
    await world.change(t.staff, disabled_at=world.clock.ms)
    assert not await world.incidents.reachable("school")


async def test_P6_two_adults_of_one_name_are_two(world: World) -> None:
    """However they are called, both can be reached, and the chat opens."""
    await world.adult("Ada")
    await world.adult("Lin")
    await world.change(t.staff, name="J. Smith")
    assert len(await world.incidents.on_call("school")) == 1
    assert await world.incidents.reachable("school") == 2


async def test_listener_that_fails_stops_nobody(world: World) -> None:
    """An exception in one listener reaches neither the act nor the next listener."""
    heard: list[str] = []

    def broken(_code: str) -> None:
        raise RuntimeError

    world.incidents.on_change(broken)
    world.incidents.on_change(heard.append)
    ada = await world.adult("Ada")
    code = await world.say(await world.room())
    assert await world.incidents.acknowledge(code, ada) is State.ACKNOWLEDGED
    assert heard == [code]


async def test_S16_a_receipt_makes_the_chat_a_case_of_whoever_it_is_brought_to(
    world: World,
) -> None:
    """It is theirs at once and nobody is paged; brought again it is the same case."""
    ada, lin = await world.adult("Ada"), await world.adult("Lin")
    room = await world.room()
    receipt = await world.receipt(room)
    code = await world.incidents.bring(receipt.lower(), ada)
    assert isinstance(code, str)
    case = await _case(world, code, ada)
    assert (case.state, case.yours) == (State.ACKNOWLEDGED, True)
    assert case.kind == "a student brought this chat to an adult"
    await world.look()
    assert world.channel.taken == []
    assert await world.incidents.bring(receipt, lin) == code


async def test_S16_a_receipt_leads_nowhere_without_its_letters_its_school_or_its_words(
    world: World,
) -> None:
    """Wrong letters, another school, a receipt since replaced, a room forgotten: not found."""
    ada, far = await world.adult("Ada"), await world.adult("Far", school="oak")
    room = await world.room()
    old, receipt = await world.receipt(room), await world.receipt(room)
    for letters, adult in ((old, ada), (receipt, far), ("", ada), ("0000-0000", ada)):
        assert isinstance(await world.incidents.bring(letters, adult), Refused)
    await world.change(t.rooms, wrapped_key=None)
    refused = await world.incidents.bring(receipt, ada)
    assert isinstance(refused, Refused)
    assert refused.code == "not_found"
    assert await world.rows(select(t.incidents.c.code)) == []


async def test_a_preserved_case_says_so_and_stays_in_the_list(world: World) -> None:
    """Who had it preserved, when and why; found again however old; another lead lifts it."""
    lea = await world.adult("Lea", "safeguarding_lead")
    code = await world.say(await world.room())
    await world.incidents.acknowledge(code, lea)
    await world.incidents.resolve(code, lea, "spoken_to", record())
    assert await world.incidents.preserve(code, lea, " ") == "empty"
    assert await world.incidents.preserve(code, lea, "the court asked") is State.RESOLVED
    case = await _case(world, code, lea)
    assert (case.preserver, case.preserved_at) == ("Lea", case.notes[-1].at)
    assert case.notes[-1].text == "This case is preserved: the court asked"
    world.clock.wait(90 * 86_400)
    assert [(one.code, one.preserved) for one in await world.incidents.past("school")] == [
        (code, True)
    ]
    assert case.preserved_by_you
    assert await world.incidents.lift(code, lea, "the court is done") == "own_change"
    lin = await world.adult("Lin", "safeguarding_lead")
    assert not (await _case(world, code, lin)).preserved_by_you
    assert await world.incidents.lift(code, lin, "the court is done") is State.RESOLVED
    assert await world.incidents.past("school") == []
    case = await _case(world, code, lea)
    assert (case.preserver, case.preserved_at) == (None, None)
    acts = await world.store.read(lambda conn: conn.scalars(select(t.audit.c.act)).all())
    assert {"incident_preserve", "incident_lift"} <= set(acts)


async def test_what_was_damaged_closes_no_case(world: World) -> None:
    """A note, the record or a message that cannot be opened is shown as such; all else is there."""
    ada = await world.adult("Ada")
    room = await world.room()
    code = await world.say(room)
    await world.say(room, "and more of it")
    await world.incidents.acknowledge(code, ada)
    for text in ("first", "second"):
        await world.incidents.note(code, ada, text)
    await world.incidents.resolve(code, ada, "spoken_to", record())

    def damage(conn: Connection) -> None:
        for table in (t.messages, t.incident_notes, t.outcomes):
            first = select(table.c.sealed).limit(1).scalar_subquery()
            conn.execute(update(table).where(table.c.sealed == first).values(sealed=b"damaged"))

    await world.store.write(do(damage), "")
    case = await _case(world, code, ada)
    assert [said.text for said in case.conversation] == [UNREADABLE, "and more of it"]
    assert sorted(note.text for note in case.notes) == sorted([UNREADABLE, case.notes[-1].text])
    assert case.record is not None
    assert case.record.seen == UNREADABLE
    await world.change(t.rooms, wrapped_key=b"damaged")
    case = await _case(world, code, ada)
    assert [said.text for said in case.conversation] == [UNREADABLE, UNREADABLE]
    await world.change(t.rooms, wrapped_key=None)
    case = await _case(world, code, ada)
    assert [said.text for said in case.conversation] == [None, None]


async def test_who_steps_aside_is_offered_it_no_more(world: World) -> None:
    """Whoever has it sees that nobody is about to take it, and can ask somebody else."""
    ada, lin = await world.adult("Ada"), await world.adult("Lin")
    code = await world.say(await world.room())
    await world.incidents.acknowledge(code, ada)
    await world.incidents.offer(code, ada, lin.id)
    assert (await _case(world, code, ada)).offered_to == "Lin"
    await world.incidents.recuse(code, lin)
    (listed,) = await world.incidents.open_list("school", lin.id)
    assert not listed.offered_to_you
    case = await _case(world, code, ada)
    assert (case.offered_to, case.yours) == (None, True)
