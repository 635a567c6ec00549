"""What `check` says of disks, clocks, exchange rates and figures."""

import time
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Final

from sqlalchemy import text

from services.database.conversion import OLDEST_DAYS
from services.database.disk import Room, in_words, room_at, server_room
from services.database.engine import Database
from services.finding import Finding
from services.recovery import clock
from services.recovery.agreement import (
    OF_HISTORY,
    Broken,
    Stale,
    broken_equations,
    stale_sums,
)
from services.settings import Settings
from services.sync.rates import newest_day
from wording.days import plain_date
from wording.numbers import are, counted

# An import needs some three times its file: unpacked, in the tables, and in what sorts them.
LEAST_FREE: Final = 2 * 10**9
_APART: Final = timedelta(minutes=1)
_MOST_SAID: Final = 10  # of one kind: who has more of them knows enough


def of_disks(database: Database, chosen: Settings) -> Iterator[Finding]:
    """The room where files are unpacked, and where the server keeps its data, if that is here."""
    ours, theirs = room_at(chosen.data_directory), server_room(database)
    if ours:
        mend = f"Make room on the disk of {ours.folder}, or set DATA_DIRECTORY to another one."
        yield _disk("disk of the data directory", ours, mend)
    if theirs:
        yield _disk("disk of the server", theirs, f"Make room on the disk of {theirs.folder}.")


def _disk(subject: str, room: Room, mend: str) -> Finding:
    well = room.free >= LEAST_FREE
    says = f"{in_words(room.free)} of {in_words(room.total)} free, {room.folder}"
    return Finding(subject, well, says, "" if well else mend)


_DATED_AHEAD: Final = """
select a.name, count(*) as documents, max(d.landed_at) as latest, min(d.file_name) as file_name
from report_document d join account a on a.account_id = d.account_id
where d.landed_at > now() + cast(:slack as interval)
group by a.account_id, a.name order by a.name
"""


def of_clocks(database: Database) -> Iterator[Finding]:
    """Whether the clocks agree, and which files came on a day that is still to come."""
    with database.loading() as connection:
        there = connection.execute(text("select now()")).scalar_one()
        apart = abs(clock.of_this_machine() - there)
        ahead = connection.execute(text(_DATED_AHEAD), {"slack": clock.SLACK}).all()
    well = apart <= _APART and there >= clock.EARLIEST
    says = f"this machine's and the database's are {apart.total_seconds():.0f} s apart"
    if there < clock.EARLIEST:
        says += f"; the database's says {plain_date(there)}, before this software was made"
    yield Finding("clocks", well, says, "" if well else "Set the clock that is wrong.")
    for row in ahead:
        yield Finding(
            f"{row.name} · files of days to come",
            False,
            f"{row.documents}, such as {row.file_name}, landed as late as {plain_date(row.latest)}:"
            " a clock was ahead",
            "Import the same files again, now that the clock is right.",
        )


def of_rates(database: Database, today: date) -> Finding:
    """Whether there are rates to put currencies together with; nothing else needs them."""
    newest = newest_day(database)
    says = f"the newest of {plain_date(newest)}" if newest else "none yet"
    is_old = newest is None or (today - newest).days > OLDEST_DAYS
    mend = "A worker fetches them; at once: python -m services rates." if is_old else ""
    return Finding("exchange rates", True, says, mend, warns=is_old)


def of_figures(database: Database) -> Iterator[Finding]:
    """Whether units and money add up in every account, and the kept sums are what they sum."""
    begun = time.monotonic()
    with database.loading() as connection:
        broken = [_broken(one) for one in broken_equations(connection)]
    yield from _told("conservation", broken, "units and money of every account add up", begun)
    begun = time.monotonic()
    with database.loading() as connection:
        stale = [_stale(one) for one in stale_sums(connection)]
    yield from _told("kept sums", stale, "the same as the rows they sum", begun)


def _told(subject: str, wrong: list[Finding], says: str, begun: float) -> Iterator[Finding]:
    if not wrong:
        yield Finding(subject, True, f"{says} ({time.monotonic() - begun:.1f} s)")
    yield from wrong[:_MOST_SAID]
    if len(wrong) > _MOST_SAID:
        yield Finding(subject, False, f"and {len(wrong) - _MOST_SAID} more", wrong[-1].mend)


_AGAIN: Final = "Import any file of the account again: its figures are worked out anew."
_HISTORY: Final = (
    "The figures stand; what is told of how they came about does not. Report it to us."
)


def _broken(one: Broken) -> Finding:
    says = f"{one.equation}: {one.one} is not {one.other}"
    mend = _HISTORY if one.equation in OF_HISTORY else _AGAIN
    return Finding(f"{one.account} · {one.channel} · {one.currency}", False, says, mend)


def _stale(one: Stale) -> Finding:
    says = f"{one.table}: {counted(one.rows, 'row', 'rows')} {are(one.rows)} not what they sum"
    return Finding(f"{one.account} · {one.channel} · {one.currency}", False, says, _AGAIN)
