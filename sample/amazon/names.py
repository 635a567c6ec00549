"""Ids in Amazon's shapes."""

from datetime import date
from typing import Final

from sample.chance import Chance
from sample.model import Market

_POLISH_CENTRES: Final = ("WRO5", "POZ1")


def country_of(market: Market, centre: str) -> str:
    """The ledger's country of a warehouse: some of the German stock lies in Poland."""
    return "PL" if centre in _POLISH_CENTRES else market.country


def order_id(market: Market, chance: Chance) -> str:
    """An order id: 111-1234567-1234567, its first part by region."""
    starts = ("202", "203", "302", "305") if market.region == "EU" else ("111", "112", "113", "114")
    start = "702" if market.country == "CA" else chance.one_of(starts)
    return f"{start}-{chance.digits(7)}-{chance.digits(7)}"


def adjustment_id(chance: Chance, day: date) -> str:
    """The ledger's reference of an adjustment: fourteen digits."""
    return chance.number(20_000_000_000_000, day, 1_000_000)


def plate(chance: Chance) -> str:
    """The licence plate of a returned unit."""
    return f"LPN{chance.letters(11)}"


def shipment_id(chance: Chance) -> str:
    """An FBA shipment id: FBA15 and seven more."""
    return f"FBA15{chance.letters(7)}"


def removal_id(chance: Chance) -> str:
    """A removal order's id, as Seller Central makes it."""
    return chance.letters(10)


def tracking_number(chance: Chance) -> str:
    """A carrier's number."""
    return f"1Z{chance.letters(6)}{chance.digits(10)}"
