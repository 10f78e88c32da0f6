"""Who may call what: every route of the site in one table, deny by default; pure.

`guard.py` asks this table before any handler runs. A route that does not stand here is refused
even if somebody adds a handler for it, and a test walks the router to find such a route.
"""

from __future__ import annotations

import re
from typing import Literal

Who = Literal["anyone", "operator", "moderator", "on_call", "lead"]
"""Roles of staff, and two that need no session: `anyone`, and `operator` on the machine itself."""

ANYONE: frozenset[Who] = frozenset({"anyone"})
OPERATOR: frozenset[Who] = frozenset({"operator"})
QUEUE: frozenset[Who] = frozenset({"moderator", "lead"})
CASES: frozenset[Who] = frozenset({"on_call", "lead"})
STAFF: frozenset[Who] = QUEUE | CASES

ROUTES: dict[tuple[str, str], frozenset[Who]] = {
    ("GET", "/"): ANYONE,
    ("GET", "/away"): ANYONE,
    ("GET", "/static/{name}"): ANYONE,
    ("GET", "/ws"): ANYONE,  # the front door asks who it is before the first frame
    ("GET", "/api/lines"): ANYONE,
    ("POST", "/api/sign-in"): ANYONE,
    ("POST", "/api/bye"): ANYONE,
    ("GET", "/staff/sign-in"): ANYONE,
    ("POST", "/staff/sign-in"): ANYONE,
    ("POST", "/staff/sign-out"): ANYONE,
    ("GET", "/staff"): STAFF,
    ("GET", "/staff/queue"): QUEUE,
    ("GET", "/staff/incidents"): CASES,
    ("GET", "/staff/incidents/{code}"): CASES,
    ("GET", "/api/me"): STAFF,
    ("GET", "/api/on-call"): STAFF,
    ("GET", "/api/incidents"): STAFF,
    ("GET", "/api/incidents/{code}"): CASES,
    ("POST", "/api/incidents/{code}/acknowledge"): CASES,
    ("POST", "/api/incidents/{code}/note"): CASES,
    ("POST", "/api/incidents/{code}/resolve"): CASES,
    ("GET", "/health/live"): ANYONE,
    ("GET", "/health/ready"): ANYONE,
    ("GET", "/metrics"): OPERATOR,
}


def who_may(method: str, path: str) -> frozenset[Who]:
    """Who may use the route registered under `path`; nobody when the table does not name it."""
    return ROUTES.get((method, path), frozenset())


_STAFF_PAGE = re.compile(r"(/staff/queue|/staff/incidents)(/[A-Z0-9]{3}-[A-Z0-9]{4})?")


def is_staff_page(path: str) -> bool:
    """Whether `path` is exactly a page of staff: somewhere it is right to go after signing in."""
    return _STAFF_PAGE.fullmatch(path) is not None


def home(role: str, wanted: str = "") -> str:
    """Where a member of staff starts: the page they wanted if they may see it, or their own."""
    found = _STAFF_PAGE.fullmatch(wanted)
    if found and role in who_may("GET", found[1] + ("/{code}" if found[2] else "")):
        return wanted
    return "/staff/incidents" if role == "on_call" else "/staff/queue"
