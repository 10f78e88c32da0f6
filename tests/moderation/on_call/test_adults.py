from moderation.on_call.adults import PROOF_MS, Adult, Contact, reachable, red, ways
from moderation.on_call.rota import Rota, turns
from tests.moderation.on_call.test_rota import ms, shift


def _adult(name: str, proven_at: int | None, channel: str = "mail") -> Adult:
    return Adult(name, name, "counsellor", (Contact(name, channel, proven_at),))


def test_P6_only_a_proof_of_the_last_seven_days_counts() -> None:
    """Never proven, proven too long ago, or over a channel that is not set up: not reachable."""
    now = ms("2026-09-14T10:00")
    assert reachable(_adult("ada", now - PROOF_MS), {"mail"}, now)
    assert not reachable(_adult("ada", now - PROOF_MS - 1), {"mail"}, now)
    assert not reachable(_adult("ada", None), {"mail"}, now)
    assert not reachable(_adult("ada", now, "pigeon"), {"mail"}, now)


def test_P1_two_addresses_of_one_channel_are_one_way() -> None:
    """They fail together; only another channel that was proven is a second."""
    now = ms("2026-09-14T10:00")
    mails = (Contact("one", "mail", now), Contact("other", "mail", now))
    unproven, proven = Contact("call", "voice", None), Contact("call", "voice", now)
    found = [
        ways(Adult("ada", "ada", "counsellor", contacts), None, now)
        for contacts in ((), mails, (*mails, unproven), (*mails, proven))
    ]
    assert found == [0, 1, 1, 2]


def test_P7_a_minute_with_fewer_than_two_reachable_adults_is_red() -> None:
    """Two on call of whom one is not reachable are one; three hours of two are not red."""
    rota = Rota(shifts=(shift("08:00", "16:00", "ada"), shift("10:00", "13:00", "lin")))
    told = turns(rota, ms("2026-09-07T08:00"), ms("2026-09-07T16:00"))
    both = red(told, {"ada", "lin"}, 2)
    assert [(turn.start, turn.end) for turn in both] == [
        (ms("2026-09-07T08:00"), ms("2026-09-07T10:00")),
        (ms("2026-09-07T13:00"), ms("2026-09-07T16:00")),
    ]
    assert red(told, {"ada"}, 2) == told
