"""Accounts, channels and filled-in forms for the tests of activation and of its pages."""

from typing import Any

from sqlalchemy import text

from services.access.local import local_viewer
from services.access.rights import Role
from services.access.viewer import Viewer
from services.activation.asking import Outcome
from services.activation.asking import ask as ask_as
from services.activation.request import Request, read_request
from services.activation.states import RequestKey
from services.database.engine import Database

ANSWERS: dict[str, Any] = {
    "contact_name": "Ada Byron",
    "email": "ada@northwind.example.com",
    "phone": "(212) 555-0100",
    "preferred_time": "Any time",
    "time_zone": "America/New_York",
    "start_with": ["return", "inventory"],
    "message": "We lost two pallets in May.",
    "consent": True,
}


def a_request(country: str = "US", **changed: Any) -> Request:
    return read_request({**ANSWERS, **changed}, country=country)


def seen_as(database: Database, role: Role = Role.SELLER) -> Viewer:
    """One of the personas of local mode: all but the operator have every account."""
    return local_viewer(database, listens_on="127.0.0.1", asks_from=None, role=role)


def ask(database: Database, account_id: int, channel_code: str, request: Request) -> Outcome:
    """The seller's persona asks."""
    return ask_as(database, seen_as(database), account_id, channel_code, request)


def requested(database: Database, account_id: int, code: str = "amazon-us") -> RequestKey:
    """A new request of the seller's persona."""
    outcome = ask(database, account_id, code, a_request())
    assert outcome.request_id is not None, outcome.reason
    return RequestKey(account_id, outcome.request_id)


def add_person(database: Database, name: str, *roles: Role, every_account: bool = False) -> int:
    """Somebody who may sign in."""
    with database.owning() as connection:
        return int(
            connection.execute(
                text("""
            insert into person (name, email, roles, every_account)
            values (:name, lower(:name) || '@people.example.com', :roles, :every_account)
            returning person_id
        """),
                {"name": name, "roles": [*roles], "every_account": every_account},
            ).scalar_one()
        )


def add_account(database: Database, name: str = "Northwind Kitchen") -> int:
    with database.loading() as connection:
        return int(
            connection.execute(
                text("insert into account (name) values (:name) returning account_id"),
                {"name": name},
            ).scalar_one()
        )


def add_channel(
    database: Database, account_id: int, code: str = "amazon-us", **columns: Any
) -> int:
    """A channel of a marketplace in the reference table, with single columns set otherwise."""
    values = {"connection_state": "files", "service_active": False, **columns}
    with database.loading() as connection:
        return int(
            connection.execute(
                text("""
            insert into channel (account_id, code, marketplace, country, region, currency,
                                 time_zone, connection_state, service_active)
            select :account_id, code, marketplace, country, region, currency, time_zone,
                   :connection_state, :service_active
            from marketplace where code = :code
            returning channel_id
        """),
                {"account_id": account_id, "code": code, **values},
            ).scalar_one()
        )


def add_document(database: Database, account_id: int, channel_id: int, scope: str) -> None:
    with database.loading() as connection:
        connection.execute(
            text("""
            insert into report_document (account_id, channel_id, scope, kind, checksum, file_name,
                file_bytes, encoding, delimiter, compression, rows_in_file, rows_landed,
                rows_passed_over, rows_rejected)
            values (:account_id, :channel_id, :scope, 'amazon_ledger_detail', 'c', 'ledger.txt',
                1, 'utf-8', 'tab', 'none', 0, 0, 0, 0)
        """),
            {"account_id": account_id, "channel_id": channel_id, "scope": scope},
        )


def settle(
    database: Database, account_id: int, request_id: int, status: str, **events: str | None
) -> None:
    """What the service team does to a request: a new status, and lines of its history."""
    with database.owning() as connection:
        connection.execute(
            text("""
            update activation_request set status = :status,
                settled_at = case when cast(:status as text) in ('active', 'declined')
                    then now() end
            where account_id = :account_id and request_id = :request_id
        """),
            {"status": status, "account_id": account_id, "request_id": request_id},
        )
        for kind, note in events.items():
            connection.execute(
                text("""
                insert into activation_event (account_id, request_id, kind, note)
                values (:account_id, :request_id, :kind, :note)
            """),
                {"account_id": account_id, "request_id": request_id, "kind": kind, "note": note},
            )


def count(database: Database, account_id: int, table: str) -> int:
    with database.reading(account_id) as connection:
        return int(
            connection.execute(
                text(f"select count(*) from {table} where account_id = :account_id"),
                {"account_id": account_id},
            ).scalar_one()
        )
