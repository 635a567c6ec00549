"""The sections of the portfolio, from the questions' answers to what is drawn."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

import streamlit as st
from sqlalchemy import Connection
from streamlit.delta_generator import DeltaGenerator

from components import elements
from components.links import follow
from components.markdown import escape_markdown
from components.portfolio import Sum, sums
from components.states import empty_state, guarded
from components.tables import Cell, Column, Row, money_table
from pages.shared import address, clock, places
from pages.shared.pager import turn_pages
from pages.shared.trouble import report, waiting_for_the_database
from services.access.viewer import Viewer
from services.database.start import database
from services.exports.across import Compared
from services.exports.files import Question
from services.insights.answers import Figure, Page
from services.insights.portfolio import (
    SILENT_DAYS,
    Book,
    Client,
    Portfolio,
    Together,
    book,
    clients,
    currencies_of_all,
)
from services.marketplaces.labels import channel_label
from wording.buckets import AT_RISK
from wording.days import day_in_year
from wording.money import money, without_amount
from wording.notices import MAY_BE_ELIGIBLE
from wording.numbers import UNKNOWN, counted
from wording.orders import PORTFOLIO

POSITION: Final = "clients"
# A key of its own: elsewhere one currency is always read in, here all may be.
SHOWN: Final = "shown"
ALL: Final = "All currencies"
_DIGITS: Final = 9
# Each amount carries its currency's sign.
COLUMNS: Final = (
    Column("name", "Client", phone=True),
    Column("at_risk", "At risk", "money", phone=True),
    Column("within_7", "In 7 days", "money", phone=True),
    Column("within_30", "In 30 days", "money"),
    Column("month", "Paid this month", "money"),
    Column("since", "Since last call", "said"),
    Column("open", "Open", "number"),
    Column("refused", "Refused", "number"),
    Column("reports", "Reports"),
    Column("called", "Last call"),
)


@dataclass(frozen=True)
class Seen:
    """One snapshot of all the viewer's clients, as their account manager may read them."""

    connection: Connection
    now: datetime


@contextmanager
def comparing(viewer: Viewer) -> Iterator[Seen]:
    with (
        waiting_for_the_database(),
        database().comparing(_accounts(viewer)) as connection,
    ):
        yield Seen(connection, clock.now())


def _accounts(viewer: Viewer) -> tuple[int, ...]:
    return tuple(one.account_id for one in viewer.accounts)


@dataclass(frozen=True)
class Head:
    """Slots beside the title, to fill once the clients are read."""

    currency: DeltaGenerator
    export: DeltaGenerator
    call: DeltaGenerator
    find: DeltaGenerator


def draw_head(viewer: Viewer) -> Head:
    """Title left; right the currency and the way to one client."""
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.title("Portfolio", anchor=False, width="content")
        st.space("stretch")
        slots = Head(*(st.container(width="content") for _ in range(4)))
    if not viewer.accounts:
        empty_state(
            "No client is yours yet",
            "Ask whoever manages people here to add one.",
            icon=":material/groups:",
        )
        st.stop()
    return slots


# One client by name ------------------------------------------------------------------------------


def find_client(slot: DeltaGenerator, page: Page[Client], viewer: Viewer) -> None:
    """K, then a digit for one of the foremost; or K, a few letters and Enter for any other."""
    if slot.button("Find a client", key="find-client", icon=":material/search:", shortcut="K"):
        # Its own way out stands last: a cross at the top would come before the list.
        foremost = list({str(one.account_id): one.name for one in page.rows}.items())[:_DIGITS]
        st.dialog("Find a client", width="small", dismissible=False)(_draw_find)(viewer, foremost)


def _draw_find(viewer: Viewer, foremost: Sequence[tuple[str, str]]) -> None:
    names = {str(one.account_id): one.name for one in viewer.accounts}
    named = st.selectbox(
        "Client",
        list(names),
        index=None,
        format_func=names.__getitem__,
        placeholder="Type a name, then Enter",
        label_visibility="collapsed",
        key="found-client",
    )
    pressed = [
        key for number, (key, name) in enumerate(foremost, 1) if _foremost(number, key, name)
    ]
    elements.draw("typing", {}, key="find-typing")
    if st.button("Close", key="find-close", type="tertiary", shortcut="Esc"):
        st.rerun()
    _open(named or next(iter(pressed), None), viewer)


def _foremost(number: int, key: str, name: str) -> bool:
    return st.button(
        escape_markdown(name), key=f"find-{key}", shortcut=str(number), width="stretch"
    )


# The figures -------------------------------------------------------------------------------------


def asked_for(seen: Seen, viewer: Viewer, slot: DeltaGenerator) -> Portfolio:
    """Each client in its own currencies, unless one currency is asked for."""
    whole = Portfolio(_accounts(viewer), None, seen.now, clock.today())
    offered = currencies_of_all(seen.connection, whole)
    if len(offered) < 2:
        return whole
    chosen = slot.selectbox(
        "Currency",
        (ALL, *offered),
        key=SHOWN,
        bind="query-params",
        label_visibility="collapsed",
        width=140,
    )
    return replace(whole, currency=chosen if chosen in offered else None)


def question(asked: Portfolio) -> Question:
    return Question.across("portfolio", Compared(asked.currency, asked.today))


def link_of(asked: Portfolio) -> dict[str, str]:
    return {SHOWN: asked.currency} if asked.currency else {}


def read(seen: Seen, asked: Portfolio) -> tuple[Book | None, Page[Client]]:
    cursor = address.read_cursor(POSITION, sign_of(asked))
    return book(seen.connection, asked), clients(seen.connection, asked, cursor)


def sign_of(asked: Portfolio) -> str:
    return address.sign_of(asked.accounts, asked.currency or ALL)


def foot_words(all_of_them: Book | None) -> str:
    """What the order means, and whom nobody spoke with lately."""
    if all_of_them is None or not all_of_them.silent:
        return PORTFOLIO
    named = counted(all_of_them.silent, "client", "clients")
    return f"{PORTFOLIO} {named} had no call in the last {SILENT_DAYS} days, or never."


def draw_sums(all_of_them: Book | None, *, phone: bool) -> None:
    """One value a currency in each; where no report came yet there is nothing to sum."""
    if all_of_them is None or not all_of_them.sums:
        return
    each = all_of_them.sums
    with guarded("The sums", report):
        sums(
            [
                _sum("At risk", [(one.at_risk, one) for one in each], "ready to claim", AT_RISK),
                _sum("Expires within 7 days", [(one.within_7_days, one) for one in each]),
                _sum("Expires within 30 days", [(one.within_30_days, one) for one in each]),
                Sum(
                    "Recovered this month",
                    [money(one.recovered_this_month, one.currency or "") for one in each],
                    "net of what was taken back",
                ),
            ],
            phone=phone,
        )


def _sum(
    label: str,
    told: Sequence[tuple[Figure, Together]],
    note: str = MAY_BE_ELIGIBLE,
    meaning: str | None = None,
) -> Sum:
    values = [money(figure.amount, one.currency or "") for figure, one in told]
    unknown = sum(figure.units_without_amount for figure, _ in told)
    if unknown:
        note = without_amount(unknown)
    return Sum(label, values, note, meaning)


def draw_clients(page: Page[Client], viewer: Viewer, asked: Portfolio, *, phone: bool) -> None:
    """The row opens the client's Overview, in the row's currency."""
    with guarded("The clients", report):
        sign = sign_of(asked)
        pressed = money_table(
            COLUMNS,
            client_rows(page, viewer.person_id),
            key=f"clients-{sign}",
            phone=phone,
            alt=f"{counted(len(page.rows), 'row', 'rows')}, one a client and currency",
        )
        turn_pages(page, POSITION, sign)
        _open(pressed, viewer)


def _open(pressed: str | None, viewer: Viewer) -> None:
    number, _, currency = (pressed or "").partition("~")
    account = viewer.account(number) if number else None
    if account:
        follow(places.OVERVIEW.link(account, values={"currency": currency} if currency else {}))


def client_rows(page: Page[Client], person_id: int) -> list[Row]:
    return [
        Row(
            f"{one.account_id}~{one.currency or ''}",
            {
                "name": one.name,
                **_figures(one),
                "open": one.open_cases,
                "refused": one.refused_cases,
                "reports": _reports(one),
                "called": _called(one, person_id),
            },
            one.currency or "",
        )
        for one in page.rows
    ]


def _figures(one: Client) -> dict[str, Cell]:
    """Of a client that no report told of yet nothing is known: that is no nought."""
    if one.currency is None:
        return dict.fromkeys(("at_risk", "within_7", "within_30", "month")) | {"since": UNKNOWN}
    return {
        "at_risk": one.at_risk.amount,
        "within_7": one.within_7_days.amount,
        "within_30": one.within_30_days.amount,
        "month": one.recovered_this_month,
        "since": _since(one, one.currency),
    }


def _since(one: Client, currency: str) -> str:
    if one.recovered_since is None:
        return "first call" if one.called_on else "no call"
    return money(one.recovered_since, currency)


def _reports(one: Client) -> str:
    if not one.channels or one.without_reports == one.channels:
        return "None yet"
    if one.stale:
        more = f" +{len(one.stale) - 1}" if len(one.stale) > 1 else ""
        return f"{channel_label(one.stale[0])}{more} stale"
    return "Up to date"


def _called(one: Client, person_id: int) -> str:
    if one.called_on is None:
        return "Never"
    day = day_in_year(one.called_on, clock.today().year)
    return f"{day} · {'you' if one.called_by_id == person_id else one.called_by}"
