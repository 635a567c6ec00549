"""Whatever accounts a transaction is for: no row of another in any answer, and sums that add up."""

from collections.abc import Iterable
from contextlib import AbstractContextManager
from decimal import Decimal
from functools import partial
from typing import Final

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError

from services.access.rights import Role
from services.access.viewer import Account, Viewer
from services.digest.clients import by_risk
from services.insights.answers import Figure
from services.insights.portfolio import Portfolio, book, clients
from services.insights.totals import summed, totals_by_subtype
from services.marketplaces.tables import SECURED_TABLES
from tests.common.rights.answering import said
from tests.common.rights.battery import OF_BOTH
from tests.common.rights.least import OF_SEVERAL, columns, may
from tests.common.rights.matrix import QUESTIONS, Found, arguments, person, viewer
from tests.common.rights.told import told
from tests.common.worlds.insights import NOW, TODAY
from tests.common.worlds.zoo import Marked, Zoo

_SEVERAL: Final = settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
POSITIONS: Final = st.sets(st.integers(0, 3))
# Questions of one account, and of several at once, that both kinds of snapshot may be asked.
READ: Final = [one for one in QUESTIONS if one.room in ("insights", "activation", "exports")]


def _chosen(zoo: Zoo, positions: Iterable[int]) -> list[Marked]:
    return [zoo.accounts[position] for position in sorted(positions)]


def _opened(zoo: Zoo, role: str, own: set[int]) -> AbstractContextManager[Connection]:
    """In nobody's name, for these accounts."""
    if role == "app":
        return zoo.database.asking(own, 0)
    return zoo.database.comparing(own)


@given(positions=POSITIONS, role=st.sampled_from(["app", "manager"]))
@_SEVERAL
def test_every_table_shows_the_scope_and_nothing_else(
    zoo: Zoo, positions: set[int], role: str
) -> None:
    own = {one.account_id for one in _chosen(zoo, positions)}
    tables = [
        table
        for table in SECURED_TABLES
        if may(role, table, "select") and not columns(role, table, "select")
    ]
    for table in tables:
        with _opened(zoo, role, own) as connection:
            asked = partial(connection.execute, text(f"select distinct account_id from {table}"))
            if role == "app" and len(own) > 1 and table not in (*OF_SEVERAL, OF_BOTH):
                with pytest.raises(DBAPIError, match="invalid input syntax"):
                    asked()
                continue
            # What is a person's too shows nothing where nobody in particular looks.
            assert set(asked().scalars()) == (set() if table == OF_BOTH else own), table


@given(
    positions=POSITIONS,
    about=st.integers(0, 3),
    one=st.sampled_from(READ),
    role=st.sampled_from(["app", "manager"]),
)
@settings(_SEVERAL, max_examples=120)
def test_no_answer_holds_a_row_of_another_account(
    zoo: Zoo, positions: set[int], about: int, one: Found, role: str
) -> None:
    """In a scope of any accounts, asked about any account, in it or not.

    What pages may ask of one account alone fails for several, and tells nothing.
    """
    own = _chosen(zoo, positions)
    filled = arguments(
        one, zoo.accounts[about], connection=None, viewer=viewer(zoo.accounts[0], Role.SUPPORT)
    )
    with (
        _opened(zoo, role, {each.account_id for each in own}) as connection,
        connection.begin_nested() as point,
    ):
        try:
            answer = said(one.function(**{**filled, "connection": connection}), connection)
        except Exception:
            answer = ""
        if point.is_active:
            point.rollback()
    assert zoo.foreign_marks(answer, *own) == set()


@given(positions=POSITIONS)
@_SEVERAL
def test_what_several_accounts_come_to_is_the_sum_of_each(zoo: Zoo, positions: set[int]) -> None:
    own = _chosen(zoo, positions)
    numbers = tuple(one.account_id for one in own)
    with zoo.database.comparing(numbers) as connection:
        of_all = book(connection, Portfolio(numbers, "USD", NOW, TODAY))
        each = clients(connection, Portfolio(numbers, "USD", NOW, TODAY)).rows
        alone = [_alone(zoo, one) for one in own]
    assert {one.account_id for one in each} == set(numbers)
    if of_all is None:
        assert not own
        return
    assert of_all.clients == len(own)
    (of_usd,) = of_all.sums
    assert of_usd.within_30_amount == sum((one for one in alone), Decimal(0))
    assert of_usd.at_risk == sum((one.at_risk for one in each), Figure())


def _alone(zoo: Zoo, one: Marked) -> Decimal:
    """What expires within thirty days, as the account's own pages say it."""
    with zoo.database.reading(one.account_id) as connection:
        rows = totals_by_subtype(connection, one.account_id, "USD", NOW)
    return summed(rows).within_30_days.known_amount


@given(positions=POSITIONS)
@_SEVERAL
def test_a_digest_ranks_the_viewers_accounts_and_no_other(zoo: Zoo, positions: set[int]) -> None:
    own = _chosen(zoo, positions)
    accounts = tuple(Account(one.account_id, f"{one.word} Trading", False) for one in own)
    looking = Viewer(person(zoo.accounts[0], Role.MANAGER), accounts)
    ranked = by_risk(zoo.database, looking.accounts, NOW)
    assert sorted(one.account_id for one in ranked.accounts) == sorted(
        one.account_id for one in accounts
    )
    assert {number for number, _ in ranked.at_risk} == {one.account_id for one in own}


def test_the_marks_would_be_seen(zoo: Zoo) -> None:
    """Asked for by somebody who may: each of these questions can show an account's marks."""
    own, other = zoo.accounts[:2]
    with zoo.database.reading(other.account_id) as connection:
        rows = totals_by_subtype(connection, other.account_id, "USD", NOW)
    assert zoo.foreign_marks(told(rows), own)
