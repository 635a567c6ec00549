"""A drop on the disk: files as they come in, with what each of them is.

    dropped/<person>/<drop>/<number>/file/<name>, what it is in <number>/seen.json beside it
    loading/<request>/<number>/file/<name>, once the worker has been asked to load them

A file without its seen.json is on its way. No name of a visitor's is more than the last part of a
path, in one line of letters that can be seen.
"""

import json
import os
import shutil
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime
from pathlib import Path
from typing import IO, Final

from services.database.disk import in_words, no_room, room_at
from services.landing.harmless import shown_name
from services.landing.looking import Seen
from services.landing.target import Days
from services.settings import settings

# Several hundred MB are a large seller's ledger of a year; landing has its own bounds for archives.
MOST_BYTES: Final = 1 << 30
MOST_FILES: Final = 500
# Of all that a person has dropped and not loaded, on however many pages.
MOST_BYTES_OF_A_PERSON: Final = 4 << 30
# Left free for everything else on that disk, above what the file itself takes.
SPARE_BYTES: Final = 512 << 20
# A page that was left without a word: its drop goes. So does what no worker ever came for.
LEFT_AFTER_SECONDS: Final = 2 * 3600
FORGOTTEN_AFTER_SECONDS: Final = 30 * 24 * 3600

TOO_LARGE: Final = (
    f"It is larger than {in_words(MOST_BYTES)}. Pack it as zip or gzip, or ask for fewer days in"
    " one report."
)

_DROPPED: Final = "dropped"
_LOADING: Final = "loading"
_FILE: Final = "file"
_SEEN: Final = "seen.json"
_DAYS: Final = ("first", "last", "asked_first", "asked_last")
_LONGEST_NAME: Final = 200  # bytes: file systems take 255
_LOOK_EVERY_BYTES: Final = 16 << 20


class DropRefusedError(Exception):
    """A file is not taken; the message says why, for people."""


class NoRoomError(DropRefusedError):
    """The disk has no room for it."""


@dataclass(frozen=True)
class Drop:
    """What one page of one person holds. name: random, known to that page alone."""

    person_id: int
    name: str

    @property
    def folder(self) -> Path:
        """Where its files are, once there are any."""
        return _of_person(self.person_id) / self.name


@dataclass(frozen=True)
class Dropped:
    """A file that is there whole. size: bytes; path: its name within what was dropped.

    asked: the days that it was asked for at the marketplace, where its person has said them.
    """

    number: int
    path: str
    size: int
    documents: tuple[Seen, ...]
    asked: Days | None = None

    @property
    def is_known(self) -> bool:
        """Whether anything in it can be loaded."""
        return any(one.kind for one in self.documents)

    @property
    def can_be_asked(self) -> bool:
        """Whether its days can be said: of several documents each has days of its own."""
        return [one.can_be_asked for one in self.documents] == [True]

    @property
    def marketplaces(self) -> frozenset[str]:
        """Whose reports are in it; nobody's: kinds of our own."""
        return frozenset(one.marketplace for one in self.documents if one.marketplace)


def _of_person(person_id: int) -> Path:
    return settings().data_directory / _DROPPED / str(int(person_id))


def files(drop: Drop) -> tuple[Dropped, ...]:
    """What is there whole, in the order in which it came."""
    return tuple(_read(number) for number in _numbers(drop.folder) if (number / _SEEN).exists())


def _numbers(folder: Path) -> list[Path]:
    with suppress(FileNotFoundError):
        return sorted((one for one in folder.iterdir() if one.is_dir()), key=lambda p: int(p.name))
    return []


# Coming in ---------------------------------------------------------------------------------


@dataclass
class Arriving:
    """A file on its way to the disk. size: of bytes, as they were announced."""

    number: Path
    path: str
    size: int
    file: IO[bytes]
    written: int = 0

    def write(self, block: bytes) -> None:
        """Raises DropRefusedError where more comes than was announced, or the disk is full."""
        if self.written + len(block) > self.size:
            raise DropRefusedError("More of it came than was announced. Drop it again.")
        looked_at = self.written // _LOOK_EVERY_BYTES
        with _disk_refused():
            self.file.write(block)
        self.written += len(block)
        if self.written // _LOOK_EVERY_BYTES > looked_at:
            _refuse_without_room(0)

    def whole(self) -> Path:
        """All of it is on the disk; where. Raises DropRefusedError."""
        with _disk_refused():
            self.file.close()
        if self.written < self.size:
            raise DropRefusedError("It did not arrive whole. Drop it again.")
        return Path(self.file.name)

    def is_seen_as(self, documents: Iterable[Seen]) -> Dropped:
        """From now on it is one of the drop's files."""
        seen = Dropped(int(self.number.name), self.path, self.size, tuple(documents))
        _write(seen, self.number)
        return seen


@contextmanager
def arriving(drop: Drop, path: str, size: int) -> Iterator[Arriving]:
    """Room for a file of so many bytes; what does not come to be seen leaves nothing behind.

    Raises DropRefusedError.
    """
    _refuse_too_much(drop, size)
    number = _next_number(drop)
    try:
        with _disk_refused():
            (number / _FILE).mkdir(mode=0o700)
            file = (number / _FILE / safe_name(path)).open("xb")
        try:
            yield Arriving(number, shown_name(path), size, file)
        finally:
            with suppress(OSError):  # of what could not be written nothing is needed
                file.close()
    finally:
        if not (number / _SEEN).exists():
            shutil.rmtree(number, ignore_errors=True)


def safe_name(path: str) -> str:
    """The last part of a name that a visitor's browser says, as a file of ours may be called."""
    last = path.replace("\\", "/").rstrip("/").rpartition("/")[2]
    plain = shown_name(last).replace("/", " ").strip()
    short = plain.encode()[:_LONGEST_NAME].decode(errors="ignore")
    return "file" if short in {"", ".", ".."} else short


def _refuse_too_much(drop: Drop, size: int) -> None:
    if size > MOST_BYTES:
        raise DropRefusedError(TOO_LARGE)
    if len(_numbers(drop.folder)) >= MOST_FILES:
        raise DropRefusedError(f"{MOST_FILES} files wait here already. Load them, then drop more.")
    if _bytes_of(drop.person_id) + size > MOST_BYTES_OF_A_PERSON:
        raise DropRefusedError(
            f"With it more than {in_words(MOST_BYTES_OF_A_PERSON)} would wait here."
            " Load what is there, then drop more."
        )
    _refuse_without_room(size)


def _refuse_without_room(size: int) -> None:
    room = room_at(settings().data_directory)
    if room and room.free < size + SPARE_BYTES:
        raise NoRoomError(
            "There is no room for it on the server's disk. Tell whoever runs this dashboard,"
            " then drop it again."
        )


def _bytes_of(person_id: int) -> int:
    sizes = 0
    # Unlike Path.glob, a walk passes over what is left meanwhile.
    for folder, _, names in os.walk(_of_person(person_id)):
        for name in names:
            with suppress(FileNotFoundError):
                sizes += Path(folder, name).stat().st_size
    return sizes


def _next_number(drop: Drop) -> Path:
    """A folder of its own, however many come at once."""
    with _disk_refused():
        drop.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        number = max((int(one.name) for one in _numbers(drop.folder)), default=0)
        while True:
            number += 1
            with suppress(FileExistsError):
                (drop.folder / str(number)).mkdir(mode=0o700)
                return drop.folder / str(number)


@contextmanager
def _disk_refused() -> Iterator[None]:
    """Raises DropRefusedError where the disk does not take what is written."""
    try:
        yield
    except FileNotFoundError as error:
        raise DropRefusedError("The page that it was dropped on was left meanwhile.") from error
    except OSError as error:
        said = "The server cannot keep it. Tell whoever runs this dashboard."
        kind = NoRoomError if no_room(error, settings().data_directory) else DropRefusedError
        raise kind(said) from error


def _write(one: Dropped, number: Path) -> None:
    """Whoever reads meanwhile finds it whole or not at all."""
    documents = [*map(_as_plain, one.documents)]
    asked = one.asked and [day.isoformat() for day in one.asked]
    plain = {"path": one.path, "size": one.size, "documents": documents, "asked": asked}
    with _disk_refused():
        unfinished = number / "seen.unfinished"
        unfinished.write_text(json.dumps(plain), "utf-8")
        unfinished.rename(number / _SEEN)


def _as_plain(seen: Seen) -> dict[str, object]:
    plain = asdict(seen)
    return plain | {name: plain[name] and plain[name].isoformat() for name in _DAYS}


def _read(number: Path) -> Dropped:
    plain = json.loads((number / _SEEN).read_text("utf-8"))
    documents = tuple(
        Seen(**one | {name: _day(one.get(name)) for name in _DAYS}) for one in plain["documents"]
    )
    said = plain.get("asked")  # of an earlier version: not there
    asked = said and (date.fromisoformat(said[0]), date.fromisoformat(said[1]))
    return Dropped(int(number.name), plain["path"], plain["size"], documents, asked)


def _day(written: str | None) -> date | None:
    if written is None:
        return None
    return datetime.fromisoformat(written) if "T" in written else date.fromisoformat(written)


def was_asked(drop: Drop, one: Dropped, days: Days | None) -> None:
    """Its person says which days it was asked for; None: they do not. Raises DropRefusedError."""
    _write(replace(one, asked=days), drop.folder / str(one.number))


# Going -------------------------------------------------------------------------------------


def leave_out(drop: Drop, number: int) -> None:
    """One file goes; where it is gone already, nothing."""
    shutil.rmtree(drop.folder / str(int(number)), ignore_errors=True)


def leave(drop: Drop) -> None:
    """All of it goes: the page was left, or its person begins again."""
    shutil.rmtree(drop.folder, ignore_errors=True)


def sweep() -> int:
    """What was left without a word goes; how many drops that were."""
    dropped = _swept(f"{_DROPPED}/*/*", LEFT_AFTER_SECONDS)
    return dropped + _swept(f"{_LOADING}/*", FORGOTTEN_AFTER_SECONDS)


def _swept(folders: str, seconds: int) -> int:
    old = [one for one in settings().data_directory.glob(folders) if _age(one) > seconds]
    for folder in old:
        shutil.rmtree(folder, ignore_errors=True)
    return len(old)


def _age(folder: Path) -> float:
    """Seconds since anything in it was touched; what goes at this moment is as new as can be."""
    try:
        return time.time() - max(one.stat().st_mtime for one in (folder, *folder.rglob("*")))
    except FileNotFoundError:
        return 0


# To the worker -----------------------------------------------------------------------------


def loading_folder(import_id: int) -> Path:
    """Where an import's files wait for the worker."""
    return settings().data_directory / _LOADING / str(int(import_id))


def hand_over(drop: Drop, wanted: Iterable[Dropped], marketplace: str, import_id: int) -> None:
    """These files are the import's from now on; one that holds another marketplace's reports as
    well waits on for these.
    """
    folder = loading_folder(import_id)
    folder.mkdir(mode=0o700, parents=True)
    for one in wanted:
        here, there = (each / str(one.number) for each in (drop.folder, folder))
        if one.marketplaces - {marketplace}:
            shutil.copytree(here, there, copy_function=os.link)
            left = (each for each in one.documents if each.marketplace not in {marketplace, None})
            _write(replace(one, documents=tuple(left)), here)
        else:
            here.rename(there)


def handed_over(import_id: int) -> list[Path]:
    """The import's files, in the order in which they were dropped."""
    folder = loading_folder(import_id)
    return [file for number in _numbers(folder) for file in sorted((number / _FILE).iterdir())]


def days_asked(import_id: int) -> dict[Path, Days]:
    """Of the import's files those whose person has said which days they were asked for."""
    numbers = [number for number in _numbers(loading_folder(import_id)) if _read(number).asked]
    return {
        file: asked
        for number in numbers
        for file in (number / _FILE).iterdir()
        if (asked := _read(number).asked)
    }


def done_with(import_id: int) -> None:
    """Whoever dropped them has them still: ours go."""
    shutil.rmtree(loading_folder(import_id), ignore_errors=True)
