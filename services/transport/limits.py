"""How often an operation may be asked: as the other side publishes it, for all workers together."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True)
class Operation:
    """One thing that can be asked. per_second and burst: a bucket of `burst` tokens that fills at
    `per_second`, as published; an answer that says otherwise is believed instead.
    """

    name: str
    per_second: float
    burst: int


class Limits(Protocol):
    """The limits of one seller's connection, shared by every process that asks for it."""

    def take(self, operation: Operation) -> datetime | None:
        """Take one turn; None: it may be asked now, else when the next turn is."""

    def learn(self, operation: Operation, per_second: float) -> None:
        """The other side says that it allows so many a second."""

    def hold(self, operation: Operation, until: datetime) -> None:
        """The other side asks to be left alone until then."""


class Unlimited:
    """No limit of ours: for the few questions before there is a connection to keep one for."""

    def take(self, operation: Operation) -> datetime | None:  # noqa: ARG002
        """At once."""
        return None

    def learn(self, operation: Operation, per_second: float) -> None:
        """Nothing is kept."""

    def hold(self, operation: Operation, until: datetime) -> None:
        """Nothing is kept: whoever asks again is told again."""
