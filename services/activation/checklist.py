"""What the service team needs from a seller on each marketplace (checklists.json)."""

from functools import lru_cache
from pathlib import Path

from pydantic import BaseModel, ConfigDict, HttpUrl

_FILE = Path(__file__).with_name("checklists.json")


class ChecklistItem(BaseModel):
    """One thing to prepare. `level` is the permission to grant in Seller Central.

    `key` is what a request keeps when the item is ticked off: it stays when words change.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    marketplace: str
    key: str
    group: str
    item: str
    detail: str = ""
    level: str | None = None
    source: HttpUrl


class _Checklists(BaseModel):
    model_config = ConfigDict(extra="forbid")

    about: str
    entries: tuple[ChecklistItem, ...]


@lru_cache(maxsize=1)
def _all() -> tuple[ChecklistItem, ...]:
    return _Checklists.model_validate_json(_FILE.read_text("utf-8")).entries


def checklist(marketplace: str) -> list[ChecklistItem]:
    """The items of one marketplace, in the order in which one would prepare them."""
    return [each for each in _all() if each.marketplace == marketplace]
