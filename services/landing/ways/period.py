"""A reconciliation of payments: one accounting period a file, replaced whole.

Its money lines leave period and currency empty; the summary line has them, and the total that
the lines add up to.
"""

import re
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final

import polars as pl
from sqlalchemy import Connection, text

from services.database.sql import fill, fill_from, listed
from services.landing.documents import Incoming, reach_days, take_days
from services.landing.read.lines import ROW
from services.landing.refusals import RefusedError
from services.landing.rows.cells import read_cells
from services.landing.rows.days import Order
from services.landing.rows.parse import Tally
from services.landing.ways.way import Landed, Way
from services.marketplaces.contract import (
    TOTAL,
    ByPeriod,
    Column,
    ReportFormat,
)

NEWER_PERIOD: Final = "a newer or better report covers this period"


@dataclass(frozen=True)
class Summary:
    """What the summary line says of the whole file."""

    start: date
    end: date
    currency: str
    total: Decimal | None


_SPANS: Final = """
select distinct '' as part, {start} as first_day, {end} as last_day,
    cast(:adds_up as boolean) as is_whole
from staged
"""
_TOTAL: Final = "select coalesce(sum({amount}), 0) from staged"
_INHERIT: Final = "update staged set {start} = :start, {end} = :end, {currency} = :currency"
_PERIODS: Final = "select distinct {start}, {end}, {currency} from staged limit 2"


class Period(Way[ByPeriod]):
    """A document's accounting period, replaced whole."""

    def stated(self, tally: Tally) -> tuple[date, date] | None:
        """The summary's period; without one each line names its own."""
        _refuse_cut_off(tally)
        summary = _summary(self.report, self.landing, tally)
        return (summary.start, summary.end) if summary else None

    def prepare(self, connection: Connection, tally: Tally) -> None:
        """Write the summary's period and currency into the staged lines.

        A line may name a period of its own, the one of its sale: it is paid in the summary's all
        the same. Raises RefusedError where the file does not say its period, says two, or is cut
        off.
        """
        _refuse_cut_off(tally)
        summary = _summary(self.report, self.landing, tally)
        if summary:
            _reject_other_currencies(connection, self.landing, summary)
            _inherit(connection, self.landing, summary)
        _refuse_unclear_period(connection, self.landing)

    def misfits(self, connection: Connection, tally: Tally) -> list[str]:
        """Where the lines do not add up to the total that the file itself states."""
        summary = _summary(self.report, self.landing, tally)
        if summary is None or summary.total is None:
            return []
        total = connection.execute(text(statement_of(self.landing, _TOTAL))).scalar_one()
        if total == summary.total:
            return []
        return [f"Its lines add up to {total}, but it states a total payable of {summary.total}."]

    def land(self, connection: Connection, incoming: Incoming) -> Landed:
        """Move the staged rows in."""
        reach_days(connection, incoming, statement_of(self.landing, _SPANS))
        take_days(connection, incoming)
        remove, insert = replacing(self.report, self.landing)
        connection.execute(text(remove), incoming.values)
        inserted = connection.execute(text(insert), incoming.values)
        staged = connection.execute(text("select count(*) from staged")).scalar_one()
        return inserted.rowcount, {NEWER_PERIOD: staged - inserted.rowcount}


def _summary(report: ReportFormat, landing: ByPeriod, tally: Tally) -> Summary | None:
    said = [cells for aside, cells in tally.asides if aside.tells == "period"]
    summaries = {_read_summary(report, landing, cells, tally.order) for cells in said}
    if len({(summary.start, summary.end, summary.currency) for summary in summaries}) > 1:
        raise RefusedError("It holds more than one period; import one file a period.")
    return next(iter(summaries), None)


def _read_summary(
    report: ReportFormat, landing: ByPeriod, said: dict[str, str], order: Order
) -> Summary:
    wanted = (*landing.period, landing.currency)
    columns = [column for column in report.columns if column.field in wanted]
    columns.append(Column("total", landing.total, TOTAL))
    row = {c.field: next((said[n] for n in c.names if n in said), "") for c in columns}
    cells = read_cells(pl.DataFrame([{ROW: 0, **row}]), columns, {}, order)
    read = next(cells.values.iter_rows(named=True), None)
    if read is None or None in [read[field] for field in wanted]:
        raise RefusedError(f"Its summary line does not say period and currency: {row}.")
    total = None if read["total"] is None else Decimal(read["total"])
    start, end, currency = (read[field] for field in wanted)
    return Summary(start, end, currency, total)


_OTHER_CURRENCIES: Final = """
with other as (
    delete from staged where {currency} <> :currency returning row_number, {currency}
)
insert into staged_fault (row_number, field, expected, found)
select row_number, :field, 'the currency of the payment summary: ' || :currency, {currency}
from other
"""


def _reject_other_currencies(connection: Connection, landing: ByPeriod, summary: Summary) -> None:
    connection.execute(
        text(statement_of(landing, _OTHER_CURRENCIES)),
        {"currency": summary.currency, "field": landing.currency},
    )


def _inherit(connection: Connection, landing: ByPeriod, summary: Summary) -> None:
    connection.execute(
        text(statement_of(landing, _INHERIT)),
        {"start": summary.start, "end": summary.end, "currency": summary.currency},
    )


def _refuse_unclear_period(connection: Connection, landing: ByPeriod) -> None:
    periods = connection.execute(text(statement_of(landing, _PERIODS))).all()
    if any(None in period for period in periods):
        raise RefusedError("It has no PaymentSummary line, so its period and currency are unknown.")
    if len(periods) > 1:
        raise RefusedError("It holds more than one period; import one file a period.")


def _refuse_cut_off(tally: Tally) -> None:
    """Refuse a file that says it has more lines than it has: the download broke off."""
    for aside, cells in tally.asides:
        stated = (
            re.search("[0-9]{1,18}", " ".join(cells.values())) if aside.tells == "count" else None
        )
        # One line of grace for the header, which no source says is counted or not.
        if stated and int(stated.group()) > tally.rows + 1:
            raise RefusedError(
                f"It says it has {stated.group()} lines but has {tally.rows}: the download is cut "
                "off. Download it again."
            )


_REPLACE: Final = """
delete from {table} w using staged_day taken
where w.account_id = :account_id and w.document_id = taken.previous and w.{start} = taken.day
"""

_INSERT: Final = """
insert into {table} (account_id, document_id, row_number, channel_id, {columns})
select :account_id, :document_id, row_number, :channel_id, {columns}
from staged join staged_day taken on taken.day = staged.{start}
order by row_number
"""


def statement_of(landing: ByPeriod, template: str) -> str:
    """The statement with the format's own names."""
    start, end = landing.period
    names = {"start": start, "end": end, "currency": landing.currency, "amount": landing.amount}
    return fill_from(names, template)


def replacing(report: ReportFormat, landing: ByPeriod) -> tuple[str, str]:
    """The statements that remove what the document replaces, and that land its rows."""
    table, start = report.table, landing.period[0]
    return (
        fill(_REPLACE, table=table, start=start),
        fill(_INSERT, table=table, start=start, columns=listed(report.fields)),
    )
