"""The reference data: read from the data files, checked, and stored in the shared tables.

The files lie with their marketplaces (services/marketplaces/*/*.json) and are read by path, so
that a corrected claim window is a change of data, never of code. docs/claim-windows.md says what
each field means. A file that is wrong stops the start with its name, entry and field.
"""

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from importlib.resources import files
from importlib.resources.abc import Traversable
from itertools import pairwise
from typing import Final

from pydantic import ValidationError
from sqlalchemy import Connection, text
from sqlalchemy.exc import IntegrityError

from services.database.reference_entries import (
    AutomaticPayment,
    ClaimWindow,
    Entry,
    LedgerReason,
    Marketplace,
    PaymentReason,
    ReferralRate,
    ReportWord,
    Row,
    UnitCap,
    ValuationMethod,
)
from services.database.sql import fill, listed

FOLDER: Final = files("services") / "marketplaces"


class ReferenceDataError(ValueError):
    """A data file is wrong; the message names file, entry and field."""


# Which file fills which table --------------------------------------------------------------


@dataclass(frozen=True)
class Source:
    """One table and the files that fill it."""

    table: str
    key: tuple[str, ...]
    entry: type[Entry]
    pattern: str  # a file name in each marketplace's folder


SOURCES: Final = (
    Source("marketplace", ("code",), Marketplace, "marketplaces.json"),
    Source("claim_window", ("claim_window_id",), ClaimWindow, "claim_windows.json"),
    Source("ledger_reason", ("code",), LedgerReason, "ledger_reasons.json"),
    Source("payment_reason", ("marketplace", "reason"), PaymentReason, "payment_reasons.json"),
    Source("referral_rate", ("schedule", "category"), ReferralRate, "referral_rates.json"),
    Source(
        "automatic_payment",
        ("automatic_payment_id",),
        AutomaticPayment,
        "automatic_payments.json",
    ),
    Source("valuation_method", ("valuation_method_id",), ValuationMethod, "valuation_methods.json"),
    Source("unit_cap", ("unit_cap_id",), UnitCap, "unit_caps.json"),
    Source("report_word", ("marketplace", "field", "word"), ReportWord, "report_words.json"),
)
# These tables hold every marketplace's rows: the folder says whose an entry is.
OF_A_MARKETPLACE: Final = frozenset(
    {
        "marketplace",
        "claim_window",
        "payment_reason",
        "automatic_payment",
        "valuation_method",
        "unit_cap",
        "report_word",
    }
)
# Of one country and one of these, two entries may not hold on the same day.
OF_COUNTRIES: Final = {
    "claim_window": "subtype",
    "automatic_payment": "subtype",
    "valuation_method": "moment",
    "unit_cap": "currency",
}


def read_reference_data(folder: Traversable = FOLDER) -> dict[str, list[Row]]:
    """Every table's rows, checked one by one and against each other.

    Raises ReferenceDataError.
    """
    tables = {source.table: _rows(source, folder) for source in SOURCES}
    _currency_ranks_differ(tables["marketplace"])
    for table, kind in OF_COUNTRIES.items():
        _countries_are_known(table, tables[table], tables["marketplace"])
        _periods_do_not_overlap(table, kind, tables[table])
    return tables


def _rows(source: Source, folder: Traversable) -> list[Row]:
    rows: list[Row] = []
    for owner, path in _files(source, folder):
        more = {"marketplace": owner} if source.table in OF_A_MARKETPLACE else {}
        rows += [entry.row() | more for entry in _entries(source, f"{owner}/{path.name}", path)]
    _keys_are_unique(source, rows)
    return rows


def _files(source: Source, folder: Traversable) -> Iterator[tuple[str, Traversable]]:
    for owner in sorted(folder.iterdir(), key=lambda path: path.name):
        path = owner / source.pattern
        if owner.is_dir() and path.is_file():
            yield owner.name, path


def _entries(source: Source, name: str, path: Traversable) -> list[Entry]:
    try:
        listed = json.loads(path.read_text("utf-8"))["entries"]
    except (ValueError, KeyError, TypeError, OSError) as error:
        raise ReferenceDataError(f'{name}: not a JSON file with "entries": {error!r}') from error
    return [_checked(source, name, number, said) for number, said in enumerate(listed, start=1)]


def _checked(source: Source, name: str, number: int, said: object) -> Entry:
    try:
        return source.entry.model_validate(said)
    except ValidationError as error:
        key = said.get(source.key[-1], "?") if isinstance(said, dict) else "?"
        where = f"{name}, entry {number} ({source.key[-1]} {key})"
        raise ReferenceDataError("\n".join(_complaints(where, error))) from error


def _complaints(where: str, error: ValidationError) -> Iterator[str]:
    for problem in error.errors():
        field = ".".join(str(part) for part in problem["loc"]) or "the entry"
        yield f"{where}, {field}: {problem['msg']} (found {problem['input']!r:.80})"


def _keys_are_unique(source: Source, rows: Iterable[Row]) -> None:
    seen: set[tuple[object, ...]] = set()
    for row in rows:
        key = tuple(row[column] for column in source.key)
        if key in seen:
            raise ReferenceDataError(f"{source.pattern}: {source.key} {key} is there twice")
        seen.add(key)


def _currency_ranks_differ(marketplaces: Iterable[Row]) -> None:
    """Two entries of one rank would leave it to chance which of them a payment goes to."""
    seen: dict[tuple[object, ...], str] = {}
    for entry in marketplaces:
        key = tuple(entry[name] for name in ("marketplace", "region", "currency", "currency_rank"))
        if key in seen:
            raise ReferenceDataError(
                f"{entry['marketplace']}/marketplaces.json, entry {entry['code']},"
                f" currency_rank: {seen[key]} has {entry['currency_rank']} too,"
                " in the same region and currency"
            )
        seen[key] = entry["code"]


def _countries_are_known(table: str, rows: Iterable[Row], marketplaces: Iterable[Row]) -> None:
    known = {(entry["marketplace"], entry["country"]) for entry in marketplaces}
    for row in rows:
        for country in row["countries"]:
            if (row["marketplace"], country) not in known:
                raise ReferenceDataError(
                    f"{_named(row, table)}, countries: {country} is not in its marketplaces.json"
                )


def _periods_do_not_overlap(table: str, kind: str, rows: Iterable[Row]) -> None:
    groups: dict[tuple[str, str, str], list[Row]] = {}
    for row in rows:
        for country in row["countries"]:
            groups.setdefault((row["marketplace"], country, row[kind]), []).append(row)
    for (_, country, what), group in groups.items():
        group.sort(key=_first_day)
        for earlier, later in pairwise(group):
            if _first_day(later) <= _last_day(earlier):
                raise ReferenceDataError(
                    f"{_named(later, table)}, valid_from: overlaps {table.replace('_', ' ')} "
                    f"{earlier[f'{table}_id']} for {what} in {country}"
                )


def _first_day(row: Row) -> str:
    return row["valid_from"] or date.min.isoformat()


def _last_day(row: Row) -> str:
    return row["valid_to"] or date.max.isoformat()


def _named(row: Row, table: str) -> str:
    return f"{row['marketplace']}/{table}s.json, entry {row[f'{table}_id']}"


# Into the tables ---------------------------------------------------------------------------


def load_reference_data(connection: Connection) -> None:
    """Make the shared tables say what the files say; rows that are the same are not rewritten.

    Raises ReferenceDataError for a wrong file, and where a row that is gone from its file is
    still referenced: a discrepancy must be able to name the window it was judged by.
    """
    for table, rows in read_reference_data().items():
        store(connection, table, rows)


def store(connection: Connection, table: str, rows: Sequence[Row]) -> None:
    """Write one table's rows and remove the others, each in one statement."""
    source = next(source for source in SOURCES if source.table == table)
    parameters = {"rows": json.dumps(rows)}
    if rows:
        connection.execute(text(upsert(source, list(rows[0]))), parameters)
    try:
        connection.execute(text(remove(source)), parameters)
    except IntegrityError as error:
        raise ReferenceDataError(
            f"{source.pattern}: an entry was removed that stored data rests on; keep it and end "
            f"it instead (a claim window by its valid_to): {error.orig}"
        ) from error


_UPSERT: Final = """
insert into {table} as held ({columns}) select {columns}
from jsonb_populate_recordset(null::{table}, cast(:rows as jsonb))
on conflict ({key}) do update set ({columns}) = row({new})
where ({held}) is distinct from ({new})
"""

_REMOVE: Final = """
delete from {table} where ({key}) not in (
    select {key} from jsonb_populate_recordset(null::{table}, cast(:rows as jsonb)))
"""


def upsert(source: Source, columns: Sequence[str]) -> str:
    """The statement that writes a table's rows, those that differ."""
    return fill(
        _UPSERT,
        table=source.table,
        columns=listed(columns),
        key=listed(source.key),
        held=listed(columns, "held.{name}"),
        new=listed(columns, "excluded.{name}"),
    )


def remove(source: Source) -> str:
    """The statement that removes what is gone from the file."""
    return fill(_REMOVE, table=source.table, key=listed(source.key))
