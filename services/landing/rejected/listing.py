"""Rows that could not be landed, as a person or a machine asks for them."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import text

from services.access.accounts import account_id_of
from services.database.engine import Database
from services.landing.rejected.rejecting import MOST_LISTED


@dataclass(frozen=True)
class RejectedRow:
    """One cell, or one whole row, that stood in the way of a row."""

    document: str  # its file's name
    kind: str
    landed_at: datetime
    row: int  # the line in the unpacked file; in JSON, the position in the list
    column: str
    expected: str
    found: str | None
    raw_text: str

    @property
    def reason(self) -> str:
        """Why the row was rejected, in words."""
        return f"expected {self.expected}; found {self.found or 'nothing'}"


_ROWS: Final = """
select d.file_name, d.kind, d.landed_at, r.row_number, r.column_name, r.expected, r.found,
    r.raw_text
from rejected_row r
join report_document d on d.account_id = r.account_id and d.document_id = r.document_id
where r.account_id = :account_id
order by r.document_id, r.row_number, r.column_name
"""


def rejected_rows(database: Database, account: str) -> Iterator[RejectedRow]:
    """Every rejected row of an account, oldest document first.

    Raises UnknownAccountError.
    """
    account_id = account_id_of(database, account)
    with database.reading(account_id) as connection:
        for row in connection.execute(text(_ROWS), {"account_id": account_id}):
            yield RejectedRow(*row)


_NOTES: Final = """
select d.file_name, note from report_document d
cross join lateral jsonb_array_elements_text(d.notes) note
where d.account_id = :account_id and d.rows_rejected > :most
order by d.document_id
"""


def not_listed(database: Database, account: str) -> list[str]:
    """What is said of files with more rejected rows than are listed: where all of them are.

    Raises UnknownAccountError.
    """
    account_id = account_id_of(database, account)
    with database.reading(account_id) as connection:
        values = {"account_id": account_id, "most": MOST_LISTED}
        return [f"{name}: {note}" for name, note in connection.execute(text(_NOTES), values)]
