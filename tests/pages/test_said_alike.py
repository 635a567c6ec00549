"""Money, days and the three buckets read the same on a page, on the sheet, in a file, in the mail
and in a terminal. In a currency without a sign of its own: there they drifted apart before.
"""

import io
import re
from datetime import date
from typing import Final

import pytest
from openpyxl import load_workbook
from pypdf import PdfReader
from rich.console import Console
from rich.table import Table

from services.access.local import local_viewer
from services.access.rights import Role
from services.access.viewer import Viewer
from services.digest.content import digest_of
from services.digest.letter import Letter, Links, letter_of
from services.exports.files import Question
from services.insights.answers import Filters
from services.insights.as_of import as_of_day, discrepancies, totals
from services.insights.expiring import View
from services.insights.telling import discrepancies_table, totals_table
from tests.common.drawn import drawn
from tests.common.exported import file_for
from tests.common.looking import page, tables, words
from tests.common.worlds.insights import NOW, World, in_days
from wording.buckets import BUCKETS, SHORT_STATES
from wording.changes import SINCE

SEK: Final = Filters("SEK")
NET, TAKEN, GROSS = "SEK 1,224.75", "SEK 15.25", "SEK 1,240.00"
READY, LAST_DAY = "SEK 28.40", "17 Jun 2026"


@pytest.fixture
def swedish(world: World) -> World:
    """1,240.00 paid, 15.25 of it taken back within the last week; two units run out in two days."""
    own = {"code": "amazon-se", "currency": "SEK"}
    world.discrepancy(units=2, unit_amount="14.20", expires_on=in_days(2), **own)
    paid = world.reimbursement(amount="1240.00", **own)
    world.reimbursement(amount="-15.25", is_reversal=True, original_key=paid, units_cash=-1, **own)
    return world.sum_up()


def plain(said: str) -> str:
    """Whether a space may break is another question: the sheet breaks nowhere."""
    return said.replace("\u00a0", " ").replace("\n", " ")


def manager(world: World) -> Viewer:
    return local_viewer(world.database, listens_on="127.0.0.1", asks_from=None, role=Role.MANAGER)


def sheet(world: World) -> str:
    question = Question.of_summary(world.account_id, SEK)
    (only,) = PdfReader(
        io.BytesIO(file_for(manager(world), world.database, question, "pdf", NOW))
    ).pages
    return plain(only.extract_text())


def mail(world: World) -> Letter:
    links = Links("https://recovery.example.com", None)
    return letter_of(digest_of(world.database, manager(world), NOW), "Mia", links)


def terminal(table: Table) -> str:
    console = Console(width=300, file=io.StringIO(), record=True)
    console.print(table)
    return plain(console.export_text())


def test_money_is_said_alike(swedish: World) -> None:
    told = as_of_day(swedish.database, totals, swedish.name, None, None)
    on_page, on_paper = plain(drawn(page("overview", swedish.account_id))), sheet(swedish)
    letters = [plain(said) for said in (mail(swedish).text, mail(swedish).html)]
    printed = terminal(totals_table(told))
    for said in (on_page, on_paper):
        assert NET in said
        assert READY in said
        assert f"{TAKEN} of {GROSS} was taken back" in said
    for said in letters:
        assert f"\u2212{TAKEN}" in said
        assert READY in said
    assert NET in printed
    assert not [
        said for said in (on_page, on_paper, *letters, printed) if re.search(r"SEK\d", said)
    ]


def test_days_are_said_alike(swedish: World) -> None:
    (expiring, *_) = tables(page("expiring", swedish.account_id))
    told = as_of_day(swedish.database, discrepancies, swedish.name, None, None)
    assert expiring[0]["Deadline"] == LAST_DAY
    assert LAST_DAY in sheet(swedish)
    assert LAST_DAY in terminal(discrepancies_table(told))
    assert "8 to 14 Jun 2026" in mail(swedish).text
    question = Question.of("expiring", swedish.account_id, SEK, View(week=date(2026, 6, 15)))
    content = file_for(manager(swedish), swedish.database, question, "xlsx", NOW)
    about, listed = load_workbook(io.BytesIO(content)).worksheets
    facts = {row[0].value: row[1].value for row in about.iter_rows() if row[0].value}
    assert facts["Week of"] == "15 Jun 2026"
    assert facts["As of"] == "15 Jun 2026, 17:00 UTC"
    first = {cell.value: below for cell, below in zip(listed[1], listed[2], strict=True)}
    assert first["Last day"].number_format == "d mmm yyyy"
    assert first["Amount"].number_format.startswith("[$SEK\u00a0]")


def test_the_buckets_are_described_alike(swedish: World) -> None:
    for said in (
        words(page("overview", swedish.account_id)),
        words(page("amazon", swedish.account_id)),
        sheet(swedish),
    ):
        for bucket in BUCKETS.values():
            assert bucket.title in said
            assert bucket.meaning in said


def test_the_parts_are_called_alike(swedish: World) -> None:
    told = as_of_day(swedish.database, totals, swedish.name, None, None)
    for said in (sheet(swedish), terminal(totals_table(told))):
        for part in ("ready", "in_progress", "future", "expired", "denied"):
            assert SHORT_STATES[part] in said
    assert all(one.label in sheet(swedish) for one in SINCE.values())
