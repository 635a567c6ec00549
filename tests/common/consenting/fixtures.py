"""The marketplace, registered in this process for as long as a test lasts."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

import pytest

from services.marketplaces.registry import MARKETPLACES
from services.settings import settings
from services.sync.sealing import new_key
from tests.common.consenting.connecting import register
from tests.common.consenting.marketplace import OnLoopback, marketplace

KEYS: Final = "SEALING_KEYS"


@contextmanager
def registered(missing: str = "") -> Iterator[OnLoopback]:
    """With a key of the test's own to seal with."""
    before = MARKETPLACES["amazon"]
    with marketplace() as running, pytest.MonkeyPatch.context() as changed:
        register(running.address, missing)
        changed.setenv(KEYS, new_key())
        settings.cache_clear()
        try:
            yield running
        finally:
            MARKETPLACES["amazon"] = before
            changed.undo()
            settings.cache_clear()


def lose_the_key() -> None:
    """Within `registered`, which puts back what was there before: there is another key now."""
    os.environ[KEYS] = new_key()
    settings.cache_clear()
