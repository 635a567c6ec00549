"""What the dashboard's role may not do, whatever its code tries."""

import pytest
from psycopg.errors import InsufficientPrivilege
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError

from services.database.engine import Database
from tests.common.worlds.activation import a_request, add_account, add_channel, ask

SELLER = 1  # the persona of local mode
REQUEST_COLUMNS = """account_id, channel_id, contact_name, email, phone, preferred_time, time_zone,
    start_with, message, consented_at"""


@pytest.fixture
def account(database: Database) -> int:
    account_id = add_account(database)
    add_channel(database, account_id, "amazon-us")
    ask(database, account_id, "amazon-us", a_request())
    return account_id


@pytest.fixture
def stranger(database: Database) -> tuple[int, int]:
    account_id = add_account(database, "Somebody else")
    return account_id, add_channel(database, account_id, "amazon-de")


def refused(database: Database, account: int, statement: str, **values: object) -> str:
    with pytest.raises(ProgrammingError) as error, database.asking(account, SELLER) as connection:
        connection.execute(text(statement), values)
    assert isinstance(error.value.orig, InsufficientPrivilege)
    return str(error.value.orig)


@pytest.mark.parametrize(
    "statement",
    [
        "update activation_request set message = 'other'",
        "delete from activation_request",
        "update activation_event set note = 'other'",
        "delete from activation_event",
        "truncate activation_request",
        "update channel set service_active = true",
        "insert into reimbursement_case default values",
        "update reimbursement_case set status = 'fully_reimbursed'",
        "delete from reimbursement_case",
        "insert into case_event default values",
        "insert into discrepancy default values",
        "update discrepancy set denied_units = 0",
        "delete from discrepancy",
        "insert into reimbursement default values",
        "delete from reimbursement",
    ],
)
def test_the_dashboard_cannot_change_what_it_shows(
    database: Database, account: int, statement: str
) -> None:
    assert "permission denied" in refused(database, account, statement)


def test_the_dashboard_cannot_settle_a_request_by_inserting_one(
    database: Database, account: int
) -> None:
    channel_id = add_channel(database, account, "amazon-ca")
    insert = f"""
        insert into activation_request ({REQUEST_COLUMNS}, status)
        values (:account_id, :channel_id, 'n', 'a@b.com', '+12125550100', '', 'UTC', '{{fee}}', '',
                now(), 'active')
    """
    message = refused(database, account, insert, account_id=account, channel_id=channel_id)
    assert "row-level security" in message


def test_the_dashboard_cannot_speak_for_the_service_team(database: Database, account: int) -> None:
    insert = """
        insert into activation_event (account_id, request_id, kind, note)
        select account_id, request_id, 'activated', 'done' from activation_request
    """
    assert "row-level security" in refused(database, account, insert)


def test_another_accounts_channel_is_out_of_reach(
    database: Database, account: int, stranger: tuple[int, int]
) -> None:
    their_account, their_channel = stranger
    insert = f"""
        insert into activation_request ({REQUEST_COLUMNS})
        values (:account_id, :channel_id, 'n', 'a@b.com', '+12125550100', '', 'UTC', '{{fee}}', '',
                now())
    """
    message = refused(database, account, insert, account_id=their_account, channel_id=their_channel)
    assert "row-level security" in message


def test_another_accounts_request_is_not_seen(
    database: Database, account: int, stranger: tuple[int, int]
) -> None:
    with database.reading(stranger[0]) as connection:
        seen = connection.execute(text("select count(*) from activation_request")).scalar_one()
    assert seen == 0
