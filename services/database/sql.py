"""How a statement is put together: a template, and pieces of our own in its `{gaps}`.

Values are always bound (`:name`). What is filled in are names of tables and columns, and parts that
several statements share: all of them written in this code, none by a visitor or a file.

A gap is a name in braces and nothing else, so that JSON's `'{}'` and a pattern's `\\d{1,2}` stand
in a template as PostgreSQL reads them; str.format would have each of these braces doubled, once for
every time that the text is filled, and string.Template takes a `$` for its own.
"""

import re
from collections.abc import Iterable, Mapping
from typing import Final

_GAP: Final = re.compile(r"\{([a-z][a-z0-9_]*)\}")
# What looks like a gap and is none: {Upper}, {a-b}. JSON's braces hold quotes, a pattern's digits.
_NEARLY: Final = re.compile(r"\{[A-Za-z_][^{}\s'\",:]*\}")


def gaps(template: str) -> frozenset[str]:
    """The names of the template's gaps."""
    return frozenset(_GAP.findall(template))


def fill(template: str, **pieces: str) -> str:
    """The template with every gap filled; each piece stands as it is.

    Raises ValueError where a gap has no piece, a piece no gap, or a piece a gap of its own.
    """
    wanted, open_still = gaps(template), gaps(" ".join(pieces.values()))
    if wanted != pieces.keys() or open_still:
        raise ValueError(
            f"no piece for {sorted(wanted - pieces.keys())},"
            f" no gap for {sorted(pieces.keys() - wanted)},"
            f" gaps in a piece: {sorted(open_still)}: {template.strip()[:80]!r}"
        )
    filled = _GAP.sub(lambda gap: pieces[gap[1]], template)
    if nearly := _NEARLY.findall(filled):
        raise ValueError(f"no names of gaps: {sorted({*nearly})}: {template.strip()[:80]!r}")
    return filled


def fill_from(words: Mapping[str, str], template: str) -> str:
    """The template with its gaps filled from words that several templates share.

    Raises ValueError where a gap has no word.
    """
    wanted = gaps(template)
    return fill(template, **{name: word for name, word in words.items() if name in wanted})


def listed(names: Iterable[str], each: str = "{name}") -> str:
    """The names one after the other, each written like this."""
    return ", ".join(fill(each, name=name) for name in names)


def both(names: Iterable[str], each: str) -> str:
    """The conditions on these names, all of them, each written like this."""
    return " and ".join(fill(each, name=name) for name in names)


def day_of(moment: str, channel: str = "channel") -> str:
    """The day on which a moment was, for the channel in this relation: the marketplace's day."""
    return fill("({moment} at time zone {channel}.time_zone)::date", moment=moment, channel=channel)


def day_here(moment: str) -> str:
    """The same of a channel that a row has not come to yet: bind its zone as `:time_zone`."""
    return fill("({moment} at time zone :time_zone)::date", moment=moment)


def today_of(channel: str = "channel") -> str:
    """That channel's today, at the moment that is bound as `:now`."""
    return day_of("cast(:now as timestamptz)", channel)
