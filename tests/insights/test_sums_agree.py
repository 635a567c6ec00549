"""What pages read from sums is what the whole picture says, on any day, to the cent."""

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import text

from services.database.engine import Database
from services.insights.as_of import When, totals
from services.insights.totals import Totals, totals_by_subtype

BUCKETS = ("future", "ready", "in_progress", "expired", "denied")
NOW = dt.datetime.now(dt.UTC)


def accounts(database: Database) -> list[int]:
    with database.listing_accounts() as connection:
        return [
            int(one) for one in connection.execute(text("select account_id from account")).scalars()
        ]


def shown(database: Database, account_id: int, now: dt.datetime) -> dict[tuple[str, ...], Totals]:
    """What the pages would show at that moment, per channel, subtype and currency."""
    with database.reading(account_id) as connection:
        query = text("select distinct currency from month_total where account_id = :account_id")
        found = connection.execute(query, {"account_id": account_id}).scalars().all()
        return {
            (row.channel, row.subtype, currency): row.totals
            for currency in found
            for row in totals_by_subtype(connection, account_id, currency, now)
        }


def told(
    database: Database, account_id: int, now: dt.datetime, day: dt.date | None = None
) -> dict[tuple[str, ...], Any]:
    """What the whole picture says at that moment, of that day."""
    with database.reading(account_id, seconds=60) as connection:
        rows = totals(connection, account_id, When(now, day))
    return {(row["channel"], row["subtype"], row["currency"]): row for row in rows}


@pytest.mark.parametrize("days", [0, 10, 75, 400])
def test_pages_show_what_the_whole_picture_says(sample_database: Database, days: int) -> None:
    now = NOW + dt.timedelta(days=days)
    for account_id in accounts(sample_database):
        pages, whole = (
            shown(sample_database, account_id, now),
            told(sample_database, account_id, now),
        )
        assert set(pages) == set(whole)
        for group, row in whole.items():
            _agree(pages[group], row)


@pytest.mark.parametrize("days", [0, 40])
def test_lost_this_month_is_the_growth_of_lost(sample_database: Database, days: int) -> None:
    now = NOW + dt.timedelta(days=days)
    month_end = now.date().replace(day=1) - dt.timedelta(days=1)
    for account_id in accounts(sample_database):
        pages, whole, before = (
            shown(sample_database, account_id, now),
            told(sample_database, account_id, now),
            told(sample_database, account_id, now, month_end),
        )
        for group, totals_ in pages.items():
            grown = _lost(whole.get(group)) - _lost(before.get(group))
            assert totals_.lost_this_month.known_amount == grown, group


def _lost(row: dict[str, Any] | None) -> Decimal:
    return sum(
        (Decimal(row["amount"][part] or 0) for part in ("expired", "denied") if row), Decimal(0)
    )


def _agree(seen: Totals, row: dict[str, Any]) -> None:
    for bucket in BUCKETS:
        figure = getattr(seen, bucket)
        assert figure.units == row["units"][bucket]
        told_amount = row["amount"][bucket]
        assert figure.amount == (None if told_amount is None else Decimal(told_amount))
    assert seen.claimed.net == Decimal(row["amount"]["claimed_net"])
    assert seen.claimed.reversed == Decimal(row["amount"]["reversed"])
