"""Every trial, in the order of the table."""

from typing import Final

from tests.hardening import (
    consistent_reads,
    imports_killed,
    policies,
    presses,
    tenants,
    worker_killed,
)
from tests.hardening.trial import Trial

TRIALS: Final[tuple[Trial, ...]] = (
    imports_killed.TRIAL,
    worker_killed.TRIAL,
    consistent_reads.TRIAL,
    presses.TRIAL,
    tenants.TRIAL,
    policies.TRIAL,
)
