"""Which documents a marketplace wants to see with a claim (claim_documents.json in its folder)."""

from datetime import date
from pathlib import Path
from typing import Final

from pydantic import BaseModel, ConfigDict

CLAIM_DOCUMENTS: Final = "claim_documents.json"


class Paper(BaseModel):
    """One document by its name; `detail` says what serves as it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    detail: str


class ClaimDocuments(BaseModel):
    """What a claim of these subtypes needs, and who says so."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    subtypes: frozenset[str]
    documents: tuple[Paper, ...]
    source: str
    confidence: str
    checked_on: date


class _File(BaseModel):
    model_config = ConfigDict(extra="forbid")

    about: str
    entries: tuple[ClaimDocuments, ...]


def read_claim_documents(folder: Path) -> tuple[ClaimDocuments, ...]:
    """Nothing of subtypes of which no source names any. Raises pydantic's ValidationError."""
    said = (folder / CLAIM_DOCUMENTS).read_text("utf-8")
    return _File.model_validate_json(said).entries
