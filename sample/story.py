"""The whole story of the sample world, from a seed and a day."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date, timedelta
from itertools import chain, count
from typing import Final

from sample.amazon.story import tell_amazon
from sample.case_references import with_references
from sample.chance import DAYS, Thing
from sample.model import Chapter, Market, Product, Story
from sample.products import BALTIC, MAPLE, NORTHWIND, catalogue, sold_by
from sample.walmart.story import tell_sales_only, tell_walmart

KITCHEN: Final = "Northwind Kitchen"
OUTDOOR: Final = "Baltic Outdoor"
HOME: Final = "Maple Home"

_STALE_DAYS: Final = 16  # one channel's reports stop so long before today
_HOME_DAYS: Final = 42  # the small account has just begun: three payment periods

_AMERICAN: Final = ("ABE8", "LEX1", "PHX7", "ONT8", "MDW2", "TEB9", "IND9", "FTW1", "SBD1", "RIC2")
_CANADIAN: Final = ("YYZ4", "YVR2", "YOW1", "YYC1")
_BRITISH: Final = ("BHX4", "LTN4", "MAN1", "EDI4", "LBA4")
_GERMAN: Final = ("DTM2", "LEJ1", "HAM2", "FRA3", "BER3")
_WALMART: Final = ("ATL1", "DFW2", "PHL5")


def build_story(today: date, seed: int, channels: Sequence[Market] = ()) -> Story:
    """What truly happened to the three sellers: the same for the same day and seed.

    Other channels than the world's own make another, smaller world of the same sellers.
    """
    numbers = count(1)
    products = {
        KITCHEN: catalogue(NORTHWIND, seed),
        OUTDOOR: catalogue(BALTIC, seed),
        HOME: catalogue(MAPLE, seed),
    }
    channels = tuple(channels or markets(today))
    chapters = [_tell(market, products, seed, today, numbers) for market in channels]
    return with_references(_bound(today, channels, products, chapters))


def markets(today: date) -> Iterator[Market]:
    """Every channel of the world, with the days its reports cover."""
    first, last = today - timedelta(days=DAYS), today - timedelta(days=1)
    pacific, toronto = "America/Los_Angeles", "America/Toronto"
    us = Market(
        KITCHEN,
        "amazon-us",
        "NA",
        "US",
        "USD",
        pacific,
        _AMERICAN,
        100,
        first,
        last,
        settlements=18,
    )
    yield us
    yield replace(
        us,
        channel="amazon-ca",
        country="CA",
        currency="CAD",
        centres=_CANADIAN,
        share=16,
        last_day=today - timedelta(days=_STALE_DAYS),
        served=False,
        settlements=8,
    )
    yield replace(us, channel="walmart-us", region="US", centres=_WALMART, settlements=0)
    uk = replace(
        us,
        account=OUTDOOR,
        channel="amazon-uk",
        region="EU",
        country="GB",
        currency="GBP",
        zone="Europe/London",
        centres=_BRITISH,
        share=22,
        settlements=10,
    )
    yield uk
    yield replace(
        uk,
        channel="amazon-de",
        country="DE",
        currency="EUR",
        zone="Europe/Berlin",
        centres=_GERMAN,
        share=26,
        served=False,
    )
    yield Market(
        HOME,
        "walmart-ca",
        "CA",
        "CA",
        "CAD",
        toronto,
        ("YYZ1",),
        20,
        today - timedelta(days=_HOME_DAYS),
        last,
        served=False,
    )


def _tell(
    market: Market,
    products: dict[str, tuple[Product, ...]],
    seed: int,
    today: date,
    numbers: Iterator[int],
) -> Chapter:
    sold = sold_by(products[market.account], market.channel)
    if market.is_amazon:
        return tell_amazon(market, sold, seed, today, numbers)
    if market.country == "US":
        return tell_walmart(market, sold, seed, today, numbers)
    return tell_sales_only(market, sold, seed, today)


def _bound(
    today: date,
    channels: tuple[Market, ...],
    products: dict[str, tuple[Product, ...]],
    chapters: list[Chapter],
) -> Story:
    return Story(
        today=today,
        markets=channels,
        products=products,
        losses=_all(chapter.losses for chapter in chapters),
        finds=_all(chapter.finds for chapter in chapters),
        payments=_all(chapter.payments for chapter in chapters),
        cases=_all(chapter.cases for chapter in chapters),
        movements=_all(chapter.movements for chapter in chapters),
        returns=_all(chapter.returns for chapter in chapters),
        orders=_all(chapter.orders for chapter in chapters),
        refunds=_all(chapter.refunds for chapter in chapters),
        replacements=_all(chapter.replacements for chapter in chapters),
        shipments=_all(chapter.shipments for chapter in chapters),
        removals=_all(chapter.removals for chapter in chapters),
        inbound=_all(chapter.inbound for chapter in chapters),
        stock=_all(chapter.stock for chapter in chapters),
        sales=_all(chapter.sales for chapter in chapters),
        return_orders=_all(chapter.return_orders for chapter in chapters),
        log=_all(chapter.log for chapter in chapters),
        charges=_all(chapter.charges for chapter in chapters),
    )


def _all(lists: Iterable[list[Thing]]) -> tuple[Thing, ...]:
    return tuple(chain.from_iterable(lists))
