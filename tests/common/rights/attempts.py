"""Each write that a role may do, and each step beyond it that must fail.

Whoever is signed in is the first account's own seller.
"""

from dataclasses import dataclass
from typing import Final

from tests.common.worlds.zoo import PEOPLE, Marked

ACCOUNTS: Final = 4
DIGESTS: Final = ACCOUNTS * len(PEOPLE)
IMPORTS: Final = ACCOUNTS * len(PEOPLE)
PEOPLE_WITH_ACCESS: Final = len(PEOPLE) - 1  # an operator sees no account
_REQUEST: Final = """insert into activation_request (account_id, channel_id, contact_name, email,
    phone, preferred_time, time_zone, start_with, message, consented_at, requested_by, status)
    values ({account}, {channel}, 'n', 'a@b.example', '+12125550100', '', 'UTC', '{{fee}}', '',
    now(), {person}, '{status}')"""
_EVENT: Final = """insert into activation_event (account_id, request_id, kind, person_id,
    is_internal) values ({account}, {request}, '{kind}', {person}, {internal})"""
_DELIVERY: Final = """insert into delivery (account_id, request_id, event_id, message_id{column})
    select {account}, {request}, {event}, 'another'{value}"""
_CALL: Final = """insert into client_call (account_id, held_on, person_id, by_name, entry)
    values ({account}, current_date, {person}, 'n', 'another entry')"""
_CHECK: Final = """insert into activation_check (account_id, request_id, item, state, by_name)
    values ({account}, {request}, 'another', 'done', 'n')"""
_DIGEST: Final = """insert into digest_subscription (person_id, deliver_by, stop_key)
    values ({person}, 'email', 'a way out of the digest')"""
_CALENDAR: Final = """insert into calendar_address (account_id, person_id, currency)
    values ({account}, {person}, 'CAD')"""
_WISH: Final = """insert into connection_request (account_id, channel, wish, nonce, sealed,
    person_id, by_name{column}) values ({account}, 'amazon-us', 'consent', 'another nonce of it',
    'sealed', {person}, 'n'{value})"""
_IMPORT: Final = """insert into import_request (person_id, account_id, account_name, channel)
    values ({person}, {account}, 'n', 'amazon-us')"""
_NEWCOMER: Final = """insert into account_request (person_id, by_name, account_name, channel, wish,
    nonce{column}) values ({person}, 'n', 'n', 'amazon-us', 'consent', 'another nonce'{value})"""
_NONE_OPEN: Final = "update activation_request set status = 'declined'"
_ALL_ASKED: Final = "update activation_request set status = 'need_info'"
_ALL_DEAD: Final = "update delivery set state = 'dead'"
_NO_DELIVERY: Final = "delete from delivery"
_NO_DIGEST: Final = "delete from digest_subscription"


@dataclass(frozen=True)
class Attempt:
    """One statement in the scope of the first account, and what comes of it: rows, or refused."""

    role: str
    table: str
    verb: str
    statement: str
    comes: object
    is_signed_in: bool = True
    before: str = ""


def attempts(own: Marked, other: Marked) -> list[Attempt]:
    return [
        *_app(own, other),
        *_jobs_of_pages(own, other),
        *_manager(own, other),
        *_support(own, other),
        *_worker(),
        *_operator(own, other),
    ]


def _app(own: Marked, other: Marked) -> list[Attempt]:
    me, them = own.person_ids["seller"], other.person_ids["seller"]

    def request(
        comes: object,
        one: Marked = own,
        person: object = me,
        status: str = "new",
        signed: bool = True,
    ) -> Attempt:
        filled = _REQUEST.format(
            account=one.account_id, channel=one.ids["channel"], person=person, status=status
        )
        return Attempt("app", "activation_request", "insert", filled, comes, signed, _NONE_OPEN)

    def event(
        comes: object,
        one: Marked = own,
        *,
        person: object = me,
        kind: str = "requested",
        internal: str = "false",
        signed: bool = True,
    ) -> Attempt:
        filled = _event(one, kind, person, internal)
        return Attempt("app", "activation_event", "insert", filled, comes, signed)

    def told(comes: object, one: Marked = own, **state: str) -> Attempt:
        return Attempt("app", "delivery", "insert", _told(one, **state), comes, before=_NO_DELIVERY)

    def answered(comes: object, change: str, before: str = _ALL_ASKED) -> Attempt:
        statement = f"update activation_request set {change}"
        return Attempt("app", "activation_request", "update", statement, comes, before=before)

    def digest(comes: object, verb: str, statement: str, before: str = "") -> Attempt:
        return Attempt("app", "digest_subscription", verb, statement, comes, before=before)

    def calendar(comes: object, verb: str, statement: str, signed: bool = True) -> Attempt:
        return Attempt("app", "calendar_address", verb, statement, comes, signed)

    follow, unfollow = _CALENDAR.format, "delete from calendar_address"
    fetched = "update calendar_address set fetched_at = now()"
    subscribe = _DIGEST.format
    return [
        request(1),
        request("refused", one=other),
        request("refused", person=them),
        request("refused", person="null"),
        request("refused", signed=False),
        request("refused", status="active"),
        answered(1, "status = 'answered', version = version + 1"),
        answered(1, "status = 'answered'"),  # reads no column: the reading policy is not asked
        answered("refused", "status = 'active'"),
        answered("refused", "status = 'need_info'"),
        answered(0, "status = 'answered'", before=_NONE_OPEN),
        answered("refused", "message = 'other'"),
        event(1),
        event(1, kind="answered"),
        event("refused", one=other),
        event("refused", person=them),
        event("refused", signed=False),
        event("refused", kind="activated"),
        event("refused", internal="true"),
        told(1),
        told("refused", one=other),
        told("refused", state="delivered"),
        digest(1, "insert", subscribe(person=me), _NO_DIGEST),
        digest("refused", "insert", subscribe(person=them), _NO_DIGEST),
        digest(1, "delete", "delete from digest_subscription"),
        digest(0, "delete", f"delete from digest_subscription where person_id = {them}"),
        calendar(1, "insert", follow(account=own.account_id, person=me)),
        calendar("refused", "insert", follow(account=own.account_id, person=them)),
        calendar("refused", "insert", follow(account=other.account_id, person=me)),
        calendar("refused", "insert", follow(account=own.account_id, person=me), signed=False),
        calendar(1, "update", fetched),
        calendar(0, "update", fetched, signed=False),
        calendar("refused", "update", "update calendar_address set channel = ''"),
        calendar(1, "delete", unfollow),
        calendar(0, "delete", unfollow, signed=False),
    ]


def _jobs_of_pages(own: Marked, other: Marked) -> list[Attempt]:
    """What pages ask the worker for: to connect, and to load files."""
    me, them = own.person_ids["seller"], other.person_ids["seller"]

    def wish(
        comes: object,
        account: int = own.account_id,
        *,
        person: int = me,
        signed: bool = True,
        settled: bool = False,
    ) -> Attempt:
        more = (", state, settled_at", ", 'done', now()") if settled else ("", "")
        filled = _WISH.format(account=account, person=person, column=more[0], value=more[1])
        return Attempt("app", "connection_request", "insert", filled, comes, signed)

    def loads(comes: object, *, person: int, account: object, signed: bool = True) -> Attempt:
        filled = _IMPORT.format(person=person, account=account)
        return Attempt("app", "import_request", "insert", filled, comes, signed)

    def brings(comes: object, person: int = me, signed: bool = True, more: str = "") -> Attempt:
        column, value = (f", {more}", f", {own.account_id}") if more else ("", "")
        filled = _NEWCOMER.format(person=person, column=column, value=value)
        return Attempt("app", "account_request", "insert", filled, comes, signed)

    return [
        brings(1),  # whether they may make an account, the worker asks
        brings("refused", them),
        brings("refused", signed=False),
        brings("refused", more="account_id"),
        wish(1),
        wish("refused", other.account_id),
        wish("refused", person=them),
        wish("refused", signed=False),
        wish("refused", settled=True),
        loads(1, person=me, account=own.account_id),
        loads(1, person=me, account="null"),  # to be made: whether they may, the worker asks
        loads("refused", person=me, account=other.account_id),
        loads("refused", person=them, account=own.account_id),
        loads("refused", person=them, account="null"),
        loads("refused", person=me, account=own.account_id, signed=False),
    ]


def _manager(own: Marked, other: Marked) -> list[Attempt]:
    me, them = own.person_ids["seller"], other.person_ids["seller"]

    def call(comes: object, one: Marked = own, person: int = me, signed: bool = True) -> Attempt:
        filled = _CALL.format(account=one.account_id, person=person)
        return Attempt("manager", "client_call", "insert", filled, comes, signed)

    def undo(
        comes: object, before: str = "", moment: str = "now()", signed: bool = True, where: str = ""
    ) -> Attempt:
        statement = f"update client_call set undone_at = {moment} {where}"
        return Attempt("manager", "client_call", "update", statement, comes, signed, before)

    mine_elsewhere = _CALL.format(account=other.account_id, person=me)
    return [
        undo(1),
        undo(1, before=mine_elsewhere),
        undo(0, where=f"where account_id = {other.account_id}", before=mine_elsewhere),
        undo(0, before=f"update client_call set person_id = {them}"),
        undo(0, before="update client_call set undone_at = '2026-01-01'"),
        undo(0, signed=False),
        undo("refused", moment="null"),
        undo("refused", moment="'2026-01-01'"),
        Attempt("manager", "client_call", "update", "update client_call set note = ''", "refused"),
        call(1),
        call("refused", one=other),
        call("refused", person=them),
        call("refused", signed=False),
    ]


def _support(own: Marked, other: Marked) -> list[Attempt]:
    """Every account's requests, and of the accounts no more than that a channel is served."""
    me, them = own.person_ids["seller"], other.person_ids["seller"]

    def does(
        table: str,
        verb: str,
        statement: str,
        comes: object,
        *,
        before: str = "",
        signed: bool = True,
    ) -> Attempt:
        return Attempt("support", table, verb, statement, comes, signed, before)

    def event(
        comes: object, kind: str, person: int = me, internal: str = "false", signed: bool = True
    ) -> Attempt:
        filled = _event(other, kind, person, internal)
        return does("activation_event", "insert", filled, comes, signed=signed)

    settle = "update activation_request set status = 'active'"
    deliver = "update delivery set state = 'delivered'"
    resend = "update delivery set state = 'waiting'"
    missing = "update activation_check set state = 'missing'"
    check = _CHECK.format(account=other.account_id, request=other.ids["request"])
    return [
        does("activation_request", "update", settle, ACCOUNTS),
        does("activation_request", "update", settle, 0, before=_NONE_OPEN),
        does(
            "activation_request", "update", "update activation_request set message = ''", "refused"
        ),
        event(1, "asked"),
        event(1, "noted", internal="true"),
        event("refused", "asked", person=them),
        event("refused", "asked", signed=False),
        event("refused", "requested"),
        event("refused", "answered"),
        event("refused", "noted"),  # the team's own words would be the seller's to read
        event("refused", "asked", internal="true"),
        does("activation_check", "insert", check, 1),
        does("activation_check", "update", missing, ACCOUNTS),
        does(
            "channel",
            "update",
            f"update channel set service_active = true where account_id = {other.account_id}",
            2,
        ),
        does("channel", "update", "update channel set service_active = false", "refused"),
        does("delivery", "insert", _told(other), 1, before=_NO_DELIVERY),
        does("delivery", "insert", _told(other, state="delivered"), "refused", before=_NO_DELIVERY),
        does("delivery", "update", resend, ACCOUNTS, before=_ALL_DEAD),
        does("delivery", "update", resend, 0),
        does("delivery", "update", deliver, "refused", before=_ALL_DEAD),
    ]


def _worker() -> list[Attempt]:
    deliver = "update delivery set state = 'delivered'"
    sent = "update digest_subscription set last_problem = 'none'"
    stopped = "delete from digest_subscription"
    told = "update import_request set doing = 'a file'"
    return [
        Attempt("worker", "delivery", "update", deliver, ACCOUNTS),
        Attempt("worker", "digest_subscription", "update", sent, DIGESTS),
        Attempt("worker", "digest_subscription", "delete", stopped, DIGESTS),
        Attempt("worker", "import_request", "update", told, IMPORTS),
        Attempt(
            "worker",
            "import_request",
            "update",
            "update import_request set state = 'done', ended_at = now()",
            "refused",
        ),
    ]


def _operator(own: Marked, other: Marked) -> list[Attempt]:
    grants = f"""insert into account_access (account_id, person_id)
        values ({other.account_id}, {own.person_ids["seller"]})"""
    ends = f"delete from calendar_address where account_id = {other.account_id}"
    withdraws = f"delete from account_access where account_id = {other.account_id}"
    return [
        Attempt("operator", "account_access", "insert", grants, 1),
        Attempt("operator", "account_access", "delete", withdraws, PEOPLE_WITH_ACCESS),
        Attempt("operator", "calendar_address", "delete", ends, 1),
    ]


def _event(one: Marked, kind: str, person: object, internal: str) -> str:
    return _EVENT.format(
        account=one.account_id,
        request=one.ids["request"],
        kind=kind,
        person=person,
        internal=internal,
    )


def _told(one: Marked, state: str = "") -> str:
    """As the outbox writes it; with a state, which is not the sender's to say."""
    return _DELIVERY.format(
        account=one.account_id,
        request=one.ids["request"],
        event=one.ids["event"],
        column=", state" if state else "",
        value=f", '{state}'" if state else "",
    )
