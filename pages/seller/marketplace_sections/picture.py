"""What a marketplace's page shows, asked for in one snapshot."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from components.filters import Filter, current, filter_bar, in_address
from components.page import ACCOUNT
from pages.seller.marketplace_sections.claim import Claim
from pages.shared.connecting.standing import Connections, connections_of
from pages.shared.frame import ALL, Frame
from pages.shared.snapshot import Snapshot
from services.access.viewer import Account
from services.activation.channels import ActivationChannel, channels_of
from services.activation.progress import progress
from services.insights.answers import Channel, ClaimWindow
from services.insights.marketplaces import by_subtype, claim_windows, currencies_of
from services.insights.totals import SubtypeTotals
from services.marketplaces.labels import channel_label
from services.marketplaces.marketplace import Marketplace


@dataclass(frozen=True)
class Picture:
    """One marketplace of an account; channels whose currency holds most money come first."""

    marketplace: Marketplace
    channels: Sequence[Channel]
    currencies: Sequence[str]
    activations: dict[str, ActivationChannel]
    connections: Connections

    @property
    def unsupported_because(self) -> str | None:
        """The reason, where none of its channels has a service."""
        reasons = [each.unsupported_reason or "" for each in self.channels if not each.supported]
        return reasons[0] if len(reasons) == len(self.channels) else None


@dataclass(frozen=True)
class Chosen:
    """What the page is narrowed to; `address` says it to another page."""

    account: Account
    currency: str
    channel: str | None
    address: Mapping[str, str]


def picture_of(seen: Snapshot, frame: Frame, marketplace: Marketplace) -> Picture:
    code = marketplace.code
    currencies = currencies_of(seen.connection, seen.account_id, code)
    here = [each for each in frame.channels if each.marketplace == code]
    here.sort(key=lambda each: (not each.supported, currencies.index(each.currency), each.name))
    activations = channels_of(seen.connection, seen.account_id, code)
    return Picture(
        marketplace,
        here,
        currencies,
        {each.code: each for each in activations},
        connections_of(seen, code),
    )


def draw_filters(frame: Frame, picture: Picture) -> Chosen:
    """One currency at a time, then its channels where it has several."""
    currency = Filter(
        "currency", "Currency", {code: code for code in picture.currencies}, removable=False
    )
    read_in = current(currency)
    here = {
        each.code: channel_label(each.code) for each in picture.channels if each.currency == read_in
    }
    several = here if len(here) > 1 else {}
    offered = (currency, Filter("channel", "Channel", {ALL: "All channels"} | several))
    values = filter_bar(offered, phone=frame.phone)
    account = {ACCOUNT: str(frame.account.account_id)}
    frame.header.copy_link({**account, **in_address(offered, values)})
    channel = None if values["channel"] == ALL else values["channel"]
    return Chosen(
        frame.account,
        values["currency"],
        channel,
        {**in_address((currency,), values), **_of_this_marketplace(frame, here, channel)},
    )


def _of_this_marketplace(
    frame: Frame, here: Mapping[str, str], channel: str | None
) -> dict[str, str]:
    """What keeps another page to this marketplace: other pages know channels, and where one has
    several in a currency no other has any (tests/pages/test_marketplaces.py)."""
    if channel:
        return {"channel": here[channel]}
    elsewhere = any(each.code not in here for each in frame.channels)
    return {"channel": next(iter(here.values()))} if elsewhere and len(here) == 1 else {}


def amounts_of(seen: Snapshot, picture: Picture, currency: str) -> tuple[SubtypeTotals, ...]:
    return by_subtype(
        seen.connection, seen.account_id, picture.marketplace.code, currency, seen.now
    )


def windows_of(seen: Snapshot, picture: Picture) -> tuple[ClaimWindow, ...]:
    countries = [each.country for each in picture.channels]
    return claim_windows(seen.connection, picture.marketplace.code, countries)


def claims_of(seen: Snapshot, picture: Picture, rows: Sequence[SubtypeTotals]) -> list[Claim]:
    return [
        Claim(
            picture.activations[each.code],
            progress(seen.connection, seen.account_id, each.code),
            [row for row in rows if row.channel == each.code],
        )
        for each in picture.channels
    ]
