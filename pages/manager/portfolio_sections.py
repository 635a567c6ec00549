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
from components.palette import quiet
from components.portfolio import Sum, sums
from components.states import empty_state, guarded
from components.tables import Cell, Column, Row, money_table
from pages.shared import address, clock, places
from pages.shared.pager import turn_pages
from pages.shared.together import amount_words, figure_words, grounds
from pages.shared.trouble import report, waiting_for_the_database
from services.access.viewer import Viewer
from services.database.start import database
from services.exports.across import Compared
from services.exports.files import Question
from services.insights.answers import Figure, Page
from services.insights.conversion import Rates, rates_of
from services.insights.portfolio import (
    SILENT_DAYS,
    Book,
    Client,
    Contact,
    InOne,
    Portfolio,
    Together,
    WholeClient,
    book,
    clients,
    currencies_of_all,
    in_one,
    richest,
    whole_clients,
)
from services.marketplaces.labels import channel_label
from wording.buckets import AT_RISK
from wording.days import day_in_year
from wording.money import money, without_amount
from wording.notices import MAY_BE_ELIGIBLE
from wording.numbers import UNKNOWN, counted
from wording.orders import PORTFOLIO, PORTFOLIO_IN_ONE
from wording.rates import NO_RATE, NO_RATES_YET, TOGETHER

POSITION: Final = "clients"
# A key of its own: elsewhere one currency is always read in, here all may be.
SHOWN: Final = "shown"
ALL: Final = "All currencies"
ALL_IN: Final = "All in "  # and the currency that all are converted into
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
# What has no rate is said in the place of the figure.
IN_ONE: Final = tuple(replace(one, kind="said") if one.kind == "money" else one for one in COLUMNS)
_NOT_KNOWN: Final[dict[str, Cell]] = {
    "at_risk": None,
    "within_7": None,
    "within_30": None,
    "month": None,
    "since": UNKNOWN,
}


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


def find_client(slot: DeltaGenerator, told: "Told", viewer: Viewer) -> None:
    """K, then a digit for one of the foremost; or K, a few letters and Enter for any other."""
    if slot.button("Find a client", key="find-client", icon=":material/search:", shortcut="K"):
        # Its own way out stands last: a cross at the top would come before the list.
        foremost = list({str(one.account_id): one.name for one in told.page.rows}.items())[:_DIGITS]
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


@dataclass(frozen=True)
class Told:
    """What the questions answered; `in_one`: where several currencies could be put together."""

    book: Book | None
    page: Page[Client] | Page[WholeClient]
    rates: Rates | None  # None: there is nothing to convert
    in_one: InOne | None


def asked_for(seen: Seen, viewer: Viewer, slot: DeltaGenerator) -> Portfolio:
    """Each client in its own currencies, unless one is asked for, or all in one."""
    whole = Portfolio(_accounts(viewer), None, seen.now, clock.today())
    offered = currencies_of_all(seen.connection, whole)
    if len(offered) < 2:
        return whole
    known = rates_of(seen.connection, offered, offered[0], whole.today).known
    all_in = {f"{ALL_IN}{one}": one for one in offered if one in known} if len(known) > 1 else {}
    chosen = slot.selectbox(
        "Currency",
        (ALL, *all_in, *offered),
        key=SHOWN,
        bind="query-params",
        label_visibility="collapsed",
        width=140,
    )
    if chosen in all_in:
        into = all_in[chosen]
        return replace(whole, rates=rates_of(seen.connection, offered, into, whole.today))
    return replace(whole, currency=chosen if chosen in offered else None)


def question(asked: Portfolio, told: Told) -> Question:
    """The file holds each client's own amounts, and beside them what they are converted."""
    into = told.rates.into if told.rates and told.rates.converts else None
    return Question.across("portfolio", Compared(asked.currency, asked.today, into))


def link_of(asked: Portfolio) -> dict[str, str]:
    return {SHOWN: _shown(asked)} if asked.currency or asked.rates else {}


def _shown(asked: Portfolio) -> str:
    return f"{ALL_IN}{asked.rates.into}" if asked.rates else asked.currency or ALL


def read(seen: Seen, asked: Portfolio) -> Told:
    cursor = address.read_cursor(POSITION, sign_of(asked))
    whole = book(seen.connection, asked)
    page = (
        whole_clients(seen.connection, asked, cursor)
        if asked.rates
        else clients(seen.connection, asked, cursor)
    )
    sums = whole.sums if whole else ()
    rates = asked.rates or _rates(seen, asked, sums)
    together = in_one(seen.connection, rates, sums) if rates and rates.converts else None
    return Told(whole, page, rates, together)


def _rates(seen: Seen, asked: Portfolio, sums: Sequence[Together]) -> Rates | None:
    """Into the currency with most money at risk."""
    currencies = [one.currency for one in sums if one.currency]
    if len(currencies) < 2:
        return None

    def into(currency: str) -> Rates:
        return rates_of(seen.connection, currencies, currency, asked.today)

    first = into(currencies[0])
    return into(richest(sums, into(first.known[0]))) if len(first.known) > 1 else first


def sign_of(asked: Portfolio) -> str:
    return address.sign_of(asked.accounts, _shown(asked))


def foot_words(told: Told, asked: Portfolio) -> str:
    """What the order means, and whom nobody spoke with lately."""
    order = PORTFOLIO_IN_ONE if asked.rates else PORTFOLIO
    if told.book is None or not told.book.silent:
        return order
    named = counted(told.book.silent, "client", "clients")
    return f"{order} {named} had no call in the last {SILENT_DAYS} days, or never."


def draw_sums(told: Told, asked: Portfolio, *, phone: bool) -> None:
    """One value a currency in each; where no report came yet there is nothing to sum."""
    if told.book is None or not told.book.sums:
        return
    with guarded("The sums", report):
        each = [*_sums(told.book.sums)]
        if told.in_one and told.rates:
            words = _in_one_words(told.in_one, told.rates.into)
            turn = _in_front if asked.rates else _beside
            each = [turn(one, said) for one, said in zip(each, words, strict=True)]
        sums(each, phone=phone)
        if told.rates:
            st.markdown(quiet(_rate_words(told.rates, asked)))


def _sums(each: Sequence[Together]) -> Iterator[Sum]:
    yield _sum("At risk", [(one.at_risk, one) for one in each], "ready to claim", AT_RISK)
    yield _sum("Expires within 7 days", [(one.within_7_days, one) for one in each])
    yield _sum("Expires within 30 days", [(one.within_30_days, one) for one in each])
    yield Sum(
        "Recovered this month",
        [money(one.recovered_this_month, one.currency or "") for one in each],
        "net of what was taken back",
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


def _in_one_words(told: InOne, into: str) -> tuple[str, ...]:
    """In the order of the sums."""
    return (
        figure_words(told.at_risk, into),
        figure_words(told.within_7_days, into),
        figure_words(told.within_30_days, into),
        amount_words(told.recovered_this_month, into),
    )


def _beside(one: Sum, words: str) -> Sum:
    """What has no rate is named below the figures."""
    return one if words == NO_RATE else replace(one, together=f"{words} {TOGETHER}")


def _in_front(one: Sum, words: str) -> Sum:
    own = " · ".join(one.values)
    return replace(one, values=[words], together=own if words == NO_RATE else f"from {own}")


def _rate_words(rates: Rates, asked: Portfolio) -> str:
    """By which rates of which day; without any, how they come."""
    if rates.day is None and rates.newest is None:
        return NO_RATES_YET
    return escape_markdown(grounds(rates, asked.today))


def draw_clients(told: Told, viewer: Viewer, asked: Portfolio, *, phone: bool) -> None:
    """The row opens the client's Overview, in the row's currency."""
    page = told.page
    with guarded("The clients", report):
        sign = sign_of(asked)
        rows = counted(len(page.rows), "row", "rows")
        pressed = money_table(
            IN_ONE if asked.rates else COLUMNS,
            client_rows(page, viewer.person_id, asked.rates),
            key=f"clients-{sign}",
            phone=phone,
            alt=f"{rows}, one a client{'' if asked.rates else ' and currency'}",
        )
        turn_pages(page, POSITION, sign)
        _open(pressed, viewer)


def _open(pressed: str | None, viewer: Viewer) -> None:
    number, _, currency = (pressed or "").partition("~")
    account = viewer.account(number) if number else None
    if account:
        follow(places.OVERVIEW.link(account, values={"currency": currency} if currency else {}))


def client_rows(
    page: Page[Client] | Page[WholeClient], person_id: int, rates: Rates | None = None
) -> list[Row]:
    """One a client and currency; with rates one a client, in theirs."""
    into = rates.into if rates else ""
    return [
        _whole_row(one, into, person_id) if isinstance(one, WholeClient) else _row(one, person_id)
        for one in page.rows
    ]


def _row(one: Client, person_id: int) -> Row:
    cells = {**_contact(one, person_id), **_figures(one)}
    return Row(f"{one.account_id}~{one.currency or ''}", cells, one.currency or "")


def _whole_row(one: WholeClient, into: str, person_id: int) -> Row:
    cells = {**_contact(one, person_id), **_whole_figures(one, into)}
    return Row(f"{one.account_id}~", cells, into)


def _contact(one: Contact, person_id: int) -> dict[str, Cell]:
    return {
        "name": one.name,
        "open": one.open_cases,
        "refused": one.refused_cases,
        "reports": _reports(one),
        "called": _called(one, person_id),
    }


def _figures(one: Client) -> dict[str, Cell]:
    """Of a client that no report told of yet nothing is known: that is no nought."""
    if one.currency is None:
        return _NOT_KNOWN
    return {
        "at_risk": one.at_risk.amount,
        "within_7": one.within_7_days.amount,
        "within_30": one.within_30_days.amount,
        "month": one.recovered_this_month,
        "since": _since(one, one.currency),
    }


def _whole_figures(one: WholeClient, into: str) -> dict[str, Cell]:
    """The same, converted."""
    if not one.currencies:
        return _NOT_KNOWN
    return {
        "at_risk": figure_words(one.at_risk, into),
        "within_7": figure_words(one.within_7_days, into),
        "within_30": figure_words(one.within_30_days, into),
        "month": amount_words(one.recovered_this_month, into),
        "since": amount_words(one.recovered_since, into) if one.counted_from else _no_call(one),
    }


def _since(one: Client, currency: str) -> str:
    return _no_call(one) if one.recovered_since is None else money(one.recovered_since, currency)


def _no_call(one: Contact) -> str:
    return "first call" if one.called_on else "no call"


def _reports(one: Contact) -> str:
    if not one.channels or one.without_reports == one.channels:
        return "None yet"
    if one.stale:
        more = f" +{len(one.stale) - 1}" if len(one.stale) > 1 else ""
        return f"{channel_label(one.stale[0])}{more} stale"
    return "Up to date"


def _called(one: Contact, person_id: int) -> str:
    if one.called_on is None:
        return "Never"
    day = day_in_year(one.called_on, clock.today().year)
    return f"{day} · {'you' if one.called_by_id == person_id else one.called_by}"
