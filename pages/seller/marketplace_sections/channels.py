"""A marketplace's channels as cards: connected how, how fresh, served or not, what is missing."""

from collections.abc import Callable, Sequence

import streamlit as st

from components.marketplace import Asking, ChannelCard, ServiceState, channel_cards
from pages.seller.marketplace_sections.claim import PRESSED, Claim, asked_for, press
from pages.seller.marketplace_sections.picture import Picture
from pages.shared.connecting.section import draw_connections, say_what_came_back
from pages.shared.connecting.standing import Connections
from pages.shared.viewer import SignedIn
from services.activation.channels import CONNECTED, DATA_LANDED, prerequisites
from services.insights.answers import Channel
from services.sync.wishing import may_connect
from wording.notices import data_until


def channels_section(
    picture: Picture, claims: Sequence[Claim], how_to_claim: Callable[[], None], who: SignedIn
) -> None:
    """What a link asks for comes first; where it was pressed here, nothing changes its place."""
    say_what_came_back()
    channels, of_channel = picture.channels, {one.channel.code: one for one in claims}
    asked = asked_for(claims)
    if asked and st.session_state.get(PRESSED) != asked:
        channels = sorted(channels, key=lambda one: one.code != asked)
    cards = [card(each, of_channel[each.code], picture.connections, who) for each in channels]
    pressed = channel_cards(cards, Asking(asked, press, how_to_claim), key="channel")
    draw_connections(who, picture.connections, [each.code for each in channels], pressed)


def card(channel: Channel, claim: Claim, connections: Connections, who: SignedIn) -> ChannelCard:
    stands = connections.of(channel)
    return ChannelCard(
        code=channel.code,
        name=channel.name,
        service=_service(channel),
        facts=[
            channel.currency,
            *stands.facts,
            data_until(channel.data_until),
        ],
        warnings=[*(stands.warnings or _missing(claim)), *_declined(channel, claim)],
        connect=stands.button if may_connect(who.viewer, who.account) else "",
    )


def _service(channel: Channel) -> ServiceState:
    states: dict[str, ServiceState] = {
        "not_started": "not_started",
        "requested": "requested",
        "declined": "declined",
        "active": "active",
    }
    return states[channel.service_state] if channel.supported else "unsupported"


def _missing(claim: Claim) -> list[str]:
    """What keeps figures from coming in. Why there is no service is told under How to claim."""
    return [
        each.detail
        for each in prerequisites(claim.channel)
        if not each.met and each.label in (CONNECTED, DATA_LANDED)
    ]


def _declined(channel: Channel, claim: Claim) -> list[str]:
    """Why, where its seller looks first."""
    because = claim.progress.declined_because if claim.progress else None
    if channel.service_state != "declined" or not because:
        return []
    return [f"Declined: {because}"]
