"""The whole product as a newcomer starts it, and a real Chromium in front of it."""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, expect
from sqlalchemy import URL

from tests.browser.driving import Signed, watched
from tests.common.databases import fresh_database
from tests.common.serving.dashboards import free_port, served, with_sign_in
from tests.common.serving.provider import provider_on

# Two browsers and a database share two cores with the other tests.
expect.set_options(timeout=15_000)


@pytest.fixture
def context(context: BrowserContext) -> BrowserContext:
    return watched(context)


@pytest.fixture(scope="session")
def dashboard(
    server: URL, sample_template: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[str]:
    """The address of a dashboard in local mode, with the sample world."""
    with (
        fresh_database(server, sample_template) as own,
        served(own, tmp_path_factory.mktemp("dashboard")) as address,
    ):
        yield address


@pytest.fixture(scope="session")
def signed_dashboard(
    server: URL, sample_template: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Signed]:
    """One for the whole run: its tests bring people of their own."""
    folder, port = tmp_path_factory.mktemp("signed"), free_port()
    with (
        fresh_database(server, sample_template) as own,
        provider_on(free_port(), folder / "provider.txt") as provider,
        served(own, folder, port=port, **with_sign_in(provider, f"http://127.0.0.1:{port}")) as at,
    ):
        yield Signed(at, provider, own)


@pytest.fixture(scope="session")
def browser_context_args() -> dict[str, Any]:
    """A laptop's screen, no animations."""
    return {"viewport": {"width": 1440, "height": 900}, "reduced_motion": "reduce"}
