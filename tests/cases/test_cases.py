"""Every case whose expect.json lists figures gives exactly these, by its own steps."""

import datetime as dt
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import pytest
from sqlalchemy import text
from typer.testing import CliRunner

from services.__main__ import app
from services.database.engine import Database
from services.insights.as_of import When, discrepancies, totals
from services.settings import settings
from services.sync.importing import import_files
from tests.cases.playing import ACCOUNT, Play, play, plays

PLAYS: Final = list(plays())
QUESTIONS: Final = {"totals": totals, "discrepancies": discrepancies}


@dataclass(frozen=True)
class ByFunctions:
    """The product's own functions, as the command line calls them."""

    database: Database
    may_reject: bool

    def bring(self, files: Sequence[Path], channel: str, asked: tuple[str, str] | None) -> None:
        """Import; nothing may be refused, and a row be rejected only where the case says so."""
        days = (dt.date.fromisoformat(asked[0]), dt.date.fromisoformat(asked[1])) if asked else None
        brought = import_files(
            self.database, files, account=ACCOUNT, channel=channel, asked=days
        ).files
        for one in brought:
            assert one.status != "refused", one.refused_because
            counted = one.rows_landed + one.rows_passed_over + one.rows_rejected
            assert counted == one.rows_in_file
            assert self.may_reject or not one.rows_rejected, one

    def ask(self, question: str, as_of: str) -> list[dict[str, Any]]:
        """Answer from one snapshot."""
        when = When(dt.datetime.now(dt.UTC), dt.date.fromisoformat(as_of))
        with self.database.listing_accounts() as connection:
            known = text("select account_id from account where name = :name")
            account_id = int(connection.execute(known, {"name": ACCOUNT}).scalar_one())
        with self.database.reading(account_id) as connection:
            return QUESTIONS[question](connection, account_id, when)


class ByCommandLine:
    """`python -m services …`."""

    def bring(self, files: Sequence[Path], channel: str, asked: tuple[str, str] | None) -> None:
        """Import, with the days asked for."""
        days = ("--from", asked[0], "--to", asked[1]) if asked else ()
        self._run("import", *map(str, files), "--channel", channel, *days)

    def ask(self, question: str, as_of: str) -> list[dict[str, Any]]:
        """The rows of the JSON answer."""
        said = json.loads(self._run(question, "--as-of", as_of, "--json"))
        return list(said["rows"] if question == "totals" else said)

    def _run(self, *words: str) -> str:
        done = CliRunner().invoke(app, [*words, "--account", ACCOUNT])
        assert done.exit_code == 0, done.stderr
        return done.stdout


@pytest.fixture
def command_line(database: Database, monkeypatch: pytest.MonkeyPatch) -> Iterator[ByCommandLine]:
    """The command line on the test's own database."""
    owner = database.urls.owner.set(drivername="postgresql")
    monkeypatch.setenv("DATABASE_URL", owner.render_as_string(hide_password=False))
    monkeypatch.setenv("ACCEPT_SERVER_BELOW_SECURITY_FLOOR", "true")
    settings.cache_clear()
    yield ByCommandLine()
    settings.cache_clear()


def test_there_are_cases_to_play() -> None:
    assert len(PLAYS) >= 7


@pytest.mark.parametrize("one", PLAYS, ids=[one.name for one in PLAYS])
def test_a_case_gives_its_figures(database: Database, one: Play) -> None:
    play(ByFunctions(database, one.may_reject), one)


def test_the_command_line_gives_the_same_figures(command_line: ByCommandLine) -> None:
    (one,) = [one for one in PLAYS if one.case == "average-of-what"]
    play(command_line, one)
