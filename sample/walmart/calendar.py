"""Walmart's own calendar: payment periods of two weeks, inventory by calendar month."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Final

from sample.model import Market

PERIOD: Final = 14
KEPT_PERIODS: Final = 13  # WFS settlements that the seller has kept
API_DAYS: Final = 365  # how far back the seller has asked the API


def period_end(market: Market, day: date) -> date:
    """The last day of the payment period that a day falls in."""
    whole = (market.last_day - day).days // PERIOD
    return market.last_day - timedelta(days=whole * PERIOD)


def periods(market: Market) -> Iterator[tuple[date, date]]:
    """First and last day of every payment period, oldest first; the newest ended yesterday."""
    end = period_end(market, market.first_day)
    while end <= market.last_day:
        yield end - timedelta(days=PERIOD - 1), end
        end += timedelta(days=PERIOD)


def month_end(day: date) -> date:
    """The last day of a calendar month."""
    return (day.replace(day=1) + timedelta(days=32)).replace(day=1) - timedelta(days=1)


def complete_months(market: Market) -> list[date]:
    """The first day of every calendar month that the reports cover whole, oldest first."""
    month = (market.first_day - timedelta(days=1)).replace(day=1) + timedelta(days=32)
    months = []
    while month_end(month) <= market.last_day:
        months.append(month.replace(day=1))
        month = month_end(month) + timedelta(days=1)
    return months


def settled_from(market: Market) -> date:
    """The first day of the WFS settlements that the seller has kept."""
    return market.last_day - timedelta(days=KEPT_PERIODS * PERIOD - 1)
