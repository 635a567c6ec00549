"""What is said of a file that is no report we know: what it is instead, and the way out."""

import csv
import io
import json
import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from importlib.resources import files
from typing import Final

from services.landing.read.lines import DELIMITERS
from services.landing.recognise.known_formats import (
    DELIMITED,
    JSON_SHAPES,
    OTHERS,
    formats_of,
    how_to_get_english,
)
from services.landing.refusals import RefusedError
from services.marketplaces.contract import OtherReport, ReportFormat, plain_name
from services.marketplaces.registry import FORMATS

# An answer that says that there is no report is short.
LONGEST_ANSWER: Final = 256 << 10

# Delimited text ----------------------------------------------------------------------------


def said_of_text(lines: Sequence[str], marketplace: str | None) -> str:
    """Why a delimited file, or any other text, is none that we know."""
    header = likely_header(lines)
    seen = f"Headers seen: {_listed(header)}."
    if other := _other_report(lines):
        return f"{other} {seen}"
    if language := _language(header):
        way_out = how_to_get_english(marketplace)
        return f"Its headers are in another language than English ({language}). {way_out} {seen}"
    return f"This is no kind of report that we know. {seen} {_nearest(header, marketplace)}"


def refuse_connector_tables(header: Sequence[str]) -> None:
    """A connector's copy looks like the report, but holds the rows of every pull side by side.

    Raises RefusedError.
    """
    for prefix, maker in _CONNECTORS.items():
        if any(name.lower().startswith(prefix) for name in header):
            raise RefusedError(
                f"This is a table of a connector ({maker}), not the marketplace's report: it may"
                " hold the rows of many pulls. Import the report as the marketplace delivers it."
            )


_CONNECTORS: Final = {
    "_airbyte_": "Airbyte",
    "_fivetran_": "Fivetran",
    "_sdc_": "Stitch or Singer",
    "_daton_": "Daton",
    "_dlt_": "dlt",
}


def likely_header(lines: Sequence[str]) -> tuple[str, ...]:
    """The line that has the most cells, which a header has."""
    cut = (cells_of(line, mark) for line in lines if line.strip() for mark in DELIMITERS)
    return max(cut, key=len, default=())


def cells_of(line: str, delimiter: str) -> tuple[str, ...]:
    """The line cut into cells; none where its quotes stand wrong."""
    try:
        row = next(csv.reader(io.StringIO(line), delimiter=delimiter), [])
    except csv.Error:
        return ()
    return tuple(cell.strip() for cell in row)


def _other_report(lines: Sequence[str]) -> str:
    for line in lines:
        for delimiter in DELIMITERS:
            names = {plain_name(cell) for cell in cells_of(line, delimiter)}
            for other in OTHERS:
                if other.headers and {plain_name(header) for header in other.headers} <= names:
                    return _said_of_other(other)
    return ""


def _said_of_other(other: OtherReport) -> str:
    return f"This is the report “{other.label}”, which is not landed. {other.way_out}"


# Words that many reports share tell none of them.
_IN_MANY: Final = 3
_EVERYWHERE: Final = frozenset(
    {
        "amount", "channel", "country", "currency", "date", "description", "detail", "note",
        "quantity", "reason", "sku", "status", "store", "title", "type",
    }
)  # fmt: skip


def _telling_names() -> frozenset[str]:
    times = Counter(name for report in FORMATS for name in _names(report))
    return frozenset(
        name for name, number in times.items() if number <= _IN_MANY and name not in _EVERYWHERE
    )


def _names(report: ReportFormat) -> set[str]:
    return {name for column in report.columns for name in column.names}


_TELLING: Final = _telling_names()


def _nearest(header: Sequence[str], marketplace: str | None) -> str:
    names = {plain_name(cell) for cell in header}
    near = [
        report
        for report in formats_of(DELIMITED, marketplace)
        if names & _names(report) & _TELLING and _required_share(report, names) >= _ENOUGH
    ]
    if not near:
        return "No known kind shares a header with it that would tell it."
    nearest = max(near, key=lambda report: _likeness(report, names))
    missing = [column.header for column in nearest.required if not column.names & names]
    lacks = f"; it lacks {_listed(missing)}" if missing else ""
    return f"Nearest known kind: {nearest.label}{lacks}."


_ENOUGH: Final = 0.3  # of the columns that a kind must have


def _required_share(report: ReportFormat, names: set[str]) -> float:
    return sum(1 for c in report.required if c.names & names) / len(report.required)


def _likeness(report: ReportFormat, names: set[str]) -> tuple[int, float]:
    return len(names & _names(report) & _TELLING), _required_share(report, names)


# The language of a header --------------------------------------------------------------------

_SCRIPTS: Final = (
    (re.compile("[\u3041-\u30ff]"), "Japanese"),
    (re.compile("[\u4e00-\u9fff]"), "Chinese"),
    (re.compile("[\u0600-\u06ff]"), "Arabic"),
)
_WORDS_THAT_TELL: Final = 2
_FEWEST_CELLS: Final = 3


def _header_words() -> dict[str, frozenset[str]]:
    said = (files("services") / "landing" / "recognise" / "header_words.json").read_text("utf-8")
    return {name: frozenset(words) for name, words in json.loads(said)["entries"].items()}


_WORDS: Final = _header_words()


def _language(header: Sequence[str]) -> str:
    """Which language other than English a header seems to be in; nothing where none shows."""
    text = " ".join(header)
    english = sum(1 for cell in header if plain_name(cell) in _ENGLISH)
    if len(header) < _FEWEST_CELLS or _is_no_text(text) or english * 2 > len(header):
        return ""
    if script := next((name for written, name in _SCRIPTS if written.search(text)), None):
        return f"it looks {script}"
    likely, known = _likely_language(header)
    if known >= _WORDS_THAT_TELL:
        return f"it looks {likely}"
    foreign = sum(1 for cell in header if any(c.isalpha() and c > "\x7f" for c in cell))
    return "it has letters that English has not" if foreign > english else ""


def _likely_language(header: Sequence[str]) -> tuple[str, int]:
    words = {word for cell in header for word in re.findall(r"[a-z]+", _without_accents(cell))}
    known = {name: len(words & theirs) for name, theirs in _WORDS.items()}
    likely = max(known, key=lambda name: known[name])
    return likely, known[likely]


_ENGLISH: Final = frozenset(name for report in FORMATS for name in _names(report)) - {
    "sku",
    "msku",
    "asin",
    "fnsku",
    "gtin",
}


def _is_no_text(text: str) -> bool:
    return any(unicodedata.category(letter) in {"Cc", "Cn", "Co"} for letter in text)


def _without_accents(text: str) -> str:
    apart = unicodedata.normalize("NFKD", text.lower())
    return "".join(letter for letter in apart if not unicodedata.combining(letter))


# Pages and XML -------------------------------------------------------------------------------


def said_of_marked_up_text(start: str) -> str:
    """Why a web page or XML is no report that can be landed."""
    if re.search(r"(?i)<!doctype html|<(html|head|body)\b", start):
        title = re.search(r"(?is)<title[^>]*>\s*(.*?)\s*</title>", start)
        named = f" (“{_listed([title.group(1)])}”)" if title else ""
        return (
            f"This is a web page{named}, not a report: a sign-in or error page was saved in its"
            " place. Sign in and download the report again."
        )
    if re.search(r"(?i)<(ns\d:)?errors?\b|<ErrorResponse\b", start):
        return _said_of_xml_error(start)
    for other in OTHERS:
        if other.xml and re.search(rf"<(\w+:)?{other.xml}\b", start):
            return _said_of_other(other)
    return "This is XML of no kind that we know. Import the report as text (CSV or tab-separated)."


def _said_of_xml_error(start: str) -> str:
    code, message = (_element(start, name) for name in ("code", "message"))
    if re.search(r"(?i)expired", f"{code} {message}"):
        return f"{EXPIRED} ({_listed([code, message])})"
    said = _listed([part for part in (code, message) if part]) or "without a reason"
    return f"{ERROR}: {said}. {ASK_AGAIN}"


EXPIRED: Final = (
    "The link to this report had expired when it was downloaded (it is valid for five minutes): ask"
    " for the report document again and download it at once."
)
ERROR: Final = "This is an error answer, not a report"
ASK_AGAIN: Final = (
    "It says nothing of what was lost. Ask for the report again when the reason is gone, and import"
    " what then comes."
)


def _element(start: str, name: str) -> str:
    found = re.search(rf"(?is)<(?:\w+:)?{name}\b[^>]*>\s*(.*?)\s*</", start)
    return found.group(1) if found else ""


# JSON --------------------------------------------------------------------------------------


def said_of_json(seen: Sequence[str], start: str, marketplace: str | None) -> str:
    """Why JSON is of no kind that we know; start: the document, where it is short."""
    said = [
        _said_of_answer(start),
        "This is JSON of no kind that we know.",
        f"Members seen: {_listed(seen) or 'none'}.",
        _nearest_json(seen, marketplace),
    ]
    return " ".join(filter(None, said))


def _said_of_answer(start: str) -> str:
    answer = _answer(start)
    if reasons := list(_reasons(answer)):
        if any("expired" in reason.lower() for reason in reasons):
            return f"{EXPIRED} ({_listed(reasons)})"
        return f"{ERROR}: {_listed(reasons)}. {ASK_AGAIN}"
    for members, words in _METADATA:
        if any(members <= answer.keys() for answer in _objects(answer)):
            return words
    return ""


def _answer(start: str) -> object:
    try:
        return json.loads(start)
    except (ValueError, RecursionError):
        return None


_METADATA: Final = (
    (
        {"reportDocumentId", "url"},
        "This is the address of a report, not the report itself: download the document at its url"
        " (valid for five minutes) and import that.",
    ),
    (
        {"downloadURL"},
        "This is the address of a report, not the report itself: download the document at its"
        " downloadURL before it expires and import that.",
    ),
    (
        {"reportId", "processingStatus"},
        "This says how far a report is, not what is in it: when it is DONE, ask for its"
        " reportDocumentId, download the document at the url that comes back and import that.",
    ),
    (
        {"requestId", "requestStatus"},
        "This says how far a report is, not what is in it: when it is READY, ask for its download,"
        " and import the file at the address that comes back.",
    ),
    (
        {"reportId"},
        "This only confirms that a report was asked for: ask whether it is DONE, download the"
        " document at the url of its reportDocumentId and import that.",
    ),
    (
        {"availableApReportDates"},
        "This only lists the days that have a payment report: fetch the report of each"
        " (reconFile, reportVersion=v1) and import that.",
    ),
    (
        {"access_token"},
        "This is a key, not a report: delete the file. Never pass it on.",
    ),
)


def _objects(answer: object, depth: int = 0) -> Iterator[Mapping[str, object]]:
    """An answer's objects, outer ones first, without the rows below them."""
    if isinstance(answer, dict):
        yield answer
        inner = list(answer.values())
    else:
        inner = answer if isinstance(answer, list) else []
    if depth < _ENVELOPES:
        for value in inner[:_ENVELOPES]:
            yield from _objects(value, depth + 1)


_ENVELOPES: Final = 3


def _reasons(answer: object) -> Iterator[str]:
    """What an error answer gives as its reasons: `errors`, `error`, OAuth's."""
    outer = answer[0] if isinstance(answer, list) and answer else answer
    if not isinstance(outer, dict):
        return
    listed = outer.get("errors", outer.get("error"))
    if isinstance(listed, dict):
        listed = listed.get("error", [listed])
    if isinstance(listed, str):
        listed = [{"code": listed, "message": outer.get("error_description", "")}]
    for one in listed if isinstance(listed, list) else []:
        parts = [one.get(name) for name in _REASON] if isinstance(one, dict) else [one]
        yield ": ".join(str(part) for part in parts if part)


_REASON: Final = ("code", "message", "info", "description")


def _nearest_json(seen: Sequence[str], marketplace: str | None) -> str:
    names = {plain_name(path) for path in seen}
    shapes = [
        (report, path) for report, path in JSON_SHAPES if report in formats_of(FORMATS, marketplace)
    ]
    best = max(shapes, key=lambda shape: len(_wanted(*shape).keys() & names))
    wanted = _wanted(*best)
    if not wanted.keys() & names - {*_EVERYWHERE, "payload"}:
        return "No known kind shares a member with it."
    missing = [shown for name, shown in wanted.items() if name not in names]
    lacks = f"; it lacks {_listed(missing)}" if missing else ""
    return f"Nearest known kind: {best[0].label}{lacks}."


def _wanted(report: ReportFormat, path: tuple[str, ...]) -> dict[str, str]:
    """What a document of the kind must have: plain name to what is shown of it."""
    before = "".join(f"{name}." for name in path)
    paths = [".".join(path), *(before + column.header for column in report.required)]
    return {plain_name(shown): shown for shown in paths if shown}


def _listed(cells: Sequence[str], most: int = 40) -> str:
    shown = [cell if len(cell) <= 60 else cell[:60] + "…" for cell in cells[:most]]
    more = f" and {len(cells) - most} more" if len(cells) > most else ""
    # A picture or a program may have been picked by mistake: its bytes are not for a terminal.
    return "".join(letter if letter.isprintable() else "�" for letter in ", ".join(shown)) + more
