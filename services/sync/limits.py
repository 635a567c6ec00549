"""How often a connection may ask, kept in PostgreSQL for all workers together.

The algorithm is pyrate-limiter's GCRA, and so is the bucket; its own bucket in PostgreSQL makes a
table for each key while it runs, which no role of ours may do, and locks it whole. Here each
connection's operation is a row.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from typing import Final

from pyrate_limiter import GCRA, Rate
from sqlalchemy import text

from services.database.engine import Database
from services.transport.limits import Operation

# A second operation of the same name would share its row; what was learned outlives the process.
_ROW: Final = text("""
    insert into call_limit (account_id, connection_id, operation)
    values (:account_id, :connection_id, :operation)
    on conflict (account_id, connection_id, operation) do nothing
""")
_LOCK: Final = text("""
    select state, per_second, held_until, clock_timestamp() as now from call_limit
    where account_id = :account_id and connection_id = :connection_id and operation = :operation
    for update
""")
_TAKEN: Final = text("""
    update call_limit set state = :state
    where account_id = :account_id and connection_id = :connection_id and operation = :operation
""")
# What the bucket holds stays in it, in calls: it drains at the new rate from now on. Its state is
# the moment at which it is empty, in microseconds; published: the rate where none was said yet.
_LEARN: Final = text("""
    insert into call_limit (account_id, connection_id, operation, per_second)
    values (:account_id, :connection_id, :operation, :per_second)
    on conflict (account_id, connection_id, operation)
    do update set per_second = :per_second, state = array(
        select (now_us + greatest(empty_us - now_us, 0)
            * coalesce(call_limit.per_second, :published) / :per_second)::bigint
        from unnest(call_limit.state) empty_us,
            (select extract(epoch from clock_timestamp()) * 1000000 as now_us) clock)
    where call_limit.per_second is distinct from :per_second
""")
_HOLD: Final = text("""
    insert into call_limit (account_id, connection_id, operation, held_until)
    values (:account_id, :connection_id, :operation, :until)
    on conflict (account_id, connection_id, operation)
    do update set held_until = greatest(call_limit.held_until, :until)
""")


# What is said beyond these is a slip of theirs.
_SLOWEST: Final = 1 / 86_400
_FASTEST: Final = 1000.0


@dataclass(frozen=True)
class SharedLimits:
    """The limits of one connection."""

    database: Database
    account_id: int
    connection_id: int
    # By operation, the rate as it stood when a turn was last taken: most answers say the same.
    known: dict[str, Decimal | None] = field(default_factory=dict, compare=False)

    def take(self, operation: Operation) -> datetime | None:
        """Take a turn, by the database's clock; else when to come back for it."""
        key = self._key(operation)
        with self.database.syncing() as connection:
            row = connection.execute(_LOCK, key).one_or_none()
            if row is None:
                connection.execute(_ROW, key)
                row = connection.execute(_LOCK, key).one()
            self.known[operation.name] = row.per_second
            if row.held_until and row.held_until > row.now:
                return datetime.fromtimestamp(row.held_until.timestamp(), UTC)
            state, wait = _step(operation, row.per_second, row.state, row.now)
            if wait is None:
                connection.execute(_TAKEN, {**key, "state": list(state)})
                return None
        return datetime.fromtimestamp(row.now.timestamp() + wait / 1000, UTC)

    def learn(self, operation: Operation, per_second: float) -> None:
        """Believe what the other side says that it allows."""
        said = Decimal(str(min(max(per_second, _SLOWEST), _FASTEST)))
        if self.known.get(operation.name) == said:
            return
        rates = {"per_second": said, "published": Decimal(str(operation.per_second))}
        with self.database.syncing() as connection:
            connection.execute(_LEARN, {**self._key(operation), **rates})

    def hold(self, operation: Operation, until: datetime) -> None:
        """Nobody asks for it before then."""
        with self.database.syncing() as connection:
            connection.execute(_HOLD, {**self._key(operation), "until": until})

    def _key(self, operation: Operation) -> dict[str, object]:
        return {
            "account_id": self.account_id,
            "connection_id": self.connection_id,
            "operation": operation.name,
        }


def _step(
    operation: Operation, learned: Decimal | None, state: Sequence[int], now: datetime
) -> tuple[Sequence[int], int | None]:
    """The bucket after one more call, and the milliseconds to wait if there is no room in it."""
    per_second = float(learned) if learned else operation.per_second
    rates = [Rate(1, round(1000 / per_second), burst=operation.burst)]
    algorithm = GCRA()
    before = tuple(state) or algorithm.initial(rates)
    after, decision = algorithm.step(rates, before, round(now.timestamp() * 1000), 1)
    wait = None if decision.allowed else decision.retry_after_ms or 0
    return [int(one) for one in after], wait
