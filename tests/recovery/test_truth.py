"""Identification recovers exactly what the sample world's story says happened: no more, no less.

From whole files: every event with its days and units. What can be claimed is Ready, or Future with
a reason where a report does not reach far enough yet; nothing else is Ready. From files that are
late, missing, cut, damaged, saved again by a spreadsheet or stale: nothing false is Ready either.

The truth comes from the story's objects alone (what was lost, found, paid, taken back, by when it
can be claimed), never from the product's SQL. The reports are written by the sample's writers and
landed by the real import. The worlds are the sample's own, made small.
"""

import csv
import datetime as dt
import io
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractContextManager
from dataclasses import replace
from pathlib import Path
from typing import Final

import pytest
from sqlalchemy import URL, text

from sample.model import Loss, Story
from sample.standing import standing
from sample.story import build_story, markets
from sample.world import SampleImport, write_channel
from services.database.engine import Database
from services.landing.importing import import_files
from services.landing.target import Days
from tests.common.databases import Stocked, fresh_database
from tests.common.reports.told import told
from tests.recovery.damage import shown_by_a_spreadsheet

# key, SKU, day; units: whole, found, paid in cash, paid in goods, future, ready, ready without a
# known last day, in progress, expired, denied
Event = tuple[str, str, dt.date, int, int, int, int, int, int, int, int, int, int]
Events = dict[str, Counter[Event]]  # by channel and subtype
Id = tuple[str, str, str]  # channel and subtype, SKU, one of the event's ids

# By which of its ids an event is known.
_BY_ORDER: Final = ("refunded_not_returned", "refunded_more", "fulfilment_fee", "referral_fee")
_BY_LOG: Final = ("damaged_in_warehouse", "destroyed_in_warehouse")

# A refunded unit that came back is found, and no claim: the story does not tell of it.
_TAKEN_AWAY = "d.subtype in ('refunded_not_returned', 'replacement_not_returned')"
_RECOVERED = f"""
select channel.code, d.subtype, d.order_id, d.reference, d.location, d.event_key, d.sku,
    -- Of a return without a known refund the earliest day counts: the story tells the return's.
    case when back.day in (d.event_on + 60, d.event_on + 45) and d.event_on_approximate
        then back.day else d.event_on end,
    case when {_TAKEN_AWAY} then d.units - d.found_units else d.units end,
    case when {_TAKEN_AWAY} then 0 else d.found_units end,
    d.paid_cash_units, d.paid_inventory_units,
    case when d.expires_on < :today then 0 when d.opens_on > :today then d.remaining_units
        else d.held_units end,
    case when :today between d.opens_on and d.expires_on then d.remaining_units - d.held_units
        else 0 end,
    case when d.expires_on is null and (d.opens_on is null or d.opens_on <= :today)
        then d.remaining_units - d.held_units else 0 end,
    d.in_progress_units,
    case when d.expires_on < :today then d.remaining_units else 0 end,
    d.denied_units
from discrepancy d
join channel on channel.account_id = d.account_id and channel.channel_id = d.channel_id
left join lateral (
    select (r.returned_at at time zone channel.time_zone)::date as day
    from amazon_customer_return r
    where d.subtype = 'returned_damaged' and r.account_id = d.account_id
        and r.document_id = d.document_id and r.row_number = d.row_number
) back on true
where not ({_TAKEN_AWAY} and d.found_units = d.units)
"""
_FUTURE: Final = 7  # of an event: the units that may be claimed later
_READY: Final = slice(8, 10)  # and those that may be claimed today


def today(ago: int = 0) -> dt.date:
    return dt.datetime.now(dt.UTC).date() - dt.timedelta(days=ago)


def small_world(channel: str, share: int, seed: int, ago: int = 0) -> Story:
    """One of the sample's channels, `share` per cent of the largest one's size."""
    day = today(ago)
    market = next(one for one in markets(day) if one.channel == channel)
    return build_story(day, seed, [replace(market, share=share)])


def written(story: Story, folder: Path) -> SampleImport:
    return write_channel(folder, story, story.markets[0])


def land(
    database: Database, imported: SampleImport, paths: Iterable[Path], asked: Days | None = None
) -> None:
    result = import_files(
        database, list(paths), account=imported.account, channel=imported.channel, asked=asked
    )
    assert not result.refused, [(file.file, file.refused_because) for file in result.refused]


def land_all(database: Database, story: Story, imported: SampleImport) -> None:
    """Every file, each asked for all the days that the story tells: quiet days are told, too.

    What came back in the first weeks had been asked for before them.
    """
    market = story.markets[0]
    first = market.first_day - dt.timedelta(days=60)
    land(database, imported, imported.paths, (first, market.last_day))


def truth(story: Story) -> Events:
    """Every event that the reports tell of."""
    events: Events = {}
    for loss in told(story):
        group = f"{loss.market.channel} {loss.subtype}"
        events.setdefault(group, Counter())[_event(story, loss)] += 1
    return events


def _event(story: Story, loss: Loss) -> Event:
    now = standing(story, loss)
    by_order = loss.subtype in _BY_ORDER and loss.market.is_amazon
    key = loss.order_id if by_order else loss.reference
    return (
        key or loss.location,
        loss.product.sku,
        loss.event_on,
        loss.units,
        now.found,
        now.paid_cash,
        now.paid_inventory,
        now.future,
        now.ready,
        now.undated,
        now.in_progress,
        now.expired,
        now.denied,
    )


def recovered(database: Database, day: dt.date) -> Events:
    """Every discrepancy, in the same shape."""
    found: Events = {}
    with database.owning() as connection:
        rows = connection.execute(text(_RECOVERED), {"today": day}).all()
    for code, subtype, order_id, reference, location, event_key, *rest in rows:
        by_order = subtype in _BY_ORDER and code.startswith("amazon-")
        by_log = subtype in _BY_LOG and code.startswith("walmart-")
        key = (order_id if by_order else event_key if by_log else reference) or location
        found.setdefault(f"{code} {subtype}", Counter())[(key, *rest)] += 1
    return found


def table(true: Events, found: Events) -> str:
    """Precision and recall per channel and subtype, one line each."""
    lines = [f"{'':38} true found precision recall"]
    for group in sorted(true.keys() | found.keys()):
        told_of, seen = true.get(group, Counter()), found.get(group, Counter())
        both = (told_of & seen).total()
        precision = both / seen.total() if seen else 1
        recall = both / told_of.total() if told_of else 1
        lines.append(
            f"{group:38} {told_of.total():4} {seen.total():5} {precision:9.1%} {recall:6.1%}"
        )
    return "\n".join(("", *lines, ""))


@pytest.mark.parametrize(
    "world",
    [
        ("amazon-us", 9, 1, 0),
        ("amazon-us", 6, 2, 45),
        ("amazon-uk", 7, 3, 0),
        ("amazon-de", 7, 4, 17),
        ("amazon-ca", 6, 5, 0),
        ("walmart-us", 15, 6, 30),
    ],
)
def test_clean_files_give_the_truth(
    database: Database, tmp_path: Path, world: tuple[str, int, int, int]
) -> None:
    """Every event once, with its day, its units and where each of them stands: 100 %."""
    story = small_world(*world)
    imported = written(story, tmp_path)
    land_all(database, story, imported)

    true, found = truth(story), recovered(database, story.today)

    sys.stdout.write(table(true, found))
    assert as_open(found) == as_open(true)
    nothing_false_is_ready(story, found)
    what_waits_says_why(database, true, found)
    # To hold everything back would be no proof. A report that comes every second week only is
    # within seven days of the newest half of the time.
    assert 4 * ready_units(found) > ready_units(true)


def as_open(events: Events) -> Events:
    """The events with what is open as one figure, whether Ready or Future."""
    return {
        group: Counter(
            {
                (*one[:_FUTURE], sum(one[_FUTURE : _READY.stop]), 0, 0, *one[_READY.stop :]): times
                for one, times in counted.items()
            }
        )
        for group, counted in events.items()
    }


def ready_units(events: Events) -> int:
    return sum(
        sum(one[_READY]) * times for counted in events.values() for one, times in counted.items()
    )


def future_units(events: Events) -> int:
    return sum(
        one[_FUTURE] * times for counted in events.values() for one, times in counted.items()
    )


def what_waits_says_why(database: Database, true: Events, found: Events) -> None:
    """Whatever is Future beyond what the story's own calendar holds back is held, and says why."""
    with database.owning() as connection:
        held, reasons = connection.execute(
            text(
                "select coalesce(sum(held_units), 0), count(*) filter (where held_units > 0"
                " and held_because is null) from discrepancy"
            )
        ).one()
    assert reasons == 0
    assert held >= future_units(found) - future_units(true)


def ids(story: Story) -> dict[Id, int]:
    """By what each true event may be called where some of its reports are missing, and how many
    units it is about at most."""
    units: dict[Id, int] = {}
    for loss in story.losses:
        for name in filter(None, (loss.reference, loss.order_id, loss.location)):
            called = (f"{loss.market.channel} {loss.subtype}", loss.product.sku, name)
            units[called] = max(units.get(called, 0), loss.units)
    return units


def ready(found: Events) -> dict[Id, int]:
    """What may be claimed today, and how many units of each."""
    return {
        (group, event[1], event[0]): sum(event[_READY])
        for group, events in found.items()
        for event in events
        if sum(event[_READY])
    }


def nothing_false_is_ready(story: Story, found: Events, *, may_be_none: bool = False) -> None:
    true, claimable = ids(story), ready(found)
    assert claimable or may_be_none, "a world in which nothing is ready proves nothing"
    assert not {event: units for event, units in claimable.items() if units > true.get(event, 0)}


def newest_of_each_kind(paths: Iterable[Path]) -> set[Path]:
    """The file of each kind that came last, where the kind comes in several."""
    kinds: dict[str, list[Path]] = {}
    for path in paths:
        kinds.setdefault(path.name.split("_")[0], []).append(path)
    return {files[-1] for files in kinds.values() if len(files) > 1}


@pytest.mark.parametrize(
    ("channel", "share", "seed"), [("amazon-us", 6, 11), ("walmart-us", 9, 12)]
)
def test_delayed_files_make_nothing_false_ready(
    database: Database, tmp_path: Path, channel: str, share: int, seed: int
) -> None:
    """The last weeks of every report that comes in pieces have not arrived yet."""
    story = small_world(channel, share, seed)
    imported = written(story, tmp_path)
    late = newest_of_each_kind(imported.paths)
    land(database, imported, [path for path in imported.paths if path not in late])

    nothing_false_is_ready(story, recovered(database, story.today), may_be_none=True)

    land_all(database, story, imported)
    assert as_open(recovered(database, story.today)) == as_open(truth(story))


def sorted_otherwise(path: Path, folder: Path) -> Path:
    """Another download of the same rows: header and first row, then the others backwards."""
    lines = path.read_bytes().splitlines(keepends=True)
    again = folder / f"again-{path.name}"
    again.write_bytes(b"".join([*lines[:2], *reversed(lines[2:])]))
    return again


@pytest.mark.parametrize(
    ("channel", "share", "seed"), [("amazon-us", 6, 13), ("walmart-us", 9, 14)]
)
def test_repeated_files_give_the_same_totals(
    database: Database, tmp_path: Path, channel: str, share: int, seed: int
) -> None:
    """The same files once more, the newest first, and other downloads of the same rows."""
    story = small_world(channel, share, seed)
    imported = written(story, tmp_path)
    land(database, imported, reversed(imported.paths))
    once = recovered(database, story.today)
    assert as_open(once) == as_open(truth(story))

    again = [sorted_otherwise(path, tmp_path) for path in imported.paths if path.suffix == ".txt"]
    land(database, imported, [*imported.paths, *again])

    assert recovered(database, story.today) == once


Landed = Callable[[str, Story, Callable[[Database], object]], AbstractContextManager[Database]]


@pytest.fixture
def landed(server: URL, stocked: Stocked) -> Landed:
    """What several tests of a world begin with has landed: once a run, each has it to itself."""

    def landed(
        name: str, story: Story, fill: Callable[[Database], object]
    ) -> AbstractContextManager[Database]:
        channel = story.markets[0].channel.replace("-", "_")
        return fresh_database(server, stocked(f"truth_{name}_{story.today:%Y%m%d}_{channel}", fill))

    return landed


# The first of a channel has most of the files: the worlds that miss another one share it.
MISSING: Final = {
    "amazon-us": ("settlement", "customer-returns", "inventory-ledger-detail", "reimbursements"),
    "walmart-us": ("recon", "wfs-inbound-receipts", "returns"),
}


@pytest.mark.parametrize(
    ("channel", "missing"), [(channel, kind) for channel in MISSING for kind in MISSING[channel]]
)
def test_a_missing_kind_makes_nothing_false_ready(
    landed: Landed, tmp_path: Path, channel: str, missing: str
) -> None:
    story = small_world(channel, 5, 15)
    imported = written(story, tmp_path)
    largest, *small = MISSING[channel]
    shared = without(imported.paths, [missing] if missing == largest else small)
    others = [path for path in without(imported.paths, [missing]) if path not in shared]
    name = "without_largest" if missing == largest else "with_largest"
    with landed(name, story, lambda empty: land(empty, imported, shared)) as database:
        if others:
            land(database, imported, others)
        _misses(database, story, missing)


def without(paths: Iterable[Path], kinds: Sequence[str]) -> list[Path]:
    left_out = tuple(kinds)
    kept = [path for path in paths if not path.name.startswith(left_out)]
    assert kept
    return kept


def _misses(database: Database, story: Story, missing: str) -> None:
    found = recovered(database, story.today)

    nothing_false_is_ready(story, found, may_be_none=True)
    if missing == "customer-returns":  # a refund alone proves nothing, and is not hidden
        for group in ("amazon-us refunded_not_returned", "amazon-us replacement_not_returned"):
            assert group in found
            assert ready_units({group: found[group]}) == 0
            assert future_units({group: found[group]}) > 0
        what_waits_says_why(database, truth(story), found)


# Files as people have them --------------------------------------------------------------------


def cut_off(content: bytes) -> bytes:
    """The download broke off, in the middle of a row."""
    return content[: len(content) * 3 // 5]


def garbled(content: bytes) -> bytes:
    """In every ninth row a byte that is no letter stands for one that was."""
    lines = content.splitlines(keepends=True)
    for number in range(4, len(lines), 9):
        middle = len(lines[number]) // 2
        lines[number] = lines[number][:middle] + b"\xff" + lines[number][middle + 1 :]
    return b"".join(lines)


def shifted(content: bytes) -> bytes:
    """In every seventh row a cell is missing: what stood right of it stands one to the left."""
    lines = content.splitlines(keepends=True)
    mark = b"\t" if b"\t" in lines[0] else b","
    for number in range(3, len(lines), 7):
        before, _, after = lines[number].partition(mark)
        lines[number] = before + after
    return b"".join(lines)


def resaved(content: bytes) -> bytes:
    """Opened in a spreadsheet and saved as commas: long numbers rounded, zeros and days changed."""
    is_marked = content.startswith(b"\xef\xbb\xbf")
    text_of = content.decode("utf-8-sig" if is_marked else "cp1252", "replace")
    mark = "\t" if "\t" in text_of.partition("\n")[0] else ","
    rows = csv.reader(io.StringIO(text_of), delimiter=mark)
    out = io.StringIO()
    csv.writer(out, lineterminator="\r\n").writerows(
        [shown_by_a_spreadsheet(cell) for cell in row] for row in rows
    )
    return out.getvalue().encode()


def stale(content: bytes) -> bytes:
    """Downloaded weeks ago: the newer half of the rows had not happened."""
    lines = content.splitlines(keepends=True)
    return b"".join(lines[: max(2, len(lines) // 2)])


DAMAGES: Final[tuple[Callable[[bytes], bytes], ...]] = (cut_off, garbled, shifted, resaved, stale)
WORLDS: Final = (("amazon-us", 5, 21), ("walmart-us", 7, 22))


def spoilt(paths: Iterable[Path], folder: Path, damage: Callable[[bytes], bytes]) -> list[Path]:
    """The newest file of each kind that is text, damaged; our own records are as they are."""
    newest = {path.name.split("_")[0]: path for path in paths if path.suffix in {".txt", ".csv"}}
    made = []
    for path in newest.values():
        if path.name.startswith(("sourcing-costs", "removal-receipts", "removal_receipts")):
            continue
        made.append(folder / f"spoilt-{path.name}")
        made[-1].write_bytes(damage(path.read_bytes()))
    return made


def land_what_lands(database: Database, imported: SampleImport, paths: Iterable[Path]) -> None:
    """A damaged file may be refused; each row of the others is counted."""
    for one in import_files(
        database, list(paths), account=imported.account, channel=imported.channel
    ).files:
        counted = one.rows_landed + one.rows_passed_over + one.rows_rejected
        assert counted == one.rows_in_file, one


@pytest.mark.parametrize("damage", DAMAGES)
@pytest.mark.parametrize("world", WORLDS)
def test_damaged_files_make_nothing_false_ready(
    landed: Landed,
    tmp_path: Path,
    world: tuple[str, int, int],
    damage: Callable[[bytes], bytes],
) -> None:
    """The newest file of each kind is there in a damaged copy only."""
    story = small_world(*world)
    imported = written(story, tmp_path)
    bad = spoilt(imported.paths, tmp_path, damage)
    replaced = {path.name.removeprefix("spoilt-") for path in bad}
    assert len(replaced) >= 4
    kept = [path for path in imported.paths if path.name not in replaced]
    with landed("kept", story, lambda empty: land(empty, imported, kept)) as database:
        land_what_lands(database, imported, bad)
        nothing_false_is_ready(story, recovered(database, story.today), may_be_none=True)


@pytest.mark.parametrize("damage", DAMAGES)
@pytest.mark.parametrize("world", WORLDS)
def test_damaged_copies_hide_nothing_and_make_nothing_ready(
    landed: Landed,
    tmp_path: Path,
    world: tuple[str, int, int],
    damage: Callable[[bytes], bytes],
) -> None:
    """The whole files have landed; damaged copies of the newest ones come after them."""
    story = small_world(*world)
    imported = written(story, tmp_path)
    with landed("whole", story, lambda empty: land_all(empty, story, imported)) as database:
        before = recovered(database, story.today)
        land_what_lands(database, imported, spoilt(imported.paths, tmp_path, damage))
        found = recovered(database, story.today)
    nothing_false_is_ready(story, found)
    hidden = {
        group: counted - as_open(found).get(group, Counter())
        for group, counted in as_open(before).items()
    }
    assert not {group: dict(events) for group, events in hidden.items() if events}
