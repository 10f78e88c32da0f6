"""One frame of each kind that students, or staff, may send."""

from __future__ import annotations

from typing import Any

ID = "i" * 22

STUDENT_FRAMES: tuple[tuple[str, dict[str, Any]], ...] = (
    ("join", {"topic": "mood"}),
    ("say", {"cid": ID, "text": "hello"}),
    ("help", {}),
    ("bye", {}),
)

STAFF_FRAMES: tuple[tuple[str, dict[str, Any]], ...] = (
    ("watch", {}),
    ("claim", {"item": ID}),
    ("put_back", {"item": ID}),
    ("act", {"item": ID, "act": "release"}),
)
