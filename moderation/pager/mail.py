"""Pages by e-mail, through the school's own mail server.

A channel; named in the registry only. The mail server is a setting, the address is the contact's.
"""

from __future__ import annotations

import re
from typing import Protocol

from moderation.pager.carrier import Carrier, quoted
from moderation.pager.channel import Notice, Outcome

_LOCAL = r"[^\s@,;<>:\"'()\[\]\\]{1,64}"
_ADDRESS = re.compile(_LOCAL + r"@[A-Za-z0-9](?:[A-Za-z0-9.-]{0,252}[A-Za-z0-9])")
_IMPLICIT_TLS = 465


class MailServer(Protocol):
    """Where mail is handed in; RFC 8314 names the two ways of encryption chosen by port."""

    @property
    def host(self) -> str:
        """Its name; empty when there is none."""

    @property
    def port(self) -> int:
        """Its port; 465 speaks TLS from the first byte, others begin it with STARTTLS."""

    @property
    def sender(self) -> str:
        """The address pages come from."""

    @property
    def user(self) -> str:
        """The login; empty for none."""

    @property
    def password(self) -> str:
        """The password of that login."""

    @property
    def encrypt(self) -> bool:
        """Whether the connection must be encrypted."""


class Mail:
    """The channel `mail`."""

    def __init__(self, server: MailServer, seconds: float) -> None:
        self._server = server
        self._carrier = Carrier(seconds)

    def accepts(self, address: str) -> bool:
        """Whether this is one plain address, as in RFC 5321 section 4.1.2 without quoting."""
        return _ADDRESS.fullmatch(address) is not None

    async def send(self, address: str, notice: Notice) -> Outcome:
        """Send one page as plain text."""
        if not self.accepts(address):
            return Outcome.FAILED_FOR_GOOD
        server = self._server
        mode = "insecure"
        if server.encrypt:
            mode = "ssl" if server.port == _IMPLICIT_TLS else "starttls"
        service = {
            "schema": "mailtos" if server.encrypt else "mailto",
            "host": quoted(server.host),
            "smtp_host": server.host,
            "port": server.port,
            "user": quoted(server.user) or None,
            "password": quoted(server.password) or None,
            "secure_mode": mode,
            "from_addr": server.sender,
            "targets": [address],
            "format": "text",
        }
        return await self._carrier.send(address, service, notice)
