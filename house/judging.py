"""Builds what judges messages: the rules in force, their time limit, and the rules page of staff.

Used by `server.py`.
"""

from __future__ import annotations

import time
from functools import partial
from pathlib import Path

from house.ground import Ground
from moderation.deadline import Deadline
from moderation.in_force import InForce, load_rules
from moderation.rules_page import RulesPage


class Judging:
    """The judge, the rules it goes by, and the page that explains and changes them."""

    def __init__(self, ground: Ground, judge: Deadline | None) -> None:
        """The shipped rules and the school's own judge unless another `judge` is given."""
        settings = ground.settings
        data = Path(settings.server.data)
        build = partial(load_rules, data, settings.decisions)
        self.judge = judge or Deadline(build(), settings.chat.judge_seconds, time.monotonic)
        self.rules = InForce(self.judge, build, ground.records.clock)
        self.rules_page = RulesPage(ground.records, self.rules, data, settings.decisions)
