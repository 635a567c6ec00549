"""A row whose identity is unknown, and the same row whole, are one row.

So a file that a spreadsheet has damaged adds nothing to one that landed whole, and the whole file
replaces the damaged one, in whichever order they come. Two rows are the same where their key is,
as far as both know it, and so is all that tells rows of one key apart: day, units, amount.
"""

from typing import Final

from sqlalchemy import Connection, text

from services.database.sql import both, fill, fill_from, listed
from services.landing.documents import Incoming
from services.marketplaces.contract import ByKey, ReportFormat

KNOWN_WHOLE: Final = "already landed, with the identity that is unknown here"

_LEAVE_OUT: Final = """
delete from staged own
where {own_lacks}
    and exists (select 1 from {table} other where {scope} and {same_row} and {other_has})
    and not exists (select 1 from {table} other where {scope} and {itself})
"""
_REPLACE: Final = """
delete from {table} own using staged other
where {own_scope} and {own_lacks} and {same_row} and {other_has}
    and not exists (select 1 from staged other where {itself})
"""


def give_way(connection: Connection, incoming: Incoming, landing: ByKey) -> int:
    """Leave out staged rows that have landed whole, and landed ones that are staged whole now.

    The number of staged rows left out.
    """
    if not gives_way(incoming.report, landing):
        return 0
    without = text(leaving_out(incoming.report, landing))
    left_out = connection.execute(without, incoming.values).rowcount
    connection.execute(text(replacing(incoming.report, landing)), incoming.values)
    return left_out


def _may_be_unknown(report: ReportFormat, landing: ByKey) -> list[str]:
    return [
        column.field
        for column in report.columns
        if column.field in landing.key and column.reading.damaged and column.otherwise == ""
    ]


def gives_way(report: ReportFormat, landing: ByKey) -> bool:
    """Whether rows of this format may lack an identity that tells them apart."""
    return bool(landing.ordinal_by and _may_be_unknown(report, landing))


def leaving_out(report: ReportFormat, landing: ByKey) -> str:
    """The statement that leaves out staged rows that have landed whole."""
    return fill_from(_names(report, landing), _LEAVE_OUT)


def replacing(report: ReportFormat, landing: ByKey) -> str:
    """The statement that removes landed rows that are staged whole now."""
    return fill_from(_names(report, landing), _REPLACE)


_WITHIN: Final = "{row}.account_id = :account_id"
_WITHIN_ALSO: Final = "{row}.account_id = :account_id and {row}.{within} = :{within}"


def _names(report: ReportFormat, landing: ByKey) -> dict[str, str]:
    identities = _may_be_unknown(report, landing)
    known = [name for name in landing.key if name not in identities]
    beside = {*landing.ordinal_by, *(report.days or ())} - {*landing.key}
    alike = " and ".join(
        (
            *(fill(_EQUAL, name=name) for name in known),
            *(fill(_SAME, name=name) for name in sorted(beside)),
        )
    )
    return {
        "table": report.table,
        "own_lacks": fill("'' in ({names})", names=listed(identities, "own.{name}")),
        "other_has": fill("({either})", either=" or ".join(fill(_HAS, name=n) for n in identities)),
        "same_row": fill("{alike} and {same}", alike=alike, same=both(identities, _ALIKE)),
        "itself": fill("{alike} and {same}", alike=alike, same=both(identities, _EQUAL)),
        "own_scope": _scope(landing, "own"),
        "scope": _scope(landing, "other"),
    }


_EQUAL: Final = "own.{name} = other.{name}"
_SAME: Final = "own.{name} is not distinct from other.{name}"
_ALIKE: Final = "(own.{name} = '' or own.{name} = other.{name})"
_HAS: Final = "own.{name} = '' and other.{name} <> ''"


def _scope(landing: ByKey, row: str) -> str:
    if landing.within:
        return fill(_WITHIN_ALSO, row=row, within=landing.within)
    return fill(_WITHIN, row=row)
