"""Reaching an adult: one file for each channel, and the list of them.

`channels` is called by the composition root. A new channel is a file beside these and one line in
the registry; what it must keep is written at `channel.Channel`.
"""

from __future__ import annotations

from collections.abc import Mapping

from moderation.pager.carrier import warm_up
from moderation.pager.channel import Channel, Notice, Outcome
from moderation.pager.mail import Mail, MailServer
from moderation.pager.webhook import Webhook

__all__ = ["Channel", "MailServer", "Notice", "Outcome", "channels", "warm_up"]


def channels(mail: MailServer, seconds: float) -> Mapping[str, Channel]:
    """Every channel that is set up, by the name contacts know it by.

    Args:
        mail: The mail server; without a host there is no channel `mail`.
        seconds: How long one call to a provider may take.
    """
    registry: dict[str, Channel] = {"webhook": Webhook(seconds)}
    if mail.host:
        registry["mail"] = Mail(mail, seconds)
    return registry
