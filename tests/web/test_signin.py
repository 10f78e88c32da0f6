from __future__ import annotations

import asyncio
from http.cookies import SimpleCookie

import pytest

from moderation.people.patience import FREE
from moderation.records import tables as t
from tests.web.site import HOST, PASSWORD, Site
from web import guard, signin
from web.guard import COOKIE


async def test_a_card_signs_in_and_nothing_is_left_in_the_browser(site: Site) -> None:
    """A student gets a token and no cookie: closing the tab forgets everything."""
    (card,) = await site.people.issue_cards(1)
    answer = await site.post("/api/sign-in", {"card": card.lower().replace("-", " ")})
    assert answer.status == 200
    assert "Set-Cookie" not in answer.headers
    token = (await answer.json())["token"]
    assert await site.people.sessions.student(token) is not None


async def test_a_wrong_card_is_told_in_plain_words(site: Site) -> None:
    """403 with words a student understands, and without the card."""
    answer = await site.post("/api/sign-in", {"card": "WRNG-WRNG-WRNG-WRNG"})
    told = await answer.json()
    assert (answer.status, told["code"]) == (403, "bad_card")
    assert "WRNG" not in str(told)


async def test_a_card_that_ended_is_told_so(site: Site) -> None:
    """In words that send nobody back to the letters; why it ended they do not say."""
    (card,) = await site.people.issue_cards(1)
    ended = t.cards.update().values(revoked_at=1)
    await site.store.write(lambda conn, _: [conn.execute(ended) and None], None)
    answer = await site.post("/api/sign-in", {"card": card})
    told = await answer.json()
    assert (answer.status, told["code"]) == (403, "ended_card")
    assert "letter" not in told["words"]


async def test_S3_bye_ends_the_session_and_clears_the_browser(site: Site) -> None:
    """Leaving revokes the token on the server and asks the browser to forget this site."""
    (card,) = await site.people.issue_cards(1)
    token = await site.people.sign_in_student(card)
    assert token is not None
    answer = await site.post("/api/bye", headers={"Authorization": f"Bearer {token}"})
    assert answer.status == 204
    assert answer.headers["Clear-Site-Data"] == '"cache", "cookies", "storage"'
    assert await site.people.sessions.student(token) is None


async def test_what_comes_too_soon_is_told_so_and_never_that_it_is_wrong(site: Site) -> None:
    """429 with the seconds to wait, for a right password, a wrong one, and a name nobody has."""
    told = []
    for login, right in (("mo", PASSWORD), ("nobody", PASSWORD)):
        for _ in range(FREE):
            answer = await site.post("/staff/sign-in", {"login": login, "password": "wrong one"})
            assert (answer.status, (await answer.json())["code"]) == (403, "bad_login")
        for password in (right, "wrong one"):
            answer = await site.post("/staff/sign-in", {"login": login, "password": password})
            told.append((answer.status, answer.headers["Retry-After"], await answer.json()))
    assert all(each == told[0] for each in told)
    status, seconds, refusal = told[0]
    assert (status, seconds) == (429, "1")
    assert (refusal["code"], refusal["retry_after"]) == ("rate_limited", 1)
    site.clock.now += 1.0
    answer = await site.post("/staff/sign-in", {"login": "mo", "password": PASSWORD})
    assert answer.status == 200


@pytest.mark.parametrize("given", ["", "Bearer", "Bearer ", "Basic eA==", "Bearer nonsense"])
async def test_bye_without_a_session_is_as_good(site: Site, given: str) -> None:
    """Leaving never fails, and says nothing about which tokens exist."""
    answer = await site.post("/api/bye", headers={"Authorization": given} if given else {})
    assert answer.status == 204


async def test_staff_get_a_cookie_no_script_and_no_other_site_can_use(site: Site) -> None:
    """`__Host-`, Secure, HttpOnly, SameSite=Strict, Path=/, no Domain, gone with the browser."""
    answer = await site.post("/staff/sign-in", {"login": "mo", "password": PASSWORD})
    assert (answer.status, await answer.json()) == (200, {"next": "/staff/queue"})
    raw, known = answer.headers.getall("Set-Cookie")
    assert known.startswith("__Host-known="), "which tests/web/test_browsers.py is about"
    morsel = SimpleCookie(raw)[COOKIE]
    assert (morsel["secure"], morsel["httponly"], morsel["samesite"]) == (True, True, "Strict")
    assert (morsel["path"], morsel["domain"]) == ("/", "")
    assert (morsel["max-age"], morsel["expires"]) == ("", "")
    me = await site.get("/api/me", {"Cookie": f"{COOKIE}={morsel.value}"})
    assert (await me.json())["name"] == "Mo"


@pytest.mark.parametrize("login", ["mo", "nobody", "gone"])
async def test_whatever_was_wrong_the_answer_is_the_same(site: Site, login: str) -> None:
    """Unknown, wrong and disabled cannot be told apart, and no cookie is set."""
    await site.people.add_staff("gone", "Gone", "moderator", PASSWORD)
    await site.people.disable_staff("gone")
    password = PASSWORD if login == "gone" else "wrong wrong"
    answer = await site.post("/staff/sign-in", {"login": login, "password": password})
    assert answer.status == 403
    assert await answer.json() == {
        "code": "bad_login",
        "words": "That login and password do not match. Try again, letter by letter.",
    }
    assert "Set-Cookie" not in answer.headers


async def test_a_session_cannot_be_planted(site: Site) -> None:
    """Signing in over a session makes a new one and ends the old, whoever brought it."""
    planted = await site.as_staff("dana")
    answer = await site.post("/staff/sign-in", {"login": "mo", "password": PASSWORD}, planted)
    new = SimpleCookie(answer.headers["Set-Cookie"])[COOKIE].value
    assert new not in planted["Cookie"]
    assert (await site.get("/api/me", planted)).status == 401


async def test_P2_signing_in_goes_on_to_the_incident(site: Site) -> None:
    """From the link in a page: sign in once, and the case is there."""
    code = await site.incident()
    wanted = f"/staff/incidents/{code}"
    sent = await site.get(wanted)
    assert sent.headers["Location"] == f"/staff/sign-in?next={wanted}"
    assert (
        f"Sign in to open incident <strong>{code}"
        in await (await site.get(sent.headers["Location"])).text()
    )
    asked = {"login": "dana", "password": PASSWORD, "next": wanted}
    assert await (await site.post("/staff/sign-in", asked)).json() == {"next": wanted}


async def test_signing_in_leads_to_no_other_site(site: Site) -> None:
    """A foreign place to go on to is ignored."""
    asked = {"login": "dana", "password": PASSWORD, "next": "//evil.example"}
    answer = await site.post("/staff/sign-in", asked)
    assert await answer.json() == {"next": "/staff/incidents"}


async def test_signing_out_ends_the_session_at_once(site: Site) -> None:
    """The cookie is taken away, and would be worth nothing anyway."""
    headers = await site.as_staff("mo")
    answer = await site.post("/staff/sign-out", headers=headers)
    assert answer.status == 204
    assert answer.headers["Clear-Site-Data"] == '"cache"'
    assert SimpleCookie(answer.headers["Set-Cookie"])[COOKIE].value == ""
    assert (await site.get("/api/me", headers)).status == 401


async def test_too_many_wrong_tries_from_one_address_wait(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The limit is reached exactly, says how long, and holds for that address alone."""
    path, wrong = "/staff/sign-in", {"login": "nobody", "password": "no"}
    monkeypatch.setattr(site.app[signin.STAFF_TRIES]._here, "_allowed", 2)
    statuses = [(await site.post(path, wrong)).status for _ in range(3)]
    assert statuses == [403, 403, 429]
    answer = await site.post(path, wrong)
    told = await answer.json()
    assert told["code"] == "rate_limited"
    assert str(told["retry_after"]) == answer.headers["Retry-After"]
    other = await site.post(path, wrong, {"X-Forwarded-For": "192.0.2.7"})
    assert other.status == 403


async def test_a_forwarded_address_counts_only_from_a_proxy_on_this_machine(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Anybody else who sends the header is counted under their own address."""
    monkeypatch.setattr(guard, "_is_loopback", lambda _name: False)
    monkeypatch.setattr(site.app[signin.STAFF_TRIES]._here, "_allowed", 1)
    wrong = {"login": "nobody", "password": "no"}
    seen = [
        (await site.post("/staff/sign-in", wrong, {"X-Forwarded-For": f"192.0.2.{n}"}))
        for n in range(2)
    ]
    assert [answer.status for answer in seen] == [403, 429]


async def test_wrong_cards_keep_nobody_out(site: Site) -> None:
    """One pupil's script shares the address of a whole school, and each right card comes in."""
    wrong = {"card": "WRNG-WRNG-WRNG-WRNG"}
    (card,) = await site.people.issue_cards(1)
    tried = await asyncio.gather(*(site.post("/api/sign-in", wrong) for _ in range(200)))
    assert {answer.status for answer in tried} == {403}
    assert (await site.post("/api/sign-in", {"card": card})).status == 200


async def test_the_page_itself_says_who_it_is_for(site: Site) -> None:
    """Plain, and with a way back for a student who got lost."""
    text = await (await site.client.get("/staff/sign-in", headers={"Host": HOST})).text()
    assert "Staff sign-in" in text
    assert 'href="/"' in text
