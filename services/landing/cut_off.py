"""A file that is cut off: of which days it still speaks, though rows behind the cut are missing.

Where the rows that were read stand in the order of their days, the missing ones are of the last
row's day or beyond. Where they stand in no order, a missing row may be of any day. Two days stand
in order by chance: at least three must.
"""

from typing import Final

from sqlalchemy import Connection, text

from services.database.sql import fill
from services.landing.documents import CutOff, as_day
from services.landing.recognise.kinds import Recognised
from services.landing.rejected import rejecting
from services.landing.rejected.unread import cells_of_row
from services.landing.rows.parse import Parser
from services.landing.target import Target
from services.marketplaces.contract import ByDay, ByKey, ReportFormat

_FEWEST_DAYS: Final = 3

# The day of the cut row, where it can be read, may only speak against an order.
_ORDER: Final = """
select count(distinct day), bool_and(day >= before), bool_and(day <= before),
    (array_agg(day order by row_number desc) filter (where row_number <> :cut_row))[1]
from (
    select row_number, day, lag(day) over (order by row_number) as before
    from (
        select row_number, {day} as day from staged
        union all select :cut_row, cast(:cut_day as date)
    ) every
    where day is not null
) read
"""


def order_of(report: ReportFormat, field: str) -> str:
    """The statement that asks in which order the staged rows stand, by this field's day."""
    return fill(_ORDER, day=as_day(report, field))


def cut_off(
    connection: Connection, target: Target, kind: Recognised, parser: Parser
) -> CutOff | None:
    """Where the file whose rows are staged breaks off; None: nowhere, or its own total tells."""
    row, report = parser.tally.cut_row, kind.report
    tells_days = report.days and isinstance(report.landing, ByKey | ByDay)
    if row is None or not report.days or not tells_days:
        return None
    [day] = rejecting.days_of(
        report, target.time_zone, [_day_cell(kind, parser.raw_texts()(row))], parser.tally.order
    )
    values = {"cut_row": row, "cut_day": day, "time_zone": target.time_zone}
    days, rises, falls, last_read = connection.execute(
        text(order_of(report, report.days[0])), values
    ).one()
    in_order = days >= _FEWEST_DAYS
    return CutOff(day, last_read, (1 if rises else -1 if falls else 0) if in_order else 0)


def _day_cell(kind: Recognised, raw_text: str) -> str:
    """The cell of the row's day; nothing where it may itself be cut."""
    if kind.layout is None:
        return ""
    cells = cells_of_row(raw_text, kind.layout.delimiter, quoted=kind.layout.quoted)
    wanted = kind.report.days and kind.report.days[0]
    for column in kind.report.columns:
        at = kind.position(column)
        if column.field == wanted and at is not None and at < len(cells) - 1:
            return cells[at]
    return ""
