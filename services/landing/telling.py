"""What an import did, in words for a terminal and in plain values for machines."""

import shlex
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any

from services.landing.harmless import harmless
from services.landing.importing import ImportResult
from services.landing.land import FileResult
from services.landing.reading_again import ReadAgain
from services.landing.rejected.listing import RejectedRow
from services.marketplaces.labels import report_label
from wording.numbers import counted, plain_number


def as_plain(result: ImportResult) -> dict[str, object]:
    """An import as JSON holds it."""
    return {
        "account": result.account,
        "channel": result.channel,
        "files": [_plain_file(file) for file in result.files],
        "read_again": [asdict(one) for one in result.read_again],
    }


def _plain_file(file: FileResult) -> dict[str, object]:
    plain = asdict(file)
    for name in ("landed_at", "misread_at"):
        moment = plain[name]
        plain[name] = moment.isoformat() if moment else None
    return plain


def of_plain(plain: Mapping[str, Any]) -> ImportResult:
    """The import that `as_plain` has written."""
    return ImportResult(
        plain["account"],
        plain["channel"],
        tuple(_file_of(one) for one in plain["files"]),
        tuple(ReadAgain(**one) for one in plain["read_again"]),
    )


def _file_of(plain: Mapping[str, Any]) -> FileResult:
    moments = {
        name: plain[name] and datetime.fromisoformat(plain[name])
        for name in ("landed_at", "misread_at")
    }
    return FileResult(**{**plain, **moments, "notes": tuple(plain["notes"])})


def in_words(file: FileResult) -> Iterator[str]:
    """A file's lines for a person: what it is, what became of its rows, what to know."""
    if file.status == "refused":
        yield harmless(f"{file.file}: refused. {file.refused_because}")
        return
    yield harmless(f"{file.file}: {report_label(file.kind or '')}")
    fate = _fate(file.rows_landed, file.rows_passed_over)
    yield f"  {_rows(file.rows_in_file)}: {fate}, {plain_number(file.rows_rejected)} rejected"
    for reason, rows in file.passed_over_because.items():
        yield f"  passed over: {_rows(rows)}: {reason}"
    for note in file.notes:
        yield harmless(f"  note: {note}")


def not_whole_in_words(file: FileResult, account: str) -> Iterator[str]:
    """That a file was not read whole, and why: what it may have told otherwise is not ready."""
    yield harmless(f"{file.file}: not read whole. {' '.join(_why(file))}")
    if file.rows_rejected:
        named = shlex.quote(account)
        yield f"  The rows and their reasons: python -m services rejected --account {named}"


def _why(file: FileResult) -> Iterator[str]:
    if file.rows_rejected:
        yield f"{_rows(file.rows_rejected)} could not be read."
    elif file.status == "already_landed":
        yield "It was not when it landed, and nothing of it is read again."
    else:
        yield from file.notes


def read_again_in_words(one: ReadAgain) -> str:
    """What became of a document's rows that waited for their channel, for a person."""
    said = _fate(one.rows_landed, one.rows_passed_over)
    rest = f", {plain_number(one.rows_rejected)} still rejected" if one.rows_rejected else ""
    return harmless(f"{one.file}: {_rows(one.rows)} read again, the channel is there: {said}{rest}")


def _fate(landed: int, passed_over: int) -> str:
    return f"{plain_number(landed)} landed, {plain_number(passed_over)} passed over"


def _rows(count: int) -> str:
    return counted(count, "row", "rows")


def rejected_as_plain(row: RejectedRow) -> dict[str, object]:
    """A rejected row as JSON holds it."""
    return asdict(row) | {"landed_at": row.landed_at.isoformat(), "reason": row.reason}


def rejected_in_words(row: RejectedRow) -> Iterator[str]:
    """A rejected row's lines for a person."""
    yield harmless(f"{row.document}, row {row.row}, {row.column}: {row.reason}")
    yield "  " + harmless(row.raw_text)
