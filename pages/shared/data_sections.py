"""The sections of Data, from the questions' answers to what is drawn."""

from collections.abc import Sequence
from typing import Final

import streamlit as st

from components.coverage import CoverageLine, Span, coverage_chart, gap_words, spans_between
from components.money import counted, escape_markdown, plain_number
from components.page import card
from components.palette import quiet
from components.states import empty_state, guarded
from components.tables import Cell, Column, Row, money_table
from pages.shared import address
from pages.shared.data_dialogs import open_file, open_rejected
from pages.shared.lists import fitted
from pages.shared.names import channel_label, kind_label
from pages.shared.pager import turn_pages
from pages.shared.snapshot import Snapshot
from pages.shared.start_here import import_command
from pages.shared.trouble import report
from services.exports.files import Question
from services.insights.answers import (
    Channel,
    Coverage,
    Document,
    Filters,
    Landed,
    Page,
    Rejected,
)

FILES: Final = "files"
REJECTED: Final = "rejected"
_REGIONS: Final = {"NA": "North America", "EU": "Europe", "FE": "Far East"}

_KINDS: Final = (
    Column("kind", "Report", phone=True),
    Column("documents", "Files", "number", phone=True),
    Column("rows", "Rows", "number", width=90),
    Column("landed", "Landed", "number", width=90),
    Column("passed", "Passed over", "number", width=100),
    Column("rejected", "Rejected", "number", width=90, phone=True),
    Column("latest", "Latest import", "date"),
)
_FILES: Final = (
    Column("landed_on", "Imported", "date", width=100, phone=True),
    Column("file", "File", phone=True),
    Column("kind", "Report", width=206),
    Column("where", "For", width=104),
    Column("days", "Days", width=156),
    Column("landed", "Landed", "number", width=68),
    Column("passed", "Passed", "number", width=68),
    Column("rejected", "Rejected", "number", width=72, phone=True),
)
_REJECTED: Final = (
    Column("file", "File", width=260, phone=True),
    Column("row", "Row", "number", width=56, phone=True),
    Column("column", "Column", width=120),
    Column("expected", "Expected", width=440),
    Column("found", "Found", phone=True),
)


def cursor(seen: Snapshot, key: str) -> str | None:
    return address.read_cursor(key, _sign(seen))


def _sign(seen: Snapshot) -> str:
    return address.sign_of(seen.account_id)


def question(seen: Snapshot) -> Question:
    return Question.of("rejected", seen.account_id, Filters(""))


def draw_coverage(spans: Sequence[Coverage]) -> None:
    lines = [_line(one) for one in spans]
    missing = [line for line in lines if line.gaps]
    aside = f"{counted(len(missing), 'report', 'reports')} with gaps" if missing else "no gaps"
    with card("Which days do the reports speak for?", aside=aside), guarded("This chart", report):
        coverage_chart(lines, key="coverage")
        for line in missing:
            st.markdown(quiet(f"{escape_markdown(line.name)}: nothing for {gap_words(line.gaps)}"))


def _line(one: Coverage) -> CoverageLine:
    gaps = [Span(first, last) for first, last in one.gaps]
    return CoverageLine(
        f"{kind_label(one.kind)} · {one.part or _region(one.scope)}",
        spans_between(one.first_day, one.last_day, gaps),
        gaps,
    )


def _region(scope: str) -> str:
    region = scope.partition(":")[2]
    return _REGIONS.get(region, region)


def draw_kinds(kinds: Sequence[Landed], *, phone: bool) -> None:
    rows = sum(kind.rows_in_file for kind in kinds)
    with card("What was landed?", aside=f"{plain_number(rows)} rows"), guarded("The sums", report):
        money_table(
            fitted(_KINDS, phone, kind=184, documents=62, rejected=86),
            [_kind_row(kind) for kind in kinds],
            key="kinds",
            phone=phone,
            alt=f"{len(kinds)} report kinds with their rows landed, passed over and rejected",
        )
        st.markdown(quiet("Landed, passed over and rejected add up to the rows of the files."))


def _kind_row(kind: Landed) -> Row:
    cells: dict[str, Cell] = {
        "kind": kind_label(kind.kind),
        "documents": kind.documents,
        "rows": kind.rows_in_file,
        "landed": kind.rows_landed,
        "passed": kind.rows_passed_over,
        "rejected": kind.rows_rejected,
        "latest": kind.last_landed_at.date(),
    }
    return Row(kind.kind, cells, "")


def draw_rejected(
    page: Page[Rejected], kinds: Sequence[Landed], seen: Snapshot, *, phone: bool
) -> None:
    """No row is dropped in silence: each of these says what was expected and what was there."""
    count = sum(kind.rows_rejected for kind in kinds)
    title = "What could not be read?"
    with card(title, aside=counted(count, "row", "rows")), guarded("The rows", report):
        if not page.rows:
            empty_state("Every row was read", "A row that cannot be read would be shown here.")
            return
        pressed = money_table(
            fitted(_REJECTED, phone, file=168, found=108),
            [_rejected_row(row) for row in page.rows],
            key="rejected-rows",
            phone=phone,
            alt=f"{len(page.rows)} rejected rows",
        )
        turn_pages(page, REJECTED, _sign(seen))
        open_rejected([row for row in page.rows if _rejected_row(row).key == pressed])


def _rejected_row(row: Rejected) -> Row:
    cells: dict[str, Cell] = {
        "file": row.file_name,
        "row": row.row_number,
        "column": row.column_name,
        "expected": row.expected,
        "found": row.found or "nothing",
    }
    return Row(f"{row.document_id}~{row.row_number}~{row.column_name}", cells, "")


def draw_files(page: Page[Document], seen: Snapshot, *, phone: bool) -> None:
    with card("Latest imports"), guarded("The files", report):
        pressed = money_table(
            fitted(_FILES, phone, file=162),
            [_file_row(one) for one in page.rows],
            key="files-table",
            phone=phone,
            alt=f"{len(page.rows)} report files, the latest first",
        )
        turn_pages(page, FILES, _sign(seen))
        open_file([one for one in page.rows if str(one.document_id) == pressed])


def _file_row(one: Document) -> Row:
    cells: dict[str, Cell] = {
        "landed_on": one.landed_at.date(),
        "file": one.file_name,
        "kind": kind_label(one.kind),
        "where": channel_label(one.channel) if one.channel else "Whole account",
        "days": _days(one),
        "landed": one.rows_landed,
        "passed": one.rows_passed_over,
        "rejected": one.rows_rejected,
    }
    return Row(str(one.document_id), cells, "")


def _days(one: Document) -> str:
    return gap_words([Span(one.first_day, one.last_day)]) if one.first_day and one.last_day else ""


def draw_import(channels: Sequence[Channel], account_name: str = "My business") -> None:
    """Own reports go into an account of their own: its name is made by the command."""
    with card("Load your own reports"):
        words = "Download the reports from the marketplace; their kind is recognised. Then run:"
        st.markdown(quiet(words))
        code = channels[0].code if channels else "amazon-us"
        st.code(import_command(account_name, code), language=None, wrap_lines=True)
