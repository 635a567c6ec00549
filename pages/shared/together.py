"""What amounts in several currencies come to together: always with the rates, and their day."""

from datetime import date
from decimal import Decimal

import streamlit as st

from components.markdown import escape_markdown
from components.palette import quiet
from components.states import guarded
from pages.shared import clock
from pages.shared.buckets import LEFT_OUT
from pages.shared.snapshot import Snapshot
from pages.shared.trouble import report
from services.database.conversion import OLDEST_DAYS
from services.insights.all_currencies import AllCurrencies, all_currencies
from services.insights.answers import Figure, Filters
from services.insights.conversion import Rates
from wording.buckets import BUCKETS
from wording.money import money
from wording.numbers import counted
from wording.rates import ALL_TOGETHER, NO_RATE, rates_words, too_old, without_rate


def draw_together(seen: Snapshot, filters: Filters) -> None:
    """One quiet line; nothing where there is one currency, one channel is looked at, or no rate."""
    if filters.channel:
        return
    with guarded("What all currencies come to", report):
        today = clock.today()
        told = all_currencies(seen.connection, seen.account_id, filters, seen.now, today)
        lines = together_lines(told, today) if told else []
        if lines:
            st.markdown("  \n".join(quiet(escape_markdown(line)) for line in lines))


def together_lines(told: AllCurrencies, today: date) -> list[str]:
    """What it comes to, and by which rates; none where there are no rates at all."""
    if not told.rates.converts:
        return [words] if (words := why_not(told.rates, today)) else []
    into = told.rates.into
    each = [
        f"{BUCKETS['unclaimed'].title} {figure_words(told.unclaimed, into)}",
        f"{BUCKETS['claimed'].title} {amount_words(told.claimed, into)}",
        f"{BUCKETS['lost'].title} {figure_words(told.lost, into)}",
    ]
    unknown = sum(one.units_without_amount for one in (told.unclaimed, told.lost) if one)
    left_out = [f"{counted(unknown, 'unit', 'units')} {LEFT_OUT}"] if unknown else []
    said = f"{ALL_TOGETHER}: {' · '.join([*each, *left_out])}."
    return [said, grounds(told.rates, today)]


def figure_words(figure: Figure | None, into: str) -> str:
    """A converted one: what is not known is said as everywhere, what has no rate by itself."""
    return NO_RATE if figure is None else money(figure.amount, into)


def amount_words(amount: Decimal | None, into: str) -> str:
    return NO_RATE if amount is None else money(amount, into)


def grounds(rates: Rates, today: date) -> str:
    """By which rates of which day, and what has none."""
    said = f"{rates_words(rates.of_one, rates.into, rates.day)}." if rates.day else ""
    return f"{said} {why_not(rates, today)}".strip()


def why_not(rates: Rates, today: date) -> str:
    """What stands in the way of a converted figure; empty where nothing does, or no rate came."""
    if rates.newest and rates.is_too_old(today):
        return too_old(rates.newest, OLDEST_DAYS)
    return without_rate(rates.missing) if rates.missing and (rates.day or rates.newest) else ""
