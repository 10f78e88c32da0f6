"""Sealed identities over HTTP: what is asked of whoever asks, and what each role is told."""

from __future__ import annotations

import csv
import io
import secrets
from base64 import b64encode

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from sqlalchemy import select

from moderation.identities import enrolment
from moderation.identities.enrolment import Custodians
from moderation.identities.sealed import Half, Identity, bytes_of, fingerprint
from moderation.records import tables as t
from moderation.roles import SENSITIVE
from tests.web.site import Site
from web.access import ROUTES

WHY = {
    "reason": "life",
    "threat": "says there is a plan for tonight",
    "recipients": "the emergency services",
}


def new_key() -> bytes:
    return bytes_of(ec.generate_private_key(ec.SECP256R1()).public_key())


async def register(site: Site, login: str, public: bytes) -> int:
    me = await site.as_staff(login)
    body = {"public": b64encode(public).decode()}
    return (await site.post("/api/identities/key", body, me)).status


async def practice(site: Site) -> str:
    """Lee has a key, there is a canary sealed for it, and Lee asks to open it."""
    public = new_key()
    assert await register(site, "lee", public) == 200
    keys = [(Half.A, public), (Half.A, new_key()), (Half.B, new_key()), (Half.B, new_key())]
    made = enrolment.enrol([(Identity("Ann Lee"), "all")], keys, secrets.token_bytes)
    await site.enrolling.take(made.batch)
    answer = await site.post("/api/identities/practise", {}, await site.as_staff("lee"))
    code: str = (await answer.json())["code"]
    return code


def test_P10_every_step_asks_for_the_second_factor_again() -> None:
    """Whatever asks for, agrees to, opens or reviews an identity is sensitive, and keys are."""
    writes = {
        path: action
        for (method, path), action in ROUTES.items()
        if method == "POST" and ("identities" in path or path.endswith(("/reveal", "/break-glass")))
    }
    assert len(writes) == 11
    assert {path for path, action in writes.items() if action not in SENSITIVE} == set()


@pytest.mark.parametrize("field", ["reason", "threat", "recipients"])
async def test_P10_whatever_is_missing_is_named(site: Site, field: str) -> None:
    """Class, threat and recipients are each needed, with two people and with one."""
    code, lee = await site.incident(), await site.as_staff("lee")
    for path, more in (("reveal", {}), ("break-glass", {"typed": "open alone"})):
        body = WHY | more | {field: " "}
        answer = await site.post(f"/api/incidents/{code}/{path}", body, lee)
        told = await answer.json()
        assert (answer.status, told["code"], told["path"]) == (400, "bad_field", field)


async def test_P11_it_must_be_typed_that_one_opens_alone(site: Site) -> None:
    """A click is not enough to do without a second person."""
    code, lee = await site.incident(), await site.as_staff("lee")
    for typed in ("", "yes", "open"):
        answer = await site.post(f"/api/incidents/{code}/break-glass", WHY | {"typed": typed}, lee)
        assert (await answer.json())["path"] == "typed"
    answer = await site.post(
        f"/api/incidents/{code}/break-glass", WHY | {"typed": " Open alone "}, lee
    )
    assert (await answer.json())["code"] == "no_key"


async def test_a_counsellor_asks_a_lead(site: Site) -> None:
    """Who has the case sees whether an identity was asked for, and cannot ask."""
    code, dana = await site.incident(), await site.as_staff("dana")
    told = await (await site.get(f"/api/incidents/{code}/reveals", dana)).json()
    assert (told["reveals"], told["may_ask"]) == ([], False)
    assert (await site.post(f"/api/incidents/{code}/reveal", WHY, dana)).status == 403


async def test_public_keys_are_what_the_tool_reads(site: Site) -> None:
    """The file that a lead downloads is taken by the enrolment tool as it is."""
    lee, sue = new_key(), new_key()
    assert [await register(site, "lee", lee), await register(site, "sue", sue)] == [200, 200]
    answer = await site.get("/api/custodians.json", await site.as_staff("lee"))
    assert "custodians.json" in answer.headers["Content-Disposition"]
    found = enrolment.read(await answer.read(), Custodians)
    assert {(one.half, one.name, one.public) for one in found.custodians} == {
        (Half.A, "Lee", lee),
        (Half.B, "Sue", sue),
    }
    page = await (await site.get("/api/identities", await site.as_staff("lee"))).json()
    assert {one["print"] for one in page["custodians"]} == {fingerprint(lee), fingerprint(sue)}


async def test_what_is_no_key_is_refused(site: Site) -> None:
    """Nothing is sealed for what nobody could open."""
    for raw in (b"", b"\x04" + bytes(64), secrets.token_bytes(65), bytes(66)):
        assert await register(site, "lee", raw) == 400


async def test_the_record_is_a_safe_file_and_its_export_is_audited(site: Site) -> None:
    """One line for each time an identity was asked for; an auditor's has no words in it."""
    code = await practice(site)
    lines = {}
    for login in ("sue", "una"):
        answer = await site.get("/api/identities.csv", await site.as_staff(login))
        (lines[login],) = csv.DictReader(io.StringIO(await answer.text()))
    assert [line["code"] for line in lines.values()] == [code, code]
    assert lines["sue"]["asked by"] == "Lee"
    assert lines["una"]["class"] == "practice with a made-up identity"
    exported = select(t.staff.c.login).join(t.audit, t.audit.c.who == t.staff.c.id)
    query = exported.where(t.audit.c.act == "reveal_export").order_by(t.audit.c.n)
    assert list(await site.store.read(lambda conn: conn.scalars(query).all())) == ["sue", "una"]


async def test_P10_a_refusal_needs_words(site: Site) -> None:
    """Whoever asked reads why; two letters are no reason."""
    code, sue = await practice(site), await site.as_staff("sue")
    answer = await site.post(f"/api/identities/{code}/refuse", {"words": "no"}, sue)
    assert (await answer.json())["path"] == "words"
    answer = await site.post(f"/api/identities/{code}/refuse", {"words": "not today"}, sue)
    assert await answer.json() == {"state": "refused"}


async def test_P10_a_half_for_another_key_is_not_handed_out(site: Site) -> None:
    """A senior leader without the right key is told so, and nothing passes."""
    code, sue = await practice(site), await site.as_staff("sue")
    answer = await site.post(f"/api/identities/{code}/half", {}, sue)
    assert (await answer.json())["code"] == "no_key"
    assert await register(site, "sue", new_key()) == 200
    answer = await site.post(f"/api/identities/{code}/half", {}, sue)
    assert (await answer.json())["code"] == "not_sealed"
    answer = await site.post(f"/api/identities/{code}/approve", {"passed": "AAAA"}, sue)
    assert (await answer.json())["code"] == "bad_field"


async def test_P10_a_senior_leader_can_say_how_to_be_paged(site: Site) -> None:
    """Whoever must answer within minutes has a page for the ways to be reached."""
    sue = await site.as_staff("sue")
    assert (await site.get("/staff/contacts", sue)).status == 200
    body = {"channel": "mail", "address": "sue@school.example"}
    assert (await site.post("/api/contacts", body, sue)).status == 200
