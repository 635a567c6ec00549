"""The seller answers what the service team asked."""

from typing import Final

from sqlalchemy import Connection, text

from services.access.rights import Right
from services.access.viewer import Viewer
from services.activation.history import record_event
from services.activation.limits import (
    ANSWERS_A_DAY,
    ANSWERS_OF_A_PERSON,
    answers_of_a_day,
    answers_too_much,
)
from services.activation.request import InvalidRequestError, read_words
from services.activation.states import RequestKey, StepOutcome
from services.database.engine import Database

# The row is locked first: a question that is just being asked is then either there or not yet.
_WAITS: Final = text("""
    select version from activation_request
    where account_id = :account_id and request_id = :request_id and status = 'need_info'
    for update
""")
_LATEST_QUESTION: Final = text("""
    select max(event_id) from activation_event
    where account_id = :account_id and request_id = :request_id and kind = 'asked'
""")
_ANSWERED: Final = text("""
    update activation_request set status = 'answered', version = version + 1
    where account_id = :account_id and request_id = :request_id and status = 'need_info'
""")
ANSWERED_ALREADY: Final = "This question was answered already. Nothing was sent twice."
ASKED_MORE: Final = "We have asked something else meanwhile. Please read it and answer once more."


class _TooManyError(Exception):
    """Undoes an answer beyond the day's limit."""


def answer(
    database: Database, viewer: Viewer, key: RequestKey, question_id: int, typed: str
) -> StepOutcome:
    """Send an answer to the question that was on the page.

    The question, not the request's version, says what was seen: what the service team does
    meanwhile among itself is no reason to make a seller write again. Raises NotAllowedError.
    """
    viewer.require(Right.ASK_FOR_SERVICE)
    viewer.require_account(key.account_id)
    try:
        words = read_words(typed)
    except InvalidRequestError as problem:
        return StepOutcome("refused", str(problem))
    if answers_too_much(database, viewer):
        return _too_many("You have", ANSWERS_OF_A_PERSON)
    try:
        with database.asking(key.account_id, viewer.person_id) as connection:
            return _store(connection, viewer, key, question_id, words)
    except _TooManyError:
        return _too_many("This account has", ANSWERS_A_DAY)


def _store(
    connection: Connection, viewer: Viewer, key: RequestKey, question_id: int, words: str
) -> StepOutcome:
    values = vars(key)
    if connection.execute(_WAITS, values).scalar_one_or_none() is None:
        return StepOutcome("changed", ANSWERED_ALREADY)
    if connection.execute(_LATEST_QUESTION, values).scalar_one() != question_id:
        return StepOutcome("changed", ASKED_MORE)
    connection.execute(_ANSWERED, values)
    record_event(connection, key, "answered", viewer, words)
    if answers_of_a_day(connection, key.account_id) > ANSWERS_A_DAY:
        raise _TooManyError
    return StepOutcome("done")


def _too_many(who: str, most: int) -> StepOutcome:
    return StepOutcome(
        "refused", f"{who} sent {most} answers within a day. Please try again tomorrow."
    )
