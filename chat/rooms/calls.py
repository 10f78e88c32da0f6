"""What the students of a room were told about staff who were called, came and went; pure.

A page that comes back is told again, until staff are in the room. Owned by `room.py`; what is told
of an adult rests on the records, so that a restart changes nothing of it (`loading.py`).
"""

from __future__ import annotations

from collections.abc import Collection

from chat.frames import to_student
from chat.rooms.effects import Effect, Send
from moderation.voices import Voice

HERE: dict[Voice, to_student.NoticeCode] = {"moderator": "moderator_here", "adult": "adult_here"}
GONE: dict[Voice, to_student.NoticeCode] = {"moderator": "moderator_gone", "adult": "adult_gone"}
"""How students hear that staff came into their room, and went."""

_OWN = frozenset({"adult_coming", "adult_answered"})
"""What a student whose own words called an adult was told; a peer changes nothing of it."""

_PEERS = frozenset({"peer_adult_coming", "peer_adult_answered", "peer_no_adult"})
"""What a student was told of the other one's call."""

_WAITS = frozenset({"adult_coming", "help_asked"})
"""What a student was told who is to hear when an adult has an incident of their seat."""


class Calls:
    """By seat: what it was told about somebody who was called and is not in the room yet.

    `vain` are those who were told that nobody can answer, each with whether their words called an
    adult. They were promised nothing; yet everybody is called, and they hear of it once somebody
    can be reached or has their incident. `moment` is another one after every call.
    """

    __slots__ = ("_adult_here", "moment", "told", "vain")

    def __init__(self, seats: int) -> None:
        self.told: list[to_student.NoticeCode | None] = [None] * seats
        self.moment = 0
        self.vain: dict[int, bool] = {}
        self._adult_here = False

    @property
    def waits(self) -> bool:
        """Whether anybody waits to hear what becomes of a call."""
        return any(self.told) or bool(self.vain)

    def own(self, seat: int) -> bool:
        """Whether that student's own words called an adult who is not in the room yet."""
        return self.told[seat] in _OWN

    def tell(self, seat: int, code: to_student.NoticeCode) -> list[Effect]:
        """Tell a student that somebody was called, or what became of it.

        What they are told of a peer's call changes nothing of their own that was made in vain.
        """
        self.told[seat] = code
        if code not in _PEERS:
            self.vain.pop(seat, None)
        return [Send(seat, to_student.Notice(code))]

    def in_vain(self, seat: int, *, adult: bool = False) -> list[Effect]:
        """A student called for somebody, or their words an adult, and nobody can be reached.

        What they were promised before is not told again; who has answered has answered still. To
        whom an adult is talking it is not said: the call is kept for whoever looks at it first.
        """
        if self._adult_here:
            return self.asked(seat)
        self.moment += 1
        told = self.told[seat]
        self.vain[seat] = adult or self.vain.get(seat, False) or told == "adult_coming"
        if told in _WAITS or told == "call_over":
            self.told[seat] = None
        return [Send(seat, to_student.Notice("no_adult"))]

    def adult(self, seat: int, *, reachable: bool) -> list[Effect]:
        """A student's words called an adult; nobody is promised one who cannot be reached.

        Whoever has that student's incident has it still: were they called anew, the records say so.
        Nor is it said that nobody can be reached where an adult is talking to them.
        """
        here = self._adult_here and not reachable
        if here or self.told[seat] == "adult_answered":
            self.moment += 1
            return []
        if reachable:
            self.moment += 1
            return [*self.tell(seat, "adult_coming"), *self._tell_peer(seat, "peer_adult_coming")]
        return [*self.in_vain(seat, adult=True), *self._tell_peer(seat, "peer_no_adult")]

    def asked(self, seat: int) -> list[Effect]:
        """A student asked for a person; whose words called an adult waits for that one still."""
        self.moment += 1
        if self.own(seat):
            return [Send(seat, to_student.Notice("help_asked"))]
        return self.tell(seat, "help_asked")

    def found(self) -> list[Effect]:
        """Somebody on call can be reached now: nobody is left with words that say otherwise."""
        vain, self.vain = self.vain, {}
        effects: list[Effect] = []
        for seat, adult in vain.items():
            effects += self.adult(seat, reachable=True) if adult else self.asked(seat)
        for seat, code in enumerate(self.told):
            if code == "peer_no_adult":  # whoever called is known to another node
                effects += self.tell(seat, "peer_adult_coming")
        return effects

    def answered(self, seat: int) -> list[Effect]:
        """It is committed that an adult has an incident of that seat: its student hears it.

        So does the other who was told of the call, but nobody who waits for an adult of their own.
        """
        effects: list[Effect] = []
        for each, code in enumerate(self.told):
            if each == seat and (code in _WAITS or seat in self.vain):
                effects += self.tell(each, "adult_answered")
            elif each != seat and code in {"peer_adult_coming", "peer_no_adult"}:
                effects += self.tell(each, "peer_adult_answered")
        return effects

    def unanswered(self, seat: int) -> list[Effect]:
        """It is committed that nobody has an incident of that seat any more, and all are called."""
        effects: list[Effect] = []
        for each, code in enumerate(self.told):
            if each == seat and code == "adult_answered":
                effects += self.tell(each, "adult_coming")
            elif each != seat and code == "peer_adult_answered":
                effects += self.tell(each, "peer_adult_coming")
        return effects

    def over(self, go_on: Collection[int], here: Collection[int]) -> list[Effect]:
        """It is committed that nobody comes any more because of calls but those of some seats.

        Whose page is not `here` is told when it comes.
        """
        effects: list[Effect] = []
        for seat in sorted(self.vain.keys() - set(go_on)):  # else it stands that nobody can come
            del self.vain[seat]
            if self.told[seat] not in _PEERS:
                self.told[seat] = None if seat in here else "call_over"
            effects.append(Send(seat, to_student.Notice("call_over")))
        for seat, code in enumerate(self.told):
            whose = 1 - seat if code in _PEERS else seat
            if code is None or whose in go_on:
                continue
            self.told[seat] = None if seat in here or whose != seat else "call_over"
            if whose == seat and code != "call_over":
                effects.append(Send(seat, to_student.Notice("call_over")))
        return effects

    def heard(self, seat: int, code: to_student.NoticeCode) -> None:
        """Another node told that student of a peer's call; what they wait for themselves stands."""
        self.moment += 1
        if code not in _PEERS:
            return
        if self.told[seat] is None or self.told[seat] in _PEERS:
            self.told[seat] = code
        elif code == "peer_no_adult":  # until somebody can be reached
            self.vain[1 - seat] = True
        else:
            self.vain.pop(1 - seat, None)

    def before(self, seat: int, *, adult: bool, answered: bool = False) -> None:
        """What students were told before a restart, of an adult or of anybody, still holds."""
        if adult:
            self.adult(seat, reachable=True)
        else:
            self.asked(seat)
        if answered:
            self.answered(seat)

    def moved(self, seat: int, expected: Calls) -> None:
        """A page comes to that seat, maybe from another node: the records say whom it waits for.

        That a call is over while its page was away they do not say.
        """
        self.vain.pop(seat, None)
        if seat in expected.vain:
            self.vain[seat] = expected.vain[seat]
        if seat in expected.vain or self.told[seat] != "call_over" or expected.told[seat]:
            self.told[seat] = expected.told[seat]

    def came(self, voice: Voice) -> list[Effect]:
        """Staff are in the room: an adult ends every call, a moderator that for anybody."""
        self._adult_here = self._adult_here or voice == "adult"
        self.vain = {each: adult for each, adult in self.vain.items() if adult and voice != "adult"}
        self.told = [
            None if voice == "adult" or code == "help_asked" else code for code in self.told
        ]
        return self._tell_all(HERE[voice])

    def went(self, voice: Voice) -> list[Effect]:
        """Nobody of that kind is in the room any more."""
        self._adult_here = self._adult_here and voice != "adult"
        return self._tell_all(GONE[voice])

    def _tell_peer(self, seat: int, code: to_student.NoticeCode) -> list[Effect]:
        """Tell the other student of a call, unless an adult comes to them."""
        effects: list[Effect] = []
        for other in range(len(self.told)):
            if other == seat or self.own(other):
                continue
            if self.told[other] == "help_asked":  # that call is still to be answered
                effects.append(Send(other, to_student.Notice(code)))
            else:
                effects += self.tell(other, code)
        return effects

    def _tell_all(self, code: to_student.NoticeCode) -> list[Effect]:
        return [Send(seat, to_student.Notice(code)) for seat in range(len(self.told))]
