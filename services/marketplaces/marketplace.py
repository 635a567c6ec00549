"""One marketplace as one object: whatever the product knows of it stands in its folder."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from services.marketplaces.checklist import ChecklistItem
from services.marketplaces.claim_documents import ClaimDocuments
from services.marketplaces.contract import OtherReport, ReportFormat
from services.marketplaces.rules import MarketplaceRecovery


@dataclass(frozen=True)
class Marketplace:
    """What a marketplace's folder brings; services.marketplaces.registry lists them.

    code, name, icon: how it is written in channels' codes and addresses, said to people, and drawn
    (a Material symbol). first_channel and first_reports: what somebody who has nothing of it yet
    would import first. where_served: what to connect where none of its channels has the service.
    english: how a person gets its reports with English headers. Where its channels are, when claims
    may be filed and what its reports' words mean are the data files beside it.
    """

    code: str
    name: str
    icon: str
    first_channel: str
    first_reports: str
    where_served: str
    formats: tuple[ReportFormat, ...]
    others: tuple[OtherReport, ...]
    english: str
    recovery: MarketplaceRecovery
    checklist: tuple[ChecklistItem, ...]
    claim_documents: tuple[ClaimDocuments, ...]

    def __post_init__(self) -> None:
        """Raises ValueError where a part of it is another marketplace's."""
        if strangers := [one.kind for one in self.formats if one.marketplace != self.code]:
            raise ValueError(f"{self.code} has formats of another marketplace: {strangers}")

    @cached_property
    def identified_subtypes(self) -> frozenset[str]:
        """The subtypes that some rule looks for; of the others only payments are known."""
        return frozenset(rule.subtype for rule in self.recovery.rules)

    def documents_for(self, subtype: str) -> ClaimDocuments | None:
        """What a claim of this subtype needs; None where no source names any."""
        found: Iterator[ClaimDocuments] = (
            each for each in self.claim_documents if subtype in each.subtypes
        )
        return next(found, None)
