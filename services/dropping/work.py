"""The worker's part: what people asked to have loaded or taken back, with the rights of now.

The worker alone may write reports, so no page's process has the role that does.
"""

import logging
import time
from dataclasses import dataclass
from typing import Final

from procrastinate import JobContext
from sqlalchemy import Connection, text

from services.access.absent import absent_viewer
from services.access.rights import Right
from services.access.viewer import NotAllowedError, Viewer
from services.database.engine import Database
from services.dropping import before, folder, queries
from services.dropping.asking import DO
from services.dropping.before import NotUndoneError
from services.dropping.queries import ImportRequest
from services.jobs.app import app, database_of
from services.landing import telling
from services.landing.importing import ImportResult, import_files
from services.landing.refusals import ImportRefusedError
from services.landing.target import Order
from services.marketplaces.tables import TENANT_TABLES
from services.recovery.identify import LOCK_ACCOUNT
from services.settings import settings
from wording.numbers import counted

log: Final = logging.getLogger("reimbursement.dropping")

TELL_EVERY_SECONDS: Final = 0.5
NOT_YOURS: Final = "You may not load reports into this account any more."
IS_SAMPLE: Final = "This account is a sample: load your own reports into your own."
BROKEN: Final = "Something is wrong on our side. Nothing of it has landed; drop the files again."
NOT_LAST: Final = (
    "Other reports have landed since: without this import they would have been read otherwise."
)
NOT_LOADED: Final = "It has loaded nothing that could be taken back."


@app.task(name=DO, pass_context=True)
def do(context: JobContext, import_id: int) -> str:
    """Done once, however often it is begun: what came of it is written with the rows."""
    database = database_of(context)
    with database.working() as connection:
        request = queries.request_of(connection, import_id)
    if request is None or request.state != "waiting":
        folder.done_with(import_id)
        return ""
    try:
        said = _undo(database, request) if request.undoes else _load(database, request)
    except (NotAllowedError, ImportRefusedError, NotUndoneError) as refusal:
        said = _refused(database, request, str(refusal))
    except Exception:
        _refused(database, request, BROKEN)
        raise
    finally:
        folder.done_with(import_id)
    return said


@app.periodic(cron="23 * * * *")
@app.task(name="dropping:sweep", queueing_lock="dropping:sweep", pass_context=True)
def sweep(context: JobContext, timestamp: int) -> str:  # noqa: ARG001  each is told its minute
    """Every hour, what was left without a word, and requests that are long over."""
    before.sweep()
    swept = folder.sweep()
    with database_of(context).loading() as connection:
        queries.take_away_old(connection)
    return f"Dropped and left: {swept} taken away." if swept else ""


def _refused(database: Database, request: ImportRequest, reason: str) -> str:
    with database.loading() as connection:
        queries.end(connection, request.import_id, "refused", reason=reason)
    return f"Import {request.import_id}: refused. {reason}"


# Whose it is, as of now --------------------------------------------------------------------


def _account_name(database: Database, request: ImportRequest) -> str:
    """The account that is loaded into. Raises NotAllowedError."""
    viewer = absent_viewer(database, request.person_id)
    # Personas exist without sign-in only, and everybody else with it only.
    if viewer is None or viewer.person.is_local is settings().signs_in:
        raise NotAllowedError(NOT_YOURS)
    if not viewer.may(Right.LOAD_REPORTS):
        raise NotAllowedError(NOT_YOURS)
    return _named(viewer, request)


def _named(viewer: Viewer, request: ImportRequest) -> str:
    """An account that is to be made may have been made since, by an earlier request of theirs."""
    is_new = request.account_id is None and viewer.makes_accounts
    for one in viewer.accounts:
        if one.account_id == request.account_id or (is_new and one.name == request.account_name):
            if one.is_sample:
                raise NotAllowedError(IS_SAMPLE)
            return one.name
    if is_new and request.account_name:
        return request.account_name
    raise NotAllowedError(NOT_YOURS)


# Loading -----------------------------------------------------------------------------------


def _load(database: Database, request: ImportRequest) -> str:
    account = _account_name(database, request)
    paths = folder.handed_over(request.import_id)
    kept = _Kept(request.import_id, account)
    result = import_files(
        database,
        paths,
        account=account,
        channel=request.channel,
        orders={path: Order(days) for path, days in folder.days_asked(request.import_id).items()},
        progress=_Teller(database, request.import_id).tell,
        first=kept.before,
        and_then=kept.after,
    )
    with database.loading() as connection:
        # Where the database was in trouble, nothing was written down with the rows.
        plain = telling.as_plain(result)
        queries.end(connection, request.import_id, "done", result=plain)
    _forget_older(database, request, result)
    return f"Import {request.import_id}: {counted(len(result.files), 'file', 'files')} read."


def _forget_older(database: Database, request: ImportRequest, result: ImportResult) -> None:
    """Only an account's last import can be undone."""
    if not _is_landed(result):
        before.forget(request.import_id)
        return
    with database.working() as connection:
        for import_id in queries.before_it(connection, request.import_id):
            before.forget(import_id)


def _is_landed(result: ImportResult) -> bool:
    return any(one.status == "landed" for one in result.files)


@dataclass(frozen=True)
class _Kept:
    """In the import's transaction: what stood before is kept, and what came of it written down."""

    import_id: int
    account: str

    def before(self, connection: Connection) -> None:
        account_id = queries.account_of(connection, self.account)
        if account_id is not None:
            connection.execute(text(LOCK_ACCOUNT), {"account_id": account_id})
        before.keep(connection, account_id, self.import_id)

    def after(self, connection: Connection, result: ImportResult) -> None:
        account_id = queries.account_of(connection, self.account)
        is_landed = account_id is not None and _is_landed(result)
        queries.end(
            connection,
            self.import_id,
            "done",
            account_id=account_id,
            result=telling.as_plain(result),
            mark=before.mark_of(connection, account_id) if is_landed and account_id else None,
        )


class _Teller:
    """Writes down how far an import is, and not more often than anybody looks."""

    def __init__(self, database: Database, import_id: int) -> None:
        self._database = database
        self._import_id = import_id
        self._told: tuple[str, float] = ("", 0.0)

    def tell(self, what: str, done: int, of_all: int) -> None:
        """Of a file that is read: bytes. The connection is another one than the import's."""
        before_it, at = self._told
        now = time.monotonic()
        if what == before_it and now - at < TELL_EVERY_SECONDS:
            return
        self._told = what, now
        with self._database.working() as connection:
            queries.tell(connection, self._import_id, what, done, of_all)


# Taking back -------------------------------------------------------------------------------


def _undo(database: Database, request: ImportRequest) -> str:
    """All of it in one transaction. Raises NotUndoneError."""
    _account_name(database, request)
    with database.loading() as connection:
        loaded = _loaded(connection, request)
        connection.execute(text(LOCK_ACCOUNT), {"account_id": request.account_id})
        if before.mark_of(connection, request.account_id or 0) != loaded.mark:
            raise NotUndoneError(NOT_LAST)
        before.put_back(connection, request.account_id or 0, loaded.import_id)
        queries.undone(connection, loaded.import_id)
        queries.end(connection, request.import_id, "done")
    before.forget(loaded.import_id)
    database.refresh_statistics(TENANT_TABLES)
    return f"Import {loaded.import_id}: undone."


def _loaded(connection: Connection, request: ImportRequest) -> ImportRequest:
    loaded = queries.request_of(connection, request.undoes or 0)
    same = loaded and (loaded.person_id, loaded.account_id) == (
        request.person_id,
        request.account_id,
    )
    if loaded is None or not same or loaded.mark is None or loaded.undone_at is not None:
        raise NotUndoneError(NOT_LOADED)
    return loaded
