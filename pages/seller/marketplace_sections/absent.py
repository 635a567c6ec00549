"""What a marketplace's page says where there is nothing to claim on it."""

import streamlit as st

from components.palette import quiet
from components.states import empty_state, not_supported
from pages.seller.marketplace_sections.picture import Picture
from pages.shared.connecting.section import draw_connections, say_what_came_back
from pages.shared.start_here import import_command
from pages.shared.viewer import SignedIn
from services.sync.wishing import may_connect


def no_channel(picture: Picture, who: SignedIn) -> None:
    """The account has no channel on this marketplace: what to do to have one."""
    marketplace, name = picture.marketplace, picture.marketplace.name
    say_what_came_back()
    connects = picture.connections.shops and may_connect(who.viewer, who.account)
    first = "Connect it, or import" if connects else "Import"
    empty_state(
        f"No {name} channel is connected",
        f"{first} one of {name}'s reports, and its channel appears here.",
    )
    draw_connections(who, picture.connections, (), None)
    st.markdown(quiet(f"Download {marketplace.first_reports} from {name}, then run:"))
    command = import_command(who.account.name, marketplace.first_channel)
    st.code(command, language=None, wrap_lines=True)


def no_service(reason: str, next_step: str) -> None:
    """The account has channels here, and none of them has a service."""
    not_supported(reason, next_step)
