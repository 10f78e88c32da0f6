from dataclasses import replace

from moderation.pager import channels
from tests.moderation.pager.test_mail import Server


def test_channels_are_those_that_are_set_up() -> None:
    """Without a mail server there is no mail channel, and webhooks need nothing."""
    assert set(channels(Server(), 5)) == {"webhook", "mail"}
    assert set(channels(replace(Server(), host=""), 5)) == {"webhook"}
