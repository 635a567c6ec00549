"""The top of a page: title, how fresh, what to know first, and the filters that all pages share."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Final

import streamlit as st

from components.device import is_phone
from components.filters import Chip, Filter, current, filter_bar, in_address
from components.page import ACCOUNT, Freshness, Header, page_header
from components.states import not_supported, sample_banner, stale_notice
from pages.shared import clock, places
from pages.shared.connecting.section import draw_begin
from pages.shared.connecting.watching import watch
from pages.shared.snapshot import Snapshot
from pages.shared.start_here import no_reports_yet
from pages.shared.viewer import still_here
from services.access.viewer import Account
from services.insights.answers import Channel, Filters
from services.insights.channels import channels
from services.insights.connections import linked
from services.insights.totals import currencies
from services.marketplaces.labels import channel_label
from wording.connecting import not_synced
from wording.labels import ALL_MARKETPLACES, ALL_TYPES
from wording.notices import reports_end
from wording.subtypes import TYPES

ALL: Final = "all"
SHARED: Final = ("channel", "type", "currency")


@dataclass(frozen=True)
class Frame:
    """What a page knows above its content."""

    header: Header
    account: Account
    channels: Sequence[Channel]
    phone: bool


@dataclass(frozen=True)
class Narrowed:
    """The filters in force, as they were offered."""

    account: Account
    offered: Sequence[Filter]
    values: Mapping[str, str]

    @property
    def address(self) -> dict[str, str]:
        """What the address of another page must say to keep the account and the filters."""
        shared = [one for one in self.offered if one.key in SHARED]
        return {ACCOUNT: str(self.account.account_id), **in_address(shared, self.values)}

    @property
    def whole_address(self) -> dict[str, str]:
        """Every filter of this page as its address says it: what a copied link must say."""
        return {ACCOUNT: str(self.account.account_id), **in_address(self.offered, self.values)}

    @property
    def filters(self) -> Filters:
        return Filters(self.values["currency"], self.get("channel"), self.get("type"))

    def get(self, key: str) -> str | None:
        """A filter's value; None where it leaves nothing out."""
        value = self.values.get(key, ALL)
        return None if value == ALL else value

    @property
    def chosen(self) -> dict[str, str]:
        """The filters that leave something out."""
        return {
            one.key: self.values[one.key]
            for one in self.offered
            if one.removable and self.get(one.key)
        }


def draw_frame(
    title: str, seen: Snapshot, *, has_link: bool = True, has_export: bool = False
) -> Frame:
    """Header and notices. A page of an account without reports ends here, saying what to do."""
    of_account = channels(seen.connection, seen.account_id, seen.now)
    header = page_header(title, freshness=_freshness(of_account, seen))
    watch(seen)
    if not any(channel.last_landed_at for channel in of_account):
        codes = [channel.code for channel in of_account]
        asks, connect = partial(still_here, seen.viewer), partial(draw_begin, seen)
        no_reports_yet(seen.viewer, seen.account, codes, asks, connect)
        st.stop()
    header.hold(link=has_link, export=has_export)
    with header.notes:
        _notices(title, of_account, seen)
    return Frame(header, seen.account, of_account, is_phone())


def _refuse_unserved(of_account: Sequence[Channel]) -> None:
    """Where there is no service, figures of nought would say that there is nothing to recover."""
    if any(channel.supported for channel in of_account):
        return
    for channel in of_account:
        reason = channel.unsupported_reason or "There is no service for this marketplace yet."
        not_supported(f"{channel.name} is not served", reason)
    st.stop()


def draw_filters(
    frame: Frame, seen: Snapshot, *more: Filter, chips: Sequence[Chip] = ()
) -> Narrowed:
    """One line of filters; the page's own stand first. The link to copy says them all.

    A page of an account that has no channel with a service ends here, saying why.
    """
    _refuse_unserved(frame.channels)
    offered = (*more, *_shared_filters(frame, seen))
    values = filter_bar(offered, phone=frame.phone, chips=chips)
    narrowed = Narrowed(frame.account, offered, values)
    frame.header.copy_link(narrowed.whole_address)
    return narrowed


def _shared_filters(frame: Frame, seen: Snapshot) -> list[Filter]:
    present = currencies(seen.connection, seen.account_id)
    currency = Filter("currency", "Currency", {code: code for code in present}, removable=False)
    read_in = current(currency)
    served = [channel for channel in frame.channels if channel.supported]
    here = [channel.code for channel in served if channel.currency == read_in]
    return [
        Filter("channel", "Marketplace", {ALL: ALL_MARKETPLACES} | _labels(here)),
        Filter("type", "Type", {ALL: ALL_TYPES, **TYPES}),
        currency,
    ]


def _labels(codes: Sequence[str]) -> dict[str, str]:
    return {code: channel_label(code) for code in codes}


def _freshness(of_account: Sequence[Channel], seen: Snapshot) -> Freshness:
    """By the channel that was fetched last; report files count from when they were landed."""
    fetched = [one.last_synced_at or one.last_landed_at for one in of_account]
    planned = [one.next_sync_at for one in of_account]
    synced = max((moment for moment in fetched if moment), default=None)
    following = min((moment for moment in planned if moment), default=None)
    return Freshness(
        synced and clock.for_the_reader(synced),
        following and clock.for_the_reader(following),
        clock.for_the_reader(seen.now),
    )


def _notices(title: str, of_account: Sequence[Channel], seen: Snapshot) -> None:
    account = seen.account
    elsewhere = title != places.DATA.title
    if account.is_sample:
        sample_banner(link=places.DATA.link(account, "Load your own →") if elsewhere else None)
    if ended := _died(of_account, seen):
        place = places.OF_MARKETPLACES.get(ended[0].marketplace, places.DATA)
        stale_notice(_ended_words(ended), link=place.link(account, "See why →"))
    stale = [channel for channel in of_account if channel.stale]
    if stale:
        stale_notice(_stale_words(stale))


def _died(of_account: Sequence[Channel], seen: Snapshot) -> list[Channel]:
    """Whose connection works no longer although nobody here has ended it."""
    if all(one.connection_state != "disconnected" for one in of_account):
        return []
    died = {
        (one.marketplace, one.region)
        for one in linked(seen.connection, seen.account_id)
        if one.has_died
    }
    return [one for one in of_account if (one.marketplace, one.region) in died]


def _ended_words(ended: Sequence[Channel]) -> str:
    """Whose figures stand still; the others are counted."""
    first, *others = ended
    more = f" and {len(others)} more" if others else ""
    return not_synced(f"{channel_label(first.code)}{more}", 1 + len(others))


def _stale_words(stale: Sequence[Channel]) -> str:
    """By the channel that has waited longest; the others are counted."""
    first, *others = sorted(stale, key=lambda one: one.data_until or one.today)
    more = f" and {len(others)} more" if others else ""
    return reports_end(f"{channel_label(first.code)}{more}", first.data_until)
