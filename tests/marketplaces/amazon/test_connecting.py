"""Connecting a seller: the consent page, what comes back, a token of the seller's own."""

from urllib.parse import parse_qs, urlsplit

import pytest
import requests

from services.marketplaces.amazon.connecting import CONNECTING, AmazonConnecting
from services.marketplaces.amazon.settings import amazon_settings
from services.marketplaces.amazon.shops import SELLER_CENTRAL, SHOPS
from services.marketplaces.amazon.sources import REPORTS, SOURCES
from services.marketplaces.asking import Channel, Consent, UnconnectableError
from services.marketplaces.registry import FORMAT_OF, MARKETPLACES
from services.settings import SettingsError
from services.transport.refusals import KeyRefusedError
from tests.common.limits import LocalLimits
from tests.fakes.amazon.login import APPLICATION_ID, SELLER
from tests.fakes.amazon.server import FakeAmazon
from tests.marketplaces.amazon.asking import GERMANY

ANSWER_TO = "https://recovery.example.com/connected"


@pytest.fixture
def alone(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """No setting of Amazon's is set."""
    for name in ("APPLICATION_ID", "CLIENT_ID", "CLIENT_SECRET"):
        monkeypatch.delenv(f"AMAZON_{name}", raising=False)
    amazon_settings.cache_clear()
    return monkeypatch


def consented(connecting: AmazonConnecting, address: str) -> Consent:
    """A seller goes to the page and confirms: what the browser brings back."""
    page = requests.get(address, timeout=5).text
    back = page.partition('href="')[2].partition('"')[0].replace("&amp;", "&")
    told = {name: one for name, [one] in parse_qs(urlsplit(back).query).items()}
    assert back.startswith(ANSWER_TO)
    return Consent(told, ANSWER_TO)


def test_a_seller_consents_and_is_connected(fake: FakeAmazon, connecting: AmazonConnecting) -> None:
    address = connecting.consent_address(GERMANY, "a-state", ANSWER_TO)
    consent = consented(connecting, address)
    assert consent.told["state"] == "a-state"
    caller = connecting.caller_of(LocalLimits())
    secrets = connecting.secrets_of_consent(consent, GERMANY, caller)
    assert secrets["seller"] == SELLER
    client = connecting.client(secrets, GERMANY, caller, lambda _unknown: None)
    assert client.standing().countries == {"DE", "UK"}
    assert client.standing().consent_until is not None


def test_a_code_serves_once(fake: FakeAmazon, connecting: AmazonConnecting) -> None:
    consent = consented(connecting, connecting.consent_address(GERMANY, "a", ANSWER_TO))
    caller = connecting.caller_of(LocalLimits())
    connecting.secrets_of_consent(consent, GERMANY, caller)
    with pytest.raises(UnconnectableError, match="once"):
        connecting.secrets_of_consent(consent, GERMANY, caller)


def test_a_code_of_another_address_serves_nobody(
    fake: FakeAmazon, connecting: AmazonConnecting
) -> None:
    told = consented(connecting, connecting.consent_address(GERMANY, "a", ANSWER_TO)).told
    elsewhere = Consent(told, "https://elsewhere.example.com")
    with pytest.raises(UnconnectableError, match="once"):
        connecting.secrets_of_consent(elsewhere, GERMANY, connecting.caller_of(LocalLimits()))


def test_a_changed_secret_is_not_the_seller_s_trouble(
    fake: FakeAmazon, connecting: AmazonConnecting
) -> None:
    consent = consented(connecting, connecting.consent_address(GERMANY, "a", ANSWER_TO))
    fake.login.client_secret = "amzn1.oa2-cs.v1.another"
    with pytest.raises(KeyRefusedError):
        connecting.secrets_of_consent(consent, GERMANY, connecting.caller_of(LocalLimits()))


def test_a_seller_who_does_not_consent(fake: FakeAmazon, connecting: AmazonConnecting) -> None:
    caller = connecting.caller_of(LocalLimits())
    with pytest.raises(UnconnectableError, match="did not consent"):
        connecting.secrets_of_consent(Consent({"state": "a"}), GERMANY, caller)


@pytest.mark.parametrize(
    ("channel", "page"),
    [
        ("amazon-de", "https://sellercentral-europe.amazon.com/apps/authorize/consent"),
        ("amazon-us", "https://sellercentral.amazon.com/apps/authorize/consent"),
        ("amazon-jp", "https://sellercentral.amazon.co.jp/apps/authorize/consent"),
    ],
)
def test_each_country_has_its_page(alone: pytest.MonkeyPatch, channel: str, page: str) -> None:
    alone.setenv("AMAZON_APPLICATION_ID", APPLICATION_ID)
    amazon_settings.cache_clear()
    shop = SHOPS[channel]
    asked = Channel(channel, shop.country, shop.region, "UTC")
    address = CONNECTING.consent_address(asked, "a state", ANSWER_TO)
    assert address.partition("?")[0] == page
    assert parse_qs(urlsplit(address).query) == {
        "application_id": [APPLICATION_ID],
        "state": ["a state"],
        "redirect_uri": [ANSWER_TO],
    }


def test_a_draft_says_so(alone: pytest.MonkeyPatch) -> None:
    alone.setenv("AMAZON_APPLICATION_IS_DRAFT", "true")
    amazon_settings.cache_clear()
    assert CONNECTING.consent_address(GERMANY, "a", ANSWER_TO).endswith("&version=beta")


def test_every_shop_has_a_seller_central() -> None:
    assert {shop.country for shop in SHOPS.values()} == SELLER_CENTRAL.keys()


def test_missing_settings_are_named(alone: pytest.MonkeyPatch) -> None:
    said = "Amazon needs AMAZON_APPLICATION_ID, AMAZON_CLIENT_ID, AMAZON_CLIENT_SECRET."
    assert CONNECTING.why_no_consent() == said


def test_nothing_is_missing(fake: FakeAmazon) -> None:
    assert CONNECTING.why_no_consent() == ""


def test_a_shop_that_is_not_known_cannot_be_connected() -> None:
    assert CONNECTING.why_not(GERMANY) == ""
    assert "amazon-mo" in CONNECTING.why_not(Channel("amazon-mo", "MO", "EU", "UTC"))


def test_a_token_of_the_seller_s_own() -> None:
    [field] = CONNECTING.own_key
    assert field.is_secret
    secrets = CONNECTING.secrets_of_key({field.name: " Atzr|IwEBI-abc \n"}, GERMANY)
    assert secrets["refresh_token"] == "Atzr|IwEBI-abc"


@pytest.mark.parametrize("typed", ["", "Atza|an-access-token", "Atzr|", "Atzr|two parts"])
def test_what_is_no_refresh_token_is_refused_without_being_repeated(typed: str) -> None:
    with pytest.raises(UnconnectableError) as refused:
        CONNECTING.secrets_of_key({"refresh_token": typed}, GERMANY)
    assert "an-access-token" not in str(refused.value)


def test_the_sandbox_is_another_address(alone: pytest.MonkeyPatch) -> None:
    assert amazon_settings().api_address("EU") == "https://sellingpartnerapi-eu.amazon.com"
    alone.setenv("AMAZON_SANDBOX", "true")
    amazon_settings.cache_clear()
    assert amazon_settings().api_address("FE") == "https://sandbox.sellingpartnerapi-fe.amazon.com"


def test_an_address_that_is_none_is_named(alone: pytest.MonkeyPatch) -> None:
    alone.setenv("AMAZON_API_ADDRESS", "sellingpartnerapi")
    amazon_settings.cache_clear()
    with pytest.raises(SettingsError, match="AMAZON_API_ADDRESS"):
        amazon_settings()


def test_every_report_kind_of_amazon_s_is_asked_for_once() -> None:
    asked = [kind for source in SOURCES for kind in source.kinds]
    assert sorted(asked) == sorted(MARKETPLACES["amazon"].kinds)
    assert all(FORMAT_OF[kind].marketplace == "amazon" for kind in asked)


def test_sources_and_reports_belong_together() -> None:
    names = [source.name for source in SOURCES]
    assert len(set(names)) == len(names)
    assert REPORTS.keys() == {one.name for one in SOURCES if one.how in {"report", "listed"}}
    assert all(source.has_days for source in SOURCES if source.how == "pages")
