"""Figures and days as a letter writes them."""

from datetime import date
from decimal import Decimal
from typing import Final

from babel.dates import format_date
from babel.numbers import format_currency, format_decimal

from services.insights.answers import Channel, Figure

_LOCALE: Final = "en_US"


def money(amount: Decimal, currency: str) -> str:
    """`$18,442.10`, with a true minus."""
    return format_currency(amount, currency, locale=_LOCALE).replace("-", "\u2212")


def estimate(figure: Figure, currency: str) -> str:
    """What is known; nothing of it: said, never 0."""
    return "unknown" if figure.amount is None else money(figure.known_amount, currency)


def not_valued(figure: Figure) -> str:
    """How many units are in a figure without being worth anything there; empty: none."""
    unknown = figure.units_without_amount
    return f"{_units(unknown)} of unknown amount" if unknown else ""


def _units(count: int) -> str:
    number = format_decimal(count, locale=_LOCALE)
    return f"{number} {'unit' if count == 1 else 'units'}"


def days(first: date, last: date) -> str:
    """`16 to 22 Nov 2026`; what both days share is said once."""
    if first.year != last.year:
        return f"{_day(first, 'd MMM y')} to {_day(last, 'd MMM y')}"
    shared = "d" if first.month == last.month else "d MMM"
    return f"{_day(first, shared)} to {_day(last, 'd MMM y')}"


def reports_end(channel: Channel) -> str:
    """What the figures of a channel cannot know, because its reports have stopped."""
    until = _day(channel.data_until, "d MMM y") if channel.data_until else "the start"
    return f"{channel.name}: no report after {until}."


def _day(day: date, pattern: str) -> str:
    return format_date(day, pattern, locale=_LOCALE)


def one_line(text: str) -> str:
    """A name stays on its line, whatever somebody has put into it."""
    return " ".join(text.split())
