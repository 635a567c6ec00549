"""What has to be true before a request makes sense, in words."""

import pytest

from services.activation.channels import (
    ActivationChannel,
    channel_of,
    channels_of,
    prerequisites,
    refusal,
)
from services.database.engine import Database
from tests.common.worlds.activation import a_request, add_account, add_channel, add_document, ask


@pytest.fixture
def account(database: Database) -> int:
    return add_account(database)


def read(database: Database, account: int, code: str) -> ActivationChannel:
    with database.reading(account) as connection:
        found = channel_of(connection, account, code)
    assert found is not None
    return found


def met(channel: ActivationChannel) -> dict[str, bool]:
    return {each.label: each.met for each in prerequisites(channel)}


def test_a_channel_with_reports_meets_everything(database: Database, account: int) -> None:
    channel_id = add_channel(database, account, "amazon-us")
    add_document(database, account, channel_id, "amazon:NA")
    channel = read(database, account, "amazon-us")
    assert met(channel) == {
        "Marketplace supported": True,
        "Channel connected": True,
        "Reports read": True,
        "No open request": True,
    }
    assert refusal(channel) is None


def test_a_regions_report_counts_for_each_of_its_channels(database: Database, account: int) -> None:
    channel_id = add_channel(database, account, "amazon-us")
    add_channel(database, account, "amazon-ca")
    add_channel(database, account, "amazon-uk")
    add_document(database, account, channel_id, "amazon:NA")
    assert read(database, account, "amazon-ca").has_data
    assert not read(database, account, "amazon-uk").has_data


def test_missing_reports_are_said_and_do_not_refuse(database: Database, account: int) -> None:
    add_channel(database, account, "amazon-us")
    channel = read(database, account, "amazon-us")
    missing = next(each for each in prerequisites(channel) if not each.met)
    assert missing.label == "Reports read"
    assert not missing.required
    assert refusal(channel) is None


def test_walmart_outside_the_united_states_says_so(database: Database, account: int) -> None:
    add_channel(database, account, "walmart-ca")
    channel = read(database, account, "walmart-ca")
    sentence = "Walmart reimbursement is available for United States accounts only."
    assert prerequisites(channel)[0].detail == sentence
    assert refusal(channel) == sentence


def test_a_disconnected_channel_says_what_to_do(database: Database, account: int) -> None:
    add_channel(database, account, "amazon-us", connection_state="disconnected")
    channel = read(database, account, "amazon-us")
    assert not met(channel)["Channel connected"]
    assert "Connect it again" in str(refusal(channel))


def test_an_open_request_is_a_prerequisite_not_met(database: Database, account: int) -> None:
    add_channel(database, account, "amazon-us")
    ask(database, account, "amazon-us", a_request())
    channel = read(database, account, "amazon-us")
    assert not met(channel)["No open request"]
    assert refusal(channel) is None


def test_an_active_service_needs_no_request(database: Database, account: int) -> None:
    add_channel(database, account, "amazon-us", service_active=True)
    channel = read(database, account, "amazon-us")
    assert met(channel)["No open request"] is False
    assert refusal(channel) == "The service is already active for this channel."


def test_only_the_marketplaces_channels_are_listed(database: Database, account: int) -> None:
    for code in ("walmart-ca", "amazon-us", "walmart-us"):
        add_channel(database, account, code)
    with database.reading(account) as connection:
        listed = channels_of(connection, account, "walmart")
    assert [channel.code for channel in listed] == ["walmart-us", "walmart-ca"]
