"""What is right and wrong with this installation, and how to mend it."""

import datetime as dt
import shlex
from collections.abc import Iterator

from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import text

from services.database import floor
from services.database.engine import Database
from services.database.prepare import MIGRATIONS
from services.delivery.queries import dead as undelivered
from services.finding import Finding
from services.health.connections import of_applications, of_connections
from services.health.data import of_clocks, of_disks, of_figures, of_rates
from services.health.database import connections, schema_as_migrated
from services.insights.answers import Channel
from services.insights.channels import channels
from services.jobs.state import queue_state
from services.settings import Settings
from wording.notices import data_until
from wording.numbers import counted


def findings(database: Database, chosen: Settings, now: dt.datetime) -> list[Finding]:
    """Settings, server, machine, schema, channels, files, jobs, rates, figures: in this order."""
    return [
        _settings(chosen),
        _server(database, chosen),
        *of_disks(database, chosen),
        *of_clocks(database),
        connections(database, chosen.database_processes),
        _migrations(database),
        schema_as_migrated(database),
        *_channels(database, now),
        *of_connections(database, now),
        *of_applications(now),
        *_not_whole(database),
        *_jobs(database),
        of_rates(database, now.date()),
        *of_figures(database),
    ]


def _settings(chosen: Settings) -> Finding:
    where = "DATABASE_URL" if chosen.database_url else f"embedded, in {chosen.data_directory}"
    return Finding("settings", True, f"database: {where}")


def _server(database: Database, chosen: Settings) -> Finding:
    with database.owning() as connection:
        number = int(connection.execute(text("show server_version_num")).scalar_one())
    verdict = floor.verdict(number)
    if verdict.is_safe:
        return Finding("server", True, verdict.message)
    mend = "Set DATABASE_URL to a server at or above the floor."
    # One person's machine keeps nobody's accounts apart; a setting that accepts it mends nothing.
    one_persons = chosen.database_url is None and not chosen.signs_in
    return Finding("server", one_persons, verdict.message, mend, warns=True)


def _migrations(database: Database) -> Finding:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    wanted = ScriptDirectory.from_config(config).get_current_head()
    with database.owning() as connection:
        here = connection.execute(text("select version_num from alembic_version")).scalar()
    mend = "" if here == wanted else "Start the dashboard or any command: it migrates."
    return Finding("migrations", here == wanted, f"at {here}, code expects {wanted}", mend)


def _channels(database: Database, now: dt.datetime) -> Iterator[Finding]:
    with database.listing_accounts() as connection:
        accounts = connection.execute(text("select account_id, name from account order by name"))
        listed = [(int(row.account_id), str(row.name)) for row in accounts]
    if not listed:
        yield Finding("channels", False, "no channel yet", "Import reports: docs/importing.md.")
    for account_id, name in listed:
        with database.reading(account_id) as connection:
            for channel in channels(connection, account_id, now):
                yield _channel(name, channel)


def _channel(account: str, channel: Channel) -> Finding:
    subject = f"{account} · {channel.code}"
    if not channel.supported:
        return Finding(subject, True, str(channel.unsupported_reason))
    says = f"{channel.connection_state}, {data_until(channel.data_until)}"
    return Finding(subject, not channel.stale, says, "Import newer reports." * channel.stale)


def _jobs(database: Database) -> Iterator[Finding]:
    with database.working() as connection:
        queue, dead = queue_state(connection), undelivered(connection)
    says = f"{queue.waiting} waiting, {'a' if queue.is_worked_on else 'no'} worker at work"
    mend = "Start one: python -m services worker." if queue.is_stuck else ""
    yield Finding("jobs", not queue.is_stuck, says, mend)
    if dead:
        says = f"{dead} given up"
        yield Finding("help desk", False, says, "Send them again from the page of requests.")


def _not_whole(database: Database) -> Iterator[Finding]:
    with database.loading() as connection:
        rows = connection.execute(
            text("""
                select a.name, count(*) as files, sum(d.rows_rejected) as rejected
                from report_document d join account a on a.account_id = d.account_id
                where not d.is_whole
                group by a.account_id, a.name order by a.name
            """)
        ).all()
    for row in rows:
        yield Finding(
            f"{row.name} · files not read whole",
            True,
            f"{row.files}, with {counted(row.rejected, 'row', 'rows')} that could not be read",
            f"python -m services rejected --account {shlex.quote(row.name)}",
        )
