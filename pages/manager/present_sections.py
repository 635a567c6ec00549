"""The sections of the presenting view. The client reads along: nothing here is internal."""

from collections.abc import Sequence
from typing import Final, TypeAlias

import streamlit as st

from components.charts import MonthAmount, recovered_by_month
from components.links import draw_link
from components.markdown import escape_markdown
from components.page import card
from components.palette import quiet
from components.presenting import lines, presented_buckets
from components.since import changed_figures
from components.states import empty_state, guarded, sample_banner
from pages.shared import address, clock, places
from pages.shared.buckets import cards, worth_knowing
from pages.shared.case_difference import difference_words
from pages.shared.export import export_summary
from pages.shared.since.sections import SINCE, Counting, figures_since
from pages.shared.snapshot import Snapshot
from pages.shared.trouble import report
from pages.shared.viewer import SignedIn
from services.insights.answers import Case, CaseStatus, Filters, Month, Page
from services.insights.cases import Difference
from services.insights.expiring import Open
from services.insights.totals import SubtypeTotals, currencies, summed
from services.marketplaces.labels import channel_label
from wording.cases import case_words, status_counts
from wording.days import days_left, plain_date
from wording.labels import item_label
from wording.money import money
from wording.notices import EACH_MONTH, MAY_BE_ELIGIBLE, NOTHING_PAID, NOTHING_RUNS_OUT, WHO_FILES
from wording.subtypes import subtype_label, type_label

ROWS: Final = 6
CURRENCY: Final = "currency"
NO_BREAK: Final = "\u00a0"

Cells: TypeAlias = tuple[str, ...]


def draw_head(viewer: SignedIn, told: Counting, seen: Snapshot) -> Filters:
    """Whose page it is, as of when, and the two ways on: the page to send, and back."""
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.title(escape_markdown(seen.account.name), anchor=False, width="content")
        st.markdown(quiet(plain_date(clock.day_of(seen.now))), width="content")
        if seen.account.is_sample:
            sample_banner()
        st.space("stretch")
        filters = Filters(_currency(seen))
        export_summary(viewer, filters, told.since)
        kept = {SINCE: address.read(SINCE), CURRENCY: filters.currency}
        draw_link(
            places.OVERVIEW.link(
                viewer.account,
                "Leave",
                ":material/close:",
                {name: value for name, value in kept.items() if value},
            )
        )
    return filters


def _currency(seen: Snapshot) -> str:
    """One at a time, as everywhere; an account without channels has none, and no figures."""
    present = currencies(seen.connection, seen.account_id)
    if not present:
        empty_state("Nothing here yet", "Figures appear once a marketplace is connected.")
        st.stop()
    if len(present) == 1:
        return present[0]
    return st.selectbox(
        "Currency",
        present,
        key=CURRENCY,
        bind="query-params",
        label_visibility="collapsed",
        width=110,
    )


def draw_buckets(
    totals: Sequence[SubtypeTotals], months: Sequence[Month], filters: Filters
) -> None:
    with guarded("The three buckets", report):
        presented_buckets(cards(totals, months, filters.currency, {}))
        also = worth_knowing(summed(totals))
        if also:
            st.markdown(quiet(f"Also: {also}."))


def draw_since(told: Counting, filters: Filters, seen: Snapshot) -> None:
    """Only with a day to count from; that no call was ever logged is no client's matter."""
    if told.since is None:
        return
    with guarded("What changed", report), card(told.title):
        changed_figures(figures_since(filters, seen, told.since.day), filters.currency)


def draw_months(months: Sequence[Month], filters: Filters) -> None:
    with card(EACH_MONTH), guarded("This chart", report):
        if not any(month.paid or month.reversed for month in months):
            empty_state(*NOTHING_PAID)
            return
        recovered_by_month(
            [MonthAmount(month.month, month.paid, month.reversed) for month in months],
            filters.currency,
            key="present-recovered",
            large=True,
        )


def draw_expiring(page: Page[Open], filters: Filters, *, phone: bool) -> None:
    with card("What expires next", aside=MAY_BE_ELIGIBLE), guarded("The list", report):
        if not page.rows:
            empty_state(*NOTHING_RUNS_OUT)
            return
        header = ("Left", "Last day", "What", "Where", "Item", "Amount")
        told = [_open_line(row, filters.currency) for row in page.rows]
        lines(*_fitting(header, told, (0, 2, 5), phone=phone))


def _open_line(row: Open, currency: str) -> Cells:
    item = item_label(row.sku, row.fnsku, row.item_code, row.title)
    return (
        f"**{_whole(days_left(row.days_left))}**",
        _whole(plain_date(row.expires_on)),
        escape_markdown(subtype_label(row.subtype)),
        _whole(channel_label(row.channel)),
        escape_markdown(item),
        money(row.amount, currency),
    )


def draw_cases(
    page: Page[Case], statuses: Sequence[CaseStatus], filters: Filters, *, phone: bool
) -> None:
    with (
        card("Cases", aside=status_counts({one.status: one.cases for one in statuses})),
        guarded("The cases", report),
    ):
        if not page.rows:
            empty_state("No cases yet", WHO_FILES)
            return
        header = ("Filed", "Case", "What", "Where", "Status", "Requested", "Paid")
        told = [_case_line(one, filters.currency) for one in page.rows[:ROWS]]
        lines(*_fitting(header, told, (1, 4, 6), phone=phone), right=1 if phone else 2)


def draw_difference(told: Difference, filters: Filters) -> None:
    """Why what the cases ask for is not what is in progress above."""
    words = difference_words(told, filters.currency)
    if words:
        st.markdown(quiet(words))


def _fitting(
    header: Cells, told: Sequence[Cells], kept: tuple[int, ...], *, phone: bool
) -> tuple[Cells, Sequence[Cells]]:
    """A phone has room for three columns."""
    if not phone:
        return header, told
    return tuple(header[at] for at in kept), [tuple(row[at] for at in kept) for row in told]


def _whole(words: str) -> str:
    """Short enough to stay in one line."""
    return words.replace(" ", NO_BREAK)


def _case_line(one: Case, currency: str) -> Cells:
    return (
        _whole(plain_date(one.opened_on)),
        escape_markdown(one.case_id),
        subtype_label(one.subtype) if one.subtype else type_label(one.type),
        _whole(channel_label(one.channel)),
        case_words(one.status, is_paid=one.is_paid),
        money(one.requested, currency),
        money(one.paid - one.reversed, currency),
    )
