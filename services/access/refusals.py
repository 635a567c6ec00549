"""What the log keeps of a reach for another's account: who, and for which."""

import logging
from typing import Final

_log: Final = logging.getLogger("reimbursement.access")
_LONGEST: Final = 40


def note_foreign_account(person_id: int, named: object) -> None:
    """`named` may be anything that somebody wrote into an address: it stays one line of the log."""
    _log.warning("Person %d asked for account %s, which is not theirs", person_id, _plain(named))


def _plain(named: object) -> str:
    words = str(named)
    return ascii(words if len(words) <= _LONGEST else f"{words[:_LONGEST]}…")
