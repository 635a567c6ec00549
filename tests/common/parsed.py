"""What PostgreSQL's own parser says of a statement: that it is one, and which tables it touches."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Final

from pglast.parser import parse_sql_json
from sqlalchemy import text
from sqlalchemy.dialects.postgresql.asyncpg import dialect

_DIALECT: Final = dialect()  # the one whose placeholders are PostgreSQL's own


def parsed(statement: str) -> Any:
    """The tree of a statement, or several, as the product writes it: bound values are `:names`.

    Raises pglast.parser.ParseError where PostgreSQL would not read it.
    """
    return json.loads(parse_sql_json(str(text(statement).compile(dialect=_DIALECT))))


@dataclass(frozen=True)
class Touched:
    """The tables that statements read, make, and write into."""

    reads: frozenset[str]
    makes: frozenset[str]
    writes: frozenset[str]


def touched(statements: Iterable[str]) -> Touched:
    """Of all these statements together."""
    reads: set[str] = set()
    makes: set[str] = set()
    writes: set[str] = set()
    for statement in statements:
        nodes = list(_nodes(parsed(statement)))
        own = {node["ctename"] for kind, node in nodes if kind == "CommonTableExpr"}
        reads.update(
            node["relname"]
            for kind, node in nodes
            if kind == "RangeVar" and node["relname"] not in own
        )
        for kind, node in nodes:
            if kind == "TableLikeClause":
                reads.add(node["relation"]["relname"])
            elif kind == "CreateTableAsStmt":
                makes.add(node["into"]["rel"]["relname"])
            elif kind == "CreateStmt":
                makes.add(node["relation"]["relname"])
            elif kind in ("InsertStmt", "UpdateStmt", "DeleteStmt"):
                writes.add(node["relation"]["relname"])
    return Touched(frozenset(reads), frozenset(makes), frozenset(writes))


def _nodes(tree: Any) -> Iterator[tuple[str, Any]]:
    """Each node, and its kind. A table that is read is a node; one that is written, a part."""
    if isinstance(tree, list):
        for one in tree:
            yield from _nodes(one)
    elif isinstance(tree, dict):
        for kind, node in tree.items():
            if isinstance(node, dict):
                yield kind, node
            yield from _nodes(node)
