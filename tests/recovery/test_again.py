"""What an older version identified is identified again, once."""

from pathlib import Path

from sqlalchemy import text

from services.database.engine import Database
from services.recovery.again import identify_again
from tests.common.worlds.recovery import LEDGER, World, lost, quiet, units


def test_an_account_of_an_older_version_is_identified_again_once(
    database: Database, tmp_path: Path
) -> None:
    # The older version called the loss ready without knowing what had been paid.
    world = World(database, tmp_path, covers=False)
    world.land(LEDGER, lost("2026-05-01", 1, unreconciled=1), quiet("2026-05-02"))
    with database.loading() as connection:
        connection.execute(
            text(
                "update discrepancy set held_units = 0, held_because = null,"
                " besides_units = 0, besides_because = null"
            )
        )
        connection.execute(text("update account set identified_with = 0"))
    assert units(world.one("2026-05-02")) == {"ready": 1}
    said: list[str] = []
    assert identify_again(database, said.append) == 1
    assert units(world.one("2026-05-02")) == {"future": 1}
    assert len(said) == 1
    assert "Hand-made" in said[0]
    assert identify_again(database, said.append) == 0
