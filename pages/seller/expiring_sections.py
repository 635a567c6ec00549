"""The sections of Expiring, from the questions' answers to what is drawn."""

from collections.abc import Sequence
from functools import reduce
from operator import add
from typing import Final, Literal

import streamlit as st

from components.charts import WeekAmount, expiring_by_week
from components.figures import Choice
from components.filters import Chip, Filter
from components.markdown import escape_markdown
from components.page import card
from components.palette import quiet
from components.states import empty_state, guarded
from components.tables import money_table
from pages.seller.parts import lists
from pages.seller.story.dialog import open_story
from pages.shared import address
from pages.shared.arrival import go_to
from pages.shared.export import follow_deadlines
from pages.shared.frame import ALL, Narrowed
from pages.shared.pager import turn_pages
from pages.shared.snapshot import Snapshot
from pages.shared.trouble import report
from pages.shared.viewer import SignedIn
from services.exports.files import Question
from services.insights.answers import Filters, Page, Pile, Week
from services.insights.expiring import HORIZONS, Open, View
from wording.days import plain_date
from wording.money import money, without_amount
from wording.numbers import counted
from wording.orders import EXPIRING

WEEK: Final = "week"
POSITION: Final = "rows"
APART: Final = "unknown"
FILTERS: Final = (
    Filter("within", "Expires in", {ALL: "Any time", **HORIZONS}),
    Filter(
        "order",
        "Order",
        {code: order.label for code, order in EXPIRING.items()},
        removable=False,
    ),
)


def asked_for(seen: Snapshot, narrowed: Narrowed) -> tuple[View, str]:
    """The part of the list that the address asks for, and the sign that its positions carry."""
    order: Literal["priority", "soonest"] = (
        "soonest" if narrowed.values["order"] == "soonest" else "priority"
    )
    view = View(within=narrowed.get("within"), week=address.read_day(WEEK), order=order)
    sign = address.sign_of(seen.account_id, narrowed.filters, view)
    return View(view.within, view.week, None, order, address.read_cursor(POSITION, sign)), sign


def apart_cursor(sign: str) -> str | None:
    return address.read_cursor(APART, sign)


def chips() -> list[Chip]:
    week = address.read_day(WEEK)
    return [address.chip(WEEK, f"Week of {plain_date(week)}")] if week else []


def choose_week(choice: Choice) -> None:
    if address.toggle(WEEK, choice.values["week"]):
        go_to(POSITION)


def question(seen: Snapshot, filters: Filters, view: View) -> Question:
    return Question.of("expiring", seen.account_id, filters, view)


def draw_weeks(weeks: Sequence[Week], filters: Filters, viewer: SignedIn) -> None:
    total = pile_of(weeks)
    with (
        card("When does it run out?", aside=pile_words(total, filters.currency)),
        guarded("This chart", report),
    ):
        if not total.discrepancies:
            empty_state("Nothing runs out here", "Look further ahead, or remove a filter.")
            return
        expiring_by_week(
            [_week(week) for week in weeks], filters.currency, key="weeks", on_choose=choose_week
        )
        follow_deadlines(viewer, filters)


def pile_of(weeks: Sequence[Week]) -> Pile:
    return reduce(add, (week.pile for week in weeks), Pile())


def pile_words(pile: Pile, currency: str) -> str:
    """Money, items, and what the money leaves out."""
    unknown = pile.figure.units_without_amount
    said = [money(pile.figure.amount, currency), counted(pile.discrepancies, "item", "items")]
    if unknown:
        said.append(without_amount(unknown))
    return " · ".join(said)


def _week(week: Week) -> WeekAmount:
    figure = week.pile.figure
    return WeekAmount(week.starts, week.ends, figure.known_amount, week.pile.discrepancies)


def draw_list(  # noqa: PLR0913, what is listed and how it is shown are separate questions
    page: Page[Open], weeks: Sequence[Week], view: View, sign: str, seen: Snapshot, *, phone: bool
) -> None:
    shown = pile_of([one for one in weeks if view.week in (None, one.starts)])
    aside = EXPIRING[view.order].said
    if view.week and page.rows:
        aside = f"{pile_words(shown, page.rows[0].currency)} · {aside}"
    with card("What to claim first", aside=aside), guarded("The list", report):
        if not page.rows:
            empty_state("Nothing here with these filters", "Look further ahead, or remove one.")
            return
        pressed = money_table(
            lists.open_columns(lists.OPEN, page.rows, phone=phone),
            lists.open_rows(page.rows),
            key=f"expiring-{sign}",
            phone=phone,
            alt=f"{len(page.rows)} items that can still be claimed",
        )
        _say_held(page, phone)
        turn_pages(page, POSITION, sign, shown.discrepancies)
        open_story(seen, pressed, phone=phone)


def _say_held(page: Page[Open], phone: bool) -> None:
    said = lists.held_words(page.rows) if phone else ""
    if said:
        st.markdown(quiet(escape_markdown(said)))


def draw_apart(page: Page[Open], pile: Pile, sign: str, seen: Snapshot, *, phone: bool) -> None:
    """What nobody names a window for is neither late nor in time: it has a list of its own."""
    if not pile.discrepancies:
        return
    currency = page.rows[0].currency if page.rows else ""
    with card("Window unknown", aside=pile_words(pile, currency)), guarded("This list", report):
        st.markdown(quiet("No source names a claim window for these: claim early what is ready."))
        pressed = money_table(
            lists.open_columns(lists.WINDOW_UNKNOWN, page.rows, phone=phone),
            lists.open_rows(page.rows),
            key=f"unknown-window-{sign}",
            phone=phone,
            alt=f"{len(page.rows)} items without a known last day",
        )
        _say_held(page, phone)
        turn_pages(page, APART, sign, pile.discrepancies)
        open_story(seen, pressed, phone=phone)
