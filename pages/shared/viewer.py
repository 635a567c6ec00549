"""Who looks at a page, and at which account: asked by every page in its first statement."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import Final
from urllib.parse import urlsplit

import streamlit as st
from streamlit.navigation.page import Page

from components.page import ACCOUNT
from components.palette import quiet
from components.people import person_foot, persona_switch
from pages.shared import door, places
from pages.shared.start_here import no_account_yet
from pages.shared.trouble import waiting_for_the_database
from services.access.identity import SignedOutError, StrangerError, signed_in_viewer
from services.access.local import NotLocalError, local_viewer
from services.access.refusals import note_foreign_account
from services.access.rights import Right, Role, rights_of
from services.access.viewer import Account, NotAllowedError, Viewer
from services.database.start import database
from services.settings import settings

# In local mode: as which persona to look, and that they have just been changed.
PERSONA: Final = "persona"
CHANGED: Final = "persona-changed"
# The accounts that were asked for and refused, so that each is written down once.
REFUSED: Final = "refused-accounts"
# How soon an open page learns that somebody was let in further, or out.
LOOK_AGAIN_SECONDS: Final = 10


@dataclass(frozen=True)
class SignedIn:
    """A viewer with the one account that this page may show them."""

    viewer: Viewer
    account: Account


def visitor() -> Viewer:
    """Who is there, whatever they ask for. Anybody else gets no further than the door."""
    with waiting_for_the_database():
        try:
            return current_viewer()
        except SignedOutError:
            door.to_sign_in(ended=bool(st.user.is_logged_in))
        except StrangerError:
            door.to_a_stranger()
        except NotLocalError:
            door.to_another_machine()


def current_viewer() -> Viewer:
    """Read anew each time. Raises SignedOutError, StrangerError, NotLocalError."""
    chosen = settings()
    if not chosen.signs_in:
        return local_viewer(
            database(),
            listens_on=st.get_option("server.address"),
            asks_from=st.context.ip_address,
            role=_persona(),
        )
    if not st.user.is_logged_in:
        raise SignedOutError("Nobody is signed in.")
    return signed_in_viewer(
        database(),
        st.user.to_dict(),
        hours=chosen.sign_in_hours,
        trusts_addresses=chosen.oidc_vouches_for_addresses,
    )


def as_of_now(drawn_for: Viewer) -> Viewer:
    """Whoever presses, with the rights of this moment. Raises PermissionError.

    A press is answered before its page is drawn anew, and in a dialog without that: what was read
    when the page was drawn may be hours old.
    """
    viewer = current_viewer()
    if viewer.person_id != drawn_for.person_id:
        raise NotAllowedError("Somebody else is signed in by now.")
    return viewer


def still_here(drawn_for: Viewer) -> Viewer:
    """The same in a dialog, which closes where they may not be there any more."""
    with waiting_for_the_database():
        try:
            return as_of_now(drawn_for)
        except PermissionError:
            st.rerun()


def staff(right: Right) -> Viewer:
    """The viewer of a page that shows no single account; whoever may not open it gets nothing."""
    with waiting_for_the_database():
        viewer = _still_there()
    if not viewer.may(right):
        _not_for_you()
        st.stop()
    return viewer


def signed_in(right: Right = Right.SEE_RECOVERY) -> SignedIn:
    """The viewer and the account that the address names, if it is theirs; else nothing at all."""
    viewer = staff(right)
    account = viewer.account(st.query_params.get(ACCOUNT))
    if account is None:
        if viewer.accounts:
            _not_yours(viewer)
        else:
            no_account_yet(viewer, partial(still_here, viewer))
        st.stop()
    return SignedIn(viewer, account)


def presenting(page: Page) -> bool:
    """The presenting view shows one client: no list of the others, and nobody's menu."""
    return page.url_path == places.PRESENT.path


def person_menu(viewer: Viewer, pages: Mapping[str, Page]) -> None:
    """Who is signed in, at the foot of the sidebar; in local mode as whom to look."""
    own_settings = pages.get(places.SETTINGS.path)
    with st.sidebar:
        if viewer.person.is_local:
            persona_switch(
                {role.value: role.words for role in Role}, _persona().value, _become, own_settings
            )
        else:
            roles = [role.words for role in Role if role in viewer.person.roles]
            person_foot(viewer.person.name, roles, own_settings)


def bare_address() -> Page:
    """`/` is no page of its own: it leads to the one that the viewer begins with."""
    return st.Page(lambda: None, title="Reimbursement", url_path="", default=True)


def go_home(page: Page, home: Page) -> None:
    """From the bare address and after a change of persona; the account stays the same."""
    if st.session_state.pop(CHANGED, False):
        kept = st.query_params.get(ACCOUNT)
        st.switch_page(home, query_params={ACCOUNT: kept} if kept else None)
    if not page.url_path:
        st.switch_page(home, query_params=st.query_params.to_dict())


def stay_current(viewer: Viewer) -> None:
    """An open page ends or changes with the rights of whoever looks at it, without a click."""
    if not viewer.person.is_local:
        with st.sidebar:
            _look_again(viewer)


@st.fragment(run_every=LOOK_AGAIN_SECONDS)
def _look_again(drawn_for: Viewer) -> None:
    with waiting_for_the_database():
        if _still_there() != drawn_for:
            st.rerun()


def _still_there() -> Viewer:
    try:
        return current_viewer()
    except (SignedOutError, StrangerError, NotLocalError):
        st.rerun()


def _become(role: str) -> None:
    st.session_state[PERSONA] = role
    st.session_state[CHANGED] = True


def _persona() -> Role:
    """The chosen one; without a choice, the first who may open the page that the address names."""
    if PERSONA not in st.session_state:
        path = urlsplit(st.context.url or "").path.strip("/")
        st.session_state[PERSONA] = _fitting(path).value
    return Role(st.session_state[PERSONA])


def _fitting(path: str) -> Role:
    begins = (role for role, place in places.HOMES.items() if place.path == path)
    may = (
        role
        for place in places.EVERY
        for role in Role
        if place.path == path and place.right in rights_of([role])
    )
    return next(begins, next(may, Role.SELLER))


def _not_for_you() -> None:
    with st.container(border=True, gap="xsmall", key="not-for-you"):
        st.markdown(":material/lock: **This page is not yours to open**")
        st.markdown(quiet("Ask whoever let you in if you think it should be."))


def _not_yours(viewer: Viewer) -> None:
    _write_down(viewer, st.query_params[ACCOUNT])
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


def _write_down(viewer: Viewer, named: str) -> None:
    """Once a session and account, however often the page is drawn again."""
    told: set[str] = st.session_state.setdefault(REFUSED, set())
    if named not in told:
        told.add(named)
        note_foreign_account(viewer.person_id, named)
