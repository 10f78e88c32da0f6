"""The HTTP application: routes to handlers behind the guard; made by `house/`."""

from __future__ import annotations

import functools
from pathlib import Path

from aiohttp import web

from web import (
    account,
    assets,
    audit_log,
    body,
    contacts,
    drills,
    exports,
    factors,
    guard,
    headers,
    health,
    identities,
    incidents,
    joining,
    numbers,
    people,
    reveals,
    rota,
    rules,
    signin,
    sso,
    staff,
    student,
    welcome,
)
from web.answers import PAGES, Pages
from web.parts import PARTS, Parts

STATIC = Path(__file__).parent / "static"


def create_app(parts: Parts) -> web.Application:
    """The site, without the socket: `chat/socket/front_door.py` adds `GET /ws`.

    Raises:
        ValueError: `parts.origins` is empty, so that no browser could ever write.
    """
    if not parts.origins:
        raise ValueError("the pages need at least one origin")
    app = web.Application(middlewares=guard.MIDDLEWARES, client_max_size=body.MOST)
    app[PARTS] = parts
    app[guard.HOSTS] = guard.hosts(parts.origins)
    school = parts.settings.school
    sso_name = parts.settings.sso.name if parts.sso is not None else None
    app[PAGES] = Pages(school.name, school.lines, demo=school.demo, sso=sso_name)
    app[student.ASSETS] = _static()
    app[signin.STAFF_TRIES] = signin.new_tries(parts.tries)
    app[incidents.RECEIPT_TRIES] = incidents.new_receipt_tries(parts.tries)
    app.on_response_prepare.append(headers.add_headers)
    for method, path, handler in _HANDLERS:
        app.router.add_route(method, path, handler)
    return app


@functools.cache
def _static() -> dict[str, assets.Asset]:
    """What browsers load: read once in a process, however many houses it opens."""
    return assets.load(STATIC)


_HANDLERS = (
    ("GET", "/", student.page),
    ("GET", "/away", student.away),
    ("GET", "/static/{name:.+}", student.file),
    ("GET", "/api/lines", student.lines),
    ("POST", "/api/sign-in", signin.student_sign_in),
    ("POST", "/api/bye", signin.student_bye),
    ("GET", "/staff/sign-in", signin.staff_page),
    ("POST", "/staff/sign-in", signin.staff_sign_in),
    ("POST", "/staff/sign-out", signin.staff_sign_out),
    ("GET", "/staff/sso", sso.leave),
    ("GET", "/staff/sso/back", sso.back),
    ("POST", "/api/account/link", sso.link),
    ("GET", "/staff/welcome", welcome.page),
    ("POST", "/api/welcome/look", welcome.look),
    ("POST", "/api/welcome", welcome.join),
    ("GET", "/staff/second-step", factors.page),
    ("GET", "/api/second-step", factors.standing),
    ("POST", "/api/second-step/code", factors.show_code),
    ("POST", "/api/second-step/passkey/ask", factors.ask_passkey),
    ("POST", "/api/second-step/passkey", factors.show_passkey),
    ("POST", "/api/factors/code/new", factors.enrols(factors.new_maker)),
    ("POST", "/api/factors/code", factors.enrols(factors.keep_maker)),
    ("POST", "/api/factors/passkey/new", factors.enrols(factors.new_passkey)),
    ("POST", "/api/factors/passkey", factors.enrols(factors.keep_passkey)),
    ("POST", "/api/factors/recovery", factors.enrols(factors.new_recovery)),
    ("POST", "/api/factors/drop", factors.enrols(factors.drop)),
    ("GET", "/staff", staff.start),
    ("GET", "/staff/account", staff.account),
    ("GET", "/api/account/sessions", account.sessions),
    ("POST", "/api/account/sign-out-everywhere", account.sign_out_everywhere),
    ("POST", "/api/account/browser", account.answer_for_browser),
    ("POST", "/api/account/keys", account.keep_keys),
    ("GET", "/staff/queue", staff.queue),
    ("GET", "/staff/incidents", staff.plain_page("incidents.html")),
    ("GET", "/staff/incidents/{code}", staff.plain_page("case.html")),
    ("GET", "/staff/contacts", staff.plain_page("contacts.html")),
    ("GET", "/staff/contacts/{code}", staff.plain_page("contacts.html")),
    ("GET", "/staff/page/{word}", contacts.follow),
    ("POST", "/api/arrived", contacts.arrived),
    ("GET", "/api/contacts", contacts.mine),
    ("POST", "/api/contacts", contacts.add),
    ("POST", "/api/contacts/{id}/test", contacts.test),
    ("POST", "/api/contacts/{id}/remove", contacts.remove),
    ("POST", "/api/proofs/{code}", contacts.answer),
    ("GET", "/api/me", staff.me),
    ("GET", "/api/on-call", incidents.on_call),
    ("GET", "/api/incidents", incidents.unresolved),
    ("GET", "/api/past-incidents", incidents.past),
    ("POST", "/api/receipts", incidents.brought),
    ("GET", "/api/incidents/{code}", incidents.case),
    ("POST", "/api/incidents/{code}/acknowledge", incidents.acknowledge),
    ("POST", "/api/incidents/{code}/with-student", incidents.with_student),
    ("POST", "/api/incidents/{code}/offer", incidents.offer),
    ("POST", "/api/incidents/{code}/take-over", incidents.take_over),
    ("POST", "/api/incidents/{code}/recuse", incidents.recuse),
    ("POST", "/api/incidents/{code}/note", incidents.note),
    ("POST", "/api/incidents/{code}/resolve", incidents.resolve),
    ("POST", "/api/incidents/{code}/preserve", incidents.preserve),
    ("POST", "/api/incidents/{code}/lift", incidents.lift),
    ("GET", "/api/incidents/{code}/exports", exports.of_incident),
    ("POST", "/api/incidents/{code}/export", exports.ask),
    ("GET", "/staff/requests", staff.plain_page("requests.html")),
    ("GET", "/api/requests", exports.of_students),
    ("POST", "/api/requests", exports.ask_words),
    ("GET", "/api/exports", exports.waiting),
    ("POST", "/api/exports/{code}/agree", exports.agree),
    ("POST", "/api/exports/{code}/end", exports.end),
    ("POST", "/api/exports/{code}/hand", exports.hand),
    ("POST", "/api/exports/{code}/erase", exports.erase),
    ("GET", "/api/incidents/{code}/chat", joining.chat),
    ("POST", "/api/incidents/{code}/join", joining.join),
    ("POST", "/api/incidents/{code}/say", joining.say),
    ("POST", "/api/incidents/{code}/leave", joining.leave),
    ("GET", "/staff/identities", staff.identities),
    ("GET", "/staff/identities/{code}", staff.plain_page("reveal.html")),
    ("GET", "/api/identities", identities.standing),
    ("GET", "/api/identities.csv", reveals.table),
    ("GET", "/api/custodians.json", identities.custodians),
    ("POST", "/api/identities/key", identities.register),
    ("POST", "/api/identities/lacking", identities.lacking),
    ("POST", "/api/identities/give", identities.give),
    ("POST", "/api/identities/practise", identities.practise),
    ("GET", "/api/incidents/{code}/reveals", identities.of_incident),
    ("POST", "/api/incidents/{code}/reveal", identities.ask),
    ("POST", "/api/incidents/{code}/break-glass", identities.break_glass),
    ("POST", "/api/identities/{code}/half", identities.half),
    ("POST", "/api/identities/{code}/approve", identities.approve),
    ("POST", "/api/identities/{code}/refuse", identities.refuse),
    ("POST", "/api/identities/{code}/open", identities.unseal),
    ("POST", "/api/identities/{code}/review", identities.review),
    ("GET", "/staff/people", staff.plain_page("people.html")),
    ("GET", "/api/people", people.everybody),
    ("POST", "/api/people/invite", people.invite),
    ("POST", "/api/people/uninvite", people.uninvite),
    ("POST", "/api/people/role", people.change_role),
    ("POST", "/api/people/disable", people.disable),
    ("POST", "/api/people/expire", people.expire),
    ("POST", "/api/people/forget-factors", people.forget_factors),
    ("GET", "/api/appointments", people.appointments),
    ("POST", "/api/appointments/agree", people.agree),
    ("GET", "/staff/rota", staff.plain_page("rota.html")),
    ("GET", "/staff/rota.ics", rota.as_ical),
    ("GET", "/api/rota", rota.fortnight),
    ("POST", "/api/rota", rota.save),
    ("GET", "/api/rota/preview", rota.preview),
    ("POST", "/api/shift/accept", rota.accept),
    ("GET", "/api/pulse", rota.pulse),
    ("GET", "/staff/drills", staff.plain_page("drills.html")),
    ("GET", "/api/drills", drills.results),
    ("POST", "/api/drills", drills.begin),
    ("GET", "/staff/rules", staff.plain_page("rules.html")),
    ("GET", "/api/rules", rules.standing),
    ("POST", "/api/rules/explain", rules.explain),
    ("POST", "/api/rules/try", rules.try_out),
    ("POST", "/api/rules/propose", rules.propose),
    ("POST", "/api/rules/reload", rules.reload),
    ("POST", "/api/rules/{id}/second", rules.second),
    ("POST", "/api/rules/{id}/live", rules.live),
    ("POST", "/api/rules/{id}/end", rules.end),
    ("GET", "/staff/numbers", staff.plain_page("numbers.html")),
    ("GET", "/api/numbers", numbers.figures),
    ("GET", "/api/numbers.csv", numbers.table),
    ("GET", "/staff/log", staff.plain_page("log.html")),
    ("GET", "/api/log", audit_log.entries),
    ("GET", "/api/log.csv", audit_log.table),
    ("GET", "/health/live", health.live),
    ("GET", "/health/ready", health.ready),
    ("GET", "/metrics", health.metrics),
)
