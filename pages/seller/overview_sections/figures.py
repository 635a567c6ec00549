"""The sections of the Overview, from the questions' answers to what is drawn."""

from collections.abc import Sequence
from itertools import groupby

import streamlit as st

from components.buckets import bucket_cards
from components.charts import MonthAmount, TypeAmount, recovered_by_month, unclaimed_by_type
from components.figures import Choice
from components.filters import choose
from components.markdown import escape_markdown
from components.page import card
from components.palette import quiet
from components.states import empty_state, guarded
from components.tables import money_table
from pages.seller.overview_sections import drill
from pages.seller.overview_sections.changes_dialog import open_movement
from pages.seller.parts.case_dialog import open_case
from pages.seller.story.dialog import open_story
from pages.shared import places
from pages.shared.arrival import arrive
from pages.shared.buckets import cards, worth_knowing
from pages.shared.frame import Narrowed
from pages.shared.pager import total_words, turn_pages
from pages.shared.snapshot import Snapshot
from pages.shared.trouble import report
from services.insights.answers import Month
from services.insights.totals import SubtypeTotals, summed
from services.marketplaces.labels import channel_label
from wording.buckets import expires_soon
from wording.money import money
from wording.notices import EACH_MONTH, NOTHING_PAID, NOTHING_RUNS_OUT
from wording.subtypes import type_label


def buckets_section(
    rows: Sequence[SubtypeTotals], months: Sequence[Month], narrowed: Narrowed
) -> None:
    with guarded("The three buckets", report):
        buckets = cards(rows, months, narrowed.filters.currency, narrowed.address)
        bucket_cards(buckets, key="bucket", on_choose=drill.choose_part)


def charts_section(
    rows: Sequence[SubtypeTotals], months: Sequence[Month], narrowed: Narrowed
) -> None:
    """`rows` of every type and channel: a chart does not depend on its own selection."""
    unclaimed, recovered = st.columns(2, gap="small")
    with unclaimed, card("Where is it unclaimed?"), guarded("This chart", report):
        _unclaimed(rows, narrowed)
    with recovered, card(EACH_MONTH), guarded("This chart", report):
        _recovered(months, narrowed)


def _unclaimed(rows: Sequence[SubtypeTotals], narrowed: Narrowed) -> None:
    amounts = type_amounts(rows)
    if not amounts:
        empty_state("Nothing is unclaimed", "New losses appear here after the next import.")
        return
    offered = [one for one in narrowed.offered if one.key in ("channel", "type")]

    def take(choice: Choice) -> None:
        choose(choice, offered)

    unclaimed_by_type(
        amounts,
        narrowed.filters.currency,
        key="unclaimed-by-type",
        chosen_values=narrowed.chosen,
        on_choose=take,
    )


def type_amounts(rows: Sequence[SubtypeTotals]) -> list[TypeAmount]:
    """One bar a type and channel; what has no known amount is counted with it, not drawn."""
    ordered = sorted(rows, key=lambda row: (row.channel, row.type))
    sums = [
        (channel, of_type, summed(alike).unclaimed)
        for (channel, of_type), alike in groupby(ordered, key=lambda row: (row.channel, row.type))
    ]
    return [
        TypeAmount(
            of_type,
            type_label(of_type),
            channel,
            channel_label(channel),
            figure.known_amount,
            figure.units,
        )
        for channel, of_type, figure in sums
        if not figure.is_nothing
    ]


def _recovered(months: Sequence[Month], narrowed: Narrowed) -> None:
    if not any(month.paid or month.reversed for month in months):
        empty_state(*NOTHING_PAID)
        return
    recovered_by_month(
        [MonthAmount(month.month, month.paid, month.reversed) for month in months],
        narrowed.filters.currency,
        key="recovered",
        on_choose=drill.choose_month,
    )


def rows_section(
    listed: drill.Listed,
    rows: Sequence[SubtypeTotals],
    narrowed: Narrowed,
    seen: Snapshot,
    *,
    phone: bool,
) -> None:
    with guarded("The list", report):
        aside = _beside(listed, rows, narrowed.filters.currency)
        whole = places.EXPIRING.link(seen.account, "All expiring →", "", narrowed.address)
        with card(listed.title, aside=aside, link=whole if listed.is_first_look else None):
            _draw_rows(listed, narrowed, seen, phone=phone)
            arrive(drill.POSITION)
        also = worth_knowing(summed(rows))
        if also:
            st.markdown(quiet(f"Also: {also}."))


def _beside(listed: drill.Listed, rows: Sequence[SubtypeTotals], currency: str) -> str:
    """What the list comes to; of the first look, how soon that is."""
    if listed.is_first_look:
        return _soon(rows, currency)
    if not listed.rows:
        return ""
    said = [total_words(listed.total, currency, *listed.named)]
    elsewhere = drill.without_last_day(listed, summed(rows))
    if elsewhere:
        said.append(escape_markdown(f"{money(elsewhere, currency)} more has no known last day"))
    return " · ".join(said)


def _soon(rows: Sequence[SubtypeTotals], currency: str) -> str:
    totals = summed(rows)
    return expires_soon(totals.within_7_days.amount, totals.within_30_days.amount, currency)


def _nothing(*, is_narrowed: bool) -> None:
    if is_narrowed:
        empty_state("Nothing here with these filters", "Remove a filter to see more.")
    else:
        empty_state(*NOTHING_RUNS_OUT)


def _draw_rows(listed: drill.Listed, narrowed: Narrowed, seen: Snapshot, *, phone: bool) -> None:
    if listed.nothing:
        empty_state(*listed.nothing)
        return
    if not listed.rows:
        _nothing(is_narrowed=bool(narrowed.chosen) or not listed.is_first_look)
        return
    pressed = money_table(
        listed.columns,
        listed.rows,
        key=f"rows-{listed.sign}",
        phone=phone,
        alt=f"{listed.title}: {len(listed.rows)} rows",
        opens=bool(listed.opens),
    )
    if phone and listed.note:
        st.markdown(quiet(escape_markdown(listed.note)))
    if not listed.is_first_look:
        turn_pages(listed.page, drill.POSITION, listed.sign, listed.total.count)
    if listed.opens == "story":
        open_story(seen, pressed, phone=phone)
    elif listed.opens == "movement":
        open_movement(seen, pressed, phone=phone)
    elif listed.opens == "case":
        open_case(seen, pressed, phone=phone)
