"""The SQL of managing people. The personas of local mode are nobody's to change."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import Connection, RowMapping, text

from services.access.rights import Role
from services.database.sql import fill


@dataclass(frozen=True)
class Grant:
    """An account that may be somebody's."""

    account_id: int
    name: str


@dataclass(frozen=True)
class Known:
    """A person with what they may do and when they last came."""

    person_id: int
    name: str
    email: str
    roles: frozenset[Role]
    every_account: bool
    accounts: tuple[Grant, ...]
    is_bound: bool  # has signed in once: the provider's own name for them is known
    last_sign_in: datetime | None
    disabled_at: datetime | None

    @property
    def account_ids(self) -> frozenset[int]:
        return frozenset(one.account_id for one in self.accounts)


@dataclass(frozen=True)
class Change:
    """One line of a person's history."""

    at: datetime
    by_name: str
    what: str


_KNOWN: Final = """
    select p.person_id, p.name, p.email, p.roles, p.every_account,
        p.subject is not null as is_bound, p.disabled_at,
        (select max(s.started_at) from sign_in s where s.person_id = p.person_id) as last_sign_in,
        coalesce((
            select array_agg(a.account_id || ' ' || a.name order by lower(a.name), a.account_id)
            from account_access g join account a on a.account_id = g.account_id
            where g.person_id = p.person_id), '{}') as accounts
    from person p where not p.is_local {which}
"""
_EVERYONE: Final = text(
    fill(_KNOWN, which="order by p.disabled_at is not null, lower(p.name), p.person_id")
)
_PERSON: Final = text(fill(_KNOWN, which="and p.person_id = :person_id"))
_BY_EMAIL: Final = text(fill(_KNOWN, which="and p.email = :email"))
_ACCOUNTS: Final = text(
    "select account_id, name from account order by is_sample, lower(name), account_id"
)
_HISTORY: Final = text("""
    select at, by_name, what from person_history
    where person_id = :person_id order by history_id desc limit 200
""")
_INSERT: Final = text("""
    insert into person (email, name, roles) values (:email, :name, :roles)
    on conflict (email) do nothing returning person_id
""")
_SET: Final = text("""
    update person set name = :name, roles = :roles, every_account = :every_account
    where person_id = :person_id and not is_local
""")
_GRANT: Final = text("""
    insert into account_access (account_id, person_id) values (:account_id, :person_id)
    on conflict do nothing
""")
_WITHDRAW: Final = text(
    "delete from account_access where account_id = :account_id and person_id = :person_id"
)
_DISABLE: Final = text("update person set disabled_at = now() where person_id = :person_id")
_ENABLE: Final = text("update person set disabled_at = null where person_id = :person_id")
_FORGET: Final = text(
    "update person set issuer = null, subject = null where person_id = :person_id"
)
_END_CALENDARS: Final = text("""
    delete from calendar_address where person_id = :person_id and account_id <> all(:accounts)
""")
_OPERATORS: Final = text("""
    select person_id from person
    where 'operator' = any (roles) and disabled_at is null and not is_local
""")
_WRITE: Final = text("""
    insert into person_history (person_id, by_person_id, by_name, what)
    values (:person_id, :by_person_id, :by_name, left(:what, 2000))
""")
# Any number that no other advisory lock of this database uses.
_ONE_AT_A_TIME: Final = text("select pg_advisory_xact_lock(3003)")


def wait_for_the_last_change(connection: Connection) -> None:
    connection.execute(_ONE_AT_A_TIME)


def everyone(connection: Connection) -> tuple[Known, ...]:
    return tuple(_known(row) for row in connection.execute(_EVERYONE).mappings())


def person(connection: Connection, person_id: int) -> Known | None:
    row = connection.execute(_PERSON, {"person_id": person_id}).mappings().one_or_none()
    return _known(row) if row else None


def person_by_email(connection: Connection, email: str) -> Known | None:
    row = connection.execute(_BY_EMAIL, {"email": email}).mappings().one_or_none()
    return _known(row) if row else None


def all_accounts(connection: Connection) -> tuple[Grant, ...]:
    return tuple(Grant(**row) for row in connection.execute(_ACCOUNTS).mappings())


def history(connection: Connection, person_id: int) -> tuple[Change, ...]:
    rows = connection.execute(_HISTORY, {"person_id": person_id}).mappings()
    return tuple(Change(**row) for row in rows)


def insert_person(
    connection: Connection, email: str, name: str, roles: Sequence[str]
) -> int | None:
    """The new person's number; None: the address is known already."""
    values = {"email": email, "name": name, "roles": list(roles)}
    return connection.execute(_INSERT, values).scalar_one_or_none()


def set_person(
    connection: Connection, person_id: int, name: str, roles: Sequence[str], every_account: bool
) -> None:
    values = {"person_id": person_id, "name": name, "roles": list(roles)}
    connection.execute(_SET, {**values, "every_account": every_account})


def grant(connection: Connection, person_id: int, account_id: int) -> None:
    connection.execute(_GRANT, {"person_id": person_id, "account_id": account_id})


def withdraw(connection: Connection, person_id: int, account_id: int) -> None:
    connection.execute(_WITHDRAW, {"person_id": person_id, "account_id": account_id})


def disable(connection: Connection, person_id: int) -> None:
    connection.execute(_DISABLE, {"person_id": person_id})


def enable(connection: Connection, person_id: int) -> None:
    connection.execute(_ENABLE, {"person_id": person_id})


def forget_identity(connection: Connection, person_id: int) -> None:
    connection.execute(_FORGET, {"person_id": person_id})


def end_calendars(connection: Connection, person_id: int, accounts: Collection[int]) -> None:
    """Those of every account but these show nothing any more, whatever is granted later."""
    connection.execute(_END_CALENDARS, {"person_id": person_id, "accounts": list(accounts)})


def enabled_operators(connection: Connection) -> set[int]:
    return {int(row.person_id) for row in connection.execute(_OPERATORS)}


def write(
    connection: Connection, by_person_id: int | None, by_name: str, person_id: int, what: str
) -> None:
    values = {"by_person_id": by_person_id, "by_name": by_name}
    connection.execute(_WRITE, {"person_id": person_id, "what": what, **values})


def _known(row: RowMapping) -> Known:
    return Known(
        **{
            **row,
            "roles": frozenset(Role(one) for one in row["roles"]),
            "accounts": tuple(_grant(one) for one in row["accounts"]),
        }
    )


def _grant(told: str) -> Grant:
    number, _, name = told.partition(" ")
    return Grant(int(number), name)
