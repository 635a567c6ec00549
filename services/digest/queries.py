"""The SQL of the weekly summary: who wants it, and how far it has come."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Final, Literal

from sqlalchemy import Connection, text

from services.database.sql import fill

Way = Literal["email", "webhook"]


@dataclass(frozen=True)
class Subscription:
    """How one person gets it. The secret and the key are not for the screen."""

    person_id: int
    deliver_by: Way
    webhook_url: str | None
    webhook_secret: str | None
    stop_key: str
    last_sent_at: datetime | None
    last_problem: str | None


_FIELDS: Final = """
    person_id, deliver_by, webhook_url, webhook_secret, stop_key, last_sent_at, last_problem
"""
_OF: Final = text(
    fill("select {fields} from digest_subscription where person_id = :person_id", fields=_FIELDS)
)

_INSERT: Final = text("""
    insert into digest_subscription (person_id, deliver_by, webhook_url, webhook_secret, stop_key)
    values (:person_id, :deliver_by, :webhook_url, :webhook_secret, :stop_key)
""")

_DELETE: Final = text("delete from digest_subscription where person_id = :person_id")

_STOP: Final = text("""
    delete from digest_subscription where person_id = :person_id and stop_key = :stop_key
""")

# Those who came after the hour begin with the next one.
_DUE: Final = text(
    fill(
        """
    select {fields} from digest_subscription
    where created_at <= :since and (last_week is null or last_week < :week)
    order by person_id
""",
        fields=_FIELDS,
    )
)

_UNSETTLED: Final = text(
    fill(
        """
    select {fields} from digest_subscription
    where person_id = :person_id and (last_week is null or last_week < :week)
""",
        fields=_FIELDS,
    )
)

_SETTLE: Final = text("""
    update digest_subscription set last_week = :week where person_id = :person_id
""")

_SENT: Final = text("""
    update digest_subscription set last_sent_at = now(), last_problem = null
    where person_id = :person_id and stop_key = :stop_key
""")

_PROBLEM: Final = text("""
    update digest_subscription set last_problem = :problem
    where person_id = :person_id and stop_key = :stop_key
""")


def subscription_of(connection: Connection, person_id: int) -> Subscription | None:
    row = connection.execute(_OF, {"person_id": person_id}).mappings().one_or_none()
    return Subscription(**row) if row else None


def begin(  # noqa: PLR0913  the columns of the row
    connection: Connection,
    person_id: int,
    *,
    deliver_by: Way,
    webhook_url: str | None,
    webhook_secret: str | None,
    stop_key: str,
) -> None:
    """In place of what was there: the way out of earlier summaries leads out of this no more."""
    end(connection, person_id)
    values = {
        "person_id": person_id,
        "deliver_by": deliver_by,
        "webhook_url": webhook_url,
        "webhook_secret": webhook_secret,
        "stop_key": stop_key,
    }
    connection.execute(_INSERT, values)


def end(connection: Connection, person_id: int) -> None:
    connection.execute(_DELETE, {"person_id": person_id})


def end_by_key(connection: Connection, person_id: int, stop_key: str) -> None:
    connection.execute(_STOP, {"person_id": person_id, "stop_key": stop_key})


def due(connection: Connection, since: datetime, week: date) -> tuple[Subscription, ...]:
    """Who waits for the summary of that week."""
    rows = connection.execute(_DUE, {"since": since, "week": week}).mappings()
    return tuple(Subscription(**row) for row in rows)


def unsettled(connection: Connection, person_id: int, week: date) -> Subscription | None:
    """The subscription, if that week is not settled yet.

    One person's jobs are done one after the other: nobody else settles it meanwhile.
    """
    values = {"person_id": person_id, "week": week}
    row = connection.execute(_UNSETTLED, values).mappings().one_or_none()
    return Subscription(**row) if row else None


def settle(connection: Connection, person_id: int, week: date) -> None:
    """That week is over: its summary has arrived, was given up, or had nothing to say."""
    connection.execute(_SETTLE, {"person_id": person_id, "week": week})


def sent(connection: Connection, wanted: Subscription) -> None:
    connection.execute(_SENT, {"person_id": wanted.person_id, "stop_key": wanted.stop_key})


def failed(connection: Connection, wanted: Subscription, problem: str) -> None:
    values = {"person_id": wanted.person_id, "stop_key": wanted.stop_key, "problem": problem}
    connection.execute(_PROBLEM, values)
