"""A marketplace's channels as cards: connected how, how fresh, served or not, what is missing."""

from collections.abc import Mapping, Sequence

from components.marketplace import ChannelCard, ServiceState, channel_cards
from components.money import plain_date
from services.activation.channels import (
    CONNECTED,
    DATA_LANDED,
    ActivationChannel,
    prerequisites,
)
from services.insights.answers import Channel

CONNECTED_BY = {
    "connected": "connected by API",
    "files": "connected by report files",
    "disconnected": "not connected",
}


def channels_section(
    channels: Sequence[Channel], activations: Mapping[str, ActivationChannel]
) -> None:
    channel_cards([card(each, activations[each.code]) for each in channels], key="channel")


def card(channel: Channel, activation: ActivationChannel) -> ChannelCard:
    return ChannelCard(
        name=channel.name,
        service=_service(channel),
        facts=[channel.currency, CONNECTED_BY[channel.connection_state], _data_until(channel)],
        warnings=_missing(activation),
    )


def _service(channel: Channel) -> ServiceState:
    states: dict[str, ServiceState] = {
        "not_started": "not_started",
        "requested": "requested",
        "active": "active",
    }
    return states[channel.service_state] if channel.supported else "unsupported"


def _data_until(channel: Channel) -> str:
    return f"data until {plain_date(channel.data_until)}" if channel.data_until else "no data yet"


def _missing(activation: ActivationChannel) -> list[str]:
    """What keeps figures from coming in. Why there is no service is told under How to claim."""
    return [
        each.detail
        for each in prerequisites(activation)
        if not each.met and each.label in (CONNECTED, DATA_LANDED)
    ]
