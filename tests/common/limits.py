"""The limits of one process: buckets of tokens as published, in memory."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from services.transport.limits import Operation


@dataclass
class LocalLimits:
    """What services.transport.limits.Limits asks for; and what the other side said, to look at."""

    learned: dict[str, float] = field(default_factory=dict)
    held: dict[str, datetime] = field(default_factory=dict)
    taken: dict[str, int] = field(default_factory=dict)
    _left: dict[str, tuple[float, datetime]] = field(default_factory=dict)

    def take(self, operation: Operation) -> datetime | None:
        """Take one turn, or say when the next one is."""
        now, name = datetime.now(UTC), operation.name
        if self.held.get(name, now) > now:
            return self.held[name]
        rate = self.learned.get(name, operation.per_second)
        left, since = self._left.get(name, (float(operation.burst), now))
        left = min(operation.burst, left + (now - since).total_seconds() * rate)
        if left < 1:
            self._left[name] = (left, now)
            return now + timedelta(seconds=(1 - left) / rate)
        self._left[name] = (left - 1, now)
        self.taken[name] = self.taken.get(name, 0) + 1
        return None

    def learn(self, operation: Operation, per_second: float) -> None:
        """The other side says what it allows."""
        self.learned[operation.name] = per_second

    def hold(self, operation: Operation, until: datetime) -> None:
        """The other side asks to be left alone."""
        self.held[operation.name] = until
