"""The pages there are, and the way to each."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import streamlit as st
from streamlit.navigation.page import Page

from components.links import Link
from components.page import ACCOUNT
from services.access.rights import Right, Role
from services.access.viewer import Account, Viewer
from services.marketplaces.registry import MARKETPLACES


@dataclass(frozen=True)
class Place:
    """One page: its file below pages/, its address, what it is called, who may open it."""

    file: str
    path: str
    title: str
    icon: str
    right: Right

    def page(self) -> Page:
        """A page belongs to one run of the app: it is made anew in each."""
        return st.Page(f"pages/{self.file}.py", title=self.title, url_path=self.path)

    def link(
        self,
        account: Account,
        label: str = "",
        icon: str = "",
        values: Mapping[str, str] | None = None,
    ) -> Link:
        """The way there with the account; without words of its own, the page's title."""
        query = {ACCOUNT: str(account.account_id), **(values or {})}
        return Link(self.page(), label or self.title, icon, query)


SEE, OWN = Right.SEE_RECOVERY, Right.KEEP_OWN_SETTINGS
OVERVIEW: Final = Place(
    "seller/overview", "overview", "Overview", ":material/space_dashboard:", SEE
)
EXPIRING: Final = Place(
    "seller/expiring", "expiring", "Expiring", ":material/hourglass_bottom:", SEE
)
CASES: Final = Place("seller/case_tracker", "cases", "Case tracker", ":material/folder_open:", SEE)
# One page serves them all; which of them it is, its address says.
OF_MARKETPLACES: Final[dict[str, Place]] = {
    one.code: Place("seller/marketplace", one.code, one.name, f":material/{one.icon}:", SEE)
    for one in MARKETPLACES.values()
}
DISCREPANCY: Final = Place(
    "seller/discrepancy", "discrepancy", "Discrepancy", ":material/find_in_page:", SEE
)
DATA: Final = Place("seller/data", "data", "Data", ":material/database:", SEE)
PORTFOLIO: Final = Place(
    "manager/portfolio", "portfolio", "Portfolio", ":material/groups:", Right.SEE_PORTFOLIO
)
PRESENT: Final = Place(
    "manager/present", "present", "Present", ":material/co_present:", Right.PRESENT
)
REQUESTS: Final = Place(
    "support/requests", "requests", "Activation requests", ":material/inbox:", Right.TRIAGE
)
PEOPLE: Final = Place(
    "operator/people", "people", "People", ":material/manage_accounts:", Right.MANAGE_PEOPLE
)
SETTINGS: Final = Place("everyone/you", "you", "Your settings", ":material/tune:", OWN)

SECTIONS: Final[dict[str, tuple[Place, ...]]] = {
    "Clients": (PORTFOLIO,),
    "Support": (REQUESTS,),
    "Operation": (PEOPLE,),
    "Recovery": (OVERVIEW, EXPIRING, CASES),
    "Marketplaces": tuple(OF_MARKETPLACES.values()),
    "Reports": (DATA,),
}

# The sidebar's pages, and those that only a row, a link or the person's menu leads to.
EVERY: Final = (
    *(place for places in SECTIONS.values() for place in places),
    DISCREPANCY,
    PRESENT,
    SETTINGS,
)

# Where each role begins; of several roles the first counts.
HOMES: Final[dict[Role, Place]] = {
    Role.MANAGER: PORTFOLIO,
    Role.SUPPORT: REQUESTS,
    Role.SELLER: OVERVIEW,
    Role.OPERATOR: PEOPLE,
}


def home_of(viewer: Viewer) -> Place:
    return next(place for role, place in HOMES.items() if role in viewer.person.roles)


def open_to(viewer: Viewer) -> list[Place]:
    """The pages that exist for this viewer: for anybody else they are not there at all."""
    return [place for place in EVERY if viewer.may(place.right)]
