"""What the service team needs from a seller on a marketplace (checklist.json in its folder)."""

from pathlib import Path
from typing import Final

from pydantic import BaseModel, ConfigDict, HttpUrl

CHECKLIST: Final = "checklist.json"


class ChecklistItem(BaseModel):
    """One thing to prepare. `level` is the permission to grant in the marketplace's own portal.

    `key` is what a request keeps when the item is ticked off: it stays when words change.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    key: str
    group: str
    item: str
    detail: str = ""
    level: str | None = None
    source: HttpUrl


class _Checklist(BaseModel):
    model_config = ConfigDict(extra="forbid")

    about: str
    entries: tuple[ChecklistItem, ...]


def read_checklist(folder: Path) -> tuple[ChecklistItem, ...]:
    """The items in the order in which one would prepare them. Raises pydantic's ValidationError."""
    said = (folder / CHECKLIST).read_text("utf-8")
    return _Checklist.model_validate_json(said).entries
