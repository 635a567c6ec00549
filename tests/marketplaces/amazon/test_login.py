"""What opens the API: kept while it holds, fetched again once, refused in words of two kinds."""

import time

import pytest

from services.marketplaces.amazon.client.application import ask_for_new_secret
from services.marketplaces.amazon.client.token import Login, Tokens
from services.marketplaces.amazon.connecting import AmazonConnecting
from services.marketplaces.amazon.settings import amazon_settings
from services.transport.refusals import (
    ConnectionEndedError,
    KeyRefusedError,
    NotNowError,
    NotUnderstoodError,
    RefusedError,
)
from tests.common.limits import LocalLimits
from tests.fakes.amazon.login import REFRESH_TOKEN
from tests.fakes.amazon.server import FakeAmazon
from tests.fakes.faults import answered
from tests.marketplaces.amazon.asking import BRITAIN, GERMANY, Amazon, Connect, ago


def test_one_token_serves_all_clients_of_a_connection(connect: Connect) -> None:
    for channel in (GERMANY, BRITAIN, GERMANY):
        connect(channel).client.standing()
    assert connect(GERMANY).fake.times("token") == 1


def test_a_token_is_not_used_in_its_last_minute(amazon: Amazon) -> None:
    amazon.fake.login.holds_seconds = 60
    amazon.client.standing()
    amazon.client.standing()
    assert amazon.fake.times("token") == 2


def test_a_token_that_ends_in_mid_run_is_fetched_again_once(amazon: Amazon) -> None:
    amazon.client.standing()
    amazon.fake.login.expire()
    amazon.client.standing()
    assert amazon.fake.times("token") == 2
    assert amazon.fake.times("getMarketplaceParticipations") == 3


@pytest.mark.parametrize("status", [401, 403])
def test_what_a_fresh_token_does_not_open_is_refused(amazon: Amazon, status: int) -> None:
    no = answered(status, {"errors": [{"code": "Unauthorized", "message": "No."}]})
    amazon.fake.faults.add("getMarketplaceParticipations", no, no)
    with pytest.raises(RefusedError) as refused:
        amazon.client.standing()
    assert (refused.value.status, refused.value.code) == (status, "Unauthorized")
    assert amazon.fake.times("token") == 2


def test_consent_that_was_taken_back(amazon: Amazon) -> None:
    amazon.fake.login.revoke()
    with pytest.raises(ConnectionEndedError) as ended:
        amazon.client.standing()
    assert ended.value.state == "revoked"


def test_consent_whose_time_is_over(connecting: AmazonConnecting, fake: FakeAmazon) -> None:
    secrets = {"refresh_token": REFRESH_TOKEN, "consented_on": f"{ago(367).date()}"}
    caller = connecting.caller_of(LocalLimits())
    client = connecting.client(secrets, GERMANY, caller, lambda _unknown: None)
    assert client.standing().countries
    fake.login.revoke()
    fake.login.expire()
    with pytest.raises(ConnectionEndedError) as ended:
        client.standing()
    assert ended.value.state == "expired"


def test_consent_that_was_taken_back_in_mid_run(amazon: Amazon) -> None:
    amazon.client.standing()
    amazon.fake.login.revoke()
    amazon.fake.login.expire()
    with pytest.raises(ConnectionEndedError):
        amazon.client.standing()


def test_a_secret_that_was_changed(amazon: Amazon) -> None:
    amazon.fake.login.client_secret = "amzn1.oa2-cs.v1.another"
    with pytest.raises(KeyRefusedError) as refused:
        amazon.client.standing()
    assert refused.value.code == "invalid_client"


def test_a_login_that_is_throttled_is_asked_later(amazon: Amazon) -> None:
    amazon.fake.faults.add("token", answered(429, {"error": "slow_down"}, retry_after="30"))
    with pytest.raises(NotNowError):
        amazon.client.standing()
    assert "token" in amazon.limits.held


@pytest.mark.parametrize("body", [{}, {"access_token": ""}, [], {"access_token": 5}])
def test_an_answer_without_a_token_is_not_understood(amazon: Amazon, body: object) -> None:
    amazon.fake.faults.add("token", answered(200, body))
    with pytest.raises(NotUnderstoodError):
        amazon.client.standing()


def test_a_code_of_nobody_s_list_is_not_repeated(amazon: Amazon) -> None:
    amazon.fake.faults.add("token", answered(400, {"error": "Atzr|a-secret"}))
    with pytest.raises(RefusedError) as refused:
        amazon.client.standing()
    assert refused.value.code == ""
    assert "secret" not in str(refused.value)


def test_a_newer_token_of_another_run_stays() -> None:
    tokens = Tokens()
    tokens.keep("seller", "newer", 3600)
    tokens.forget("seller", "older")
    assert tokens.find("seller") == "newer"
    tokens.forget("seller", "newer")
    assert tokens.find("seller") is None


def test_tokens_that_have_ended_are_forgotten() -> None:
    tokens = Tokens()
    tokens.keep("one", "a", 60.01)
    time.sleep(0.02)
    tokens.keep("another", "b", 3600)
    assert tokens._kept.keys() == {"another"}


def test_our_secret_is_changed_at_our_word(fake: FakeAmazon, connecting: AmazonConnecting) -> None:
    login = Login(amazon_settings(), connecting.caller_of(LocalLimits()), Tokens())
    ask_for_new_secret(login, "EU")
    assert fake.times("rotateApplicationClientSecret") == 1


def test_nothing_that_is_a_right_is_shown(amazon: Amazon) -> None:
    amazon.client.standing()
    assert amazon.fake.login.given
    shown = f"{amazon.client!r} {amazon.client.api!r} {amazon_settings()!r}"
    for secret in (REFRESH_TOKEN, *amazon.fake.login.given, "fake-secret"):
        assert secret not in shown
