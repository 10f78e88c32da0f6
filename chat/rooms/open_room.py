"""A room while it is open on this node: its core and what surrounds it here.

Pages, the key, allowances and what judging remembers; all of it can be made again from the
records. Made by `rooms.py`; used by `journal.py`, `replay.py` and the sessions.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from chat.frames import shared, to_student
from chat.rooms.allowance import Allowance
from chat.rooms.calls import HERE
from chat.rooms.room import Room
from chat.settings import Chat
from moderation.conversation import ConversationState
from moderation.records.vault import RoomKey
from moderation.voices import Voice, voice_of

PERIOD = 10.0
"""Seconds in which a seat earns its whole allowance again."""


class Page(Protocol):
    """A student's connected page."""

    def send(self, frame: shared.Frame) -> None:
        """Send a frame."""

    def left(self) -> None:
        """The room this page was in is over."""

    def refuse(self, code: str) -> None:
        """Send a refusal, and close the connection if it says so."""


class OpenRoom:
    """One open room. `absent` is since when (seconds) a seat has had no page, or None.

    `heard_at` is when its newest message arrived, before it was judged. `staff` are the
    members of staff in it, each with what they speak as. `late` is what waits for a place before
    its own to be shown; `elsewhere` takes frames for a seat that is not here.
    """

    __slots__ = (
        "_later",
        "absent",
        "allowances",
        "elsewhere",
        "heard_at",
        "key",
        "late",
        "pages",
        "room",
        "staff",
        "talk",
    )

    def __init__(self, room: Room, key: RoomKey, chat: Chat, now: float) -> None:
        self.room = room
        self.key = key
        self.talk = ConversationState()
        self.pages: list[Page | None] = [None for _ in room.seats]
        self.absent: list[float | None] = [now for _ in room.seats]
        self.staff: set[tuple[str, Voice]] = set()
        self.heard_at = now
        self.late: dict[int, Callable[[], None]] = {}
        self.elsewhere: Callable[[str, int, shared.Frame], None] | None = None
        self._later: list[list[shared.Frame] | None] = [None for _ in room.seats]
        rate = chat.messages_per_10_seconds
        self.allowances = [Allowance(rate, PERIOD / rate) for _ in room.seats]

    def empty(self) -> list[int]:
        """The seats without a page here, but for those whose student has left for good."""
        return [seat for seat in self.room.here() if self.pages[seat] is None]

    def seat_of(self, student: str) -> int:
        """The seat of a student of this room; raises StopIteration for anybody else."""
        return next(n for n, seat in enumerate(self.room.seats) if seat.student == student)

    def seat(self, seat: int, page: Page) -> None:
        """A page sits there from now on; one that sat there before must go."""
        before = self.pages[seat]
        if before is not None and before is not page:
            before.refuse("replaced")
        self.pages[seat] = page
        self.absent[seat] = None
        self.room.came(seat)

    def spent(self, seat: int, said_at: int) -> None:
        """A message of that seat was kept then (Unix microseconds), by another node or process.

        Whoever comes back elsewhere has no new allowance.
        """
        if seat < len(self.allowances) and voice_of(seat) is None:
            self.allowances[seat].spent(said_at / 1e6)

    def busy(self) -> bool:
        """Whether somebody is here, or something is still being committed."""
        return any(self.pages) or bool(self.staff or self.late) or self.room.committing()

    def present(self) -> list[Voice]:
        """As what staff are in this room now, each once."""
        return sorted({voice for _, voice in self.staff})

    def standing(self, seat: int, now: float) -> list[to_student.Notice]:
        """What somebody who comes to that seat must know beside what was said."""
        alone = len(self.room.here()) < len(self.room.seats)
        codes: list[to_student.NoticeCode] = ["peer_gone"] if alone else []
        if seat in self.room.calls.vain:
            codes.append("no_adult")  # before who is here: that makes it untrue
        codes += [HERE[voice] for voice in self.present()]
        if called := self.room.calls.told[seat]:
            codes.append(called)
        if self.room.seats[seat].muted_until > now:
            codes.append("muted")
        if self.room.paused:
            codes.append("paused")
        return [to_student.Notice(code, standing=True) for code in codes]

    def send(self, seat: int, frame: shared.Frame) -> None:
        """Send a frame to whoever sits there; after the replay, if one is under way."""
        if seat >= len(self.pages):
            return
        if (later := self._later[seat]) is not None:
            later.append(frame)
        elif (page := self.pages[seat]) is not None:
            page.send(frame)
        elif self.elsewhere is not None:
            self.elsewhere(self.room.id, seat, frame)

    def let_go(self, seat: int) -> None:
        """Nothing more of this room goes to that seat's page, not even what a replay held back.

        But that it is over for them: a page may come back in the moment in which they leave.
        """
        page, later = self.pages[seat], self._later[seat]
        self.pages[seat] = self._later[seat] = None
        if page is None:
            return
        for frame in later or ():
            if isinstance(frame, to_student.Ended):
                page.send(frame)
        page.left()

    def refuse(self, seat: int, code: str) -> None:
        """Refuse whoever sits there; the connection ends where the code says so."""
        if (page := self.pages[seat]) is not None:
            page.refuse(code)

    def hold_back(self, seat: int) -> list[shared.Frame]:
        """From now on, what is sent to that seat waits in the answer for `send_held_back`."""
        later: list[shared.Frame] = []
        self._later[seat] = later
        return later

    def send_held_back(self, seat: int, later: list[shared.Frame], shown: int) -> None:
        """Send what waited, but for messages up to `shown`, which the replay has sent.

        An ack is sent whatever its place: a page that says again what was shown waits for it.
        Nothing happens when another replay has begun since: it reads what this one left.
        """
        if self._later[seat] is not later:
            return
        self._later[seat] = None
        for frame in later:
            if not isinstance(frame, to_student.Message) or frame.seq > shown:
                self.send(seat, frame)
