from __future__ import annotations

from typing import Any

from tests.web.site import Site

WAITS = "waits for you to agree"


async def _list(site: Site, headers: dict[str, str]) -> dict[str, Any]:
    found: dict[str, Any] = await (await site.get("/api/people", headers)).json()
    return found


async def _id(site: Site, headers: dict[str, str], login: str) -> str:
    people = (await _list(site, headers))["people"]
    return next(str(one["id"]) for one in people if one["login"] == login)


async def test_the_list_shows_who_has_an_account_and_how_it_is_secured(site: Site) -> None:
    """Name, role, end and second factors; no contact, no password, nothing about students."""
    ada = await site.as_staff("ada")
    found = await _list(site, ada)
    (mo,) = [one for one in found["people"] if one["login"] == "mo"]
    assert (mo["role"], mo["code_maker"], mo["passkeys"], mo["me"]) == (
        "moderator",
        False,
        0,
        False,
    )
    keyed = {one["login"] for one in found["people"] if one["keyed"]}
    assert {"ada", "lee", "una"} <= keyed
    assert mo["login"] not in keyed
    assert mo["expires_at"] > site.now
    assert set(mo) == {
        "id", "login", "name", "role", "disabled_at", "expires_at", "ended", "code_maker",
        "passkeys", "keyed", "me",
    }  # fmt: skip
    assert "@school.example" not in str(found)


async def test_an_invitation_is_shown_once(site: Site) -> None:
    """The link comes back to who made it and stands in no list; taken back, it is dead."""
    ada = await site.as_staff("ada")
    asked = {"login": "may", "name": "May", "role": "moderator"}
    token = (await (await site.post("/api/people/invite", asked, ada)).json())["token"]
    found = await _list(site, ada)
    (waiting,) = found["invitations"]
    assert (waiting["name"], waiting["role"]) == ("May", "Moderator")
    assert token not in str(found)
    answer = await site.post("/api/people/uninvite", {"invitation": waiting["id"]}, ada)
    assert answer.status == 200
    assert await site.people.accounts.invitation(token) is None
    again = await site.post("/api/people/uninvite", {"invitation": waiting["id"]}, ada)
    assert again.status == 404


async def test_closing_an_account_ends_it_at_once(site: Site) -> None:
    """The next request of that person asks them to sign in, and they cannot."""
    ada, mo = await site.as_staff("ada"), await site.as_staff("mo")
    body = {"staff": await _id(site, ada, "mo")}
    assert (await site.post("/api/people/disable", body, ada)).status == 200
    assert (await site.get("/api/me", mo)).status == 401


async def test_a_changed_role_acts_at_once(site: Site) -> None:
    """The old session is over; the next has the new rights."""
    ada, mo = await site.as_staff("ada"), await site.as_staff("mo")
    body = {"staff": await _id(site, ada, "mo"), "role": "auditor"}
    assert (await site.post("/api/people/role", body, ada)).status == 200
    assert (await site.get("/staff/queue", mo)).status == 303
    assert (await site.get("/staff/queue", await site.as_staff("mo"))).status == 403


async def test_what_the_rules_forbid_is_refused_with_its_code(site: Site) -> None:
    """Oneself, a guarded rank, a made-up role, nobody, and a login that is taken."""
    ada = await site.as_staff("ada")
    me, mo = await _id(site, ada, "ada"), await _id(site, ada, "mo")
    for path, body, code in (
        ("disable", {"staff": me}, "forbidden"),
        ("role", {"staff": mo, "role": "safeguarding_lead"}, "needs_invitation"),
        ("role", {"staff": mo, "role": "student"}, "bad_field"),
        ("expire", {"staff": "nobody", "at": 1}, "not_found"),
        ("expire", {"staff": mo, "at": -1}, "bad_field"),
        ("invite", {"login": "mo", "name": "Mo", "role": "auditor"}, "login_taken"),
        ("invite", {"login": "x", "name": "X", "role": "root"}, "bad_field"),
        ("role", {"staff": mo, "role": "auditor", "school": "oak"}, "bad_field"),
    ):
        answer = await site.post(f"/api/people/{path}", body, ada)
        assert (await answer.json())["code"] == code, (path, body)


async def test_appointments_wait_for_the_two_ranks(site: Site) -> None:
    """Each rank sees on every page that something waits, agrees once, and then it is gone."""
    ada = await site.as_staff("ada")
    asked = {"login": "lin", "name": "Lin", "role": "safeguarding_lead"}
    token = (await (await site.post("/api/people/invite", asked, ada)).json())["token"]
    for login in ("lee", "sue"):
        member = await site.as_staff(login)
        listed = await (await site.get("/api/appointments", member)).json()
        (one,) = listed["appointments"]
        assert WAITS in await (await site.get("/staff/identities", member)).text()
        body = {"invitation": one["id"]}
        assert (await site.post("/api/appointments/agree", body, member)).status == 200
        listed = await (await site.get("/api/appointments", member)).json()
        assert listed["appointments"] == []
        assert WAITS not in await (await site.get("/staff/identities", member)).text()
    assert WAITS not in await (await site.get("/staff/people", ada)).text()
    found = await site.people.accounts.invitation(token)
    assert found is not None
    assert found.waits_for == frozenset()
