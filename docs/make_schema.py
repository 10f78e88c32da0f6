"""`make docs`: writes docs/protocol.schema.json, and the table of refusals in docs/protocol.md.

Both are made from the sources, so that they cannot say anything else; a test keeps them current.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import msgspec

DOCS = Path(__file__).parent
sys.path.insert(0, str(DOCS.parent))

from chat.errors import REFUSALS, Refusal  # noqa: E402 - the product is found once its folder is known
from chat.frames import from_staff, from_student, to_staff, to_student  # noqa: E402

SCHEMA = DOCS / "protocol.schema.json"
HANDBOOK = DOCS / "protocol.md"
BEGIN, END = "<!-- refusals: made by make_schema.py -->\n", "<!-- end of refusals -->"
_COMES_BACK = range(4000, 4500)


def schema() -> dict[str, Any]:
    """JSON Schema 2020-12 of every frame, by who sends it."""
    senders: dict[str, Any] = {
        "from_student": from_student.StudentFrame,
        "from_staff": from_staff.StaffFrame,
        "from_server": to_student.ToStudent | to_staff.ToStaff,
    }
    shapes, parts = msgspec.json.schema_components(
        tuple(senders.values()), ref_template="#/$defs/{name}"
    )
    named = dict(zip(senders, shapes, strict=True))
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Peerline: every frame of the WebSocket",
        "anyOf": [{"$ref": f"#/$defs/{name}"} for name in named],
        "$defs": {**named, **dict(sorted(parts.items()))},
    }


def refusals() -> str:
    """The table of refusals, as Markdown."""
    rows = ["| code | what a student reads | connection ends |", "|---|---|---|"]
    rows += [f"| `{row.code}` | {row.words} | {_ending(row)} |" for row in REFUSALS.values()]
    return "\n".join(rows) + "\n"


def _ending(row: Refusal) -> str:
    if row.close is None:
        return ""
    return f"{row.close}, {'come back' if row.close in _COMES_BACK else 'do not come back'}"


def with_refusals(text: str) -> str:
    """The handbook's page with the table as it is now."""
    before, _, rest = text.partition(BEGIN)
    _, _, after = rest.partition(END)
    return f"{before}{BEGIN}\n{refusals()}\n{END}{after}"


def main() -> None:
    """Write both files."""
    SCHEMA.write_text(json.dumps(schema(), indent=1, ensure_ascii=False) + "\n")
    HANDBOOK.write_text(with_refusals(HANDBOOK.read_text()))


if __name__ == "__main__":
    main()
