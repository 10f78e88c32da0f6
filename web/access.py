"""What every route of the site is: one table of routes and actions, deny by default; pure.

`moderation/roles.py` says which role may do which action; `guard.py` asks both before any handler
runs. A route that does not stand here is refused even if somebody adds a handler for it, and a
test walks the router to find such a route.
"""

from __future__ import annotations

import enum
import re

from moderation.roles import Action, Role, may


class Door(enum.Enum):
    """Who gets in without a session of staff."""

    ANYONE = "anyone"
    OPERATOR = "operator"
    """On the machine itself."""
    HALFWAY = "halfway"
    """Staff who have shown their password, whether or not their second factor."""


ROUTES: dict[tuple[str, str], Action | Door] = {
    ("GET", "/"): Door.ANYONE,
    ("GET", "/away"): Door.ANYONE,
    ("GET", "/static/{name}"): Door.ANYONE,
    ("GET", "/ws"): Door.ANYONE,  # the front door asks who it is before the first frame
    ("GET", "/api/lines"): Door.ANYONE,
    ("POST", "/api/sign-in"): Door.ANYONE,
    ("POST", "/api/bye"): Door.ANYONE,
    ("GET", "/staff/sign-in"): Door.ANYONE,
    ("POST", "/staff/sign-in"): Door.ANYONE,
    ("POST", "/staff/sign-out"): Door.ANYONE,
    ("GET", "/staff/sso"): Door.ANYONE,
    ("GET", "/staff/sso/back"): Door.ANYONE,
    ("POST", "/api/account/link"): Action.OWN_ACCOUNT,
    ("GET", "/staff/welcome"): Door.ANYONE,
    ("POST", "/api/welcome/look"): Door.ANYONE,
    ("POST", "/api/welcome"): Door.ANYONE,
    ("GET", "/staff/second-step"): Door.HALFWAY,
    ("GET", "/api/second-step"): Door.HALFWAY,
    ("POST", "/api/second-step/code"): Door.HALFWAY,
    ("POST", "/api/second-step/passkey/ask"): Door.HALFWAY,
    ("POST", "/api/second-step/passkey"): Door.HALFWAY,
    ("POST", "/api/factors/code/new"): Door.HALFWAY,
    ("POST", "/api/factors/code"): Door.HALFWAY,
    ("POST", "/api/factors/passkey/new"): Door.HALFWAY,
    ("POST", "/api/factors/passkey"): Door.HALFWAY,
    ("POST", "/api/factors/recovery"): Door.HALFWAY,
    ("POST", "/api/factors/drop"): Door.HALFWAY,
    ("GET", "/staff"): Action.OWN_ACCOUNT,
    ("GET", "/staff/account"): Action.OWN_ACCOUNT,
    ("GET", "/api/account/sessions"): Action.OWN_ACCOUNT,
    ("POST", "/api/account/sign-out-everywhere"): Action.OWN_ACCOUNT,
    ("POST", "/api/account/browser"): Action.OWN_ACCOUNT,
    ("POST", "/api/account/keys"): Action.WORK_QUEUE,
    ("GET", "/staff/queue"): Action.WORK_QUEUE,
    ("GET", "/staff/incidents"): Action.TAKE_CASE,
    ("GET", "/staff/incidents/{code}"): Action.TAKE_CASE,
    ("GET", "/staff/rota"): Action.SEE_ROTA,
    ("GET", "/staff/rota.ics"): Action.SEE_ROTA,
    ("GET", "/api/rota"): Action.SEE_ROTA,
    ("POST", "/api/rota"): Action.MANAGE_ROTA,
    ("GET", "/api/rota/preview"): Action.SEE_ROTA,
    ("POST", "/api/shift/accept"): Action.TAKE_CASE,
    ("GET", "/api/pulse"): Action.SEE_HEALTH,
    ("GET", "/staff/drills"): Action.SEE_ROTA,
    ("GET", "/api/drills"): Action.SEE_ROTA,
    ("POST", "/api/drills"): Action.MANAGE_ROTA,
    ("GET", "/staff/contacts"): Action.BE_REACHED,
    ("GET", "/staff/contacts/{code}"): Action.BE_REACHED,
    ("GET", "/staff/page/{word}"): Door.ANYONE,  # signed, opens nothing: leads to signing in
    ("POST", "/api/arrived"): Door.ANYONE,
    ("GET", "/api/contacts"): Action.BE_REACHED,
    ("POST", "/api/contacts"): Action.BE_REACHED,
    ("POST", "/api/contacts/{id}/test"): Action.BE_REACHED,
    ("POST", "/api/contacts/{id}/remove"): Action.BE_REACHED,
    ("POST", "/api/proofs/{code}"): Action.BE_REACHED,
    ("GET", "/api/me"): Action.OWN_ACCOUNT,
    ("GET", "/api/on-call"): Action.SEE_INCIDENTS,
    ("GET", "/api/incidents"): Action.SEE_INCIDENTS,
    ("GET", "/api/past-incidents"): Action.TAKE_CASE,
    ("POST", "/api/receipts"): Action.TAKE_CASE,
    ("GET", "/api/incidents/{code}"): Action.TAKE_CASE,
    ("POST", "/api/incidents/{code}/acknowledge"): Action.TAKE_CASE,
    ("POST", "/api/incidents/{code}/with-student"): Action.TAKE_CASE,
    ("POST", "/api/incidents/{code}/offer"): Action.TAKE_CASE,
    ("POST", "/api/incidents/{code}/take-over"): Action.TAKE_CASE,
    ("POST", "/api/incidents/{code}/recuse"): Action.TAKE_CASE,
    ("POST", "/api/incidents/{code}/note"): Action.TAKE_CASE,
    ("POST", "/api/incidents/{code}/resolve"): Action.TAKE_CASE,
    ("POST", "/api/incidents/{code}/preserve"): Action.PRESERVE,
    ("POST", "/api/incidents/{code}/lift"): Action.PRESERVE,
    ("GET", "/api/incidents/{code}/exports"): Action.EXPORT_CASE,
    ("POST", "/api/incidents/{code}/export"): Action.EXPORT_CASE,
    ("GET", "/staff/requests"): Action.EXPORT_CASE,
    ("GET", "/api/requests"): Action.EXPORT_CASE,
    ("POST", "/api/requests"): Action.EXPORT_CASE,
    ("GET", "/api/exports"): Action.SECOND,
    ("POST", "/api/exports/{code}/agree"): Action.SECOND,
    ("POST", "/api/exports/{code}/end"): Action.SECOND,
    ("POST", "/api/exports/{code}/hand"): Action.EXPORT_CASE,
    ("POST", "/api/exports/{code}/erase"): Action.EXPORT_CASE,
    ("GET", "/api/incidents/{code}/chat"): Action.JOIN_CHAT,
    ("POST", "/api/incidents/{code}/join"): Action.JOIN_CHAT,
    ("POST", "/api/incidents/{code}/say"): Action.JOIN_CHAT,
    ("POST", "/api/incidents/{code}/leave"): Action.JOIN_CHAT,
    ("GET", "/staff/identities"): Action.READ_REVEALS,
    ("GET", "/staff/identities/{code}"): Action.READ_REVEALS,
    ("GET", "/api/identities"): Action.READ_REVEALS,
    ("GET", "/api/identities.csv"): Action.READ_REVEALS,
    ("GET", "/api/custodians.json"): Action.HOLD_KEY,
    ("POST", "/api/identities/key"): Action.HOLD_KEY,
    ("POST", "/api/identities/lacking"): Action.HOLD_KEY,
    ("POST", "/api/identities/give"): Action.HOLD_KEY,
    ("POST", "/api/identities/practise"): Action.REQUEST_REVEAL,
    ("GET", "/api/incidents/{code}/reveals"): Action.TAKE_CASE,
    ("POST", "/api/incidents/{code}/reveal"): Action.REQUEST_REVEAL,
    ("POST", "/api/incidents/{code}/break-glass"): Action.BREAK_GLASS,
    ("POST", "/api/identities/{code}/half"): Action.OPEN_HALF_B,
    ("POST", "/api/identities/{code}/approve"): Action.OPEN_HALF_B,
    ("POST", "/api/identities/{code}/refuse"): Action.OPEN_HALF_B,
    ("POST", "/api/identities/{code}/open"): Action.OPEN_HALF_A,
    ("POST", "/api/identities/{code}/review"): Action.REVIEW_REVEAL,
    ("GET", "/staff/people"): Action.MANAGE_PEOPLE,
    ("GET", "/api/people"): Action.MANAGE_PEOPLE,
    ("POST", "/api/people/invite"): Action.MANAGE_PEOPLE,
    ("POST", "/api/people/uninvite"): Action.MANAGE_PEOPLE,
    ("POST", "/api/people/role"): Action.MANAGE_PEOPLE,
    ("POST", "/api/people/disable"): Action.MANAGE_PEOPLE,
    ("POST", "/api/people/expire"): Action.MANAGE_PEOPLE,
    ("POST", "/api/people/forget-factors"): Action.MANAGE_PEOPLE,
    ("GET", "/api/appointments"): Action.APPOINT,
    ("POST", "/api/appointments/agree"): Action.APPOINT,
    ("GET", "/staff/rules"): Action.SECOND,
    ("GET", "/api/rules"): Action.SECOND,
    ("POST", "/api/rules/explain"): Action.PROPOSE_RULES,
    ("POST", "/api/rules/try"): Action.PROPOSE_RULES,
    ("POST", "/api/rules/propose"): Action.PROPOSE_RULES,
    ("POST", "/api/rules/reload"): Action.PROPOSE_RULES,
    ("POST", "/api/rules/{id}/second"): Action.SECOND,
    ("POST", "/api/rules/{id}/live"): Action.SECOND,
    ("POST", "/api/rules/{id}/end"): Action.SECOND,
    ("GET", "/staff/numbers"): Action.SEE_NUMBERS,
    ("GET", "/api/numbers"): Action.SEE_NUMBERS,
    ("GET", "/api/numbers.csv"): Action.SEE_NUMBERS,
    ("GET", "/staff/log"): Action.READ_AUDIT,
    ("GET", "/api/log"): Action.READ_AUDIT,
    ("GET", "/api/log.csv"): Action.READ_AUDIT,
    ("GET", "/health/live"): Door.ANYONE,
    ("GET", "/health/ready"): Door.ANYONE,
    ("GET", "/metrics"): Door.OPERATOR,
}

STAFF_SOCKET = Action.WORK_QUEUE
"""What `GET /ws?as=staff` is."""

PAGES: dict[str, tuple[str, str]] = {
    "queue": ("/staff/queue", "Queue"),
    "incidents": ("/staff/incidents", "Incidents"),
    "people": ("/staff/people", "People"),
    "rota": ("/staff/rota", "Rota"),
    "drills": ("/staff/drills", "Drills"),
    "contacts": ("/staff/contacts", "How I am reached"),
    "identities": ("/staff/identities", "Identities"),
    "requests": ("/staff/requests", "Requests"),
    "rules": ("/staff/rules", "Rules"),
    "numbers": ("/staff/numbers", "Numbers"),
    "log": ("/staff/log", "Log"),
    "account": ("/staff/account", "Account"),
}
"""Where every page of staff leads to, in the order of their names in the head of a page."""

_HOMES = {Role.COUNSELLOR: "/staff/incidents", Role.SENIOR_LEADER: "/staff/identities"}


def needed(method: str, path: str) -> Action | Door | None:
    """What the route registered under `path` is; None, so nobody's, when the table has it not."""
    return ROUTES.get((method, path))


def opens(role: str, method: str, path: str) -> bool:
    """Whether staff of that role may use the route registered under `path`."""
    action = needed(method, path)
    if action is Door.HALFWAY:
        action = Action.OWN_ACCOUNT
    return action is Door.ANYONE or (isinstance(action, Action) and may(role, action))


def pages_of(role: str) -> list[tuple[str, str, str]]:
    """Name, address and words of every page in the head of a page that the role may open."""
    return [(name, *page) for name, page in PAGES.items() if opens(role, "GET", page[0])]


_STAFF_PAGE = re.compile(r"(/staff/[a-z]+)(/[A-Z0-9]{3}-[A-Z0-9]{4})?")


def is_staff_page(path: str) -> bool:
    """Whether `path` is exactly a page of staff: somewhere it is right to go after signing in."""
    return isinstance(needed("GET", _page(path)), Action)


def home(role: str, wanted: str = "") -> str:
    """Where a member of staff starts: the page they wanted if they may see it, or their own."""
    if is_staff_page(wanted) and opens(role, "GET", _page(wanted)):
        return wanted
    own = _HOMES.get(Role(role))
    return own or pages_of(role)[0][1]


def _page(path: str) -> str:
    """The route a path of a page of staff belongs to, or nothing."""
    found = _STAFF_PAGE.fullmatch(path)
    return found[1] + ("/{code}" if found[2] else "") if found else ""
