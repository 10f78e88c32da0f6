"""What the pages need from the rest of the server; handed to `create_app` by `house/`."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from aiohttp import web
from prometheus_client import REGISTRY, CollectorRegistry

from chat.rooms.joining import Joining
from chat.settings import Settings
from moderation.identities.reveals import Reveals
from moderation.incidents.exports import Exports
from moderation.incidents.incidents import Incidents
from moderation.on_call.contacts import Contacts
from moderation.on_call.drills import Drills
from moderation.on_call.paging import Paging
from moderation.people.issuer import Issuer
from moderation.people.people import People
from moderation.records.store import Store
from moderation.rules_page import RulesPage
from web.tries import Elsewhere


@dataclass(frozen=True, slots=True)
class Parts:
    """Everything the pages call.

    `origins` are the exact origins browsers know this site by (`https://chat.school.example`);
    the Host headers answered to follow from them. `ready` says for each part by name whether it
    works, from memory and at once. `sso` is the school's own sign-in, if it has one, `tries` what
    other nodes know of tries to sign in, if there are others.
    """

    people: People
    incidents: Incidents
    contacts: Contacts
    paging: Paging
    drills: Drills
    joining: Joining
    rules_page: RulesPage
    reveals: Reveals
    exports: Exports
    store: Store
    settings: Settings
    origins: frozenset[str]
    ready: Callable[[], Mapping[str, bool]]
    clock: Callable[[], float] = time.time
    registry: CollectorRegistry = REGISTRY
    sso: Issuer | None = None
    tries: Elsewhere | None = None

    def now(self) -> int:
        """The time in Unix milliseconds, as pages get it."""
        return int(self.clock() * 1000)


PARTS = web.AppKey("parts", Parts)
