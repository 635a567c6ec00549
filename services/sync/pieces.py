"""What is asked, piece by piece. Each step is kept before the next: nothing is asked for twice."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Literal

from sqlalchemy import Connection, TextClause, text

from services.marketplaces.asking import Days, Found
from services.sync.lease import Lease, OvertakenError
from services.sync.plan import Due, Last

_LISTED_TRIES: Final = 5
_LISTED_PAUSE: Final = timedelta(hours=4)


@dataclass(frozen=True)
class Asked:
    """What is asked as one: a source, of a channel or of a region, as one of its channels."""

    source: str
    part: str
    channel: str


@dataclass(frozen=True)
class Piece:
    """A question that has no answer yet."""

    piece_id: int
    asked: Asked
    days: Days | None
    state: Literal["due", "asked", "ready"]
    report_id: str | None
    document: str | None
    tries: int
    asked_at: datetime | None


_OPEN: Final = text("""
    select piece_id, source, part, channel, first_day, last_day, state, report_id, document, tries,
        asked_at
    from sync_piece
    where account_id = :account_id and connection_id = :connection_id and settled_at is null
        and due_at <= :now
    order by last_day desc nulls first, piece_id
""")
_LAST: Final = text("""
    select distinct on (source, part, first_day) source, part, first_day, last_day, settled_at,
        state = 'landed' as landed, tries
    from sync_piece
    where account_id = :account_id and connection_id = :connection_id and settled_at is not null
        and item = ''
    order by source, part, first_day, settled_at desc
""")
_NEXT: Final = text("""
    select min(due_at) from sync_piece
    where account_id = :account_id and connection_id = :connection_id and settled_at is null
""")
_PLAN: Final = text("""
    insert into sync_piece
        (account_id, connection_id, source, part, channel, first_day, last_day, tries)
    values (:account_id, :connection_id, :source, :part, :channel, :first_day, :last_day, :tries)
    on conflict (account_id, connection_id, source, part, item, first_day)
        where settled_at is null
    do nothing
""")
# What landed is there; what did not is listed anew, but not for ever.
_KNOWN: Final = text("""
    select item from sync_piece
    where account_id = :account_id and connection_id = :connection_id and source = :source
        and part = :part and item <> ''
    group by item
    having bool_or(settled_at is null or state = 'landed') or count(*) >= :tries
        or max(settled_at) > now() - :pause
""")
_LISTED: Final = text("""
    insert into sync_piece (account_id, connection_id, source, part, channel, item, first_day,
        last_day, state, report_id, document, asked_at)
    values (:account_id, :connection_id, :source, :part, :channel, :item, :first_day, :last_day,
        'ready', :item, :document, :made_at)
    on conflict (account_id, connection_id, source, part, item, first_day)
        where settled_at is null
    do nothing
""")


_ASKED: Final = text("""
    update sync_piece set state = 'asked', report_id = :report_id, due_at = :due_at, said = :said,
        asked_at = coalesce(asked_at, :asked_at, now())
    where account_id = :account_id and connection_id = :connection_id and piece_id = :piece_id
""")
_READY: Final = text("""
    update sync_piece set state = 'ready', report_id = :report_id, document = :document,
        asked_at = coalesce(asked_at, :asked_at, now()), due_at = now(), said = null
    where account_id = :account_id and connection_id = :connection_id and piece_id = :piece_id
""")
_LATER: Final = text("""
    update sync_piece set due_at = :due_at, because = :because
    where account_id = :account_id and connection_id = :connection_id and piece_id = :piece_id
""")
_SETTLED: Final = text("""
    update sync_piece set state = :state, settled_at = clock_timestamp(), said = :said,
        because = :because, document = null
    where account_id = :account_id and connection_id = :connection_id and piece_id = :piece_id
        and settled_at is null
""")
_LANDED: Final = text("""
    update sync_piece set state = 'landed', settled_at = clock_timestamp(), because = :because,
        said = null, document = null, files = :files, rows_landed = :landed,
        rows_rejected = :rejected
    where account_id = :account_id and connection_id = :connection_id and piece_id = :piece_id
        and settled_at is null
""")


def clean(said: str, longest: int = 100) -> str:
    """A marketplace's word, as PostgreSQL holds it: whole letters, and no end of a text within."""
    return said.encode("utf-8", "replace").decode().replace("\0", "�")[:longest]


@dataclass(frozen=True)
class Pieces:
    """The pieces of one connection, for the run that has its turn."""

    connection: Connection
    lease: Lease

    def open(self, now: datetime) -> list[Piece]:
        """What is to be done now, snapshots and the newest days first."""
        rows = self.connection.execute(_OPEN, {**self.lease.key, "now": now})
        return [
            Piece(
                row.piece_id,
                Asked(row.source, row.part, row.channel),
                (row.first_day, row.last_day) if row.first_day else None,
                row.state,
                row.report_id,
                row.document,
                row.tries,
                row.asked_at,
            )
            for row in rows
        ]

    def last_answers(self) -> dict[tuple[str, str], list[Last]]:
        """By source and part, how the newest question of each piece ended."""
        found: dict[tuple[str, str], list[Last]] = {}
        for row in self.connection.execute(_LAST, self.lease.key):
            days = (row.first_day, row.last_day) if row.first_day else None
            last = Last(days, row.settled_at, row.landed, row.tries)
            found.setdefault((row.source, row.part), []).append(last)
        return found

    def next_due(self) -> datetime | None:
        """When the first open piece is due; None: none is open."""
        found: datetime | None = self.connection.execute(_NEXT, self.lease.key).scalar_one()
        return found

    def plan(self, asked: Asked, due: Iterable[Due]) -> None:
        """Write down what is to be asked; what is open already stays as it is."""
        rows = [
            {
                **self.lease.key,
                **vars(asked),
                "first_day": one.days and one.days[0],
                "last_day": one.days and one.days[1],
                "tries": one.tries,
            }
            for one in due
        ]
        if rows:
            self.connection.execute(_PLAN, rows)

    def known_items(self, asked: Asked) -> frozenset[str]:
        """What the marketplace lists and is not to be fetched again."""
        bound = {"tries": _LISTED_TRIES, "pause": _LISTED_PAUSE, **vars(asked)}
        return frozenset(self.connection.execute(_KNOWN, {**self.lease.key, **bound}).scalars())

    def listed(self, asked: Asked, found: Found, document: str) -> None:
        """The marketplace has made it by itself: to be fetched."""
        first, last = found.days or (None, None)
        days = {"first_day": first, "last_day": last, "made_at": found.made_at}
        bound = {"item": found.report_id, "document": document, **days}
        self.connection.execute(_LISTED, {**self.lease.key, **vars(asked), **bound})

    def ordered(
        self, piece: Piece, report_id: str, said: str, due_at: datetime, at: datetime | None = None
    ) -> None:
        """It was ordered, now or before, `at`; to be looked at again at `due_at`."""
        bound = {"report_id": report_id, "said": clean(said), "due_at": due_at, "asked_at": at}
        self._write(_ASKED, piece, **bound)

    def ready(
        self, piece: Piece, report_id: str | None, document: str, at: datetime | None = None
    ) -> None:
        """It can be fetched; it was ordered now or before, `at`."""
        self._write(_READY, piece, report_id=report_id, document=document, asked_at=at)

    def later(self, piece: Piece, due_at: datetime, because: str) -> None:
        """Nothing has come of it for now."""
        self._write(_LATER, piece, due_at=due_at, because=clean(because, 2000))

    def settle(
        self, piece: Piece, state: Literal["not_told", "refused"], because: str, said: str = ""
    ) -> None:
        """It has no answer: its days stay unknown."""
        told = {"said": clean(said) or None, "because": clean(because, 2000)}
        self._write(_SETTLED, piece, state=state, **told)

    def landed(
        self, piece: Piece, files: int, rows: int, rejected: int, in_part: str | None = None
    ) -> None:
        """Its files have landed: in the transaction of the loader that landed them.

        in_part: which of its days they do not tell, in a sentence; None: they tell all.
        Raises OvertakenError where another run has done it: then nothing of this may be kept.
        """
        told = {"files": files, "landed": rows, "rejected": rejected, "because": in_part}
        if not self._write(_LANDED, piece, **told):
            raise OvertakenError

    def _write(self, statement: TextClause, piece: Piece, **values: object) -> int:
        bound = {**self.lease.key, "piece_id": piece.piece_id, **values}
        return self.connection.execute(statement, bound).rowcount
