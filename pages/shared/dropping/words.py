"""Dropped files and imports in words: answers in, what is drawn out."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Final
from zoneinfo import ZoneInfo

from components.dropping import Found
from services.dropping.folder import Dropped
from services.dropping.queries import ImportRequest
from services.landing import telling
from services.landing.land import FileResult
from services.landing.looking import Seen
from services.marketplaces.labels import marketplace_label, report_label
from wording.days import days_between
from wording.numbers import counted, plain_number, them

IDENTIFYING: Final = "identifying"  # services.landing.importing tells this step by this word


def found(one: Dropped, time_zone: str) -> Found:
    """One line a file; an archive says what is in it. Moments become days in this zone."""
    days = _days(one.documents, time_zone)
    rows = sum(each.rows for each in one.documents if each.kind)
    return Found(
        str(one.number),
        one.path,
        "\n".join(_what(one.documents)),
        days_between(*days) if days else "",
        plain_number(rows) if one.is_known else "",
    )


def _what(documents: Sequence[Seen]) -> Iterator[str]:
    kinds = Counter(each.kind for each in documents if each.kind)
    for kind, times in kinds.items():
        files = f" ({counted(times, 'file', 'files')})" if len(documents) > 1 else ""
        yield f"{report_label(kind)}{files}"
    for each in documents:
        if not each.kind:
            name = f"{each.name}: " if len(documents) > 1 else ""
            yield f"{name}Cannot be loaded. {each.refused_because}"


def _days(documents: Sequence[Seen], time_zone: str) -> tuple[date, date] | None:
    firsts = [_day(each.first, time_zone) for each in documents if each.first]
    lasts = [_day(each.last, time_zone) for each in documents if each.last]
    return (min(firsts), max(lasts)) if firsts and lasts else None


def _day(said: date, time_zone: str) -> date:
    return said.astimezone(ZoneInfo(time_zone)).date() if isinstance(said, datetime) else said


def left_for_others(files: Sequence[Dropped], marketplace: str) -> str:
    """Files of other marketplaces wait for a channel of theirs; nothing is said where none does."""
    others = Counter(
        name for one in files if one.is_known for name in one.marketplaces - {marketplace}
    )
    if not others:
        return ""
    said = ", ".join(
        f"{counted(count, 'file', 'files')} of {marketplace_label(name)}"
        for name, count in others.items()
    )
    return f"{said}: load {them(others.total())} next, for a channel of its own marketplace."


def main_marketplace(files: Sequence[Dropped], otherwise: str) -> str:
    """Whose most of the files are."""
    times = Counter(name for one in files if one.is_known for name in sorted(one.marketplaces))
    return times.most_common(1)[0][0] if times else otherwise


def progress(request: ImportRequest) -> tuple[str, float | None]:
    """What the worker does just now, and how much of it is done."""
    if request.undoes:
        return "The import is being undone", None
    if request.doing is None:
        return f"{counted(request.files, 'file waits', 'files wait')} to be read", None
    if request.doing == IDENTIFYING:
        return "Everything is read. What may be claimed is worked out", None
    share = min(1.0, (request.done or 0) / request.of_all) if request.of_all else None
    return f"Reading {request.doing}", share


def became(result: Mapping[str, object]) -> list[Found]:
    """What became of each file of an import, in landing's own words."""
    files = telling.of_plain(result).files
    return [
        Found(str(number), one.file, "\n".join(_lines(one))) for number, one in enumerate(files)
    ]


def _lines(one: FileResult) -> Iterator[str]:
    """Without the file's name, which stands beside them."""
    for line in telling.in_words(one):
        words = line.strip().removeprefix(f"{one.file}: ")
        yield words[:1].upper() + words[1:]


def read_again(result: Mapping[str, object]) -> list[str]:
    """Rows that waited for their channel, and were read now that it has come."""
    return [telling.read_again_in_words(one) for one in telling.of_plain(result).read_again]


def outcome(result: Mapping[str, object]) -> str:
    """The whole import in one line: `2 files landed, 1 refused`."""
    times = Counter[str](one.status for one in telling.of_plain(result).files)
    said = [
        f"{counted(times[status], 'file', 'files')} {words}"
        for status, words in (
            ("landed", "landed"),
            ("already_landed", "had landed before"),
            ("refused", "refused"),
        )
        if times[status]
    ]
    return ", ".join(said)
