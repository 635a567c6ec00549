"""The addresses that a person's calendars follow, on their own page."""

import streamlit as st

from components.page import card
from components.settings_form import CalendarRow, calendar_rows, nothing_to_tell
from pages.shared import clock
from pages.shared.trouble import waiting_for_the_database
from pages.shared.viewer import still_here
from services.access.rights import Right
from services.access.viewer import Viewer
from services.database.start import database
from services.exports import following
from services.exports.addresses import feed_address
from services.exports.following import Followed
from services.marketplaces.labels import channel_label
from services.settings import settings
from wording.days import ago
from wording.labels import ALL_MARKETPLACES, ALL_TYPES
from wording.subtypes import type_label

NONE: str = "None yet. Deadlines for your calendar, on the page Expiring, makes one."


def draw_calendars(viewer: Viewer) -> None:
    """Nothing for whoever sees no deadlines."""
    if not viewer.may(Right.SEE_RECOVERY):
        return
    with waiting_for_the_database():
        mine = following.followed(database(), viewer)
    with card("Calendar addresses"):
        if not mine:
            nothing_to_tell(NONE)
            return
        pressed = calendar_rows([_row(viewer, one) for one in mine])
        if pressed:
            _do(viewer, pressed.press, mine[pressed.position])


def _do(viewer: Viewer, press: str, one: Followed) -> None:
    step = following.renew if press == "renew" else following.revoke
    with waiting_for_the_database():
        step(database(), still_here(viewer), one.account_id, one.calendar_id)
    st.rerun()


def _row(viewer: Viewer, one: Followed) -> CalendarRow:
    account = viewer.require_account(one.account_id)
    filters = one.filters
    shown = [
        channel_label(filters.channel) if filters.channel else ALL_MARKETPLACES,
        type_label(filters.type) if filters.type else ALL_TYPES,
        filters.currency,
    ]
    now = clock.now()
    last = f"last fetched {ago(one.fetched_at, now)}" if one.fetched_at else "never fetched"
    return CalendarRow(
        key=f"{one.account_id}-{one.calendar_id}",
        account=account.name,
        shown=" · ".join(shown),
        since=f"Made {ago(one.made_at, now)}, {last}",
        address=feed_address(database(), settings(), viewer, one),
    )
