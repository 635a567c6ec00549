"""The one page to send after a call, as a PDF: made by the library ReportLab, without a browser."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final, get_args

from services.access.viewer import Viewer
from services.database.engine import Database
from services.exports.page.buckets import HEIGHT, draw_buckets
from services.exports.page.drawing import (
    BOLD,
    BORDER,
    HEADING,
    MUTED,
    PLAIN,
    QUIET,
    SAMPLE,
    UNCLAIMED,
    Box,
    Ink,
    Sheet,
    shrunk,
    width_of,
)
from services.exports.page.months import draw_months
from services.exports.page.tables import HEAD, ROW, Column, draw_table
from services.exports.summary import CASE_ROWS, EXPIRING_ROWS, Sent, Summary, read_summary
from services.insights.answers import Case, Channel
from services.insights.expiring import Open
from services.insights.since import SinceName
from services.marketplaces.labels import channel_label
from wording.buckets import expires_soon, short_open_state
from wording.cases import case_words, status_counts
from wording.changes import SINCE, since_title
from wording.days import days_left, moment, plain_date
from wording.labels import in_a_sentence, item_label
from wording.money import money, without_amount
from wording.notices import ESTIMATES, INVENTED, SAMPLE_DATA
from wording.numbers import are, counted
from wording.subtypes import subtype_label, type_label

_GAP: Final = 11.0
_HEAD: Final = 54.0
_FOOT: Final = 48.0
_SECTION: Final = 8.0 + HEAD  # from the gap above a list to its first row
_LOWEST_MIDDLE, _HIGHEST_MIDDLE = 150.0, 230.0
_EXPIRING: Final = (
    Column("Left", 1.1, is_strong=True),
    Column("Last day", 1.75),
    Column("What", 3.6),
    Column("Where", 1.7),
    Column("Item", 4.4),
    Column("State", 1.5),
    Column("Units", 0.8, is_figure=True),
    Column("Estimate", 1.6, is_figure=True),
)
_CASES: Final = (
    Column("Filed", 1.5),
    Column("Case", 2.0, is_strong=True),
    Column("What", 3.2),
    Column("Status", 2.4),
    Column("Requested", 1.7, is_figure=True),
    Column("Paid, net", 1.7, is_figure=True),
)


def summary_pdf(viewer: Viewer, database: Database, sent: Sent, now: datetime) -> bytes:
    """One page of one of the viewer's accounts. Raises NotAllowedError."""
    return drawn(read_summary(viewer, database, sent, now))


def drawn(told: Summary) -> bytes:
    marked = f" ({SAMPLE_DATA})" if told.is_sample else ""
    sheet = Sheet(f"Recovery summary: {told.account}{marked}", is_letter=told.is_letter)
    inside = sheet.inside
    _head(sheet, inside, told)
    top = inside.top + _HEAD
    draw_buckets(sheet, Box(inside.left, top, inside.width, HEIGHT), told.totals, told.currency)
    top += HEIGHT + _GAP
    height = _middle_height(inside)
    _middle(sheet, Box(inside.left, top, inside.width, height), told)
    top = _expiring(sheet, inside, top + height + _GAP + 8, told)
    _cases(sheet, inside, top + _GAP + 8, told)
    _foot(sheet, inside, told)
    return sheet.finished()


def _middle_height(inside: Box) -> float:
    """What the lists leave when they are full."""
    lists = 2 * (_GAP + _SECTION) + (EXPIRING_ROWS + CASE_ROWS) * ROW
    left = inside.height - _HEAD - HEIGHT - _GAP - lists - _FOOT
    return min(max(left, _LOWEST_MIDDLE), _HIGHEST_MIDDLE)


def _head(sheet: Sheet, inside: Box, told: Summary) -> None:
    _mark(sheet, inside.left, inside.top)
    used = sheet.words("Reimbursement", inside.left + 21, inside.top + 11, Ink(size=9, font=BOLD))
    sheet.words("Recovery summary", inside.left + 27 + used, inside.top + 11, Ink(9, colour=MUTED))
    if told.is_sample:
        _invented(sheet, inside)
    as_of = Ink(QUIET.size, colour=MUTED, side="right")
    sheet.words(f"As of {moment(told.now)}", inside.right, inside.top + 11, as_of)
    name = Ink(size=17, font=BOLD)
    half = shrunk(told.account, name, inside.width * 0.62)
    ink = Ink(max(half.size, 11), BOLD)
    sheet.words(told.account, inside.left, inside.top + 38, ink, room=inside.width * 0.62)
    right = Ink(PLAIN.size, colour=MUTED, side="right")
    sheet.words(told.narrowed, inside.right, inside.top + 38, right, room=inside.width * 0.36)


def _invented(sheet: Sheet, inside: Box) -> None:
    """In the middle of the head, larger than what stands beside it: nobody takes it for real."""
    name, words = INVENTED
    ink = Ink(size=9.5, font=BOLD, colour=SAMPLE[0], side="middle")
    said = f"{name}: {in_a_sentence(words).rstrip('.')}"
    width = width_of(said, ink)
    middle = (inside.left + inside.right) / 2
    box = Box(middle - width / 2 - 9, inside.top - 17, width + 18, 15)
    sheet.fill(box, SAMPLE[1], radius=5)
    sheet.words(said, middle, box.bottom - 4.2, ink)


def _mark(sheet: Sheet, left: float, top: float) -> None:
    """The product's mark, from its own drawing (static/brand), half as large."""
    sheet.fill(Box(left, top, 16, 16), UNCLAIMED[0], radius=4.5)
    pen = sheet.canvas
    pen.saveState()
    pen.translate(left, sheet.height - top)
    pen.scale(0.5, -0.5)
    path = pen.beginPath()
    path.moveTo(13.6, 8.6)
    path.lineTo(9, 13.2)
    path.lineTo(13.6, 17.8)
    path.moveTo(9.6, 13.2)
    path.lineTo(18.2, 13.2)
    path.curveTo(20.9, 13.2, 23.1, 15.4, 23.1, 18.1)
    path.curveTo(23.1, 20.8, 20.9, 23, 18.2, 23)
    path.lineTo(13.2, 23)
    pen.setStrokeColorRGB(1, 1, 1)
    pen.setLineWidth(2.6)
    pen.setLineCap(1)
    pen.setLineJoin(1)
    pen.drawPath(path, stroke=1, fill=0)
    pen.restoreState()


def _middle(sheet: Sheet, box: Box, told: Summary) -> None:
    chart = box.width * 0.57
    draw_months(sheet, Box(box.left, box.top, chart, box.height), told.months, told.currency)
    rest = box.width - chart - 10
    _changed(sheet, Box(box.left + chart + 10, box.top, rest, box.height), told)


def _changed(sheet: Sheet, box: Box, told: Summary) -> None:
    sheet.fill(box, "#FFFFFF", border=BORDER, radius=6)
    inner = box.inner(10)
    title = since_title(told.counted.call, told.counted.named)
    sheet.words(title, inner.left, inner.top + 8, HEADING, room=inner.width)
    names = get_args(SinceName)
    height = (inner.height - 18) / len(names)
    for number, name in enumerate(names):
        y = inner.top + 22 + (number + 0.5) * height
        words, figure = SINCE[name], told.changed.figure(name)
        sheet.words(words.label, inner.left, y)
        rows = counted(figure.count, words.one, words.many)
        quiet = Ink(PLAIN.size, colour=MUTED)
        sheet.words(rows, inner.left + inner.width * 0.33, y, quiet)
        _amount(sheet, inner, y, money(figure.amount, told.currency))


def _amount(sheet: Sheet, inner: Box, y: float, amount: str) -> None:
    ink = shrunk(amount, Ink(font=BOLD, side="right"), inner.width * 0.34)
    sheet.words(amount, inner.right, y, ink)


def _expiring(sheet: Sheet, inside: Box, top: float, told: Summary) -> float:
    week, month = told.totals.within_7_days, told.totals.within_30_days
    said = expires_soon(week.amount, month.amount, told.currency)
    _section(sheet, inside, top, "Expires next", said)
    box = Box(inside.left, top + 6, inside.width, 0)
    rows = [_open_row(row) for row in told.next_to_expire[:EXPIRING_ROWS]]
    if not rows:
        sheet.words("Nothing runs out.", inside.left, top + 18, QUIET)
        return top + 22
    return draw_table(sheet, box, _EXPIRING, rows)


def _section(sheet: Sheet, inside: Box, top: float, title: str, aside: str) -> None:
    used = sheet.words(title, inside.left, top, HEADING)
    sheet.words(aside, inside.left + used + 6, top, QUIET, room=inside.width - used - 6)


def _open_row(row: Open) -> Sequence[str]:
    return (
        days_left(row.days_left or 0),
        plain_date(row.expires_on),
        subtype_label(row.subtype),
        channel_label(row.channel),
        item_label(row.sku, row.fnsku, row.item_code, row.title),
        short_open_state(row.state, row.units, row.free_units),
        f"{row.units:,}",
        money(row.amount, row.currency),
    )


def _cases(sheet: Sheet, inside: Box, top: float, told: Summary) -> None:
    _section(
        sheet, inside, top, "Cases", status_counts({one.status: one.cases for one in told.statuses})
    )
    rows = [_case_row(one) for one in told.newest_cases]
    if rows:
        draw_table(sheet, Box(inside.left, top + 6, inside.width, 0), _CASES, rows)
    else:
        sheet.words("No cases.", inside.left, top + 18, QUIET)


def _case_row(one: Case) -> Sequence[str]:
    return (
        plain_date(one.opened_on),
        one.case_id,
        subtype_label(one.subtype) if one.subtype else type_label(one.type),
        case_words(one.status, is_paid=one.is_paid),
        money(one.requested, one.currency),
        money(one.net, one.currency),
    )


def _foot(sheet: Sheet, inside: Box, told: Summary) -> None:
    sheet.line((inside.left, inside.bottom - 24), (inside.right, inside.bottom - 24), BORDER)
    sheet.words(
        ESTIMATES[1] + _unknown(told), inside.left, inside.bottom - 13, QUIET, room=inside.width
    )
    sheet.words(_freshness(told.channels), inside.left, inside.bottom - 3, QUIET, room=inside.width)


def _unknown(told: Summary) -> str:
    units = told.totals.unclaimed.units_without_amount
    return f" {without_amount(units)} {are(units)} not in these sums." if units else ""


def _freshness(of_account: Sequence[Channel]) -> str:
    told = [f"{one.name} {_until(one)}" for one in of_account]
    return f"Reports: {', '.join(told)}." if told else ""


def _until(channel: Channel) -> str:
    return f"until {plain_date(channel.data_until)}" if channel.data_until else "none yet"
