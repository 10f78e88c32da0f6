from __future__ import annotations

from http.cookies import SimpleCookie

from aiohttp import ClientResponse

from tests.web.site import PASSWORD, Site

_NEW = "with a browser that was not used before"


async def _sign_in(site: Site, known: str = "") -> ClientResponse:
    site.client.session.cookie_jar.clear()
    headers = {"Cookie": f"__Host-known={known}"} if known else {}
    return await site.post("/staff/sign-in", {"login": "mo", "password": PASSWORD}, headers)


def _cookies(answer: ClientResponse) -> dict[str, str]:
    set_ = SimpleCookie[str]()
    for line in answer.headers.getall("Set-Cookie"):
        set_.load(line)
    return {name: morsel.value for name, morsel in set_.items()}


async def _page(site: Site, cookies: dict[str, str], path: str = "/staff/account") -> str:
    site.client.session.cookie_jar.clear()
    sent = "; ".join(f"{name}={value}" for name, value in cookies.items())
    return await (await site.get(path, {"Cookie": sent})).text()


async def test_a_known_browser_says_that_a_new_one_was_used(site: Site) -> None:
    """The first stays silent about itself; once another came it asks, and the other does not."""
    first = _cookies(await _sign_in(site))
    assert 'id="browser"' not in await _page(site, first)
    site.clock.now += 60
    second = _cookies(await _sign_in(site))
    assert 'id="browser"' in await _page(site, first)
    assert _NEW in await _page(site, first, "/staff/rota")
    assert 'id="browser"' not in await _page(site, second)
    assert _NEW not in await _page(site, second, "/staff/rota")


async def test_only_a_browser_known_before_answers_for_a_new_one(site: Site) -> None:
    """Whoever has just come in with a password cannot wave it away."""
    first = _cookies(await _sign_in(site))
    site.clock.now += 60
    second = _cookies(await _sign_in(site))
    asked = {"at": int(site.clock.now * 1000)}
    for cookies, still in ((second, True), (first, False)):
        site.client.session.cookie_jar.clear()
        sent = "; ".join(f"{name}={value}" for name, value in cookies.items())
        answer = await site.post("/api/account/browser", asked, {"Cookie": sent})
        assert answer.status == 200
        assert ('id="browser"' in await _page(site, first)) is still


async def test_a_browser_stays_known_when_somebody_signs_out(site: Site) -> None:
    """The cookie outlives the session, no script can read it, and signing in again tells nobody."""
    answer = await _sign_in(site)
    (line,) = [one for one in answer.headers.getall("Set-Cookie") if "__Host-known" in one]
    assert all(word in line for word in ("HttpOnly", "Secure", "SameSite=Strict", "Max-Age="))
    known = _cookies(answer)
    sent = "; ".join(f"{name}={value}" for name, value in known.items())
    out = await site.post("/staff/sign-out", headers={"Cookie": sent})
    assert "cookies" not in out.headers["Clear-Site-Data"]
    assert not any("__Host-known" in one for one in out.headers.getall("Set-Cookie"))
    site.clock.now += 60
    again = _cookies(await _sign_in(site, known["__Host-known"]))
    assert again["__Host-known"] == known["__Host-known"]
