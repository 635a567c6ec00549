"""A fake Walmart with the sample world's files, and a client that asks it."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from sample.story import build_story
from sample.world import write_channel
from services.marketplaces.asking import Client, Secrets, Unknown
from services.marketplaces.walmart.connecting import CONNECTING
from services.marketplaces.walmart.settings import walmart_settings
from services.transport.calling import Caller
from services.transport.limits import Limits
from tests.common.databases import SAMPLE_SEED
from tests.common.limits import LocalLimits
from tests.fakes.walmart.server import Walmart, serving
from tests.marketplaces.walmart.asked import TODAY, US, Connect


@pytest.fixture(scope="session")
def walmart_files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The report files of the sample world's Walmart channel."""
    story = build_story(TODAY, SAMPLE_SEED)
    folder = tmp_path_factory.mktemp("walmart")
    return write_channel(folder, story, story.market("walmart-us")).paths[0].parent


@pytest.fixture
def walmart(walmart_files: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Walmart]:
    """A fake that everything asks; whatever did not conform fails the test."""
    with serving(walmart_files) as fake:
        monkeypatch.setenv("WALMART_API_ADDRESS", fake.address)
        monkeypatch.setenv("WALMART_CONSENT_ADDRESS", f"{fake.address}/authorize")
        monkeypatch.setenv("WALMART_CLIENT_ID", fake.access.app[0])
        monkeypatch.setenv("WALMART_CLIENT_SECRET", fake.access.app[1])
        monkeypatch.setenv("WALMART_REPORTS_AN_HOUR", "3600")
        walmart_settings.cache_clear()
        yield fake
        walmart_settings.cache_clear()
        assert fake.checked.misfits == []


@pytest.fixture
def limits() -> LocalLimits:
    """What Walmart has asked for, of the connection that `client` is."""
    return LocalLimits()


@pytest.fixture
def noticed() -> list[Unknown]:
    """What no model has, as the client noticed it."""
    return []


@pytest.fixture
def callers() -> Iterator[Callable[[Limits], Caller]]:
    """Callers as Walmart wants them, let go in the end."""
    made: list[Caller] = []

    def caller(limits: Limits) -> Caller:
        made.append(CONNECTING.caller_of(limits))
        return made[-1]

    yield caller
    for one in made:
        one.close()


@pytest.fixture
def client(
    walmart: Walmart,
    callers: Callable[[Limits], Caller],
    limits: LocalLimits,
    noticed: list[Unknown],
) -> Client:
    """A seller with a key of his own."""
    return CONNECTING.client(own_key(walmart), US, callers(limits), noticed.append)


@pytest.fixture
def connect(walmart: Walmart, callers: Callable[[Limits], Caller]) -> Connect:
    """The same seller, connected anew: without a token, and nobody has been asked to wait."""
    return lambda: CONNECTING.client(own_key(walmart), US, callers(LocalLimits()), lambda _: None)


def own_key(walmart: Walmart) -> Secrets:
    [(key, secret)] = walmart.access.keys.items()
    return CONNECTING.secrets_of_key({"client_id": key, "client_secret": secret}, US)
