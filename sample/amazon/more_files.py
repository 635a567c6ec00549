"""Amazon's other report files: fee preview, stock, removals, replacements, inbound shipments."""

import json
from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

from sample.amazon.fees import commission_on, fulfilment_fee, price_of, size_of
from sample.amazon.settlements import at_some_time
from sample.model import Market, Product, Removal, Replacement, Shipment, Story
from sample.products import sold_by
from sample.text import Row, columns, comma, plain_tab, save

_FEES_START: Final = columns("""
    sku, fnsku, asin, amazon-store, product-name, product-group, brand, fulfilled-by
""")
_FEES_MIDDLE: Final = columns("""
    your-price, sales-price, longest-side, median-side, shortest-side, length-and-girth,
    unit-of-dimension, item-package-weight, unit-of-weight
""")
_FEES_END: Final = (
    "currency",
    "estimated-fee-total",
    "estimated-referral-fee-per-unit",
    "estimated-variable-closing-fee",
)
AMERICAN_FEES: Final = (
    *_FEES_START,
    *_FEES_MIDDLE,
    "product-size-tier",
    *_FEES_END,
    "estimated-order-handling-fee-per-order",
    "estimated-pick-pack-fee-per-unit",
    "estimated-weight-handling-fee-per-unit",
    "expected-fulfillment-fee-per-unit",
    "estimated-future-fee (Current Selling on Amazon + Future Fulfillment fees)",
    "estimated-future-order-handling-fee-per-order",
    "estimated-future-pick-pack-fee-per-unit",
    "estimated-future-weight-handling-fee-per-unit",
    "expected-future-fulfillment-fee-per-unit",
)
EUROPEAN_FEES: Final = (
    *_FEES_START,
    "has-local-inventory",
    *_FEES_MIDDLE,
    "product-size-weight-band",
    *_FEES_END,
    "expected-domestic-fulfilment-fee-per-unit",
    "expected-efn-fulfilment-fee-per-unit-uk",
    "expected-efn-fulfilment-fee-per-unit-de",
    "expected-efn-fulfilment-fee-per-unit-fr",
    "expected-efn-fulfilment-fee-per-unit-it",
    "expected-efn-fulfilment-fee-per-unit-es",
    "expected-efn-fulfilment-fee-per-unit-se",
)
STOCK_COLUMNS: Final = columns("""
    sku, fnsku, asin, product-name, condition, your-price, mfn-listing-exists,
    mfn-fulfillable-quantity, afn-listing-exists, afn-warehouse-quantity,
    afn-fulfillable-quantity, afn-unsellable-quantity, afn-reserved-quantity, afn-total-quantity,
    per-unit-volume, afn-inbound-working-quantity, afn-inbound-shipped-quantity,
    afn-inbound-receiving-quantity, afn-researching-quantity, afn-reserved-future-supply,
    afn-future-supply-buyable, store
""")
REMOVAL_ORDER_COLUMNS: Final = columns("""
    request-date, order-id, order-type, service-speed, order-status, last-updated-date, sku,
    fnsku, disposition, requested-quantity, cancelled-quantity, disposed-quantity,
    shipped-quantity, in-process-quantity, removal-fee, currency
""")
REMOVAL_SHIPMENT_COLUMNS: Final = columns("""
    request-date, order-id, shipment-date, sku, fnsku, disposition, shipped-quantity, carrier,
    tracking-number, removal-order-type
""")
REMOVAL_RECEIPT_COLUMNS: Final = (
    "order_id",
    "tracking_number",
    "sku",
    "received_on",
    "received_units",
    "damaged_units",
    "note",
)
REPLACEMENT_COLUMNS: Final = columns("""
    shipment-date, sku, asin, fulfillment-center-id, original-fulfillment-center-id, quantity,
    replacement-reason-code, replacement-amazon-order-id, original-amazon-order-id
""")
_POUNDS_IN_GRAMS: Final = Decimal("453.592")
_INCH_IN_CENTIMETRES: Final = Decimal("2.54")
_PAGE: Final = 50


def write_fee_preview(folder: Path, story: Story, markets: Sequence[Market]) -> Path:
    """What Amazon expects to charge per unit: one file for the region's markets."""
    european = markets[0].region == "EU"
    columns = EUROPEAN_FEES if european else AMERICAN_FEES
    cells = [
        _fees(product, market, european=european)
        for market in markets
        for product in sold_by(story.products[market.account], market.channel)
    ]
    rows = [[one.get(name, "--") for name in columns] for one in cells]
    day = f"{story.today - timedelta(days=1)}"
    return save(folder / f"fee-preview_{day}.txt", plain_tab([columns, *rows]))


def _fees(product: Product, market: Market, *, european: bool) -> dict[str, str]:
    price = price_of(product, market)
    commission, fee = commission_on(price), fulfilment_fee(product, market)
    tier, charged = (
        ("product-size-weight-band", "expected-domestic-fulfilment-fee-per-unit")
        if european
        else ("product-size-tier", "expected-fulfillment-fee-per-unit")
    )
    size = size_of(product)
    return _measured(product, market) | {
        "sku": product.sku,
        "fnsku": product.fnsku,
        "asin": product.asin,
        "amazon-store": market.country,
        "product-name": product.title,
        "product-group": product.category,
        "brand": "",
        "fulfilled-by": "Amazon",
        "has-local-inventory": "Yes",
        "your-price": f"{price:.2f}",
        "sales-price": f"{price:.2f}",
        tier: size.european if european else size.american,
        "currency": market.currency,
        "estimated-fee-total": f"{commission + fee:.2f}",
        "estimated-referral-fee-per-unit": f"{commission:.2f}",
        "estimated-variable-closing-fee": "0.00",
        charged: f"{fee:.2f}",
    }


def _measured(product: Product, market: Market) -> dict[str, str]:
    """Inches and pounds in the United States, centimetres and grams elsewhere."""
    size, american = size_of(product), market.country == "US"
    length, weight = (1, 1) if american else (_INCH_IN_CENTIMETRES, _POUNDS_IN_GRAMS)
    sides = [Decimal(side) * length for side in size.sides]
    girth = sides[0] + 2 * (sides[1] + sides[2])
    names = ("longest-side", "median-side", "shortest-side", "length-and-girth")
    return {name: f"{side:.2f}" for name, side in zip(names, (*sides, girth), strict=True)} | {
        "unit-of-dimension": "inches" if american else "centimeters",
        "item-package-weight": f"{Decimal(size.weight) * weight:.2f}",
        "unit-of-weight": "pounds" if american else "grams",
    }


def write_stock(folder: Path, story: Story, market: Market) -> Path:
    """What lies in Amazon's warehouses on the last reported day."""
    products = sold_by(story.products[market.account], market.channel)
    rows = [_stock(product, market, number) for number, product in enumerate(products)]
    return save(folder / f"fba-inventory_{market.last_day}.txt", plain_tab([STOCK_COLUMNS, *rows]))


def _stock(product: Product, market: Market, number: int) -> Row:
    sellable, unsellable, reserved = 40 + 7 * (number % 13), number % 3, 2 + number % 5
    whole = sellable + unsellable + reserved
    return (
        product.sku, product.fnsku, product.asin, product.title, "New",
        f"{price_of(product, market):.2f}", "No", "", "Yes", str(whole), str(sellable),
        str(unsellable), str(reserved), str(whole), "0.04", "0", "0", "0", str(number % 4), "0",
        "0", "",
    )  # fmt: skip


def _iso(market: Market, day: date, number: int) -> str:
    """A moment of a day in the channel's own time, as these reports write it."""
    return at_some_time(market, day, number).isoformat()


def write_removals(folder: Path, story: Story, market: Market) -> list[Path]:
    """Removal orders, and the parcels in which they were sent."""
    removals = sorted(
        (removal for removal in story.removals if removal.market == market),
        key=lambda removal: (removal.requested_on, removal.order_id),
    )
    sent = [removal for removal in removals if removal.shipped_on]
    orders = [REMOVAL_ORDER_COLUMNS, *map(_removal_order, removals)]
    shipments = [REMOVAL_SHIPMENT_COLUMNS, *map(_removal_shipment, sent)]
    return [
        save(folder / f"removal-orders_{market.last_day}.txt", plain_tab(orders)),
        save(folder / f"removal-shipments_{market.last_day}.txt", plain_tab(shipments)),
    ]


def _removal_order(removal: Removal) -> Row:
    market, units = removal.market, str(removal.units)
    disposed, sent = removal.kind == "Disposal", removal.shipped_on is not None
    done = disposed or sent
    updated = (removal.shipped_on or removal.requested_on) + timedelta(days=1)
    return (
        _iso(market, removal.requested_on, removal.units),
        removal.order_id,
        removal.kind,
        "Standard",
        "Completed" if done else "Pending",
        _iso(market, updated, removal.units),
        removal.product.sku,
        removal.product.fnsku,
        "Unsellable",
        units,
        "0",
        units if disposed else "0",
        units if sent else "0",
        "0" if done else units,
        f"{Decimal('0.97') * removal.units:.2f}",
        market.currency,
    )


def _removal_shipment(removal: Removal) -> Row:
    market = removal.market
    return (
        _iso(market, removal.requested_on, removal.units),
        removal.order_id,
        _iso(market, removal.shipped_on or removal.requested_on, removal.units),
        removal.product.sku,
        removal.product.fnsku,
        "Unsellable",
        str(removal.units),
        "UPS_GR_PL",
        removal.tracking,
        removal.kind,
    )


def write_removal_receipts(folder: Path, story: Story, account: str) -> Path:
    """The seller's own count of what arrived of his removals: no marketplace reports it."""
    rows = [
        (
            removal.order_id,
            removal.tracking,
            removal.product.sku,
            f"{removal.arrived_on or ''}",
            str(removal.arrived),
            str(removal.damaged),
            "box torn open" if removal.damaged else "",
        )
        for removal in story.removals
        if removal.market.account == account and removal.arrived is not None
    ]
    content = comma([REMOVAL_RECEIPT_COLUMNS, *rows])
    return save(folder / "removal-receipts.csv", content)


def write_replacements(folder: Path, story: Story, market: Market) -> Path:
    """Units that Amazon sent in place of others."""
    sent = sorted(
        (replacement for replacement in story.replacements if replacement.market == market),
        key=lambda replacement: (replacement.on, replacement.order_id),
    )
    rows = [REPLACEMENT_COLUMNS, *(_replacement(one, number) for number, one in enumerate(sent))]
    return save(folder / f"replacements_{market.last_day}.txt", plain_tab(rows))


def _replacement(sent: Replacement, number: int) -> Row:
    return (
        _iso(sent.market, sent.on, number),
        sent.product.sku,
        sent.product.asin,
        sent.centre,
        sent.market.centres[0],
        "1",
        "136"[number % 3],
        sent.order_id,
        sent.original_order_id,
    )


def write_inbound(folder: Path, story: Story, market: Market) -> list[Path]:
    """FBA shipments and their items, as pages of the Fulfillment Inbound API v0."""
    shipments = sorted(
        (shipment for shipment in story.shipments if shipment.market == market),
        key=lambda shipment: (shipment.created_on, shipment.shipment_id),
    )
    return [
        _pages(folder / "inbound-shipments.json", "ShipmentData", map(_shipment, shipments)),
        _pages(folder / "inbound-shipment-items.json", "ItemData", map(_shipped, shipments)),
    ]


def _pages(path: Path, member: str, objects: Iterable[dict[str, Any]]) -> Path:
    """A list of the pages as the API gave them, each naming the next."""
    whole = list(objects)
    pages = [
        {"payload": {member: whole[start : start + _PAGE], **_next(start, len(whole))}}
        for start in range(0, len(whole), _PAGE)
    ]
    return save(path, f"{json.dumps(pages, indent=1)}\n".encode())


def _next(start: int, count: int) -> dict[str, str]:
    return {"NextToken": f"page-{start + _PAGE}"} if start + _PAGE < count else {}


def _shipment(shipment: Shipment) -> dict[str, Any]:
    created = shipment.created_on
    hour = 8 + len(shipment.product.sku) % 9
    moment = f"{created.month}/{created.day}/{created:%y}, {hour % 12 or 12}:18"
    return {
        "ShipmentId": shipment.shipment_id,
        "ShipmentName": f"FBA ({moment} {'PM' if hour > 11 else 'AM'}) - 1",
        "ShipFromAddress": {
            "Name": shipment.market.account,
            "AddressLine1": "1 Harbour Road",
            "City": "Portland",
            "StateOrProvinceCode": "OR",
            "CountryCode": shipment.market.country,
            "PostalCode": "97203",
        },
        "DestinationFulfillmentCenterId": shipment.centre,
        "ShipmentStatus": shipment.status,
        "LabelPrepType": "SELLER_LABEL",
        "AreCasesRequired": False,
        "BoxContentsSource": "INTERACTIVE",
    }


def _shipped(shipment: Shipment) -> dict[str, Any]:
    return {
        "ShipmentId": shipment.shipment_id,
        "SellerSKU": shipment.product.sku,
        "FulfillmentNetworkSKU": shipment.product.fnsku,
        "QuantityShipped": shipment.shipped,
        "QuantityReceived": shipment.received,
        "QuantityInCase": 0,
        "PrepDetailsList": [],
    }
