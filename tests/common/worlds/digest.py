"""People with accounts, and what a week brought to them."""

from datetime import UTC, date, datetime, timedelta

from sqlalchemy import text

from services.access.absent import absent_viewer
from services.access.viewer import Viewer
from services.database.engine import Database
from services.digest import queries
from services.digest.calendar import week_before
from tests.common.worlds.insights import World

LAST_WEEK = week_before(datetime.now(UTC))


def in_the_week(day: int = 2, monday: date = LAST_WEEK) -> date:
    return monday + timedelta(days=day)


def person(database: Database, name: str, role: str, *account_ids: int) -> int:
    """Someone who may sign in, with these accounts."""
    with database.owning() as connection:
        person_id = connection.execute(
            text("""
            insert into person (name, email, roles) values (:name, :email, array[:role])
            returning person_id"""),
            {"name": name, "email": f"{name.lower()}@example.com", "role": role},
        ).scalar_one()
        for account_id in account_ids:
            connection.execute(
                text("insert into account_access (account_id, person_id) values (:a, :p)"),
                {"a": account_id, "p": person_id},
            )
    return int(person_id)


def change(database: Database, statement: str, **values: object) -> None:
    with database.owning() as connection:
        connection.execute(text(statement), values)


def viewer_of(database: Database, person_id: int) -> Viewer:
    viewer = absent_viewer(database, person_id)
    assert viewer is not None
    return viewer


def subscribed(
    database: Database, person_id: int, *, webhook: str | None = None, secret: str | None = None
) -> str:
    """Since long ago, so that the next summaries are theirs; returns the key of the way out."""
    key = f"{person_id}-{'k' * 40}"
    with database.of_person(person_id) as connection:
        queries.begin(
            connection,
            person_id,
            deliver_by="webhook" if webhook else "email",
            webhook_url=webhook,
            webhook_secret=secret,
            stop_key=key,
        )
    change(database, "update digest_subscription set created_at = now() - interval '60 days'")
    return key


def subscription(database: Database, person_id: int) -> queries.Subscription | None:
    with database.of_person(person_id) as connection:
        return queries.subscription_of(connection, person_id)


def business(database: Database, name: str, recovered: str, monday: date = LAST_WEEK) -> World:
    """Recovered, taken back, refused and run out within the week; more runs out soon."""
    world = World(database, name=name)
    today = datetime.now(UTC).date()
    world.reimbursement(amount=recovered, approved_on=in_the_week(2, monday))
    world.reimbursement(amount="7.77", approved_on=in_the_week(-1, monday))  # the week before
    world.reimbursement(
        amount="-3.25", is_reversal=True, units_cash=-1, approved_on=in_the_week(6, monday)
    )
    world.discrepancy(unit_amount="21.40", expires_on=in_the_week(0, monday))
    world.discrepancy(unit_amount=None, expires_on=in_the_week(1, monday))
    world.discrepancy(unit_amount="11.11", expires_on=today + timedelta(days=3))
    world.discrepancy(unit_amount="22.22", expires_on=today + timedelta(days=20))
    return world
