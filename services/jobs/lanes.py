"""The lanes of the queue: what waits for one receiver does not wait for another.

A worker takes so many jobs of each lane at once. Receivers whom people chose themselves, and who
let us wait, wait among themselves: a web address that failed last goes into a lane of its own.
"""

from collections.abc import Mapping
from typing import Final

UPKEEP: Final = "default"  # what asks nobody outside; also jobs from before there were lanes
HELP_DESK: Final = "help_desk"
MAIL: Final = "mail"
WEBHOOKS: Final = "webhooks"
SLOW_WEBHOOKS: Final = "slow_webhooks"
SYNC: Final = "sync"
IMPORTS: Final = "imports"  # files that people dropped on a page: somebody looks on

AT_ONCE: Final[Mapping[str, int]] = {
    UPKEEP: 2,
    HELP_DESK: 4,
    MAIL: 2,
    WEBHOOKS: 4,
    SLOW_WEBHOOKS: 2,
    SYNC: 2,
    IMPORTS: 2,
}
