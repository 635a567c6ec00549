"""How the channels of a marketplace are connected, as a card says it, and what its button does."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from pages.shared import clock
from pages.shared.snapshot import Snapshot
from services.insights.answers import Channel
from services.insights.connections import Linked, Shop, Wish, linked, shops, wishes
from services.marketplaces.registry import connecting_of
from wording.connecting import CONNECTED_BY, STATES, ends, next_sync
from wording.days import ago, plain_date
from wording.labels import in_a_sentence

# A refusal is told for so long, unless something newer has come of it.
_TOLD_FOR = timedelta(days=7)


@dataclass(frozen=True)
class Stands:
    """What a card says; button '': there is nothing to press."""

    facts: Sequence[str]
    warnings: Sequence[str] = ()
    button: str = ""


@dataclass(frozen=True)
class Connections:
    """Of one marketplace. shops: what there is to connect; none where it is files only."""

    shops: Sequence[Shop]
    linked: Sequence[Linked]
    wishes: Sequence[Wish]
    now: datetime

    def shop(self, code: str) -> Shop | None:
        return next((one for one in self.shops if one.code == code), None)

    def of_region(self, region: str) -> Linked | None:
        """One connection serves all channels of a region."""
        return next((one for one in self.linked if one.region == region), None)

    def of(self, channel: Channel) -> Stands:
        """How this channel stands."""
        found = self.of_region(channel.region)
        wish = next((one for one in self.wishes if one.channel == channel.code), None)
        if wish is not None and wish.waits:
            verb = "disconnecting" if wish.wish == "disconnect" else "connecting"
            return Stands([f"{verb}…"])
        refused = self._refused(wish, found)
        if found is None:
            button = "Connect" if self.shop(channel.code) and channel.supported else ""
            return Stands([CONNECTED_BY[channel.connection_state]], refused, button)
        if not found.is_connected:
            warnings = [_ended(found), *refused]
            return Stands([CONNECTED_BY["disconnected"]], warnings, "Connect again")
        return self._connected(channel, found, refused)

    @property
    def refused(self) -> list[str]:
        """Why the last wishes came to nothing, each with its shop."""
        return [
            f"{one.name}: {in_a_sentence(words)}"
            for one in self.wishes
            for words in self._refused(one, self.of_region(one.region))
        ]

    def _connected(self, channel: Channel, one: Linked, refused: Sequence[str]) -> Stands:
        today = clock.day_of(self.now)
        since = plain_date(clock.day_of(one.connected_at))
        said = f"{CONNECTED_BY['connected']} since {since} by {one.connected_by_name}"
        late = [f"The last sync could not ask: {one.run_because}"] if one.run_because else []
        warnings = [*_ending(one, today), *late, *refused]
        button = "Renew the connection" if one.ends_soon(today) else "Connection"
        return Stands([said, *self._fresh(channel)], warnings, button)

    def _fresh(self, channel: Channel) -> list[str]:
        synced = f"synced {ago(channel.last_synced_at, self.now)}"
        if channel.next_sync_at is None:
            return [synced]
        return [synced, next_sync(clock.for_the_reader(channel.next_sync_at), self.now)]

    def _refused(self, wish: Wish | None, found: Linked | None) -> list[str]:
        """Why the last wish came to nothing, as long as nothing newer has come of it."""
        if wish is None or wish.state != "refused" or self.now - wish.made_at > _TOLD_FOR:
            return []
        if found is not None and found.connected_at > wish.made_at:
            return []
        return [f"Not connected: {wish.because}"]


def _ended(one: Linked) -> str:
    since = plain_date(clock.day_of(one.state_since))
    because = f": {one.because}" if one.because else ""
    return f"{STATES.get(one.state, one.state)} on {since}{because}"


def _ending(one: Linked, today: date) -> list[str]:
    """Both of its ends, each that comes soon."""
    if not one.ends_soon(today):
        return []
    known = (("Your consent", one.consent_until), ("Its access", one.refresh_until))
    return [
        ends(what, day, max(0, (day - today).days))
        for what, day in known
        if day is not None and day == one.ends_on
    ]


def connections_of(seen: Snapshot, marketplace: str) -> Connections:
    """Asked for in the page's snapshot."""
    asked = (seen.connection, seen.account_id)
    known = shops(seen.connection, [marketplace]) if connecting_of(marketplace) else ()
    return Connections(
        known,
        [one for one in linked(*asked) if one.marketplace == marketplace],
        [one for one in wishes(*asked) if one.marketplace == marketplace],
        seen.now,
    )
