"""`staff`: accounts added, invited and closed, ways to reach people, and new passwords."""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Mapping

import house
from chat.settings import Settings
from commands.verbs import Verbs, acts_of, invitation, secret
from house.paging import channels_of
from house.places import origins_of
from moderation.pager import Channel
from moderation.people.appointing import GUARDED
from moderation.roles import STAFF_ROLES, Role


def add(verbs: Verbs) -> None:
    """Add the verb and its acts."""
    acts = acts_of(verbs.add("staff", staff, "add and change staff"))
    roles = [role.value for role in STAFF_ROLES]
    # Whoever opens a half of identities is invited, so that both ranks agree to it.
    unguarded = [role for role in roles if role not in GUARDED]
    adding = verbs.act(acts, "add", "a new account; the password is asked for")
    adding.add_argument("--login", required=True, help="what they sign in with")
    adding.add_argument("--name", required=True, help="as colleagues see it")
    adding.add_argument("--role", required=True, choices=unguarded)
    inviting = verbs.act(acts, "invite", "a link by which somebody makes their account")
    inviting.add_argument("--role", required=True, choices=roles)
    inviting.add_argument("--login", default="", help="left out, they choose it themselves")
    inviting.add_argument("--name", default="", help="as colleagues see it")
    reaching = verbs.act(acts, "contact", "a way to reach somebody on call")
    reaching.add_argument("--login", required=True, help="of whoever is reached")
    reaching.add_argument("--channel", required=True, help="mail, webhook or a service")
    reaching.add_argument("--address", required=True, help="mail address, number or link")
    for act, words in (("password", "a new password"), ("disable", "close an account at once")):
        verbs.act(acts, act, words).add_argument("--login", required=True, help="whose it is")


async def staff(options: argparse.Namespace, settings: Settings) -> int:
    """Do one of its acts."""
    async with house.open_ground(settings, beside=True) as ground:
        people = ground.people
        match options.act:
            case "add":
                password = secret("Password: ")
                await people.on_console("add_staff", options.role)
                await people.add_staff(options.login, options.name, options.role, password)
            case "contact":
                await people.on_console("add_contact", options.channel)
                ways = channels_of(settings, ground.records.vault, origins_of(settings)[0])
                _check(ways, options.channel, options.address)
                await people.add_contact(options.login, options.channel, options.address)
                print("It counts once they heard a test page, sent from their *How I am reached*.")
            case "invite":
                token = await people.accounts.invite(
                    options.role, login=options.login, name=options.name
                )
                print(invitation(settings, token))
                print("It works once, for 14 days: give it to that one person.")
                found = await people.accounts.invitation(token)
                if found is not None and found.waits_for:
                    ranks = _ranks(found.waits_for)
                    print(f"First {ranks} must agree, on their account page.")
                return 0
            case "password":
                await people.set_password(options.login, secret("Password: "))
            case "disable":
                await people.disable_staff(options.login)
    print("Done.")
    return 0


def _ranks(roles: Iterable[Role]) -> str:
    """Those who must agree, in words."""
    return " and ".join(f"a {role.value.replace('_', ' ')}" for role in sorted(roles))


def _check(ways: Mapping[str, Channel], channel: str, address: str) -> None:
    """Raise ValueError for a contact over which no page could ever leave."""
    if channel not in ways:
        raise ValueError(f"pages leave by {', '.join(sorted(ways))} only")
    if not ways[channel].accepts(address):
        raise ValueError("pages cannot be sent to that address")
