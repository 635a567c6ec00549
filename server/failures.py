"""What a visitor sees when a page breaks, and what the log keeps of it."""

import logging
import secrets

from components.states import error_state

log = logging.getLogger("reimbursement.pages")


def report(problem: Exception) -> str:
    """Writes the problem down and gives the reference that finds it again."""
    reference = secrets.token_hex(4)
    log.error("Reference %s", reference, exc_info=problem)
    return reference


def on_script_error(problem: Exception) -> bool:
    """Shown in place of the framework's own box, which would name modules and lines."""
    error_state("This page", report(problem))
    return True
