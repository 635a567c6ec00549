"""Totals and discrepancies as tables for a terminal."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any, Final, cast

from rich.box import SIMPLE_HEAD
from rich.console import JustifyMethod
from rich.table import Table

from wording.bases import basis_label
from wording.buckets import STATES
from wording.subtypes import subtype_label

Row = Mapping[str, Any]

_MONEY: Final = {
    "ready": "Ready",
    "in_progress": "In progress",
    "future": "Future",
    "claimed_net": "Claimed, net",
    "expired": "Expired",
    "denied": "Denied",
}


def totals_table(answer: Row) -> Table:
    """The buckets in money, one line per channel, subtype and currency."""
    columns = ("Channel", "What", "Currency", *_MONEY.values())
    return _table(answer, columns, right=len(_MONEY), cells=_total_cells)


def _total_cells(row: Row) -> Sequence[str]:
    label = subtype_label(row["subtype"])
    return (
        row["channel"],
        label,
        row["currency"],
        *(row["amount"][name] or "unknown" for name in _MONEY),
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
        row["expires_on"] or "unknown",
        basis_label(row["basis"]),
        str(sum(row["units"].values())),
        _open(row),
    )


def _open(row: Row) -> str:
    amounts = [row["amount"][name] for name in ("future", "ready", "in_progress")]
    return "unknown" if None in amounts else str(sum(map(Decimal, amounts)))


def _table(
    answer: Row,
    columns: Iterable[str],
    *,
    right: int,
    cells: Callable[[Row], Sequence[str]],
) -> Table:
    names = list(columns)
    table = Table(title=f"{answer['account']}, {answer['as_of']}", box=SIMPLE_HEAD)
    for place, name in enumerate(names):
        side = "right" if place >= len(names) - right else "left"
        table.add_column(name, justify=cast("JustifyMethod", side), no_wrap=True)
    for row in answer["rows"]:
        table.add_row(*cells(row))
    return table
