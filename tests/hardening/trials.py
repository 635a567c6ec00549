"""Every trial, in the order of the table."""

from typing import Final

from tests.hardening import (
    consistent_reads,
    doors,
    imports_killed,
    malformed,
    policies,
    presses,
    server_killed,
    sync_killed,
    sync_shared,
    tenants,
    uploads,
    worker_killed,
)
from tests.hardening.trial import Trial

TRIALS: Final[tuple[Trial, ...]] = (
    imports_killed.TRIAL,
    server_killed.TRIAL,
    worker_killed.TRIAL,
    sync_killed.TRIAL,
    sync_shared.TRIAL,
    consistent_reads.TRIAL,
    presses.TRIAL,
    tenants.TRIAL,
    policies.TRIAL,
    uploads.TRIAL,
    doors.TRIAL,
    malformed.TRIAL,
)
