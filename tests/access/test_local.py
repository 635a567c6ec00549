"""Local mode: every account of this machine, for this machine alone."""

import pytest

from services.access.local import NotLocalError, is_loopback, local_viewer
from services.database.engine import Database
from tests.common.worlds.insights import World

EVERYWHERE = "0.0.0.0"  # noqa: S104, it is what must be refused


@pytest.mark.parametrize("host", ["127.0.0.1", "127.8.8.8", "::1", "[::1]", "localhost"])
def test_loopback_is_this_machine(host: str) -> None:
    assert is_loopback(host)


@pytest.mark.parametrize("host", [EVERYWHERE, "::", "192.168.1.4", "localhost.example.com", ""])
def test_every_other_address_is_another_machine(host: str) -> None:
    assert not is_loopback(host)


@pytest.mark.parametrize(
    ("listens_on", "asks_from"),
    [(EVERYWHERE, None), (None, None), ("127.0.0.1", "192.168.1.9"), ("127.0.0.1", "8.8.8.8")],
)
def test_another_machine_is_refused_before_anything_is_read(
    database: Database, listens_on: str | None, asks_from: str | None
) -> None:
    with pytest.raises(NotLocalError):
        local_viewer(database, listens_on=listens_on, asks_from=asks_from)


def test_own_accounts_come_before_sample_ones(database: Database) -> None:
    World(database, "Another sample", is_sample=True)
    World(database, "zebra")
    World(database, "Apple")
    viewer = local_viewer(database, listens_on="127.0.0.1", asks_from="127.0.0.1")
    assert [one.name for one in viewer.accounts] == ["Apple", "zebra", "Another sample"]


def test_an_account_is_found_by_its_number_and_only_by_that(database: Database) -> None:
    number = World(database).account_id
    viewer = local_viewer(database, listens_on="localhost", asks_from=None)
    known = viewer.account(str(number))
    assert known
    assert known.name == "Northwind Kitchen"
    assert viewer.account(None) == known
    assert [viewer.account(word) for word in ("", "0", f" {number}", "Northwind Kitchen")] == [
        None
    ] * 4


def test_a_machine_without_accounts_has_none(database: Database) -> None:
    viewer = local_viewer(database, listens_on="localhost", asks_from=None)
    assert viewer.account(None) is None
