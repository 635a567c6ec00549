"""From a path to the text files in it: gzip and zip are recognised by their first bytes.

Contents stream into nameless scratch files, which vanish with the process. A document's identity
is the SHA-256 of its unpacked content, so neither name nor compression makes it another one.
"""

import errno
import gzip
import hashlib
import io
import os
import stat
import tempfile
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from threading import Lock
from typing import IO, Final

from services.database.disk import no_room
from services.landing.harmless import shown_name
from services.landing.read.encoding import Probe, Script
from services.landing.refusals import RefusedError
from services.settings import settings

_BLOCK: Final = 1 << 20
_GZIP: Final = b"\x1f\x8b"
_ZIP: Final = (b"PK\x03\x04", b"PK\x05\x06")
# Limits against archives made to fill a disk. Report text packs about 10 to 30 times; 4 GiB are
# about 20 million ledger rows. Plain files have no limit.
MOST_UNPACKED_BYTES = 4 << 30
MOST_RATIO = 250
RATIO_MATTERS_FROM = 64 << 20
MOST_MEMBERS = 1000
MOST_LAYERS = 3

WORKBOOK: Final = (
    "This is an Excel workbook or another spreadsheet. A spreadsheet changes what it opens:"
    " ids lose digits (6.45398E+11) and the zeros before them, dates are turned around, and to save"
    " it as CSV keeps the damage. Import the file as the marketplace delivered it, unopened."
)
_OF_A_WORKBOOK: Final = ("[Content_Types].xml", "content.xml")
_OLD_WORKBOOK: Final = b"\xd0\xcf\x11\xe0"

# The last: a name within says that it is UTF-8, and is not.
_DAMAGED: Final = (
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    gzip.BadGzipFile,
    UnicodeDecodeError,
)


@dataclass(frozen=True)
class Unpacked:
    """One document's content, in a scratch file that several readers may share."""

    name: str
    compression: str
    size: int
    checksum: str
    script: Script
    _file: IO[bytes]
    _lock: Lock = field(default_factory=Lock)

    def read_at(self, offset: int, size: int) -> bytes:
        """Bytes from a position in the content; the CSV reader asks from a thread of its own."""
        with self._lock:
            self._file.seek(offset)
            return self._file.read(size)


def of_text(name: str, said: str) -> Unpacked:
    """A document of text that was read from one before."""
    content = said.encode()
    digest = hashlib.sha256(content).hexdigest()
    script = Script("utf-8", readable=True, old_mac_lines=False)
    return Unpacked(name, "none", len(content), digest, script, io.BytesIO(content))


def rewritten(document: Unpacked, lines: Iterable[bytes], *, ended: bool) -> Iterator[Unpacked]:
    """A document of these lines of another one, as UTF-8. ended: a line end is behind the last."""
    for copy in _copied(document.name, document.compression, _blocks(lines, ended=ended)):
        # A letter that was lost before the lines were decoded is still told from other bytes.
        yield replace(copy, script=replace(copy.script, mixed=document.script.mixed))


def _blocks(lines: Iterable[bytes], *, ended: bool) -> Iterator[bytes]:
    block = bytearray()
    for line in lines:
        block += line + b"\n"
        if len(block) > 2 * _BLOCK:
            yield bytes(block[:_BLOCK])
            del block[:_BLOCK]
    yield bytes(block if ended else block.removesuffix(b"\n"))


def unpack(path: Path) -> Iterator[Unpacked]:
    """Each document in the file, in order; its content is gone when the next one is asked for.

    Raises RefusedError.
    """
    try:
        with _opened(path) as packed:
            before = os.fstat(packed.fileno())
            for document in _documents(shown_name(path.name), packed, ()):
                _refuse_changed(before, os.fstat(packed.fileno()))
                yield document
    except OSError as error:
        raise RefusedError(_unreadable(error)) from error


# What is no file, by what the system calls it. To open one may wait for ever, or start something.
_NO_FILES: Final = (
    (stat.S_ISFIFO, "a pipe: whoever fills it may never end"),
    (stat.S_ISSOCK, "a socket"),
    (stat.S_ISCHR, "a device"),
    (stat.S_ISBLK, "a device"),
    (stat.S_ISDIR, "a folder"),
)
_UNREADABLE: Final = {
    errno.ENOENT: " It is gone, or a link that leads nowhere.",
    errno.ELOOP: " It is a link that leads back to itself.",
    errno.EACCES: " Give the user of this program the right to.",
    errno.EPERM: " Give the user of this program the right to.",
}


def _opened(path: Path) -> IO[bytes]:
    """The file, opened without waiting for anybody. Raises OSError, RefusedError."""
    _refuse_no_file(path.stat())
    # What stands there may have been exchanged since: asked again of what was opened.
    opened = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    try:
        _refuse_no_file(os.fstat(opened))
        return os.fdopen(opened, "rb")
    except BaseException:
        os.close(opened)
        raise


def _refuse_no_file(status: os.stat_result) -> None:
    if stat.S_ISREG(status.st_mode):
        return
    named = (words for is_one, words in _NO_FILES if is_one(status.st_mode))
    raise RefusedError(
        f"It is {next(named, 'no file')}. Save what it holds as a file, and import that."
    )


def _refuse_changed(before: os.stat_result, after: os.stat_result) -> None:
    if (before.st_size, before.st_mtime_ns) != (after.st_size, after.st_mtime_ns):
        raise RefusedError(
            "It changed while it was read: somebody is still writing it."
            " Import it again once it is complete."
        )


def _unreadable(error: OSError) -> str:
    way_out = _UNREADABLE.get(error.errno or 0, "")
    return f"It cannot be read: {error.strerror or error}.{way_out}"


def _documents(name: str, file: IO[bytes], layers: tuple[str, ...]) -> Iterator[Unpacked]:
    first = file.read(4)
    file.seek(0)
    if len(layers) > MOST_LAYERS:
        raise RefusedError(f"It is packed more than {MOST_LAYERS} times over.")
    if first.startswith(_OLD_WORKBOOK):
        raise RefusedError(WORKBOOK)
    if first.startswith(_GZIP):
        yield from _gunzipped(name, file, layers)
    elif first.startswith(_ZIP):
        yield from _members(name, file, layers)
    else:
        yield from _plain(name, file, layers)


def _plain(name: str, file: IO[bytes], layers: tuple[str, ...]) -> Iterator[Unpacked]:
    # Copied even when nothing is packed: a file that is still being written to must not change
    # between the passes over it.
    yield from _copied(name, "+".join(layers) or "none", _blocks_of(file, _size(file)))


def _blocks_of(file: IO[bytes], size: int) -> Iterator[bytes]:
    """So much of a file as it had when it was opened: one that grows all the time has no end."""
    while size > 0 and (block := file.read(min(_BLOCK, size))):
        size -= len(block)
        yield block


def _copied(name: str, packed_as: str, blocks: Iterable[bytes]) -> Iterator[Unpacked]:
    with _scratch() as content:
        digest, probe, size = hashlib.sha256(), Probe(), 0
        for block in blocks:
            _write(content, block)
            digest.update(block)
            probe.feed(block)
            size += len(block)
        _write(content, b"", flush=True)
        yield Unpacked(name, packed_as, size, digest.hexdigest(), probe.script(), content)


def _gunzipped(name: str, file: IO[bytes], layers: tuple[str, ...]) -> Iterator[Unpacked]:
    packed_size = _size(file)
    with _scratch() as content:
        with _damage_refused(), gzip.open(file) as stream:
            _spill(stream, content, packed_size)
        content.seek(0)
        yield from _documents(name, content, (*layers, "gzip"))


def _members(name: str, file: IO[bytes], layers: tuple[str, ...]) -> Iterator[Unpacked]:
    with _damage_refused():
        archive = zipfile.ZipFile(file)
    members = [member for member in archive.infolist() if _holds_data(member)]
    _check_members(members)
    for member in members:
        shown = name if len(members) == 1 else f"{name}/{shown_name(member.filename)}"
        with _scratch() as content:
            with _damage_refused(), archive.open(member) as stream:
                _spill(stream, content, member.compress_size)
            content.seek(0)
            yield from _documents(shown, content, (*layers, "zip"))


def _holds_data(member: zipfile.ZipInfo) -> bool:
    hidden = member.filename.startswith("__MACOSX/") or Path(member.filename).name.startswith(".")
    return not member.is_dir() and not hidden


def _check_members(members: list[zipfile.ZipInfo]) -> None:
    if not members:
        raise RefusedError("The archive is empty.")
    if len(members) > MOST_MEMBERS:
        raise RefusedError(f"The archive holds more than {MOST_MEMBERS} files.")
    if any(member.filename in _OF_A_WORKBOOK for member in members):
        raise RefusedError(WORKBOOK)
    if any(member.flag_bits & 1 for member in members):
        raise RefusedError("The archive is locked by a password.")


def _spill(stream: IO[bytes] | gzip.GzipFile, content: IO[bytes], packed_size: int) -> None:
    size = 0
    while block := stream.read(_BLOCK):
        size += len(block)
        too_dense = size > RATIO_MATTERS_FROM and size > MOST_RATIO * max(packed_size, 1)
        if size > MOST_UNPACKED_BYTES or too_dense:
            raise RefusedError(
                "The archive unpacks to far more than reports do; it was not "
                "unpacked further. Unpack it yourself if it is right."
            )
        _write(content, block)
    _write(content, b"", flush=True)


def _size(file: IO[bytes]) -> int:
    size = file.seek(0, 2)
    file.seek(0)
    return size


def _folder() -> Path:
    return settings().data_directory / "scratch"


@contextmanager
def _scratch() -> Iterator[IO[bytes]]:
    with _room_refused():
        _folder().mkdir(parents=True, exist_ok=True)
        content = tempfile.TemporaryFile(dir=_folder())  # noqa: SIM115  closed below
    try:
        yield content
    finally:
        with suppress(OSError):  # of what could not be written any more nothing is needed
            content.close()


def _write(content: IO[bytes], block: bytes, *, flush: bool = False) -> None:
    with _room_refused():
        content.write(block)
        if flush:
            content.flush()


@contextmanager
def _room_refused() -> Iterator[None]:
    """Raises RefusedError where a scratch file cannot be written."""
    try:
        yield
    except OSError as error:
        said = f"The folder {_folder()} cannot be written to: {error.strerror}."
        raise RefusedError(no_room(error, _folder()) or said) from error


@contextmanager
def _damage_refused() -> Iterator[None]:
    try:
        yield
    except (*_DAMAGED, NotImplementedError) as error:
        raise RefusedError(f"The archive is damaged or cut off: {error}.") from error
