"""The SQL of access: who a sign-in belongs to, and the accounts of a person."""

from datetime import datetime
from typing import Final

from sqlalchemy import Connection, RowMapping, text

from services.access.rights import Role
from services.access.viewer import Account, Person
from services.database.sql import fill

_PERSON: Final = """
    select person_id, name, email, roles, every_account, is_local from person
    where disabled_at is null and {which}
"""
_LOCAL: Final = text(fill(_PERSON, which="is_local and roles = array[:role]"))
_BY_SUBJECT: Final = text(
    fill(_PERSON, which="not is_local and issuer = :issuer and subject = :subject")
)
_BY_ID: Final = text(fill(_PERSON, which="person_id = :person_id"))
_BIND: Final = text("""
    update person set issuer = :issuer, subject = :subject
    where email = :email and subject is null and disabled_at is null and not is_local
        and (signed_out_at is null or signed_out_at < :issued)
        and not exists (
            select 1 from person other
            where other.issuer = :issuer and other.subject = :subject)
""")
_IS_OVER: Final = text("""
    select signed_out_at >= :issued from person
    where email = :email and subject is null and disabled_at is null and not is_local
""")
# Sample accounts stand in the order they were made in: the first shows most.
_ACCOUNTS: Final = text("""
    select a.account_id, a.name, a.is_sample from account a
    where :every_account or exists (
        select 1 from account_access g
        where g.account_id = a.account_id and g.person_id = :person_id)
    order by a.is_sample, case when not a.is_sample then lower(a.name) end, a.account_id
""")
_BEGIN: Final = text("""
    insert into sign_in (token_hash, person_id) values (:token_hash, :person_id)
    on conflict (token_hash) do nothing
""")
_STANDING: Final = text("""
    select case when p.signed_out_at >= :issued then false else
        s.person_id = p.person_id and s.ended_at is null
        and s.started_at > now() - make_interval(hours => :hours) end
    from person p left join sign_in s on s.token_hash = :token_hash
    where p.person_id = :person_id
""")
# One that no page was ever opened with is written down as ended.
_END: Final = text("""
    insert into sign_in (token_hash, person_id, ended_at) values (:token_hash, :person_id, now())
    on conflict (token_hash) do update set ended_at = now() where sign_in.ended_at is null
""")
_IS_ENDED: Final = text("""
    select p.signed_out_at >= :issued or exists (
        select 1 from sign_in s where s.token_hash = :token_hash and s.ended_at is not null)
    from person p where p.person_id = :person_id
""")
_END_ALL: Final = text("""
    update sign_in set ended_at = now() where person_id = :person_id and ended_at is null
""")
# `now()` would be when the transaction began, and it may have waited since.
_NONE_HOLDS: Final = text("""
    update person set signed_out_at = clock_timestamp() where person_id = :person_id
""")


def local_person(connection: Connection, role: Role) -> Person:
    """The persona of local mode that stands for a role."""
    return _person(connection.execute(_LOCAL, {"role": role.value}).mappings().one())


def person_of_subject(connection: Connection, issuer: str, subject: str) -> Person | None:
    """The person to whom the identity provider's name was bound at their first sign-in."""
    found = connection.execute(_BY_SUBJECT, {"issuer": issuer, "subject": subject})
    row = found.mappings().one_or_none()
    return _person(row) if row else None


def person_of_id(connection: Connection, person_id: int) -> Person | None:
    """None: there is no such person, or they may not come in any more."""
    row = connection.execute(_BY_ID, {"person_id": person_id}).mappings().one_or_none()
    return _person(row) if row else None


def bind(
    connection: Connection, email: str, issuer: str, subject: str, *, issued: datetime
) -> None:
    """At a first sign-in: from now on the person is known by the provider's own name.

    A sign-in from before all of the person's were ended binds nobody.
    """
    values = {"email": email, "issuer": issuer, "subject": subject}
    connection.execute(_BIND, {**values, "issued": issued})


def is_over(connection: Connection, email: str, issued: datetime) -> bool:
    """Whether a sign-in would bind a person of this address, had all of theirs not been ended."""
    found = connection.execute(_IS_OVER, {"email": email, "issued": issued})
    return bool(found.scalar_one_or_none())


def accounts_of(connection: Connection, person: Person) -> tuple[Account, ...]:
    values = {"person_id": person.person_id, "every_account": person.every_account}
    rows = connection.execute(_ACCOUNTS, values).mappings()
    return tuple(Account(**row) for row in rows)


def is_standing(
    connection: Connection, token_hash: str, person: Person, *, issued: datetime, hours: int
) -> bool | None:
    """Whether a sign-in still holds; None: it was never seen before.

    Providers say whole seconds: one of the second in which all were ended is ended as well.
    """
    values = {"token_hash": token_hash, "person_id": person.person_id}
    found = connection.execute(_STANDING, {**values, "issued": issued, "hours": hours})
    return found.scalar_one_or_none()


def begin(connection: Connection, token_hash: str, person: Person) -> None:
    values = {"token_hash": token_hash, "person_id": person.person_id}
    connection.execute(_BEGIN, values)


def end(connection: Connection, token_hash: str, person_id: int | None) -> None:
    """`person_id` None: a stranger's, who is nobody here."""
    connection.execute(_END, {"token_hash": token_hash, "person_id": person_id})


def is_ended(connection: Connection, token_hash: str, person: Person, *, issued: datetime) -> bool:
    values = {"token_hash": token_hash, "person_id": person.person_id, "issued": issued}
    return bool(connection.execute(_IS_ENDED, values).scalar_one_or_none())


def end_all(connection: Connection, person_id: int) -> None:
    """Those that were seen here, and those that no page was ever opened with."""
    connection.execute(_END_ALL, {"person_id": person_id})
    connection.execute(_NONE_HOLDS, {"person_id": person_id})


def _person(row: RowMapping) -> Person:
    return Person(**{**row, "roles": frozenset(Role(one) for one in row["roles"])})
