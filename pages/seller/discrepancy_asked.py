"""Which discrepancy the address asks for; a wrong number and somebody else's read the same."""

import streamlit as st

from components.links import draw_link
from components.palette import quiet
from pages.seller.story.dialog import ID
from pages.shared import address, places
from pages.shared.snapshot import Snapshot
from services.access.viewer import Account
from services.insights.answers import Story
from services.insights.keyset import number
from services.insights.story import story


def asked_for(seen: Snapshot) -> Story | None:
    try:
        named = number(address.read(ID) or "")
    except ValueError:
        return None
    return story(seen.connection, seen.account_id, named, seen.now)


def not_there(account: Account) -> None:
    """Says that it is not there, and nothing else."""
    with st.container(border=True, gap="xsmall", key="unknown-discrepancy"):
        st.markdown(":material/search_off: **There is no such discrepancy in this account**")
        st.markdown(
            quiet(
                "Its reports may have been corrected since the link was made, or it belongs to "
                "another account."
            )
        )
        draw_link(places.OVERVIEW.link(account, "Open the overview", ":material/arrow_forward:"))
