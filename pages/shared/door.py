"""Who is not let in: the sign-in, a stranger, another machine. No page, no name, no account."""

from collections.abc import Callable
from typing import Final, NoReturn
from urllib.parse import urlsplit

import streamlit as st

from components.sign_in import Way, door, door_tab
from services.access.identity import sign_out
from services.database.start import database
from services.settings import settings

WHAT: Final = "What you may claim from your marketplaces, have recovered and have lost."


def to_sign_in(*, ended: bool) -> NoReturn:
    """Nobody is signed in; `ended`: somebody was."""
    title = "You are signed out" if ended else "Sign in"
    aside = "" if ended else "You will come back to this page."

    def draw() -> None:
        door(title, WHAT, Way("Sign in", st.login), aside=aside)

    _alone(draw, title)


def to_a_stranger() -> NoReturn:
    """Signed in with the provider, and nobody has let them in here."""

    def draw() -> None:
        door(
            "You have no access yet",
            " ".join([*_who(), f"Please ask {_whom_to_ask()}."]),
            Way("Sign out", leave, is_main=False),
        )

    _alone(draw, "No access yet")


def to_another_machine() -> NoReturn:
    def draw() -> None:
        door(
            "This dashboard serves its own machine only",
            "Nobody signs in here, so it answers nobody else. Open it on that machine, or have"
            " its operator set up sign-in.",
        )

    _alone(draw, "Not served here")


def leave() -> None:
    """Ends the sign-in in every tab, then forgets it in this browser."""
    sign_out(database(), st.user.to_dict())
    st.logout()


def _who() -> list[str]:
    address = st.user.get("email")
    said = f"You are signed in as {address or st.user.get('sub')}."
    unconfirmed = address and st.user.get("email_verified") is False
    return [said, *(["Your provider has not confirmed this address."] if unconfirmed else [])]


def _whom_to_ask() -> str:
    whom = settings().ask_for_access
    return f"{whom} for access" if whom else "whoever sent you here for access"


def _alone(draw: Callable[[], None], title: str) -> NoReturn:
    """The one page there is, at whatever address was asked for: it is wanted again afterwards."""
    door_tab(title)
    path = urlsplit(st.context.url or "").path.strip("/")
    pages = [st.Page(draw, title=title, url_path="door", default=True)]
    if path and "/" not in path and path != "door":
        pages.append(st.Page(draw, title=title, url_path=path))
    st.navigation(pages, position="hidden").run()
    st.stop()
