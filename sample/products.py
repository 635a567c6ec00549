"""What the sellers sell: names, costs and codes that a marketplace would accept."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Final

from sample.chance import Chance
from sample.model import Product

# Walmart's contract categories. The first four stand in its schedule of March 2025; the others
# do not, so their rate is unknown and no commission on them can be called too high.
COMPACT: Final = "Appliances - Compact"
APPAREL: Final = "Apparel & Accessories"
BABY: Final = "Baby Products"
CARE: Final = "Beauty, Health & Personal care"
KITCHEN: Final = "Kitchen"
GARDEN: Final = "Home & Garden"

Line = tuple[str, str, str, str, int, str]  # SKU, title, cost, price, popularity, category

NORTHWIND: Final[tuple[Line, ...]] = (
    ("NK-KETTLE-17", "Enamel Kettle 1.7 L – Cream", "14.20", "39.99", 9, KITCHEN),
    ("NK-SKILLET-10", 'Cast Iron Skillet 10.25" Pre-Seasoned', "11.80", "34.99", 9, KITCHEN),
    ("NK-MUG-4", "Café Mug Set – 12 oz, 4 Pack", "9.60", "27.99", 10, KITCHEN),
    ("NK-CREME-6", "Crème Brûlée Ramekins – Set of 6", "7.40", "22.99", 7, KITCHEN),
    ("NK-TORCH", "Kitchen Torch with Safety Lock", "8.90", "24.99", 5, KITCHEN),
    ("NK-KNIFE-8", "Chef's Knife 8\" – German Steel", "16.50", "49.99", 8, KITCHEN),
    ("NK-BOARD-L", "Bamboo Cutting Board – Large", "8.10", "25.99", 8, KITCHEN),
    ("NK-BOWLS-5", "Stainless Mixing Bowls – Set of 5", "12.30", "36.99", 7, KITCHEN),
    ("NK-WHISK", "Balloon Whisk 11 in", "2.40", "10.99", 4, KITCHEN),
    ("NK-SPATULA-3", "Silicone Spatula Set – 3 Piece", "3.60", "13.99", 6, KITCHEN),
    ("NK-GRINDER", "Burr Coffee Grinder 40 mm", "28.40", "79.99", 6, COMPACT),
    ("NK-ESPRESSO-15", "Espresso Machine 15 Bar with Steam Wand", "84.00", "219.99", 3, COMPACT),
    ("NK-BLENDER", "Countertop Blender 1200 W", "36.50", "99.99", 4, COMPACT),
    ("NK-MIXER-5", "Stand Mixer 5 qt – Sage", "118.00", "329.99", 2, COMPACT),
    ("NK-TOASTER-2", "2-Slice Toaster with Bagel Mode", "17.80", "49.99", 5, COMPACT),
    ("NK-GOOSENECK-1", "Electric Gooseneck Kettle 1 L", "24.60", "69.99", 5, COMPACT),
    ("NK-APRON", "Linen Kitchen Apron – Slate", "6.20", "18.99", 5, APPAREL),
    ("NK-MITTS", "Oven Mitts – Quilted Cotton, Pair", "4.10", "14.99", 5, APPAREL),
    ("NK-TODDLER-5", "Toddler Cutlery Set – 5 Piece", "4.80", "16.99", 4, BABY),
    ("NK-BIBS-3", "Silicone Bibs – 3 Pack", "2.60", "9.99", 4, BABY),
    ("NK-SOAP-2", "Dish & Hand Soap Dispenser Set", "5.20", "17.99", 4, CARE),
    ("NK-PRESS-34", "French Press 34 oz – Copper", "10.70", "32.99", 7, KITCHEN),
    ("NK-SCALE", "Digital Kitchen Scale 11 lb", "6.80", "19.99", 7, KITCHEN),
    ("NK-JARS-12", "Glass Spice Jars – Set of 12", "9.10", "26.99", 6, KITCHEN),
    ("NK-ROLL", "Marble Rolling Pin with Stand", "11.20", "29.99", 4, KITCHEN),
    ("NK-SHEET-2", "Baking Sheet Pan – 2 Pack", "9.90", "28.99", 6, KITCHEN),
    ("NK-DUTCH-6", "Enameled Dutch Oven 6 qt – Ocean", "31.00", "89.99", 5, KITCHEN),
    ("NK-THERMO", "Instant-Read Thermometer", "5.60", "18.99", 6, KITCHEN),
    ("NK-BOTTLE-24", "Steel Bottle 24 oz – Matte Black", "6.40", "21.99", 8, KITCHEN),
    ("NK-LUNCH", "Insulated Lunch Box – Navy", "7.70", "23.99", 5, KITCHEN),
    ("NK-MANDO", "Adjustable Mandoline Slicer", "9.30", "29.99", 4, KITCHEN),
    ("NK-PEELER-2", "Swivel Peeler – 2 Pack", "1.90", "8.99", 4, KITCHEN),
    ("NK-TRIVET-4", "Cork Trivets – Set of 4", "3.10", "12.99", 3, KITCHEN),
    ("NK-PEPPER", "Acacia Pepper Mill", "7.90", "24.99", 4, KITCHEN),
    ("NK-MOKA-6", "Moka Pot 6 Cup", "9.80", "28.99", 2, KITCHEN),
    ("NK-CAKE-9", 'Springform Cake Pan 9"', "6.60", "19.99", 2, KITCHEN),
)

BALTIC: Final[tuple[Line, ...]] = (
    ("BO-TENT-2", "Two-Person Trekking Tent – Moss", "46.00", "129.99", 3, GARDEN),
    ("BO-TENT-4", "Family Tent 4 – Sandstone", "78.00", "219.99", 2, GARDEN),
    ("BO-BAG-5", "Sleeping Bag +5 °C – Petrol", "21.50", "59.99", 6, GARDEN),
    ("BO-MAT-5", "Self-Inflating Mat 5 cm", "14.60", "39.99", 6, GARDEN),
    ("BO-STOVE", "Compact Gas Stove", "9.40", "27.99", 7, GARDEN),
    ("BO-POTS-3", "Titanium Cook Set – 3 Piece", "19.80", "54.99", 4, GARDEN),
    ("BO-LAMP", "Rechargeable Camping Lantern", "8.20", "24.99", 8, GARDEN),
    ("BO-HEAD-400", "Head Torch 400 lm", "6.10", "18.99", 8, GARDEN),
    ("BO-FLASK-1L", "Thermos Flask 1 L – Birch", "8.80", "26.99", 8, GARDEN),
    ("BO-DRY-20", "Dry Bag 20 L", "5.30", "16.99", 7, GARDEN),
    ("BO-PACK-40", "Trekking Backpack 40 L – Fjäll", "24.00", "69.99", 5, GARDEN),
    ("BO-PACK-22", "Daypack 22 L – Grün", "13.00", "37.99", 6, GARDEN),
    ("BO-POLES", "Carbon Trekking Poles – Pair", "17.50", "49.99", 5, GARDEN),
    ("BO-HAMMOCK", "Travel Hammock – Lagoon", "7.90", "23.99", 5, GARDEN),
    ("BO-CHAIR", "Folding Camp Chair", "12.40", "34.99", 6, GARDEN),
    ("BO-TABLE", "Roll-Top Camping Table", "16.20", "44.99", 4, GARDEN),
    ("BO-KNIFE", "Folding Knife – Olivewood", "9.70", "27.99", 5, GARDEN),
    ("BO-PONCHO", "Rain Poncho – Größe M–L", "5.90", "19.99", 5, GARDEN),
    ("BO-ROPE-20", "Utility Cord 6 mm × 20 m", "4.40", "14.99", 5, GARDEN),
    ("BO-GAITERS", "Trail Gaiters – Stone", "6.60", "21.99", 4, GARDEN),
    ("BO-COMPASS", "Mirror Compass", "7.20", "22.99", 4, GARDEN),
    ("BO-AXE-38", "Bushcraft Hatchet 38 cm", "15.10", "42.99", 2, GARDEN),
)

MAPLE: Final[tuple[Line, ...]] = (
    ("MH-THROW", "Wool Throw Blanket – Érable", "24.00", "79.99", 5, GARDEN),
    ("MH-CANDLE-3", "Soy Candle Trio", "8.00", "27.99", 6, GARDEN),
    ("MH-VASE", "Stoneware Vase 25 cm", "11.00", "34.99", 4, GARDEN),
    ("MH-CUSHION-2", "Linen Cushion Covers – 2 Pack", "9.00", "29.99", 5, GARDEN),
)

_VALUED_BY_PAYMENTS: Final = frozenset(
    {"NK-LUNCH", "NK-TRIVET-4", "NK-PEPPER", "NK-SOAP-2", "BO-GAITERS", "BO-COMPASS"}
)
_NOT_VALUED: Final = frozenset({"NK-MOKA-6", "NK-CAKE-9", "BO-AXE-38"})
_REPRICED: Final = 5  # every so manieth product had another cost until half a year ago
_REPRICED_DAYS: Final = 180
_COSTS_SINCE_DAYS: Final = 720
_PAID_SHARES: Final = ("1", "1", "1", "0.94", "0.88", "0.82", "1.06")

CENT: Final = Decimal("0.01")
# The seller's own price list for another country: no exchange rate of any day.
_PRICE_LISTS: Final = {
    "USD": Decimal("1"),
    "GBP": Decimal("1"),
    "CAD": Decimal("1.37"),
    "EUR": Decimal("1.17"),
}


def check_digit(digits: str) -> str:
    """The GS1 check digit that completes these digits."""
    weighted = sum(int(digit) * (3, 1)[number % 2] for number, digit in enumerate(reversed(digits)))
    return str(-weighted % 10)


def catalogue(lines: tuple[Line, ...], seed: int) -> tuple[Product, ...]:
    """The products of one account, each with codes of its own."""
    chance = Chance(seed, "products", lines[0][0])
    return tuple(
        _product(line, chance, repriced=number % _REPRICED == 0)
        for number, line in enumerate(lines)
    )


def _product(line: Line, chance: Chance, *, repriced: bool) -> Product:
    sku, title, cost, price, popularity, category = line
    body = f"00{chance.one_of('0678')}{chance.digits(10)}"
    return Product(
        sku=sku,
        fnsku=f"X00{chance.letters(7)}",
        asin=f"B0{chance.letters(8)}",
        gtin=body + check_digit(body),
        item_id=chance.one_of("159") + chance.digits(8),
        title=title,
        cost=Decimal(cost),
        price=Decimal(price),
        popularity=popularity,
        category=category,
        valued_by=_valued_by(sku),
        paid_share=Decimal(chance.one_of(_PAID_SHARES)),
        repriced=repriced,
    )


def _valued_by(sku: str) -> str:
    if sku in _NOT_VALUED:
        return "nothing"
    return "past_payments" if sku in _VALUED_BY_PAYMENTS else "cost_file"


def listed(amount: Decimal, currency: str) -> Decimal:
    """An amount of the account's own currency on the seller's price list of another."""
    return (amount * _PRICE_LISTS.get(currency, Decimal(1))).quantize(CENT)


def costs(product: Product, currency: str, today: date) -> list[tuple[date, Decimal]]:
    """What a unit has cost the seller: since when, how much; the oldest first."""
    now = listed(product.cost, currency)
    since_ever = today - timedelta(days=_COSTS_SINCE_DAYS)
    if not product.repriced:
        return [(since_ever, now)]
    before = (now * Decimal("0.95")).quantize(CENT)
    return [(since_ever, before), (today - timedelta(days=_REPRICED_DAYS), now)]


def cost_on(product: Product, currency: str, today: date, day: date) -> Decimal:
    """The cost in force on a day."""
    return [cost for since, cost in costs(product, currency, today) if since <= day][-1]


def sold_by(products: tuple[Product, ...], channel: str) -> tuple[Product, ...]:
    """Which of an account's products a channel carries."""
    if channel == "amazon-ca":
        return products[::2]
    if channel == "walmart-us":
        return tuple(p for p in products if p.category != KITCHEN or p.popularity > 6)
    return products
