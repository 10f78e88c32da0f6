from __future__ import annotations

import pytest
from sqlalchemy import Connection

from moderation.incidents.words import OUTCOMES
from moderation.records import tables as t
from tests.web.site import PASSWORD, Site
from web import incidents
from web.tries import WINDOW

ANSWERS = {"seen": "a message", "done": "a tutor is there", "told": "lead", "why": "a plan"}


async def test_P8_the_case_holds_words_in_context_and_no_identity(site: Site) -> None:
    """Exact words with the spans that were seen, who was told, and neither person nor address."""
    code = await site.incident()
    answer = await site.get(f"/api/incidents/{code}", await site.as_staff("dana"))
    case = await answer.json()
    assert [line["who"] for line in case["lines"]] == ["Heron", "Otter", "Otter", "Heron"]
    (paged,) = [line for line in case["lines"] if line["paged"]]
    (why,) = paged["why"]
    assert paged["text"][why["start"] : why["end"]] == "i don't want to be alive anymore"
    assert [(page["name"], page["channel"]) for page in case["pages"]] == [("Dana", "mail")]
    assert case["outcomes"] == dict(OUTCOMES)
    assert "dana@school.example" not in await answer.text()
    rows = await site.store.read(lambda conn: conn.exec_driver_sql("select id from students").all())
    assert rows
    text = await answer.text()
    assert not [row for row in rows if row[0] in text]


async def test_P3_looking_is_not_having(site: Site) -> None:
    """Opening the case acknowledges nothing; a press by a person does, and others see who."""
    code = await site.incident()
    dana, lee = await site.as_staff("dana"), await site.as_staff("lee")
    case = await (await site.get(f"/api/incidents/{code}", dana)).json()
    assert (case["state"], case["holder"], case["may_resolve"]) == ("open", None, False)
    taken = await site.post(f"/api/incidents/{code}/acknowledge", {}, dana)
    assert await taken.json() == {"state": "acknowledged"}
    (line,) = (await (await site.get("/api/incidents", lee)).json())["incidents"]
    assert (line["state"], line["holder"]) == ("acknowledged", "Dana")


async def test_M2_two_who_press_at_once_get_one_yes(site: Site) -> None:
    """The second is told that it changed, and pressing again oneself is harmless."""
    code = await site.incident()
    dana, lee = await site.as_staff("dana"), await site.as_staff("lee")
    path = f"/api/incidents/{code}/acknowledge"
    assert (await site.post(path, {}, dana)).status == 200
    second = await site.post(path, {}, lee)
    assert (second.status, (await second.json())["code"]) == (409, "changed")
    assert (await site.post(path, {}, dana)).status == 200


async def test_P16_notes_are_added_and_the_outcome_ends_it(site: Site) -> None:
    """Notes keep their writer and order; the outcome closes; later notes are still taken."""
    code = await site.incident()
    dana = await site.as_staff("dana")
    path = f"/api/incidents/{code}"
    await site.post(f"{path}/acknowledge", {}, dana)
    await site.post(f"{path}/note", {"text": "called the house tutor"}, dana)
    case = await (await site.get(path, dana)).json()
    assert case["may_resolve"]
    site.clock.now += 60
    ended = {"outcome": "spoken_to", **ANSWERS, "follow_up": "2027-01-20"}
    assert (await site.post(f"{path}/resolve", ended, dana)).status == 200
    site.clock.now += 60
    await site.post(f"{path}/note", {"text": "mother informed"}, dana)
    case = await (await site.get(path, dana)).json()
    assert (case["state"], case["outcome"]) == ("resolved", OUTCOMES["spoken_to"])
    assert case["resolver"] == "Dana"
    assert case["record"] == {**ANSWERS, "follow_up": "2027-01-20"}
    assert [(note["by"], note["text"]) for note in case["notes"]] == [
        ("Dana", "called the house tutor"),
        ("Dana", "mother informed"),
    ]
    assert (await (await site.get("/api/incidents", dana)).json())["incidents"] == []
    (past,) = (await (await site.get("/api/past-incidents", dana)).json())["past"]
    assert (past["code"], past["outcome"]) == (code, OUTCOMES["spoken_to"])
    assert past["look_again"] == "2027-01-20"


@pytest.mark.parametrize(
    ("act", "body", "code"),
    [
        ("note", {"text": " \n"}, "empty"),
        ("note", {"text": "x" * 4001}, "bad_field"),
        ("note", {"text": "x", "by": "somebody"}, "bad_field"),
        ("note", {}, "bad_field"),
        ("resolve", {"outcome": "won", **ANSWERS}, "bad_field"),
        ("resolve", {"outcome": "spoken_to", **ANSWERS, "why": " "}, "empty"),
        ("acknowledge", {"as": "lee"}, "bad_field"),
    ],
)
async def test_what_cannot_be_is_refused(
    site: Site, act: str, body: dict[str, str], code: str
) -> None:
    """Nothing is written down in somebody's name, empty, or beyond its bounds."""
    found = await site.incident()
    dana = await site.as_staff("dana")
    await site.post(f"/api/incidents/{found}/acknowledge", {}, dana)
    answer = await site.post(f"/api/incidents/{found}/{act}", body, dana)
    assert (await answer.json())["code"] == code
    case = await (await site.get(f"/api/incidents/{found}", dana)).json()
    assert (case["state"], case["notes"]) == ("acknowledged", [])


@pytest.mark.parametrize("code", ["ZZZ-9999", "abc-2345", "'; drop", "%00", "x" * 300])
async def test_a_code_that_is_none_is_not_found(site: Site, code: str) -> None:
    """An unknown incident, whatever stands in the address, is simply not there."""
    await site.incident()
    dana = await site.as_staff("dana")
    assert (await site.get(f"/api/incidents/{code}", dana)).status == 404
    answer = await site.post(f"/api/incidents/{code}/acknowledge", {}, dana)
    assert answer.status == 404


async def test_M10_who_is_on_call_and_whether_they_can_be_reached(site: Site) -> None:
    """Names and channels, for the question before an escalation; never an address."""
    answer = await site.get("/api/on-call", await site.as_staff("mo"))
    told = await answer.json()
    assert told["on_call"] == [
        {"name": "Dana", "channels": ["mail"]},
        {"name": "Lee", "channels": []},
    ]
    assert "school.example" not in await answer.text()


async def test_S16_nobody_finds_a_chat_by_guessing_receipts(site: Site) -> None:
    """Wrong ones count, by account; right ones do not, and nobody else is kept waiting."""
    limit = site.client.app[incidents.RECEIPT_TRIES]
    dana, lee = await site.as_staff("dana"), await site.as_staff("lee")
    room, _ = await site.room()
    lookup = site.vault.lookup("receipt 7KQ2M9TD")

    def give(conn: Connection, rows: list[None]) -> list[None]:
        conn.execute(
            t.seats.update()
            .where(t.seats.c.room == room)
            .where(t.seats.c.seat == 0)
            .values(receipt=lookup)
        )
        return rows

    await site.store.write(give, None)
    for _ in range(limit.allowed - 1):
        assert (await site.post("/api/receipts", {"receipt": "0000-0000"}, dana)).status == 404
        assert (await site.post("/api/receipts", {"receipt": "7KQ2-M9TD"}, dana)).status == 200
    assert (await site.post("/api/receipts", {"receipt": "0000-0001"}, dana)).status == 404
    for receipt in ("0000-0002", "7KQ2-M9TD"):
        answer = await site.post("/api/receipts", {"receipt": receipt}, dana)
        assert answer.status == 429
        assert 0 < (await answer.json())["retry_after"] <= WINDOW / limit.allowed
    assert (await site.post("/api/receipts", {"receipt": "7KQ2-M9TD"}, lee)).status == 200


async def test_only_the_lead_may_preserve_a_case(site: Site) -> None:
    """A counsellor is refused and sees no button; the lead's reason stands beside it.

    To whoever had it preserved no button says that they could end it, for another lead does.
    """
    code = await site.incident()
    dana = await site.as_staff("dana")
    lee = await site.as_staff("lee")
    path = f"/api/incidents/{code}"
    refused = await site.post(f"{path}/preserve", {"text": "the police asked"}, dana)
    assert refused.status == 403
    assert not (await (await site.get(path, dana)).json())["may_preserve"]
    kept = await site.post(f"{path}/preserve", {"text": "the police asked"}, lee)
    assert await kept.json() == {"state": "open"}
    case = await (await site.get(path, lee)).json()
    assert (case["may_preserve"], case["preserver"]) == (False, "Lee")
    assert case["notes"][-1]["text"] == "This case is preserved: the police asked"
    assert (await site.post(f"{path}/preserve", {"text": "again"}, lee)).status == 409
    assert (await site.post(f"{path}/lift", {"text": "they are done"}, lee)).status == 409
    await site.people.add_staff("lin", "Lin", "safeguarding_lead", PASSWORD)
    lin = await site.as_staff("lin")
    assert (await (await site.get(path, lin)).json())["may_preserve"]
    assert (await site.post(f"{path}/lift", {"text": "they are done"}, lin)).status == 200
    assert (await (await site.get(path, lin)).json())["preserved_at"] is None
