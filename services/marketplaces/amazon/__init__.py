"""Amazon: all that the product knows of it."""

from pathlib import Path
from typing import Final

from services.marketplaces.amazon.connecting import CONNECTING
from services.marketplaces.amazon.recovery import RECOVERY
from services.marketplaces.amazon.report_formats import ENGLISH, FORMATS, OTHERS
from services.marketplaces.checklist import read_checklist
from services.marketplaces.claim_documents import read_claim_documents
from services.marketplaces.marketplace import Marketplace

_HERE: Final = Path(__file__).parent

MARKETPLACE: Final = Marketplace(
    code="amazon",
    name="Amazon",
    icon="package_2",
    item_number="ASIN",
    first_channel="amazon-us",
    first_reports="a reimbursements or ledger report",
    where_served="Connect an Amazon channel that has the service to see its figures here.",
    formats=FORMATS,
    others=OTHERS,
    english=ENGLISH,
    recovery=RECOVERY,
    checklist=read_checklist(_HERE),
    claim_documents=read_claim_documents(_HERE),
    connecting=CONNECTING,
)
