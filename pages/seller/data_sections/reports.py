"""The sections of Data, from the questions' answers to what is drawn."""

from collections.abc import Sequence
from typing import Final

import streamlit as st

from components.coverage import CoverageLine, Span, coverage_chart, gap_words, spans_between
from components.markdown import escape_markdown
from components.page import card
from components.palette import quiet
from components.states import empty_state, guarded
from components.tables import Cell, Column, Row, money_table
from pages.seller.data_sections.dialogs import open_file, open_rejected, read_words
from pages.shared import address, clock
from pages.shared.dropping.section import FIRST
from pages.shared.pager import turn_pages
from pages.shared.snapshot import Snapshot
from pages.shared.trouble import report
from services.exports.files import Question
from services.insights.answers import Coverage, Document, Filters, Landed, Page, Rejected
from services.marketplaces.labels import channel_label, report_label
from wording.labels import region_label
from wording.numbers import counted, plain_number

FILES: Final = "files"
REJECTED: Final = "rejected"
_MOST_NOTED: Final = 5

_KINDS: Final = (
    Column("kind", "Report", phone=True),
    Column("documents", "Files", "number", phone=True),
    Column("rows", "Rows", "number"),
    Column("landed", "Landed", "number"),
    Column("passed", "Passed over", "number"),
    Column("rejected", "Rejected", "number", phone=True),
    Column("latest", "Latest import", "date"),
)
_FILES: Final = (
    Column("landed_on", "Imported", "date", phone=True),
    Column("file", "File", phone=True),
    Column("read", "Read", phone=True),
    Column("kind", "Report"),
    Column("where", "For"),
    Column("days", "Days"),
    Column("landed", "Landed", "number"),
)
_REJECTED: Final = (
    Column("file", "File", phone=True),
    Column("row", "Row", "number", phone=True),
    Column("column", "Column"),
    Column("expected", "Expected"),
    Column("found", "Found", phone=True),
)


def cursor(seen: Snapshot, key: str) -> str | None:
    return address.read_cursor(key, _sign(seen))


def _sign(seen: Snapshot) -> str:
    return address.sign_of(seen.account_id)


def question(seen: Snapshot) -> Question:
    return Question.of("rejected", seen.account_id, Filters(""))


def draw_coverage(spans: Sequence[Coverage]) -> None:
    """Only what is proven counts as covered."""
    lines = [_line(one) for one in spans]
    with (
        card("Which days do the reports speak for?", aside=_missing_words(lines)),
        guarded("This chart", report),
    ):
        coverage_chart(lines, key="coverage")
        for line in lines:
            _say_missing(line)


def _missing_words(lines: Sequence[CoverageLine]) -> str:
    gaps, unproven = sum(bool(one.gaps) for one in lines), sum(bool(one.unproven) for one in lines)
    said = [f"{counted(gaps, 'report', 'reports')} with gaps"] if gaps else []
    if unproven:
        said.append(f"{counted(unproven, 'report', 'reports')} with days that are not proven")
    return " · ".join(said) or "no gaps"


def _say_missing(line: CoverageLine) -> None:
    name = escape_markdown(line.name)
    if line.gaps:
        st.markdown(quiet(f"{name}: nothing for {gap_words(line.gaps)}"))
    if line.unproven:
        days = gap_words(line.unproven)
        why = "what could not be read, or was not told, may be about any of these days"
        st.markdown(quiet(f"{name}: not proven for {days}, {why}"))


def _line(one: Coverage) -> CoverageLine:
    gaps = [Span(first, last) for first, last in one.gaps]
    unproven = [Span(first, last) for first, last in one.unproven]
    return CoverageLine(
        f"{report_label(one.kind)} · {_part(one)}",
        spans_between(one.first_day, one.last_day, [*gaps, *unproven]),
        gaps,
        unproven,
    )


def _part(one: Coverage) -> str:
    """A channel, a country, or the whole region."""
    region = region_label(one.scope.partition(":")[2])
    return channel_label(one.part) if "-" in one.part else one.part or region


def draw_kinds(kinds: Sequence[Landed], *, phone: bool) -> None:
    rows = sum(kind.rows_in_file for kind in kinds)
    with card("What was landed?", aside=f"{plain_number(rows)} rows"), guarded("The sums", report):
        money_table(
            _KINDS,
            [_kind_row(kind) for kind in kinds],
            key="kinds",
            phone=phone,
            alt=f"{len(kinds)} report kinds with their rows landed, passed over and rejected",
            opens=False,
        )
        st.markdown(quiet("Landed, passed over and rejected add up to the rows of the files."))


def _kind_row(kind: Landed) -> Row:
    cells: dict[str, Cell] = {
        "kind": report_label(kind.kind),
        "documents": kind.documents,
        "rows": kind.rows_in_file,
        "landed": kind.rows_landed,
        "passed": kind.rows_passed_over,
        "rejected": kind.rows_rejected,
        "latest": clock.day_of(kind.last_landed_at),
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
            _REJECTED,
            [_rejected_row(row) for row in page.rows],
            key="rejected-rows",
            phone=phone,
            alt=f"{len(page.rows)} rejected rows",
        )
        turn_pages(page, REJECTED, _sign(seen), count)
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
    noted = [one for one in page.rows if one.notes]
    with card("Latest imports", aside=_whole_words(page)), guarded("The files", report):
        pressed = money_table(
            _FILES,
            [_file_row(one) for one in page.rows],
            key="files-table",
            phone=phone,
            alt=f"{len(page.rows)} report files, the latest first",
        )
        for one in noted[:_MOST_NOTED] if phone else ():
            said = f"{one.file_name}: {_notes(one)}"
            st.markdown(quiet(escape_markdown(said)))
        turn_pages(page, FILES, _sign(seen))
        open_file([one for one in page.rows if str(one.document_id) == pressed])


def _whole_words(page: Page[Document]) -> str:
    standing = sum(one.is_standing for one in page.rows)
    return f"{counted(standing, 'file', 'files')} not read whole" if standing else ""


def _file_row(one: Document) -> Row:
    notes = _notes(one)
    cells: dict[str, Cell] = {
        "landed_on": clock.day_of(one.landed_at),
        "file": one.file_name,
        "read": f"{read_words(one)} · {notes}" if notes else read_words(one),
        "kind": report_label(one.kind),
        "where": channel_label(one.channel) if one.channel else "Account",
        "days": _days(one),
        "landed": one.rows_landed,
    }
    return Row(str(one.document_id), cells, "")


def _notes(one: Document) -> str:
    """The first, and how many more: the dialog has them all."""
    if not one.notes:
        return ""
    others = len(one.notes) - 1
    return f"{one.notes[0]} +{others} more" if others else one.notes[0]


def _days(one: Document) -> str:
    """From its first row to its last, or those that it was asked for and speaks for."""
    asked = (one.asked_from, one.asked_to)
    if one.asked_from and one.asked_to and asked == (one.first_day, one.last_day):
        return f"{gap_words([Span(one.asked_from, one.asked_to)])}, asked"
    return gap_words([Span(one.first_day, one.last_day)]) if one.first_day and one.last_day else ""


def is_first(part: str) -> bool:
    """Whether the page was opened for this part."""
    return address.read(FIRST) == part
