"""What a seller prepares on each marketplace."""

import pytest

from services.marketplaces.checklist import ChecklistItem
from services.marketplaces.registry import MARKETPLACES


def checklist(marketplace: str) -> tuple[ChecklistItem, ...]:
    return MARKETPLACES[marketplace].checklist


def test_amazon_asks_for_ten_permissions_each_with_its_level() -> None:
    levels = [item.level for item in checklist("amazon") if item.level]
    assert len(levels) == 10
    assert levels.count("Edit") == 7
    assert levels.count("View") == 3


def test_amazon_starts_with_the_invitation_and_ends_with_the_brand() -> None:
    groups = list(dict.fromkeys(item.group for item in checklist("amazon")))
    assert groups == [
        "Authorized-partner invitation",
        "Permissions in Seller Central",
        "Brand and company",
    ]


def test_walmart_asks_for_settlement_reports() -> None:
    assert checklist("walmart")[0].group == "Settlement reports"


@pytest.mark.parametrize("marketplace", MARKETPLACES)
def test_each_item_says_where_it_was_read(marketplace: str) -> None:
    assert checklist(marketplace)
    assert all(item.source.scheme == "https" for item in checklist(marketplace))
