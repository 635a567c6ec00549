"""Bazaar: a marketplace that does not exist, with two reports and two rules."""

from pathlib import Path
from typing import Final

from services.marketplaces.bazaar.recovery import RECOVERY
from services.marketplaces.bazaar.report_formats import FORMATS

from services.marketplaces.checklist import read_checklist
from services.marketplaces.claim_documents import read_claim_documents
from services.marketplaces.marketplace import Marketplace

_HERE: Final = Path(__file__).parent

MARKETPLACE: Final = Marketplace(
    code="bazaar",
    name="Bazaar",
    icon="storefront",
    item_number="stall number",
    first_channel="bazaar-us",
    first_reports="a stock ledger",
    where_served="Connect a Bazaar United States channel to see its figures here.",
    formats=FORMATS,
    others=(),
    english="Set the language of Bazaar to English and download the report again.",
    recovery=RECOVERY,
    checklist=read_checklist(_HERE),
    claim_documents=read_claim_documents(_HERE),
)
