from __future__ import annotations

from http.cookies import SimpleCookie

import pytest

from moderation.people.appointing import Account
from moderation.roles import Role
from tests.web.site import Site
from web import signin
from web.guard import COOKIE

CHOSEN = "tea with oat milk"


async def test_an_invitation_becomes_an_account_that_is_signed_in(site: Site) -> None:
    """The page learns what it is for; joining sets the cookie and leads to the own page."""
    accounts = site.people.accounts
    token = await accounts.invite(Role.MODERATOR, login="may", name="May")
    (lee,) = [one.id for one in await accounts.everybody() if one.login == "lee"]
    (waiting,) = await accounts.invitations()
    await accounts.agree(Account(lee, Role.SAFEGUARDING_LEAD), waiting.id)
    look = await site.post("/api/welcome/look", {"token": token})
    told = await look.json()
    assert (told["login"], told["name"], told["role"]) == ("may", "May", "Moderator")
    joining = {"token": token, "login": "may", "name": "May", "password": CHOSEN}
    answer = await site.post("/api/welcome", joining)
    assert (answer.status, await answer.json()) == (200, {"next": "/staff/queue"})
    cookie = SimpleCookie(answer.headers["Set-Cookie"])[COOKIE].value
    me = await site.get("/api/me", {"Cookie": f"{COOKIE}={cookie}"})
    assert (await me.json())["name"] == "May"
    again = await site.post("/api/welcome", joining)
    assert (again.status, (await again.json())["code"]) == (403, "bad_invitation")


async def test_nothing_secret_stands_in_an_address(site: Site) -> None:
    """The page of a link takes no secret: what is behind # never reaches the server."""
    page = await site.get("/staff/welcome")
    assert page.status == 200
    assert page.headers["Cache-Control"] == "no-store"


async def test_a_link_that_does_not_work_says_so(site: Site) -> None:
    """Made up, used or taken back: the same answer."""
    for path in ("/api/welcome/look", "/api/welcome"):
        body = {"token": "x" * 43}
        if path == "/api/welcome":
            body |= {"login": "a", "name": "A", "password": CHOSEN}
        answer = await site.post(path, body)
        assert (answer.status, (await answer.json())["code"]) == (403, "bad_invitation")


@pytest.mark.parametrize(
    ("login", "password", "code"),
    [("mo", CHOSEN, "login_taken"), ("may", "pass", "bad_password"), ("", CHOSEN, "bad_field")],
)
async def test_what_cannot_be_an_account_is_told(
    site: Site, login: str, password: str, code: str
) -> None:
    """A taken login, a password nobody may have, or no login; never the password itself."""
    token = await site.people.accounts.invite(Role.ADMINISTRATOR)
    asked = {"token": token, "login": login, "name": "May", "password": password}
    answer = await site.post("/api/welcome", asked)
    text = await answer.text()
    assert f'"{code}"' in text
    assert password not in text.replace("password", "")
    assert await site.people.accounts.invitation(token) is not None


async def test_guessing_links_is_limited(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    """Wrong links count against the limit of their address."""
    monkeypatch.setattr(site.app[signin.STAFF_TRIES]._here, "_allowed", 2)
    statuses = [
        (await site.post("/api/welcome/look", {"token": f"guess {n}"})).status for n in range(3)
    ]
    assert statuses == [403, 403, 429]
