from __future__ import annotations

from tests.web.site import Site


async def test_ones_own_sessions_are_listed_without_any_device(site: Site) -> None:
    """When each began and was last used, which is this one, and nothing more."""
    here = await site.as_staff("mo")
    site.clock.now += 60
    await site.as_staff("mo")
    await site.as_staff("dana")
    found = (await (await site.get("/api/account/sessions", here)).json())["sessions"]
    assert [one["this"] for one in found] == [False, True]
    assert all(set(one) == {"started_at", "seen_at", "this"} for one in found)


async def test_signing_out_everywhere_ends_every_session(site: Site) -> None:
    """This one and the others of the same person; nobody else's."""
    here, there = await site.as_staff("mo"), await site.as_staff("mo")
    other = await site.as_staff("dana")
    answer = await site.post("/api/account/sign-out-everywhere", headers=here)
    assert answer.status == 204
    assert answer.headers["Clear-Site-Data"] == '"cache"'
    for headers, status in ((here, 401), (there, 401), (other, 200)):
        assert (await site.get("/api/me", headers)).status == status


async def test_M4_keys_of_the_console_go_with_the_account(site: Site) -> None:
    """They stand in the page wherever somebody signs in; a colleague's are as printed."""
    here, there = await site.as_staff("mo"), await site.as_staff("mo")
    keys = {"single": False, "changes": {"C": "W", "W": "C"}}
    assert (await site.post("/api/account/keys", keys, here)).status == 200
    page = await (await site.get("/staff/queue", there)).text()
    assert "&#34;C&#34;:&#34;W&#34;" in page
    other = await (await site.get("/staff/queue", await site.as_staff("dana"))).text()
    assert "&#34;changes&#34;:{}" in other


async def test_M4_keys_that_are_none_are_refused(site: Site) -> None:
    """A whole word is no key, and nobody keeps more of them than there are."""
    here = await site.as_staff("mo")
    many = {f"{n:02}": "x" for n in range(41)}
    for changes in ({"C": "word"}, {"": "x"}, many, ["C"]):
        answer = await site.post("/api/account/keys", {"single": True, "changes": changes}, here)
        assert answer.status == 400
