"""A marketplace's buckets: as a whole, and by type and subtype, in one currency at a time."""

from collections.abc import Iterable, Sequence
from decimal import Decimal
from itertools import groupby

import streamlit as st

from components.charts import Segment
from components.links import draw_link, follow
from components.markdown import escape_markdown
from components.marketplace import BucketSum, SubtypeRow, bucket_sums, subtype_table
from components.page import card
from components.palette import BucketName, quiet
from components.states import empty_state
from pages.seller.marketplace_sections.picture import Chosen
from pages.seller.parts import changes_list
from pages.shared import places
from pages.shared.buckets import CHANGES, SHOW, worth_knowing
from services.insights.totals import SubtypeTotals, Totals, summed, summed_alike
from services.marketplaces.registry import MARKETPLACES
from wording.buckets import BUCKETS, STATES, WAYS
from wording.subtypes import subtype_label, type_label, type_of


def amounts_section(rows: Sequence[SubtypeTotals], chosen: Chosen, *, phone: bool) -> None:
    here = [row for row in rows if chosen.channel in (None, row.channel)]
    if not here:
        empty_state(*_nothing(rows, chosen))
        return
    totals = summed(here)
    bucket_sums(sums_of(totals), chosen.currency, key="sum")
    draw_link(
        places.OVERVIEW.link(
            chosen.account, changes_list.TITLE, "", {**chosen.address, SHOW: CHANGES}
        )
    )
    with card(
        "By type",
        link=places.EXPIRING.link(chosen.account, "What expires first", "", chosen.address),
    ):
        pressed = subtype_table(table_rows(here), chosen.currency, key="subtypes", phone=phone)
    _say_the_rest(here, totals)
    if pressed:
        _open_expiring(pressed, chosen)


def _say_the_rest(rows: Sequence[SubtypeTotals], totals: Totals) -> None:
    also = worth_knowing(totals)
    if also:
        st.markdown(quiet(escape_markdown(f"Also: {also}.")))
    if any(_is_only_paid(row, row.totals) for row in rows):
        st.markdown(quiet("Unknown: paid for, but not yet identified from your reports."))


def _is_only_paid(row: SubtypeTotals, totals: Totals) -> bool:
    is_looked_for = row.subtype in MARKETPLACES[row.marketplace].identified_subtypes
    return not (is_looked_for or totals.unclaimed.units or totals.lost.units)


def _nothing(rows: Sequence[SubtypeTotals], chosen: Chosen) -> tuple[str, str]:
    """Nothing because of a filter is another thing than nothing at all."""
    if rows:
        return f"Nothing in {chosen.currency} on this channel", "Another channel has some."
    return (
        f"Nothing in {chosen.currency} yet",
        "As soon as a report tells of a loss, a payment or a fee, it stands here.",
    )


def sums_of(totals: Totals) -> list[BucketSum]:
    claimed = totals.claimed
    return [
        _sum_of(
            "unclaimed",
            totals.unclaimed.amount,
            [
                Segment("ready", STATES["ready"], totals.ready.amount),
                Segment("in_progress", STATES["in_progress"], totals.in_progress.amount),
                Segment("future", STATES["future"], totals.future.amount),
            ],
        ),
        _sum_of(
            "claimed",
            claimed.net,
            [
                Segment("via_case", WAYS["via_case"], claimed.via_case),
                Segment("automatic", WAYS["automatic"], claimed.automatic),
            ],
        ),
        _sum_of(
            "lost",
            totals.lost.amount,
            [
                Segment("expired", STATES["expired"], totals.expired.amount),
                Segment("denied", STATES["denied"], totals.denied.amount),
            ],
        ),
    ]


def _sum_of(name: BucketName, amount: Decimal | None, parts: Sequence[Segment]) -> BucketSum:
    words = BUCKETS[name]
    return BucketSum(name, words.title, words.meaning, amount, parts)


def table_rows(rows: Iterable[SubtypeTotals]) -> list[SubtypeRow]:
    """One row a subtype over all channels of this currency, most unclaimed first."""
    ordered = sorted(rows, key=lambda row: row.subtype)
    alike = [list(group) for _, group in groupby(ordered, key=lambda row: row.subtype)]
    return [_table_row(group) for group in sorted(alike, key=_most_unclaimed)]


def _most_unclaimed(alike: Sequence[SubtypeTotals]) -> tuple[Decimal, Decimal]:
    totals = summed_alike(alike)
    return -totals.unclaimed.known_amount, -totals.claimed.net


def _table_row(alike: Sequence[SubtypeTotals]) -> SubtypeRow:
    """Where no rule looks for a subtype, only what was paid for it is known: never a nought."""
    code, totals = alike[0].subtype, summed_alike(alike)
    amounts = _amounts(totals)
    if _is_only_paid(alike[0], totals):
        amounts = dict.fromkeys(amounts) | {"claimed": amounts["claimed"]}
    return SubtypeRow(code, type_label(type_of(code)), subtype_label(code), amounts)


def _amounts(totals: Totals) -> dict[str, Decimal | None]:
    return {
        "unclaimed": totals.unclaimed.amount,
        "ready": totals.ready.amount,
        "in_progress": totals.in_progress.amount,
        "future": totals.future.amount,
        "claimed": totals.claimed.net,
        "lost": totals.lost.amount,
    }


def _open_expiring(subtype: str, chosen: Chosen) -> None:
    """What of this type can still be claimed, and for how long."""
    narrowed = {**chosen.address, "type": type_label(type_of(subtype))}
    link = places.EXPIRING.link(chosen.account, values=narrowed)
    follow(link)
