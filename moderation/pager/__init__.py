"""Reaching an adult: one file for each channel, and the list of them.

`channels` is called by `house/`. A new channel is a file beside these and one line in
the registry; what it must keep is written at `channel.Channel`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey

from moderation.pager.carrier import warm_up
from moderation.pager.channel import Channel, Notice, Outcome
from moderation.pager.mail import Mail, MailServer
from moderation.pager.networks import Network, networks
from moderation.pager.post import Poster
from moderation.pager.push import Push, is_installed
from moderation.pager.service import Account, Service
from moderation.pager.webhook import Webhook

__all__ = ["Channel", "MailServer", "Notice", "Outcome", "Ways", "channels", "networks", "warm_up"]


@dataclass(frozen=True, slots=True)
class Ways:
    """What is set up: a mail server, services by the name of their channel, a key for push.

    `seconds` is how long one call to a provider may take. `named` are networks that webhooks may
    reach besides the open internet. `site` is where push services may ask
    about this house, a https URL without a port.
    """

    mail: MailServer
    seconds: float
    services: Mapping[str, Account] = field(default_factory=dict)
    named: tuple[Network, ...] = ()
    push_key: EllipticCurvePrivateKey | None = None
    site: str = ""


def channels(ways: Ways) -> Mapping[str, Channel]:
    """Every channel that is set up, by the name contacts know it by.

    Without a mail host there is no `mail`, and without the extra of that name no `push`.

    Raises:
        ValueError: A service could reach nobody, or has the name of another channel.
    """
    poster = Poster(ways.seconds, ways.named)
    registry: dict[str, Channel] = {"webhook": Webhook(poster)}
    if ways.mail.host:
        registry["mail"] = Mail(ways.mail, ways.seconds)
    if ways.push_key is not None and is_installed():
        registry["push"] = Push(poster, ways.push_key, ways.site)
    for name, account in ways.services.items():
        if name in {"webhook", "mail", "push"}:
            raise ValueError(f"pager.services.{name}: that is a channel already: choose a name")
        try:
            registry[name] = Service(account, ways.seconds)
        except ValueError as wrong:
            raise ValueError(f"pager.services.{name}: {wrong}") from None
    return registry
