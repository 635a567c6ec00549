"""What may become of a question instead of an answer.

No text of an answer is in a message: it may hold a token or a person's data.
"""

from datetime import datetime
from typing import Literal


class NoAnswerError(Exception):
    """There is no answer; the message says why, in a sentence for people."""


class NotNowError(NoAnswerError):
    """We, or they, have asked too often or too much: to be asked again at `at`."""

    def __init__(self, said: str, at: datetime) -> None:
        super().__init__(said)
        self.at = at


class UnreachableError(NoAnswerError):
    """They did not answer, hung up, or are in trouble: worth asking again later."""


class CutOffError(UnreachableError):
    """A download that ended before its end: nothing of it counts."""


class RefusedError(NoAnswerError):
    """They answered that they will not: `status`, and the `code` of their own list, if any."""

    def __init__(self, said: str, status: int, code: str = "") -> None:
        super().__init__(said)
        self.status = status
        self.code = code

    @property
    def is_about_the_token(self) -> bool:
        """Whether a fresh access token may help: an expired one is refused with either."""
        return self.status in {401, 403}


class KeyRefusedError(RefusedError):
    """Our own client id or its secret is refused, whatever the seller has allowed."""


class ConnectionEndedError(NoAnswerError):
    """The seller's consent, or the key, opens nothing any more: `state` says which way it ended."""

    def __init__(self, said: str, state: Literal["expired", "revoked"]) -> None:
        super().__init__(said)
        self.state = state


class NotUnderstoodError(NoAnswerError):
    """They answered something else than they say they do; the message names what is missing."""
