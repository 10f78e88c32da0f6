import pytest
from sqlalchemy import Connection

from tests.web.site import Site

CONTACTS = "/api/contacts"


async def test_an_address_goes_in_and_never_comes_out(site: Site) -> None:
    """What was saved is in no later answer, nor is the key of a webhook after the first."""
    dana = await site.as_staff("dana")
    new = {"channel": "webhook", "address": "https://bell.example/hidden-path", "label": "bell"}
    added = await (await site.post(CONTACTS, new, dana)).json()
    assert added["secret"].startswith("whsec_")
    shown = await (await site.get(CONTACTS, dana)).text()
    assert "bell" in shown
    for secret in ("hidden-path", added["secret"], "dana@school.example"):
        assert secret not in shown


async def test_P13_a_test_page_is_asked_for_and_answered(site: Site) -> None:
    """It is due at once, its question stands in the list, and *heard* proves the contact."""
    dana = await site.as_staff("dana")
    (mine,) = (await (await site.get(CONTACTS, dana)).json())["contacts"]
    assert mine["proof"] is None
    assert (await site.post(f"{CONTACTS}/{mine['id']}/test", {}, dana)).status == 200
    again = await site.post(f"{CONTACTS}/{mine['id']}/test", {}, dana)
    assert (await again.json())["code"] == "rate_limited"
    (mine,) = (await (await site.get(CONTACTS, dana)).json())["contacts"]
    code = mine["proof"]["code"]
    assert (await site.post(f"/api/proofs/{code}", {"heard": True}, dana)).status == 200
    (mine,) = (await (await site.get(CONTACTS, dana)).json())["contacts"]
    assert mine["proven_at"] == site.now
    assert (await site.post(f"/api/proofs/{code}", {"heard": True}, dana)).status == 404


async def test_contacts_of_others_are_not_there(site: Site) -> None:
    """A colleague can neither test nor remove somebody's contact."""
    dana, lee = await site.as_staff("dana"), await site.as_staff("lee")
    (mine,) = (await (await site.get(CONTACTS, dana)).json())["contacts"]
    for act in ("test", "remove"):
        assert (await site.post(f"{CONTACTS}/{mine['id']}/{act}", {}, lee)).status == 404
    assert (await site.post(f"{CONTACTS}/{mine['id']}/remove", {}, dana)).status == 200
    assert (await (await site.get(CONTACTS, dana)).json())["contacts"] == []


@pytest.mark.parametrize(
    ("new", "code"),
    [
        ({"channel": "mail", "address": "no address"}, "bad_address"),
        ({"channel": "webhook", "address": "https://127.0.0.1/"}, "bad_address"),
        ({"channel": "pigeon", "address": "x"}, "bad_field"),
        ({"channel": "mail", "address": "a@b.example", "staff": "mo"}, "bad_field"),
    ],
)
async def test_what_is_wrong_is_told_without_repeating_it(
    site: Site, new: dict[str, str], code: str
) -> None:
    """A refusal has words for a person, and not what was sent."""
    answer = await site.post(CONTACTS, new, await site.as_staff("dana"))
    told = await answer.json()
    assert told["code"] == code
    assert new["address"] not in str(told)


async def test_a_link_leads_to_signing_in_and_says_nothing(site: Site) -> None:
    """Without a session the case stays closed; a forged word is nothing at all."""
    code = await site.incident()
    (page,) = await site.store.read(_pages)
    word = site.vault.sign_link(page)
    found = await site.get(f"/staff/page/{word}")
    assert (found.status, found.headers["Location"]) == (303, f"/staff/incidents/{code}")
    closed = await site.get(f"/staff/incidents/{code}")
    assert closed.headers["Location"] == f"/staff/sign-in?next=/staff/incidents/{code}"
    assert (await site.get(f"/staff/page/{word[:-2]}xx")).status == 404


async def test_F21_arrival_is_believed_only_with_a_signed_word(site: Site) -> None:
    """A phone that was sent the page can tell that it came; nobody else can."""
    await site.incident()
    (page,) = await site.store.read(_pages)
    assert (await site.post("/api/arrived", {"word": page})).status == 404
    assert (await site.post("/api/arrived", {"word": site.vault.sign_link(page)})).status == 200
    assert await site.store.read(_states) == ["delivered"]


def _pages(conn: Connection) -> list[str]:
    return list(conn.exec_driver_sql("SELECT id FROM pages").scalars())


def _states(conn: Connection) -> list[str]:
    return list(conn.exec_driver_sql("SELECT state FROM pages").scalars())
