"""Who of the staff has a socket open, so that it closes as soon as their session is over.

Made by `house/`. What this process itself does to an account (the people's page) is heard at
once; what another does (the command line, another node, the end of an account's time) is seen by
`look`, which the house calls every second.
"""

from __future__ import annotations

from weakref import WeakSet

from chat.desk.session import DeskSession
from moderation.people.people import People


class Badges:
    """The open sockets of staff."""

    def __init__(self, people: People) -> None:
        self._people = people
        self._here: WeakSet[DeskSession] = WeakSet()
        people.accounts.on_sign_out(self.signed_out)

    def enter(self, session: DeskSession) -> DeskSession:
        """Remember this socket for as long as it is open."""
        self._here.add(session)
        return session

    def signed_out(self, staff: str) -> None:
        """Every session of this person is over: close their sockets."""
        for session in list(self._here):
            if session.staff.id == staff:
                self._close(session)

    async def look(self) -> None:
        """Close accounts whose time is over, and sockets whose session ended elsewhere."""
        await self._people.accounts.close_expired()
        here = list(self._here)
        if not here:
            return
        lasting = await self._people.sessions.lasting({session.staff.id for session in here})
        for session in here:
            if (session.staff.id, session.staff.since) not in lasting:
                self._close(session)

    def _close(self, session: DeskSession) -> None:
        self._here.discard(session)
        session.refuse("signed_out")
