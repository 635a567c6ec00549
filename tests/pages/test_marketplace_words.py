"""What the marketplace pages say: claim windows in words, halves that match, sums that add up."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from components.columns import halves
from pages.seller.marketplace_sections.amounts import sums_of, table_rows
from pages.seller.marketplace_sections.windows import (
    certainty_of,
    groups_of,
    in_force,
    rule_of,
)
from services.insights.answers import Channel, ClaimWindow, Figure
from services.insights.totals import SubtypeTotals, Totals
from wording.subtypes import SUBTYPES, subtype_label

WINDOW = ClaimWindow(
    subtype="lost_in_warehouse",
    countries=("US",),
    anchor="the day it was lost",
    opens_after_days=0,
    closes_after=60,
    closes_unit="days",
    valid_from=date(2024, 10, 23),
    valid_to=None,
    source="https://example.com/help",
    checked_on=date(2026, 11, 22),
    confidence="official",
    note=None,
)
CHANNEL = Channel(
    code="amazon-us",
    name="Amazon United States",
    marketplace="amazon",
    country="US",
    region="NA",
    currency="USD",
    time_zone="America/Los_Angeles",
    today=date(2026, 6, 15),
    connection_state="files",
    service_state="not_started",
    supported=True,
    unsupported_reason=None,
    last_landed_at=None,
    last_synced_at=None,
    next_sync_at=None,
    data_until=None,
    stale=False,
)
CANADA = replace(CHANNEL, code="amazon-ca", name="Amazon Canada", country="CA", currency="CAD")
UNKNOWN = replace(
    WINDOW,
    countries=("CA",),
    opens_after_days=None,
    closes_after=None,
    closes_unit=None,
    confidence="unknown",
    source="No source found",
)


@pytest.mark.parametrize(
    ("opens", "closes", "unit", "words"),
    [
        (0, 60, "days", "Opens at once, closes 60 days after the day it was lost."),
        (60, 120, "days", "Opens 60 days after the day it was lost, closes 120 days after it."),
        (1, 9, "months", "Opens 1 day after the day it was lost, closes 9 months after it."),
        (
            None,
            1,
            "months",
            "The first day is not published; closes 1 month after the day it was lost.",
        ),
        (30, None, None, "Opens 30 days after the day it was lost; the last day is not published."),
        (None, None, None, "No claim window is published."),
    ],
)
def test_a_window_is_one_sentence(
    opens: int | None, closes: int | None, unit: str | None, words: str
) -> None:
    window = replace(WINDOW, opens_after_days=opens, closes_after=closes, closes_unit=unit)
    assert rule_of(window) == words


@pytest.mark.parametrize(
    ("confidence", "words"),
    [
        ("official", "Official source · checked on 22 Nov 2026"),
        ("secondary", "Secondary source, not confirmed by Amazon · checked on 22 Nov 2026"),
        ("code", "Read from public source code, not from Amazon · checked on 22 Nov 2026"),
        ("unknown", "Unknown: not published · checked on 22 Nov 2026"),
    ],
)
def test_every_confidence_is_said(confidence: str, words: str) -> None:
    assert certainty_of(replace(WINDOW, confidence=confidence), "Amazon") == words


@pytest.mark.parametrize(
    ("first", "last", "holds"),
    [
        (date(2026, 6, 15), None, True),
        (date(2026, 6, 16), None, False),
        (None, date(2026, 6, 15), True),
        (None, date(2026, 6, 14), False),
        (None, None, True),
    ],
)
def test_a_window_holds_on_its_first_and_its_last_day(
    first: date | None, last: date | None, holds: bool
) -> None:
    window = replace(WINDOW, valid_from=first, valid_to=last)
    assert in_force(window, date(2026, 6, 15)) is holds


def test_subtypes_with_one_rule_share_one_entry() -> None:
    damaged = replace(WINDOW, subtype="damaged_in_warehouse")
    groups = groups_of([damaged, WINDOW], [CHANNEL], "Amazon")
    assert [group.title for group in groups] == ["Inventory"]
    assert [window.what for window in groups[0].windows] == [
        "Lost in warehouse · Damaged in warehouse"
    ]


def test_a_country_is_named_where_there_are_several_and_the_unknown_comes_last() -> None:
    groups = groups_of([UNKNOWN, WINDOW], [CHANNEL, CANADA], "Amazon")
    entries = groups[0].windows
    assert [(entry.where, entry.sure) for entry in entries] == [
        ("United States", True),
        ("Canada", False),
    ]
    assert groups_of([WINDOW], [CHANNEL], "Amazon")[0].windows[0].where == ""


def test_a_subtype_that_has_no_words_yet_is_named_by_its_code() -> None:
    assert subtype_label("lost_in_space") == "Lost in space"
    groups = groups_of([replace(WINDOW, subtype="lost_in_space")], [CHANNEL], "Amazon")
    assert (groups[0].title, groups[0].windows[0].what) == ("Other", "Lost in space")


@given(st.lists(st.integers(min_value=1, max_value=20), max_size=8))
def test_halves_keep_every_group_in_its_order(lengths: list[int]) -> None:
    left, right = halves(lengths, lambda length: length)
    assert left + right == lengths
    assert abs(sum(left) - sum(right)) <= max(lengths, default=0)


figures = st.builds(
    lambda units, unknown, cents: Figure(units + unknown, Decimal(units * cents) / 100, unknown),
    st.integers(0, 50),
    st.integers(0, 5),
    st.integers(1, 10**7),
)
rows = st.lists(
    st.builds(
        lambda code, ready, progress, future, expired, denied: SubtypeTotals(
            "amazon-us",
            "amazon",
            SUBTYPES[code].type,
            code,
            Totals(
                future=future, ready=ready, in_progress=progress, expired=expired, denied=denied
            ),
        ),
        st.sampled_from(sorted(SUBTYPES)),
        figures,
        figures,
        figures,
        figures,
        figures,
    ),
    max_size=12,
)


@given(rows)
def test_the_table_adds_up_to_the_buckets(some: list[SubtypeTotals]) -> None:
    def column(name: str) -> Decimal:
        return sum((row.amounts[name] or Decimal(0) for row in table_rows(some)), Decimal(0))

    whole = sum((row.totals for row in some), Totals())
    unclaimed, _, lost = sums_of(whole)
    assert column("unclaimed") == (unclaimed.amount or 0)
    assert column("lost") == (lost.amount or 0)
    assert column("unclaimed") == column("ready") + column("in_progress") + column("future")


def test_what_is_unknown_is_not_zero() -> None:
    unknown = Totals(ready=Figure(4, Decimal(0), 4))
    assert sums_of(unknown)[0].amount is None
    assert sums_of(unknown)[0].parts[0].amount is None
