"""What has been fetched lands: the rows, and that they have, in one transaction."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import Final

from sqlalchemy import Connection

from services.database.engine import Database
from services.landing.importing import ImportResult, import_files
from services.landing.land import FileResult
from services.landing.target import Order
from services.marketplaces.asking import Fetched
from services.sync.connections import Connected
from services.sync.lease import Lease
from services.sync.pieces import Piece, Pieces

# The database is out of room or in trouble: what was fetched is fetched again then.
_AFTER_TROUBLE: Final = timedelta(minutes=10)
_PACKED: Final = frozenset({".gz", ".zip"})
_UNPACKED: Final = 10  # times as large: reports repeat themselves


@dataclass(frozen=True)
class Arrived:
    """The files of a piece, in a folder of their own."""

    piece: Piece
    folder: Path
    files: tuple[Fetched, ...]
    asked_at: datetime

    @cached_property
    def size(self) -> int:
        """In bytes, about as many as they are unpacked."""
        return sum(
            one.path.stat().st_size * (_UNPACKED if one.path.suffix in _PACKED else 1)
            for one in self.files
        )


@dataclass
class Landing:
    """Lands what has arrived for one connection."""

    database: Database
    connected: Connected
    lease: Lease

    def land(self, channel: str, arrived: Sequence[Arrived]) -> int:
        """Land the files of these pieces, all of one channel; returns how many pieces have landed.

        A file that landing refuses leaves its piece without an answer, and says why.
        """
        files = [one for each in arrived for one in each.files]
        settled: list[int] = []

        def settle(connection: Connection, result: ImportResult) -> None:
            settled.append(self._settle(connection, arrived, result))

        if not files:  # they hold nothing: not even a header
            with self.database.loading() as connection:
                return self._settle(connection, arrived, None)
        result = import_files(
            self.database,
            [one.path for one in files],
            account=self.connected.account,
            channel=channel,
            orders={
                one.path: Order(one.days, each.asked_at) for each in arrived for one in each.files
            },
            and_then=settle,
        )
        # What failed at the very end has landed nothing, although it was settled on the way.
        if not settled or (settled[0] and len(result.refused) == len(result.files)):
            self._put_off(arrived, result)
            return 0
        return sum(settled)

    def _settle(
        self, connection: Connection, arrived: Sequence[Arrived], result: ImportResult | None
    ) -> int:
        pieces, landed = Pieces(connection, self.lease), 0
        for each in arrived:
            mine = _of_piece(each, result)
            refused = [one for one in mine if one.status == "refused"]
            if refused:
                pieces.settle(each.piece, "refused", "; ".join(map(_because, refused)))
                continue
            rows = sum(one.rows_landed for one in mine)
            rejected = sum(one.rows_rejected for one in mine)
            in_part = next((one.in_part for one in mine if one.in_part), None)
            pieces.landed(each.piece, len(each.files), rows, rejected, in_part)
            landed += 1
        return landed

    def _put_off(self, arrived: Sequence[Arrived], result: ImportResult) -> None:
        because = next((one.refused_because for one in result.refused), None) or ""
        with self.database.syncing() as connection:
            for each in arrived:
                again = datetime.now(UTC) + _AFTER_TROUBLE
                Pieces(connection, self.lease).later(each.piece, again, because)


def _of_piece(arrived: Arrived, result: ImportResult | None) -> list[FileResult]:
    if result is None:
        return []
    paths = {one.path for one in arrived.files}
    return [file for file, path in zip(result.files, result.paths, strict=True) if path in paths]


def _because(result: FileResult) -> str:
    return f"{result.file}: {result.refused_because}"
