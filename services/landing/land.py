"""One document on its way into the database: recognise, parse, stage, land, account for."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Final, Literal

import polars as pl
from sqlalchemy import Connection

from services.landing import staging
from services.landing.asked import in_part
from services.landing.cut_off import cut_off
from services.landing.documents import (
    Counts,
    Landed,
    close_document,
    find_landed,
    forget_reading,
    open_document,
    speaks_by_channel,
)
from services.landing.read.delimited import IrregularError
from services.landing.read.lines import Told
from services.landing.read.unpack import Unpacked
from services.landing.recognise.kinds import Recognised, recognise
from services.landing.refusals import RefusedError
from services.landing.rejected import rejecting
from services.landing.rejected.rejecting import Rejecting
from services.landing.rows.cells import ORIGINAL
from services.landing.rows.days import DAY_FIRST, MONTH_FIRST, Order, slashed_columns
from services.landing.rows.parse import REPEATED_HEADER, Parser, Tally
from services.landing.rows.put_together import PutTogetherError
from services.landing.same import damaged
from services.landing.target import Target, make_of_currencies
from services.landing.ways.choosing import way_of
from services.marketplaces.contract import Column, ReportFormat
from services.marketplaces.labels import channel_label, marketplace_label
from wording.days import plain_date

UNREADABLE: Final = "Some letters mean nothing in the file's encoding; they are shown as �."
DAMAGED: Final = (
    "Rows with a {name} of which a spreadsheet has lost digits (such as 6.57913E+12): {rows}. "
    "They landed without it."
)
WHOSE: Final = f"Nothing is claimed on what they cannot name. {ORIGINAL}."
NOT_WHOLE: Final = (
    "{rejected} of its {rows} rows could not be read. It speaks only for what was read: what the "
    "others may be about is not claimed until a readable copy has come."
)
READ_ANEW: Final = (
    "It was read before, by a clock that was wrong or when days that it tells of were still to come"
    " (it landed on {day}): it has been read anew."
)
NO_ROWS: Final = "The file holds no rows."


@dataclass(frozen=True)
class FileResult:
    """What became of one file. rows_in_file = landed + passed over + rejected."""

    file: str
    status: Literal["landed", "already_landed", "refused"]
    kind: str | None = None
    document_id: int | None = None
    rows_in_file: int = 0
    rows_landed: int = 0
    rows_passed_over: int = 0
    rows_rejected: int = 0
    passed_over_because: dict[str, int] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    refused_because: str | None = None
    is_whole: bool = True  # every row was read, and its lines come to the total that it states
    landed_at: datetime | None = None  # of an earlier landing of the same content
    encoding: str | None = None
    delimiter: str | None = None
    compression: str | None = None
    misread_at: datetime | None = None  # when it was read before, by a clock that was wrong
    in_part: str | None = None  # of which of the days asked for it does not speak, in a sentence
    rejected_file: str | None = None  # with every rejected row, where they are too many to list


def land(connection: Connection, target: Target, document: Unpacked, told: Told) -> FileResult:
    """Land one document, which is one download.

    Raises RefusedError, and PutTogetherError where it is several: having then changed what the
    caller must undo.
    """
    kind = recognise(document, target.channel.marketplace if target.channel else None)
    _check_channel(target, kind.report)
    before = find_landed(connection, target, kind.report, document.checksum)
    if before and not before.is_misread:
        reason = _already(before, target, kind.report)
        counts = Counts(before.rows_in_file, 0, {reason: before.rows_in_file}, 0, before.is_whole)
        known = _result(document, kind, before.document_id, counts, before.landed_at)
        return replace(known, in_part=in_part(before.beside))
    if kind.rows_above:
        raise PutTogetherError(kind, 0)
    parser = _stage(connection, target, document, kind, told)
    if repeated := parser.tally.passed_over.get(REPEATED_HEADER):
        raise PutTogetherError(kind, repeated)
    damaged.read_whole_numbers(connection, kind.report)
    if before:
        forget_reading(connection, target, kind.report, before)
    notes = _prepare(connection, kind, parser.tally)
    if before:
        notes.append(READ_ANEW.format(day=plain_date(before.landed_at)))
    misfits = _misfits(connection, kind.report, parser.tally)
    notes += damaged.compare(connection, target, kind)
    notes += make_of_currencies(connection, target, kind.report)
    incoming = open_document(
        connection,
        target,
        document,
        kind,
        adds_up=not misfits,
        is_undamaged=not any(parser.tally.damaged.values()),
        cut=cut_off(connection, target, kind, parser),
        to_come=parser.tally.to_come,
        unread_days=parser.tally.unread_days,
        is_clear=parser.tally.days.is_proven or not slashed_columns(kind.report),
        before=before,
    )
    rejecting_of = Rejecting(connection, incoming, kind, parser.tally.order)
    counts = _move(rejecting_of, parser)
    notes += [incoming.beside.note] if incoming.beside else []
    notes += [*misfits, *rejecting_of.notes, *way_of(incoming.report).notes(connection, incoming)]
    notes += _notes(document, counts)
    close_document(connection, incoming, counts, notes)
    staging.clear(connection)
    # Of what is stored the rows tell it: some may be read later (rejected.reading_again).
    said = (*_not_whole(counts), *notes)
    return replace(
        _result(document, kind, incoming.document_id, counts),
        notes=said,
        in_part=in_part(incoming.beside),
        rejected_file=rejecting_of.file.name if rejecting_of.file else None,
        misread_at=before.read_at if before and (before.was_ahead or before.was_behind) else None,
    )


def _already(before: Landed, target: Target, report: ReportFormat) -> str:
    """Rows stay with the channel that they came for first: two would claim them twice."""
    said = f"this file already landed on {plain_date(before.landed_at)}"
    here = target.channel.code if target.channel else None
    if not before.channel or not here or before.channel == here or not speaks_by_channel(report):
        return said
    first, other = channel_label(before.channel), channel_label(here)
    return f"{said} for {first}, and says nothing of {other}: bring {other}'s own report"


def _result(
    document: Unpacked,
    kind: Recognised,
    document_id: int,
    counts: Counts,
    before: datetime | None = None,
) -> FileResult:
    return FileResult(
        file=document.name,
        status="already_landed" if before else "landed",
        kind=kind.report.kind,
        document_id=document_id,
        rows_in_file=counts.rows,
        rows_landed=counts.landed,
        rows_passed_over=sum(counts.passed_over.values()),
        rows_rejected=counts.rejected,
        passed_over_because={reason: n for reason, n in counts.passed_over.items() if n},
        is_whole=counts.is_whole,
        landed_at=before,
        encoding=document.script.encoding,
        delimiter=kind.delimiter,
        compression=document.compression,
    )


def _stage(
    connection: Connection, target: Target, document: Unpacked, kind: Recognised, told: Told
) -> Parser:
    """Stage the rows; once more where the file itself proves that its days have the day first."""
    parser = _read(connection, target, document, kind, told)
    before, earlier = parser.tally.days, parser.tally.to_come
    if before.order() != parser.tally.order:
        parser = _read(connection, target, document, kind, told, before.order())
        days = before.and_then(parser.tally.days)
        if days.order() != parser.tally.order:  # days to come, read either way: no proof
            parser = _read(connection, target, document, kind, told)
        parser.tally.days = days
        if earlier:
            parser.tally.hear_of_time_to_come(pl.Series([earlier]))
    return parser


def _read(  # noqa: PLR0913, PLR0917  each is another thing to know
    connection: Connection,
    target: Target,
    document: Unpacked,
    kind: Recognised,
    told: Told,
    order: Order = MONTH_FIRST,
) -> Parser:
    parser = Parser(document, kind, target.words, told, order=order)
    try:
        staging.stage(connection, kind.report.columns, parser.batches())
    except IrregularError:
        parser = Parser(document, kind, target.words, told, line_by_line=True, order=order)
        staging.stage(connection, kind.report.columns, parser.batches())
    return parser


def _check_channel(target: Target, report: ReportFormat) -> None:
    if report.marketplace is None:
        return
    if target.channel is None:
        raise RefusedError("It is a marketplace's report: name the channel it belongs to.")
    if target.channel.marketplace != report.marketplace:
        raise RefusedError(
            f"It is a report of {marketplace_label(report.marketplace)}, but {target.channel.code}"
            f" is a channel of {marketplace_label(target.channel.marketplace)}."
        )


def _prepare(connection: Connection, kind: Recognised, tally: Tally) -> list[str]:
    report = kind.report
    rejecting.check(connection, report)
    rejecting.derive(connection, report)
    notes = [*_damaged(kind, tally), *([tally.days.note] if tally.order == DAY_FIRST else [])]
    way_of(report).prepare(connection, tally)
    return notes


def _misfits(connection: Connection, report: ReportFormat, tally: Tally) -> list[str]:
    """Where the file's lines do not come to the total that it states itself, or it is one page."""
    if tally.pages.missing:
        return [tally.pages.missing]
    return way_of(report).misfits(connection, tally)


def _damaged(kind: Recognised, tally: Tally) -> Iterator[str]:
    """Which columns have lost digits, and in how many of the rows that landed."""
    for column in kind.report.columns:
        if rows := tally.damaged.get(column.field, 0):
            is_named = _is_named_beside(column)
            said = DAMAGED.format(name="GTIN" if is_named else kind.seen_as(column), rows=rows)
            yield said if is_named else f"{said} {WHOSE}"


def _is_named_beside(column: Column) -> bool:
    """Whether a row without this identity still says whose it is: by its order and SKU."""
    return column.reading.manner == "gtin"


def _move(rejected: Rejecting, parser: Parser) -> Counts:
    # What could not be read is known before the rest lands: a day of which a row is missing is not
    # whole. Landing may reject a row as well.
    incoming = rejected.incoming
    rejected.keep(parser.raw_texts())
    try:
        landed, reasons = way_of(incoming.report).land(rejected.connection, incoming)
    except BaseException:
        rejected.discard()
        raise
    rejected.keep(parser.raw_texts())
    rejected.close()
    for reason, rows in reasons.items():
        parser.tally.pass_over(reason, rows)
    return Counts(
        parser.tally.rows,
        landed,
        parser.tally.passed_over,
        rejected.rejected,
        incoming.adds_up,
        is_named=not any(
            parser.tally.damaged.get(column.field)
            for column in incoming.report.columns
            if not _is_named_beside(column)
        ),
    )


def _not_whole(counts: Counts) -> Iterator[str]:
    if counts.rejected:
        yield NOT_WHOLE.format(rejected=counts.rejected, rows=counts.rows)


def _notes(document: Unpacked, counts: Counts) -> list[str]:
    notes = [] if document.script.readable else [UNREADABLE]
    return notes if counts.rows else [*notes, NO_ROWS]
