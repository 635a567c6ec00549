"""The next step of one question: order, look, fetch. Each is kept before the next begins."""

import shutil
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final, Literal, assert_never

from services.marketplaces.asking import (
    Asking,
    Client,
    Days,
    Found,
    NotTold,
    Ready,
    Source,
    State,
    Working,
)
from services.sync import cases, channels, connections
from services.sync.awaited import awaited
from services.sync.kept import Kept
from services.sync.landing import Arrived
from services.sync.pieces import Piece
from services.transport.refusals import (
    NoAnswerError,
    NotNowError,
    NotUnderstoodError,
    RefusedError,
)
from wording.days import days_between

# An ordered report is looked at again after so long, and later each time.
_LOOK_AFTER: Final = timedelta(seconds=20)
_LOOK_AT_LAST: Final = timedelta(minutes=10)
# One that has not been made for so long is not made any more.
_MADE_WITHIN: Final = timedelta(days=1)
_AFTER_TROUBLE: Final = timedelta(minutes=2)


AT_FAULT: Final = "Our own fault: what came could not be dealt with. It is written down."
SHORTER: Final = "The marketplace made the report for fewer days than it was asked for: {days}."


def covers(told: Days, asked: Days) -> bool:
    """Whether what was made speaks for all that was asked for."""
    return told[0] <= asked[0] and told[1] >= asked[1]


@dataclass
class Steps:
    """The steps of one run. An operation that answered "not now" is not asked again in it."""

    kept: Kept
    sources: tuple[Source, ...]
    client: Client
    there: dict[tuple[str, str], dict[Days | None, Found]] = field(default_factory=dict)
    not_now: dict[tuple[str, str], datetime] = field(default_factory=dict)

    def take(self, piece: Piece, scratch: Path) -> Arrived | bool:
        """Go one step on; what has arrived, or whether anything was done.

        Raises UnreachableError, ConnectionEndedError, OvertakenError.
        """
        step = (piece.asked.source, piece.state)
        if (at := self.not_now.get(step)) is not None:
            self._later(piece, at, "")
            return False
        try:
            return self._step(piece, scratch)
        except NotNowError as later:
            self.not_now[step] = later.at
            self._later(piece, later.at, str(later))
            return False
        except (RefusedError, NotUnderstoodError) as refused:
            return self._settled(piece, "refused", str(refused))

    def give_way(self, piece: Piece, trouble: NoAnswerError) -> None:
        """They are in trouble: this one waits."""
        self._later(piece, datetime.now(UTC) + _AFTER_TROUBLE, str(trouble))

    def at_fault(self, piece: Piece) -> None:
        """Something that nobody foresaw: its days stay unknown."""
        self._settled(piece, "refused", AT_FAULT)

    def _later(self, piece: Piece, at: datetime, because: str) -> None:
        with self.kept.writing() as pieces:
            pieces.later(piece, at, because)

    def _step(self, piece: Piece, scratch: Path) -> Arrived | bool:
        source = next((one for one in self.sources if one.name == piece.asked.source), None)
        if source is None:
            return self._settled(piece, "refused", "It is not asked for any more.")
        asking = Asking(source, self.kept.connected.channel_of(piece.asked.channel), piece.days)
        match source.how:
            case "report":
                return self._of_report(asking, piece, scratch)
            case "listed":
                return self._of_list(asking, piece, scratch)
            case "pages" | "awaited":
                return self._at_once(asking, piece, scratch)
            case "cases":
                return self._cases(piece)
            case "standing":
                return self._standing(piece)
            case _ as never:
                assert_never(never)

    def _of_report(self, asking: Asking, piece: Piece, scratch: Path) -> Arrived | bool:
        if piece.state == "ready":
            return self._fetched(asking, piece, piece.document or "", scratch)
        if piece.state == "asked":
            return self._looked_at(asking, piece)
        return self._found_or_ordered(asking, piece)

    # Order it, unless it is there -------------------------------------------------------------

    def _found_or_ordered(self, asking: Asking, piece: Piece) -> bool:
        """A run that died between ordering and writing it down left an order: it is found."""
        there = self._there(asking, datetime.now(UTC) - asking.source.every)
        if (found := there.get(piece.days)) is not None:
            return self._became(piece, found.report_id, found.state, found.made_at)
        report_id = self.client.order(asking)
        at = datetime.now(UTC) + _LOOK_AFTER
        with self.kept.writing() as pieces:
            pieces.ordered(piece, report_id, "", at)
        return True

    def _there(self, asking: Asking, since: datetime) -> Mapping[Days | None, Found]:
        """Fresh reports of the source by their days, the newest of each: asked once a run."""
        key = (asking.source.name, asking.channel.code)
        if key not in self.there:
            found = sorted(
                self.client.found(asking.source, asking.channel, since),
                key=lambda one: one.made_at,
            )
            self.there[key] = {one.days: one for one in found if not isinstance(one.state, NotTold)}
        return self.there[key]

    def _looked_at(self, asking: Asking, piece: Piece) -> bool:
        report_id = piece.report_id or ""
        return self._became(piece, report_id, self.client.state(asking, report_id))

    def _became(
        self, piece: Piece, report_id: str, state: State, made_at: datetime | None = None
    ) -> bool:
        match state:
            case Ready(document, days):
                if days and piece.days and not covers(days, piece.days):
                    because = SHORTER.format(days=days_between(*days))
                    return self._settled(piece, "not_told", because)
                with self.kept.writing() as pieces:
                    pieces.ready(piece, report_id, document, made_at)
            case NotTold(said, because):
                return self._settled(piece, "not_told", because, said)
            case Working(said):
                return self._waits(piece, report_id, said, made_at)
            case _ as never:
                assert_never(never)
        return True

    def _waits(self, piece: Piece, report_id: str, said: str, made_at: datetime | None) -> bool:
        age = datetime.now(UTC) - (piece.asked_at or made_at or datetime.now(UTC))
        if age > _MADE_WITHIN:
            because = "The marketplace has not made the report within a day."
            return self._settled(piece, "not_told", because, said)
        at = datetime.now(UTC) + min(max(age / 2, _LOOK_AFTER), _LOOK_AT_LAST)
        with self.kept.writing() as pieces:
            pieces.ordered(piece, report_id, said, at, made_at)
        return False

    # What the marketplace makes by itself -----------------------------------------------------

    def _of_list(self, asking: Asking, piece: Piece, scratch: Path) -> Arrived | bool:
        if piece.state == "ready":
            return self._fetched(asking, piece, piece.document or "", scratch)
        since = datetime.now(UTC) - asking.source.history
        found = list(self.client.found(asking.source, asking.channel, since))
        with self.kept.writing() as pieces:
            known = pieces.known_items(piece.asked)
            new = [one for one in found if one.report_id not in known]
            for one in new:
                if isinstance(one.state, Ready):
                    pieces.listed(piece.asked, one, one.state.document)
            pieces.landed(piece, 0, 0, 0)
        return True

    # Fetch it ---------------------------------------------------------------------------------

    def _fetched(self, asking: Asking, piece: Piece, document: str, scratch: Path) -> Arrived:
        folder = scratch / str(piece.piece_id)
        folder.mkdir()
        at = piece.asked_at or datetime.now(UTC)
        try:
            return Arrived(piece, folder, tuple(self.client.fetch(asking, document, folder)), at)
        except BaseException:
            shutil.rmtree(folder)
            raise

    def _at_once(self, asking: Asking, piece: Piece, scratch: Path) -> Arrived | bool:
        """Where something would have to be awaited and nothing is, nobody is asked."""
        if asking.source.how == "awaited":
            wanted = awaited(self.kept.database, self.kept.connected, asking.source)
            asking = replace(asking, awaited=wanted)
        if asking.source.how == "pages" or asking.awaited:
            return self._fetched(asking, piece, "", scratch)
        with self.kept.writing() as pieces:
            pieces.landed(piece, 0, 0, 0)
        return True

    # What is no report ------------------------------------------------------------------------

    def _cases(self, piece: Piece) -> bool:
        with self.kept.writing() as pieces:
            since = cases.changed_until(pieces.connection, pieces.lease)
        told = list(self.client.cases(since))
        with self.kept.writing() as pieces:
            cases.keep(pieces.connection, pieces.lease, told)
            pieces.landed(piece, 0, len(told), 0)
        return True

    def _standing(self, piece: Piece) -> bool:
        standing = self.client.standing()
        with self.kept.writing() as pieces:
            connections.renew(pieces.connection, pieces.lease, standing)
            pieces.landed(piece, 0, 0, 0)
        channels.make(self.kept.database, self.kept.connected, standing.countries)
        return True

    def _settled(
        self, piece: Piece, state: Literal["not_told", "refused"], because: str, said: str = ""
    ) -> bool:
        with self.kept.writing() as pieces:
            pieces.settle(piece, state, because, said)
        return True
