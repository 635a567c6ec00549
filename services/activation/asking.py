"""Storing a request: one open request per channel, whatever is pressed and by whomever."""

from dataclasses import dataclass
from functools import partial
from typing import Final, Literal

from sqlalchemy import Connection
from sqlalchemy.exc import IntegrityError

from services.access.rights import Right
from services.access.viewer import Viewer
from services.activation import queries
from services.activation.channels import ActivationChannel, channel_of, refusal
from services.activation.history import record_event
from services.activation.limits import (
    REQUESTS_A_DAY,
    REQUESTS_OF_A_PERSON,
    asks_too_much,
    requests_of_a_day,
)
from services.activation.request import Request
from services.activation.states import RequestKey
from services.database.engine import Database

ONE_OPEN_REQUEST: Final = "activation_request_open"


@dataclass(frozen=True)
class Outcome:
    """What became of a press on the button."""

    state: Literal["asked", "already_open", "refused"]
    request_id: int | None = None
    reason: str = ""

    @property
    def already_open(self) -> bool:
        return self.state == "already_open"


class _TooManyError(Exception):
    """Undoes the savepoint of a request beyond the day's limit."""


def ask(
    database: Database, viewer: Viewer, account_id: int, channel_code: str, request: Request
) -> Outcome:
    """Store the request, or say which one is open already, or why it cannot be taken.

    Everything is checked here again, in the transaction that stores: a page may be stale.
    Raises NotAllowedError.
    """
    viewer.require(Right.ASK_FOR_SERVICE)
    viewer.require_account(account_id)
    if asks_too_much(database, viewer):
        return Outcome("refused", reason=_too_many("You have", REQUESTS_OF_A_PERSON))
    with database.asking(account_id, viewer.person_id) as connection:
        channel = channel_of(connection, account_id, channel_code)
        if channel is None:
            return Outcome("refused", reason="This account has no such channel.")
        reason = refusal(channel)
        if reason is not None:
            return Outcome("refused", reason=reason)
        return _store(connection, viewer, account_id, channel, request)


def _too_many(who: str, most: int) -> str:
    return f"{who} sent {most} requests within a day. Please try again tomorrow."


def _store(
    connection: Connection,
    viewer: Viewer,
    account_id: int,
    channel: ActivationChannel,
    request: Request,
) -> Outcome:
    insert = partial(_insert, connection, viewer, account_id, channel, request)
    try:
        return Outcome("asked", insert())
    except _TooManyError:
        return Outcome("refused", reason=_too_many("This account has", REQUESTS_A_DAY))
    except IntegrityError as error:
        if not _is_second_request(error):
            raise
    existing = queries.open_request(connection, account_id, channel.channel_id)
    # None: it was settled between the two statements. Then a new one is in order.
    if existing is None:
        return Outcome("asked", insert())
    return Outcome("already_open", existing)


def _insert(
    connection: Connection,
    viewer: Viewer,
    account_id: int,
    channel: ActivationChannel,
    request: Request,
) -> int:
    # A plain INSERT in a savepoint, not ON CONFLICT: below PostgreSQL's security floor that
    # clause reads other accounts' rows (CVE-2026-120154).
    with connection.begin_nested():
        request_id = queries.insert_request(
            connection,
            {
                **request.model_dump(exclude={"consent"}),
                "start_with": list(request.start_with),
                "account_id": account_id,
                "channel_id": channel.channel_id,
                "person_id": viewer.person_id,
                "by_name": viewer.person.name,
            },
        )
        record_event(connection, RequestKey(account_id, request_id), "requested", viewer)
        if requests_of_a_day(connection, account_id) > REQUESTS_A_DAY:
            raise _TooManyError
    return request_id


def _is_second_request(error: IntegrityError) -> bool:
    diagnosis = getattr(error.orig, "diag", None)
    return getattr(diagnosis, "constraint_name", None) == ONE_OPEN_REQUEST
