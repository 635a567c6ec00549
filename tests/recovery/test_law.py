"""The law: no claim becomes Ready by removing or damaging input.

The worlds are whole and their claims known by hand (`OPEN`). Whatever is then done to a file
(damage.py says what, and what leaves no trace and is left out), the units Ready are at most those
that are truly open; every row of every file is counted; and Claimed does not grow.
"""

import datetime as dt
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

import pytest
from hypothesis import HealthCheck, given, note, settings
from hypothesis import strategies as st
from sqlalchemy import URL

from services.database.engine import Database
from services.insights.as_of import When, discrepancies, totals
from services.landing.importing import import_files
from tests.common.databases import Stocked, emptied, fresh_database
from tests.common.reports.amazon import days_ago
from tests.common.reports.files import every_row, written
from tests.common.worlds.whole import File, amazon, walmart_files
from tests.recovery.damage import Damage, damages

FILES: Final[dict[str, tuple[File, ...]]] = {
    "amazon-us": amazon(),
    "walmart-us": walmart_files(),
}
_WRITTEN_ON: Final = days_ago(0).replace("-", "")
_ORDER: Final = {number: f"111-{number:07}-{number:07}" for number in (1, 4, 6, 8, 11)}
# By channel and subtype: any of the names that a claim may be called by, and its truly open units.
OPEN: Final[dict[str, dict[str, list[tuple[str, int]]]]] = {
    "amazon-us": {
        "lost_in_warehouse": [("X00101", 2), ("X00121", 1)],
        "damaged_in_warehouse": [("X00104", 1)],
        "inbound_shortage": [("FBA15AAA", 4)],
        "inbound_damaged": [("X00109", 2)],
        "refunded_not_returned": [(_ORDER[1], 1)],
        "replacement_not_returned": [(_ORDER[11], 1)],
        "refunded_more": [(_ORDER[6], 1)],
        "returned_damaged": [(_ORDER[4], 1)],
        "removal_lost": [("RM-1", 3)],
        "removal_other": [("RM-1", 2)],
        "fulfilment_fee": [(_ORDER[8], 1)],
        "referral_fee": [(_ORDER[8], 1)],
        "paid_below_cost": [("CHEAP X00131 B00131", 1)],
    },
    "walmart-us": {
        "lost_in_warehouse": [("00065791000219", 2)],
        "damaged_in_warehouse": [("00065791000318", 3)],
        "destroyed_in_warehouse": [("00065791000349", 2)],
        "inbound_shortage": [("PO41 7100041GDM", 4)],
        "inbound_damaged": [("PO43 7100043GDM", 2)],
        "transfer_shortage": [("PO45 71000MTR", 2)],
        "return_lost": [("W-1", 1)],
        "replacement_lost": [("W-10", 1)],
        "delayed_return": [("W-7", 1)],
        "returned_damaged": [("W-8", 1)],
        "refunded_more": [("W-3", 1)],
        "referral_fee": [("W-5", 1)],
    },
}
# 18 units at 9.00; 9 units at 9.00.
CLAIMED: Final = {"amazon-us": Decimal("162.00"), "walmart-us": Decimal("81.00")}
CHANNELS: Final = tuple(FILES)

Told = dict[str, list[tuple[frozenset[str], dict[str, int]]]]  # by subtype: names, units


def damaged(files: Sequence[File], done: Sequence[Damage]) -> list[tuple[str, bytes]]:
    """The files with the damages; a file that is removed is not there."""
    by_file = {one.file: one for one in done}
    kept = [
        (file.name, by_file[file.name].of(file) if file.name in by_file else file.content)
        for file in files
    ]
    return [(name, content) for name, content in kept if content is not None]


def bring(database: Database, channel: str, paths: Sequence[Path]) -> None:
    """Import; every row of every file that is no refused one is counted."""
    for one in import_files(database, paths, account="Law", channel=channel).files:
        counted = one.rows_landed + one.rows_passed_over + one.rows_rejected
        assert counted == one.rows_in_file, one


_NAMES: Final = """
select discrepancy_id, array_remove(
    array[sku, fnsku, item_code, order_id, reference, event_key], null) from discrepancy
"""


def told(database: Database) -> tuple[Told, Decimal]:
    """What the product says today: units by subtype and names; and what has been claimed, gross."""
    names = {number: frozenset(said) for number, said in every_row(database, _NAMES)}  # type: ignore[arg-type]
    accounts = every_row(database, "select account_id from account")
    claims: Told = {}
    claimed = Decimal(0)
    now = When(dt.datetime.now(dt.UTC))
    for account_id in (int(str(number)) for (number,) in accounts):
        with database.reading(account_id) as connection:
            rows = discrepancies(connection, account_id, now)
            sums: list[dict[str, Any]] = totals(connection, account_id, now)
        for row in rows:
            claims.setdefault(row["subtype"], []).append((names[row["id"]], row["units"]))
        claimed += sum((Decimal(row["amount"]["claimed_gross"]) for row in sums), Decimal(0))
    return claims, claimed


def truly_open(channel: str, subtype: str, names: frozenset[str]) -> int:
    claims = OPEN[channel].get(subtype, [])
    return max((units for called, units in claims if names.intersection(called.split())), default=0)


def false_claims(channel: str, said: Told) -> list[str]:
    """What is Ready beyond what is truly open."""
    return [
        f"{subtype} {sorted(names)}: {units['ready']} ready,"
        f" {truly_open(channel, subtype, names)} truly open"
        for subtype, claims in said.items()
        for names, units in claims
        if units["ready"] > truly_open(channel, subtype, names)
    ]


Landed = Callable[[str], AbstractContextManager[Database]]


@pytest.fixture
def whole(server: URL, stocked: Stocked, tmp_path: Path) -> Landed:
    """The whole files of a channel have landed: once a run, each example has them to itself."""

    def landed(channel: str) -> AbstractContextManager[Database]:
        def fill(empty: Database) -> None:
            bring(empty, channel, written(tmp_path, damaged(FILES[channel], ())))

        name = f"law_{_WRITTEN_ON}_{channel[:-3]}"
        return fresh_database(server, stocked(name, fill))

    return landed


@pytest.mark.parametrize("channel", CHANNELS)
def test_whole_files_give_every_claim_and_no_other(whole: Landed, channel: str) -> None:
    """Without this, the law would hold for a product that never calls anything Ready."""
    with whole(channel) as database:
        said, claimed = told(database)
    assert false_claims(channel, said) == []
    found = {
        subtype: sum(units["ready"] for _, units in claims) for subtype, claims in said.items()
    }
    assert {subtype: units for subtype, units in found.items() if units} == {
        subtype: sum(units for _, units in claims) for subtype, claims in OPEN[channel].items()
    }
    assert claimed == CLAIMED[channel]


def _of_channel(channel: str) -> st.SearchStrategy[tuple[str, list[Damage]]]:
    some = st.lists(damages(FILES[channel]), min_size=1, max_size=2, unique_by=lambda one: one.file)
    return st.tuples(st.just(channel), some)


worlds = st.one_of([_of_channel(channel) for channel in CHANNELS])
# The same few each time, so that a run says something of what changed since the last one.
_FEW: Final = settings(
    max_examples=10, derandomize=True, deadline=None, suppress_health_check=list(HealthCheck)
)

# Each broke the law once: a report that is gone, a row, a column or a byte that cannot be read.
_ONCE: Final = (
    ("amazon-us", Damage("reimbursements", "remove the file")),
    ("amazon-us", Damage("reimbursements", "lose the rows from", (9,))),
    ("amazon-us", Damage("reimbursements", "blank a column", (4,))),  # reason
    ("amazon-us", Damage("reimbursements", "blank a column", (13,))),  # quantity-reimbursed-cash
    ("amazon-us", Damage("reimbursements", "lose a delimiter", (4, 4))),
    ("amazon-us", Damage("ledger", "blank a column", (13,))),  # Unreconciled Quantity
    ("amazon-us", Damage("older ledger", "lose the rows from", (4,))),
    ("amazon-us", Damage("older ledger", "lose a delimiter", (6, 10))),
    ("amazon-us", Damage("returns", "save in a spreadsheet")),
    ("amazon-us", Damage("returns", "add a delimiter", (6, 8))),
    ("amazon-us", Damage("returns", "blank a column", (2,))),  # sku
    ("amazon-us", Damage("settlement", "lose a row", (12,))),
    ("amazon-us", Damage("older settlement", "remove the file")),
    ("walmart-us", Damage("recon", "remove the file")),
    ("walmart-us", Damage("older recon", "save in a spreadsheet")),
    ("walmart-us", Damage("wfs settlement", "remove the file")),
)


@pytest.mark.filterwarnings("ignore:Generating overly large repr")
@_FEW
@given(world=worlds)
def test_no_claim_becomes_ready_by_removing_or_damaging_input(
    kept: Database, tmp_path: Path, world: tuple[str, list[Damage]]
) -> None:
    channel, done = world
    note("\n".join([channel, *map(str, done)]))
    with emptied(kept) as database:
        _holds(database, tmp_path, channel, done)


def _holds(database: Database, folder: Path, channel: str, done: Sequence[Damage]) -> None:
    bring(database, channel, written(folder, damaged(FILES[channel], done)))
    said, claimed = told(database)
    assert false_claims(channel, said) == []
    assert claimed <= CLAIMED[channel]


@pytest.mark.parametrize("one", _ONCE, ids=[f"{channel} {one}" for channel, one in _ONCE])
def test_what_broke_the_law_once(
    database: Database, tmp_path: Path, one: tuple[str, Damage]
) -> None:
    channel, damage = one
    _holds(database, tmp_path, channel, [damage])


@_FEW
@given(world=worlds)
def test_a_damaged_copy_of_a_landed_file_makes_nothing_ready(
    whole: Landed, tmp_path: Path, world: tuple[str, list[Damage]]
) -> None:
    """The whole files have landed; then one comes again, damaged."""
    channel, (first, *_) = world
    (copy,) = [one for one in FILES[channel] if one.name == first.file]
    content = first.of(copy)
    with whole(channel) as database:
        if content is not None:
            bring(database, channel, written(tmp_path, [("again", content)]))
        said, claimed = told(database)
    note(f"{channel}\n{first}")
    assert false_claims(channel, said) == []
    assert claimed <= CLAIMED[channel]
