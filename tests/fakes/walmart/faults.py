"""What goes wrong at Walmart, besides what goes wrong everywhere (`tests.fakes.faults`)."""

import json
import time
from typing import Any

from werkzeug import Response

from tests.fakes.faults import Answer, Fault, changed
from tests.fakes.walmart.answers import Answers, refused, told


def throttled(seconds: float) -> Fault:
    """429: asked too often, to be asked again at a moment."""

    def answer(_real: Answer) -> Response:
        response = refused(429, "REQUEST_THRESHOLD_VIOLATED.GMP_GATEWAY_API")
        response.headers["X-Next-Replenishment-Time"] = str(int((time.time() + seconds) * 1000))
        return response

    return answer


def trouble(status: int = 500) -> Fault:
    """Walmart is in trouble."""
    return lambda _real: refused(status, "SYSTEM_ERROR.GMP_GATEWAY_API")


def scope_missing(_real: Answer) -> Response:
    """The seller has not granted it."""
    return refused(403, "FORBIDDEN.GMP_GATEWAY_API")


def not_granted(_real: Answer) -> Response:
    """This seller has not got this type of report."""
    return refused(400, "INVALID_REQUEST_PARAM.GMP_GATEWAY_API")


def no_file(_real: Answer) -> Response:
    """An error in the place of a file, as if all were well."""
    return told({"error": [{"code": "INVALID_ACCEPT.GMP_GATEWAY_API"}]})


def token_refused(_real: Answer) -> Response:
    """A valid token is refused, as Walmart's gateway sometimes does."""
    return refused(401, "UNAUTHORIZED.GMP_GATEWAY_API")


def tokens_end(walmart: Answers) -> Fault:
    """Every access token ends in mid-run."""

    def answer(real: Answer) -> Response:
        walmart.access.end_tokens()
        return token_refused(real)

    return answer


def revoked(walmart: Answers) -> Fault:
    """From now on neither key nor consent opens anything."""

    def answer(real: Answer) -> Response:
        walmart.access.revoke()
        return token_refused(real)

    return answer


def repeated(walmart: Answers, operation: str) -> Fault:
    """The page before comes once more."""
    return lambda real: walmart.before.get(operation) or real()


def reordered(walmart: Answers, seed: int) -> Fault:
    """From now on every list is in another order."""

    def answer(real: Answer) -> Response:
        walmart.shuffled_by = seed
        return real()

    return answer


def with_status(word: str) -> Fault:
    """The right answer, with a status that no model has."""

    def change(said: Any) -> Any:
        if "requestStatus" in said:
            return {**said, "requestStatus": word}
        member = "payload" if "payload" in said else "returnOrders"
        first, *rest = said[member]
        first = json.loads(json.dumps(first))
        for line in first.get("returnOrderLines", [first]):
            line["status"] = word
        return {**said, member: [first, *rest]}

    return changed(change)
