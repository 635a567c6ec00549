"""`python -m services sync`, `connect`, `disconnect`, `rotate-keys`, `rates`: by hand."""

import datetime as dt
import json
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Final

import typer

from services.access.accounts import account_id_of
from services.database.engine import Database
from services.marketplaces.asking import Days, OwnKey
from services.marketplaces.registry import FIRST_CHANNEL, connecting_of, marketplace_of
from services.settings import settings
from services.sync import connections, rates
from services.sync.connections import Connected
from services.sync.progress import Progress, progress, unanswered
from services.sync.refusals import SyncRefusedError
from services.sync.sealing import KeyLostError, new_key, seal_of
from services.sync.syncing import NoRun, Syncing
from services.sync.wishes import Who, Wishes
from wording.numbers import counted

Opened = Callable[[], AbstractContextManager[Database]]
BY_COMMAND: Final = "on the server, by command"
# A report takes minutes to be made: whoever asks by hand waits for that, not for the next day's.
_PATIENCE: Final = dt.timedelta(minutes=15)
AccountName = Annotated[str | None, typer.Option("--account", help="One business only.")]
ChannelCode = Annotated[
    str | None, typer.Option("--channel", help=f"One connection only, e.g. {FIRST_CHANNEL}'s.")
]
AsJson = Annotated[bool, typer.Option("--json", help="Answer in JSON.")]
_DAY: Final = ["%Y-%m-%d"]


def add_commands(app: typer.Typer, opened: Opened) -> None:
    """Add them; `opened` gives the database and says refusals in words."""
    _syncing(app, opened)
    _connecting(app, opened)
    _sealing(app, opened)
    _converting(app, opened)


def _syncing(app: typer.Typer, opened: Opened) -> None:
    @app.command("sync")
    def sync(
        account: AccountName = None,
        channel: ChannelCode = None,
        first: Annotated[
            dt.datetime | None,
            typer.Option("--from", formats=_DAY, help="Ask for these days again."),
        ] = None,
        last: Annotated[dt.datetime | None, typer.Option("--to", formats=_DAY)] = None,
        as_json: AsJson = False,
    ) -> None:
        """Ask the connected marketplaces for what is due, and land it."""
        days = _days(first, last)
        with opened() as database:
            say = (lambda _said: None) if as_json else typer.echo
            ended = [
                _synced(database, one, days, say) for one in _wanted(database, account, channel)
            ]
        if as_json:
            typer.echo(json.dumps(ended, ensure_ascii=False, indent=2, default=str))
        raise typer.Exit(0 if all(one["well"] for one in ended) else 1)


def _days(first: dt.datetime | None, last: dt.datetime | None) -> Days | None:
    if first is None and last is None:
        return None
    if first is None or last is None or first > last:
        raise typer.BadParameter("--from and --to are given together, --from first.")
    return first.date(), last.date()


def _wanted(database: Database, account: str | None, channel: str | None) -> list[Connected]:
    """Raises SyncRefusedError where nothing is connected, UnknownAccountError."""
    if account is not None:
        account_id_of(database, account)
    with database.syncing() as connection:
        keys = connections.connected(connection, account)
        found = [connections.find(connection, *key) for key in keys]
    wanted = [
        one
        for one in found
        if one and (channel is None or any(each.code == channel for each in one.channels))
    ]
    if not wanted:
        raise SyncRefusedError(
            "No marketplace is connected there. Connect one on its page, or with"
            " `python -m services connect`."
        )
    return wanted


def _synced(
    database: Database, connected: Connected, days: Days | None, say: Callable[[str], None]
) -> dict[str, object]:
    """Until nothing is left to do within a while."""
    began = dt.datetime.now(dt.UTC)
    syncing = Syncing(database, settings(), say)
    while True:
        ran = syncing.sync(*connected.key, again=days)
        days = None
        far = _far(database, connected, began)
        if isinstance(ran, NoRun) or ran.because or far.open == 0:
            break
        wait = (far.next_at or ran.next_at) - dt.datetime.now(dt.UTC)
        if wait > _PATIENCE:
            break
        say(_in_words(connected, far))
        time.sleep(max(0.0, wait.total_seconds()))
    because = ran.because
    with database.syncing() as connection:
        missing = unanswered(connection, *connected.key, began)
    for line in [_in_words(connected, far), *missing, *([because] if because else [])]:
        say(line)
    return {
        "account": connected.account,
        "marketplace": connected.marketplace,
        "region": connected.region,
        "well": not because and not missing,
        "because": because,
        "unanswered": missing,
        **asdict(far),
    }


def _far(database: Database, connected: Connected, began: dt.datetime) -> Progress:
    with database.syncing() as connection:
        return progress(connection, *connected.key, began)


def _in_words(connected: Connected, far: Progress) -> str:
    done = f"{far.settled} of {counted(far.open + far.settled, 'report', 'reports')}"
    rows = counted(far.rows_landed, "row", "rows")
    return f"{connected.account}, {connected.opened_by.code}: {done}, {rows} landed"


# Connecting -----------------------------------------------------------------------------------


def _connecting(app: typer.Typer, opened: Opened) -> None:
    @app.command("connect")
    def connect(
        account: Annotated[str, typer.Option("--account", help="The seller's business.")],
        channel: Annotated[str, typer.Option("--channel", help="What to connect, by its code.")],
    ) -> None:
        """Connect a channel with the seller's own key, which is asked for and kept sealed."""
        with opened() as database:
            typed = {one.name: _asked(one) for one in _own_key(channel)}
            wishes = Wishes(database, settings())
            number = wishes.connect(account, channel, typed, Who(BY_COMMAND))
        typer.echo(f"Connected: {channel} of {account} (connection {number}).")

    @app.command("disconnect")
    def disconnect(
        account: Annotated[str, typer.Option("--account", help="The seller's business.")],
        channel: Annotated[str, typer.Option("--channel", help="A channel of the connection.")],
    ) -> None:
        """End a connection and delete what opened it. What has landed stays."""
        with opened() as database:
            for one in _wanted(database, account, channel):
                because = f"Disconnected {BY_COMMAND}."
                Wishes(database, settings()).disconnect(*one.key, because)
                typer.echo(f"Disconnected: {one.marketplace}, {one.region}, of {one.account}.")


def _own_key(channel: str) -> tuple[OwnKey, ...]:
    marketplace = marketplace_of(channel)
    connecting = connecting_of(marketplace.code) if marketplace else None
    if connecting is None or not connecting.own_key:
        raise SyncRefusedError(
            f"{channel} is not connected by a key of its seller's: connect it on its page."
        )
    return connecting.own_key


def _asked(field: OwnKey) -> str:
    return str(typer.prompt(field.label, hide_input=field.is_secret)).strip()


# Sealing --------------------------------------------------------------------------------------


def _sealing(app: typer.Typer, opened: Opened) -> None:
    @app.command("rotate-keys")
    def rotate_keys(
        new: Annotated[bool, typer.Option("--new", help="Only make a key, and print it.")] = False,
    ) -> None:
        """Seal with the first of SEALING_KEYS what was sealed with another."""
        if new:
            typer.echo(new_key())
            return
        with opened() as database:
            renewed, lost = _renewed(database)
        typer.echo(f"Sealed anew: {counted(renewed, 'connection', 'connections')}.")
        if lost:
            raise SyncRefusedError(
                f"{counted(lost, 'connection was', 'connections were')} sealed with a key that is"
                " not in SEALING_KEYS: put it back, or connect again."
            )


def _renewed(database: Database) -> tuple[int, int]:
    seal = seal_of(settings())
    with database.syncing() as connection:
        kept = connections.all_sealed(connection)
    done = list(_resealed(database, kept, seal.renewed))
    return sum(done), len(done) - sum(done)


def _resealed(
    database: Database, kept: list[connections.Sealed], renewed: Callable[[str], str]
) -> Iterator[bool]:
    for one in kept:
        try:
            with database.syncing() as connection:
                connections.reseal(connection, one, renewed(one.sealed))
        except KeyLostError:
            yield False
        else:
            yield True


# Exchange rates --------------------------------------------------------------------------------


def _converting(app: typer.Typer, opened: Opened) -> None:
    @app.command("rates")
    def load_rates(
        file: Annotated[
            Path | None,
            typer.Argument(exists=True, dir_okay=False, help="The bank's XML file, from disk."),
        ] = None,
    ) -> None:
        """Fetch the European Central Bank's exchange rates, or read them from its file."""
        today = dt.datetime.now(dt.UTC).date()
        with opened() as database:
            if file:
                count = rates.load(database, file, today)
            else:
                count = rates.refresh(database, settings(), today)
            typer.echo(rates.told(database, count))
