"""Where a connection is pressed: its dialog, another country, and what came of a consent."""

from collections.abc import Collection
from typing import Final

import streamlit as st

from components.connecting import came_back
from components.markdown import escape_markdown
from components.page import card
from components.palette import quiet
from pages.shared import address
from pages.shared.connecting.dialog import open_connecting, open_connection
from pages.shared.connecting.standing import Connections, connections_of
from pages.shared.snapshot import Snapshot
from pages.shared.viewer import SignedIn
from services.insights.connections import shops
from services.marketplaces.labels import marketplace_label
from services.marketplaces.registry import MARKETPLACES
from services.sync.wishing import may_connect
from wording.connecting import ANSWERS, STATES
from wording.labels import region_label

CAME_BACK: Final = "connect"  # in the address: what came of a consent


def say_what_came_back() -> None:
    """Once: the address forgets it as soon as it is said."""
    why = address.read(CAME_BACK)
    address.write(CAME_BACK, None)
    if why in ANSWERS:
        came_back(*ANSWERS[why])


def draw_connections(
    who: SignedIn, connections: Connections, here: Collection[str], pressed: str | None
) -> None:
    """What the card of `pressed` opens; and the way to what is not connected yet, if any is."""
    if not connections.shops or not may_connect(who.viewer, who.account):
        return
    one = connections.shop(pressed) if pressed else None
    found = connections.of_region(one.region) if one else None
    if one and found and found.is_connected:
        open_connection(who, found, one)
    elif one:
        open_connecting(who, [one])
    _another(who, connections, here)


def _another(who: SignedIn, connections: Connections, here: Collection[str]) -> None:
    others = [
        one
        for one in connections.shops
        if one.code not in here and connections.of_region(one.region) is None
    ]
    words = "Connect another country" if here else "Connect"
    if others and st.button(
        words,
        key="connect-another",
        icon=":material/add_link:",
        type="tertiary" if here else "secondary",
    ):
        first = MARKETPLACES[others[0].marketplace].first_channel
        open_connecting(who, others, first)


def draw_begin(seen: Snapshot) -> None:
    """An account without any report: the way to connect, beside that of files."""
    who = SignedIn(seen.viewer, seen.account)
    known = [one for one in MARKETPLACES.values() if one.connecting]
    say_what_came_back()
    if not known or not may_connect(who.viewer, who.account):
        return
    with card("Connect your marketplaces"):
        st.markdown(quiet("Reports then arrive by themselves, from the last 18 months on."))
        for marketplace in known:
            _stand(connections_of(seen, marketplace.code))
        with st.container(horizontal=True, gap="small"):
            pressed = [
                one
                for one in known
                if st.button(
                    f"Connect {one.name}",
                    key=f"begin-{one.code}",
                    icon=f":material/{one.icon}:",
                )
            ]
    for one in pressed:
        open_connecting(who, shops(seen.connection, [one.code]), one.first_channel)


def _stand(connections: Connections) -> None:
    """What was connected already, or came to nothing, where no channel has a card yet."""
    for one in connections.linked:
        name = f"{marketplace_label(one.marketplace)}, {region_label(one.region)}"
        because = f": {one.because}" if one.because else ""
        said = escape_markdown(f"{name}: {STATES.get(one.state, one.state).lower()}{because}")
        st.markdown(f":material/link: {said}")
    for words in connections.refused:
        st.markdown(f":orange[:material/error:] {quiet(escape_markdown(words))}")
