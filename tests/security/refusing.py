"""What people read when the database refuses: a page for it."""

from typing import Final

from psycopg.errors import Error
from sqlalchemy.exc import IntegrityError

from components.states import guarded
from server import failures

SECRET: Final = "duplicate key value violates unique constraint Qbuffalo"


def _refusal() -> IntegrityError:
    return IntegrityError(
        "insert into call values ('Qbuffalo')", {"sku": "Qbuffalo"}, Error(SECRET)
    )


def show_refusal() -> None:
    """A page that breaks, and a part of a page that does."""
    with guarded("This part", failures.report):
        raise _refusal()
    failures.on_script_error(_refusal())
