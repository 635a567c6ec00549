"""The tasks of the weekly summary: once an hour who waits for one, then each person's own."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Final

from procrastinate import JobContext
from procrastinate.exceptions import AlreadyEnqueued
from sqlalchemy import Connection

from services.access.absent import absent_viewer
from services.access.rights import Right
from services.access.viewer import Viewer
from services.database.engine import Database
from services.delivery.back_off import BackOff, TryAgainError, next_try
from services.delivery.webhook import Outcome
from services.digest import queries
from services.digest.calendar import due_since, week_before
from services.digest.posting import post
from services.jobs import lanes, later
from services.jobs.app import app, database_of

WEEKLY: Final = "digest:weekly"
SEND: Final = "digest:send"
SEND_NOW: Final = "digest:send_now"
# Within a day and a half; after that the week's figures are old, and the next ones near.
SCHEDULE: Final = tuple(timedelta(minutes=minutes) for minutes in (0, 1, 10, 60, 240, 720, 1080))

PRESSED_TWICE: Final = timedelta(minutes=1)


@app.periodic(cron="0 * * * *")
@app.task(name=WEEKLY, queueing_lock=WEEKLY, pass_context=True)
def weekly(context: JobContext, timestamp: int) -> str:  # noqa: ARG001
    """Every hour, so that a Monday on which nobody worked is made up for."""
    now = datetime.now(UTC)
    with database_of(context).working() as connection:
        waiting = queries.due(connection, due_since(now), week_before(now))
        count = sum(_put_in_line(connection, wanted) for wanted in waiting)
    return f"Weekly summaries put in line: {count}." if count else ""


def line_of(person_id: int) -> str:
    """One person's summaries are sent one after the other."""
    return f"digest {person_id}"


def lane_of(wanted: queries.Subscription) -> str:
    """A web address that let us down last waits apart from those that answer."""
    if wanted.deliver_by == "email":
        return lanes.MAIL
    return lanes.SLOW_WEBHOOKS if wanted.last_problem else lanes.WEBHOOKS


def _put_in_line(connection: Connection, wanted: queries.Subscription) -> bool:
    line, lane, person_id = line_of(wanted.person_id), lane_of(wanted), wanted.person_id
    try:
        with connection.begin_nested():
            later.defer(
                connection, SEND, lane=lane, lock=line, queueing_lock=line, person_id=person_id
            )
    except AlreadyEnqueued:
        return False
    return True


@app.task(name=SEND, retry=BackOff(), pass_context=True)
def send(context: JobContext, person_id: int) -> str:
    """The summary of the week that is over: one for each week, however often this runs.

    While it is sent no transaction is open: a receiver takes as long as it likes.
    """
    database, now = database_of(context), datetime.now(UTC)
    week, tries = week_before(now), context.job.attempts + 1
    with database.working() as connection:
        wanted = queries.unsettled(connection, person_id, week)
    viewer = entitled(database, person_id) if wanted else None
    if wanted is None or viewer is None:
        with database.working() as connection:
            queries.settle(connection, person_id, week)
        return ""
    outcome = post(database, wanted, viewer, now, f"summary-{person_id}-{week}")
    again = next_try(SCHEDULE, tries, now) if outcome.state == "failed" else None
    with database.working() as connection:
        if again is None:
            queries.settle(connection, person_id, week)
        note(connection, wanted, outcome)
    if again is not None:
        said = f"weekly summary, person {person_id}. {outcome.problem}"
        raise TryAgainError(said, again, lane=lane_of(replace(wanted, last_problem=said)))
    return f"Weekly summary, person {person_id}: {outcome.problem or 'sent.'}"


@app.task(name=SEND_NOW, retry=BackOff(), pass_context=True)
def send_now(context: JobContext, person_id: int) -> str:
    """One out of turn, because the person asked for it; what is wrong stands on their page."""
    database, now = database_of(context), datetime.now(UTC)
    with database.working() as connection:
        wanted = queries.subscription_of(connection, person_id)
    viewer = entitled(database, person_id) if wanted else None
    if wanted is None or viewer is None or _just_sent(wanted, now):
        return ""
    outcome = post(database, wanted, viewer, now, f"summary-{person_id}-job-{context.job.id}")
    with database.working() as connection:
        note(connection, wanted, outcome)
    return f"Summary out of turn, person {person_id}: {outcome.problem or 'sent.'}"


def _just_sent(wanted: queries.Subscription, now: datetime) -> bool:
    return wanted.last_sent_at is not None and now - wanted.last_sent_at < PRESSED_TWICE


def entitled(database: Database, person_id: int) -> Viewer | None:
    """The person with the rights that they have now; None where there is nothing to tell them."""
    viewer = absent_viewer(database, person_id)
    tells = viewer is not None and viewer.accounts and viewer.may(Right.SEE_RECOVERY)
    return viewer if tells else None


def note(connection: Connection, wanted: queries.Subscription, outcome: Outcome) -> None:
    """What came of it. An address that answers 410 has had itself taken off.

    Nothing where the person has chosen another way meanwhile: that one has its own story.
    """
    if outcome.state == "delivered":
        queries.sent(connection, wanted)
    elif outcome.state == "gone":
        queries.end_by_key(connection, wanted.person_id, wanted.stop_key)
    else:
        queries.failed(connection, wanted, outcome.problem)
