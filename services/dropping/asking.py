"""What a page does for whoever drops: asks the worker to load, or to take back, and looks on."""

import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final
from zoneinfo import ZoneInfo

from services.access.accounts import BadNameError, name_of_new
from services.access.rights import Right
from services.access.viewer import Account, NotAllowedError, Viewer
from services.database.engine import Database
from services.dropping import before, folder, queries
from services.dropping.folder import Drop, Dropped
from services.dropping.queries import ChannelCode, ImportRequest
from services.jobs import lanes, later
from services.jobs.state import is_worked_on
from services.landing.documents import day_in
from services.landing.target import Days
from services.recovery import clock
from wording.days import days_between

DO: Final = "dropping:do"
# A person's requests that wait at once: the next is asked for when one of them is done.
MOST_WAITING: Final = 5


class NotAskedError(ValueError):
    """It cannot be asked for; the message says why, for people."""


@dataclass(frozen=True)
class Into:
    """Where files are to be loaded. account_id None: into an account of this name, to be made."""

    account_id: int | None
    account_name: str
    channel: str


@dataclass(frozen=True)
class Standing:
    """What a person's page shows of their last request. is_worked_on: whether a worker is there."""

    request: ImportRequest | None
    is_worked_on: bool

    @property
    def is_waiting(self) -> bool:
        """Whether it is still to be done."""
        return self.request is not None and self.request.state == "waiting"


def new_drop(viewer: Viewer) -> Drop:
    """An empty one, for one page. Raises NotAllowedError."""
    viewer.require(Right.LOAD_REPORTS)
    return Drop(viewer.person_id, secrets.token_hex(16))


def dropped(viewer: Viewer, drop: Drop) -> tuple[Dropped, ...]:
    """What is there whole. Raises NotAllowedError."""
    return folder.files(_own(viewer, drop))


def leave_out(viewer: Viewer, drop: Drop, number: int) -> None:
    """One of its files goes. Raises NotAllowedError."""
    folder.leave_out(_own(viewer, drop), number)


def was_asked(viewer: Viewer, drop: Drop, number: int, days: Days | None, time_zone: str) -> None:
    """One of its files was asked for these days at the marketplace; None: nobody says which.

    time_zone: in which its moments are days. Raises NotAllowedError, NotAskedError.
    """
    found = next((one for one in dropped(viewer, drop) if one.number == number), None)
    if found is None or not found.can_be_asked:
        raise NotAskedError("The days of this file cannot be said.")
    if days and (reason := _why_not(found, days, time_zone)):
        raise NotAskedError(reason)
    folder.was_asked(drop, found, days)


def days_of_rows(one: Dropped, time_zone: str) -> Days | None:
    """The days by which a file is asked for, as its rows name them; None: none does."""
    first, last = one.documents[0].asked_first, one.documents[0].asked_last
    return (day_in(first, time_zone), day_in(last, time_zone)) if first and last else None


def _why_not(one: Dropped, days: Days, time_zone: str) -> str:
    """Why a file cannot have been asked for these days; else ''."""
    if days[0] > days[1]:
        return "The first day is after the last one."
    if days[1] > clock.now().astimezone(ZoneInfo(time_zone)).date():
        return "A day that is still to come cannot have been reported on."
    rows = days_of_rows(one, time_zone)
    if rows and not days[0] <= rows[0] <= rows[1] <= days[1]:
        return f"It holds rows of {days_between(*rows)}: it was asked for these days at least."
    return ""


def _refuse_other_days(files: Iterable[Dropped], time_zone: str) -> None:
    """The channel may be another one than when they were said. Raises NotAskedError."""
    for one in files:
        if one.asked and (reason := _why_not(one, one.asked, time_zone)):
            raise NotAskedError(f"{one.path}: {reason}")


def begin_again(viewer: Viewer, drop: Drop) -> None:
    """All of its files go. Raises NotAllowedError."""
    folder.leave(_own(viewer, drop))


def _own(viewer: Viewer, drop: Drop) -> Drop:
    viewer.require(Right.LOAD_REPORTS)
    if drop.person_id != viewer.person_id:
        raise NotAllowedError("These files are somebody else's.")
    return drop


def places_to_load(viewer: Viewer) -> tuple[Account, ...]:
    """The viewer's accounts that take reports; samples are invented. Raises NotAllowedError."""
    viewer.require(Right.LOAD_REPORTS)
    return tuple(one for one in viewer.accounts if not one.is_sample)


def channels_to_load(database: Database, viewer: Viewer) -> tuple[ChannelCode, ...]:
    """Every channel that there may be. Raises NotAllowedError."""
    viewer.require(Right.LOAD_REPORTS)
    with database.of_person(viewer.person_id) as connection:
        return queries.channels_there_are(connection)


def fitting(files: Sequence[Dropped], marketplace: str) -> tuple[Dropped, ...]:
    """The files that a channel of this marketplace takes: its reports, and kinds of our own."""
    return tuple(
        one
        for one in files
        if one.is_known and (not one.marketplaces or marketplace in one.marketplaces)
    )


def load(database: Database, viewer: Viewer, drop: Drop, into: Into) -> int:
    """Ask the worker to load what fits the channel; the import's number.

    Raises NotAllowedError, NotAskedError.
    """
    _own(viewer, drop)
    account_id, name = _target(viewer, into)
    with database.asking(account_id or (), viewer.person_id) as connection:
        _refuse_too_many(queries.waiting_of(connection, viewer.person_id))
        channel = _channel(queries.channels_there_are(connection), into.channel)
        files = fitting(folder.files(drop), channel.marketplace)
        if not files:
            raise NotAskedError("There is no file to load.")
        _refuse_other_days(files, channel.time_zone)
        import_id = queries.ask(
            connection,
            viewer.person_id,
            account_id=account_id,
            account_name=name,
            channel=into.channel,
            undoes=None,
            files=len(files),
        )
        later.defer(connection, DO, lane=lanes.IMPORTS, lock=_line(viewer), import_id=import_id)
        folder.hand_over(drop, files, channel.marketplace, import_id)
    return import_id


def _target(viewer: Viewer, into: Into) -> tuple[int | None, str]:
    if into.account_id is not None:
        account = viewer.require_account(into.account_id)
        if account.is_sample:
            raise NotAskedError("This account is a sample: load your own reports into your own.")
        return account.account_id, account.name
    try:
        return None, name_of_new(viewer, into.account_name)
    except BadNameError as bad:
        raise NotAskedError(str(bad)) from None


def _channel(known: Sequence[ChannelCode], code: str) -> ChannelCode:
    found = next((one for one in known if one.code == code), None)
    if found is None:
        raise NotAskedError("There is no such channel.")
    return found


def _refuse_too_many(waiting: int) -> None:
    if waiting >= MOST_WAITING:
        raise NotAskedError("Several of your imports are waiting. Ask again when one is done.")


def _line(viewer: Viewer) -> str:
    """One person's requests are done one after the other, in the order they were asked in."""
    return f"import {viewer.person_id}"


def undo(database: Database, viewer: Viewer, import_id: int) -> int:
    """Ask the worker to take back what an import has loaded; the number of that request.

    Whether it can be undone the worker says: only from what stood when it was done.
    Raises NotAllowedError, NotAskedError.
    """
    viewer.require(Right.LOAD_REPORTS)
    with database.of_person(viewer.person_id) as connection:
        loaded = queries.request_of(connection, import_id)
    if loaded is None or loaded.account_id is None:
        raise NotAllowedError(f"{viewer.person.name} has loaded nothing under this number.")
    account = viewer.require_account(loaded.account_id)
    with database.asking(account.account_id, viewer.person_id) as connection:
        _refuse_too_many(queries.waiting_of(connection, viewer.person_id))
        number = queries.ask(
            connection,
            viewer.person_id,
            account_id=account.account_id,
            account_name=account.name,
            channel=None,
            undoes=import_id,
            files=0,
        )
        later.defer(connection, DO, lane=lanes.IMPORTS, lock=_line(viewer), import_id=number)
    return number


def may_be_undone(request: ImportRequest) -> bool:
    """Whether what stood before it is still kept, and something was loaded at all."""
    is_done = request.state == "done" and request.mark is not None and request.undone_at is None
    return is_done and before.kept_in(request.import_id).exists()


def standing(database: Database, viewer: Viewer, account_id: int | None) -> Standing:
    """The viewer's last request for the account, or for any. Raises NotAllowedError."""
    viewer.require(Right.LOAD_REPORTS)
    if account_id is not None:
        viewer.require_account(account_id)
    with database.of_person(viewer.person_id) as connection:
        request = queries.latest_of(connection, viewer.person_id, account_id)
        return Standing(request, is_worked_on(connection))
