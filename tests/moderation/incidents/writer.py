"""One student, what they say, and who asks for all of it or has it erased."""

from __future__ import annotations

from dataclasses import dataclass

from moderation.ids import new_id
from moderation.incidents.case import conversation
from moderation.incidents.export import State
from moderation.incidents.exports import Asked, WordsFile
from moderation.incidents.record import Record
from moderation.records import messages, rooms, transcript
from moderation.records import tables as t
from tests.moderation.incidents.elm import Elm, as_it_is

WHY = "a request of 1 December, in the file of requests"
CARD = "ab" * 32
_CLOSED = Record("a message", "We talked.", "the lead", "it was serious")


@dataclass
class Writer(Elm):
    """Quiet Otter, whose card is `CARD`, in the room they were in last."""

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
        file = await self.exports.hand(code, self.staff["Lee"], as_it_is)
        assert isinstance(file, WordsFile), file
        return file

    async def quiet(self) -> str:
        """Another chat of the same student, with nothing in it; answers its room."""
        room, other = new_id(), new_id()
        _, wrapped = self.world.vault.new_room()
        seats = ((self.student, "Sly Fox"), (other, "Meek Mole"))
        row = rooms.NewRoom(room, "school", "mood", "epoch", self.world.clock.ms, wrapped, seats)
        await self.end(self.room)
        await self.world.insert(t.students, {"id": other, "school": "school", "band": "all"})
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
        await self.world.incidents.resolve(case, self.staff["Dana"], "spoken_to", _CLOSED)

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


async def writer(elm: Elm) -> Writer:
    """The student of the school's one case, which is closed."""
    stored = await elm.world.store.read(rooms.room, elm.room)
    assert stored is not None
    student = stored.seats[0][0]
    made = Writer(elm.world, elm.exports, elm.staff, elm.room, elm.case, student)
    await made.close(elm.case)
    card = {"lookup": elm.world.vault.lookup(CARD), "student": student, "issued_at": 1}
    await elm.world.insert(t.cards, card)
    return made
