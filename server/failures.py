"""What a visitor sees when a page breaks, and what the log keeps of it."""

import logging
import secrets
import time
from threading import Lock
from typing import Final

from components.states import error_state
from server.log import SECONDS, origin_of

log = logging.getLogger("reimbursement.pages")

# When each problem was written down last, and as what. As many as there are lines that can fail.
_lately: Final[dict[tuple[object, ...], tuple[float, str]]] = {}
_one_at_a_time: Final = Lock()


def report(problem: Exception) -> str:
    """Writes the problem down and gives the reference that finds it again.

    The same one within a minute has the reference of the first: whoever presses again and again,
    or sends what no page asked for, fills no log.
    """
    kind, now = origin_of(problem), time.monotonic()
    with _one_at_a_time:
        written, reference = _lately.get(kind, (-float(SECONDS), ""))
        if reference and now - written < SECONDS:
            return reference
        reference = secrets.token_hex(4)
        _lately[kind] = (now, reference)
    log.error("Reference %s", reference, exc_info=problem)
    return reference


def on_script_error(problem: Exception) -> bool:
    """Shown in place of the framework's own box, which would name modules and lines."""
    error_state("This page", report(problem))
    return True
