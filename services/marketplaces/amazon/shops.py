"""Amazon's shops: by which id its API knows a channel's, and where its sellers sign in."""

import json
from dataclasses import dataclass
from functools import cache
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


@cache
def shops() -> dict[str, Shop]:
    """Every shop by its channel's code (marketplaces.json)."""
    entries = json.loads((_HERE / "marketplaces.json").read_text("utf-8"))["entries"]
    return {
        one["code"]: Shop(one["code"], one["country"], one["region"], one["marketplace_id"])
        for one in entries
    }


@cache
def seller_central() -> dict[str, str]:
    """The address of Seller Central by country (seller_central.json)."""
    told = json.loads((_HERE / "seller_central.json").read_text("utf-8"))
    return {country: one["address"] for one in told["entries"] for country in one["countries"]}
