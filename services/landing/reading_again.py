"""Case rows that were rejected because their channel was not there yet, read again once it is.

The feed of our service team speaks of every channel of an account, and may come before the reports
that make a channel known. Nothing of such a row is wrong: what was kept of it is read as if it had
just come, older documents before newer ones, so that the newest feed says what a case is.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from itertools import accumulate
from typing import Final

from sqlalchemy import Connection, text

from services.database.script import run_script
from services.database.sql import fill
from services.landing import staging
from services.landing.documents import Incoming
from services.landing.read.unpack import Unpacked, of_text
from services.landing.recognise.kinds import Recognised, of_json, recognise
from services.landing.refusals import RefusedError
from services.landing.rejected import rejecting
from services.landing.rows.parse import Parser
from services.landing.target import Target, known_words
from services.landing.ways.choosing import way_of
from services.marketplaces.own_formats import CASE_FEED

NOTE: Final = "Rows read again once their channel was there: {rows}."


@dataclass(frozen=True)
class ReadAgain:
    """What became of a document's rows that were read again. Its rows in all stay the same."""

    file: str
    document_id: int
    rows: int
    rows_landed: int
    rows_passed_over: int
    passed_over_because: Mapping[str, int]

    @property
    def rows_rejected(self) -> int:
        """How many have another fault as well, and stay rejected for it."""
        return self.rows - self.rows_landed - self.rows_passed_over


@dataclass(frozen=True)
class _Kept:
    """What a document's rejected rows were kept with."""

    document_id: int
    file: str
    header: str | None  # None: JSON
    texts: Mapping[int, str]  # by row number, in ascending order

    def text(self, row: int) -> str:
        """The row's own text; line 1 of a table is its header."""
        return self.header if row == 1 and self.header is not None else self.texts[row]


# A header is kept since rows are read again; a table landed before that cannot be.
_WAITING: Final = """
select d.document_id, d.file_name, d.header, array_agg(r.row_number order by r.row_number),
    array_agg(r.raw_text order by r.row_number)
from rejected_row r
join report_document d on d.account_id = r.account_id and d.document_id = r.document_id
join channel on channel.account_id = r.account_id
    and replace(channel.code, '-', '_')
        = regexp_replace(lower(r.found), '[[:space:]_-]+', '_', 'g')
where r.account_id = :account_id and d.kind = :kind
    and regexp_replace(lower(r.column_name), '[^a-z0-9]', '', 'g') = 'channel'
    and (d.header is not null or d.delimiter = 'json')
group by d.document_id, d.file_name, d.header
order by d.document_id
"""

STAGED: Final = ("staged", "staged_fault")
_RENUMBER: Final = """
update {table} s set row_number = own.row_number
from unnest(cast(:lines as bigint[]), cast(:row_numbers as bigint[])) as own(line, row_number)
where s.row_number = own.line
"""

_FORGET: Final = """
delete from rejected_row
where account_id = :account_id and document_id = :document_id
    and row_number = any(cast(:row_numbers as bigint[]));
delete from unread_row
where account_id = :account_id and document_id = :document_id
    and row_number = any(cast(:row_numbers as bigint[]));
"""

_RECOUNT: Final = """
with said as (
    select min(least(opened_on, closed_on)) as first_day,
        max(greatest(opened_on, closed_on)) as last_day
    from staged_row
)
update report_document d set
    rows_landed = d.rows_landed + :landed,
    rows_passed_over = d.rows_passed_over + :passed_over,
    rows_rejected = d.rows_rejected - :landed - :passed_over,
    is_whole = d.rows_rejected = :landed + :passed_over,
    first_day = least(d.first_day, said.first_day),
    last_day = greatest(d.last_day, said.last_day),
    passed_over_because = d.passed_over_because || (
        select coalesce(jsonb_object_agg(more.key,
            more.value::bigint + coalesce((d.passed_over_because ->> more.key)::bigint, 0)), '{}')
        from jsonb_each_text(cast(:because as jsonb)) more),
    notes = d.notes || cast(:notes as jsonb)
from said
where d.account_id = :account_id and d.document_id = :document_id
"""


def read_again(connection: Connection, target: Target) -> tuple[ReadAgain, ...]:
    """Land every case row whose channel has come since it was rejected.

    A row with another fault stays rejected, for that fault alone.
    """
    values = {"account_id": target.account_id, "kind": CASE_FEED.kind}
    waiting = [
        _Kept(document_id, file, header, dict(zip(numbers, texts, strict=True)))
        for document_id, file, header, numbers, texts in connection.execute(text(_WAITING), values)
    ]
    if not waiting:
        return ()
    # This import may have made channels since its target was found.
    target = replace(target, words=known_words(connection, target.account_id))
    done = [_read(connection, target, kept) for kept in waiting]
    staging.clear(connection)
    return tuple(one for one in done if one)


def _read(connection: Connection, target: Target, kept: _Kept) -> ReadAgain | None:
    try:
        kind = _stage(connection, target, kept)
    except RefusedError:
        # Today's feed has other columns than this one had: its rows stay rejected, with their text.
        return None
    incoming = Incoming(kept.document_id, target, CASE_FEED, "account", None, None)
    landed, reasons = way_of(CASE_FEED).land(connection, incoming)
    run_script(connection, _FORGET, incoming.values | {"row_numbers": list(kept.texts)})
    rejecting.Rejecting(connection, incoming, kind).keep(kept.text)
    because = {reason: rows for reason, rows in reasons.items() if rows}
    passed_over = sum(because.values())
    result = ReadAgain(kept.file, kept.document_id, len(kept.texts), landed, passed_over, because)
    _recount(connection, incoming, result)
    return result


def renumbering(table: str) -> str:
    """The statement that gives staged rows the numbers that they had in their own file."""
    return fill(_RENUMBER, table=table)


def _stage(connection: Connection, target: Target, kept: _Kept) -> Recognised:
    """Stage the rows as if they had just come; what they are."""
    document = _document(kept)
    kind = of_json(CASE_FEED) if kept.header is None else recognise(document)
    parser = Parser(document, kind, target.words, lambda _: None, line_by_line=True)
    staging.stage(connection, CASE_FEED.columns, parser.batches())
    rejecting.check(connection, CASE_FEED)
    numbers = {"lines": _lines(kept), "row_numbers": list(kept.texts)}
    for table in STAGED:
        connection.execute(text(renumbering(table)), numbers)
    return kind


def _document(kept: _Kept) -> Unpacked:
    above = [] if kept.header is None else [kept.header]
    return of_text(kept.file, "\n".join([*above, *kept.texts.values()]))


def _lines(kept: _Kept) -> list[int]:
    """Where each row stands in the document made of the rows that were kept."""
    if kept.header is None:
        return list(range(1, len(kept.texts) + 1))
    lengths = [raw.count("\n") + 1 for raw in kept.texts.values()]
    return list(accumulate(lengths[:-1], initial=2))


def _recount(connection: Connection, incoming: Incoming, result: ReadAgain) -> None:
    read = result.rows_landed + result.rows_passed_over
    values = {
        "landed": result.rows_landed,
        "passed_over": result.rows_passed_over,
        "because": json.dumps(dict(result.passed_over_because)),
        "notes": json.dumps([NOTE.format(rows=read)] if read else []),
    }
    connection.execute(text(_RECOUNT), incoming.values | values)
