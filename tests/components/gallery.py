"""A page that draws every component once, for the tests that look at it."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import streamlit as st

from components import page as chrome
from components.buckets import Bucket, bucket_cards
from components.charts import (
    MonthAmount,
    Segment,
    TypeAmount,
    WeekAmount,
    expiring_by_week,
    recovered_by_month,
    unclaimed_by_type,
)
from components.device import is_phone
from components.filters import Chip, Filter, choose, filter_bar, in_address
from components.links import Link
from components.palette import on_primary
from components.states import (
    empty_state,
    error_state,
    loading,
    not_supported,
    sample_banner,
    stale_notice,
)
from components.tables import Column, Row, money_table
from components.timeline import Step, timeline

NOW = datetime(2026, 11, 22, 13, 42, tzinfo=UTC)
NASTY = "![x](https://elsewhere.example/t.png) :red[*b*] https://elsewhere.example"
NASTY_TAGS = "![x](https://elsewhere.example/t.png) <img src=x onerror=alert(1)> <b>y</b>"
FILTERS = [
    Filter(
        "channel",
        "Marketplace",
        {
            "all": "All marketplaces",
            "amazon-us": "Amazon US",
            "amazon-ca": "Amazon CA",
            "walmart-us": "Walmart US",
        },
    ),
    Filter("type", "Type", {"all": "All types", "inventory": "Inventory", "return": "Returns"}),
    Filter("currency", "Currency", {"USD": "USD", "CAD": "CAD"}, removable=False),
]
COLUMNS = [
    Column("left", "Left", "days", phone=True),
    Column("deadline", "Deadline", "date"),
    Column("what", "What", phone=True),
    Column("item", "Item"),
    Column("units", "Units", "number"),
    Column("amount", "Amount", "money", phone=True),
]


def money_rows(count: int) -> list[Row]:
    amounts = [Decimal("182.40"), Decimal("-91.20"), None]
    return [
        Row(
            f"d{position}",
            {
                "left": position * 2,
                "deadline": date(2026, 11, 22) + timedelta(days=position * 2),
                "what": "Lost in warehouse",
                "item": NASTY_TAGS,
                "units": 6,
                "amount": amounts[position % 3],
            },
            "USD",
        )
        for position in range(count)
    ]


def buckets() -> list[Bucket]:
    def trend(*steps: int) -> list[Decimal]:
        return [Decimal(step) for step in steps]

    return [
        Bucket(
            "unclaimed",
            "Unclaimed",
            "may be eligible",
            Decimal("1018442.10"),
            "USD",
            "+$1,204.18 this month",
            trend(9, 11, 10, 12),
            [
                Segment("ready", "Ready to claim", Decimal("1008280.05"), "Ready"),
                Segment("in_progress", "In progress", Decimal("7310.00")),
                Segment("future", "Future claim", Decimal("2852.05"), "Future"),
            ],
            Link(EXPIRING, "$2,310.40 expires within 7 days", query={"account": "11"}),
        ),
        Bucket(
            "claimed",
            "Claimed",
            "recovered, net of reversals",
            Decimal("42087.66"),
            "USD",
            "+$3,120.44 this month",
            trend(3, 3, 3),
            [
                Segment("case", "Via case", Decimal("23950.12")),
                Segment("automatic", "Automatic", Decimal("18137.54")),
            ],
            "$1,204.30 was reversed",
        ),
        Bucket("lost", "Lost", "window passed or refused", None, "USD", "no change", [], []),
    ]


def overview() -> None:
    sample_banner()
    freshness = chrome.Freshness(NOW - timedelta(minutes=42), NOW.replace(hour=14, minute=0), NOW)
    header = chrome.page_header("Overview", freshness=freshness)
    values = filter_bar(FILTERS, phone=is_phone())
    header.copy_link(in_address(FILTERS, values))
    part = bucket_cards(buckets(), key="bucket")
    left, right = st.columns(2)
    with left, chrome.card("What is unclaimed, and where?"):
        unclaimed_by_type(
            [
                TypeAmount(kind, name, channel, title, Decimal("100.25"), 3)
                for kind, name in (("inventory", "Inventory"), ("return", "Returns"))
                for channel, title in (("amazon-us", "Amazon US"), ("walmart-us", "Walmart US"))
            ],
            "USD",
            key="unclaimed",
            chosen_values={k: v for k, v in values.items() if k != "currency" and v != "all"},
            on_choose=lambda choice: choose(choice, FILTERS),
        )
    with right, chrome.card("How much came back each month?"):
        recovered_by_month(
            [MonthAmount(date(2026, m, 1), Decimal(900 + m), Decimal(m)) for m in range(1, 12)],
            "USD",
            key="recovered",
        )
    with chrome.card("Expires next", aside="$2,310.40 in 7 days", link=Link(EXPIRING)):
        row = money_table(
            COLUMNS, money_rows(5), key="next", alt="What expires next", phone=is_phone()
        )
    st.text(f"part={part} row={row} values={sorted(values.items())}")


def expiring() -> None:
    chrome.page_header("Expiring")
    filter_bar(FILTERS, phone=is_phone(), chips=[Chip("week", "Week of 23 Nov", lambda: None)])
    stale_notice("Amazon CA was last synced 3 days ago", link=Link(OVERVIEW))
    with chrome.card("What is lost if nothing is filed?"):
        first = date(2026, 11, 23)
        weeks = [first + timedelta(days=7 * position) for position in range(13)]
        expiring_by_week(
            [WeekAmount(day, day + timedelta(days=6), Decimal(90), 8) for day in weeks],
            "USD",
            key="weeks",
        )
    with chrome.card("All deadlines", aside="1,204 rows"):
        money_table(COLUMNS, money_rows(50), key="all", alt="All deadlines", phone=is_phone())


def states() -> None:
    chrome.page_header("States")
    timeline(
        [
            Step("Opened", "12 Nov 2026", NASTY),
            Step("Partially reimbursed", "20 Nov 2026", "$1,204.30 of $1,511.72", "good"),
            Step("Denied", "21 Nov 2026", "The rest", "bad"),
            Step("Being prepared", "since today", standing="current"),
            Step("Active", standing="next"),
        ]
    )
    st.button(on_primary("How to claim"), type="primary")
    empty_state("No cases yet", "Cases appear here once one is filed.", link=Link(OVERVIEW))
    error_state("Recovered by month", "7f3a20c1")
    not_supported("Walmart does not pay by itself", "Every amount here needs a claim.")
    with loading(80):
        st.text("Drawn inside")


OVERVIEW = st.Page(overview, title="Overview", default=True)
EXPIRING = st.Page(expiring, title="Expiring")
STATES = st.Page(states, title="States")
SECTIONS = {
    "Recovery": [
        Link(OVERVIEW, icon=":material/space_dashboard:"),
        Link(EXPIRING, icon=":material/hourglass_top:"),
    ],
    "More": [Link(STATES, icon=":material/sync:")],
}

current = st.navigation(
    [link.page for links in SECTIONS.values() for link in links], position="hidden"
)
chrome.browser_tab(current.title)
account = chrome.sidebar(
    [chrome.Account("11", "Northwind Kitchen"), chrome.Account("12", "Harbor & Pine")], SECTIONS
)
chrome.looks()
current.run()
