"""`make docs`: writes docs/requirements.md, which test carries which requirement.

A test carries the requirements whose ids stand in its name: `test_S8_...`, `test_F1_F2_...`, and
in JavaScript `test("S8: ...`.
"""

from __future__ import annotations

import ast
import re
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parent.parent
PAGE = ROOT / "docs" / "requirements.md"

_HEAD = """# Requirements and the tests that carry them

Made by `make docs` from the names of the tests: `test_S8_...` and `test("S8: ...` carry S8. A
requirement with a test is not thereby fulfilled to the last word; one without is named so that
nobody believes it is.
"""

_PARTS = {
    "S": "Students",
    "M": "Moderators",
    "P": "Adults on call",
    "F": "Faults",
    "K": "What holds through every fault",
}

MEANINGS = {
    "S1": "The first screen is usable within three seconds on a poor line and a slow device.",
    "S2": "Nobody writes before knowing who can see it, and words are easy to read.",
    "S3": "Leaving at once works from everywhere, and going back shows nothing.",
    "S4": "Leaving by keyboard works, and typing never sets it off.",
    "S5": "The tab gives nothing away, and closing it leaves nothing behind.",
    "S6": "Every own message says what became of it; none disappears.",
    "S7": "A message that is checked for long comes with something to do.",
    "S8": "After a lost line each message arrives once and in order.",
    "S9": "A person can be asked for on every screen, and the answer is honest.",
    "S10": "A disclosure is delivered, an adult is paged, both students are told calmly.",
    "S11": "What would tell who somebody is never reaches the peer.",
    "S12": "One control leaves, blocks and reports; after the latter two they never meet again.",
    "S13": "Waiting is told honestly, and closed hours say so.",
    "S14": "Screen readers hear each message once.",
    "S15": "Pages can be used by everybody: contrast, size, zoom, focus.",
    "S16": "The end of a chat asks little and offers something next.",
    "M1": "What is urgent is on the moderator's screen within a second.",
    "M2": "Of two who claim an item, one gets it and the other is told.",
    "M3": "An item of a moderator who is gone comes back soon.",
    "M4": "A whole shift can be worked by keyboard.",
    "M5": "A card shows the words, the reasons and what was around, never who.",
    "M6": "Decisions are quick, and taking something away needs a reason.",
    "M7": "A decision about what has changed meanwhile is refused.",
    "M8": "An act is shown as done only once it is committed.",
    "M9": "Held messages show their age and escalate by themselves.",
    "M10": "Escalating pages an adult, and the card shows how the page fares.",
    "M11": "With no moderator there, nobody is matched.",
    "M12": "A moderator who speaks in a room is named as one.",
    "M13": "Nobody sees too much of the worst.",
    "M14": "The head of the console shows the oldest item and any part that fails.",
    "M15": "Five hundred items scroll smoothly and can be listened to.",
    "M16": "Some items are looked at twice, without the first answer.",
    "M17": "Whoever may know the student hands the item on with one key.",
    "P1": "A page goes out over two ways and holds a code, never words.",
    "P2": "From the page to *I have this* in two taps.",
    "P3": "Opening is not acknowledging; whoever acknowledges is named, and the others hear.",
    "P4": "Without an answer the next is paged, and there is no last round.",
    "P5": "An acknowledged incident without an outcome pages again.",
    "P6": "An adult who has not confirmed a test page is not counted as reachable.",
    "P7": "A minute with too few reachable adults is seen beforehand.",
    "P8": "A case shows what was said and why it paged, and no identity.",
    "P9": "An adult joins a chat by role.",
    "P10": "Unsealing an identity takes two people and a written reason.",
    "P11": "Breaking the glass is seen by everybody at once.",
    "P12": "Twenty messages of one child are one incident.",
    "P13": "Whoever is on call has heard a page ring.",
    "P14": "A page engine that stands still is noticed.",
    "P15": "A shift is handed over by a person to a person.",
    "P16": "The outcome is a record that is only ever added to.",
    "F1": "The server is killed at any moment.",
    "F2": "It is killed between commit and ack.",
    "F3": "It is killed between verdict, release and sending.",
    "F4": "A frozen server wakes up when another has taken over.",
    "F5": "Power fails under SQLite.",
    "F6": "Power fails under PostgreSQL or Redis.",
    "F7": "Redis dies or forgets everything.",
    "F8": "PostgreSQL dies, is away, or is full.",
    "F9": "The database cannot be reached.",
    "F10": "Answers of the database are lost.",
    "F11": "A third of all packets is lost.",
    "F12": "Lines are slow, break in mid-frame, or stay half open.",
    "F13": "A reader is slow.",
    "F14": "The disk is full.",
    "F15": "The disk does not confirm a write.",
    "F16": "Memory or file descriptors run out.",
    "F17": "The clock jumps.",
    "F18": "The event loop stands still.",
    "F19": "A pager's provider fails or hangs.",
    "F20": "A provider says yes and delivers nothing.",
    "F21": "A provider's answers come twice, out of order, or forged.",
    "F22": "The server dies while a page is sent.",
    "F23": "Judging fails in any way.",
    "F24": "No moderator is there, or one vanishes with an item.",
    "F25": "The page engine is dead and the pages are not.",
    "F26": "Two versions run on one database.",
    "F27": "Yesterday's backup is put back.",
    "F28": "Everybody reconnects at once.",
    "F29": "The database is damaged.",
    "F30": "Names or sign-in of others cannot be reached.",
    "K1": "What was acknowledged can be read after any fault.",
    "K2": "What was delivered has a verdict that allowed those very bytes.",
    "K3": "On screen no place is missing, doubled or out of order.",
    "K4": "What one student says stays in the order it was said.",
    "K5": "One cid of one seat is one message.",
    "K6": "A flag has its row, and a severe one its pages, in the same commit.",
    "K7": "Every page is acknowledged by a person or escalates in time, however the clock jumps.",
    "K8": "A server that was overtaken changes nothing.",
    "K9": "Nothing is seen across rooms, schools or age bands.",
    "K10": "Whoever is barred says nothing, at any node, a second later.",
    "K11": "An identity opens with a key of each rank, and not otherwise.",
    "K12": "Any change of the audit log is found.",
    "K13": "What was destroyed can be read nowhere.",
    "K14": "Without a sign-in, or from another site, no frame is looked at.",
    "K15": "Every input has one documented answer, and none is a fault of ours.",
    "K16": "One machine and many give the same traces of the same story.",
}

_IDS = re.compile(r"test((?:_[SMPFK]\d{1,2})+)(?:_|$)")
_IDS_OF_SCRIPTS = re.compile(r"""^\s*test\(["'`]((?:[SMPFK]\d{1,2}\b[ ,]*)+)[: ]""", re.MULTILINE)


def carried(tests: Path) -> Iterator[tuple[str, Path]]:
    """Each requirement that stands in the name of a test, with the test's file."""
    for path in sorted(tests.rglob("test_*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                found = _IDS.match(node.name)
                for one in found.group(1).split("_")[1:] if found else ():
                    yield one, path
    for path in sorted(tests.rglob("*.test.js")):
        for ids in _IDS_OF_SCRIPTS.findall(path.read_text()):
            for one in re.findall(r"[SMPFK]\d+", ids):
                yield one, path


def page(tests: Path) -> str:
    """The whole page.

    Raises:
        KeyError: A test names a requirement that does not exist.
    """
    files: defaultdict[str, set[str]] = defaultdict(set)
    for one, path in carried(tests):
        if one not in MEANINGS:
            raise KeyError(f"{path.name} names {one}, which is no requirement")
        files[one].add(path.relative_to(tests.parent).as_posix())
    return _HEAD + "".join(_part(letter, files) for letter in _PARTS)


def _part(letter: str, files: dict[str, set[str]]) -> str:
    rows = [f"\n## {_PARTS[letter]}\n", "| | what must hold | tests |", "|---|---|---|"]
    for one, meaning in MEANINGS.items():
        if one[0] == letter:
            links = ", ".join(f"[{Path(file).name}](../{file})" for file in sorted(files[one]))
            rows.append(f"| {one} | {meaning} | {links or 'not yet'} |")
    return "\n".join(rows) + "\n"


def main() -> None:
    """Write the page."""
    PAGE.write_text(page(ROOT / "tests"))


if __name__ == "__main__":
    main()
