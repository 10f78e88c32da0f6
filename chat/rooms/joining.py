"""Adults on call who are in the room of an incident they have, as *School adult*.

Used by the pages of staff (`web/joining.py`) and ticked by the house. Only the adult who has the
incident may come in. Students see that an adult is there from coming to going; a page that says
nothing for `AWAY` seconds has gone, so that no student is told of somebody who is not there. A page
may ask another node each time: nodes tell each other whom they hear (`There`, `Gone`), and each
tells the students it has. While they cannot, nobody has gone whose page does not say so itself.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from chat.live.neighbours import Gone, Neighbours, There
from chat.rooms.guests import Guests
from chat.rooms.speech import Speech
from moderation.incidents.case import Said
from moderation.incidents.incidents import Incidents
from moderation.people.sessions import StaffMember
from moderation.records.cases import Held
from moderation.voices import Voice

AWAY = 20.0
"""Seconds without a word from the page of an adult, after which they have gone."""

LATER = 2.0
"""Seconds more for those whom another node has heard: it sees first that they went."""

_VOICE: Voice = "adult"


class Words(Protocol):
    """What an adult says; `alone` is for the student whose words raised the incident."""

    @property
    def cid(self) -> str:
        """The page's own random id."""

    @property
    def text(self) -> str:
        """What is said."""

    @property
    def alone(self) -> bool:
        """Whether it is for that one student."""


@dataclass(frozen=True, slots=True)
class View:
    """What an adult in a room sees, who has left it, and the seat whose words raised the incident.

    `anew_at` (Unix milliseconds) is when the newest of it would have called them; their page says
    it back once it has shown this.
    """

    said: tuple[Said, ...]
    left: tuple[str, ...]
    seat: int | None
    anew_at: int


class Joining:
    """Who is in which room because of which incident, as far as this node knows.

    `neighbours` is None for a single node.
    """

    def __init__(self, guests: Guests, incidents: Incidents, clock: Callable[[], float]) -> None:
        self._guests = guests
        self._incidents = incidents
        self._clock = clock
        self._here: dict[tuple[str, str], tuple[str, float]] = {}
        self.neighbours: Neighbours | None = None
        self._read: dict[tuple[str, str], int] = {}  # by room and adult: up to when it is kept

    async def come(self, code: str, staff: StaffMember) -> str | None:
        """Be in the room of an incident from now on; None, or the code of a refusal."""
        held = await self._held(code, staff)
        if held is None:
            return "forbidden"
        wrong = await self._guests.come(held.room, staff.id, _VOICE)
        if wrong is None:
            self._is_here(code, staff.id, held.room)
        return wrong

    async def view(self, code: str, staff: StaffMember, read_to: int = 0) -> View | str:
        """The conversation, for somebody who is in the room; tells that they still are.

        `read_to` is the `anew_at` of the newest view their page has shown them, or 0.
        """
        held = await self._held(code, staff)
        if held is None or (code, staff.id) not in self._here:
            return "not_in_room"
        self._is_here(code, staff.id, held.room)
        await self._note_read(held, staff.id, read_to)
        # What is read after `held` has everything that was told anew by then.
        said, left = await self._incidents.conversation(held)
        return View(said, left, held.seat, held.anew_at or 0)

    async def say(self, code: str, staff: StaffMember, words: Words) -> str | None:
        """Say something in the room; None once it is kept and sent, or the code of a refusal."""
        held = await self._held(code, staff)
        if held is None or (code, staff.id) not in self._here:
            return "not_in_room"
        to = held.seat if words.alone else None
        return await self._guests.speak(
            Speech(held.room, words.cid, staff.id, _VOICE, words.text, to)
        )

    async def go(self, code: str, staff: str) -> None:
        """Be in the room no more; nothing happens for somebody who was not there.

        Who is there because of another incident of the room as well stays. Raises StoreUnavailable:
        then they are still there, until `tick` can see to it.
        """
        room, _ = self._here.get((code, staff), ("", 0.0))
        if not room:
            return
        if not self._is_there_otherwise(code, staff, room):
            await self._guests.go(room, staff, _VOICE)
        self._forget(code, staff, room)
        if self.neighbours is not None:
            self.neighbours.tell(Gone(code, staff))

    def heard(self, event: There | Gone) -> None:
        """Another node says that an adult is in a room, or is there no more."""
        code, staff = event.code, event.staff
        if isinstance(event, There):
            self._here[code, staff] = (event.room, self._clock() + LATER)
            self._guests.came(event.room, staff, _VOICE)
        elif (code, staff) in self._here:
            self._forget(code, staff, self._here[code, staff][0])

    async def tick(self) -> None:
        """Let those go whose pages are silent; while the records are away, try again next time."""
        now = self._clock()
        if self.neighbours is not None and not self.neighbours.well:
            self._here = {key: (room, now) for key, (room, _) in self._here.items()}
        for code, staff in [key for key, (_, at) in self._here.items() if abs(now - at) > AWAY]:
            await self.go(code, staff)

    def _is_here(self, code: str, staff: str, room: str) -> None:
        """Their page has said so to this node."""
        self._here[code, staff] = (room, self._clock())
        self._guests.came(room, staff, _VOICE)
        if self.neighbours is not None:
            self.neighbours.tell(There(code, staff, room))

    def _forget(self, code: str, staff: str, room: str) -> None:
        if not self._is_there_otherwise(code, staff, room):
            self._guests.went(room, staff, _VOICE)
            self._read.pop((room, staff), None)
        self._here.pop((code, staff), None)

    def _is_there_otherwise(self, code: str, staff: str, room: str) -> bool:
        """Whether that adult is in the room because of another incident as well."""
        return any(
            other != code and who == staff and where == room
            for (other, who), (where, _) in self._here.items()
        )

    async def _note_read(self, held: Held, staff: str, read_to: int) -> None:
        """What would have called them, had they not been there, their page has shown them.

        Never more than there was to show, whatever the page says.
        """
        read_to = min(read_to, held.anew_at or 0)
        if self._read.get((held.room, staff), 0) < read_to:
            await self._incidents.read_there(held, staff, read_to)
            self._read[held.room, staff] = read_to

    async def _held(self, code: str, staff: StaffMember) -> Held | None:
        return await self._incidents.place(code, staff)
