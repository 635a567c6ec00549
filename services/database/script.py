"""Run several SQL statements that share bound parameters."""

import re
from collections.abc import Mapping

from sqlalchemy import Connection, text

_END = re.compile(r";\s*(?:\n|$)")


def run_script(connection: Connection, script: str, values: Mapping[str, object]) -> None:
    """Run each statement that ends in `;` at a line's end, in order.

    PostgreSQL takes one statement a call where parameters are bound.
    """
    for statement in filter(str.strip, _END.split(script)):
        connection.execute(text(statement), dict(values))
