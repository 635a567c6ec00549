"""Every question and every action that there is, found in the code, and how to call each.

A new one is found by itself. Where it needs an argument that is not known here, or an action has no
right written down, the tests fail and say what to add.
"""

import importlib
import inspect
import io
import pkgutil
import typing
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from types import ModuleType, SimpleNamespace
from typing import Any, Final

import pytest
from sqlalchemy import Connection

import services.access
import services.activation
import services.calls
import services.delivery
import services.digest
import services.dropping
import services.exports
import services.insights
import services.jobs
import services.sync.consenting
import services.sync.newcomers
import services.sync.wishing
from services.access.people import Hand
from services.access.people import Wanted as WantedRights
from services.access.rights import Right, Role, rights_of
from services.access.viewer import Account, Person, Viewer
from services.activation.queue import QueueView
from services.activation.request import Request
from services.activation.states import RequestKey
from services.calls.log import NewCall
from services.database.engine import Database
from services.delivery.queries import Waiting
from services.delivery.webhook import Outcome
from services.digest.queries import Subscription
from services.dropping.asking import Into
from services.dropping.folder import Drop
from services.exports.files import Question
from services.exports.summary import Sent
from services.exports.table import Taker
from services.insights.answers import Figure, Filters, MovementKey
from services.insights.as_of import When
from services.insights.cases import Search
from services.insights.conversion import Rates
from services.insights.expiring import View
from services.insights.parts import PartView
from services.insights.payments import Wanted
from services.insights.portfolio import Portfolio
from services.settings import Settings
from services.sync.consenting import Browser
from services.sync.wishing import Wanted as SyncWanted
from tests.common.worlds.activation import a_request
from tests.common.worlds.insights import NOW, TODAY, USD
from tests.common.worlds.zoo import Marked

_ROOMS: Final[tuple[ModuleType, ...]] = (
    services.insights,
    services.exports,
    services.activation,
    services.calls,
    services.delivery,
    services.digest,
    services.dropping,
    services.access,
    services.jobs,
)
# Of a room whose other functions work for every account: what pages call.
_MODULES: Final[tuple[ModuleType, ...]] = (
    services.sync.wishing,
    services.sync.consenting,
    services.sync.newcomers,
)

# What is no question and no action of its own, with the reason.
PLUMBING: Final = {
    "exports.addresses.file_address": "signs a question; it is answered by write_file",
    "exports.addresses.feed_address": "signs whose it is; it is answered by fetched",
    "exports.addresses.wish_of": "reads a signature",
    "exports.addresses.feed_of": "reads a signature",
    "insights.ask.ask": "runs the statement it is given",
    "exports.lists.every": "reads the list it is given",
    "insights.as_of.as_of_day": "the command line's: takes an account by its name",
    "insights.as_of.together": "the command line's: converts what was read, at public rates",
    "access.signing.short_lived": "makes a signature",
    "access.signing.lasting": "makes a signature",
    "access.accounts.account_id_of": "the command line's: takes an account by its name",
    "access.identity.signed_in_viewer": "says who somebody is: tests/access",
    "access.identity.sign_out": "ends one's own sign-in: tests/access",
    "access.local.local_viewer": "says who somebody is: tests/access",
    "jobs.later.defer": "puts numbers into the queue; what is done with them asks for itself",
    "dropping.addresses.drop_address": "signs whose drop it is; drop_of asks whoever sends",
    "dropping.addresses.drop_of": "reads a signature, and asks: tests/server/test_dropping.py",
    **{
        f"dropping.{name}": "the worker's, as the role that loads: tests/dropping"
        for name in (
            "before.keep",
            "before.mark_of",
            "before.put_back",
            "queries.end",
            "queries.take_away_old",
            "queries.undone",
        )
    },
    "sync.wishing.may_connect": "says whether a button is drawn; each action asks again",
    "sync.wishing.require_own": "asks for the right of the action that calls it",
    "sync.consenting.consent_link": "says an address; `leave` asks who opens it",
    "sync.consenting.newcomers_link": "says an address; `leave_as_newcomer` asks who opens it",
    "sync.wishing.as_written_down": "says what a wish holds; write_down keeps it",
    "sync.newcomers.write_down": "of no account, in one's own name: tests/sync/test_newcomers.py",
    "sync.newcomers.may_bring": "says whether a button is drawn; each action asks again",
    "access.absent.absent_viewer": "says who somebody is: tests/access",
}


@dataclass(frozen=True)
class Found:
    """A public function of a service, with what each of its parameters is."""

    name: str
    function: Callable[..., Any]
    kinds: Mapping[str, Any]

    @property
    def room(self) -> str:
        return self.name.partition(".")[0]

    def takes(self, kind: type) -> bool:
        return kind in self.kinds.values()

    def __str__(self) -> str:
        return self.name


def _every() -> Iterator[Found]:
    for module in (*_of_rooms(), *_MODULES):
        for name, function in inspect.getmembers(module, inspect.isfunction):
            if function.__module__ == module.__name__ and not name.startswith("_"):
                yield _described(f"{module.__name__}.{name}", function)


def _of_rooms() -> Iterator[ModuleType]:
    for room in _ROOMS:
        for each in pkgutil.walk_packages(room.__path__, f"{room.__name__}."):
            yield importlib.import_module(each.name)


def _described(name: str, function: Callable[..., Any]) -> Found:
    kinds = typing.get_type_hints(function)
    kinds.pop("return", None)
    return Found(name.removeprefix("services."), function, kinds)


EVERY: Final = [
    one
    for one in _every()
    if one.name not in PLUMBING and any(one.takes(kind) for kind in (Connection, Database, Viewer))
]
# Of somebody: the viewer is asked for the right. Of a connection: the database says what is there.
ACTIONS: Final = [one for one in EVERY if one.takes(Viewer) and not one.takes(Connection)]
QUESTIONS: Final = [one for one in EVERY if one.takes(Connection)]
OTHERS: Final = [one for one in EVERY if one not in ACTIONS and one not in QUESTIONS]


RATES: Final = Rates("USD", TODAY, {"USD": Decimal(1), "EUR": Decimal(2)}, ("EUR", "USD"), ())

# Of one parameter of one function, where its type and name say too little.
SPECIAL: Final[dict[tuple[str, str], Callable[[Marked], Any]]] = {
    ("activation.queries.insert_request", "values"): lambda one: {
        **a_request().model_dump(exclude={"consent"}),
        "start_with": ["inventory"],
        "account_id": one.account_id,
        "channel_id": one.ids["second channel"],
        "person_id": one.person_ids["seller"],
        "by_name": "A name",
    },
    ("calls.queries.insert", "values"): lambda one: {
        "account_id": one.account_id,
        "held_on": TODAY,
        "person_id": one.person_ids["seller"],
        "by_name": "A name",
        "note": "",
        "entry": "an entry of the form",
    },
    # Where no wish waits already.
    ("sync.wishing.write_down", "code"): lambda _: "walmart-us",
    ("sync.wishing.wish_own_key", "typed"): lambda _: {"client_secret": "typed by somebody"},
    ("exports.files.write_file", "question"): lambda one: Question.of_calendar(one.account_id, USD),
    ("exports.files.write_file", "form"): lambda _: "ics",
    ("exports.files.write_file", "taker"): lambda _: Taker(io.BytesIO()),
    ("dropping.asking.was_asked", "days"): lambda _: (TODAY - timedelta(days=30), TODAY),
    ("sync.newcomers.wish_by_key", "typed"): lambda _: {"client_secret": "typed by somebody"},
    ("access.accounts.name_of_new", "typed"): lambda _: "A name",
    ("sync.newcomers.named", "typed"): lambda _: "A name",
    ("insights.conversion.converted", "parts"): lambda _: {"all": [("EUR", Decimal(1))]},
    ("insights.conversion.converted_figures", "parts"): lambda _: {"all": [("EUR", Figure(1))]},
    ("insights.conversion.rates_of", "currencies"): lambda _: ("EUR", "USD"),
    ("insights.conversion.rates_of", "into"): lambda _: "USD",
    ("insights.portfolio.in_one", "sums"): lambda _: (),
    ("access.people_queries.insert_person", "email"): lambda _: "new@example.com",
    ("access.people.invite", "email"): lambda _: "new@example.com",
    ("activation.queue.queue", "person_id"): lambda one: one.person_ids["support"],
    ("exports.across.queue_table", "person_id"): lambda one: one.person_ids["support"],
}


# What an argument is -----------------------------------------------------------------------------

# By the parameter's type …
_TYPED: Final[dict[Any, Callable[[Marked], Any]]] = {
    Filters: lambda _: USD,
    Sent: lambda one: Sent(one.account_id, USD),
    Search: lambda _: Search(),
    View: lambda _: View(),
    PartView: lambda _: PartView("expired"),
    Wanted: lambda _: Wanted(),
    When: lambda _: When(NOW),
    Portfolio: lambda one: Portfolio((one.account_id,), "USD", NOW, TODAY, RATES),
    Rates: lambda _: RATES,
    MovementKey: lambda _: MovementKey(
        TODAY, "amazon-us", "lost_in_warehouse", "first_seen", "USD"
    ),
    RequestKey: lambda one: RequestKey(one.account_id, one.ids["request"]),
    QueueView: lambda _: QueueView(),
    Request: lambda _: a_request(),
    NewCall: lambda _: NewCall(NOW.date(), "spoke", "an entry of the form"),
    Waiting: lambda one: SimpleNamespace(
        account_id=one.account_id, delivery_id=one.ids["delivery"]
    ),
    Subscription: lambda one: Subscription(
        one.person_ids["seller"], "email", None, None, "a way out of the digest", None, None
    ),
    Outcome: lambda _: Outcome("failed", "no answer"),
    Browser: lambda _: Browser("a session", "http://localhost/connected"),
    SyncWanted: lambda _: SyncWanted("disconnect"),
    Settings: lambda _: Settings(_env_file=None),
    Drop: lambda one: Drop(one.person_ids["seller"], "0" * 32),
    Into: lambda one: Into(one.account_id, "", "amazon-us"),
    Person: lambda one: person(one, Role.SELLER),
    Hand: lambda _: Hand("a test"),
    WantedRights: lambda one: WantedRights(
        "N", frozenset({Role.SELLER}), False, frozenset({one.account_id})
    ),
}
# … or else by its name.
_NAMED: Final[dict[str, Callable[[Marked], Any]]] = {
    "account_id": lambda one: one.account_id,
    "accounts": lambda one: (one.account_id,),
    "channel": lambda _: "amazon-us",
    "channel_code": lambda _: "amazon-us",
    "code": lambda _: "amazon-us",
    "channel_id": lambda one: one.ids["channel"],
    "marketplace": lambda _: "amazon",
    "countries": lambda _: ["US"],
    "currency": lambda _: "USD",
    "case_id": lambda one: f"{one.word}-CASE-1",
    "discrepancy_id": lambda one: one.ids["discrepancy"],
    "request_id": lambda one: one.ids["request"],
    "event_id": lambda one: one.ids["event"],
    "question_id": lambda one: one.ids["event"],
    "delivery_id": lambda one: one.ids["delivery"],
    "calendar_id": lambda _: 1,
    "import_id": lambda one: one.ids["import"],
    "number": lambda _: 1,
    "account_name": lambda _: "A name",
    "undoes": lambda _: None,
    "files": lambda _: 1,
    "done": lambda _: 1,
    "of_all": lambda _: 1,
    "person_id": lambda one: one.person_ids["seller"],
    "to_person": lambda one: one.person_ids["support"],
    "by_person_id": lambda one: one.person_ids["seller"],
    "role": lambda _: Role.SELLER,
    "version": lambda _: 1,
    "typed": lambda _: "Some words.",
    "items": lambda _: {},
    "kind": lambda _: "requested",
    "now": lambda _: NOW,
    "today": lambda _: TODAY,
    "time_zone": lambda _: "America/New_York",
    "call_id": lambda one: one.ids["call"],
    "days": lambda _: 30,
    "day": lambda _: TODAY - timedelta(days=30),
    "monday": lambda _: TODAY - timedelta(days=7),
    "week": lambda _: TODAY,
    "since": lambda _: NOW,
    "hours": lambda _: 12,
    "again": lambda _: NOW,
    "message_id": lambda _: "msg_1",
    "file_name": lambda _: "file.csv",
    "size": lambda _: 50,
    "entry": lambda one: f"{one.word} entry",
    "email": lambda one: f"seller@{one.word.lower()}.example.com",
    "name": lambda _: "A name",
    "roles": lambda _: ["seller"],
    "every_account": lambda _: False,
    "by_name": lambda _: "A name",
    "what": lambda _: "did something",
    "issuer": lambda _: "https://provider.example.com",
    "issued": lambda _: NOW,
    "subject": lambda one: f"seller@{one.word.lower()}.example.com",
    "token_hash": lambda one: f"{one.word} seller token",
    "url": lambda _: "https://hooks.example.com/one",
    "deliver_by": lambda _: "email",
    "webhook_url": lambda _: None,
    "webhook_secret": lambda _: None,
    "stop_key": lambda one: f"the way out: {one.word} seller",
    "problem": lambda _: "no answer",
    "marketplaces": lambda _: ["amazon"],
    "told": lambda _: {"state": "not ours", "code": "any"},
    "task": lambda _: "digest:one",
    "numbers": lambda one: one.account_id,
}
# Parameters that are given although they could be left out.
_ALWAYS: Final = frozenset({"account_id", "request_id"})


def arguments(one: Found, about: Marked, **given: Any) -> dict[str, Any]:
    """What to call it with, about an account."""
    filled = {}
    for name, parameter in inspect.signature(one.function).parameters.items():
        if name in given:
            filled[name] = given[name]
        elif parameter.default is parameter.empty or name in _ALWAYS:
            filled[name] = _argument(one, name, about)
    return filled


def _argument(one: Found, name: str, about: Marked) -> Any:
    special = SPECIAL.get((one.name, name))
    make = special or _TYPED.get(one.kinds[name]) or _NAMED.get(name)
    if make is None:
        pytest.fail(
            f"The matrix cannot call {one}: say in _TYPED, _NAMED or SPECIAL of"
            f" tests/common/rights/matrix.py what its `{name}` is ({one.kinds[name]})."
        )
    return make(about)


# Who looks ---------------------------------------------------------------------------------------


def person(one: Marked, role: Role, *, every_account: bool = False) -> Person:
    return Person(
        one.person_ids[role.value],
        f"{one.word} {role.value}",
        f"{role.value}@{one.word.lower()}.example.com",
        frozenset({role}),
        every_account,
        False,
    )


def viewer(one: Marked, role: Role, *, every_account: bool = False) -> Viewer:
    """Somebody of that role whose one account this is."""
    return Viewer(
        person(one, role, every_account=every_account),
        (Account(one.account_id, f"{one.word} Trading", False),),
    )


def doors(database: Database, one: Marked) -> dict[str, AbstractContextManager[Connection]]:
    """A transaction of each role, in the scope of the account and its seller where it has one."""
    seller = one.person_ids["seller"]
    return {
        "app reads": database.reading(one.account_id),
        "app asks": database.asking(one.account_id, seller),
        "app, a person": database.of_person(seller),
        "manager reads": database.comparing([one.account_id]),
        "manager logs": database.managing(one.account_id, seller),
        "support reads": database.triaging(),
        "support works": database.supporting(seller),
        "access": database.knowing_people(),
        "operator": database.operating(),
        "worker": database.working(),
        "sync": database.syncing(),
    }


# What each action needs --------------------------------------------------------------------------


@dataclass(frozen=True)
class Needs:
    """The right that an action asks for, and whether it is about one of the viewer's accounts.

    every_account: only for whoever has them all: an account that they make is theirs.
    """

    right: Right
    of_account: bool = True
    every_account: bool = False


RIGHTS_OF_ACTIONS: Final[dict[str, Needs]] = {
    "activation.asking.ask": Needs(Right.ASK_FOR_SERVICE),
    "activation.answering.answer": Needs(Right.ASK_FOR_SERVICE),
    **{
        f"activation.steps.{step}": Needs(Right.TRIAGE, of_account=False)
        for step in (
            "take",
            "release",
            "hand_over",
            "check",
            "note",
            "ask_seller",
            "decline",
            "ready",
            "activate",
        )
    },
    "calls.log.log_call": Needs(Right.LOG_CALLS),
    "calls.log.calls_with": Needs(Right.LOG_CALLS),
    "calls.log.calls_before": Needs(Right.LOG_CALLS),
    "calls.log.undo_call": Needs(Right.LOG_CALLS),
    "delivery.told.told": Needs(Right.TRIAGE, of_account=False),
    "delivery.told.resend": Needs(Right.TRIAGE, of_account=False),
    "digest.subscribing.subscription": Needs(Right.KEEP_OWN_SETTINGS, of_account=False),
    "digest.subscribing.by_webhook": Needs(Right.KEEP_OWN_SETTINGS, of_account=False),
    "digest.subscribing.is_sent": Needs(Right.KEEP_OWN_SETTINGS, of_account=False),
    "digest.subscribing.stop": Needs(Right.KEEP_OWN_SETTINGS, of_account=False),
    "digest.subscribing.ask_for_one_now": Needs(Right.KEEP_OWN_SETTINGS, of_account=False),
    **{
        f"dropping.asking.{step}": Needs(Right.LOAD_REPORTS)
        for step in ("begin_again", "dropped", "leave_out", "load", "standing", "undo", "was_asked")
    },
    **{
        f"dropping.asking.{step}": Needs(Right.LOAD_REPORTS, of_account=False)
        for step in ("channels_to_load", "new_drop", "places_to_load")
    },
    **{
        f"sync.{step}": Needs(Right.CONNECT)
        for step in ("wishing.wish_own_key", "wishing.wish_disconnected", "consenting.leave")
    },
    "access.accounts.name_of_new": Needs(Right.LOAD_REPORTS, of_account=False, every_account=True),
    **{
        f"sync.{step}": Needs(Right.CONNECT, of_account=False, every_account=True)
        for step in ("newcomers.named", "newcomers.wish_by_key", "consenting.leave_as_newcomer")
    },
    **{
        f"sync.newcomers.{step}": Needs(Right.CONNECT, of_account=False)
        for step in ("offered", "standing")
    },
    "sync.consenting.come_back": Needs(Right.CONNECT, of_account=False),
    "exports.calendar.calendar_for": Needs(Right.SEE_RECOVERY),
    "exports.following.followed": Needs(Right.KEEP_OWN_SETTINGS, of_account=False),
    **{
        f"exports.following.{step}": Needs(Right.SEE_RECOVERY)
        for step in ("followed_here", "follow", "renew", "revoke", "fetched")
    },
    "exports.files.write_file": Needs(Right.SEE_RECOVERY),
    "exports.pdf.summary_pdf": Needs(Right.SEE_RECOVERY),
    "exports.summary.read_summary": Needs(Right.SEE_RECOVERY),
    "digest.content.digest_of": Needs(Right.SEE_RECOVERY, of_account=False),
    "digest.posting.preview": Needs(Right.SEE_RECOVERY, of_account=False),
    "digest.posting.post": Needs(Right.SEE_RECOVERY, of_account=False),
}

# Actions that ask for no right: each reads what is the viewer's own, whoever they are.
OF_ONESELF: Final = frozenset(
    {
        "activation.limits.asks_too_much",
        "activation.limits.answers_too_much",
        "digest.subscribing.why_not_by_mail",
        "digest.subscribing.by_mail",
    }
)


def may(role: Role, right: Right) -> bool:
    return right in rights_of([role])
