"""Amazon's shops: by which id its API knows a channel's, and where its sellers sign in."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Final

_HERE: Final = Path(__file__).parent


@dataclass(frozen=True)
class Shop:
    """One country's."""

    channel: str
    country: str
    region: str
    marketplace_id: str


def _shops() -> dict[str, Shop]:
    entries = json.loads((_HERE / "marketplaces.json").read_text("utf-8"))["entries"]
    return {
        one["code"]: Shop(one["code"], one["country"], one["region"], one["marketplace_id"])
        for one in entries
    }


def _seller_central() -> dict[str, str]:
    told = json.loads((_HERE / "seller_central.json").read_text("utf-8"))
    return {country: one["address"] for one in told["entries"] for country in one["countries"]}


# Every shop by its channel's code.
SHOPS: Final = _shops()
# The address of Seller Central by country.
SELLER_CENTRAL: Final = _seller_central()
