"""What a row that could not be read still names is read as landed cells are."""

import pytest

from services.landing.recognise.kinds import header_in
from services.landing.rejected.unread import Names, names_of
from tests.common.reports import files

ORDER = "111-2222222-3333333"
CELLS = {
    "return-date": "2026-03-20T18:00:00+00:00",
    "order-id": ORDER,
    "sku": "MUG",
    "asin": "B0AAAAAAA1",
    "fnsku": "X001AAAAAA",
    "quantity": "?",
}
WHOLE = Names(CELLS["return-date"], {ORDER}, {"MUG"}, {"X001AAAAAA"}, {"B0AAAAAAA1"})


def named(**cells: str) -> Names:
    """What a row of the returns names whose quantity could not be read."""
    row = CELLS | {name.replace("_", "-"): cell for name, cell in cells.items()}
    kind = header_in("\t".join(files.RETURNS), 1)
    assert kind
    raw = "\t".join(row.get(name, "") for name in files.RETURNS)
    return names_of(kind, raw, ["quantity"])


def test_marks_around_an_identity_are_no_part_of_its_name() -> None:
    marked = named(
        order_id=f"'{ORDER}", sku="\u200eMUG", fnsku='=""X001AAAAAA""', asin="'B0AAAAAAA1"
    )
    assert marked == named() == WHOLE


def test_a_sku_with_a_point_and_nought_may_be_the_number() -> None:
    assert named(sku="123456.0").skus == {"123456.0", "123456"}


@pytest.mark.parametrize("cell", ["2222222-3333333", f"S{ORDER}", "111-222", "NULL", f"#{ORDER}"])
def test_an_order_that_is_damaged_names_nothing(cell: str) -> None:
    assert named(order_id=cell) == Names(WHOLE.day, set(), {"MUG"}, {"X001AAAAAA"}, {"B0AAAAAAA1"})


@pytest.mark.parametrize(
    ("cells", "orders"),
    [
        ({"order_id": "", "sku": ORDER}, {ORDER}),  # every cell one place to the right
        ({"order_id": "MUG", "sku": "B0AAAAAAA1", "asin": "Mug, white"}, set()),  # to the left
    ],
)
def test_of_a_row_that_has_been_shifted_only_what_is_beyond_doubt_is_named(
    cells: dict[str, str], orders: set[str]
) -> None:
    names = named(**cells)
    assert (names.day, names.orders, names.skus) == ("", orders, set())
