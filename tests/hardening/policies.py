"""Row-level security taken away bit by bit: each time the battery of attempts notices."""

from collections.abc import Iterator
from random import Random
from typing import Any, Final

import psycopg

from services.database.tables import ROLES
from tests.common.rights.battery import SECURED, Battery
from tests.common.rights.least import SCOPED, may
from tests.common.rights.policies import Policy
from tests.hardening.ground import Ground
from tests.hardening.trial import HELD, Attempts, Trial

Mutant = tuple[str, str, str, str]  # the role, the table, in words, the statement


def attempts(ground: Ground, count: int | None, chance: Random) -> Attempts:
    """In one transaction of the owner that is never committed."""
    address = ground.zoo.database.urls.owner.set(drivername="postgresql")
    with psycopg.connect(address.render_as_string(hide_password=False)) as owner:
        battery = Battery(owner, ground.zoo)
        whole = battery.differences()
        assert not whole, f"without any change, the battery notices {whole[0]}"
        every = list(_mutants(owner))
        for mutant in every if count is None else chance.sample(every, min(count, len(every))):
            yield HELD if _noticed(battery, mutant) else f"{mutant[0]}: {mutant[2]}, unnoticed"
        owner.rollback()


def _mutants(owner: psycopg.Connection[Any]) -> Iterator[Mutant]:
    names = {role: name for name, role in ROLES.items()}
    found = owner.execute(
        b"select tablename, policyname, roles, qual, with_check from pg_policies order by 1, 2"
    ).fetchall()
    for table, policy, roles, using, check in found:
        for role in roles:
            one = Policy(table, policy, names[role], using, check)
            for words, statement in one.mutations():
                yield one.role, table, f"{policy} on {table} {words}", statement
    # Where a role sees its own accounts only; for the rest the catalog test holds it on.
    for role in sorted(SCOPED):
        for table in SECURED:
            if may(role, table, "select"):
                statement = f"alter table {table} disable row level security"
                yield role, table, f"{table} without row-level security", statement


def _noticed(battery: Battery, mutant: Mutant) -> bool:
    role, table, _words, statement = mutant
    battery.mutate(statement)
    try:
        return bool(battery.differences(table=table, role=role))
    finally:
        battery.restore()


TRIAL: Final = Trial(
    "policies",
    "a policy of row-level security gone or weakened, one at a time: the attempts of every role"
    " notice it",
    short=25,
    long=None,
    attempts=attempts,
)
