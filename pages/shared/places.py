"""The pages there are, and the way to each."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import streamlit as st
from streamlit.navigation.page import Page

from components.links import Link
from components.page import ACCOUNT
from services.access.local import Account


@dataclass(frozen=True)
class Place:
    """One page: its file, its address, what it is called."""

    file: str
    path: str
    title: str
    icon: str
    is_first: bool = False

    def page(self) -> Page:
        """A page belongs to one run of the app: it is made anew in each."""
        return st.Page(
            f"pages/seller/{self.file}.py",
            title=self.title,
            url_path=self.path,
            default=self.is_first,
        )

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


OVERVIEW: Final = Place(
    "overview", "overview", "Overview", ":material/space_dashboard:", is_first=True
)
EXPIRING: Final = Place("expiring", "expiring", "Expiring", ":material/hourglass_bottom:")
CASES: Final = Place("case_tracker", "cases", "Case tracker", ":material/folder_open:")
AMAZON: Final = Place("amazon", "amazon", "Amazon", ":material/package_2:")
WALMART: Final = Place("walmart", "walmart", "Walmart", ":material/local_shipping:")
DISCREPANCY: Final = Place("discrepancy", "discrepancy", "Discrepancy", ":material/find_in_page:")
DATA: Final = Place("data", "data", "Data", ":material/database:")

SECTIONS: Final[dict[str, tuple[Place, ...]]] = {
    "Recovery": (OVERVIEW, EXPIRING, CASES),
    "Marketplaces": (AMAZON, WALMART),
    "Reports": (DATA,),
}

# The sidebar's pages, and those that only a row or a link leads to.
EVERY: Final = (*(place for places in SECTIONS.values() for place in places), DISCREPANCY)
