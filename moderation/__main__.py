"""Judge, replay, explain and test messages from the command line.

python -m moderation judge RECORDS.jsonl      one decision for each record, in order
python -m moderation replay DIALOGUES.jsonl   the highest attention of each dialogue, and when
python -m moderation explain "text"           every stage of judging one message
python -m moderation test                     run every rule's own examples
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from moderation.conversation import ConversationState
from moderation.pipeline import Judge
from moderation.rulebook import load
from moderation.rules import LexiconError
from moderation.terms import Attention, Decision

BAD_INPUT = 2


class BadLineError(ValueError):
    """A line of input that is not what the command reads."""


def _lines(path: str) -> Iterator[tuple[int, str]]:
    if path == "-":
        data = sys.stdin.buffer.read()
    else:
        try:
            data = Path(path).read_bytes()
        except OSError as error:
            raise BadLineError(f"{path}: cannot read: {error.strerror}") from error
    for number, raw in enumerate(data.split(b"\n"), 1):
        if raw.strip():
            try:
                yield number, raw.decode("utf-8")
            except UnicodeDecodeError as error:
                raise BadLineError(f"{path}:{number}: not UTF-8") from error


def _records(path: str, check: Callable[[dict[str, Any]], str]) -> Iterator[dict[str, Any]]:
    for number, line in _lines(path):
        try:
            record = json.loads(line)
        except (ValueError, RecursionError) as error:
            raise BadLineError(f"{path}:{number}: not JSON ({error})") from error
        if not isinstance(record, dict):
            raise BadLineError(f"{path}:{number}: expected a JSON object")
        problem = check(record)
        if problem:
            raise BadLineError(f"{path}:{number}: {problem}")
        yield record


def _message_problem(record: dict[str, Any]) -> str:
    if "id" not in record:
        return '"id" is missing'
    if not isinstance(record.get("text"), str):
        return '"text" is missing or not a string'
    context = record.get("context", [])
    if not isinstance(context, list) or not all(isinstance(item, str) for item in context):
        return '"context" must be a list of strings'
    return ""


def _dialogue_problem(record: dict[str, Any]) -> str:
    if "id" not in record:
        return '"id" is missing'
    turns = record.get("turns")
    if not isinstance(turns, list):
        return '"turns" is missing or not a list'
    for turn in turns:
        if not isinstance(turn, dict) or not isinstance(turn.get("text"), str):
            return 'each turn needs "from" and "text"'
        if turn.get("from") not in ("A", "B"):
            return '"from" must be "A" or "B"'
    return ""


def _compact(value: Any) -> str:
    return json.dumps(value, ensure_ascii=True, separators=(",", ":"))


def decision_row(name: Any, decision: Decision) -> dict[str, Any]:
    """A decision as the row that `judge` prints."""
    return {
        "id": name,
        "attention": decision.attention.word,
        "delivery": decision.delivery.word,
        "findings": [
            {
                "category": finding.category.value,
                "attention": finding.attention.word,
                "delivery": finding.delivery.word,
                "detector": finding.detector,
                "rule": finding.rule,
                "start": finding.start,
                "end": finding.end,
            }
            for finding in decision.findings
        ],
    }


def judge_command(path: str) -> int:
    """Print one decision for each record."""
    judge = Judge.load()
    for record in _records(path, _message_problem):
        decision = judge.judge(record["text"], record.get("context", ()))
        print(_compact(decision_row(record["id"], decision)))
    return 0


def replay_command(path: str) -> int:
    """Print, for each dialogue, the highest attention reached, the turn, and for whom."""
    judge = Judge.load()
    for record in _records(path, _dialogue_problem):
        print(_compact(replayed(judge, record)))
    return 0


def replayed(judge: Judge, record: dict[str, Any]) -> dict[str, Any]:
    """The row that `replay` prints for one dialogue."""
    state = ConversationState()
    highest, turn, about = Attention.NONE, None, None
    for number, said in enumerate(record["turns"], 1):
        decision = judge.judge_turn(said["text"], state, "AB".index(said["from"]))
        if decision.attention > highest:
            highest, turn, about = decision.attention, number, said["from"]
    return {"id": record["id"], "attention": highest.word, "turn": turn, "about": about}


def explain_command(text: str) -> int:
    """Print every stage of judging one message."""
    from moderation.explain import explained  # noqa: PLC0415 - only this command needs it

    for line in explained(Judge.load(), text, colour=sys.stdout.isatty()):
        print(line)
    return 0


def test_command() -> int:
    """Run every rule's examples; the status is 1 when some fail."""
    from moderation.detectors import shipped  # noqa: PLC0415 - only this command needs it
    from moderation.examples import failures  # noqa: PLC0415

    book = load()
    failed = list(failures(Judge(book, shipped(book))))
    for line in failed:
        print(line)
    count = sum(len(rule.match) + len(rule.miss) for rule in book.rules)
    print(
        f"{len(book.rules)} rules, {count} examples, {len(failed)} failed, version {book.version}"
    )
    return 1 if failed else 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m moderation",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    judge = commands.add_parser("judge", help="print one decision for each record")
    judge.add_argument(
        "path",
        metavar="RECORDS.jsonl",
        help='JSON lines with "id", "text" and, if there were any, earlier texts as "context"; '
        "- reads standard input",
    )
    replay = commands.add_parser("replay", help="print the highest attention of each dialogue")
    replay.add_argument(
        "path",
        metavar="DIALOGUES.jsonl",
        help='JSON lines with "id" and "turns": [{"from": "A" or "B", "text": …}]; - reads '
        "standard input",
    )
    explain = commands.add_parser("explain", help="show every stage of judging one message")
    explain.add_argument("text", help="the message, in quotes")
    commands.add_parser("test", help="run the examples that every rule carries")
    return parser


def main(arguments: list[str] | None = None) -> int:
    """Run one command; the status is 2 for bad arguments or bad input."""
    chosen = _parser().parse_args(arguments)
    try:
        if chosen.command == "judge":
            return judge_command(chosen.path)
        if chosen.command == "replay":
            return replay_command(chosen.path)
        if chosen.command == "explain":
            return explain_command(chosen.text)
        return test_command()
    except (BadLineError, LexiconError) as error:
        print(f"moderation: {error}", file=sys.stderr)
        return BAD_INPUT
    except BrokenPipeError:
        return BAD_INPUT


if __name__ == "__main__":
    sys.exit(main())
