"""The Sellers API: in which shops a seller sells, and with that whether the connection works."""

from datetime import date, timedelta
from typing import Final

from services.marketplaces.amazon.client.answers import each_of, heed, part_of, unknown_word
from services.marketplaces.amazon.client.api import Api
from services.marketplaces.amazon.client.operations import GET_PARTICIPATIONS
from services.marketplaces.amazon.shops import SHOPS
from services.marketplaces.asking import Notice, Secrets, Standing

_PATH: Final = "/sellers/v1/marketplaceParticipations"
_MEMBERS: Final = frozenset({"marketplace", "participation", "storeName"})
# Consent is renewed every 365 days: developer-docs.amazon.com/sp-api, "Renew authorizations".
_CONSENT_HOLDS: Final = timedelta(days=365)


def standing(api: Api, secrets: Secrets, notice: Notice) -> Standing:
    """What the connection may do. Amazon does not say which roles were granted."""
    return Standing(
        seller=secrets.get("seller", ""),
        countries=_countries(api, notice),
        consent_until=consent_until(secrets),
    )


def _countries(api: Api, notice: Notice) -> frozenset[str]:
    told = api.get(GET_PARTICIPATIONS, _PATH)
    heed(told, frozenset({"payload", "errors"}), GET_PARTICIPATIONS.name, notice)
    known = {shop.marketplace_id: shop.country for shop in SHOPS.values()}
    found = set()
    for one in each_of(told, "payload", GET_PARTICIPATIONS.name):
        heed(one, _MEMBERS, GET_PARTICIPATIONS.name, notice)
        marketplace = part_of(one, "marketplace")
        if part_of(one, "participation").get("isParticipating") is not True:
            continue
        country = known.get(str(marketplace.get("id")))
        if country is None:
            unknown_word(marketplace.get("countryCode"), f"{GET_PARTICIPATIONS.name} shop", notice)
        else:
            found.add(country)
    return frozenset(found)


def consent_until(secrets: Secrets) -> date | None:
    """The last day of the seller's consent; None where it is not known when it was given."""
    consented_on = secrets.get("consented_on", "")
    return date.fromisoformat(consented_on) + _CONSENT_HOLDS if consented_on else None
