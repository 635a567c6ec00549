"""Which documents a marketplace wants to see with a claim (claim_documents.json)."""

from datetime import date
from functools import lru_cache
from pathlib import Path

from pydantic import BaseModel, ConfigDict

_FILE = Path(__file__).with_name("claim_documents.json")


class Paper(BaseModel):
    """One document by its name; `detail` says what serves as it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    detail: str


class ClaimDocuments(BaseModel):
    """What a claim of these subtypes needs, and who says so."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    marketplace: str
    subtypes: frozenset[str]
    documents: tuple[Paper, ...]
    source: str
    confidence: str
    checked_on: date


class _File(BaseModel):
    model_config = ConfigDict(extra="forbid")

    about: str
    entries: tuple[ClaimDocuments, ...]


@lru_cache(maxsize=1)
def _all() -> tuple[ClaimDocuments, ...]:
    return _File.model_validate_json(_FILE.read_text("utf-8")).entries


def claim_documents(marketplace: str, subtype: str) -> ClaimDocuments | None:
    """None where no source names any."""
    found = (
        each for each in _all() if each.marketplace == marketplace and subtype in each.subtypes
    )
    return next(found, None)
