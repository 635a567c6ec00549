"""One marketplace as one object: whatever the product knows of it stands in its folder."""

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from services.marketplaces.asking import Connecting
from services.marketplaces.checklist import ChecklistItem
from services.marketplaces.claim_documents import ClaimDocuments
from services.marketplaces.contract import OtherReport, ReportFormat
from services.marketplaces.rules import MarketplaceRecovery

# A channel is called after it (…-us), and its page too.
_CODE: Final = re.compile("[a-z][a-z0-9]*")


def _twice(names: Iterable[str]) -> list[str]:
    return [name for name, times in Counter(names).items() if times > 1]


@dataclass(frozen=True)
class Marketplace:
    """What a marketplace's folder brings; services.marketplaces.registry lists them.

    code, name, icon: how it is written in channels' codes and addresses, said to people, and drawn
    (a Material symbol). item_number: what it calls its own number of an item. first_channel and
    first_reports: what somebody who has nothing of it yet would import first. where_served: what to
    connect where none of its channels has the service. english: how a person gets its reports with
    English headers. Where its channels are, when claims may be filed and what its reports' words
    mean are the data files beside it. connecting: how it is connected and asked; None: its reports
    come as files only.
    """

    code: str
    name: str
    icon: str
    item_number: str
    first_channel: str
    first_reports: str
    where_served: str
    formats: tuple[ReportFormat, ...]
    others: tuple[OtherReport, ...]
    english: str
    recovery: MarketplaceRecovery
    checklist: tuple[ChecklistItem, ...]
    claim_documents: tuple[ClaimDocuments, ...]
    connecting: Connecting | None = None

    def __post_init__(self) -> None:
        """Raises ValueError where its parts do not fit together, or are another marketplace's."""
        wrong = [
            *(f"format {one.kind}" for one in self.formats if one.marketplace != self.code),
            *([] if _CODE.fullmatch(self.code) else ["code: lower case letters and digits only"]),
            *([] if self.recovery.marketplace == self.code else ["recovery"]),
            *([] if self.first_channel.startswith(f"{self.code}-") else ["first_channel"]),
            *([] if self.recovery.payments_kind in self.kinds else ["payments_kind"]),
            *(f"rule {name}, twice" for name in _twice(r.subtype for r in self.recovery.rules)),
        ]
        if wrong:
            raise ValueError(f"the marketplace {self.code!r} has what is not its own: {wrong}")

    @property
    def kinds(self) -> frozenset[str]:
        """Of its reports."""
        return frozenset(one.kind for one in self.formats)

    @cached_property
    def identified_subtypes(self) -> frozenset[str]:
        """The subtypes that some rule looks for; of the others only payments are known."""
        return frozenset(rule.subtype for rule in self.recovery.rules)

    def documents_for(self, subtype: str) -> ClaimDocuments | None:
        """What a claim of this subtype needs; None where no source names any."""
        return next((each for each in self.claim_documents if subtype in each.subtypes), None)
