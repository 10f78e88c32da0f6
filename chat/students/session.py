"""One student's connection: frame in, core, effects out.

Reads each frame strictly, asks the core, and answers refusals in one shape; what the core may do
with the page is in `page.py`. Whoever is on the other end must say `hello` first, with the token of
their own sign-in. Made by `house/` for each socket of the front door.
"""

from __future__ import annotations

import asyncio
import dataclasses

from chat import strict, typed
from chat.errors import error
from chat.frames import from_student, shared, to_student
from chat.rooms import ending
from chat.rooms.allowance import Allowance
from chat.rooms.asking import reported
from chat.rooms.open_room import OpenRoom
from chat.socket.connection import Connection
from chat.students.afterwards import AboutPast
from chat.students.calling import Call, Calling
from chat.students.entrance import is_barred, why_not
from chat.students.needs import StudentNeeds
from chat.students.page import StudentPage
from moderation.people.sessions import Signed
from moderation.records.messages import RoomEnded

RIGHT_ANSWER = 1
"""Which answer to "who can see this?" is the right one (web/static/student/words.js)."""

FRAMES, FRAMES_OVER = 30, 10.0
"""Frames other than messages, calls and reports a page may send within so many seconds."""

REFUSED, REFUSED_OVER = 60, 60.0
"""Messages that may be refused or said again within so many seconds before the connection ends."""


class StudentSession(StudentPage):
    """A student's page while it is connected; `socket/front_door.py` drives it."""

    __slots__ = ("_allowance", "_calling", "_refused", "_timer", "_token")

    def __init__(self, needs: StudentNeeds) -> None:
        super().__init__(needs)
        self._timer: asyncio.TimerHandle | None = None
        self._token = ""
        self._allowance = Allowance(FRAMES, FRAMES_OVER / FRAMES)
        self._refused = Allowance(REFUSED, REFUSED_OVER / REFUSED)
        self._calling = Calling(self._hear, needs.clock)

    # --- the connection's side ---------------------------------------------------------------

    def connected(self, connection: Connection) -> None:
        """The socket is open: whoever it is has a moment to say so."""
        self._connection = connection
        loop = asyncio.get_running_loop()
        self._timer = loop.call_later(self._needs.hello_within, self.refuse, "no_hello")

    def frame_received(self, frame: bytes) -> None:
        """One whole text message from the page."""
        read = strict.read(from_student.read, frame)
        if type(read) is from_student.Say:
            self._say(read)
        elif isinstance(read, shared.Error):
            self.trouble(read, self._needs.clock())
        elif self._signed is None and type(read) is not from_student.Hello:
            self.refuse("bad_ticket")
        elif isinstance(read, Call) and self._calling.take(read):
            pass
        elif wait := self._allowance.spend(now := self._needs.clock()):
            self.trouble(error("rate_limited", retry_after=wait), now)
        else:
            self._hear(read)

    def disconnected(self) -> None:
        """The socket is gone, whatever ended it."""
        self._stop_timer()
        self._connection = None
        self._calling.close()
        self.gone()

    # --- frames --------------------------------------------------------------------------------

    async def _answer(self, frame: from_student.StudentFrame) -> None:
        match frame:
            case from_student.Hello():
                await self._hello(frame)
            case from_student.Understood():
                await self._understood(frame.answer)
            case from_student.Join():
                await self._join(frame.topic)
            case from_student.Help():
                await self._help()
            case from_student.Leave():
                await self._leave()
            case from_student.Bye():
                await self._bye()
            case from_student.Answers() | from_student.AskReceipt():
                await self._afterwards(frame)
            case from_student.Report() | from_student.Block() if self._is_past(frame.room):
                await self._afterwards(frame)
            case _ if self._room is None:
                self.send(error("not_in_room"))
            case _:
                await self._answer_in_room(frame, self._room)

    async def _answer_in_room(self, frame: from_student.StudentFrame, live: OpenRoom) -> None:
        match frame:
            case shared.Typing():
                live.send(1 - self._seat, frame)
            case from_student.TakeBack():
                self._needs.rooms.take_back(live, self._seat, frame.cid)
            case from_student.Report():
                await self._report(live, frame.reason)
            case from_student.Block():
                await self._block(live)
            case shared.Wishes():
                self.send(await self._needs.rooms.wish(live, self._seat, frame))

    def _say(self, say: from_student.Say) -> None:
        if self._signed is None:
            self.refuse("bad_ticket")
        elif not self._taken(say) and self._refused.spend(self._needs.clock()):
            self.refuse("too_many_errors")

    def _taken(self, say: from_student.Say) -> bool:
        """Whether a message is new, could be said here and was not too soon; if not, it is told."""
        if self._room is None:
            self.send(error("not_in_room", say.cid))
        elif (flaw := typed.flaw(say.text)) is not None:
            self.send(error(flaw, say.cid))
        else:
            return self._needs.rooms.say(self._room, self._seat, say)
        return False

    def _hear(self, frame: from_student.StudentFrame) -> None:
        self._turns.take(self._answer(frame))

    async def _hello(self, hello: from_student.Hello) -> None:
        self._stop_timer()
        signed = await self._needs.sessions.student(hello.token)
        if signed is None or self._signed is not None or self._connection is None:
            self.refuse("bad_ticket")
            return
        before = self._needs.here.get(signed.who)
        if before is None and len(self._needs.here) >= self._needs.max_connections:
            self.refuse("too_many_connections")
            return
        self._signed, self._token = signed, hello.token
        self._needs.here[signed.who] = self
        if before is not None and before is not self:
            before.refuse("replaced")
        # Told only by a page that comes: a page that is looked for may be the dead one of two.
        self._needs.rooms.elsewhere.arrived(signed.who)
        live = await self._needs.rooms.of_student(signed.who)
        if live is None:
            ended = await self._end_of(hello.resume.room, signed) if hello.resume else None
            if self.seated:  # by a match, which has told the page where it is
                return
            if ended is not None:
                self.send(ended)
            await self._to_the_lobby(signed)
        elif self._connection is not None:
            self._room, self._seat = live, live.seat_of(signed.who)
            await self._needs.rooms.enter(live, self._seat, self, hello.resume)

    async def _end_of(self, room: str, signed: Signed) -> to_student.Ended | None:
        """How the room this page comes back to ended while it was away."""
        why = await self._needs.rooms.why_over(room, signed.who)
        return None if why is None else ending.how_it_ended(why)

    async def _to_the_lobby(self, signed: Signed) -> None:
        self.send(self._topics(signed))
        lobby = self._needs.lobby
        ticket = lobby.ticket_of(signed.who) or await lobby.left_behind(signed.who)
        if ticket is None and is_barred(signed, self._needs.clock()):
            self.send(error("barred"))
        await self.wait(ticket)

    async def _understood(self, answer: int) -> None:
        signed = self._known()
        if answer != RIGHT_ANSWER:
            self.send(error("not_understood"))
            return
        await self._needs.sessions.understood(self._token)
        self._signed = dataclasses.replace(signed, understood=True)
        self.send(self._topics(self._signed))

    async def _join(self, topic: str) -> None:
        if self.seated:
            self.send(error("already_in_room"))
            return
        needs, now, known = self._needs, self._needs.clock(), self._known()
        standing = await needs.sessions.standing(known.who)
        live = await needs.rooms.of_student(known.who, standing)
        if self._room is not None:  # an earlier wish was granted meanwhile
            self.send(error("already_in_room"))
            return
        if live is not None:  # it was kept, but the answer to its commit was lost
            await self.enter(live, live.seat_of(known.who))
            return
        signed = self._as(standing)
        code = why_not(signed, topic, needs.school, is_open=needs.chat_open(), now=now)
        if code is not None:
            self.send(error(code))
            return
        await self._knock(needs.ticket(signed, topic, standing.avoid, now))

    async def _leave(self) -> None:
        if not self.seated:
            await self._needs.lobby.withdraw(self._known().who)
        if self._room is not None:  # maybe since just now, by a match
            self._needs.rooms.leave(self._room, self._seat)
        else:
            self.send(self._topics(self._known()))

    async def _report(self, live: OpenRoom, reason: from_student.Wrong) -> None:
        await self._needs.rooms.requests.keep_apart(live)
        await self._needs.rooms.requests.ask_person(live, self._seat, "report", reported(reason))
        self.send(to_student.Notice("reported"))

    async def _block(self, live: OpenRoom) -> None:
        await self._needs.rooms.requests.keep_apart(live)
        self._needs.rooms.leave(live, self._seat)

    async def _help(self) -> None:
        live, seat = await self._called()
        calls = live.room.calls
        told = calls.asked(seat) if self._needs.reachable() else calls.in_vain(seat)
        self._needs.rooms.perform(live, told)

    async def _called(self) -> tuple[OpenRoom, int]:
        """Where this student's call waits: not in a room that is over, or that they are leaving."""
        live, who = self._room, self._known().who
        if live is None or live.room.is_over(self._seat):
            live = await self._needs.room_for_help(who)
            if self._room is not live:
                await self.enter(live, live.seat_of(who))
        seat = live.seat_of(who)  # a page that is gone took none
        try:
            await self._needs.rooms.requests.ask_person(live, seat, "help")
        except RoomEnded:  # in this moment, or at another node
            await self._needs.rooms.elsewhere.refresh(live)
            return await self._called()
        return live, seat

    def _is_past(self, room: str | None) -> bool:
        """Whether a frame is about another room than the one this page is in."""
        return room is not None and (self._room is None or self._room.room.id != room)

    async def _afterwards(self, frame: AboutPast) -> None:
        answer = await self._needs.afterwards.take(self._known().who, frame)
        if answer is not None:
            self.send(answer)

    async def _bye(self) -> None:
        if self._room is not None:
            self._needs.rooms.leave(self._room, self._seat)
        await self._needs.lobby.withdraw(self._known().who)
        await self._needs.sessions.end(self._token)
        self.refuse("signed_out")

    # --- parts ---------------------------------------------------------------------------------

    def _stop_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
