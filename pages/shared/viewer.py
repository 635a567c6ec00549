"""Who looks at a page, and at which account: asked by every page in its first statement."""

from dataclasses import dataclass

import streamlit as st

from components.page import ACCOUNT
from components.palette import quiet
from pages.shared import places
from pages.shared.start_here import no_account_yet
from pages.shared.trouble import waiting_for_the_database
from services.access.local import Account, NotLocalError, Viewer, local_viewer
from services.database.start import database


@dataclass(frozen=True)
class SignedIn:
    """A viewer with the one account that this page may show them."""

    viewer: Viewer
    account: Account


def visitor() -> Viewer:
    """Who is there, whatever they ask for. Anyone from another machine gets no further."""
    with waiting_for_the_database():
        try:
            return local_viewer(
                database(),
                listens_on=st.get_option("server.address"),
                asks_from=st.context.ip_address,
            )
        except NotLocalError:
            _this_machine_only()
            st.stop()


def signed_in() -> SignedIn:
    """The viewer and the account that the address names, if it is theirs; else nothing at all."""
    viewer = visitor()
    account = viewer.account(st.query_params.get(ACCOUNT))
    if account is None:
        no_account_yet() if not viewer.accounts else _not_yours(viewer)
        st.stop()
    return SignedIn(viewer, account)


def _not_yours(viewer: Viewer) -> None:
    first = viewer.accounts[0]
    with st.container(border=True, gap="xsmall", key="unknown-account"):
        st.markdown(":material/lock: **There is no such account here, or you cannot open it**")
        st.markdown(quiet("Check the link with whoever sent it, or choose an account at the left."))
        st.page_link(
            places.OVERVIEW.page(),
            label="Open my overview",
            icon=":material/arrow_forward:",
            query_params={ACCOUNT: str(first.account_id)},
        )


def _this_machine_only() -> None:
    with st.container(border=True, gap="xsmall", key="not-local"):
        st.markdown(":material/lock: **This dashboard serves its own machine only**")
        st.markdown(quiet("There is no sign-in yet, so it answers nobody else. Open it there."))
