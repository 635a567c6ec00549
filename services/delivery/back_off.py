"""When a message that did not arrive is sent again."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from random import SystemRandom
from typing import Final

from procrastinate import BaseRetryStrategy, RetryDecision
from procrastinate.jobs import Job

# Before each try, as Standard Webhooks recommends: ten tries within a little over three days.
HELP_DESK: Final = tuple(
    timedelta(seconds=seconds)
    for seconds in (0, 5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400)
)
# A receiver that comes back is not met by everything at the same moment.
JITTER: Final = 0.1
_AFTER_OUR_OWN_FAULT: Final = timedelta(minutes=1)


class TryAgainError(Exception):
    """It did not arrive; `at` is when to send it again, `lane` where it waits until then."""

    def __init__(self, said: str, at: datetime, *, lane: str) -> None:
        super().__init__(said)
        self.at = at
        self.lane = lane


def next_try(schedule: Sequence[timedelta], tries: int, now: datetime) -> datetime | None:
    """The moment of the next try after so many; None: it has been tried often enough."""
    if tries >= len(schedule):
        return None
    spread = 1 + SystemRandom().uniform(-JITTER, JITTER)
    return now + schedule[tries] * spread


class BackOff(BaseRetryStrategy):
    """Again when the task says so; what broke on our side is done again every minute."""

    def get_retry_decision(self, *, exception: BaseException, job: Job) -> RetryDecision:  # noqa: ARG002
        if isinstance(exception, TryAgainError):
            return RetryDecision(retry_at=exception.at, queue=exception.lane)
        return RetryDecision(retry_at=datetime.now(UTC) + _AFTER_OUR_OWN_FAULT)
