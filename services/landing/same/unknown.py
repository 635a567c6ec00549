"""A row whose identity is unknown, and the same row whole, are one row.

So a file that a spreadsheet has damaged adds nothing to one that landed whole, and the whole file
replaces the damaged one, in whichever order they come. Two rows are the same where their key is,
as far as both know it, and so is all that tells rows of one key apart: day, units, amount.
"""

from typing import Final

from sqlalchemy import Connection, text

from services.landing.documents import Incoming
from services.landing.statements import filled
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
    identities = _may_be_unknown(incoming.report, landing)
    if not identities or not landing.ordinal_by:
        return 0
    names = _names(incoming.report, landing, identities)
    left_out = connection.execute(text(filled(_LEAVE_OUT, **names)), incoming.values).rowcount
    connection.execute(text(filled(_REPLACE, **names)), incoming.values)
    return left_out


def _may_be_unknown(report: ReportFormat, landing: ByKey) -> list[str]:
    return [
        column.field
        for column in report.columns
        if column.field in landing.key and column.reading.damaged and column.otherwise == ""
    ]


def _names(report: ReportFormat, landing: ByKey, identities: list[str]) -> dict[str, str]:
    known = [name for name in landing.key if name not in identities]
    beside = {*landing.ordinal_by, *(report.days or ())} - {*landing.key}
    alike = [f"own.{name} = other.{name}" for name in known]
    alike += [f"own.{name} is not distinct from other.{name}" for name in sorted(beside)]
    same = [f"(own.{name} = '' or own.{name} = other.{name})" for name in identities]
    has = [f"own.{name} = '' and other.{name} <> ''" for name in identities]
    scope = "{row}.account_id = :account_id"
    if landing.within:
        scope += f" and {{row}}.{landing.within} = :{landing.within}"
    return {
        "table": report.table,
        "own_lacks": f"'' in ({', '.join(f'own.{name}' for name in identities)})",
        "other_has": f"({' or '.join(has)})",
        "same_row": " and ".join([*alike, *same]),
        "itself": " and ".join([*alike, *(f"own.{name} = other.{name}" for name in identities)]),
        "own_scope": scope.replace("{row}", "own"),
        "scope": scope.replace("{row}", "other"),
    }
