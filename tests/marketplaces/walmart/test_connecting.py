"""How a seller's Walmart account is connected: by consent, by a key, and where not at all."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from html import unescape
from urllib.parse import parse_qs, urlsplit

import pytest
import requests

from services.landing.recognise.known_formats import DELIMITED
from services.marketplaces.asking import Channel, Client, Consent, UnconnectableError
from services.marketplaces.registry import FORMAT_OF, MARKETPLACES
from services.marketplaces.walmart.connecting import CONNECTING
from services.marketplaces.walmart.settings import walmart_settings
from services.transport.calling import Caller
from services.transport.limits import Limits
from services.transport.refusals import ConnectionEndedError, KeyRefusedError
from tests.common.limits import LocalLimits
from tests.fakes.walmart import known
from tests.fakes.walmart.faults import scope_missing
from tests.fakes.walmart.server import Walmart
from tests.marketplaces.walmart.asked import US

ANSWER_TO = "https://claims.example.com/connect/walmart"
Callers = Callable[[Limits], Caller]


def consented(walmart: Walmart, state: str = "of-this-session") -> Consent:
    """The seller follows the link on Walmart's page, and what comes back with him."""
    page = requests.get(CONNECTING.consent_address(US, state, ANSWER_TO), timeout=5).text
    back = urlsplit(unescape(page.partition('href="')[2].partition('"')[0]))
    assert f"{back.scheme}://{back.netloc}{back.path}" == ANSWER_TO
    told = {name: values[0] for name, values in parse_qs(back.query).items()}
    assert told["state"] == state
    return Consent(told, ANSWER_TO)


def test_what_the_seller_allowed_lasts(walmart: Walmart, callers: Callers) -> None:
    caller = callers(LocalLimits())
    secrets = CONNECTING.secrets_of_consent(consented(walmart), US, caller)
    assert secrets["refresh_token"] in walmart.access.refresh
    client = CONNECTING.client(secrets, US, caller, lambda _: None)
    standing = client.standing()
    assert standing.seller == walmart.access.seller
    assert standing.scopes == ("reports", "returns")
    assert standing.refresh_until == datetime.now(UTC).date() + timedelta(days=365)


def test_each_consent_has_a_nonce_of_its_own() -> None:
    addresses = [CONNECTING.consent_address(US, "state", ANSWER_TO) for _ in range(2)]
    queries = [parse_qs(urlsplit(address).query) for address in addresses]
    assert queries[0].pop("nonce") != queries[1].pop("nonce")
    assert queries[0] == queries[1]


def test_a_code_serves_once(walmart: Walmart, callers: Callers) -> None:
    consent, caller = consented(walmart), callers(LocalLimits())
    CONNECTING.secrets_of_consent(consent, US, caller)
    with pytest.raises(UnconnectableError, match="no lasting access"):
        CONNECTING.secrets_of_consent(consent, US, caller)


def test_a_code_serves_the_address_only_that_it_was_sent_to(
    walmart: Walmart, callers: Callers
) -> None:
    stolen = Consent(consented(walmart).told, "https://elsewhere.example.com/")
    with pytest.raises(UnconnectableError, match="no lasting access"):
        CONNECTING.secrets_of_consent(stolen, US, callers(LocalLimits()))


@pytest.mark.parametrize(
    "told", [{}, {"error": "access_denied"}, {"code": "c"}, {"code": "c", "sellerId": "1/../2"}]
)
def test_who_did_not_allow_it_is_told_so(
    walmart: Walmart, callers: Callers, told: dict[str, str]
) -> None:
    with pytest.raises(UnconnectableError, match="did not say that you have allowed it"):
        CONNECTING.secrets_of_consent(Consent(told, ANSWER_TO), US, callers(LocalLimits()))
    assert walmart.asked["tokenAPI"] == 0


def test_a_consent_that_was_taken_back_is_said_to_be(walmart: Walmart, callers: Callers) -> None:
    caller = callers(LocalLimits())
    secrets = CONNECTING.secrets_of_consent(consented(walmart), US, caller)
    walmart.access.revoke()
    with pytest.raises(ConnectionEndedError, match="does not take the seller's consent any more"):
        CONNECTING.client(secrets, US, caller, lambda _: None).standing()


def test_a_consent_that_was_for_a_year_is_said_to_be_over(
    walmart: Walmart, callers: Callers
) -> None:
    caller = callers(LocalLimits())
    secrets = CONNECTING.secrets_of_consent(consented(walmart), US, caller)
    walmart.access.revoke()
    old = {**secrets, "granted_on": "2025-01-01"}
    with pytest.raises(ConnectionEndedError) as ended:
        CONNECTING.client(old, US, caller, lambda _: None).standing()
    assert ended.value.state == "expired"


def test_a_secret_of_ours_that_changed_is_no_sellers_doing(
    walmart: Walmart, callers: Callers
) -> None:
    caller = callers(LocalLimits())
    secrets = CONNECTING.secrets_of_consent(consented(walmart), US, caller)
    walmart.access.app = (walmart.access.app[0], "another")
    with pytest.raises(KeyRefusedError):
        CONNECTING.client(secrets, US, caller, lambda _: None).standing()


def test_a_key_of_his_own_has_no_end_that_walmart_tells(client: Client) -> None:
    standing = client.standing()
    assert standing.refresh_until is None
    assert standing.consent_until is None


def test_where_walmart_tells_no_scopes_none_are_known(walmart: Walmart, client: Client) -> None:
    walmart.faults.add("getTokenDetail", scope_missing, scope_missing)
    assert client.standing().scopes is None


@pytest.mark.parametrize(
    ("typed", "named"),
    [
        ({}, "Client ID"),
        ({"client_id": "0123456789", "client_secret": "two words here"}, "Client Secret"),
        ({"client_id": "short", "client_secret": "0123456789"}, "Client ID"),
        ({"client_id": "0123456789", "client_secret": "0123456789ä"}, "Client Secret"),
    ],
)
def test_what_is_no_key_is_refused_by_its_name_and_not_its_value(
    typed: dict[str, str], named: str
) -> None:
    with pytest.raises(UnconnectableError) as refused:
        CONNECTING.secrets_of_key(typed, US)
    assert named in str(refused.value)
    assert not any(value and value in str(refused.value) for value in typed.values())


def test_a_key_is_taken_without_the_blanks_around_it() -> None:
    typed = {"client_id": " 0123456789\n", "client_secret": "\tabcdefghij "}
    assert CONNECTING.secrets_of_key(typed, US) == {
        "client_id": "0123456789",
        "client_secret": "abcdefghij",
    }


@pytest.mark.parametrize("country", ["CA", "MX"])
def test_outside_the_united_states_it_is_refused_with_the_reason(country: str) -> None:
    channel = Channel(f"walmart-{country.lower()}", country, country, "America/Toronto")
    why = "Walmart reimbursement is available for United States accounts only."
    assert CONNECTING.why_not(channel) == why
    with pytest.raises(UnconnectableError, match="United States accounts only"):
        CONNECTING.secrets_of_key({}, channel)
    assert CONNECTING.why_not(US) == ""


def test_without_an_app_of_ours_there_is_no_consent(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("WALMART_CLIENT_ID", "WALMART_CLIENT_SECRET"):
        monkeypatch.setenv(name, "something")
    walmart_settings.cache_clear()
    assert CONNECTING.why_no_consent() == ""
    monkeypatch.delenv("WALMART_CLIENT_SECRET")
    walmart_settings.cache_clear()
    assert "WALMART_CLIENT_SECRET" in CONNECTING.why_no_consent()
    walmart_settings.cache_clear()


def test_the_sandbox_is_another_host(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WALMART_SANDBOX", "true")
    walmart_settings.cache_clear()
    assert walmart_settings().api_address == "https://sandbox.walmartapis.com"
    walmart_settings.cache_clear()
    monkeypatch.undo()
    assert walmart_settings().api_address == "https://marketplace.walmartapis.com"
    walmart_settings.cache_clear()


def test_sources_name_kinds_that_there_are() -> None:
    assert MARKETPLACES["walmart"].connecting is CONNECTING
    for source in CONNECTING.sources:
        assert {FORMAT_OF[kind].marketplace for kind in source.kinds} <= {"walmart"}
    ordered = {kind for one in CONNECTING.sources if one.how == "report" for kind in one.kinds}
    assert ordered <= {report.kind for report in DELIMITED}


def test_the_members_that_the_client_knows_are_those_of_the_models() -> None:
    assert json.loads(known.FILE.read_text("utf-8")) == known.members()
