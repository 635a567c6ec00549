"""A channel as activation sees it, and what has to be true before a request makes sense."""

from dataclasses import dataclass
from typing import Final

from sqlalchemy import Connection

from services.activation import queries

CONNECTION_WORDS: Final = {
    "connected": "Connected through the marketplace's API.",
    "files": "Connected by report files.",
}
SUPPORTED: Final = "Marketplace supported"
CONNECTED: Final = "Channel connected"
DATA_LANDED: Final = "Reports read"
NO_OPEN_REQUEST: Final = "No open request"
NOT_SUPPORTED: Final = "Reimbursement is not available for this marketplace."


@dataclass(frozen=True)
class ActivationChannel:
    """One connected marketplace of an account, with what an activation depends on."""

    channel_id: int
    code: str
    name: str
    marketplace: str
    country: str
    currency: str
    time_zone: str
    connection_state: str
    service_active: bool
    supported: bool
    unsupported_reason: str | None
    has_data: bool
    has_open_request: bool

    @property
    def is_connected(self) -> bool:
        return self.connection_state in CONNECTION_WORDS


@dataclass(frozen=True)
class Prerequisite:
    """One condition in words: what it is, whether it is met, and what to do where it is not."""

    label: str
    met: bool
    detail: str
    required: bool = True  # False: worth knowing, and a request can be sent all the same


def channels_of(
    connection: Connection, account_id: int, marketplace: str
) -> list[ActivationChannel]:
    """The account's channels on one marketplace, those with a service first."""
    rows = queries.channels(connection, account_id, marketplace=marketplace)
    return [ActivationChannel(**row) for row in rows]


def channel_of(connection: Connection, account_id: int, code: str) -> ActivationChannel | None:
    """One channel by its code, if the account has it."""
    rows = queries.channels(connection, account_id, code=code)
    return ActivationChannel(**rows[0]) if rows else None


def prerequisites(channel: ActivationChannel) -> list[Prerequisite]:
    """Everything a request depends on, met or missing, in the order in which one would mend it."""
    return [_supported(channel), _connected(channel), _data_landed(channel), _not_asked(channel)]


def refusal(channel: ActivationChannel) -> str | None:
    """Why a new request for this channel cannot be taken; None where it can.

    An open request is no refusal: whoever asks again is shown the one that exists.
    """
    if channel.service_active:
        return "The service is already active for this channel."
    unmet = [each for each in (_supported(channel), _connected(channel)) if not each.met]
    return unmet[0].detail if unmet else None


def _supported(channel: ActivationChannel) -> Prerequisite:
    missing = channel.unsupported_reason or NOT_SUPPORTED
    return Prerequisite(
        SUPPORTED,
        channel.supported,
        f"{channel.name} is supported." if channel.supported else missing,
    )


def _connected(channel: ActivationChannel) -> Prerequisite:
    missing = (
        f"{channel.name} is not connected any more. "
        "Connect it again, or import its report files, and come back."
    )
    return Prerequisite(
        CONNECTED, channel.is_connected, CONNECTION_WORDS.get(channel.connection_state, missing)
    )


def _data_landed(channel: ActivationChannel) -> Prerequisite:
    detail = (
        "Its reports have been read."
        if channel.has_data
        else "No report has been read yet, so nothing can be estimated. "
        "You can ask us all the same."
    )
    return Prerequisite(DATA_LANDED, channel.has_data, detail, required=False)


def _not_asked(channel: ActivationChannel) -> Prerequisite:
    if channel.service_active:
        return Prerequisite(NO_OPEN_REQUEST, False, "The service is active: nothing to do.")
    detail = (
        "Your request is on its way. There is one per channel; its progress is shown below."
        if channel.has_open_request
        else "No request is open for this channel."
    )
    return Prerequisite(NO_OPEN_REQUEST, not channel.has_open_request, detail)
