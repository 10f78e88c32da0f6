"""One tree of settings with its defaults; `house/` hands each part only its own branch.

Read by `settings_file.py`. A key that does not exist, or a value of the wrong type, is refused.
"""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Literal

import msgspec

from moderation.outcomes import Change
from moderation.terms import Category

MEANT: dict[str, str] = {}
"""By its pattern, what is meant by each kind of word: told where something else stands."""


def _like(pattern: str, words: str) -> msgspec.Meta:
    MEANT[pattern] = words
    return msgspec.Meta(pattern=pattern)


Port = Annotated[int, msgspec.Meta(ge=0, le=65535)]
Positive = Annotated[float, msgspec.Meta(gt=0, le=31_536_000)]
"""Seconds or hours. TOML knows `inf`, and nothing here may wait for ever."""
Origin = Annotated[
    str,
    _like(
        r"^https?://[a-z0-9.:\[\]-]+$",
        'an address as "https://chat.school.example", in small letters and with nothing behind it',
    ),
]
"""As browsers send it: with its scheme, in small letters, and nothing behind the host and port."""
Identifier = Annotated[
    str, _like(r"^[a-z0-9][a-z0-9-]{0,63}$", "small letters, digits and -, at most 64")
]
Database = Annotated[
    str,
    _like(
        r"^(sqlite:///.+|postgresql://.+)?$",
        '"", or an address that begins with sqlite:/// or postgresql://',
    ),
]
Redis = Annotated[
    str,
    _like(r"^((rediss?|unix)://.+)?$", '"", or an address that begins with rediss:// or redis://'),
]


class BadSettings(ValueError):  # noqa: N818 - reads as the plain words an operator sees
    """A setting is unknown or wrong; the message names its path."""


class _Branch(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    pass


class Topic(_Branch, frozen=True):
    """One thing to talk about: an id for tables and the words students see."""

    id: Annotated[str, _like(r"^[a-z][a-z_]{0,31}$", "small letters and _, at most 32")]
    label: str


class Line(_Branch, frozen=True):
    """A help line shown to students whether or not the chat is open."""

    name: str
    number: str
    hours: str = ""


_TOPICS = (
    Topic(id="friends", label="Friends and falling out"),
    Topic(id="family", label="Family and home"),
    Topic(id="school", label="School and exams"),
    Topic(id="mood", label="Feeling low or worried"),
    Topic(id="identity", label="Being me"),
    Topic(id="anything", label="Anything at all"),
)

_LINES = (
    Line(name="Childline", number="0800 1111", hours="any time"),
    Line(name="Samaritans", number="116 123", hours="any time"),
    Line(name="Emergency", number="999", hours="if somebody is in danger now"),
)


class School(_Branch, frozen=True):
    """Whose chat this is; `hours` says to students when it is usually open, in a few words."""

    id: Identifier = "school"
    name: str = "Our school"
    hours: Annotated[str, msgspec.Meta(max_length=100)] = ""
    demo: bool = False
    topics: Annotated[tuple[Topic, ...], msgspec.Meta(min_length=1)] = _TOPICS
    lines: Annotated[tuple[Line, ...], msgspec.Meta(min_length=1)] = _LINES


class Server(_Branch, frozen=True):
    """Where the one public port listens, and as what browsers know it."""

    host: str = "127.0.0.1"
    port: Port = 8080
    origins: tuple[Origin, ...] = ()
    tls_certificate: str = ""
    tls_key: str = ""
    data: str = "data"
    header_deadline: Positive = 10.0


class Chat(_Branch, frozen=True):
    """How students are paired and how fast a seat may speak."""

    needs_staff: bool = True
    needs_adults: Annotated[int, msgspec.Meta(ge=1)] = 2
    messages_per_10_seconds: Annotated[int, msgspec.Meta(ge=1)] = 8
    max_wait_seconds: Positive = 300
    away_seconds: Positive = 120
    judge_seconds: Positive = 0.25
    max_connections: Annotated[int, msgspec.Meta(ge=1)] = 20_000


class Mail(_Branch, frozen=True):
    """The mail server pages go through; `host` empty means no mail channel."""

    host: str = ""
    port: Port = 587
    sender: str = ""
    user: str = ""
    password: str = ""
    encrypt: bool = True


class Service(_Branch, frozen=True):
    """A service that pages go over, as Apprise knows it; `asks` is what a person's part of it is.

    `{address}` in `url` is where that part goes; with `asks = "nothing"` there is none. A service
    that is `spoken` reads the page aloud, as a telephone call does.
    """

    url: str
    label: Annotated[str, msgspec.Meta(min_length=1, max_length=40)]
    asks: Literal["phone", "name", "nothing"] = "phone"
    spoken: bool = False


ChannelName = Annotated[
    str, _like(r"^[a-z][a-z0-9_]{0,15}$", "a name of small letters, digits and _, at most 16")
]


class Staff(_Branch, frozen=True):
    """How long accounts of staff last: to the last day of the term, or so many days."""

    term_ends: dt.date | None = None
    account_days: Annotated[int, msgspec.Meta(ge=1, le=400)] = 120


class Sso(_Branch, frozen=True):
    """The school's own sign-in for staff (OpenID Connect); `issuer` empty means there is none.

    `name` is what the button says; `amr` are methods of it that count as a second factor.
    """

    issuer: str = ""
    client: str = ""
    secret: str = ""
    name: str = "your school account"
    amr: tuple[str, ...] = ("mfa",)


class Pager(_Branch, frozen=True):
    """How an incident is chased until a person has it; times in seconds.

    `services` are ways to reach people beyond mail, webhook and push, by the name of their channel.
    `networks` may be reached by webhooks although they are not of the open internet.
    """

    repeat_seconds: Positive = 90.0
    second_seconds: Positive = 45.0
    with_student_seconds: Positive = 600.0
    resolve_seconds: Positive = 3600.0
    send_timeout: Positive = 20.0
    unattended_urgent: Positive = 60.0
    unattended: Positive = 300.0
    mail: Mail = Mail()
    services: dict[ChannelName, Service] = {}
    networks: tuple[str, ...] = ()


class Drills(_Branch, frozen=True):
    """When a drill is held, by the clocks of the rota; `at` empty means never. 0 is Monday.

    With `needed` students come in only after a person answered the last one that was due.
    """

    at: Annotated[
        str,
        _like(r"^(([01]\d|2[0-3]):[0-5]\d)?$", '"", or a time as "07:45", with two digits each'),
    ] = ""
    days: tuple[Annotated[int, msgspec.Meta(ge=0, le=6)], ...] = (0, 1, 2, 3, 4)
    needed: bool = True


class Moderators(_Branch, frozen=True):
    """How many rooms a moderator is enough for, and how they are looked after.

    `heavy_looks` items of the worst in `heavy_hours` are enough for one person. Of decisions a
    share of `second_look_share` is looked at again. No value switches a break or the count off.
    """

    rooms_each: Annotated[int, msgspec.Meta(ge=1, le=100)] = 6
    heavy_looks: Annotated[int, msgspec.Meta(ge=1, le=50)] = 12
    heavy_hours: Annotated[float, msgspec.Meta(ge=1, le=24)] = 4.0
    break_minutes: Annotated[int, msgspec.Meta(ge=10, le=120)] = 50
    second_look_share: Annotated[float, msgspec.Meta(ge=0, le=1)] = 0.05


Share = Annotated[float, msgspec.Meta(gt=0, le=1)]


class Second(_Branch, frozen=True):
    """A school's own scorer, asked after delivery: `model` a file, or `url` on its own network."""

    model: str = ""
    url: str = ""
    token: str = ""
    networks: tuple[str, ...] = ("127.0.0.0/8", "::1")
    seconds: Positive = 2.0
    waiting: Annotated[int, msgspec.Meta(ge=1, le=10_000)] = 200
    queue_from: Share = 0.9
    page_from: Share | None = None
    raised_per_hour: Annotated[int, msgspec.Meta(ge=1)] = 60


class Audit(_Branch, frozen=True):
    """The auditor, a process of its own: whom it tells that paging works, and that it does not.

    `dead_man_url` is fetched while all is well; `webhook` gets a page when it is not.
    """

    dead_man_url: str = ""
    webhook: str = ""
    every_seconds: Positive = 30.0

    @property
    def expected(self) -> bool:
        """Whether somebody set an auditor up, so that its silence is trouble."""
        return bool(self.dead_man_url or self.webhook)


class Keep(_Branch, frozen=True):
    """How long things are kept; docs/records.md says of each class what it is and why so long."""

    rooms_hours: Positive = 72.0
    case_words_days: Annotated[int, msgspec.Meta(ge=0, le=36_525)] = 90
    cases_days: Annotated[int, msgspec.Meta(ge=30, le=36_525)] = 2_557
    verdicts_days: Annotated[int, msgspec.Meta(ge=7, le=3_660)] = 180
    drills_days: Annotated[int, msgspec.Meta(ge=30, le=3_660)] = 400
    audit_days: Annotated[int, msgspec.Meta(ge=366, le=36_525)] = 3_653


class Reveal(_Branch, frozen=True):
    """Whether one custodian may open an identity alone, with the key in the school's safe."""

    break_glass: bool = False


class Settings(_Branch, frozen=True):
    """The whole tree."""

    school: School = School()
    server: Server = Server()
    chat: Chat = Chat()
    staff: Staff = Staff()
    sso: Sso = Sso()
    pager: Pager = Pager()
    drills: Drills = Drills()
    audit: Audit = Audit()
    keep: Keep = Keep()
    reveal: Reveal = Reveal()
    moderators: Moderators = Moderators()
    second_opinion: Second = Second()
    decisions: dict[Category, Change] = msgspec.field(default_factory=dict)
    database: Database = ""
    redis: Redis = ""
