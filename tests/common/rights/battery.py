"""What each role reaches in each table, tried out: every verb, in one's own name and in another's.

What is expected stands in `least.py` (grants) and here (which rows); neither is read from the
policies, so a policy that is gone or too wide shows as a difference.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final, cast

import psycopg
from psycopg.errors import Error

from services.database.tables import ROLES
from services.marketplaces.tables import SECURED_TABLES
from tests.common.rights.attempts import Attempt, attempts
from tests.common.rights.least import OF_SEVERAL, SCOPED, columns, may
from tests.common.worlds.zoo import Marked, Zoo

# Secured by the person, not by an account.
OF_A_PERSON: Final = ("digest_subscription", "import_request", "account_request")
SECURED: Final = (*SECURED_TABLES, *OF_A_PERSON)
# Secured by both: each person's own, in the accounts that are theirs.
OF_BOTH: Final = "calendar_address"
# Rows of an account that a role does not see although the account is in its scope.
NOT_SHOWN: Final = {("app", "activation_event"): "is_internal"}

# They have no page and no visitor, and work for whichever account there is work for.
SERVE_EVERY_ACCOUNT: Final = ("loader", "sync")

REFUSED: Final = "refused"
REACHED: Final = "reached"  # past the policies: only a key or a constraint stood in the way
GARBLED: Final = "garbled"  # a scope that cannot be read opens nothing
_MEANINGS: Final = {"42501": REFUSED, "22P02": GARBLED, "23": REACHED}
# What refers to a row does not stand in the way of deleting it.
ALONE: Final = "set local session_replication_role = replica"
GARBAGE: Final = "1; drop table account"


@dataclass(frozen=True)
class Scope:
    """What a transaction says it is for."""

    name: str
    accounts: str = ""
    person: str = ""


@dataclass(frozen=True)
class Probe:
    """One statement of one role, and what must come of it."""

    role: str
    table: str
    verb: str
    scope: Scope
    statement: str
    expected: object
    before: str = ""  # done by the owner first

    def __str__(self) -> str:
        return f"{self.role} {self.verb} {self.table} as {self.scope.name}: {self.statement[:100]}"


class Battery:
    """Every probe of two accounts, run in one transaction that is never committed."""

    def __init__(self, connection: psycopg.Connection[Any], zoo: Zoo) -> None:
        self.connection = connection
        self.own, self.other = zoo.accounts[:2]
        self.rows = {table: _rows(connection, table) for table in SECURED}
        self.probes = list(self._all())
        connection.execute("savepoint probe")

    def differences(self, *, table: str = "", role: str = "") -> list[str]:
        """What came out otherwise than it must; of one table or role where they are named."""
        wanted = [one for one in self.probes if table in ("", one.table) and role in ("", one.role)]
        assert wanted, f"nothing tries out {role} {table}"
        found = [(one, self.outcome(one)) for one in wanted]
        return [f"{one} -> {came!r}" for one, came in found if came != one.expected]

    def outcome(self, probe: Probe) -> object:
        """What comes of a probe; whatever it did is undone."""
        became = f"set local role {ROLES[probe.role]}"
        scope = probe.scope
        said = f"set local app.accounts = '{scope.accounts}'" if scope.name != "unset" else ""
        person = f"set local app.person = '{scope.person}'" if scope.person else ""
        whole = ";".join(
            part
            for part in (
                "rollback to savepoint probe",
                probe.before,
                became,
                said,
                person,
                probe.statement,
            )
            if part
        )
        try:
            return _answer(self.connection.execute(whole.encode()), probe)
        except Error as error:
            state = error.sqlstate or ""
            return _MEANINGS.get(state) or _MEANINGS.get(state[:2]) or f"{state}: {error}"

    def mutate(self, statements: str) -> None:
        self.connection.execute(
            f"rollback to savepoint probe; savepoint mutation; {statements}; savepoint probe"
            .encode()
        )  # fmt: skip

    def restore(self) -> None:
        self.connection.execute(b"rollback to savepoint mutation; release savepoint mutation")
        self.connection.execute(b"savepoint probe")

    # The probes ---------------------------------------------------------------------------

    def _all(self) -> Iterator[Probe]:
        for role in ROLES:
            for table in SECURED:
                yield from self._reads(role, table)
                yield from self._writes(role, table)
        for one in attempts(self.own, self.other):
            yield self._tried(one)

    def _scopes(self) -> list[Scope]:
        own, other = self.own, self.other
        seller, stranger = own.person_ids["seller"], other.person_ids["seller"]
        return [
            Scope("own", str(own.account_id), str(seller)),
            Scope("other", str(other.account_id), str(stranger)),
            Scope("both", f"{own.account_id},{other.account_id}", str(seller)),
            Scope("unset"),
            Scope("garbage", GARBAGE.replace("'", ""), GARBAGE),
        ]

    def _reads(self, role: str, table: str) -> Iterator[Probe]:
        key = _key(table)
        # A person's own, of an account that is not in the transaction.
        elsewhere = Scope(
            "elsewhere", str(self.other.account_id), str(self.own.person_ids["seller"])
        )
        for scope in (*self._scopes(), *([elsewhere] if table == OF_BOTH else [])):
            yield Probe(
                role,
                table,
                "select",
                scope,
                f"select {key}, count(*)::int from {table} group by 1",
                self._seen(role, table, scope),
            )

    def _seen(self, role: str, table: str, scope: Scope) -> object:
        if not may(role, table, "select"):
            return REFUSED
        rows = [row for row in self.rows[table] if not row.get(NOT_SHOWN.get((role, table), ""))]
        if role not in SCOPED:
            return _counted(rows, _key(table))
        of_one = role == "app" and table not in (*OF_SEVERAL, *OF_A_PERSON, OF_BOTH)
        if scope.name == "garbage" or (scope.name == "both" and of_one):
            return GARBLED
        named = scope.person if table in OF_A_PERSON else scope.accounts
        allowed = [int(number) for number in named.split(",") if number]
        if table == OF_BOTH:
            rows = [row for row in rows if str(row["person_id"]) == scope.person]
        return _counted([row for row in rows if row[_key(table)] in allowed], _key(table))

    def _writes(self, role: str, table: str) -> Iterator[Probe]:
        """Where the role may never write; where it may, `attempts` says what and how."""
        for verb in ("insert", "update", "delete"):
            for target in (self.own, self.other):
                expected = self._written(role, table, verb, target)
                if expected is not None:
                    scope = self._scopes()[0]
                    statement = self._statement(role, table, verb, target)
                    yield Probe(role, table, verb, scope, statement, expected, ALONE)

    def _written(self, role: str, table: str, verb: str, target: Marked) -> object | None:
        if not may(role, table, verb):
            return REFUSED
        if role not in SERVE_EVERY_ACCOUNT:
            return None
        if verb == "insert":  # a copy of what is there: only its key stands in the way
            return REACHED
        return sum(row[_key(table)] == _number(table, target) for row in self.rows[table])

    def _statement(self, role: str, table: str, verb: str, target: Marked) -> str:
        key = _key(table)
        number = _number(table, target)
        row = next(row for row in self.rows[table] if row[key] == number)
        if verb == "insert":
            names = ", ".join(name for name in row if not name.startswith("remaining_"))
            values = json.dumps(row).replace("'", "''")
            return (
                f"insert into {table} ({names}) overriding system value"
                f" select {names} from jsonb_populate_record(null::public.{table}, '{values}')"
            )
        where = f"where {key} = {number}"
        if verb == "delete":
            return f"delete from {table} {where}"
        # A table of keys alone has no plain column: any will do.
        changed = (columns(role, table, "update") or _plain(row) or [*row])[0]
        return f"update {table} set {changed} = {changed} {where}"

    def _tried(self, one: Attempt) -> Probe:
        person = str(self.own.person_ids["seller"]) if one.is_signed_in else ""
        scope = Scope("own", str(self.own.account_id), person)
        return Probe(one.role, one.table, one.verb, scope, one.statement, one.comes, one.before)


def _key(table: str) -> str:
    return "person_id" if table in OF_A_PERSON else "account_id"


def _number(table: str, target: Marked) -> int:
    return target.person_ids["seller"] if table in OF_A_PERSON else target.account_id


def _plain(row: dict[str, Any]) -> list[str]:
    """Columns that may be written at all: no identity, nothing generated."""
    never = ("remaining_", "account_id")
    return [
        name for name in row if not name.startswith(never) and not name.endswith(("_id", "_number"))
    ]


def _rows(connection: psycopg.Connection[Any], table: str) -> list[dict[str, Any]]:
    found = connection.execute(f"select to_jsonb(t) from {table} t".encode()).fetchall()
    return [cast("dict[str, Any]", row[0]) for row in found]


def _counted(rows: Sequence[dict[str, Any]], key: str) -> dict[int, int]:
    counts: dict[int, int] = {}
    for row in rows:
        counts[row[key]] = counts.get(row[key], 0) + 1
    return counts


def _answer(cursor: psycopg.Cursor[Any], probe: Probe) -> object:
    while cursor.nextset():
        pass
    if probe.verb == "select":
        return dict(cursor.fetchall())
    return cursor.rowcount
