"""The addresses of files and calendars: signed, for one person, never a right in themselves.

Whoever asks is looked up again when the file is made: an address opens nothing that the person
could not open in the dashboard at that moment.
"""

from typing import Final

from itsdangerous import BadData
from pydantic import BaseModel, ConfigDict

from services.access import signing
from services.access.viewer import Viewer
from services.database.engine import Database
from services.exports.files import Question
from services.exports.following import Followed
from services.settings import Settings

# A page may stay open over a working day; its buttons must still work in the evening.
_FILE_HOURS: Final = 16


class BadAddressError(LookupError):
    """The address was changed, is not ours, or is too old."""


class Wish(BaseModel):
    """A question, and whose it is."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    person_id: int
    question: Question


class Feed(BaseModel):
    """Which of a person's calendar addresses it is; what it shows is written down by us."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    person_id: int
    account_id: int
    calendar_id: int


def file_address(
    database: Database, chosen: Settings, viewer: Viewer, question: Question, file_name: str
) -> str:
    """The file's path at our server; `file_name` with its ending says in which form."""
    wish = Wish(person_id=viewer.person_id, question=question)
    signer = signing.short_lived(database, chosen, "file")
    token = signer.dumps(wish.model_dump(mode="json", exclude_defaults=True))
    return f"/api/files/{token}/{file_name}{viewer.persona}"


def wish_of(database: Database, chosen: Settings, token: str) -> Wish:
    """What a file's address asks for. Raises BadAddressError."""
    signer = signing.short_lived(database, chosen, "file")
    try:
        return Wish.model_validate(signer.loads(token, max_age=_FILE_HOURS * 3600))
    except (BadData, ValueError) as problem:
        raise BadAddressError("This link does not hold any more.") from problem


def feed_address(database: Database, chosen: Settings, viewer: Viewer, one: Followed) -> str:
    """The whole address to subscribe to. It is signed, so it need not be kept anywhere."""
    wanted = Feed(
        person_id=viewer.person_id, account_id=one.account_id, calendar_id=one.calendar_id
    )
    token = signing.lasting(database, chosen, "calendar").dumps(wanted.model_dump(mode="json"))
    return f"{chosen.origin}/api/calendar/{token}.ics"


def feed_of(database: Database, chosen: Settings, token: str) -> Feed:
    """What a calendar's address asks for. Raises BadAddressError."""
    try:
        return Feed.model_validate(signing.lasting(database, chosen, "calendar").loads(token))
    except (BadData, ValueError) as problem:
        raise BadAddressError("This calendar does not exist.") from problem
