"""How the sample's services came to run, and one request that waits, told through the real steps.

One channel (Amazon Canada) stays without a request, to ask for it oneself.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from functools import cached_property
from typing import Final

from sqlalchemy import text

from sample.story import KITCHEN, OUTDOOR
from services.access.local import local_viewer
from services.access.rights import Role
from services.access.viewer import Viewer
from services.activation import steps
from services.activation.answering import answer
from services.activation.asking import ask
from services.activation.request import read_request
from services.activation.states import CheckState, RequestKey, StepOutcome
from services.database.engine import Database
from services.marketplaces.registry import MARKETPLACES
from services.settings import settings

_CHANNEL: Final = text("""
    select c.account_id, c.country, c.marketplace, exists (
        select 1 from activation_request r
        where r.account_id = c.account_id and r.channel_id = c.channel_id) as was_asked
    from account a join channel c on c.account_id = a.account_id
    where a.name = :account and c.code = :code
""")
_VERSION: Final = text("""
    select version from activation_request
    where account_id = :account_id and request_id = :request_id
""")
_QUESTION: Final = text("""
    select max(event_id) from activation_event
    where account_id = :account_id and request_id = :request_id and kind = 'asked'
""")
_EVENTS: Final = text("""
    select event_id from activation_event
    where account_id = :account_id and request_id = :request_id order by event_id
""")
_EVENT_AT: Final = text("""
    update activation_event set at = :at where account_id = :account_id and event_id = :event_id
""")
_REQUEST_AT: Final = text("""
    update activation_request r set requested_at = e.asked, consented_at = e.asked,
        first_answered_at = case when r.first_answered_at is not null then e.answered end,
        settled_at = case when r.settled_at is not null then e.settled end
    from (
        select min(at) as asked, max(at) as settled,
            min(at) filter (where kind in ('asked', 'ready', 'declined')) as answered
        from activation_event where account_id = :account_id and request_id = :request_id
    ) e
    where r.account_id = :account_id and r.request_id = :request_id
""")
_CHECKS_AT: Final = text("""
    update activation_check set at = (
        select max(at) from activation_event
        where account_id = :account_id and request_id = :request_id and kind = 'checked')
    where account_id = :account_id and request_id = :request_id
""")

Tell = Callable[["_Telling"], StepOutcome]


@dataclass(frozen=True)
class _Told:
    """One request: who asks for which channel, what then happened, how many hours ago."""

    account: str
    code: str
    contact: str
    email: str
    phone: str
    message: str
    asked_hours_ago: float
    steps: Sequence[tuple[float, Tell]]
    start_with: Sequence[str] = ("inventory", "return")
    zone: str = "America/Los_Angeles"


@dataclass
class _Telling:
    """The two personas at one request."""

    database: Database
    told: _Told
    account_id: int
    country: str
    marketplace: str
    key: RequestKey = field(init=False)

    @cached_property
    def seller(self) -> Viewer:
        return self._persona(Role.SELLER)

    @cached_property
    def support(self) -> Viewer:
        return self._persona(Role.SUPPORT)

    def _persona(self, role: Role) -> Viewer:
        return local_viewer(self.database, listens_on="127.0.0.1", asks_from=None, role=role)

    @property
    def at(self) -> tuple[Database, Viewer, RequestKey, int]:
        with self.database.triaging() as connection:
            version = connection.execute(_VERSION, vars(self.key)).scalar_one()
        return self.database, self.support, self.key, int(version)

    def ask(self) -> None:
        typed = {
            "contact_name": self.told.contact,
            "email": self.told.email,
            "phone": self.told.phone,
            "preferred_time": "Morning, 9 to 12",
            "time_zone": self.told.zone,
            "start_with": list(self.told.start_with),
            "message": self.told.message,
            "consent": True,
        }
        request = read_request(typed, country=self.country)
        outcome = ask(self.database, self.seller, self.account_id, self.told.code, request)
        if outcome.request_id is None:
            raise RuntimeError(f"A sample request was refused: {outcome.reason}")
        self.key = RequestKey(self.account_id, outcome.request_id)

    def answer(self, words: str) -> StepOutcome:
        with self.database.triaging() as connection:
            question = int(connection.execute(_QUESTION, vars(self.key)).scalar_one())
        return answer(self.database, self.seller, self.key, question, words)

    def check(self, others: CheckState = "done", **states: CheckState) -> StepOutcome:
        items = dict.fromkeys(
            (item.key for item in MARKETPLACES[self.marketplace].checklist), others
        )
        return steps.check(*self.at, {**items, **states})

    def check_only(self, state: CheckState, *groups: str) -> StepOutcome:
        listed = MARKETPLACES[self.marketplace].checklist
        return steps.check(*self.at, {item.key: state for item in listed if item.group in groups})


def _take(one: _Telling) -> StepOutcome:
    return steps.take(*one.at)


def _ready(one: _Telling) -> StepOutcome:
    return steps.ready(*one.at)


def _activate(one: _Telling) -> StepOutcome:
    return steps.activate(*one.at)


def _asks(words: str) -> Tell:
    return lambda one: steps.ask_seller(*one.at, words)


def _answers(words: str) -> Tell:
    return lambda one: one.answer(words)


def _notes(words: str) -> Tell:
    return lambda one: steps.note(*one.at, words)


def _declines(words: str) -> Tell:
    return lambda one: steps.decline(*one.at, words)


def _all_checked(one: _Telling) -> StepOutcome:
    return one.check()


def _walmart_checked(one: _Telling) -> StepOutcome:
    return one.check(financial_documents="not_needed")


def _half_checked(one: _Telling) -> StepOutcome:
    return one.check_only("done", "Authorized-partner invitation", "Permissions in Seller Central")


def _logo_missing(one: _Telling) -> StepOutcome:
    items: dict[str, CheckState] = {
        "company_logo": "missing",
        "signature_image": "missing",
        "company_name": "done",
    }
    return steps.check(*one.at, items)


_DAY: Final = 24
_STORIES: Final = (
    _Told(
        KITCHEN, "amazon-us", "Dana Whitfield", "dana@northwind.example.com", "(206) 555-0143",
        "We moved warehouses last year and never checked what was lost.", 210 * _DAY,
        (
            (209.9 * _DAY, _take),
            (209 * _DAY, _all_checked),
            (208.9 * _DAY, _ready),
            (208.8 * _DAY, _activate),
        ),
    ),
    _Told(
        KITCHEN, "walmart-us", "Dana Whitfield", "dana@northwind.example.com", "(206) 555-0143",
        "", 120 * _DAY,
        (
            (119.8 * _DAY, _take),
            (119 * _DAY, _declines("The settlement reports of March are missing. Please ask "
                                   "again once they are imported.")),
        ),
        start_with=("shipment", "fee"),
    ),
    _Told(
        KITCHEN, "walmart-us", "Dana Whitfield", "dana@northwind.example.com", "(206) 555-0143",
        "All settlement reports are in now.", 96 * _DAY,
        (
            (95.9 * _DAY, _take),
            (95.5 * _DAY, _walmart_checked),
            (95.4 * _DAY, _ready),
            (95.3 * _DAY, _activate),
        ),
        start_with=("shipment", "fee"),
    ),
    _Told(
        OUTDOOR, "amazon-uk", "Mikkel Sand", "mikkel@baltic-outdoor.example.com", "020 7946 0321",
        "Please start with the returns of the winter.", 26 * _DAY,
        (
            (25.8 * _DAY, _take),
            (25.7 * _DAY, _asks("Who signs for the company, and in which capacity?")),
            (24.9 * _DAY, _answers("Mikkel Sand, managing director.")),
            (24.5 * _DAY, _all_checked),
            (24.4 * _DAY, _ready),
            (24.3 * _DAY, _activate),
        ),
        zone="Europe/London",
    ),
    _Told(
        OUTDOOR, "amazon-de", "Mikkel Sand", "mikkel@baltic-outdoor.example.com", "030 23125 014",
        "Same as in the United Kingdom, please. Lost boxes at DTM2 worry us most.", 3 * _DAY,
        (
            (2.8 * _DAY, _take),
            (2.75 * _DAY, _half_checked),
            (2.74 * _DAY, _logo_missing),
            (2.7 * _DAY, _asks("Please send your logo, and the signature as an image of at most "
                               "2 MB.")),
            (2.6 * _DAY, _notes("Same owner as in the United Kingdom, usually quick by e-mail.")),
            (5, _answers("Both are in the e-mail that I have just sent you.")),
        ),
        start_with=("inventory", "shipment"), zone="Europe/Berlin",
    ),
)  # fmt: skip


def send_requests(database: Database, today: date) -> None:
    """Before the services run: they come to run by these very steps. A second time does nothing.

    Where a help desk is told of each step, none is invented.
    """
    if settings().help_desk_url is not None:
        return
    begun: set[tuple[str, str]] = set()
    for told in _STORIES:
        channel = (told.account, told.code)
        one = _telling(database, told, again=channel in begun)
        if one:
            begun.add(channel)
            _tell(one, datetime.combine(today, time(), UTC))


def _telling(database: Database, told: _Told, *, again: bool) -> _Telling | None:
    with database.triaging() as connection:
        found = connection.execute(_CHANNEL, {"account": told.account, "code": told.code})
        row = found.one_or_none()
    if row is None or (row.was_asked and not again):
        return None
    return _Telling(database, told, row.account_id, row.country, row.marketplace)


def _tell(one: _Telling, midnight: datetime) -> None:
    one.ask()
    for _, step in one.told.steps:
        outcome = step(one)
        if not outcome.is_done:
            raise RuntimeError(f"A step of the sample was refused: {outcome.reason}")
    hours = (one.told.asked_hours_ago, *(ago for ago, _ in one.told.steps))
    _put_back(one, [midnight - timedelta(hours=ago) for ago in hours])


def _put_back(one: _Telling, moments: Sequence[datetime]) -> None:
    """The steps were taken just now: the story says when. Only the owner may say so."""
    values = vars(one.key)
    with one.database.owning() as connection:
        events = connection.execute(_EVENTS, values).scalars().all()
        for event_id, at in zip(events, moments, strict=True):
            connection.execute(_EVENT_AT, {**values, "event_id": event_id, "at": at})
        connection.execute(_REQUEST_AT, values)
        connection.execute(_CHECKS_AT, values)
