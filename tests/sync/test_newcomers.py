"""A business that has no account here yet: its connection makes the account, no wish does."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

import pytest
from sqlalchemy import text

from services.access.rights import Role
from services.access.viewer import NotAllowedError, Viewer
from services.database.engine import Database
from services.landing.target import find_or_make
from services.settings import settings
from services.sync import newcomers, wishes
from services.sync.wishes import NAME_TAKEN, NO_NEWCOMERS, Wishes
from services.sync.wishing import WishRefusedError
from tests.common.consenting.fixtures import lose_the_key, registered
from tests.common.consenting.marketplace import OWN_ID, OWN_SECRET, OnLoopback
from tests.common.working import said_by_a_worker
from tests.common.worlds.activation import add_account, seen_as

TYPED: Final[Mapping[str, str]] = {"client_id": OWN_ID, "client_secret": OWN_SECRET}
NAME: Final = "Harbor Toys"


@pytest.fixture
def shop() -> Iterator[OnLoopback]:
    with registered() as running:
        yield running


@pytest.fixture
def seller(database: Database, shop: OnLoopback) -> Viewer:
    """The seller's persona, who has every account and may make one."""
    return seen_as(database)


def wish(database: Database, viewer: Viewer, name: str = NAME, **typed: str) -> int:
    return newcomers.wish_by_key(database, viewer, name, "amazon-us", {**TYPED, **typed})


def rows(database: Database, query: str) -> list[Any]:
    with database.owning() as connection:
        result = connection.execute(text(query))
        return [tuple(row) for row in result] if result.returns_rows else []


def test_the_account_is_made_with_its_connection_and_not_before(
    database: Database, seller: Viewer
) -> None:
    wish(database, seller, "  Harbor   Toys ")
    assert rows(database, "select 1 from account") == []
    assert newcomers.standing(database, seller).waits
    assert "Connected: amazon-us." in said_by_a_worker(database)
    [(account_id, name)] = rows(database, "select account_id, name from account")
    assert name == NAME
    newest = newcomers.standing(database, seller).newest
    assert newest is not None
    assert (newest.state, newest.account_id) == ("done", account_id)
    connected = "select account_id, state, connected_by_name from marketplace_connection"
    assert rows(database, connected) == [(account_id, "connected", seller.person.name)]
    shops = "select code, connection_state from channel order by code"
    assert rows(database, shops) == [("amazon-ca", "connected"), ("amazon-us", "connected")]
    assert rows(database, "select sealed from account_request") == [(None,)]
    assert rows(database, "select count(*) > 0 from sync_piece") == [(True,)], "it is asked at once"


def test_what_does_not_open_anything_leaves_nothing_behind(
    database: Database, seller: Viewer
) -> None:
    wish(database, seller, client_secret="a secret of nobody's")
    said_by_a_worker(database)
    newest = newcomers.standing(database, seller).newest
    assert newest is not None
    assert newest.state == "refused"
    assert newest.because == "The seller has taken it back."
    for table in ("account", "channel", "marketplace_connection", "connection_secret"):
        assert rows(database, f"select 1 from {table}") == []
    assert rows(database, "select sealed from account_request") == [(None,)]


def test_an_account_that_is_there_is_never_another_business(
    database: Database, seller: Viewer
) -> None:
    """Made between the press and its grant, by a file or by somebody else's wish."""
    wish(database, seller)
    add_account(database, NAME)
    said_by_a_worker(database)
    newest = newcomers.standing(database, seller).newest
    assert newest is not None
    assert (newest.state, newest.because) == ("refused", NAME_TAKEN)
    assert rows(database, "select 1 from marketplace_connection") == []
    with pytest.raises(WishRefusedError, match="There is an account of that name"):
        wish(database, seen_as(database))


def test_a_worker_that_died_after_making_the_account_goes_on_with_it(
    database: Database, seller: Viewer
) -> None:
    number = wish(database, seller)
    with database.loading() as connection:
        made = find_or_make(connection, NAME, "amazon-us")
        connection.execute(wishes._IS_MADE, {"account_id": made.account_id, "request_id": number})
    assert Wishes(database, settings()).grant_newcomer(number).account_id == made.account_id
    assert rows(database, "select account_id from marketplace_connection") == [(made.account_id,)]
    assert Wishes(database, settings()).grant_newcomer(number).said == "", "once"


def test_whoever_was_let_go_meanwhile_makes_no_account(database: Database, seller: Viewer) -> None:
    wish(database, seller)
    rows(database, f"update person set every_account = false where person_id = {seller.person_id}")
    said_by_a_worker(database)
    rows(database, f"update person set every_account = true where person_id = {seller.person_id}")
    newest = newcomers.standing(database, seller).newest
    assert newest is not None
    assert (newest.state, newest.because) == ("refused", NO_NEWCOMERS)
    assert rows(database, "select 1 from account") == []


@pytest.mark.parametrize("role", [Role.MANAGER, Role.SUPPORT, Role.OPERATOR])
def test_only_sellers_of_every_account_bring_one(
    database: Database, seller: Viewer, role: Role
) -> None:
    other = seen_as(database, role)
    assert not newcomers.may_bring(other)
    with pytest.raises(NotAllowedError):
        wish(database, other)


def test_a_wish_is_its_persons_alone(database: Database, seller: Viewer) -> None:
    wish(database, seller)
    with database.of_person(seller.person_id + 1) as connection:
        assert connection.execute(text("select request_id from account_request")).all() == []
    with database.reading([]) as connection:
        assert connection.execute(text("select request_id from account_request")).all() == []


@pytest.mark.parametrize("name", ["", "  ", "x" * 201, "Harbor\u202eToys", "two\nlines"])
def test_a_name_that_no_account_may_have_is_refused_at_once(
    database: Database, seller: Viewer, name: str
) -> None:
    with pytest.raises(WishRefusedError, match="A name has"):
        wish(database, seller, name)


def test_one_at_a_time_and_not_without_end(database: Database, seller: Viewer) -> None:
    wish(database, seller)
    with pytest.raises(WishRefusedError, match="still being worked on"):
        wish(database, seller, "Another")
    rows(
        database,
        "insert into account_request (person_id, by_name, account_name, channel, wish, nonce,"
        f" state, settled_at) select {seller.person_id}, 'n', 'n', 'amazon-us', 'consent',"
        " 'nonce number ' || n, 'refused', now() from generate_series(1, 11) n;"
        " update account_request set state = 'refused', sealed = null, settled_at = now()"
        " where state = 'waiting'",
    )
    with pytest.raises(WishRefusedError, match="within an hour"):
        wish(database, seller, "Another")


def test_a_key_that_was_lost_meanwhile_is_said(database: Database, seller: Viewer) -> None:
    wish(database, seller)
    lose_the_key()
    said_by_a_worker(database)
    newest = newcomers.standing(database, seller).newest
    assert newest is not None
    assert newest.because == wishes.KEY_LOST
    assert rows(database, "select 1 from account") == []


def test_what_was_settled_long_ago_goes(database: Database, seller: Viewer) -> None:
    wish(database, seller)
    said_by_a_worker(database)
    wish(database, seen_as(database), "Another")
    rows(database, "update account_request set settled_at = now() - interval '91 days'"
                   " where state = 'done'")  # fmt: skip
    with database.syncing() as connection:
        wishes.take_away_old(connection)
    assert rows(database, "select account_name from account_request") == [("Another",)]
