"""What an earlier version kept becomes addresses and names of today, and nobody gets in by it."""

from collections.abc import Iterator

import pytest
from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import URL, text

from services.access import people
from services.database.engine import Database
from services.database.prepare import MIGRATIONS, migrate
from services.naming import normal_name, why_no_name
from tests.common.databases import fresh_database

WHEN_IT_CAME = "0010"
OLDER_NAMES = (
    "ACME",
    "AC\u200bME",
    "ACME\u2028",
    "Caf\xe9",
    "Cafe\u0301",
    "Two  spaces",
    "B\u3164B",
    "\u2800",
    "\ufb2c" * 70,
)
NAMES = [
    "ACME",
    "AC ME",
    "ACME (3)",
    "Caf\xe9",
    "Caf\xe9 (5)",
    "Two spaces",
    "B B",
    "Account 8",
    ("\u05e9\u05bc\u05c1" * 70)[:200],
]


@pytest.fixture
def older(server: URL) -> Iterator[Database]:
    """A database as the version before made it."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    here = ScriptDirectory.from_config(config).get_revision(WHEN_IT_CAME)
    assert here
    with fresh_database(server, "template1") as made:
        with made.owning() as connection:
            config.attributes["connection"] = connection
            command.upgrade(config, str(here.down_revision))
        yield made


def test_older_addresses_become_ascii_or_nobodys(older: Database) -> None:
    kept = [
        "kim@example.com",
        "jürgen@example.com",
        "kim@müller.de",
        "kim@xn--mller-kva.de",
        "eva@bücher.de",
    ]
    person = text("insert into person (name, email, roles) values (:name, :email, '{seller}')")
    with older.owning() as connection:
        connection.execute(person, [{"email": one, "name": "Kim\u202e"} for one in kept])
        connection.execute(text("insert into sign_in select email, person_id from person"))
        connection.execute(text("alter table account no force row level security"))
        for name in OLDER_NAMES:
            connection.execute(text("insert into account (name) values (:name)"), {"name": name})
        connection.execute(text("alter table account force row level security"))
        migrate(connection)
        found = connection.execute(
            text("""
            select p.email, p.disabled_at is null, s.ended_at is null, p.name
            from person p join sign_in s using (person_id) where not is_local order by person_id
            """)
        ).all()
        said = connection.execute(text("select what from person_history order by history_id"))
        said_of = [one.partition(":")[0] for one in said.scalars()]
    closed = [f"person-{number}@closed.invalid" for number in (6, 7)]
    assert [tuple(row) for row in found] == [
        ("kim@example.com", True, True, "Kim"),
        (closed[0], False, False, "Kim"),  # letters beyond ASCII: it means nothing in it
        (closed[1], False, False, "Kim"),  # another has it already, as IDNA writes it
        ("kim@xn--mller-kva.de", True, True, "Kim"),
        ("eva@xn--bcher-kva.de", True, True, "Kim"),
    ]
    assert said_of[:2] == ["Disabled", "Disabled"]
    assert said_of[2:] == ["Address eva@bücher.de written as eva@xn--bcher-kva.de"]
    with pytest.raises(people.PeopleError):
        people.clean_email(closed[0])
    with older.owning() as connection:
        connection.execute(text("alter table account no force row level security"))
        names = connection.execute(text("select name from account order by account_id"))
        assert list(names.scalars()) == NAMES
    assert [name for name in NAMES if why_no_name(name, 200) or normal_name(name) != name] == []
