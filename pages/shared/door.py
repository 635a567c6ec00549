"""Who is not let in: the sign-in, a stranger, another machine. No page, no name, no account."""

from collections.abc import Callable
from typing import Final, NoReturn
from urllib.parse import urlsplit

import streamlit as st

from components.sign_in import Way, door, door_tab
from services.access.address import AddressError, normal_address
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
            leaves=True,
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


def _who() -> list[str]:
    address = st.user.get("email")
    said = f"You are signed in as {address or st.user.get('sub')}."
    if address and st.user.get("email_verified") is False:
        return [said, "Your provider has not confirmed this address."]
    return [said, *_why_no_address(address)]


def _why_no_address(address: object) -> list[str]:
    """An address that nobody can be known by: it looks like one, and may look like another's."""
    try:
        normal_address(str(address or ""))
    except AddressError:
        return ["Nobody can be let in with this address."] if address else []
    return []


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
