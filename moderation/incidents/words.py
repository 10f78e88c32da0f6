"""What incidents are called in plain words, on pages to adults, in lists and in a case; pure.

Used by `case.py`, `past.py`, `sender.py` and the pages. No word of a student is ever among them.
"""

from __future__ import annotations

from collections.abc import Mapping

from moderation.incidents.gravity import ATTEMPT, BROUGHT, UNATTENDED
from moderation.terms import Category

OUTCOMES: Mapping[str, str] = {
    "spoken_to": "An adult has spoken with the student",
    "passed_on": "Passed to the safeguarding lead",
    "emergency": "Emergency services were called",
    "no_danger": "Looked into: nobody is in danger",
    "not_reached": "The student could not be reached",
}
"""How an incident can end, and the words for it."""

DRILLED = "drill"
"""How a drill ends: with the tap of the adult who has it, who need not do anything more."""

MISSED = "drill_missed"
"""How a drill ends that nobody answered in time."""

ENDINGS: Mapping[str, str] = {
    **OUTCOMES,
    DRILLED: "A drill: the adult answered the page",
    MISSED: "A drill: nobody answered in time",
}
"""Every way an incident can have ended, in words."""

MEET: Mapping[str, str] = {
    "chat": "Here in the chat",
    "person": "In person, at school",
    "any": "They do not mind",
}
"""How a student would like to be met by the adult, and the words for it."""

BARRIERS: Mapping[str, str] = {
    "told": "They are scared of who gets told",
    "trouble": "They think they might get in trouble",
    "overheard": "Someone could overhear",
    "none": "Nothing, they say",
}
"""What a student says may make it hard to talk to an adult, and the words for it."""

_WORDS: Mapping[str, str] = {
    ATTEMPT: "possible suicide attempt",
    Category.SUICIDE: "possible suicide risk",
    Category.SELF_HARM: "possible self-harm",
    Category.HARM_TO_OTHERS: "possible harm to others",
    Category.ABUSE: "possible abuse",
    Category.EXPLOITATION: "possible exploitation",
    Category.BULLYING: "bullying",
    Category.HATE: "hate",
    Category.EATING_DISORDER: "possible eating disorder",
    Category.SUBSTANCE: "drugs, alcohol or medicine",
    Category.CONCERN_FOR_OTHER: "worry about somebody else",
    Category.IDENTITY: "personal details",
    Category.PROFANITY: "language",
    Category.LANGUAGE: "a language the rules do not read",
    Category.FAULT: "the checks failed",
    UNATTENDED: "nobody has looked at a waiting message",
    BROUGHT: "a student brought this chat to an adult",
    "help": "a student asked for a person",
    "report_unkind": "a student reported the other one for being unkind",
    "report_unsafe": "a student reported the other one and somebody may not be safe",
    "report_who_are_you": "a student reported the other one for asking who they are, or to meet",
    "report": "a student reported the other one, and nobody has looked",
    "test": "a test page, nobody is in danger",
    "browser": "somebody signed in as you with a new browser",
    "drill": "a drill, nobody is in danger: please answer it",
    "reveal_life": "you are asked to open an identity: danger to life",
    "reveal_harm": "you are asked to open an identity: serious harm",
    "reveal_others": "you are asked to open an identity: serious harm to somebody else",
    "reveal_abuse": "you are asked to open an identity: a child is being hurt",
    "reveal_law": "you are asked to open an identity: a duty under the law",
    "reveal_practice": "practice, nobody is in danger: please open a made-up identity",
    "reveal_agreed": "the identity you asked for may be opened now",
    "reveal_refused": "the identity you asked for stays sealed: read why",
    "reveal_over": "the time for the identity you asked for is over: ask again if you need it",
    "break_glass": "an identity is being opened by one person alone: review it",
}


def words(category: str) -> str:
    """The class of an incident in plain language, as pages and lists show it.

    A category without words of its own is "a concern": a page never repeats what it was given.
    """
    return _WORDS.get(category, "a concern")
