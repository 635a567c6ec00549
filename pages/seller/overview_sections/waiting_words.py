"""What is held back, in one sentence each: which report, up to which day, by when, how much."""

from collections.abc import Sequence
from datetime import timedelta

from components.markdown import escape_markdown
from services.insights.answers import Awaited, NotWhole, Pile
from services.marketplaces.labels import channel_label, report_label
from wording.days import day_in_year, days_left, plain_date
from wording.holds import holds_label
from wording.money import AMOUNTLESS, money
from wording.numbers import counted, them

_URGENT_DAYS = 7


def awaited_words(one: Awaited, currency: str, of_account: Sequence[str]) -> str:
    """The whole sentence; the channels are named where others of the account are not meant."""
    if one.kind is None:
        where = _where(one, of_account)
        return f"{holds_label(one.because)}: {_worth(one.pile, currency)}{where}{_by(one)}."
    worth = f"{_worth(one.pile, currency)} {_waits(one.pile)}"
    return f"{_load(one, of_account)}{_by(one)}: {worth} for it."


def _load(one: Awaited, of_account: Sequence[str]) -> str:
    named = f"**{escape_markdown(report_label(one.kind or ''))}**{_where(one, of_account)}"
    if one.because == "order_unknown":
        return f"Load the {named} with the orders' own lines"
    if one.because == "newer_ledger":
        return f"Load a newer {named}{_past(one)}"
    if not one.is_behind:
        return f"Load the next {named}{_past(one)}"
    if one.loaded_until and one.loaded_until >= one.needed_until:
        return f"Load the {named} of earlier days as well"
    start = " of earlier days and" if one.loaded_until else _from(one)
    return f"Load the {named}{start} up to **{plain_date(one.needed_until)}** or later"


def _past(one: Awaited) -> str:
    return f" past {plain_date(one.covered_until)}" if one.covered_until else ""


def _from(one: Awaited) -> str:
    """Behind a gap a report may reach further and still prove nothing."""
    if one.covered_until is None:
        return ""
    first = one.covered_until + timedelta(days=1)
    return f" from {day_in_year(first, one.needed_until.year)}"


def _where(one: Awaited, of_account: Sequence[str]) -> str:
    marketplaces = {code.partition("-")[0] for code in one.channels}
    others = [code for code in of_account if code.partition("-")[0] in marketplaces]
    if set(others) <= set(one.channels):
        return ""
    return " for " + " and ".join(channel_label(code) for code in one.channels)


def _by(one: Awaited) -> str:
    if one.expires_on is None:
        return ""
    left = one.days_left or 0
    soon = f" ({days_left(left)})" if left <= _URGENT_DAYS else ""
    return f" by **{plain_date(one.expires_on)}{soon}**"


def _worth(pile: Pile, currency: str) -> str:
    """Money and units; units without a known amount are counted, never nought."""
    figure = pile.figure
    units = counted(figure.units, "unit", "units")
    if figure.amount is None:
        return f"**{units}** {AMOUNTLESS}"
    amount = escape_markdown(money(figure.amount, currency))
    if not figure.units:
        return f"**{amount}**"
    unknown = figure.units_without_amount
    without = f", {unknown:,} of them {AMOUNTLESS}" if unknown else ""
    return f"**{amount} ({units}{without})**"


def _waits(pile: Pile) -> str:
    """Money waits, units wait."""
    figure = pile.figure
    return "wait" if figure.amount is None and figure.units > 1 else "waits"


def more_words(others: Sequence[Awaited]) -> str:
    """What stands behind the press."""
    if all(one.kind for one in others):
        return "and " + counted(len(others), "more report", "more reports")
    return f"and {len(others):,} more"


def not_whole_words(told: NotWhole, held: Pile, currency: str) -> str:
    """Which files were not read whole, and what waits for their rows."""
    said = [f"{_files(told)} not read whole: {_at_fault(told)}."] if told.files else []
    if held.discrepancies:
        rows = them(told.rows) if told.rows else "rows that could not be read"
        said.append(f"{_worth(held, currency)} {_waits(held)} for {rows}.")
    return " ".join(said)


def _files(told: NotWhole) -> str:
    if told.files == 1:
        return f"**{escape_markdown(told.file_name or '')}** was"
    return f"**{told.files:,} files** were"


def _at_fault(told: NotWhole) -> str:
    if told.rows:
        return f"{counted(told.rows, 'row', 'rows')} could not be read"
    if told.files == 1:
        return "its lines do not add up to the total that it states"
    return "their lines do not add up to the totals that they state"
