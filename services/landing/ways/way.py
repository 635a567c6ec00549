"""What each way of landing can do; the format of a report says which is its own."""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from datetime import date
from typing import Generic, TypeVar

from sqlalchemy import Connection

from services.landing.documents import Incoming
from services.landing.rows.parse import Tally
from services.marketplaces.contract import ReportFormat

Described = TypeVar("Described")
Landed = tuple[int, dict[str, int]]  # rows landed, and rows passed over by reason


@dataclass(frozen=True)
class Way(ABC, Generic[Described]):
    """How the staged rows of one document land; asked in this order."""

    report: ReportFormat
    landing: Described

    def stated(self, tally: Tally) -> tuple[date, date] | None:
        """The days that the file states beside its rows. Raises RefusedError."""
        del tally
        return None

    def prepare(self, connection: Connection, tally: Tally) -> None:
        """Bring the staged rows into the form in which they land. Raises RefusedError."""

    def misfits(self, connection: Connection, tally: Tally) -> list[str]:
        """Where the lines do not come to the total that the file itself states: it is not whole."""
        del connection, tally
        return []

    @abstractmethod
    def land(self, connection: Connection, incoming: Incoming) -> Landed:
        """Move the staged rows in."""

    def notes(self, connection: Connection, incoming: Incoming) -> list[str]:
        """What a person should know of the document beside others. After landing."""
        del connection, incoming
        return []
