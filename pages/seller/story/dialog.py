"""A quick look at one discrepancy over the list that it stands in; its page tells the rest."""

import streamlit as st

from components.links import draw_link, follow
from components.markdown import escape_markdown
from pages.seller.story import sections
from pages.seller.story.words import title
from pages.shared import places
from pages.shared.snapshot import Snapshot
from services.access.viewer import Account
from services.insights.answers import Story
from services.insights.story import story

ID = "id"


def open_story(seen: Snapshot, pressed: str | None, *, phone: bool) -> None:
    """Opens the story of the row that was pressed, read in the page's own snapshot."""
    if pressed is None:
        return
    told = story(seen.connection, seen.account_id, int(pressed), seen.now)
    if told:
        named = escape_markdown(title(told))
        st.dialog(named, width="large")(_draw)(told, seen.account, phone)


def open_page(account: Account, pressed: str | None) -> None:
    """Goes to the page of the row that was pressed, from where there is no room for a look."""
    if pressed is not None:
        link = places.DISCREPANCY.link(account, values={ID: pressed})
        follow(link)


def _draw(told: Story, account: Account, phone: bool) -> None:
    sections.opening(told)
    sections.why(told)
    sections.units(told)
    sections.valuation(told)
    if told.payments:
        sections.payments(told, phone=phone)
    sections.proof(told)
    with st.container(horizontal=True, gap="medium"):
        values = {ID: str(told.discrepancy_id)}
        draw_link(
            places.DISCREPANCY.link(account, "Open as a page", ":material/open_in_full:", values)
        )
        sections.case_link(told, account)
