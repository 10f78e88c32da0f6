"""A second opinion in the chat: made from the settings, and carried out when it raises something.

A shell between `moderation/second_opinion.py` and the records. Made by `house/`.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from chat.rooms.asking import Spot, about_message
from chat.settings import Pager, Second
from moderation.ids import new_code, new_id
from moderation.pager.networks import networks
from moderation.records.incidents import NewIncident
from moderation.records.of_school import SchoolRecords
from moderation.records.opinions import Opinion, raise_attention
from moderation.scorers import Scorer
from moderation.scorers.onnx import OnnxScorer
from moderation.scorers.web import WebScorer
from moderation.second_opinion import Asked, Limits, SecondOpinion
from moderation.terms import Attention, Decision, Delivery, Finding


@dataclass(frozen=True, slots=True)
class Opinions:
    """What is needed to act on an opinion."""

    records: SchoolRecords
    pager: Pager
    item_changed: Callable[[str], None]
    incident_raised: Callable[[], None]

    async def raised(self, asked: Asked, finding: Finding) -> None:
        """Commit it, then tell the moderators' desk and the pager.

        Raises:
            StoreUnavailable: it could not be kept.
        """
        school, now = self.records.school, self.records.clock()
        spot = Spot(new_id(), school, asked.room, asked.seat, now)
        decision = Decision(finding.attention, Delivery.DELIVER, (finding,), "", "")
        item = about_message(spot, asked.mid, decision, self.pager)
        incident = None
        if finding.attention is Attention.PAGE:
            incident = NewIncident(
                new_code(), school, asked.room, asked.seat, finding.category, int(now * 1000)
            )
        opinion = Opinion(asked.mid, asked.room, finding, item, incident)
        heard = await self.records.store.write(raise_attention, opinion)
        if heard is None:
            return
        self.item_changed(heard.item)
        if heard.incident is not None:
            self.incident_raised()


def second_opinion(settings: Second, opinions: Opinions) -> SecondOpinion | None:
    """The second opinion that the settings ask for; None where they name no scorer.

    Raises:
        ValueError: They name both kinds of scorer, no whole address, or no network.
    """
    scorer: Scorer
    if settings.model and settings.url:
        raise ValueError("second_opinion: give model or url, not both")
    if settings.model:
        scorer = OnnxScorer(Path(settings.model))
    elif settings.url:
        scorer = WebScorer(settings.url, networks(settings.networks), settings.token)
    else:
        return None
    limits = Limits(
        seconds=settings.seconds,
        waiting=settings.waiting,
        queue_from=settings.queue_from,
        page_from=settings.page_from,
        raised_per_hour=settings.raised_per_hour,
    )
    return SecondOpinion(scorer, limits, opinions.raised, time.monotonic)
