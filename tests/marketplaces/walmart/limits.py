"""Limits of one process."""

from datetime import UTC, datetime

from services.transport.limits import Operation


class Holding:
    """No limit but what Walmart itself asks for."""

    def __init__(self) -> None:
        self.held: dict[str, datetime] = {}

    def take(self, operation: Operation) -> datetime | None:
        """A turn at once, unless Walmart has asked to be left alone."""
        until = self.held.get(operation.name)
        return until if until is not None and until > datetime.now(UTC) else None

    def learn(self, operation: Operation, per_second: float) -> None:
        """Walmart says nothing of the kind."""
        raise AssertionError(f"{operation} may be asked {per_second} times a second?")

    def hold(self, operation: Operation, until: datetime) -> None:
        """It has asked to be left alone."""
        self.held[operation.name] = until
