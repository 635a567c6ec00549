"""Import report files: land each, then identify what may be claimed, in one transaction."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final

import psycopg
from sqlalchemy import Connection, NestedTransaction, text
from sqlalchemy.exc import DataError, IntegrityError

from services.database.disk import server_folder
from services.database.engine import Database
from services.landing import trouble
from services.landing.harmless import shown_name
from services.landing.land import FileResult, land
from services.landing.read.unpack import Unpacked, unpack
from services.landing.reading_again import ReadAgain, read_again
from services.landing.recognise.kinds import Recognised, recognise
from services.landing.recognise.line_ends import with_told_lines
from services.landing.refusals import ImportRefusedError, RefusedError
from services.landing.rejected import file
from services.landing.rows.parse import REPEATED_HEADER
from services.landing.rows.put_together import PutTogetherError, parts_of
from services.landing.target import Days, Order, Target, find_or_make
from services.marketplaces.contract import ByDay
from services.marketplaces.own_formats import OWN_FORMATS
from services.marketplaces.tables import TENANT_TABLES
from services.naming import normal_name
from services.recovery.changes import set_right
from services.recovery.identify import identify

# What the checks before did not foresee in a file; a database in trouble is another matter.
_FILE_AT_FAULT = (DataError, IntegrityError, psycopg.DataError)

# Fewer make no plan a bad one, and autovacuum hears of them within a minute.
ROWS_THAT_CHANGE_PLANS: Final = 1_000

_AS_FILES: Final = frozenset({".csv", ".txt", ".tsv", ".json", ".gz", ".zip"})

Progress = Callable[[str, int, int], None]  # what is being done, how much of how much


@dataclass(frozen=True)
class ImportResult:
    """What became of every file of an import, in their order."""

    account: str
    channel: str | None
    files: tuple[FileResult, ...]
    read_again: tuple[ReadAgain, ...] = ()  # case rows whose channel has come with this import
    paths: tuple[Path, ...] = ()  # of the files, in the same order: an archive has several

    @property
    def refused(self) -> tuple[FileResult, ...]:
        """The files of which nothing landed."""
        return tuple(file for file in self.files if file.status == "refused")

    @property
    def not_whole(self) -> tuple[FileResult, ...]:
        """The files of which something could not be read, or whose lines do not add up."""
        return tuple(file for file in self.files if file.status != "refused" and not file.is_whole)


# What is done in an import's transaction before anything is changed in it.
First = Callable[[Connection], None]
# What comes true together with an import: the loader's transaction, and what has landed in it.
Then = Callable[[Connection, ImportResult], None]


def import_files(  # noqa: PLR0913  each is named where it is given
    database: Database,
    paths: Sequence[Path],
    *,
    account: str,
    channel: str | None = None,
    asked: Days | None = None,
    orders: Mapping[Path, Order] | None = None,
    first: First | None = None,
    and_then: Then | None = None,
    progress: Progress | None = None,
) -> ImportResult:
    """Land files downloaded by hand; folders are looked into one level deep. A pipe, a
    device, or anything else in them that is no file is refused by name.

    One transaction: a crash at any moment leaves the old state. A refused file costs no other file.
    Where every file is refused, nothing is changed, not even the account is made. Where the
    database is lost on the way, or has no room for the whole, every file is refused for that.
    asked: the days that the reports were asked for, where the person knows; a report then speaks
    for its quiet days too. Without it a report speaks from its first row's day to its last's, and
    so does each of several ledgers in one import. orders: what is known of how single
    files were asked for.
    first, and_then: what is to be done before the import, and what is to come true together with
    it, in its transaction.
    Raises ImportRefusedError, and what these two raise: then nothing has landed.
    """
    files, account = _files(paths), normal_name(account)
    channel = None if channel is None else normal_name(channel)
    tell = progress or (lambda _what, _done, _of: None)
    # Asked now: a server in trouble does not answer.
    run = _Import(
        database,
        account,
        channel,
        asked,
        tell,
        server_folder(database),
        orders or {},
        first,
        and_then,
    )
    try:
        result = run.of(files)
    except trouble.ERRORS as error:
        result = run.after(error, files)
    if sum(one.rows_landed for one in result.files if one.status == "landed") >= (
        ROWS_THAT_CHANGE_PLANS
    ):
        # It has landed, whatever happens now; autovacuum would do the same within a minute.
        with suppress(*trouble.ERRORS):
            database.refresh_statistics(TENANT_TABLES)
    return result


@dataclass
class _Import:
    """One import on its way."""

    database: Database
    account: str
    channel: str | None
    asked: Days | None
    tell: Progress
    server: Path | None  # where it keeps its data, if on this machine
    orders: Mapping[Path, Order]
    first: First | None
    and_then: Then | None
    documents: "list[_Document]" = field(default_factory=list)
    paths: list[Path] = field(default_factory=list)
    transaction: str | None = None  # once nothing but the commit is left
    result: ImportResult | None = None

    def of(self, files: Sequence[Path]) -> ImportResult:
        """Land them and identify, in one transaction."""
        with self.database.loading() as connection:
            if self.first:
                self.first(connection)
            with connection.begin_nested() as everything:
                self.result = self._landed(connection, everything, files)
            if self.and_then:
                self.and_then(connection, self.result)
            self.transaction = trouble.transaction_of(connection)
        return self.result

    def _landed(
        self, connection: Connection, everything: NestedTransaction, files: Sequence[Path]
    ) -> ImportResult:
        target = replace(find_or_make(connection, self.account, self.channel), asked=self.asked)
        if self.asked and len(files) > 1 and _several_ledgers(files, target):
            # Each speaks for days of its own: what was asked for of all of them is not its age.
            target = replace(target, asked_by_day=False)
        for path in files:
            of_file = _ordered(target, self.orders.get(path))
            found = list(_import_file(self.server, connection, of_file, path, self.tell))
            self.documents += found
            self.paths += [path] * len(found)
        results = [part for one in self.documents for part in one.parts]
        again: tuple[ReadAgain, ...] = ()
        if all(result.status == "refused" for result in results):
            everything.rollback()
        elif _changes(target, results):
            self.tell("identifying", 0, 0)
            again = read_again(connection, target)
            _mark_synced(connection, target, results)
            if misread := [one.misread_at for one in results if one.misread_at]:
                set_right(connection, target.account_id, misread)
            identify(connection, target.account_id)
        done = tuple(one.as_one(again) for one in self.documents)
        return ImportResult(self.account, self.channel, done, again, tuple(self.paths))

    def after(self, error: Exception, files: Sequence[Path]) -> ImportResult:
        """What has become of it after the database was in trouble: as a rule nothing."""
        because = trouble.of_import(error, self.server)
        if self.transaction and self.result:
            landed = trouble.has_landed(self.database, self.transaction)
            if landed:
                return self.result
            because = trouble.UNKNOWN if landed is None else because
        for part in (part for one in self.documents for part in one.parts):
            if part.rejected_file:
                file.remove(part.rejected_file)
        refused = (
            FileResult(shown_name(one.name), "refused", refused_because=because) for one in files
        )
        return ImportResult(self.account, self.channel, tuple(refused))


def _ordered(target: Target, order: Order | None) -> Target:
    return target if order is None else replace(target, asked=order.days, made_at=order.at)


def _several_ledgers(files: Sequence[Path], target: Target) -> bool:
    """Whether more than one of the files is a report of which the best reading speaks by day."""
    marketplace = target.channel.marketplace if target.channel else None
    kinds = (kind for path in files for kind in _kinds(path, marketplace))
    return sum(isinstance(kind.report.landing, ByDay) for kind in kinds) > 1


def _kinds(path: Path, marketplace: str | None) -> Iterator[Recognised]:
    """What the documents in a file are; of what will be refused nothing."""
    with suppress(RefusedError):
        for document in unpack(path):
            with suppress(RefusedError):
                yield recognise(document, marketplace)


def _files(paths: Sequence[Path]) -> list[Path]:
    files = [file for path in paths for file in _looked_into(path)]
    if not files:
        raise ImportRefusedError("There is no file to import.")
    return files


def _looked_into(path: Path) -> list[Path]:
    if not path.is_dir():
        return [path]
    try:
        return sorted(one for one in path.iterdir() if one.name[0] != "." and _is_meant(one))
    except OSError as error:
        raise ImportRefusedError(
            f"{shown_name(str(path))} cannot be looked into: {error.strerror}."
        ) from error


def _is_meant(path: Path) -> bool:
    """Whether it is to be imported, or said to be none: all but a folder within a folder.

    A folder that is called as files are is one by mistake.
    """
    return not path.is_dir() or path.suffix.lower() in _AS_FILES


@dataclass(frozen=True)
class _Document:
    """What became of a document: of each download, where several were put together in it."""

    name: str
    parts: tuple[FileResult, ...]
    repeated_headers: int = 0

    def as_one(self, again: Sequence[ReadAgain]) -> FileResult:
        """The result for the whole document, rows that this very import read twice included."""
        parts = tuple(_with(again, self.parts))
        if len(parts) == 1 and parts[0].file == self.name:
            return parts[0]
        because = Counter({REPEATED_HEADER: self.repeated_headers})
        for part in parts:
            because.update(part.passed_over_because)
        has_landed = any(part.status == "landed" for part in parts)
        return replace(
            parts[-1],
            file=self.name,
            status="landed" if has_landed else "already_landed",
            rows_in_file=sum(part.rows_in_file for part in parts) + self.repeated_headers,
            rows_landed=sum(part.rows_landed for part in parts),
            rows_passed_over=because.total(),
            rows_rejected=sum(part.rows_rejected for part in parts),
            passed_over_because={reason: rows for reason, rows in because.items() if rows},
            notes=tuple(f"{part.file}: {note}" for part in parts for note in part.notes),
            is_whole=all(part.is_whole for part in parts),
            landed_at=None if has_landed else parts[-1].landed_at,
        )


def _import_file(
    server: Path | None, connection: Connection, target: Target, path: Path, tell: Progress
) -> Iterator[_Document]:
    try:
        for document in unpack(path):
            yield _land_or_refuse(server, connection, target, document, tell)
    except RefusedError as refusal:
        yield _refused(shown_name(path.name), str(refusal))


def _refused(name: str, because: str) -> _Document:
    return _Document(name, (FileResult(name, "refused", refused_because=because),))


def _land_or_refuse(
    server: Path | None, connection: Connection, target: Target, document: Unpacked, tell: Progress
) -> _Document:
    try:
        [landed] = [_landed(connection, target, it, tell) for it in with_told_lines(document)]
    except RefusedError as refusal:
        return _refused(document.name, str(refusal))
    except _FILE_AT_FAULT as error:
        return _refused(document.name, f"The database says: {trouble.said_by(error)}.")
    except trouble.ERRORS as error:
        if not trouble.is_full(error):
            raise
        return _refused(document.name, trouble.no_room(error, server))
    return landed


def _landed(
    connection: Connection, target: Target, document: Unpacked, tell: Progress
) -> _Document:
    def told(done: int) -> None:
        tell(document.name, done, document.size)

    try:
        with connection.begin_nested():
            return _Document(document.name, (land(connection, target, document, told),))
    except PutTogetherError as several:
        kind, repeated = several.kind, several.repeated_headers
    # As with several files: each speaks for days of its own. If one is refused, all are.
    target = replace(target, asked_by_day=False)
    parts: list[FileResult] = []
    try:
        with connection.begin_nested():
            parts += (land(connection, target, part, told) for part in parts_of(document, kind))
    except BaseException:
        for part in parts:
            if part.rejected_file:
                file.remove(part.rejected_file)
        raise
    return _Document(document.name, tuple(parts), repeated)


def _with(again: Sequence[ReadAgain], results: Sequence[FileResult]) -> Iterator[FileResult]:
    """The results, with what became in the end of rows that this very import read twice."""
    of_document = {one.document_id: one for one in again}
    for result in results:
        one = of_document.get(result.document_id or 0)
        yield _recounted(result, one) if one and result.status == "landed" else result


def _recounted(result: FileResult, again: ReadAgain) -> FileResult:
    because = Counter(result.passed_over_because)
    because.update(again.passed_over_because)
    rejected = result.rows_rejected - again.rows_landed - again.rows_passed_over
    return replace(
        result,
        rows_landed=result.rows_landed + again.rows_landed,
        rows_passed_over=result.rows_passed_over + again.rows_passed_over,
        rows_rejected=rejected,
        is_whole=rejected == 0,
        passed_over_because=dict(because),
    )


def _changes(target: Target, results: Sequence[FileResult]) -> bool:
    new_channel = target.channel is not None and target.channel.is_new
    return new_channel or any(result.status != "refused" for result in results)


def _mark_synced(connection: Connection, target: Target, results: Sequence[FileResult]) -> None:
    if target.channel and any(map(_brings_news, results)):
        connection.execute(
            text(
                "update channel set last_synced_at = now()"
                " where account_id = :account_id and channel_id = :channel_id"
            ),
            {"account_id": target.account_id, "channel_id": target.channel.channel_id},
        )


def _brings_news(result: FileResult) -> bool:
    """Whether a marketplace's file told anything: rows, or that there are none."""
    ours = {report.kind for report in OWN_FORMATS}
    told = result.rows_landed + result.rows_passed_over > 0 or result.is_whole
    return result.status == "landed" and result.kind not in ours and told
