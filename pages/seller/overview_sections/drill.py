"""The rows under the Overview's charts: what expires next, or what a press on a figure asks for."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from typing import Any, Final, Literal, cast

from components.figures import Choice
from components.filters import Chip
from components.tables import Column, Row
from pages.seller.parts import changes_list, lists
from pages.shared import address
from pages.shared.arrival import go_to
from pages.shared.buckets import CHANGES, SHOW
from pages.shared.pager import ROWS
from pages.shared.since.sections import chosen_list
from pages.shared.snapshot import Snapshot
from services.exports.files import Question
from services.insights.answers import Counted, Filters, Page
from services.insights.cases import Search, cases, cases_sum
from services.insights.changes import moved_since, movements, movements_total
from services.insights.expiring import View, expiring, expiring_total
from services.insights.keyset import MOST_COUNTED
from services.insights.parts import PartName, PartView, part_rows, part_total
from services.insights.payments import Wanted, Way, payments, payments_total
from services.insights.since import SinceName
from services.insights.totals import Totals
from wording.buckets import PAYMENTS, STATES
from wording.changes import SINCE
from wording.days import month_and_year

MONTH: Final = "month"
POSITION: Final = ROWS
_FIRST_ROWS: Final = 5
_CALENDAR: Final = ("ready", "future")
_DAYS: Final[dict[PartName, str]] = {
    "in_progress": "Since",
    "expired": "Last day was",
    "denied": "Denied on",
    "found": "Known since",
}
# What was newly found is told from a day on only.
_PARTS: Final[tuple[PartName, ...]] = ("in_progress", "expired", "denied")
_WAYS: Final[tuple[Way, ...]] = ("via_case", "automatic", "reversed")


@dataclass(frozen=True)
class Listed:
    """One list, ready to draw: its title, its columns, a page of its rows, and all of it."""

    title: str
    columns: Sequence[Column]
    rows: Sequence[Row]
    page: Page[Any]
    question: Question
    sign: str
    is_first_look: bool = False
    note: str = ""  # what a phone has no column for
    # What a press on a row opens.
    opens: Literal["story", "movement", "case", ""] = "story"
    # What is said instead of the rows, where they tell nothing.
    nothing: tuple[str, str] | None = None
    total: Counted = field(default_factory=Counted)  # of the whole list
    named: tuple[str, str] = ("item", "items")


# What was pressed -------------------------------------------------------------------------------


def choose_part(part: str) -> None:
    """A month tells payments only, so any other part lets go of it."""
    if address.toggle(SHOW, part):
        go_to(POSITION)
    if part not in _WAYS:
        address.write(MONTH, None)


def choose_month(choice: Choice) -> None:
    if address.toggle(MONTH, choice.values["month"]):
        go_to(POSITION)
    if address.read(SHOW) not in _WAYS:
        address.write(SHOW, None)


def chips() -> list[Chip]:
    """What a press chose and no control shows."""
    since = chosen_list()
    if since:
        return [address.chip(SHOW, _since_title(*since))]
    part, month = _part(), _month()
    shown = [address.chip(SHOW, _label(part))] if part else []
    return [*shown, *([address.chip(MONTH, month_and_year(month))] if month else [])]


def _part() -> str | None:
    part = address.read(SHOW)
    return part if part in (*_CALENDAR, *_PARTS, *_WAYS, CHANGES) else None


def _month() -> date | None:
    return address.read_day(MONTH)


def _label(part: str) -> str:
    if part == CHANGES:
        return changes_list.TITLE
    return STATES.get(part) or PAYMENTS[part]


def _since_title(name: SinceName, day: date) -> str:
    return SINCE[name].since(day)


# The list that was asked for --------------------------------------------------------------------


def listed(seen: Snapshot, filters: Filters) -> Listed:
    since = chosen_list()
    if since:
        return _since(seen, filters, *since)
    part, month = _part(), _month()
    sign = address.sign_of(seen.account_id, filters, part, month)
    cursor = address.read_cursor(POSITION, sign)
    if month or part in _WAYS:
        return _payments(seen, filters, Wanted(month, cast("Way | None", part)), (sign, cursor))
    if part == CHANGES:
        return _movements(seen, filters, sign, cursor)
    if part in _PARTS:
        return _settled(seen, filters, PartView(part, cursor), sign)
    return _open(seen, filters, View(state=part, cursor=cursor), sign)


def _open(seen: Snapshot, filters: Filters, view: View, sign: str) -> Listed:
    is_first_look = view.state is None
    if is_first_look:
        view = View(size=_FIRST_ROWS)
    asked = (seen.connection, seen.account_id, filters, seen.now, view)
    page = expiring(*asked)
    return Listed(
        STATES[view.state] if view.state else "Expires next",
        lists.open_columns(lists.OPEN_SHORT, page.rows, phone=False),
        lists.open_rows(page.rows),
        page,
        Question.of("expiring", seen.account_id, filters, view),
        sign,
        is_first_look,
        lists.held_words(page.rows),
        total=Counted() if is_first_look else expiring_total(*asked),
    )


def without_last_day(listed: Listed, totals: Totals) -> Decimal:
    """What the pressed part holds beside this list: Expiring lists it apart."""
    part = _part()
    if part not in _CALENDAR or listed.total.count > MOST_COUNTED:
        return Decimal(0)
    whole = totals.ready if part == "ready" else totals.future
    return whole.known_amount - listed.total.known_amount


def _since(seen: Snapshot, filters: Filters, name: SinceName, day: date) -> Listed:
    sign = address.sign_of(seen.account_id, filters, name, day)
    cursor = address.read_cursor(POSITION, sign)
    if name == "cases":
        listed = _cases(seen, filters, Search(since=day), (sign, cursor))
    elif name in ("recovered", "reversed"):
        way: Way = "paid" if name == "recovered" else "reversed"
        listed = _payments(seen, filters, Wanted(way=way, since=day), (sign, cursor))
    else:
        listed = _settled(seen, filters, PartView(cast("PartName", name), cursor, day), sign)
    return replace(listed, title=_since_title(name, day))


def _cases(
    seen: Snapshot, filters: Filters, search: Search, position: tuple[str, str | None]
) -> Listed:
    sign, cursor = position
    asked = (seen.connection, seen.account_id, filters, search)
    page = cases(*asked, cursor)
    return Listed(
        "Cases",
        lists.CASES,
        lists.case_rows(page.rows),
        page,
        Question.of("cases", seen.account_id, filters, search),
        sign,
        opens="case",
        total=cases_sum(*asked),
        named=("case", "cases"),
    )


def _settled(seen: Snapshot, filters: Filters, view: PartView, sign: str) -> Listed:
    asked = (seen.connection, seen.account_id, filters, seen.now, view)
    page = part_rows(*asked)
    return Listed(
        STATES.get(view.name, ""),
        lists.part_columns(_DAYS[view.name], of_a_case=view.name != "expired"),
        lists.part_rows(page.rows),
        page,
        Question.of("part", seen.account_id, filters, view),
        sign,
        total=part_total(*asked),
    )


def _payments(
    seen: Snapshot, filters: Filters, wanted: Wanted, position: tuple[str, str | None]
) -> Listed:
    sign, cursor = position
    asked = (seen.connection, seen.account_id, filters, wanted)
    page = payments(*asked, cursor)
    words = [PAYMENTS[wanted.way] if wanted.way else "Payments and reversals"]
    return Listed(
        " · ".join([*words, *([month_and_year(wanted.month)] if wanted.month else [])]),
        lists.PAYMENTS,
        lists.payment_rows(page.rows),
        page,
        Question.of("payments", seen.account_id, filters, wanted),
        sign,
        opens="",
        total=payments_total(*asked),
        named=("payment", "payments"),
    )


def _movements(seen: Snapshot, filters: Filters, sign: str, cursor: str | None) -> Listed:
    asked = (seen.connection, seen.account_id, filters)
    page = movements(*asked, seen.now, cursor)
    is_whole = not (page.preceding or page.following)
    return Listed(
        changes_list.TITLE,
        changes_list.MOVEMENTS,
        changes_list.movement_rows(page.rows),
        page,
        Question.of("movements", seen.account_id, filters),
        sign,
        opens="movement",
        total=movements_total(*asked, seen.now),
        named=("line", "lines"),
        nothing=changes_list.nothing_moved(page.rows, moved_since(*asked)) if is_whole else None,
    )
