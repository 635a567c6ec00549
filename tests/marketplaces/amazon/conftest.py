"""A fake Amazon, and connections to it. Whatever is asked and does not conform fails the test."""

import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from services.marketplaces.amazon.client.api import manners
from services.marketplaces.amazon.client.client import AmazonClient
from services.marketplaces.amazon.client.token import Tokens
from services.marketplaces.amazon.connecting import AmazonConnecting
from services.marketplaces.amazon.settings import amazon_settings
from services.marketplaces.asking import Channel, Unknown
from services.transport.calling import Caller
from tests.common.limits import LocalLimits
from tests.fakes.amazon.files import Files
from tests.fakes.amazon.login import APPLICATION_ID, CLIENT_ID, CLIENT_SECRET, REFRESH_TOKEN
from tests.fakes.amazon.server import FakeAmazon, serve
from tests.marketplaces.amazon.asking import GERMANY, Amazon, Connect, write_seller


@pytest.fixture(scope="module")
def seller(tmp_path_factory: pytest.TempPathFactory) -> Files:
    """What a small seller's reports say."""
    return Files.below(write_seller(tmp_path_factory.mktemp("seller")))


@pytest.fixture
def fake(seller: Files, monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeAmazon]:
    """A fake Amazon to which the settings lead."""
    with serve(FakeAmazon(seller)) as served:
        ours = {
            "AMAZON_APPLICATION_ID": APPLICATION_ID,
            "AMAZON_CLIENT_ID": CLIENT_ID,
            "AMAZON_CLIENT_SECRET": CLIENT_SECRET,
            "AMAZON_READ_SECONDS": "2",
        }
        for name, value in (served.environment | ours).items():
            monkeypatch.setenv(name, value)
        amazon_settings.cache_clear()
        yield served
    amazon_settings.cache_clear()


@pytest.fixture
def connecting() -> AmazonConnecting:
    """With no token from another test in its memory."""
    return AmazonConnecting(tokens=Tokens())


@pytest.fixture
def connect(fake: FakeAmazon, connecting: AmazonConnecting, tmp_path: Path) -> Connect:
    """A connection of one channel; between tries it waits a little only."""

    def made(channel: Channel) -> Amazon:
        limits, notices = LocalLimits(), Counter[Unknown]()
        client = connecting.client(
            {"refresh_token": REFRESH_TOKEN, "seller": "A1", "consented_on": "2026-11-01"},
            channel,
            Caller(limits, manners(amazon_settings()), sleep=lambda _seconds: time.sleep(0.02)),
            lambda unknown: notices.update([unknown]),
        )
        assert isinstance(client, AmazonClient)
        return Amazon(fake, client, limits, tmp_path, notices)

    return made


@pytest.fixture
def amazon(connect: Connect) -> Amazon:
    """Germany's."""
    return connect(GERMANY)
