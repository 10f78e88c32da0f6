from __future__ import annotations

import pytest

from tests.web.site import Site


@pytest.mark.parametrize(
    ("login", "home"),
    [
        ("mo", "/staff/queue"),
        ("dana", "/staff/incidents"),
        ("lee", "/staff/queue"),
        ("una", "/staff/rota"),
    ],
)
async def test_each_role_starts_at_its_own_page(site: Site, login: str, home: str) -> None:
    """/staff leads a moderator to the queue and an adult on call to the incidents."""
    headers = await site.as_staff(login)
    assert (await site.get("/staff", headers)).headers["Location"] == home
    page = await site.get(home, headers)
    assert page.status == 200
    assert login.title() in await page.text()


async def test_the_pages_offer_only_what_a_role_may_open(site: Site) -> None:
    """No link to a page that would refuse."""
    moderator = await (await site.get("/staff/queue", await site.as_staff("mo"))).text()
    adult = await (await site.get("/staff/incidents", await site.as_staff("dana"))).text()
    keeper = await (await site.get("/staff/account", await site.as_staff("ada"))).text()
    assert '"/staff/incidents"' not in moderator
    assert '"/staff/queue"' in adult
    assert '"/staff/incidents"' not in keeper
    assert '"/staff/queue"' not in keeper
    assert '"/staff/people"' in keeper


async def test_the_account_says_who_one_is(site: Site) -> None:
    """Login and role stand there in words."""
    text = await (await site.get("/staff/account", await site.as_staff("lee"))).text()
    assert "<strong>lee</strong>" in text
    assert "<strong>Safeguarding lead</strong>" in text


async def test_a_name_is_text_and_nothing_else(site: Site) -> None:
    """Whatever somebody is called, the page does not become it."""
    await site.people.add_staff("odd", "<b onload=x>{{7*7}}", "moderator", "a long password")
    text = await (await site.get("/staff/queue", await site.as_staff("odd"))).text()
    assert "&lt;b onload=x&gt;{{7*7}}" in text


async def test_P16_a_page_knows_its_reader_from_somebody_of_the_same_name(site: Site) -> None:
    """By the login: what one was writing when a session ended is not for the other."""
    await site.people.add_staff("dana2", "dana", "counsellor", "a long password")
    for login in ("dana", "dana2"):
        cookie = await site.as_staff(login)
        assert f'data-login="{login}"' in await (await site.get("/staff/incidents", cookie)).text()
        assert (await (await site.get("/api/me", cookie)).json())["login"] == login


async def test_no_page_holds_words_from_a_chat(site: Site) -> None:
    """The frame of a case page is empty: words come from the API, after the role was checked."""
    code = await site.incident()
    page = await site.get(f"/staff/incidents/{code}", await site.as_staff("dana"))
    assert "alive" not in await page.text()


async def test_P2_a_link_from_a_mail_need_not_ask_for_the_password_again(site: Site) -> None:
    """The sign-in page asks who is signed in and is told where to go on to."""
    path = "/api/me?next=/staff/incidents/ABC-2345"
    answer = await site.get(path, await site.as_staff("dana"))
    assert (await answer.json())["next"] == "/staff/incidents/ABC-2345"
    assert (await site.get(path)).status == 401
