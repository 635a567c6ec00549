"""The world is landed by the same import as anybody's files, once, and marked as a sample."""

from collections import Counter
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy import URL, text

from sample.load import SampleWorldError, is_loaded, load_sample
from sample.model import Loss, Story
from sample.standing import standing
from sample.world import SampleImport
from services.database.engine import Database
from services.landing.importing import import_files
from tests.common.databases import fresh_database
from tests.common.reports.independent_reader import claimed
from tests.common.reports.told import told
from tests.sample.shared import SEED, TODAY

# One load serves the whole file: its tests stay in one process.
pytestmark = pytest.mark.xdist_group("sample")

STATES = ("found", "paid_cash", "paid_inventory", "open", "in_progress", "expired", "denied")
OPEN = ("future", "ready", "undated")

COUNTED = """
select account.name, channel.code, total.currency, sum(total.gross - total.reversed)
from claimed_total total
join channel on channel.account_id = total.account_id and channel.channel_id = total.channel_id
join account on account.account_id = total.account_id
group by 1, 2, 3
"""
# What came back after its refund is no loss of the story; what is held back is of the open units.
CAME_BACK = "d.subtype in ('refunded_not_returned', 'replacement_not_returned')"
# Of a return without a known refund the earliest day counts: the story tells the return's own.
BACK = """left join lateral (
    select (r.returned_at at time zone channel.time_zone)::date as day
    from amazon_customer_return r
    where d.subtype = 'returned_damaged' and r.account_id = d.account_id
        and r.document_id = d.document_id and r.row_number = d.row_number
) back on true"""
EVENT_ON = """case when back.day in (d.event_on + 60, d.event_on + 45) and d.event_on_approximate
    then back.day else d.event_on end"""
STANDING = f"""
select channel.code, d.subtype, sum(case when {CAME_BACK} then 0 else d.found_units end),
    sum(d.paid_cash_units), sum(d.paid_inventory_units),
    coalesce(sum(d.remaining_units) filter (where d.expires_on is null or d.expires_on >= :today),
        0),
    sum(d.in_progress_units),
    coalesce(sum(d.remaining_units) filter (where d.expires_on < :today), 0),
    sum(d.denied_units)
from discrepancy d
join channel on channel.account_id = d.account_id and channel.channel_id = d.channel_id
group by 1, 2
"""
CONTENTS = """
select count(*), md5(string_agg(cells::text, ',' order by cells))
from (select to_jsonb(row) - 'seen_at' as cells from {table} row) one
"""


@pytest.fixture(scope="module")
def loaded(server: URL, sample_template: str) -> Iterator[Database]:
    """A database with the sample world in it: the tests of this module only read it or load it
    again."""
    with fresh_database(server, sample_template) as database:
        yield database


def load(database: Database, folder: Path, today: date = TODAY) -> list[str]:
    said: list[str] = []
    load_sample(database, directory=folder, today=today, seed=SEED, say=said.append)
    return said


def contents(database: Database) -> list[object]:
    with database.owning() as connection:
        return [
            tuple(connection.execute(text(CONTENTS.format(table=table))).one())
            for table in ("account", "channel", "report_document", "discrepancy", "reimbursement")
        ]


REQUESTS = """
select c.code, r.status, r.first_answered_at - r.requested_at, r.settled_at is not null,
    r.requested_at < now(), count(e.event_id), max(e.at) < now(), c.service_active
from activation_request r
join channel c on c.account_id = r.account_id and c.channel_id = r.channel_id
join activation_event e on e.account_id = r.account_id and e.request_id = r.request_id
group by r.account_id, r.request_id, c.account_id, c.channel_id order by r.request_id
"""


def test_its_services_were_asked_for_and_one_channel_is_free(loaded: Database) -> None:
    with loaded.owning() as connection:
        rows = connection.execute(text(REQUESTS)).all()
    told = [
        (code, status, settled, events, active)
        for code, status, _, settled, _, events, _, active in rows
    ]
    assert told == [
        ("amazon-us", "active", True, 5, True),
        ("walmart-us", "declined", True, 3, True),
        ("walmart-us", "active", True, 5, True),
        ("amazon-uk", "active", True, 7, True),
        ("amazon-de", "answered", False, 7, False),
    ]
    assert all(timedelta(0) < row[2] < timedelta(days=2) for row in rows), "first answers"
    assert all(row[4] and row[6] for row in rows), "in the past"


def test_its_accounts_are_marked_as_samples(loaded: Database) -> None:
    with loaded.owning() as connection:
        accounts = dict(connection.execute(text("select name, is_sample from account")).all())

    assert accounts == {"Northwind Kitchen": True, "Baltic Outdoor": True, "Maple Home": True}
    assert is_loaded(loaded)


def test_claimed_equals_the_files_to_the_cent(loaded: Database, world: list[SampleImport]) -> None:
    with loaded.owning() as connection:
        rows = connection.execute(text(COUNTED)).all()
        counted = {(name, code, currency): amount for name, code, currency, amount in rows}

    assert counted == claimed((one.account, one.channel, one.paths) for one in world)


def test_units_stand_where_the_story_says(loaded: Database, story: Story) -> None:
    truth: Counter[tuple[str, str, str]] = Counter()
    for loss in told(story):
        for state, units in vars(standing(story, loss)).items():
            named = "open" if state in OPEN else state
            truth[loss.market.channel, loss.subtype, named] += units
    with loaded.owning() as connection:
        rows = connection.execute(text(STANDING), {"today": TODAY}).all()
    found = {
        (code, subtype, state): units
        for code, subtype, *counts in rows
        for state, units in zip(STATES, counts, strict=True)
    }

    assert found == {key: truth[key] for key in found}
    assert sum(found.values()) == sum(loss.units for loss in told(story))


def test_every_loss_is_one_discrepancy(loaded: Database, story: Story) -> None:
    with loaded.owning() as connection:
        rows = connection.execute(
            text(
                f"select channel.code, d.subtype, {EVENT_ON},"
                f" case when {CAME_BACK} then d.units - d.found_units else d.units end, d.sku"
                " from discrepancy d join channel using (account_id, channel_id)"
                f" {BACK}"
                f" where not ({CAME_BACK} and d.found_units = d.units)"
            )
        ).all()

    assert Counter(map(tuple, rows)) == Counter(map(described, told(story)))


def described(loss: Loss) -> tuple[str, str, date, int, str]:
    return loss.market.channel, loss.subtype, loss.event_on, loss.units, loss.product.sku


def test_six_rows_could_not_be_landed_and_are_kept(loaded: Database) -> None:
    with loaded.owning() as connection:
        found = connection.execute(text("select found from rejected_row")).scalars().all()

    (written_on,) = {said for said in found if said.endswith(" pcs")}
    assert Counter(found) == Counter(
        {
            "13/45/2026": 1,
            "15 cells": 1,
            "2026-02-30T10:00:00+00:00": 1,
            written_on: 1,
            "6.57913E+12": 2,
        }
    )


def test_polish_rows_stand_under_the_channel_they_were_imported_for(loaded: Database) -> None:
    with loaded.owning() as connection:
        rows = connection.execute(
            text(
                "select distinct channel.code, e.country from amazon_ledger_event e"
                " join channel using (account_id, channel_id) where channel.region = 'EU'"
            )
        ).all()

    assert set(rows) == {("amazon-uk", "UK"), ("amazon-de", "DE"), ("amazon-de", "PL")}


def test_the_stale_channel_was_last_fetched_long_ago(loaded: Database) -> None:
    with loaded.owning() as connection:
        synced = dict(connection.execute(text("select code, last_synced_at from channel")).all())

    assert synced["amazon-ca"].date() == TODAY - timedelta(days=15)


def test_some_amounts_have_no_basis(loaded: Database) -> None:
    with loaded.owning() as connection:
        bases = Counter(connection.execute(text("select basis from discrepancy")).scalars())

    assert set(bases) == {
        "sourcing_cost",
        "past_payments",
        "fee_difference",
        "cost_difference",
        "refund_difference",
        "order_proceeds",
        "own_order_proceeds",
        "average_sales_price",
        "unknown",
    }
    assert bases["unknown"] < Decimal("0.03") * bases.total()


def test_loading_it_again_changes_nothing(loaded: Database, tmp_path: Path) -> None:
    before = contents(loaded)

    assert load(loaded, tmp_path) == ["The sample world is loaded already."]
    assert load(loaded, tmp_path, TODAY + timedelta(days=9)) == [
        "The sample world is loaded already."
    ]
    assert contents(loaded) == before


def test_loading_cut_short_goes_on_and_lands_nothing_twice(
    loaded: Database, tmp_path: Path
) -> None:
    """Cut short just before the end: every file has landed, no account is marked yet."""
    before = contents(loaded)
    with loaded.loading() as connection:
        connection.execute(text("update account set is_sample = false"))
    assert not is_loaded(loaded)

    said = load(loaded, tmp_path)

    assert said[-1] == "Importing Maple Home, walmart-ca (6 of 6)"
    assert is_loaded(loaded)
    assert contents(loaded) == before


def test_it_does_not_mix_with_other_reports_of_the_same_account(
    database: Database, world: list[SampleImport], tmp_path: Path
) -> None:
    one = world[0]
    import_files(database, one.paths[:1], account=one.account, channel=one.channel)

    with pytest.raises(SampleWorldError, match="Northwind Kitchen already holds reports"):
        load(database, tmp_path, TODAY + timedelta(days=1))
