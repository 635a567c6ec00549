"""What is behind one line of "Why did this change?": the events themselves, each with its page."""

from collections.abc import Sequence

import streamlit as st

from components.markdown import escape_markdown
from components.palette import quiet
from components.tables import money_table
from pages.seller.parts.changes_list import BEHIND, OPENING, behind_rows, read_key
from pages.seller.story.dialog import open_page
from pages.shared.snapshot import Snapshot
from services.access.viewer import Account
from services.insights.answers import Behind, MovementKey
from services.insights.changes import behind
from services.insights.keyset import PAGE_SIZE
from services.marketplaces.labels import channel_label
from wording.changes import CHANGES
from wording.days import plain_date
from wording.numbers import counted
from wording.subtypes import subtype_label


def open_movement(seen: Snapshot, pressed: str | None, *, phone: bool) -> None:
    """Opens what is behind the line that was pressed, read in the page's own snapshot."""
    if pressed is None:
        return
    key = read_key(pressed)
    found = behind(seen.connection, seen.account_id, key)
    st.dialog(CHANGES.get(key.cause, OPENING), width="large")(_draw)(
        key, found, seen.account, phone
    )


def _draw(key: MovementKey, found: Sequence[Behind], account: Account, phone: bool) -> None:
    what = escape_markdown(subtype_label(key.subtype))
    st.markdown(f"**{plain_date(key.changed_on)}** · {what} · {channel_label(key.channel)}")
    if not found:
        st.markdown(quiet(_why_none(key.cause)))
        return
    if len(found) == PAGE_SIZE:
        st.markdown(quiet(f"The largest {counted(PAGE_SIZE, 'event', 'events')}."))
    pressed = money_table(
        BEHIND,
        behind_rows(found),
        key=f"behind-{key.changed_on}-{key.subtype}-{key.cause}",
        phone=phone,
        alt=f"{len(found)} events behind this line",
    )
    open_page(account, pressed)


def _why_none(cause: str) -> str:
    if not cause:
        return "What the first reports told is not listed one by one: it is the whole of that day."
    if cause == "gone":
        return "Newer reports no longer have these events, so there is nothing left to open."
    return "What moved then has since changed again or left the reports."
