"""Dropped files and imports in words: answers in, what is drawn out."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Final

from components.dropping import Found
from services.dropping.folder import Dropped
from services.dropping.queries import ImportRequest
from services.landing import telling
from services.landing.documents import day_in
from services.landing.land import FileResult
from services.landing.looking import Seen
from services.marketplaces.labels import marketplace_label, report_label
from wording.days import days_between
from wording.numbers import counted, plain_number, them

NOT_SAID: Final = "Days not said"
ASKED_FOR: Final = (
    "A file does not name quiet days before its first row and after its last. Where you asked the"
    " marketplace for more days, say which: it then speaks for those too."
)
EMPTY: Final = (
    "It holds no rows: nothing happened, but it does not say on which days. Say which you asked the"
    " marketplace for; without them, what it tells of stays unknown."
)
_PRESS: Final = "Press a file to say which days you asked the marketplace for:"
_EMPTY: Final = "without them its days stay unknown."
_QUIET: Final = (
    "Did you ask for more days than a file's rows are of? Press it to say which: quiet days at its"
    " ends then count too."
)
IDENTIFYING: Final = "identifying"  # services.landing.importing tells this step by this word


def found(one: Dropped, time_zone: str) -> Found:
    """One line a file; an archive says what is in it. Moments become days in this zone."""
    rows = sum(each.rows for each in one.documents if each.kind)
    return Found(
        str(one.number),
        one.path,
        "\n".join(_what(one.documents)),
        _said_days(one, time_zone),
        plain_number(rows) if one.is_known else "",
    )


def _said_days(one: Dropped, time_zone: str) -> str:
    """Those that it was asked for, where they are said; else its rows'."""
    if one.asked:
        return f"{days_between(*one.asked)}, as asked for"
    days = _days(one.documents, time_zone)
    return days_between(*days) if days else NOT_SAID if one.can_be_asked else ""


def about_days(files: Sequence[Dropped]) -> str:
    """What a file cannot say of its days, where somebody might; '' where nothing is to be said."""
    open_ones = [one for one in files if one.can_be_asked and not one.asked]
    empty = sum(not one.documents[0].rows for one in open_ones)
    if empty:
        return f"{counted(empty, 'file holds', 'files hold')} no rows. {_PRESS} {_EMPTY}"
    return _QUIET if open_ones else ""


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
    firsts = [day_in(each.first, time_zone) for each in documents if each.first]
    lasts = [day_in(each.last, time_zone) for each in documents if each.last]
    return (min(firsts), max(lasts)) if firsts and lasts else None


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
