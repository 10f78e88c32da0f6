"""Pages by webhook: a POST of four JSON fields to a URL that an administrator entered.

A channel; named in the registry only. It serves gateways for text messages and calls, school bells
and anything else that listens on HTTP. The URL may hold a login and a secret path, and is treated
like a password.
"""

from __future__ import annotations

from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

from moderation.pager.carrier import Carrier, quoted
from moderation.pager.channel import Notice, Outcome

_LEFT_OUT = ("version", "title", "message", "attachments", "type")


class Webhook:
    """The channel `webhook`."""

    def __init__(self, seconds: float) -> None:
        self._carrier = Carrier(seconds)

    def accepts(self, address: str) -> bool:
        """Whether this is a whole http or https URL."""
        return _split(address) is not None

    async def send(self, address: str, notice: Notice) -> Outcome:
        """Post `{"code", "class", "time", "link"}`; any answer outside 200-299 is a failure."""
        url = _split(address)
        if url is None or url.hostname is None:
            return Outcome.FAILED_FOR_GOOD
        service = {
            "schema": "jsons" if url.scheme == "https" else "json",
            "host": f"[{url.hostname}]" if ":" in url.hostname else url.hostname,
            "port": url.port,
            "user": quoted(unquote(url.username or "")) or None,
            "password": quoted(unquote(url.password or "")) or None,
            "fullpath": url.path,
            "params": dict(parse_qsl(url.query)),
            "payload": {
                **dict.fromkeys(_LEFT_OUT, ""),
                "code": notice.code,
                "class": notice.kind,
                "time": notice.when,
                "link": notice.link,
            },
        }
        return await self._carrier.send(address, service, notice)


def _split(address: str) -> SplitResult | None:
    try:
        url = urlsplit(address)
        whole = url.scheme in {"http", "https"} and url.hostname and url.port != 0
    except ValueError:
        return None
    return url if whole and address.isprintable() and " " not in address else None
