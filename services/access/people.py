"""Who may come in, as what, and to which accounts: each change with who made it."""

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Final, Self

from sqlalchemy import Connection
from sqlalchemy.exc import IntegrityError

from services.access import people_queries as queries
from services.access.address import AddressError, normal_address
from services.access.people_queries import Change, Grant, Known
from services.access.queries import end_all
from services.access.rights import Right, Role, rights_of
from services.access.viewer import Viewer
from services.database.engine import Database
from services.naming import normal_name, why_no_name

LONGEST_NAME: Final = 120


class PeopleError(ValueError):
    """A change that cannot be made; the message says why."""


@dataclass(frozen=True)
class Hand:
    """Who makes a change."""

    name: str
    person_id: int | None = None

    @classmethod
    def of(cls, viewer: Viewer) -> Self:
        """Raises NotAllowedError for whoever may not manage people."""
        viewer.require(Right.MANAGE_PEOPLE)
        return cls(viewer.person.name, viewer.person_id)


# Whoever may run commands on the server could read its database as well.
BY_COMMAND: Final = Hand("command line")


@dataclass(frozen=True)
class Wanted:
    """What a person is to be called, and to be let do."""

    name: str
    roles: frozenset[Role]
    every_account: bool = False
    account_ids: frozenset[int] = frozenset()

    @classmethod
    def as_it_is(cls, known: Known) -> Self:
        """A person as they are, to change a part of it."""
        return cls(known.name, known.roles, known.every_account, known.account_ids)


def everyone(database: Database) -> tuple[Known, ...]:
    """All who were ever let in, by name."""
    with database.operating() as connection:
        return queries.everyone(connection)


def all_accounts(database: Database) -> tuple[Grant, ...]:
    with database.operating() as connection:
        return queries.all_accounts(connection)


def history(database: Database, person_id: int) -> tuple[Change, ...]:
    """What was changed about a person, the latest first."""
    with database.operating() as connection:
        return queries.history(connection, person_id)


def known_by(database: Database, email: str) -> Known:
    """The person of an address. Raises PeopleError."""
    address = clean_email(email)
    with database.operating() as connection:
        found = queries.person_by_email(connection, address)
    if found is None:
        raise PeopleError(f"Nobody is known by {address}.")
    return found


def clean_email(email: str) -> str:
    """As it is kept and compared. Raises PeopleError."""
    try:
        return normal_address(email)
    except AddressError as problem:
        raise PeopleError(f"That is no e-mail address: {problem}") from None


def invite(database: Database, hand: Hand, email: str, wanted: Wanted) -> int:
    """Let somebody in, from their first sign-in with that address on. Raises PeopleError."""
    address = clean_email(email)
    wanted = _checked(wanted)
    with _changing(database) as connection:
        person_id = queries.insert_person(connection, address, wanted.name, sorted(wanted.roles))
        if person_id is None:
            raise PeopleError(f"{address} is already known here.")
        _say(connection, hand, person_id, f"Invited {address} as {_listed(wanted.roles)}")
        _apply(connection, hand, _person(connection, person_id), wanted)
    return person_id


def change(database: Database, hand: Hand, person_id: int, wanted: Wanted) -> None:
    """Set name, roles and accounts to what is wanted; writes down what became different.

    Raises PeopleError.
    """
    wanted = _checked(wanted)
    with _changing(database) as connection:
        person = _person(connection, person_id)
        if Role.OPERATOR not in wanted.roles:
            _keep_an_operator(connection, person)
        _apply(connection, hand, person, wanted)


def disable(database: Database, hand: Hand, person_id: int) -> None:
    """Lets a person in no longer, and ends their sign-ins. Raises PeopleError."""
    with _changing(database) as connection:
        person = _person(connection, person_id)
        _keep_an_operator(connection, person)
        if person.disabled_at is None:
            queries.disable(connection, person_id)
            end_all(connection, person_id)
            queries.end_calendars(connection, person_id, ())
            _say(connection, hand, person_id, "Disabled")


def enable(database: Database, hand: Hand, person_id: int) -> None:
    """Lets a person in again, at a new sign-in. Raises PeopleError."""
    with _changing(database) as connection:
        if _person(connection, person_id).disabled_at is not None:
            queries.enable(connection, person_id)
            end_all(connection, person_id)
            _say(connection, hand, person_id, "Enabled")


def forget_identity(database: Database, hand: Hand, person_id: int) -> None:
    """For somebody with a new account at the provider: the next sign-in with their confirmed
    address binds anew. Raises PeopleError."""
    with _changing(database) as connection:
        _person(connection, person_id)
        queries.forget_identity(connection, person_id)
        end_all(connection, person_id)
        _say(connection, hand, person_id, "Sign-in with the provider forgotten")


def end_sign_ins(database: Database, hand: Hand, person_id: int) -> None:
    """Signs a person out everywhere. Raises PeopleError."""
    with _changing(database) as connection:
        _person(connection, person_id)
        end_all(connection, person_id)
        _say(connection, hand, person_id, "Signed out everywhere")


@contextmanager
def _changing(database: Database) -> Iterator[Connection]:
    """One change at a time: two operators who each remove the other would leave none."""
    try:
        with database.operating() as connection:
            queries.wait_for_the_last_change(connection)
            yield connection
    except IntegrityError as problem:
        raise PeopleError("One of these accounts is no longer there.") from problem


def _person(connection: Connection, person_id: int) -> Known:
    found = queries.person(connection, person_id)
    if found is None:
        raise PeopleError("There is no such person.")
    return found


def _checked(wanted: Wanted) -> Wanted:
    wanted = replace(wanted, name=normal_name(wanted.name))
    if reason := why_no_name(wanted.name, LONGEST_NAME):
        raise PeopleError(reason)
    if not wanted.roles:
        raise PeopleError("Choose at least one role.")
    return wanted


def _keep_an_operator(connection: Connection, person: Known) -> None:
    if queries.enabled_operators(connection) == {person.person_id}:
        raise PeopleError(
            f"{person.name} is the last operator. Let another one in first, or nobody could."
        )


def _apply(connection: Connection, hand: Hand, person: Known, wanted: Wanted) -> None:
    queries.set_person(
        connection, person.person_id, wanted.name, sorted(wanted.roles), wanted.every_account
    )
    for account_id in sorted(wanted.account_ids - person.account_ids):
        queries.grant(connection, person.person_id, account_id)
    for account_id in sorted(person.account_ids - wanted.account_ids):
        queries.withdraw(connection, person.person_id, account_id)
    _end_calendars(connection, person.person_id, wanted)
    for said in _differences(connection, person, wanted):
        _say(connection, hand, person.person_id, said)


def _end_calendars(connection: Connection, person_id: int, wanted: Wanted) -> None:
    """Those of accounts that are theirs no longer; granted again, an old address opens nothing."""
    sees = Right.SEE_RECOVERY in rights_of(wanted.roles)
    if not (sees and wanted.every_account):
        queries.end_calendars(connection, person_id, wanted.account_ids if sees else ())


def _differences(connection: Connection, person: Known, wanted: Wanted) -> Iterator[str]:
    if wanted.name != person.name:
        yield f"Name: {person.name} → {wanted.name}"
    if wanted.roles != person.roles:
        yield f"Roles: {_listed(person.roles)} → {_listed(wanted.roles)}"
    if wanted.every_account != person.every_account:
        yield "Every account: yes" if wanted.every_account else "Every account: no longer"
    names = {one.account_id: one.name for one in queries.all_accounts(connection)}
    for account_id in sorted(wanted.account_ids - person.account_ids):
        yield f"Account granted: {names[account_id]}"
    for account_id in sorted(person.account_ids - wanted.account_ids):
        yield f"Account withdrawn: {names[account_id]}"


def _say(connection: Connection, hand: Hand, person_id: int, what: str) -> None:
    queries.write(connection, hand.person_id, hand.name, person_id, what)


def _listed(roles: Collection[Role]) -> str:
    return ", ".join(role.words for role in Role if role in roles)
