"""The pager channels that the settings describe; used by `house.py` and the command line."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlsplit

from chat.settings import Settings
from moderation.pager import Channel, Ways, channels, networks
from moderation.records.vault import Vault


def channels_of(settings: Settings, vault: Vault, origin: str) -> Mapping[str, Channel]:
    """The pager channels of these settings; raises ValueError when one is set up wrongly."""
    pager = settings.pager
    return channels(
        Ways(
            mail=pager.mail,
            seconds=pager.send_timeout,
            services=pager.services,
            named=networks(pager.networks),
            push_key=vault.push_key(),
            site=f"https://{urlsplit(origin).hostname}",
        )
    )
