"""The calendar of deadlines: each last day once, with what it is worth."""

import datetime as dt
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

import pytest
from icalendar import Calendar

from services.database.engine import Database
from services.exports import calendar
from services.exports.calendar import deadlines_calendar
from services.insights.answers import Filters
from services.settings import Settings
from tests.common.worlds.recovery import COST, LEDGER, World, cost, lost

# 15 May 2026, noon in Los Angeles.
NOW = dt.datetime(2026, 5, 15, 19, tzinfo=dt.UTC)


def entries(world: World, now: dt.datetime = NOW) -> list[tuple[dt.date, dt.date, str]]:
    filters = Filters("USD")
    content = deadlines_calendar(world.database, world.account_id, filters, now)
    read = Calendar.from_ical(content)
    return [
        (entry["dtstart"].dt, entry["dtend"].dt, str(entry["summary"]))
        for entry in read.walk("VEVENT")
    ]


def test_each_last_day_stands_once_with_its_sum(database: Database, tmp_path: Path) -> None:
    # Lost on 1 May (2 and 1 units) and 2 May (4): last days 30 June and 1 July, 4.20 a unit.
    world = World(database, tmp_path)
    world.land(COST, cost("4.20"), delimiter=",")
    world.land(
        LEDGER,
        lost("2026-05-01", 2, unreconciled=2),
        lost("2026-05-01", 1, unreconciled=1),
        lost("2026-05-02", 4, unreconciled=4),
    )
    june, july = dt.date(2026, 6, 30), dt.date(2026, 7, 1)
    assert entries(world) == [
        (june, july, "Amazon United States: last day to claim 2 items, $12.60 may be eligible"),
        (
            july,
            dt.date(2026, 7, 2),
            "Amazon United States: last day to claim 1 item, $16.80 may be eligible",
        ),
    ]


def test_an_entry_leads_back_to_the_list_it_is_made_from(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = World(database, tmp_path)
    world.land(LEDGER, lost("2026-05-02", 4, unreconciled=4))
    monkeypatch.setattr(calendar, "settings", lambda: Settings(port=8501))
    content = deadlines_calendar(
        database, world.account_id, Filters("USD", type="inventory"), NOW, "A; b, c\nd " + "x" * 90
    )
    # RFC 5545: lines end with CRLF and are folded at 75 octets; what separates values is escaped.
    assert content.replace(b"\r\n", b"").count(b"\n") == 0
    assert max(map(len, content.split(b"\r\n"))) <= 75
    whole = content.replace(b"\r\n ", b"").decode()
    assert "X-WR-CALNAME:A\\; b\\, c d xxx" in whole
    (entry,) = Calendar.from_ical(content).walk("VEVENT")
    link = urlsplit(str(entry["url"]))
    assert f"{link.scheme}://{link.netloc}{link.path}" == "http://localhost:8501/expiring"
    # The last day, 1 July, is a Wednesday.
    assert dict(parse_qsl(link.query)) == {
        "account": str(world.account_id),
        "currency": "USD",
        "channel": "Amazon US",
        "type": "Inventory",
        "order": "By deadline",
        "week": "2026-06-29",
    }
    assert str(entry["url"]) in str(entry["description"])


def test_a_day_that_has_passed_is_no_deadline(database: Database, tmp_path: Path) -> None:
    world = World(database, tmp_path)
    world.land(LEDGER, lost("2026-05-01", 1, unreconciled=1))
    # 30 June, 23:30 in Los Angeles is 1 July in UTC: still the last day.
    late = dt.datetime(2026, 7, 1, 6, 30, tzinfo=dt.UTC)
    assert [day for day, _, _ in entries(world, late)] == [dt.date(2026, 6, 30)]
    assert entries(world, late + dt.timedelta(hours=1)) == []


def test_an_unknown_amount_is_said(database: Database, tmp_path: Path) -> None:
    world = World(database, tmp_path)
    world.land(LEDGER, lost("2026-05-01", 1, unreconciled=1))
    ((_, _, summary),) = entries(world)
    assert summary.endswith("1 item, amount unknown")


def test_while_nothing_changes_the_file_of_a_day_is_the_same(
    database: Database, tmp_path: Path
) -> None:
    world = World(database, tmp_path)
    world.land(LEDGER, lost("2026-05-01", 1, unreconciled=1))
    asked = (database, world.account_id, Filters("USD"))
    first = deadlines_calendar(*asked, NOW)
    assert deadlines_calendar(*asked, NOW + dt.timedelta(minutes=5)) == first
    world.land(LEDGER, lost("2026-05-03", 1, unreconciled=1))
    assert deadlines_calendar(*asked, NOW) != first
