"""What a connection may do, told by the reports that each permission opens."""

from collections.abc import Iterable, Sequence

from services.marketplaces.asking import Source
from services.marketplaces.labels import short_report_label
from wording.labels import from_code, in_a_sentence
from wording.sources import OF_HOW


def source_label(source: Source) -> str:
    """What it is called: by its reports, which have names of their own; else by its own."""
    reports = ", ".join(map(short_report_label, source.kinds))
    return reports or OF_HOW.get(source.how) or name_of(source.name)


def name_of(source: str) -> str:
    """A source that has no report of a known kind."""
    return in_a_sentence(from_code(source.replace("-", "_")))


def scope_use(scopes: Sequence[str] | None, sources: Sequence[Source]) -> list[tuple[str, str]]:
    """Each permission and what it is for; what is missing is said too.

    `scopes` None: the marketplace does not say which were granted, so what is needed is told.
    """
    needed = {one.told_by: _opens(one.told_by, sources) for one in sources if one.told_by}
    if scopes is None:
        return list(needed.items())
    granted = [(one, needed.get(one) or "Not used here") for one in scopes]
    missing = [
        (one, f"Not granted, so this is not read: {use}")
        for one, use in needed.items()
        if one not in scopes
    ]
    return [*granted, *missing]


def _opens(scope: str, sources: Iterable[Source]) -> str:
    return "; ".join(source_label(one) for one in sources if one.told_by == scope)
