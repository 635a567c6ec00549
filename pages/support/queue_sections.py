"""The queue: how much waits, the filters, and the requests with the most at risk on top."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final, cast

import streamlit as st
from sqlalchemy import Connection

from components.device import is_phone
from components.facts import Fact, facts
from components.filters import Filter, clear, filter_bar, search, segments, select
from components.markdown import escape_markdown
from components.page import ACCOUNT, card
from components.palette import quiet
from components.queue import hits_hidden
from components.states import empty_state, guarded
from components.tables import Column, Row, money_table
from pages.shared import address, clock
from pages.shared.pager import turn_pages
from pages.shared.trouble import report, waiting_for_the_database
from pages.support import words
from services.activation.at_risk import AtRisk
from services.activation.queue import (
    MEDIAN_OVER_DAYS,
    HiddenRequests,
    QueueFigures,
    QueuePage,
    QueueView,
    Waiting,
)
from services.activation.states import OPEN, SETTLED, RequestKey
from services.database.start import database
from services.exports.files import Question
from services.insights.answers import Page
from services.marketplaces.labels import channel_label
from services.marketplaces.registry import MARKETPLACES
from wording.buckets import AT_RISK
from wording.days import ago, how_long
from wording.filters import hidden_by
from wording.labels import ALL_MARKETPLACES
from wording.numbers import plain_number
from wording.orders import QUEUE
from wording.requests import STATUS_WORDS, title_of

REQUEST: Final = "request"
POSITION: Final = "rows"
SEARCH: Final = "find"
KEPT: Final = "queue-kept"
SHOW: Final = "queue-show"
ALL: Final = "all"
_LONGEST: Final = 100
STANDING: Final = Filter(
    "requests", "Requests", {"open": "Open", "settled": "Settled"}, removable=False
)
ORDER: Final = Filter(
    "order",
    "Order",
    {code: order.label for code, order in QUEUE.items() if order.label},
    removable=False,
)
MARKETPLACE: Final = Filter(
    "marketplace",
    "Marketplace",
    {ALL: ALL_MARKETPLACES, **{one.code: one.name for one in MARKETPLACES.values()}},
)
WHOSE: Final = Filter(
    "whose", "Whose", {"everyone's": "Everyone's", "mine": "Mine", "nobody's": "Not taken"}
)
AGE: Final = Filter(
    "age", "Age", {ALL: "Any age", "1": "Over a day", "3": "Over 3 days", "7": "Over a week"}
)
_COLUMNS: Final = (
    Column("days_left", "Left", "days", phone=True),
    Column("account", "Account", phone=True),
    Column("where", "Where"),
    Column("status", "Status"),
    Column("asked", "Asked"),
    Column("first", "First answer"),
    Column("with", "With"),
    Column("number", "Request"),
    Column("at_risk", "At risk", "money", phone=True),
)


@dataclass(frozen=True)
class Seen:
    """What the questions of this page are asked with."""

    connection: Connection
    now: datetime


@contextmanager
def queue_snapshot() -> Iterator[Seen]:
    """The queue as it is now; while the database is away, the page waits for it."""
    with waiting_for_the_database(), database().triaging() as connection:
        yield Seen(connection, clock.now())


def named_request() -> RequestKey | None:
    """The request that the address names, whether or not there is one."""
    try:
        account, number = (int(st.query_params[name]) for name in (ACCOUNT, REQUEST))
    except (KeyError, ValueError):
        return None
    return RequestKey(account, number) if 0 < account < 2**63 and 0 < number < 2**63 else None


def open_request(key: str) -> None:
    """A row was pressed: the request takes the page, and the way back keeps the filters."""
    names = (one.key for one in (STANDING, ORDER, *_filters(settled=False)))
    st.session_state[KEPT] = {
        name: st.session_state[name] for name in (*names, SEARCH) if name in st.session_state
    }
    account, _, number = key.partition("~")
    address.write(ACCOUNT, account)
    address.write(REQUEST, number)
    st.rerun()


def back_to_queue() -> None:
    address.write(REQUEST, None)
    for name, value in st.session_state.pop(KEPT, {}).items():
        st.session_state[name] = value


def draw_figures(figures: QueueFigures, at_risk: tuple[AtRisk, ...], now: datetime) -> None:
    since = figures.unanswered_since
    median = figures.median_first_answer
    facts(
        [
            Fact(
                "Open",
                plain_number(figures.open),
                f"{plain_number(figures.untaken)} not taken · {plain_number(figures.mine)} yours",
            ),
            Fact(
                "Waiting for a seller",
                plain_number(figures.waiting_for_seller),
                "asked, no answer yet",
            ),
            Fact(
                "Without a first answer",
                plain_number(figures.unanswered),
                f"the oldest for {how_long(now - since)}" if since else "all answered",
            ),
            Fact(
                "Time to first answer",
                how_long(median) if median is not None else "none yet",
                f"median of {MEDIAN_OVER_DAYS} days",
            ),
            Fact(
                "At risk",
                escape_markdown(words.amounts(at_risk)),
                words.unpriced(at_risk) or "ready to claim now",
            ),
        ]
    )


def draw_search() -> QueueView:
    """Search, order, open or settled; then the filters, on a phone behind one button."""
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        wanted = search(
            "Search",
            key=SEARCH,
            placeholder="Search: account, contact, e-mail or request number",
            longest=_LONGEST,
        )
        standing = segments(STANDING)
        settled = standing == "settled"
        order = ORDER.widest if settled else select(ORDER)
    values = filter_bar(_filters(settled=settled), phone=is_phone())
    return _view(values, settled=settled, order=order, text=wanted)


def _filters(*, settled: bool) -> tuple[Filter, ...]:
    statuses = {code: STATUS_WORDS[code] for code in (SETTLED if settled else OPEN)}
    stage = Filter("stage", "Status", {ALL: "Any status"} | statuses)
    return (MARKETPLACE, WHOSE, stage, AGE)


def _view(values: Mapping[str, str], *, settled: bool, order: str, text: str) -> QueueView:
    def chosen(one: str) -> str | None:
        return None if values[one] == ALL else values[one]

    age = chosen("age")
    narrowed: dict[str, Any] = {"status": chosen("stage"), "order": order}
    return QueueView(
        settled=settled,
        marketplace=chosen("marketplace"),
        whose=cast(Any, values["whose"]),
        older_than=int(age) if age else None,
        text=text,
        **narrowed,
    )


def sign_of(view: QueueView, person_id: int) -> str:
    return address.sign_of(view, person_id)


def cursor(sign: str) -> str | None:
    return address.read_cursor(POSITION, sign)


_FILTER_WORDS: Final = {
    "settled": "Open or Settled",
    "marketplace": "Marketplace",
    "status": "Status",
    "whose": "Whose",
    "older_than": "Age",
}


def draw_hidden(hidden: HiddenRequests) -> None:
    if not hidden.requests:
        return
    named = [_FILTER_WORDS[name] for name in hidden.filters]
    words = hidden_by(hidden.requests, "request", "requests", named)
    if hits_hidden(hidden.requests, words):
        st.session_state[SHOW] = hidden.filters
        st.rerun()


def let_go_of_what_hides() -> None:
    """Before the controls are drawn: a press asked for what they hide."""
    wanted = st.session_state.pop(SHOW, ())
    if "settled" in wanted:
        is_open = st.session_state.get(STANDING.key, STANDING.widest) == "open"
        st.session_state[STANDING.key] = "settled" if is_open else "open"
    keys = {"marketplace": MARKETPLACE, "whose": WHOSE, "older_than": AGE}
    for name in wanted:
        if name in keys:
            clear(keys[name])
    if {"status", "settled"} & {*wanted}:
        st.session_state["stage"] = ALL


def question(view: QueueView) -> Question:
    return Question.across("queue", view)


def draw_queue(page: QueuePage, view: QueueView, sign: str) -> None:
    with card(title_of(settled=view.settled)), guarded("The queue", report):
        if not page.rows:
            _nothing(view)
            return
        phone = is_phone()
        pressed = money_table(
            _COLUMNS,
            [_row(row) for row in page.rows],
            key=f"queue-{sign}",
            phone=phone,
            alt=f"{len(page.rows)} activation requests",
        )
        turn_pages(Page(page.rows, page.following, page.preceding), POSITION, sign)
        st.markdown(quiet(_rule(page.rows, view)))
    if pressed:
        open_request(pressed)


def _rule(rows: Sequence[Waiting], view: QueueView) -> str:
    rule = _order(view)
    if any(row.has_other_currencies for row in rows):
        rule += " Some channels hold money in another currency too: the request itself shows it."
    return rule


def _order(view: QueueView) -> str:
    order = "settled" if view.settled else view.order
    return QUEUE[order].sentence + (f" {AT_RISK}" if order == "at risk" else "")


def _row(row: Waiting) -> Row:
    now = clock.for_the_reader(clock.now())
    return Row(
        f"{row.account_id}~{row.request_id}",
        {
            "days_left": row.days_left,
            "account": row.account_name,
            "where": channel_label(row.channel),
            "status": STATUS_WORDS[row.status],
            "asked": ago(row.requested_at, now),
            "first": words.first_answer(row.requested_at, row.first_answered_at),
            "with": row.taken_by_name or "nobody",
            "number": str(row.request_id),
            "at_risk": row.at_risk.amount,
        },
        row.at_risk.currency,
    )


def _nothing(view: QueueView) -> None:
    if view.text.strip():
        empty_state(
            f"No request shown for {escape_markdown(view.text.strip())}",
            "Part of an account, a contact or an e-mail will do, or a request number.",
            icon=":material/search_off:",
        )
    elif view == replace(QueueView(), settled=view.settled, order=view.order):
        what = "Nothing has been settled yet" if view.settled else "No request waits"
        empty_state(what, "A request appears here as soon as a seller asks under How to claim.")
    else:
        empty_state("No request with these filters", "Take a filter off to see the others.")
