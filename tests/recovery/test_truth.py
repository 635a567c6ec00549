"""Identification recovers exactly what the sample world's story says happened: no more, no less.

The truth comes from the story's objects alone (what was lost, found, paid, taken back, by when it
can be claimed), never from the product's SQL. The reports are written by the sample's writers and
landed by the real import. The worlds are the sample's own, made small.
"""

import datetime as dt
import sys
from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Final

import pytest
from sqlalchemy import text

from services.database.engine import Database
from services.sample.model import Loss, Story
from services.sample.standing import standing
from services.sample.story import build_story, markets
from services.sample.world import SampleImport, write_channel
from services.sync.importing import import_files
from tests.sample.told import told

# key, SKU, day; units: whole, found, paid in cash, paid in goods, future, ready, ready without a
# known last day, in progress, expired, denied
Event = tuple[str, str, dt.date, int, int, int, int, int, int, int, int, int, int]
Events = dict[str, Counter[Event]]  # by channel and subtype
Id = tuple[str, str, str]  # channel and subtype, SKU, one of the event's ids

# By which of its ids an event is known.
_BY_ORDER: Final = ("refunded_not_returned", "refunded_more", "fulfilment_fee", "referral_fee")
_BY_LOG: Final = ("damaged_in_warehouse", "destroyed_in_warehouse")

_RECOVERED = """
select channel.code, d.subtype, d.order_id, d.reference, d.place, d.event_key, d.sku, d.event_on,
    d.units, d.found_units, d.paid_cash_units, d.paid_inventory_units,
    case when d.opens_on > :today then d.remaining_units else 0 end,
    case when :today between d.opens_on and d.expires_on then d.remaining_units else 0 end,
    case when d.expires_on is null and (d.opens_on is null or d.opens_on <= :today)
        then d.remaining_units else 0 end,
    d.in_progress_units,
    case when d.expires_on < :today and d.opens_on <= :today then d.remaining_units else 0 end,
    d.denied_units
from discrepancy d
join channel on channel.account_id = d.account_id and channel.channel_id = d.channel_id
"""
_READY: Final = slice(8, 10)  # of an event: the units that may be claimed today


def today(ago: int = 0) -> dt.date:
    return dt.datetime.now(dt.UTC).date() - dt.timedelta(days=ago)


def small_world(channel: str, share: int, seed: int, ago: int = 0) -> Story:
    """One of the sample's channels, `share` per cent of the largest one's size."""
    day = today(ago)
    market = next(one for one in markets(day) if one.channel == channel)
    return build_story(day, seed, [replace(market, share=share)])


def written(story: Story, folder: Path) -> SampleImport:
    return write_channel(folder, story, story.markets[0])


def land(database: Database, imported: SampleImport, paths: Iterable[Path]) -> None:
    result = import_files(database, list(paths), account=imported.account, channel=imported.channel)
    assert not result.refused, [(file.file, file.refused_because) for file in result.refused]


def truth(story: Story) -> Events:
    """Every event that the reports tell of."""
    events: Events = {}
    for loss in told(story):
        place = f"{loss.market.channel} {loss.subtype}"
        events.setdefault(place, Counter())[_event(story, loss)] += 1
    return events


def _event(story: Story, loss: Loss) -> Event:
    now = standing(story, loss)
    by_order = loss.subtype in _BY_ORDER and loss.market.is_amazon
    key = loss.order_id if by_order else loss.reference
    return (
        key or loss.place, loss.product.sku, loss.event_on, loss.units, now.found, now.paid_cash,
        now.paid_inventory, now.future, now.ready, now.undated, now.in_progress, now.expired,
        now.denied,
    )  # fmt: skip


def recovered(database: Database, day: dt.date) -> Events:
    """Every discrepancy, in the same shape."""
    found: Events = {}
    with database.owning() as connection:
        rows = connection.execute(text(_RECOVERED), {"today": day}).all()
    for code, subtype, order_id, reference, place, event_key, *rest in rows:
        by_order = subtype in _BY_ORDER and code.startswith("amazon-")
        by_log = subtype in _BY_LOG and code.startswith("walmart-")
        key = (order_id if by_order else event_key if by_log else reference) or place
        found.setdefault(f"{code} {subtype}", Counter())[(key, *rest)] += 1
    return found


def table(true: Events, found: Events) -> str:
    """Precision and recall per channel and subtype, one line each."""
    lines = [f"{'':38} true found precision recall"]
    for place in sorted(true.keys() | found.keys()):
        told_of, seen = true.get(place, Counter()), found.get(place, Counter())
        both = (told_of & seen).total()
        precision = both / seen.total() if seen else 1
        recall = both / told_of.total() if told_of else 1
        lines.append(
            f"{place:38} {told_of.total():4} {seen.total():5} {precision:9.1%} {recall:6.1%}"
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
    land(database, imported, imported.paths)

    true, found = truth(story), recovered(database, story.today)

    sys.stdout.write(table(true, found))
    missed = {place: events - found.get(place, Counter()) for place, events in true.items()}
    assert not {place: events for place, events in missed.items() if events}
    assert found == true


def ids(story: Story) -> dict[Id, int]:
    """By what each true event may be called where some of its reports are missing, and how many
    units it is about at most."""
    units: dict[Id, int] = {}
    for loss in story.losses:
        for name in filter(None, (loss.reference, loss.order_id, loss.place)):
            called = (f"{loss.market.channel} {loss.subtype}", loss.product.sku, name)
            units[called] = max(units.get(called, 0), loss.units)
    return units


def ready(found: Events) -> dict[Id, int]:
    """What may be claimed today, and how many units of each."""
    return {
        (place, event[1], event[0]): sum(event[_READY])
        for place, events in found.items()
        for event in events
        if sum(event[_READY])
    }


def nothing_false_is_ready(story: Story, found: Events) -> None:
    true, claimable = ids(story), ready(found)
    assert claimable, "a world in which nothing is ready proves nothing"
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

    nothing_false_is_ready(story, recovered(database, story.today))

    land(database, imported, [path for path in imported.paths if path in late])
    assert recovered(database, story.today) == truth(story)


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
    assert recovered(database, story.today) == truth(story)

    again = [sorted_otherwise(path, tmp_path) for path in imported.paths if path.suffix == ".txt"]
    land(database, imported, [*imported.paths, *again])

    assert recovered(database, story.today) == truth(story)


@pytest.mark.parametrize(
    ("channel", "missing"),
    [
        ("amazon-us", "customer-returns"),
        ("amazon-us", "settlement"),
        ("amazon-us", "inventory-ledger-detail"),
        ("amazon-us", "reimbursements"),
        ("walmart-us", "recon"),
        ("walmart-us", "wfs-inbound-receipts"),
        ("walmart-us", "returns"),
    ],
)
def test_a_missing_kind_makes_nothing_false_ready(
    database: Database, tmp_path: Path, channel: str, missing: str
) -> None:
    story = small_world(channel, 5, 15)
    imported = written(story, tmp_path)
    kept = [path for path in imported.paths if not path.name.startswith(missing)]
    assert len(kept) < len(imported.paths)
    land(database, imported, kept)

    found = recovered(database, story.today)

    nothing_false_is_ready(story, found)
    if missing == "customer-returns":  # a refund alone proves nothing
        assert not {"amazon-us refunded_not_returned", "amazon-us replacement_not_returned"} & {
            *found
        }
