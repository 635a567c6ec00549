"""A request's way through support, as its seller reads it."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import text

from services.activation.progress import Progress, progress
from services.database.engine import Database
from tests.common.worlds.activation import a_request, add_account, add_channel, ask, settle


@pytest.fixture
def account(database: Database) -> int:
    account_id = add_account(database)
    add_channel(database, account_id, "amazon-us")
    return account_id


def requested(database: Database, account: int, **changed: object) -> int:
    outcome = ask(database, account, "amazon-us", a_request(**changed))
    assert outcome.request_id is not None
    return outcome.request_id


def shown(database: Database, account: int) -> Progress:
    with database.reading(account) as connection:
        found = progress(connection, account, "amazon-us")
    assert found is not None
    return found


def stations(found: Progress) -> list[tuple[str, str]]:
    return [(step.label, step.state) for step in found.steps]


def test_nobody_has_asked_yet(database: Database, account: int) -> None:
    with database.reading(account) as connection:
        assert progress(connection, account, "amazon-us") is None


def test_a_new_request_is_being_checked(database: Database, account: int) -> None:
    requested(database, account)
    found = shown(database, account)
    assert stations(found) == [
        ("Requested", "done"),
        ("Being checked", "current"),
        ("Active", "ahead"),
    ]
    assert found.is_open
    assert found.start_with == ("inventory", "return")
    assert found.questions == ()


def test_a_question_waits_for_the_seller(database: Database, account: int) -> None:
    number = requested(database, account)
    settle(database, account, number, "need_info", asked="Which brand do you sell?")
    settle(database, account, number, "need_info", asked="And a logo, please?")
    found = shown(database, account)
    assert stations(found) == [
        ("Requested", "done"),
        ("Being checked", "done"),
        ("Waiting for you", "current"),
        ("Active", "ahead"),
    ]
    assert [said.words for said in found.questions] == [
        "Which brand do you sell?",
        "And a logo, please?",
    ]
    assert found.steps[2].at is not None


def test_an_answered_question_is_behind_us(database: Database, account: int) -> None:
    number = requested(database, account)
    settle(database, account, number, "ready", asked="A logo?", answered="Sent.", ready=None)
    found = shown(database, account)
    assert stations(found) == [
        ("Requested", "done"),
        ("Being checked", "done"),
        ("You answered", "done"),
        ("Everything is there", "done"),
        ("Active", "current"),
    ]
    assert found.questions == ()


def test_an_answer_is_being_read(database: Database, account: int) -> None:
    number = requested(database, account)
    settle(database, account, number, "answered", asked="A logo?", answered="Sent.")
    found = shown(database, account)
    assert stations(found) == [
        ("Requested", "done"),
        ("Being checked", "done"),
        ("You answered", "done"),
        ("Being checked again", "current"),
        ("Active", "ahead"),
    ]
    assert [(said.words, said.is_answer) for said in found.conversation] == [
        ("A logo?", False),
        ("Sent.", True),
    ]


def test_an_active_service_is_the_end(database: Database, account: int) -> None:
    number = requested(database, account)
    settle(database, account, number, "active", ready=None, activated=None)
    found = shown(database, account)
    assert stations(found) == [
        ("Requested", "done"),
        ("Being checked", "done"),
        ("Everything is there", "done"),
        ("Active", "done"),
    ]
    assert not found.is_open
    assert found.steps[-1].at is not None


def test_a_declined_request_says_why(database: Database, account: int) -> None:
    number = requested(database, account)
    settle(database, account, number, "declined", declined="No stock in Amazon's warehouses.")
    found = shown(database, account)
    assert stations(found)[-1] == ("Declined", "declined")
    assert found.declined_because == "No stock in Amazon's warehouses."
    assert not found.is_open


def test_the_newest_request_is_shown(database: Database, account: int) -> None:
    first = requested(database, account)
    settle(database, account, first, "declined", declined="Not yet.")
    second = requested(database, account, contact_name="Grace Hopper")
    assert shown(database, account).request_id == second


def test_a_station_tells_its_moment_whose_day_the_reader_says(
    database: Database, account: int
) -> None:
    number, at = requested(database, account), datetime(2026, 11, 22, 20, tzinfo=UTC)
    with database.owning() as connection:
        connection.execute(
            text("update activation_request set requested_at = :at where request_id = :number"),
            {"at": at, "number": number},
        )
    assert shown(database, account).steps[0].at == at
