"""The reports that were ordered: each is received, in progress, and then ready or not."""

import threading
from collections import Counter, defaultdict, deque
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Literal
from uuid import uuid4

from tests.fakes.walmart.files import Files, Span

# What becomes of an order, if not its report: ERROR, or a report without a row.
Fate = Literal["error", "empty"]


@dataclass
class Order:
    """One order. polls: how often it was asked about."""

    request_id: str
    report_type: str
    payload: dict[str, Any]
    submitted: datetime
    fate: Fate | None
    polls: int = 0

    @property
    def span(self) -> Span:
        """The days that it was ordered for."""
        return (
            datetime.fromisoformat(self.payload["dataStartTime"]),
            datetime.fromisoformat(self.payload["dataEndTime"]),
        )


@dataclass
class Orders:
    """All of them. polls: how often each is asked about before it is ready; fates: by type, what
    becomes of the next ones.
    """

    files: Files
    polls: int = 1
    made: dict[str, Order] = field(default_factory=dict)
    fates: dict[str, deque[Fate]] = field(default_factory=lambda: defaultdict(deque))
    times: Counter[tuple[str, str, str]] = field(default_factory=Counter)  # by type and days
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def order(self, report_type: str, payload: dict[str, Any]) -> Order:
        """Take an order."""
        with self._lock:
            waiting = self.fates[report_type]
            fate = waiting.popleft() if waiting else None
            order = Order(str(uuid4()), report_type, payload, datetime.now(UTC), fate)
            self.made[order.request_id] = order
            days = payload.get("dataStartTime", ""), payload.get("dataEndTime", "")
            self.times[report_type, *days] += 1
            return order

    def told(self, order: Order, *, asked: bool) -> dict[str, Any]:
        """As Walmart tells of an order. asked: whether it is asked about by itself."""
        order.polls += asked
        return {
            "requestId": order.request_id,
            "requestStatus": self._status(order),
            "requestSubmissionDate": f"{order.submitted:%Y-%m-%dT%H:%M:%SZ}",
            "reportType": order.report_type,
            "reportVersion": "v1",
            "payload": order.payload,
        }

    def content(self, order: Order) -> bytes:
        """What the file of a finished order holds."""
        told = self.files.report(order.report_type, order.span)
        if order.fate != "empty":
            return told
        lines = told.splitlines(keepends=True)
        header = next(n for n, line in enumerate(lines) if line.count(b",") > 1)
        return b"".join(lines[: header + 1])

    def _status(self, order: Order) -> str:
        if order.polls == 0:
            return "RECEIVED"
        if order.polls < self.polls:
            return "INPROGRESS"
        return "ERROR" if order.fate == "error" else "READY"
