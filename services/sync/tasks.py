"""The tasks of syncing: once a minute whose turn it is, then each connection's own run."""

from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Final

from procrastinate import JobContext
from procrastinate.exceptions import AlreadyEnqueued
from sqlalchemy import Connection, text

from services.delivery.back_off import BackOff
from services.jobs import lanes, later
from services.jobs.app import app, database_of
from services.settings import settings
from services.sync import wishes
from services.sync.named import DUE, NEWCOMER, RUN, WISH
from services.sync.syncing import NoRun, Syncing
from services.sync.wishes import Wishes

_SOON: Final = timedelta(minutes=1)
_KEPT_FOR: Final = timedelta(days=90)

_DUE: Final = text("""
    select s.account_id, s.connection_id from sync_state s
    join marketplace_connection n
        on n.account_id = s.account_id and n.connection_id = s.connection_id
    where s.next_at <= now() and coalesce(s.runs_until <= now(), true) and n.state = 'connected'
    order by s.next_at
""")
_WAITING: Final = text("""
    select account_id, request_id from connection_request
    where state = 'waiting' order by account_id, request_id
""")
_NEWCOMERS: Final = text("""
    select request_id from account_request where state = 'waiting' order by request_id
""")


@app.periodic(cron="* * * * *")
@app.task(name=DUE, queueing_lock=DUE, pass_context=True)
def put_due_in_line(context: JobContext, timestamp: int) -> str:  # noqa: ARG001
    """Every minute: what a worker left that died is due as well."""
    with database_of(context).working() as connection:
        due_in_line(connection)
    return ""


def due_in_line(connection: Connection) -> None:
    """Put every connection and every wish in line whose turn it is."""
    for row in connection.execute(_DUE).all():
        put_in_line(connection, row.account_id, row.connection_id)
    for row in connection.execute(_WAITING).all():
        _put_wish_in_line(connection, row.account_id, row.request_id)
    for row in connection.execute(_NEWCOMERS).all():
        about = {"request_id": row.request_id}
        _in_line(connection, NEWCOMER, f"newcomer {row.request_id}", about)


def put_in_line(
    connection: Connection, account_id: int, connection_id: int, at: datetime | None = None
) -> None:
    """Have a connection synced, now or at a moment."""
    numbers = {"account_id": account_id, "connection_id": connection_id}
    _in_line(connection, RUN, f"sync {account_id} {connection_id}", numbers, at)


def _put_wish_in_line(connection: Connection, account_id: int, request_id: int) -> None:
    numbers = {"account_id": account_id, "request_id": request_id}
    _in_line(connection, WISH, f"wish {account_id} {request_id}", numbers)


def _in_line(
    connection: Connection,
    task: str,
    line: str,
    numbers: Mapping[str, int],
    at: datetime | None = None,
) -> None:
    """Whatever waits in the line already is enough."""
    with suppress(AlreadyEnqueued), connection.begin_nested():
        later.defer(
            connection, task, lane=lanes.SYNC, lock=line, queueing_lock=line, at=at, **numbers
        )


@app.task(name=RUN, retry=BackOff(), pass_context=True)
def run(context: JobContext, account_id: int, connection_id: int) -> str:
    """Do what is due of one connection, and come back when something is again."""
    database = database_of(context)
    said: list[str] = []
    ran = Syncing(database, settings(), said.append).sync(account_id, connection_id)
    if isinstance(ran, NoRun):
        return f"Connection {connection_id}: {ran.because}"
    if ran.next_at - datetime.now(UTC) < _SOON:  # else the minute's round finds it
        with database.working() as connection:
            put_in_line(connection, account_id, connection_id, ran.next_at)
    about = f"Connection {connection_id}: {ran.landed} reports landed."
    return f"{about} {ran.because}" if ran.because else about if ran.landed else ""


@app.task(name=WISH, retry=BackOff(), pass_context=True)
def wish(context: JobContext, account_id: int, request_id: int) -> str:
    """Connect or disconnect as somebody wished on a page."""
    database = database_of(context)
    done = Wishes(database, settings()).grant(account_id, request_id)
    if done.connection_id is not None:
        with database.working() as connection:
            put_in_line(connection, account_id, done.connection_id)
    return done.said


@app.task(name=NEWCOMER, retry=BackOff(), pass_context=True)
def newcomer(context: JobContext, request_id: int) -> str:
    """Connect a business that has no account yet, and make its account."""
    database = database_of(context)
    done = Wishes(database, settings()).grant_newcomer(request_id)
    if done.account_id is not None and done.connection_id is not None:
        with database.working() as connection:
            put_in_line(connection, done.account_id, done.connection_id)
    return done.said


_TIDY: Final = text("""
    delete from sync_piece old
    where old.settled_at < now() - :kept and exists (
        select 1 from sync_piece newer
        where newer.account_id = old.account_id and newer.connection_id = old.connection_id
            and newer.source = old.source and newer.part = old.part and newer.item = old.item
            and newer.first_day is not distinct from old.first_day
            and newer.settled_at > old.settled_at)
""")


@app.periodic(cron="43 3 * * *")
@app.task(name="sync:tidy", queueing_lock="sync:tidy", pass_context=True)
def tidy(context: JobContext, timestamp: int) -> str:  # noqa: ARG001
    """Of questions that were asked again only the last answer counts; the others stay a while."""
    with database_of(context).syncing() as connection:
        take_away_old(connection)
        wishes.take_away_old(connection)
    return ""


def take_away_old(connection: Connection) -> None:
    """Take away what was answered anew, after a while."""
    connection.execute(_TIDY, {"kept": _KEPT_FOR})
