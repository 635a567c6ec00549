"""A help desk on loopback, set up as an operator sets it up."""

from collections.abc import Iterator

import pytest

from services.delivery import webhook
from services.settings import settings
from tests.common.serving.receiver import SECRET, Receiver, receiving


@pytest.fixture
def help_desk(monkeypatch: pytest.MonkeyPatch) -> Iterator[Receiver]:
    with receiving() as receiver:
        monkeypatch.setenv("HELP_DESK_URL", receiver.address)
        monkeypatch.setenv("HELP_DESK_SECRET", SECRET)
        monkeypatch.setattr(webhook, "ANSWER_SECONDS", 0.5)
        settings.cache_clear()
        yield receiver
    settings.cache_clear()
