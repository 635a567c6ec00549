"""Totals and discrepancies as tables for a terminal: said as on the pages, channels as typed."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, Final, cast

from rich.box import SIMPLE_HEAD
from rich.console import JustifyMethod
from rich.table import Table

from wording.bases import basis_label
from wording.buckets import BUCKETS, SHORT_STATES, STATES
from wording.days import plain_date
from wording.money import money
from wording.numbers import plain_number
from wording.rates import ALL_TOGETHER, rates_words, without_rate
from wording.subtypes import subtype_label

Row = Mapping[str, Any]

_MONEY: Final = {
    **{part: SHORT_STATES[part] for part in ("ready", "in_progress", "future")},
    "claimed_net": f"{BUCKETS['claimed'].title}, net",
    **{part: SHORT_STATES[part] for part in ("expired", "denied")},
}


def totals_table(answer: Row) -> Table:
    """The buckets in money, one line per channel, subtype and currency."""
    columns = ("Channel", "What", "Currency", *_MONEY.values())
    return _table(answer, columns, right=len(_MONEY), cells=_total_cells)


def together_lines(answer: Row) -> list[str]:
    """What all currencies come to in one, and by which rates."""
    told = answer["together"]
    into, day = told["currency"], told["rates_on"]
    each = [f"{words} {_amount(told['amount'][name], into)}" for name, words in _MONEY.items()]
    rates = {name: Decimal(rate) for name, rate in told["rates"].items()}
    return [
        f"{ALL_TOGETHER} in {into}: {' · '.join(each)}.",
        *([f"{rates_words(rates, into, date.fromisoformat(day))}."] if day else []),
        *([without_rate(told["without_rate"])] if told["without_rate"] else []),
    ]


def _total_cells(row: Row) -> Sequence[str]:
    label = subtype_label(row["subtype"])
    return (
        row["channel"],
        label,
        row["currency"],
        *(_amount(row["amount"][name], row["currency"]) for name in _MONEY),
    )


def discrepancies_table(answer: Row) -> Table:
    """One line per discrepancy: what, where, how many units, how much may be open, until when."""
    columns = ("Id", "Channel", "What", "SKU", "State", "Last day", "Basis", "Units", "Open")
    return _table(answer, columns, right=2, cells=_discrepancy_cells)


def _discrepancy_cells(row: Row) -> Sequence[str]:
    return (
        str(row["id"]),
        row["channel"],
        subtype_label(row["subtype"]),
        row["sku"] or "",
        STATES[row["state"]],
        _day(row["expires_on"]),
        basis_label(row["basis"]),
        plain_number(sum(row["units"].values())),
        _open(row),
    )


def _open(row: Row) -> str:
    amounts = [row["amount"][name] for name in ("future", "ready", "in_progress")]
    whole = None if None in amounts else str(sum(map(Decimal, amounts)))
    return _amount(whole, row["currency"])


def _amount(amount: str | None, currency: str) -> str:
    return money(None if amount is None else Decimal(amount), currency)


def _day(day: str | None) -> str:
    return plain_date(date.fromisoformat(day) if day else None)


def _table(
    answer: Row,
    columns: Iterable[str],
    *,
    right: int,
    cells: Callable[[Row], Sequence[str]],
) -> Table:
    names = list(columns)
    table = Table(title=f"{answer['account']}, {_day(answer['as_of'])}", box=SIMPLE_HEAD)
    for position, name in enumerate(names):
        side = "right" if position >= len(names) - right else "left"
        table.add_column(name, justify=cast("JustifyMethod", side), no_wrap=True)
    for row in answer["rows"]:
        table.add_row(*cells(row))
    return table
