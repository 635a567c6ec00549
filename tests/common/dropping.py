"""Report files as a page drops them, and the worker that loads them."""

from collections.abc import Mapping

from sqlalchemy import text

from services.access.viewer import Viewer
from services.database.engine import Database
from services.dropping import asking
from services.dropping.asking import Into
from services.dropping.folder import Drop, Dropped, arriving
from services.dropping.looking import look_at
from services.dropping.queries import ImportRequest
from services.marketplaces.tables import SECURED_TABLES
from tests.common.working import said_by_a_worker


def dropped(database: Database, drop: Drop, files: Mapping[str, bytes]) -> list[Dropped]:
    """The files as the server takes them in."""
    return [_one(database, drop, path, content) for path, content in files.items()]


def _one(database: Database, drop: Drop, path: str, content: bytes) -> Dropped:
    with arriving(drop, path, len(content)) as arrived:
        arrived.write(content)
        return look_at(database, drop.person_id, arrived)


def loaded(
    database: Database, viewer: Viewer, into: Into, files: Mapping[str, bytes]
) -> ImportRequest:
    """Dropped, asked for and done by a worker."""
    drop = asking.new_drop(viewer)
    dropped(database, drop, files)
    return done(database, viewer, asking.load(database, viewer, drop, into))


def done(database: Database, viewer: Viewer, import_id: int) -> ImportRequest:
    """What came of a request, after a worker has done what is due."""
    said_by_a_worker(database)
    standing = asking.standing(database, viewer, None)
    assert standing.request is not None
    assert standing.request.import_id == import_id
    return standing.request


def everything(database: Database) -> dict[str, list[str]]:
    """Every row of every account, table by table, as text."""
    with database.owning() as connection:
        return {
            table: sorted(connection.execute(text(f"select t::text from {table} t")).scalars())
            for table in SECURED_TABLES
        }
