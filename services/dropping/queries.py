"""The SQL of loading: what people have asked the worker for, how far it is, what came of it."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Literal

from sqlalchemy import Connection, text

from services.database.sql import fill

# A page tells of a week's, and undoing ends with the seventh day; the rest is in the list of files.
KEPT_DAYS: Final = 90

State = Literal["waiting", "done", "refused"]

_FIELDS: Final = """
    import_id, person_id, account_id, account_name, channel, undoes, files, asked_at, state,
    doing, done, of_all, reason, result, mark, ended_at, undone_at
"""


@dataclass(frozen=True)
class ImportRequest:
    """Files to load, or with `undoes` an import to take back.

    account_id None: account_name is to be made. doing, done, of_all: a file or step, and how much
    of how much (bytes; nought: nobody knows). result: what became of each file, as plain values.
    """

    import_id: int
    person_id: int
    account_id: int | None
    account_name: str | None
    channel: str | None
    undoes: int | None
    files: int
    asked_at: datetime
    state: State
    doing: str | None
    done: int | None
    of_all: int | None
    reason: str | None
    result: Mapping[str, Any] | None
    mark: str | None
    ended_at: datetime | None
    undone_at: datetime | None


@dataclass(frozen=True)
class ChannelCode:
    """A channel that there may be, and the zone of its days."""

    code: str
    marketplace: str
    time_zone: str
    currency: str


_CHANNELS: Final = text("""
    select code, marketplace, time_zone, currency from marketplace order by code
""")
_ASK: Final = text("""
    insert into import_request (person_id, account_id, account_name, channel, undoes, files)
    values (:person_id, :account_id, :account_name, :channel, :undoes, :files)
    returning import_id
""")
_BY_ID: Final = text(
    fill("select {fields} from import_request where import_id = :import_id", fields=_FIELDS)
)
# What is waited for stands before what was done: undoing is a request of its own.
_LATEST: Final = text(
    fill(
        """
    select {fields} from import_request
    where person_id = :person_id
        and (cast(:account_id as bigint) is null or account_id = :account_id)
    order by import_id desc limit 1
""",
        fields=_FIELDS,
    )
)
_WAITING: Final = text("""
    select count(*) from import_request where person_id = :person_id and state = 'waiting'
""")
_TELL: Final = text("""
    update import_request set doing = :doing, done = :done, of_all = :of_all
    where import_id = :import_id and state = 'waiting'
""")
_END: Final = text("""
    update import_request set state = :state, account_id = coalesce(account_id, :account_id),
        reason = :reason, result = cast(:result as jsonb), mark = :mark, ended_at = now()
    where import_id = :import_id and state = 'waiting'
""")
_UNDONE: Final = text("""
    update import_request set undone_at = now() where import_id = :import_id
""")
_BEFORE_IT: Final = text("""
    select older.import_id from import_request older
    join import_request one on one.account_id = older.account_id
    where one.import_id = :import_id and older.import_id < one.import_id
        and older.mark is not null
    order by older.import_id desc limit 20
""")
# One that is taken back by a request that stays, stays with it.
_TAKE_AWAY_OLD: Final = text("""
    delete from import_request old
    where old.ended_at < now() - make_interval(days => :days)
        and not exists (
            select 1 from import_request undoing
            where undoing.undoes = old.import_id
                and coalesce(undoing.ended_at >= now() - make_interval(days => :days), true))
""")
_ACCOUNT: Final = text("select account_id from account where name = :name")


def channels_there_are(connection: Connection) -> tuple[ChannelCode, ...]:
    """Every channel of every marketplace, by code."""
    return tuple(ChannelCode(**row) for row in connection.execute(_CHANNELS).mappings())


def ask(  # noqa: PLR0913  each is named where it is given
    connection: Connection,
    person_id: int,
    *,
    account_id: int | None,
    account_name: str | None,
    channel: str | None,
    undoes: int | None,
    files: int,
) -> int:
    """Write a request down; its number."""
    values = {
        "person_id": person_id,
        "account_id": account_id,
        "account_name": account_name,
        "channel": channel,
        "undoes": undoes,
        "files": files,
    }
    return int(connection.execute(_ASK, values).scalar_one())


def request_of(connection: Connection, import_id: int) -> ImportRequest | None:
    """One request; None: it is not there, or not for this transaction to see."""
    row = connection.execute(_BY_ID, {"import_id": import_id}).mappings().one_or_none()
    return ImportRequest(**row) if row else None


def latest_of(
    connection: Connection, person_id: int, account_id: int | None
) -> ImportRequest | None:
    """What the person asked for last, of this account or of any."""
    values = {"person_id": person_id, "account_id": account_id}
    row = connection.execute(_LATEST, values).mappings().one_or_none()
    return ImportRequest(**row) if row else None


def waiting_of(connection: Connection, person_id: int) -> int:
    """How many requests of the person's are not done yet."""
    return int(connection.execute(_WAITING, {"person_id": person_id}).scalar_one())


def tell(connection: Connection, import_id: int, what: str, done: int, of_all: int) -> None:
    """How far it is."""
    values = {"import_id": import_id, "doing": what, "done": done, "of_all": of_all}
    connection.execute(_TELL, values)


def end(  # noqa: PLR0913  each is named where it is given
    connection: Connection,
    import_id: int,
    state: State,
    *,
    account_id: int | None = None,
    reason: str | None = None,
    result: Mapping[str, object] | None = None,
    mark: str | None = None,
) -> None:
    """It is over; once, whoever says so first."""
    values = {
        "import_id": import_id,
        "state": state,
        "account_id": account_id,
        "reason": reason,
        "result": None if result is None else json.dumps(result),
        "mark": mark,
    }
    connection.execute(_END, values)


def undone(connection: Connection, import_id: int) -> None:
    """What it has loaded was taken back."""
    connection.execute(_UNDONE, {"import_id": import_id})


def before_it(connection: Connection, import_id: int) -> tuple[int, ...]:
    """The latest requests that have loaded into the same account before."""
    return tuple(connection.execute(_BEFORE_IT, {"import_id": import_id}).scalars())


def take_away_old(connection: Connection) -> int:
    """What is long over goes, with the undoing of it; how many requests that were."""
    return connection.execute(_TAKE_AWAY_OLD, {"days": KEPT_DAYS}).rowcount


def account_of(connection: Connection, name: str) -> int | None:
    """The number of the account of that name."""
    found = connection.execute(_ACCOUNT, {"name": name}).scalar_one_or_none()
    return None if found is None else int(found)
