"""The world that the run's other tests clone too (tests/conftest.py): loaded once."""

from datetime import UTC, datetime
from typing import Final

from tests.common.databases import SAMPLE_SEED

TODAY: Final = datetime.now(UTC).date()
SEED: Final = SAMPLE_SEED
