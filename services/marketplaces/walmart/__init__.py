"""Walmart: all that the product knows of it; the service is for United States accounts only."""

from pathlib import Path
from typing import Final

from services.marketplaces.checklist import read_checklist
from services.marketplaces.claim_documents import read_claim_documents
from services.marketplaces.marketplace import Marketplace
from services.marketplaces.walmart.connecting import CONNECTING
from services.marketplaces.walmart.recovery import RECOVERY
from services.marketplaces.walmart.report_formats import ENGLISH, FORMATS, OTHERS

_HERE: Final = Path(__file__).parent

MARKETPLACE: Final = Marketplace(
    code="walmart",
    name="Walmart",
    icon="local_shipping",
    item_number="GTIN",
    first_channel="walmart-us",
    first_reports="a payments or WFS inventory report",
    where_served="Connect a Walmart United States channel to see its figures here.",
    formats=FORMATS,
    others=OTHERS,
    english=ENGLISH,
    recovery=RECOVERY,
    checklist=read_checklist(_HERE),
    claim_documents=read_claim_documents(_HERE),
    connecting=CONNECTING,
)
