"""One run: everything that is due of one connection, step by step, each kept before the next.

A run ends when nothing is left to do now, or when its time is over so that others have their turn;
what is open goes on in the next one, wherever that runs. Nothing of a step is kept in memory that
the next run would need.
"""

import logging
import shutil
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

import psycopg
from sqlalchemy.exc import DBAPIError

from services.marketplaces.asking import Client, Days, Source
from services.sync import lease as leases
from services.sync.kept import Kept
from services.sync.landing import Arrived, Landing
from services.sync.lease import OvertakenError
from services.sync.pieces import Asked, Piece, Pieces
from services.sync.plan import due, due_again, next_time
from services.sync.scratch import scratch
from services.sync.steps import Steps
from services.transport.refusals import ConnectionEndedError, UnreachableError

# Then others have their turn.
LONGEST: Final = timedelta(minutes=5)
# A marketplace in trouble is left alone; so is one whose every answer is "later".
_IN_TROUBLE: Final = timedelta(minutes=10)
_SOONEST: Final = timedelta(seconds=5)
_MOST_TROUBLES: Final = 3
# One import identifies the whole account once: several documents together, the first few soon, so
# that somebody sees them. After that landing may take a ninth of the time, and an import never so
# long that its turn is over: a million rows or two.
_TOGETHER: Final = 6
_TOGETHER_BYTES: Final = 256 << 20
_FETCHING_TO_LANDING: Final = 8

# What is no single question's: the turn is gone, the connection has ended, the database is away.
_WHOLE_RUN: Final = (OvertakenError, ConnectionEndedError, DBAPIError, psycopg.Error)

log = logging.getLogger("reimbursement.sync")
Say = Callable[[str], None]


@dataclass(frozen=True)
class Ran:
    """What a run came to. next_at: when the connection is due again."""

    landed: int
    next_at: datetime
    because: str | None  # what kept it from going on


@dataclass
class Run:
    """A run that has its turn."""

    kept: Kept
    sources: tuple[Source, ...]
    client: Client
    folder: Path
    say: Say
    longest: timedelta = LONGEST
    again: Days | None = None
    troubles: int = 0
    landed: int = 0
    lands_from: float = 0.0  # monotonic: not before then, unless there is much

    def go(self) -> Ran:
        """Do what is due. Raises OvertakenError, ConnectionEndedError."""
        because: str | None = None
        with self.kept.writing() as pieces:
            self._plan(pieces)
        try:
            self._do_what_is_due()
        except UnreachableError as trouble:
            because = str(trouble)
        with self.kept.writing() as pieces:
            next_at = self._next(pieces, because)
            leases.end(pieces.connection, self.kept.lease, next_at, because)
        return Ran(self.landed, next_at, because)

    def _plan(self, pieces: Pieces) -> None:
        answers = pieces.last_answers()
        for source, asked in self.asked():
            known = answers.get((source.name, asked.part), [])
            today = self._today(asked)
            pieces.plan(asked, due(source, today, datetime.now(UTC), known))
            if self.again:
                pieces.plan(asked, due_again(source, today, self.again))

    def asked(self) -> Iterator[tuple[Source, Asked]]:
        """Every source, with whom it is asked for."""
        for source in self.sources:
            if source.per == "region":
                region = self.kept.connected.region
                yield source, Asked(source.name, region, self.kept.connected.opened_by.code)
            else:
                for channel in self.kept.connected.channels:
                    yield source, Asked(source.name, channel.code, channel.code)

    def _today(self, asked: Asked) -> date:
        channel = self.kept.connected.channel_of(asked.channel)
        return datetime.now(ZoneInfo(channel.time_zone)).date()

    def _do_what_is_due(self) -> None:
        ends = time.monotonic() + self.longest.total_seconds()
        arrived: list[Arrived] = []
        with scratch(self.folder) as folder:
            while self._did_something(folder, arrived) and time.monotonic() < ends:
                pass
            self._land(arrived)

    def _did_something(self, folder: Path, arrived: list[Arrived]) -> bool:
        waits_to_land = {one.piece.piece_id for one in arrived}
        with self.kept.writing() as pieces:
            open_now = pieces.open(datetime.now(UTC))
        steps = Steps(self.kept, self.sources, self.client)
        did = False
        for piece in open_now:
            if piece.piece_id in waits_to_land:
                continue
            did |= self._one_step(steps, piece, folder, arrived)
            if self._is_enough(arrived):
                self._land(arrived)
        return did

    def _one_step(self, steps: Steps, piece: Piece, folder: Path, arrived: list[Arrived]) -> bool:
        try:
            result = steps.take(piece, folder)
        except UnreachableError as trouble:
            steps.give_way(piece, trouble)
            self.troubles += 1
            if self.troubles >= _MOST_TROUBLES:
                self._land(arrived)
                raise
            return False
        except _WHOLE_RUN:
            raise
        except Exception:  # one question at fault blocks no other
            log.exception("Our own fault: %s of %s", piece.asked.source, piece.asked.part)
            steps.at_fault(piece)
            return True
        self.troubles = 0
        if isinstance(result, Arrived):
            arrived.append(result)
            return True
        return result

    def _is_enough(self, arrived: list[Arrived]) -> bool:
        if sum(one.size for one in arrived) >= _TOGETHER_BYTES:
            return True
        return len(arrived) >= _TOGETHER and time.monotonic() >= self.lands_from

    def _land(self, arrived: list[Arrived]) -> None:
        """By channel: an import is for one."""
        if not arrived:
            return
        began = time.monotonic()
        for channel in dict.fromkeys(one.piece.asked.channel for one in arrived):
            together = [one for one in arrived if one.piece.asked.channel == channel]
            self.landed += Landing(self.kept.database, self.kept.connected, self.kept.lease).land(
                channel, together
            )
            self.say(f"{channel}: {len(together)} landed")
            for one in together:
                shutil.rmtree(one.folder)
        arrived.clear()
        took = time.monotonic() - began
        self.lands_from = time.monotonic() + min(
            took * _FETCHING_TO_LANDING, self.longest.total_seconds()
        )

    def _next(self, pieces: Pieces, because: str | None) -> datetime:
        now = datetime.now(UTC)
        if because is not None:
            return now + _IN_TROUBLE
        answers = pieces.last_answers()
        moments = [
            next_time(source, self._today(asked), now, known)
            for source, asked in self.asked()
            if (known := answers.get((source.name, asked.part)))
        ]
        if open_at := pieces.next_due():
            moments.append(open_at)
        return max(now + _SOONEST, min(moments, default=now + _IN_TROUBLE))
