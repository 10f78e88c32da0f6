"""The page of cards to print and cut out, one for each pupil; pure. Used by `enrol.py`."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape

from moderation.identities.enrolment import Card

_PAGE = """<!doctype html>
<html lang="en"><meta charset="utf-8"><title>Cards to cut out</title>
<style>
body {{ font: 14px/1.4 sans-serif; display: grid; grid-template-columns: 1fr 1fr; gap: 4mm; }}
section {{ border: 1px dashed #555; border-radius: 3mm; padding: 5mm; break-inside: avoid; }}
code {{ display: block; font: bold 20px/2 monospace; letter-spacing: 1px; }}
p {{ margin: 0; overflow-wrap: anywhere; }}
p + p {{ margin-top: 1mm; }}
</style>
{cards}
</html>
"""
_CARD = """<section><p><strong>{name}</strong> {group}</p><code>{code}</code>{more}
<p>This code lets you into the chat. Keep it to yourself: anybody who has it can write as you.</p>
<p>Lost it? Tell an adult at school, and you get a new one.</p></section>"""
_WHERE = "<p>Go to <strong>{address}</strong></p>"
_CALL = "<p>When the chat is closed, or does not open, you can call <strong>{lines}</strong></p>"


def sheet(cards: Iterable[Card], address: str, lines: Sequence[str]) -> str:
    """The page; `address` of the chat and `lines` to call stand on every card, if there are any."""
    more = _WHERE.format(address=escape(address)) if address else ""
    more += _CALL.format(lines=escape(", ".join(lines))) if lines else ""
    printed = "\n".join(
        _CARD.format(name=escape(one.name), group=escape(one.group), code=one.code, more=more)
        for one in cards
    )
    return _PAGE.format(cards=printed)
