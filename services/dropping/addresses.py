"""Where a page's browser sends what is dropped: an address of that page alone, signed by us.

It is no right in itself: whoever sends is asked for theirs at every file.
"""

from typing import Final

from itsdangerous import BadData
from pydantic import BaseModel, ConfigDict, Field

from services.access import signing
from services.access.rights import Right
from services.access.viewer import Account, NotAllowedError, Viewer
from services.database.engine import Database
from services.dropping.folder import Drop
from services.settings import Settings

# A page may stay open over a working day.
_HOURS: Final = 16


class BadDropError(LookupError):
    """The address was changed, is not ours, or is too old."""


class _Signed(BaseModel):
    """Whose drop it is, and of the page of which account; 0: of a page without any."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    person_id: int
    account_id: int
    name: str = Field(pattern=r"^[0-9a-f]{32}$")


def drop_address(
    database: Database, chosen: Settings, viewer: Viewer, account: Account | None, drop: Drop
) -> str:
    """The path at our server to which the page's browser sends files."""
    wanted = _Signed(
        person_id=viewer.person_id,
        account_id=account.account_id if account else 0,
        name=drop.name,
    )
    token = signing.short_lived(database, chosen, "drop").dumps(wanted.model_dump())
    return f"/api/dropped/{token}{viewer.persona}"


def drop_of(database: Database, chosen: Settings, viewer: Viewer, token: str) -> Drop:
    """The drop of an address, for the person whose it is and who may still load.

    Raises BadDropError, NotAllowedError.
    """
    signer = signing.short_lived(database, chosen, "drop")
    try:
        wanted = _Signed.model_validate(signer.loads(token, max_age=_HOURS * 3600))
    except (BadData, ValueError) as problem:
        raise BadDropError("This page is too old to drop files on.") from problem
    if wanted.person_id != viewer.person_id:
        raise NotAllowedError("This page is somebody else's.")
    viewer.require(Right.LOAD_REPORTS)
    if wanted.account_id:
        viewer.require_account(wanted.account_id)
    elif not viewer.makes_accounts:
        raise NotAllowedError(f"{viewer.person.name} makes no account.")
    return Drop(viewer.person_id, wanted.name)
