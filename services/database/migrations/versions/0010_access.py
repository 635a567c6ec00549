"""Addresses in one normal form, names that can be seen, calendars that can be taken back."""

import unicodedata
from pathlib import Path

import idna
from alembic import op
from sqlalchemy import Connection, text

revision = "0010"
down_revision = "0009"

ACCESS, APP, OPERATOR = "reimbursement_access", "reimbursement_app", "reimbursement_operator"
# As in 0003: the accounts of this transaction, and its person.
SCOPE = (
    "account_id = any (string_to_array("
    "nullif(current_setting('app.accounts', true), ''), ',')::bigint[])"
)
SELF = "person_id = nullif(current_setting('app.person', true), '')::bigint"
OWN = f"{SCOPE} and {SELF}"

# As services/naming.py: letters by their category, but drawn as nothing.
DRAWN_AS_NOTHING = frozenset(
    map(chr, (0x034F, 0x115F, 0x1160, 0x17B4, 0x17B5, 0x180F, 0x2800, 0x3164, 0xFFA0,
              *range(0x180B, 0x180E), *range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0)))
)  # fmt: skip


def upgrade() -> None:
    connection = op.get_bind()
    op.execute("alter table person drop constraint person_email_check")
    _addresses(connection)
    _names(connection)
    op.execute(Path(__file__).with_suffix(".sql").read_text("utf-8"))
    op.execute(f"grant update (signed_out_at) on person to {ACCESS}")
    _calendars()


def _addresses(connection: Connection) -> None:
    """An address of another form becomes the one that means the same, else nobody's.

    Whoever has one that means nothing in ASCII is let in no longer, until an operator invites
    them with another: nobody gets in by an address that could be another's.
    """
    people = connection.execute(
        text("select person_id, email from person order by person_id")
    ).all()
    taken = {str(one.email) for one in people}
    for one in people:
        normal = _normal(one.email)
        if normal == one.email:
            continue
        if normal is None or normal in taken:
            _close(connection, one.person_id, one.email)
        else:
            taken.add(normal)
            _rewrite(connection, one.person_id, normal, f"Address {one.email} written as {normal}")


def _normal(address: str) -> str | None:
    if address.isascii():
        return address
    local, _, domain = address.rpartition("@")
    try:
        normal = f"{local}@{idna.encode(domain).decode('ascii')}"
    except UnicodeError:
        return None
    plain = normal.isascii() and normal.isprintable() and " " not in normal
    return normal.lower() if plain else None


def _close(connection: Connection, person_id: int, address: str) -> None:
    said = f"Disabled: {address} is no address that can be told from every other"
    _rewrite(connection, person_id, f"person-{person_id}@closed.invalid", said)
    for statement in (
        "update person set disabled_at = coalesce(disabled_at, now()) where person_id = :person_id",
        "update sign_in set ended_at = coalesce(ended_at, now()) where person_id = :person_id",
    ):
        connection.execute(text(statement), {"person_id": person_id})


def _rewrite(connection: Connection, person_id: int, address: str, said: str) -> None:
    connection.execute(
        text("update person set email = :address where person_id = :person_id"),
        {"address": address, "person_id": person_id},
    )
    connection.execute(
        text("""
            insert into person_history (person_id, by_name, what)
            values (:person_id, 'new version', left(:said, 2000))
        """),
        {"person_id": person_id, "said": said},
    )


def _names(connection: Connection) -> None:
    """Names get the form in which they are compared (services/naming.py), without hidden signs.

    No two accounts become one.
    """
    # Row-level security binds the owner as well: let go of for these lines.
    op.execute("alter table account no force row level security")
    for table, key, longest in (("account", "account_id", 200), ("person", "person_id", 120)):
        named = connection.execute(text(f"select {key} as number, name from {table}")).all()
        taken = {str(one.name) for one in named}
        for one in named:
            name = _seen(one.name)[:longest].strip() or f"{table.capitalize()} {one.number}"
            if name == one.name:
                continue
            if table == "account" and name in taken:
                name = f"{name[:170]} ({one.number})"
            taken.add(name)
            connection.execute(
                text(f"update {table} set name = :name where {key} = :number"),
                {"name": name, "number": one.number},
            )
    op.execute("alter table account force row level security")


def _seen(name: str) -> str:
    normal = unicodedata.normalize("NFC", name)
    seen = (s if s.isprintable() and s not in DRAWN_AS_NOTHING else " " for s in normal)
    return " ".join("".join(seen).split())


def _calendars() -> None:
    """Each person their own; whoever manages people ends those whose right is gone."""
    op.execute("alter table calendar_address enable row level security")
    op.execute("alter table calendar_address force row level security")
    op.execute(
        "grant select, insert (account_id, person_id, currency, channel, type),"
        f" update (fetched_at), delete on calendar_address to {APP}"
    )
    op.execute(f"create policy app_own on calendar_address to {APP} using ({OWN})"
               f" with check ({OWN})")  # fmt: skip
    op.execute(f"grant select (account_id, person_id), delete on calendar_address to {OPERATOR}")
    op.execute(f"create policy operator_ends on calendar_address to {OPERATOR} using (true)")
