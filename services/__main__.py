"""The command line: `python -m services …`.

Exit codes: 0 done, 1 refused or not read whole with the reason on stderr, 2 wrong usage.
"""

import datetime as dt
import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer
from psycopg import OperationalError as ConnectionLost
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeElapsedColumn
from sqlalchemy.exc import OperationalError

from sample.first_start import load as load_sample_world
from sample.load import SampleWorldError
from services.access.accounts import UnknownAccountError
from services.access.commands import people_commands
from services.access.local_key import LocalKeyError, opening_address
from services.access.people import PeopleError
from services.database.embedded import EmbeddedServerError
from services.database.engine import Database, DatabaseUnavailableError
from services.database.start import Say, open_database, say_nothing, say_on_stderr
from services.database.trouble import in_words, is_busy
from services.database.turns import BusyError
from services.ending import end_in_order, end_with_input
from services.health.asking import findings
from services.insights.as_of import as_of_day, discrepancies, together, totals
from services.insights.telling import discrepancies_table, together_lines, totals_table
from services.landing import telling
from services.landing.harmless import harmless
from services.landing.importing import Progress as Told
from services.landing.importing import import_files
from services.landing.refusals import ImportRefusedError
from services.landing.rejected.listing import not_listed, rejected_rows
from services.marketplaces.asking import UnconnectableError
from services.marketplaces.currencies import ISO_CURRENCIES
from services.marketplaces.registry import FIRST_CHANNEL, MARKETPLACES
from services.recovery.again import identify_again
from services.settings import SettingsError, settings
from services.sync.commands import add_commands
from services.sync.refusals import SyncRefusedError
from services.transport.refusals import NoAnswerError
from services.worker import work, work_off

_SOLD_ON = " and ".join(one.name for one in MARKETPLACES.values())

app = typer.Typer(
    help=f"What {_SOLD_ON} sellers may claim, have recovered and have lost.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)

AccountName = Annotated[str, typer.Option("--account", help="The seller's business.")]
ChannelCode = Annotated[str | None, typer.Option("--channel", help="One channel only.")]
AsOf = Annotated[
    dt.datetime | None,
    typer.Option("--as-of", formats=["%Y-%m-%d"], help="The picture of a past day."),
]
AsJson = Annotated[bool, typer.Option("--json", help="Answer in JSON.")]

# What a person can mend: said in one sentence, without a trace.
REFUSALS = (
    ImportRefusedError,
    UnknownAccountError,
    PeopleError,
    SettingsError,
    LocalKeyError,
    DatabaseUnavailableError,
    EmbeddedServerError,
    SampleWorldError,
    BusyError,
    SyncRefusedError,
    UnconnectableError,
    NoAnswerError,
    OperationalError,  # the database was lost on the way: nothing was changed
    ConnectionLost,  # the same, while rows were copied
)


@app.callback()
def services() -> None:
    """Import reports and ask what they hold."""
    end_in_order()


@app.command("import")
def import_reports(  # noqa: PLR0917  a command line names its options
    paths: Annotated[
        list[Path],
        typer.Argument(
            metavar="PATH…", exists=True, readable=False, help="Report files, or folders of them."
        ),
    ],
    account: AccountName,
    channel: Annotated[
        str | None,
        typer.Option("--channel", help=f"Their channel, e.g. {FIRST_CHANNEL}."),
    ] = None,
    first: Annotated[
        dt.datetime | None,
        typer.Option("--from", formats=["%Y-%m-%d"], help="First day the report was asked for."),
    ] = None,
    last: Annotated[
        dt.datetime | None,
        typer.Option("--to", formats=["%Y-%m-%d"], help="Last day it was asked for."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Land report files that were downloaded by hand, whatever their kind or packing."""
    asked = _asked_days(first, last)
    with refusals_on_stderr(), opened() as database, progress_bars(shown=not as_json) as told:
        result = import_files(
            database, paths, account=account, channel=channel, asked=asked, progress=told
        )
    if as_json:
        typer.echo(json.dumps(telling.as_plain(result), ensure_ascii=False, indent=2))
    for file in result.files:
        for line in () if as_json and file.status != "refused" else telling.in_words(file):
            typer.echo(line, err=file.status == "refused")
    for again in () if as_json else result.read_again:
        typer.echo(telling.read_again_in_words(again))
    for file in result.not_whole:
        for line in telling.not_whole_in_words(file, result.account):
            typer.echo(line, err=True)
    raise typer.Exit(1 if result.refused or result.not_whole else 0)


def _asked_days(
    first: dt.datetime | None, last: dt.datetime | None
) -> tuple[dt.date, dt.date] | None:
    if (first is None) != (last is None):
        raise typer.BadParameter("--from and --to are given together.")
    if first is None or last is None:
        return None
    # A day that has not come yet cannot have been reported on.
    if not first <= last <= dt.datetime.now():  # noqa: DTZ005  the person's own calendar
        raise typer.BadParameter("--from is not after --to, and --to not after today.")
    return first.date(), last.date()


@app.command("rejected")
def rejected(account: AccountName, as_json: AsJson = False) -> None:
    """Show the rows that could not be landed, and why."""
    with refusals_on_stderr(), opened() as database:
        rows = list(rejected_rows(database, account))
        more = not_listed(database, account)
    for said in more:
        typer.echo(harmless(said), err=True)
    if as_json:
        plain = [telling.rejected_as_plain(row) for row in rows]
        typer.echo(json.dumps(plain, ensure_ascii=False, indent=2))
        return
    for row in rows:
        for line in telling.rejected_in_words(row):
            typer.echo(line)
    if not rows:
        typer.echo("No row was rejected.")


@app.command("totals")
def show_totals(
    account: AccountName,
    channel: ChannelCode = None,
    as_of: AsOf = None,
    into: Annotated[
        str | None,
        typer.Option("--in", metavar="CURRENCY", help="And all currencies together in this one."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Show the buckets by channel, type, subtype and currency."""
    if into and into not in ISO_CURRENCIES:
        raise typer.BadParameter(f"--in takes a currency such as USD: {into} is none.")
    with refusals_on_stderr():
        database = open_database()
        answer = as_of_day(database, totals, account, channel, as_of)
        if into:
            answer["together"] = together(database, answer, into)
    if as_json:
        typer.echo(json.dumps(answer, ensure_ascii=False, indent=2))
        return
    _wide().print(totals_table(answer))
    for line in together_lines(answer) if into else ():
        typer.echo(line)


@app.command("discrepancies")
def show_discrepancies(
    account: AccountName,
    channel: ChannelCode = None,
    as_of: AsOf = None,
    as_json: AsJson = False,
) -> None:
    """Show every discrepancy with its state, units, amounts, dates and evidence."""
    with refusals_on_stderr():
        answer = as_of_day(open_database(), discrepancies, account, channel, as_of)
    if as_json:
        typer.echo(json.dumps(answer["rows"], ensure_ascii=False, indent=2))
        return
    _wide().print(discrepancies_table(answer))


def _wide() -> Console:
    # Through a pipe there is no terminal to be too narrow for.
    return Console(width=None if sys.stdout.isatty() else 200)


@app.command("check")
def check(as_json: AsJson = False) -> None:
    """Say what is right and wrong with settings, database, channels and freshness."""
    with refusals_on_stderr():
        looked_at = findings(open_database(), settings(), dt.datetime.now(dt.UTC))
    if as_json:
        typer.echo(json.dumps([asdict(one) for one in looked_at], ensure_ascii=False, indent=2))
    for one in () if as_json else looked_at:
        mend = f"  → {one.mend}" if one.mend else ""
        typer.echo(f"{one.mark}  {one.subject}: {one.says}{mend}")
    raise typer.Exit(0 if all(one.well for one in looked_at) else 1)


@app.command("worker")
def worker(
    once: Annotated[bool, typer.Option("--once", help="Do what is due, then stop.")] = False,
    while_input_is_open: Annotated[
        bool, typer.Option("--while-input-is-open", help="Stop where the standard input ends.")
    ] = False,
) -> None:
    """Ask connected marketplaces, send what waits, import what was dropped. Runs until stopped."""
    if while_input_is_open:
        end_with_input()
    with refusals_on_stderr(), opened(warn=say_on_stderr) as database:
        if once:
            work_off(database, typer.echo)
        else:
            work(database, typer.echo, alone=not while_input_is_open)


@app.command("open")
def open_dashboard() -> None:
    """Print the address that opens the dashboard of this machine in a browser."""
    with refusals_on_stderr():
        typer.echo(opening_address(settings()))


@app.command("sample")
def sample() -> None:
    """Write the sample world's report files and import them."""
    with refusals_on_stderr():
        load_sample_world(open_database(), settings(), say_on_stderr)


@contextmanager
def opened(*, warn: Say = say_nothing) -> Iterator[Database]:
    """The database of the settings, for as long as a command needs it.

    `warn`: what a process that goes on running says of the server at its start.
    """
    database = open_database(warn=warn)
    try:
        identify_again(database, say_on_stderr)
        yield database
    finally:
        database.dispose()


@contextmanager
def refusals_on_stderr() -> Iterator[None]:
    """Say a refusal on stderr and end with exit code 1."""
    try:
        yield
    except REFUSALS as refusal:
        typer.echo(_said(refusal), err=True)
        raise typer.Exit(1) from refusal


def _said(refusal: Exception) -> str:
    was_lost = getattr(refusal, "connection_invalidated", isinstance(refusal, ConnectionLost))
    if was_lost or is_busy(refusal):
        return in_words(refusal)
    return str(refusal).partition("\n(Background")[0]


@contextmanager
def progress_bars(*, shown: bool) -> Iterator[Told]:
    """One bar a file, on a terminal only."""
    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, disable=not (shown and console.is_terminal)) as bars:
        tasks: dict[str, TaskID] = {}

        def told(what: str, done: int, total: int) -> None:
            if what not in tasks:
                tasks[what] = bars.add_task(what, total=total or None)
            bars.update(tasks[what], completed=done)

        yield told


@contextmanager
def opened_in_words() -> Iterator[Database]:
    """The database; what it or a rule refuses is said in words."""
    with refusals_on_stderr(), opened() as database:
        yield database


add_commands(app, opened_in_words)
app.add_typer(people_commands(opened_in_words), name="people", no_args_is_help=True)

if __name__ == "__main__":
    app(prog_name="python -m services")
