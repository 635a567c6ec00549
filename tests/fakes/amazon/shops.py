"""Amazon's shops, from the product's own list of them."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Final

_LIST: Final = Path(__file__).parents[3] / "services/marketplaces/amazon/marketplaces.json"


@dataclass(frozen=True)
class Shop:
    """One country's."""

    channel: str
    name: str
    country: str
    region: str  # na, eu, fe
    marketplace_id: str
    currency: str
    domain: str


SHOPS: Final = {
    one["code"]: Shop(
        one["code"],
        one["shop"],
        {"UK": "GB"}.get(one["country"], one["country"]),
        one["region"].lower(),
        one["marketplace_id"],
        one["currency"],
        f"www.{one['shop'].lower()}",
    )
    for one in json.loads(_LIST.read_text("utf-8"))["entries"]
}
BY_ID: Final = {shop.marketplace_id: shop for shop in SHOPS.values()}
