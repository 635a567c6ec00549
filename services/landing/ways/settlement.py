"""A settlement: a summary row and its money lines, replaced whole.

The summary row alone has the settlement's period, currency and total.
"""

from typing import Final

from sqlalchemy import Connection, text

from services.database.sql import day_here, fill, fill_from, listed
from services.landing.documents import Incoming, reach_days, take_days
from services.landing.homes import OWN, join_shop
from services.landing.rows.parse import Tally
from services.landing.ways.way import Landed, Way
from services.marketplaces.contract import BySettlement, ReportFormat

NEWER_SETTLEMENT: Final = "a newer or better report holds this settlement"
SUMMARY: Final = "settlement summary row"

# The summary row names the period and has no amount; a line has an amount.
_SUMMARIES: Final = """
create temp table staged_summary on commit drop as
select distinct on (s.{settlement})
    s.{settlement}, s.{start}, s.{end}, s.{currency}, s.{total}
from staged s where {is_summary}
order by s.{settlement}, s.row_number
"""

# A settlement whose summary row stands there again is there twice, or something else is wrong with
# it: what is below the second one may all have been counted above.
_AGAIN: Final = """
with second as (
    select {settlement} as settlement, min(row_number) as row_number from (
        select s.{settlement}, s.row_number,
            row_number() over (partition by s.{settlement} order by s.row_number) as number
        from staged s where {is_summary}
    ) summary
    where number = 2 group by {settlement}
),
again as (
    delete from staged s using second
    where s.{settlement} = second.settlement and s.row_number >= second.row_number
    returning s.row_number, s.{settlement} as settlement
)
insert into staged_fault (row_number, field, expected, found)
select row_number, :field, :expected, settlement from again
"""

ONE_SUMMARY: Final = (
    "a settlement with one summary row: this stands at or below its second one, and may be counted"
    " above. Download the settlement again"
)

_ORPHANS: Final = """
with orphan as (
    delete from staged s
    where not ({is_summary}) and not exists (
        select 1 from staged_summary summary where summary.{settlement} = s.{settlement})
    returning s.row_number, s.{settlement} as settlement
)
insert into staged_fault (row_number, field, expected, found)
select row_number, :field, 'a settlement whose summary row (period and currency) is in the file',
    settlement
from orphan
"""

_WRONG: Final = """
select summary.{settlement}, coalesce(sum(s.{amount}), 0), summary.{total}
from staged_summary summary
left join staged s on s.{settlement} = summary.{settlement} and not ({is_summary})
where summary.{total} is not null
group by summary.{settlement}, summary.{total}
having coalesce(sum(s.{amount}), 0) <> summary.{total}
"""
_SUMS: Final = "{sums} order by summary.{settlement}"

# A settlement speaks for the channel that most of its lines name. Its lines either add up to its
# total or were not all read.
_SPANS: Final = """
with {own},
named as (
    select s.{settlement} as settlement, shop.channel_id, count(*) as lines
    from staged s {join_shop}
    where not ({is_summary}) and shop.channel_id is not null
    group by s.{settlement}, shop.channel_id
),
most as (
    select distinct on (settlement) settlement, channel_id from named
    order by settlement, lines desc, channel_id
),
wrong as ({sums})
select coalesce((
        select min(held.part) from report_coverage held
        where held.account_id = :account_id and held.kind = :kind and held.scope = :scope
            and split_part(held.part, '|', 2) = summary.{settlement}),
        home.code || '|' || summary.{settlement}) as part,
    {first_day} as first_day, {last_day} as last_day,
    summary.{settlement} not in (select {settlement} from wrong) as is_whole
from staged_summary summary
left join most on most.settlement = summary.{settlement}
left join own on own.currency = summary.{currency}
join channel home on home.account_id = :account_id
    and home.channel_id = coalesce(most.channel_id, own.channel_id, :channel_id)
"""

_TAKE: Final = """
delete from staged_summary summary
where exists (
    select 1 from staged_reach reach
    where split_part(reach.part, '|', 2) = summary.{settlement} and not exists (
        select 1 from staged_day taken where taken.part = reach.part and taken.day = reach.day))
"""

_REPLACE: Final = """
delete from {table} held using staged_summary summary
where held.account_id = :account_id and held.{settlement} = summary.{settlement}
"""

_INSERT: Final = """
with {own}
insert into {table} (account_id, document_id, row_number, channel_id, {start}, {end}, {currency},
    {columns})
select :account_id, :document_id, s.row_number,
    coalesce(shop.channel_id, own.channel_id, :channel_id),
    summary.{start}, summary.{end}, summary.{currency}, {values}
from staged s
join staged_summary summary on summary.{settlement} = s.{settlement}
{join_shop}
left join own on own.currency = summary.{currency}
where not ({is_summary})
order by s.row_number
"""

_COUNT: Final = "select count(*), count(*) filter (where {is_summary}) from staged s"


class Settlement(Way[BySettlement]):
    """A document's settlements, each replaced whole."""

    def prepare(self, connection: Connection, tally: Tally) -> None:
        """Set the summary rows apart; lines of a settlement with none, or two, become faults."""
        del tally
        again = {"field": self.landing.settlement, "expected": ONE_SUMMARY}
        connection.execute(text(self._statement(_AGAIN)), again)
        connection.execute(text(self._statement(_SUMMARIES)))
        connection.execute(text(self._statement(_ORPHANS)), {"field": self.landing.settlement})

    def misfits(self, connection: Connection, tally: Tally) -> list[str]:
        """The settlements whose lines do not come to the total of their summary: not whole."""
        del tally
        return [
            f"The lines of settlement {settlement} add up to {lines}, "
            f"but its summary states a total of {total}."
            for settlement, lines, total in connection.execute(text(self._statement(_SUMS)))
        ]

    def land(self, connection: Connection, incoming: Incoming) -> Landed:
        """Move the staged lines in."""
        values = incoming.values
        reach_days(connection, incoming, self._statement(_SPANS))
        take_days(connection, incoming)
        connection.execute(text(self._statement(_TAKE)))
        connection.execute(text(self._statement(_REPLACE)), values)
        landed = connection.execute(text(self._statement(_INSERT)), values).rowcount
        rows, summaries = connection.execute(text(self._statement(_COUNT))).one()
        return landed, {SUMMARY: summaries, NEWER_SETTLEMENT: rows - summaries - landed}

    def _statement(self, template: str) -> str:
        return statement_of(self.report, self.landing, template)


_IS_SUMMARY: Final = "s.{start} is not null and s.{amount} is null"


def statement_of(report: ReportFormat, landing: BySettlement, template: str) -> str:
    """The statement with the format's own names."""
    start, end = landing.period
    names = {
        "settlement": landing.settlement,
        "start": start,
        "end": end,
        "currency": landing.currency,
        "amount": landing.amount,
        "total": landing.total,
    }
    names["is_summary"] = fill_from(names, _IS_SUMMARY)
    fields = [field for field in report.fields if field not in {start, end, landing.currency}]
    return fill_from(
        {
            **names,
            "own": OWN,
            "table": report.table,
            "columns": listed(fields),
            "values": listed(fields, "s.{name}"),
            "sums": fill_from(names, _WRONG),
            "join_shop": join_shop(report, "s"),
            "first_day": day_here(fill("summary.{start}", start=start)),
            "last_day": day_here(fill("summary.{end}", end=end)),
        },
        template,
    )
