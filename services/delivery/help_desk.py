"""The task that tells the help desk of one step of an activation request."""

from datetime import UTC, datetime
from typing import Final

from procrastinate import JobContext
from procrastinate.jobs import Job

from services.database.engine import Database
from services.delivery import queries, webhook
from services.delivery.back_off import HELP_DESK, BackOff, TryAgainError, next_try
from services.delivery.message import message_of
from services.delivery.outbox import DELIVER
from services.jobs import lanes
from services.jobs.app import app, database_of
from services.settings import Settings, settings

SWITCHED_OFF: Final = "No help desk is set up any more."


@app.task(name=DELIVER, retry=BackOff(), pass_context=True)
def deliver(context: JobContext, account_id: int, delivery_id: int) -> str:
    """Send the message if it still waits; what came of it stands with it before the job ends.

    A worker that dies between the help desk's answer and our note of it sends the message again,
    under the same number.
    """
    database = database_of(context)
    with database.working() as connection:
        waiting = queries.waiting(connection, account_id, delivery_id)
    if waiting is None:
        return ""
    outcome = _sent(waiting, settings())
    return _noted(database, waiting, outcome, context.job)


def _sent(waiting: queries.Waiting, chosen: Settings) -> webhook.Outcome:
    if chosen.help_desk_url is None or chosen.help_desk_secret is None:
        return webhook.Outcome("gone", SWITCHED_OFF)
    secrets = chosen.help_desk_secret.get_secret_value().split()
    message = message_of(waiting, chosen.public_url)
    return webhook.send(message, str(chosen.help_desk_url), secrets, public_only=False)


def _noted(database: Database, waiting: queries.Waiting, outcome: webhook.Outcome, job: Job) -> str:
    now = datetime.now(UTC)
    again = next_try(HELP_DESK, job.attempts + 1, now) if outcome.state == "failed" else None
    with database.working() as connection:
        queries.note(connection, waiting, outcome, again)
    if again is not None:
        raise TryAgainError(f"{_about(waiting)}. {outcome.problem}", again, lane=lanes.HELP_DESK)
    return _in_words(waiting, outcome)


def _about(waiting: queries.Waiting) -> str:
    return f"request {waiting.request_id}, {waiting.kind} ({waiting.message_id})"


def _in_words(waiting: queries.Waiting, outcome: webhook.Outcome) -> str:
    about = _about(waiting)
    if outcome.state == "delivered":
        return f"Told the help desk: {about}."
    return f"Gave up telling the help desk: {about}. {outcome.problem}"
