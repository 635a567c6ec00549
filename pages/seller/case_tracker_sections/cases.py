"""The sections of the case tracker, from the questions' answers to what is drawn."""

from collections.abc import Sequence
from decimal import Decimal
from functools import partial
from typing import Final

import streamlit as st

from components.filters import Chip, Filter, clear, search, segments
from components.markdown import escape_markdown
from components.page import card
from components.palette import quiet
from components.states import empty_state, guarded
from components.tables import money_table
from pages.seller.case_tracker_sections import since
from pages.seller.parts import lists
from pages.seller.parts.case_dialog import open_case
from pages.seller.parts.their_record import waits_words
from pages.shared import address
from pages.shared.arrival import go_to
from pages.shared.case_difference import difference_words
from pages.shared.frame import Narrowed
from pages.shared.pager import ROWS, turn_pages
from pages.shared.snapshot import Snapshot
from pages.shared.trouble import report
from services.exports.files import Question
from services.insights.answers import Case, CaseStatus, Filters, Hidden, Page
from services.insights.cases import Kind, Search, difference, waiting_for_you
from services.marketplaces.labels import ITEM_NUMBERS
from wording.cases import CASE_STATUSES, KINDS, WAITS_FOR_YOU
from wording.filters import hidden_by, show_them
from wording.money import money
from wording.notices import WHO_FILES
from wording.numbers import counted

POSITION: Final = ROWS
SEARCH: Final = "search"
STATUS: Final = "status"
WAITS: Final = "waits"
YOU: Final = "you"
_LONGEST: Final = 100  # no id is longer
KIND: Final = Filter(
    "cases",
    "Cases",
    KINDS,
    removable=False,
)
_FILTER_WORDS: Final = {
    "currency": "Currency",
    "channel": "Marketplace",
    "type": "Type",
    "status": "Status",
    "kind": KINDS["reimbursed"],
    "since": "Since",
    "waits": WAITS_FOR_YOU,
}


_IDS: Final = f"Search: case, SKU, FNSKU, {', '.join(ITEM_NUMBERS)}, order, shipment or payment id"


def draw_search() -> Search:
    """Any id that a case, an item, an order, a shipment or a payment is known by."""
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        wanted = search(
            "Search by any id",
            key=SEARCH,
            placeholder=_IDS,
            longest=_LONGEST,
        )
        kind = segments(KIND)
    shown: Kind = "reimbursed" if kind == "reimbursed" else "overall"
    waits = address.read(WAITS) == YOU
    return since.narrowed(Search(shown, _status(), wanted, waits=waits))


def _status() -> str | None:
    status = address.read(STATUS)
    return status if status in CASE_STATUSES else None


def chips() -> list[Chip]:
    status = _status()
    shown = [address.chip(STATUS, f"Status: {CASE_STATUSES[status]}")] if status else []
    waits = [address.chip(WAITS, WAITS_FOR_YOU)] if address.read(WAITS) == YOU else []
    return [*shown, *waits, *since.chips()]


def sign_of(seen: Snapshot, filters: Filters, search: Search) -> str:
    return address.sign_of(seen.account_id, filters, search)


def cursor(sign: str) -> str | None:
    return address.read_cursor(POSITION, sign)


def question(seen: Snapshot, filters: Filters, search: Search) -> Question:
    return Question.of("cases", seen.account_id, filters, search)


def draw_statuses(statuses: Sequence[CaseStatus], currency: str) -> None:
    """How many cases stand where; a press narrows to one status, a second press takes it back."""
    by_status = {one.status: one for one in statuses}
    with guarded("The statuses", report), st.grid(len(CASE_STATUSES), min_column_width=150):
        for code, words in CASE_STATUSES.items():
            st.button(
                _tile(words, by_status.get(code), currency),
                key=f"status-{code}",
                on_click=_choose_status,
                args=(code,),
                width="stretch",
                icon=":material/check:" if code == _status() else None,
            )


def _choose_status(code: str) -> None:
    if address.toggle(STATUS, code):
        go_to(POSITION)


def draw_difference(seen: Snapshot, filters: Filters, search: Search) -> None:
    """Of the whole list alone: a search or a step narrows the cases, and not In progress."""
    if search.text or search.since or search.waits or search.kind != "overall":
        return
    with guarded("In progress", report):
        told = difference(seen.connection, seen.account_id, filters)
        words = difference_words(told, filters.currency)
        if words:
            st.markdown(quiet(words))


def _tile(words: str, one: CaseStatus | None, currency: str) -> str:
    cases = f"{one.cases:,}" if one else "none"
    asked = f"{money(one.requested, currency)} requested" if one else "nothing requested"
    return f"**{words}** {cases}  \n{quiet(asked)}"


def draw_waiting(seen: Snapshot, filters: Filters) -> None:
    """Where the marketplace itself waits for the seller, before anything else."""
    with guarded("What waits for you", report):
        waiting = waiting_for_you(seen.connection, seen.account_id, filters)
        if not waiting or address.read(WAITS) == YOU:
            return
        with st.container(horizontal=True, vertical_alignment="center", gap="small", key="waits"):
            words = waits_words(waiting)
            st.markdown(f":orange[:material/notification_important:] {words}", width="content")
            st.button(
                "Show them",
                key="show-waiting",
                on_click=partial(_show_waiting, waiting[0].currency),
            )


def _show_waiting(currency: str) -> None:
    st.session_state["currency"] = currency
    address.write(WAITS, YOU)
    go_to(POSITION)


def draw_hidden(hidden: Hidden, narrowed: Narrowed) -> None:
    """A search that finds something which a filter does not show says so, and offers to show it."""
    if not hidden.cases:
        return
    words = hidden_by(
        hidden.cases, "case", "cases", [_FILTER_WORDS[name] for name in hidden.filters]
    )
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="hidden-hits"):
        st.markdown(f":material/visibility_off: **{words}**", width="content")
        st.button(
            show_them(hidden.cases), key="show-hidden", on_click=partial(_show, hidden, narrowed)
        )


def _show(hidden: Hidden, narrowed: Narrowed) -> None:
    """Lets go of the filters that hide a hit, and reads in its currency."""
    if hidden.currency:
        st.session_state["currency"] = hidden.currency
    if "status" in hidden.filters:
        address.write(STATUS, None)
    if "waits" in hidden.filters:
        address.write(WAITS, None)
    if "since" in hidden.filters:
        address.write(since.STEP, None)
    if "kind" in hidden.filters:
        clear(KIND)
    for one in narrowed.offered:
        if one.key in hidden.filters and one.removable:
            clear(one)


def draw_list(  # noqa: PLR0913, what is listed and how it is shown are separate questions
    page: Page[Case],
    statuses: Sequence[CaseStatus],
    sign: str,
    search: Search,
    seen: Snapshot,
    *,
    phone: bool,
) -> None:
    shown = [one for one in statuses if search.status in (None, one.status)]
    with card("Cases", aside=_whole_words(page, shown)), guarded("The list", report):
        if not page.rows:
            _nothing(search)
            return
        pressed = money_table(
            lists.CASES,
            lists.case_rows(page.rows),
            key=f"cases-{sign}",
            phone=phone,
            alt=f"{len(page.rows)} cases",
        )
        turn_pages(page, POSITION, sign, _count(shown))
        open_case(seen, pressed, phone=phone)


def _whole_words(page: Page[Case], shown: Sequence[CaseStatus]) -> str:
    if not page.rows:
        return ""
    requested = money(sum((one.requested for one in shown), Decimal(0)), page.rows[0].currency)
    count = counted(_count(shown), "case", "cases")
    return f"{count} · {escape_markdown(requested)} requested · the newest first"


def _count(shown: Sequence[CaseStatus]) -> int:
    return sum(one.cases for one in shown)


def _nothing(search: Search) -> None:
    if search.text.strip():
        empty_state(
            f"No case shown for {escape_markdown(search.text.strip())}",
            "The beginning of any id will do: of a case, an item, an order, a payment.",
            icon=":material/search_off:",
        )
    else:
        empty_state("No cases with these filters", WHO_FILES)
