"""The process's log: one line an event, on standard error."""

import logging
from typing import Final

_FORM: Final = "%(asctime)s %(name)s: %(message)s"


def keep_log() -> None:
    """Who took which file away is written down too, not only what went wrong."""
    log = logging.getLogger("reimbursement")
    log.setLevel(logging.INFO)
    if not log.handlers:
        handler = logging.StreamHandler()
        handler.setFormatter(logging.Formatter(_FORM))
        log.addHandler(handler)
