"""One open request per channel, taken only where the service exists."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from sqlalchemy import text

from services.activation.asking import Outcome
from services.activation.limits import REQUESTS_A_DAY
from services.activation.progress import progress
from services.database.engine import Database
from tests.common.worlds.activation import a_request, add_account, add_channel, ask, count, settle


@pytest.fixture
def account(database: Database) -> int:
    account_id = add_account(database)
    add_channel(database, account_id, "amazon-us")
    return account_id


def test_a_request_is_stored_with_its_first_event(database: Database, account: int) -> None:
    outcome = ask(database, account, "amazon-us", a_request(message="<b>hi</b> {x} %s"))
    assert outcome.state == "asked"
    with database.reading(account) as connection:
        stored = (
            connection.execute(
                text("select * from activation_request where account_id = :account_id"),
                {"account_id": account},
            )
            .mappings()
            .one()
        )
        event = (
            connection.execute(
                text("select * from activation_event where account_id = :account_id"),
                {"account_id": account},
            )
            .mappings()
            .one()
        )
    assert stored["request_id"] == event["request_id"] == outcome.request_id
    assert (stored["status"], event["kind"]) == ("new", "requested")
    assert stored["phone"] == "+12125550100"
    assert stored["start_with"] == ["inventory", "return"]
    assert stored["message"] == "<b>hi</b> {x} %s"
    assert stored["consented_at"] == stored["requested_at"] == event["at"]


def test_a_second_press_gets_the_first_request(database: Database, account: int) -> None:
    first = ask(database, account, "amazon-us", a_request())
    second = ask(database, account, "amazon-us", a_request(message="again"))
    assert second == Outcome("already_open", first.request_id)
    assert second.already_open
    assert count(database, account, "activation_request") == 1
    assert count(database, account, "activation_event") == 1


def test_a_second_person_gets_the_first_persons_request(database: Database, account: int) -> None:
    first = ask(database, account, "amazon-us", a_request())
    other = a_request(contact_name="Grace Hopper", email="grace@northwind.example.com")
    assert ask(database, account, "amazon-us", other) == Outcome("already_open", first.request_id)
    with database.reading(account) as connection:
        shown = progress(connection, account, "amazon-us")
    assert shown is not None
    assert shown.contact_name == "Ada Byron"


def test_twenty_at_once_make_one_request(database: Database, account: int) -> None:
    together = Barrier(20)

    def press(number: int) -> Outcome:
        together.wait()
        return ask(database, account, "amazon-us", a_request(contact_name=f"Person {number}"))

    with ThreadPoolExecutor(20) as pool:
        outcomes = list(pool.map(press, range(20)))
    assert sorted(outcome.state for outcome in outcomes) == ["already_open"] * 19 + ["asked"]
    assert len({outcome.request_id for outcome in outcomes}) == 1
    assert count(database, account, "activation_request") == 1
    assert count(database, account, "activation_event") == 1


def test_each_channel_has_its_own_request(database: Database, account: int) -> None:
    add_channel(database, account, "amazon-ca")
    outcomes = [ask(database, account, code, a_request()) for code in ("amazon-us", "amazon-ca")]
    assert [outcome.state for outcome in outcomes] == ["asked", "asked"]


@pytest.mark.parametrize("status", ["need_info", "ready"])
def test_a_request_under_way_is_still_open(database: Database, account: int, status: str) -> None:
    first = ask(database, account, "amazon-us", a_request())
    assert first.request_id is not None
    settle(database, account, first.request_id, status)
    assert ask(database, account, "amazon-us", a_request()).already_open


def test_after_a_declined_request_one_may_ask_again(database: Database, account: int) -> None:
    first = ask(database, account, "amazon-us", a_request())
    assert first.request_id is not None
    settle(database, account, first.request_id, "declined", declined="No FBA stock.")
    second = ask(database, account, "amazon-us", a_request())
    assert second.state == "asked"
    assert second.request_id != first.request_id


def test_an_unsupported_channel_is_refused_in_its_own_words(
    database: Database, account: int
) -> None:
    add_channel(database, account, "walmart-ca")
    outcome = ask(database, account, "walmart-ca", a_request())
    assert outcome == Outcome(
        "refused", reason="Walmart reimbursement is available for United States accounts only."
    )
    assert count(database, account, "activation_request") == 0


def test_a_disconnected_channel_is_refused(database: Database, account: int) -> None:
    add_channel(database, account, "walmart-us", connection_state="disconnected")
    outcome = ask(database, account, "walmart-us", a_request())
    assert outcome.state == "refused"
    assert "not connected" in outcome.reason


def test_an_active_channel_is_refused(database: Database, account: int) -> None:
    add_channel(database, account, "walmart-us", service_active=True)
    outcome = ask(database, account, "walmart-us", a_request())
    assert outcome == Outcome("refused", reason="The service is already active for this channel.")


@pytest.mark.parametrize("code", ["amazon-de", "no-such-channel", "", "' or true --"])
def test_a_channel_that_the_account_has_not_is_refused(
    database: Database, account: int, code: str
) -> None:
    stranger = add_account(database, "Somebody else")
    add_channel(database, stranger, "amazon-de")
    outcome = ask(database, account, code, a_request())
    assert outcome == Outcome("refused", reason="This account has no such channel.")


def test_a_day_holds_so_many_requests(database: Database, account: int) -> None:
    for _ in range(REQUESTS_A_DAY):
        outcome = ask(database, account, "amazon-us", a_request())
        assert outcome.request_id is not None
        settle(database, account, outcome.request_id, "declined")
    refused = ask(database, account, "amazon-us", a_request())
    assert refused.state == "refused"
    assert "10 requests" in refused.reason
    assert count(database, account, "activation_request") == REQUESTS_A_DAY
    assert count(database, account, "activation_event") == REQUESTS_A_DAY


def test_the_limit_is_each_accounts_own(database: Database, account: int) -> None:
    test_a_day_holds_so_many_requests(database, account)
    other = add_account(database, "Somebody else")
    add_channel(database, other, "amazon-us")
    assert ask(database, other, "amazon-us", a_request()).state == "asked"
