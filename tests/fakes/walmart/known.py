"""Every member that Walmart's models have in an answer, as the client knows them.

`python -m tests.fakes.walmart.known` writes services/marketplaces/walmart/client/known_members.json
anew after a model has changed.
"""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from tests.fakes.walmart.models import models

FILE: Final = Path(__file__).parents[3] / "services/marketplaces/walmart/client/known_members.json"
# What is asked and read as JSON.
ASKED: Final = frozenset(
    {
        "downloadReport",
        "generateReport",
        "getAvailableReconReportDates",
        "getInboundShipmentItems",
        "getInboundShipments",
        "getRequestsStatus",
        "getReturns",
        "getSingleRequestStatus",
        "getTokenDetail",
    }
)


def members() -> dict[str, list[str]]:
    """The paths of all members, lists passed through, by the name of the operation."""
    return dict(sorted(_of_all()))


def _of_all() -> Iterator[tuple[str, list[str]]]:
    for path in models().glob("*.json"):
        model = json.loads(path.read_text("utf-8"))
        for item in model["paths"].values():
            for operation in item.values():
                if operation.get("operationId") in ASKED:
                    answer = operation["responses"]["200"]["content"]["application/json"]["schema"]
                    yield operation["operationId"], sorted(set(_paths(model, answer, "")))


def _paths(model: Mapping[str, Any], schema: Mapping[str, Any], path: str) -> Iterator[str]:
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        yield from _paths(model, model["components"]["schemas"][name], path)
    for name, inner in schema.get("properties", {}).items():
        member = f"{path}.{name}" if path else name
        yield member
        yield from _paths(model, inner, member)
    for inner in (schema.get("items"), *schema.get("anyOf", ())):
        if inner:
            yield from _paths(model, inner, path)


if __name__ == "__main__":
    FILE.write_text(json.dumps(members(), indent=1) + "\n", "utf-8")
