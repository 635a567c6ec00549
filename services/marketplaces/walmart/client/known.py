"""What an answer has that no model of Walmart's has: members, and words of its closed lists.

`known_members.json` beside this file is made of the models; tests hold that it is theirs.
"""

import json
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.resources import files
from typing import Final

from services.marketplaces.asking import Unknown

_LONGEST: Final = 100
STATUSES: Final = frozenset({"RECEIVED", "INPROGRESS", "READY", "ERROR"})
# The words of each, lower case. Returns: the published model, CANCELLED the newer guide. Shipments:
# Walmart's example answers and the closed list of its release of January 2026, as far as it is
# known: those that are not here may be on it.
_WORDS: Final[Mapping[tuple[str, str], frozenset[str]]] = {
    ("getReturns", "returnOrders.returnOrderLines.status"): frozenset(
        {"initiated", "delivered", "completed", "cancelled"}
    ),
    ("getReturns", "returnOrders.returnType"): frozenset({"refund", "replacement"}),
    ("getInboundShipments", "payload.status"): frozenset(
        {
            "allocated",
            "awaiting_delivery",
            "cancelled",
            "closed",
            "moved",
            "pending_shipment_details",
            "receiving_in_progress",
        }
    ),
    ("generateReport", "requestStatus"): frozenset(map(str.lower, STATUSES)),
    ("getSingleRequestStatus", "requestStatus"): frozenset(map(str.lower, STATUSES)),
    ("getRequestsStatus", "requests.requestStatus"): frozenset(map(str.lower, STATUSES)),
}


def unknown_in(operation: str, answer: Mapping[str, object]) -> list[Unknown]:
    """Each member and word once, however often the answer has it."""
    return list(dict.fromkeys(_met(operation, answer, "")))


@cache
def _members() -> dict[str, frozenset[str]]:
    text = (files("services") / "marketplaces/walmart/client/known_members.json").read_text("utf-8")
    return {operation: frozenset(paths) for operation, paths in json.loads(text).items()}


def _met(operation: str, value: object, path: str) -> Iterator[Unknown]:
    if isinstance(value, list):
        for one in value:
            yield from _met(operation, one, path)
    elif isinstance(value, dict):
        for name, inner in value.items():
            member = f"{path}.{name}" if path else name
            if member in _members()[operation]:
                yield from _met(operation, inner, member)
            else:
                yield Unknown(f"{operation} {path or 'answer'}", name[:_LONGEST])
    elif isinstance(value, str):
        words = _WORDS.get((operation, path))
        if words is not None and value.lower() not in words:
            yield Unknown(f"{operation} {path}", value[:_LONGEST])
