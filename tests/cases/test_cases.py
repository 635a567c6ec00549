"""Every case whose expect.json lists figures gives exactly these, by its own steps."""

import datetime as dt
import json
import os
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import pytest
from sqlalchemy import text

from services.database.engine import Database
from services.insights.as_of import When, discrepancies, totals
from services.landing.importing import import_files
from tests.cases.playing import ACCOUNT, Play, play, plays

PROJECT: Final = Path(__file__).resolve().parents[2]
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


@dataclass(frozen=True)
class ByCommandLine:
    """`python -m services …`, each step a process of its own; one question is asked once."""

    database: Database
    answers: dict[tuple[str, str], list[dict[str, Any]]] = field(default_factory=dict)

    def bring(self, files: Sequence[Path], channel: str, asked: tuple[str, str] | None) -> None:
        """Import, with the days asked for."""
        days = ("--from", asked[0], "--to", asked[1]) if asked else ()
        self._run("import", *map(str, files), "--channel", channel, *days)
        self.answers.clear()

    def ask(self, question: str, as_of: str) -> list[dict[str, Any]]:
        """The rows of the JSON answer."""
        if (question, as_of) not in self.answers:
            said = json.loads(self._run(question, "--as-of", as_of, "--json"))
            rows = said["rows"] if question == "totals" else said
            self.answers[question, as_of] = rows
        return self.answers[question, as_of]

    def _run(self, *words: str) -> str:
        environment = {
            **os.environ,
            "DATABASE_URL": self.database.urls.owner.render_as_string(hide_password=False),
            "ACCEPT_SERVER_BELOW_SECURITY_FLOOR": "true",
        }
        done = subprocess.run(
            [sys.executable, "-m", "services", *words, "--account", ACCOUNT],
            cwd=PROJECT,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout


def test_there_are_cases_to_play() -> None:
    assert len(PLAYS) >= 7


@pytest.mark.parametrize("one", PLAYS, ids=[one.name for one in PLAYS])
def test_a_case_gives_its_figures(database: Database, one: Play) -> None:
    play(ByFunctions(database, one.may_reject), one)


def test_the_command_line_gives_the_same_figures(database: Database) -> None:
    (one,) = [one for one in PLAYS if one.case == "average-of-what"]
    play(ByCommandLine(database), one)
