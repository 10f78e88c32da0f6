"""Judge, replay, explain, test and compare from the command line.

python -m moderation judge RECORDS.jsonl        one decision for each record, in order
python -m moderation replay DIALOGUES.jsonl     the highest attention of each dialogue, and when
python -m moderation explain "text"             every stage of judging one message
python -m moderation test                       run every rule's own examples
python -m moderation backtest OLD NEW CORPUS    which decisions a change of the rules alters
python -m moderation bench [RECORDS.jsonl]      how long a fresh message takes on this machine
"""

from __future__ import annotations

import argparse
import io
import json
import os
import sys
from pathlib import Path
from typing import Any

from moderation.conversation import ConversationState
from moderation.corpus_lines import (
    CORPUS,
    BadLineError,
    corpus,
    dialogue_problem,
    message_problem,
    records,
)
from moderation.pipeline import Judge
from moderation.progress import shown
from moderation.rulebook import load
from moderation.rules import LexiconError
from moderation.terms import Attention, Decision

BAD_INPUT = 2


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
    for record in records(path, message_problem):
        decision = judge.judge(record["text"], record.get("context", ()))
        print(_compact(decision_row(record["id"], decision)))
    return 0


def replay_command(path: str) -> int:
    """Print, for each dialogue, the highest attention reached, the turn, and for whom."""
    judge = Judge.load()
    for record in records(path, dialogue_problem):
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


def explain_command(text: str, context: list[str]) -> int:
    """Print every stage of judging one message."""
    from moderation.explain import explained  # noqa: PLC0415 - only this command needs it

    for line in explained(Judge.load(), text, context, colour=sys.stdout.isatty()):
        print(line)
    return 0


def rules_at(place: str) -> Judge:
    """The judge of a folder of rules, of one file beside the shipped rules, or of "shipped".

    Raises:
        LexiconError: there are no such rules, or they must not be used.
    """
    if place == "shipped":
        return Judge.load()
    path = Path(place)
    if path.is_dir():
        return Judge.load(directory=path)
    return Judge.load([path])


def backtest_command(old: str, new: str, place: str, most: int) -> int:
    """Print which decisions differ between two sets of rules, and what that does to the figures."""
    from moderation.backtest import compared, told  # noqa: PLC0415 - only this command needs it

    found = corpus(place)
    judges = rules_at(old), rules_at(new)
    for line in told(compared(*judges, shown(found, len(found), "compared", sys.stderr)), most):
        print(line)
    return 0


def bench_command(place: str) -> int:
    """Print how long judging takes, with better-profanity beside it; `place` is ordinary talk."""
    from moderation.detectors import shipped  # noqa: PLC0415 - only this command needs it
    from moderation.timing import measured  # noqa: PLC0415

    def build() -> Judge:
        book = load()
        return Judge(book, shipped(book))

    written = [record for record in corpus(str(CORPUS)) if "text" in record]
    ordinary = [record["text"] for record in written if record["category"] == "none"]
    if place:
        ordinary = [record["text"] for record in corpus(place) if "text" in record]
    sets = {"ordinary": ordinary, "the corpus": [record["text"] for record in written]}
    for line in measured(build, sets, lambda work, name: shown(work, len(work), name, sys.stderr)):
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
    rules = len(book.rules)
    print(f"{rules} rules, {count} examples, {len(failed)} failed, version {book.version}")
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
    explain.add_argument(
        "--after",
        action="append",
        default=[],
        metavar="TEXT",
        help="what the same student said before; again for each message, oldest first",
    )
    commands.add_parser("test", help="run the examples that every rule carries")
    _add_measuring(commands)
    return parser


def _add_measuring(commands: Any) -> None:
    backtest = commands.add_parser("backtest", help="show which decisions a change would alter")
    for name in ("OLD", "NEW"):
        backtest.add_argument(
            name.lower(),
            metavar=name,
            help='a folder like moderation/lexicon, a file beside the shipped rules, or "shipped"',
        )
    backtest.add_argument(
        "corpus",
        metavar="CORPUS",
        nargs="?",
        default=str(CORPUS),
        help="JSON lines of messages or dialogues, or a folder of such files; ours by default",
    )
    backtest.add_argument(
        "--most", type=_count, default=200, metavar="N", help="differences to list (200)"
    )
    bench = commands.add_parser("bench", help="time every stage of judging on this machine")
    bench.add_argument(
        "path", metavar="RECORDS.jsonl", nargs="?", default="", help="ordinary talk; ours if none"
    )


def _run(chosen: argparse.Namespace) -> int:
    match chosen.command:
        case "judge":
            return judge_command(chosen.path)
        case "replay":
            return replay_command(chosen.path)
        case "explain":
            return explain_command(chosen.text, chosen.after)
        case "backtest":
            return backtest_command(chosen.old, chosen.new, chosen.corpus, chosen.most)
        case "bench":
            return bench_command(chosen.path)
        case _:
            return test_command()


def main(arguments: list[str] | None = None) -> int:
    """Run one command; the status is 2 for bad arguments, bad input, or nowhere to print to."""
    chosen = _parser().parse_args(arguments)
    if isinstance(sys.stdout, io.TextIOWrapper):  # a terminal may not know every letter
        sys.stdout.reconfigure(errors="backslashreplace")
    try:
        status = _run(chosen)
        sys.stdout.flush()
    except (BadLineError, LexiconError) as error:
        print(f"moderation: {error}", file=sys.stderr)
        return BAD_INPUT
    except OSError as error:
        if not isinstance(error, BrokenPipeError):
            print(f"moderation: {error}", file=sys.stderr)
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # Python flushes once more
        return BAD_INPUT
    return status


def _count(typed: str) -> int:
    """A number of lines; argparse names what is none."""
    count = int(typed)
    if count < 0:
        raise argparse.ArgumentTypeError("less than nothing")
    return count


if __name__ == "__main__":
    sys.exit(main())
