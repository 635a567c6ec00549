"""The world that the run's other tests clone too (tests/conftest.py): loaded once."""

from typing import Final

from tests.common.databases import SAMPLE_DAY, SAMPLE_SEED

TODAY: Final = SAMPLE_DAY
SEED: Final = SAMPLE_SEED
