"""What stands over the columns of files: of several lists here, all others with their list."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final, TypeAlias, TypeVar

from services.marketplaces.labels import ANY_ITEM_NUMBER

Row = TypeVar("Row")

Cell: TypeAlias = str | int | Decimal | date | None  # a moment is a date too


@dataclass(frozen=True)
class Heading:
    """`width`: of the column in a sheet, in characters; None: as the words need."""

    words: str
    width: int | None = None


# A column of a list: what stands over it, and what stands in it.
Columns: TypeAlias = Sequence[tuple[Heading, Callable[[Row], Cell]]]

WHERE: Final = Heading("Marketplace")
TYPE: Final = Heading("Type")
WHAT: Final = Heading("What", 30)
SKU: Final = Heading("SKU", 20)
FNSKU: Final = Heading("FNSKU")
ITEM_NUMBER: Final = Heading(ANY_ITEM_NUMBER)
TITLE: Final = Heading("Title", 40)
CASE: Final = Heading("Case", 18)
DAYS_LEFT: Final = Heading("Days left", 10)
LAST_DAY: Final = Heading("Last day")
STATUS: Final = Heading("Status", 22)
UNITS: Final = Heading("Units")
AMOUNT: Final = Heading("Amount")
CURRENCY: Final = Heading("Currency")
BASIS: Final = Heading("Basis", 34)
