"""An import as a whole: one transaction, file by file, the same content once."""

import os
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Final

import pytest
from sqlalchemy import Connection, text

from sample.text import gzipped
from services.access.accounts import account_id_of
from services.database.engine import Database
from services.landing import telling
from services.landing.importing import ImportResult, import_files
from services.landing.refusals import ImportRefusedError
from services.landing.target import Order
from tests.common.reports import files
from tests.common.reports.files import every_row, ledger_row, lost, one
from tests.landing.bringing import Bring
from wording.days import plain_date


def import_all(database: Database, *paths: Path, channel: str = "amazon-us") -> ImportResult:
    return import_files(database, paths, account="ACME", channel=channel)


# The same content --------------------------------------------------------------------------

EVERYTHING = (
    "select (select count(*) from amazon_ledger_event), (select count(*) from report_document),"
    " (select max(last_synced_at) from channel), (select count(*) from report_coverage),"
    " (select max(landed_at) from report_document), (select count(*) from rejected_row)"
)


@pytest.mark.parametrize("pack", [bytes, gzipped, lambda content: files.zipped(x=content)])
def test_the_same_file_twice_changes_nothing_whatever_its_name_and_packing(
    bring: Bring, database: Database, pack: object
) -> None:
    content = files.ledger([ledger_row(), lost(), ledger_row(quantity="x")])
    first = bring(content)
    before = every_row(database, EVERYTHING)
    again = bring(pack(content), name="another name")  # type: ignore[operator]
    assert (again.status, again.document_id) == ("already_landed", first.document_id)
    assert (again.rows_landed, again.rows_passed_over) == (0, 3)
    [reason] = again.passed_over_because
    assert reason == f"this file already landed on {plain_date(again.landed_at)}"
    assert every_row(database, EVERYTHING) == before


def test_an_older_file_stays_replaced_when_it_is_brought_again(
    bring: Bring, database: Database
) -> None:
    older = files.ledger([lost(unreconciled="2")])
    bring(older)
    bring(files.ledger([lost(unreconciled="0"), lost("05/15/2026")]))
    assert bring(older).status == "already_landed"
    kept = one(
        database, "select unreconciled_quantity from amazon_ledger_event where day = '2026-05-14'"
    )
    assert kept == 0


# Files side by side ------------------------------------------------------------------------


BYTES = os.fsdecode(b"m\xff\xfe.csv")


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        (BYTES, "m\ufffd\ufffd.csv"),
        ("a\u202ecsv\nb\x1b[2J.csv", "a\ufffdcsv\ufffdb\ufffd[2J.csv"),
        ("Café à\tB.csv", "Café à B.csv"),
    ],
)
def test_a_name_of_any_bytes_is_told_and_kept_in_a_harmless_form(
    bring: Bring, database: Database, tmp_path: Path, name: str, shown: str
) -> None:
    landed = bring(files.ledger([lost(), ledger_row(quantity="x")]), name=name)
    assert (landed.status, landed.file, landed.rows_rejected) == ("landed", shown, 1)
    assert one(database, "select file_name from report_document") == shown
    (tmp_path / name).write_text("what,is,this\n1,2,3\n")
    (tmp_path / "zipped.zip").write_bytes(
        files.zipped(**{"one": files.ledger([lost("05/15/2026")]), "a\u202e": b"what"})
    )
    told = import_all(database, tmp_path / name, tmp_path / "zipped.zip")
    assert [(file.file, file.status) for file in told.files] == [
        (shown, "refused"),
        ("zipped.zip/one.csv", "landed"),
        ("zipped.zip/a\ufffd.csv", "refused"),
    ]
    for file in told.files:
        "".join(telling.in_words(file)).encode()


def test_a_name_within_an_archive_that_is_not_what_it_says_costs_no_other_file(
    database: Database, tmp_path: Path
) -> None:
    packed = files.zipped(é=b"what").replace("é".encode(), b"\xff\xfe")
    (tmp_path / "a.zip").write_bytes(packed)
    (tmp_path / "b.txt").write_bytes(files.ledger([ledger_row()]))
    told = import_all(database, tmp_path)
    assert [file.status for file in told.files] == ["refused", "landed"]


def test_one_name_however_it_is_written_is_one_account(database: Database, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_bytes(files.ledger([ledger_row()]))
    for account in ("Caf\xe9 Nord", "Cafe\u0301 Nord", "  Caf\xe9   Nord "):
        told = import_files(database, [tmp_path], account=account, channel=" amazon-us ")
        assert (told.account, told.channel) == ("Caf\xe9 Nord", "amazon-us")
        account_id_of(database, account)
    assert every_row(database, "select name from account") == [("Caf\xe9 Nord",)]
    with pytest.raises(ImportRefusedError):
        import_files(database, [tmp_path], account="A\nB", channel="amazon-us")


def test_a_refused_file_costs_no_other(database: Database, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_bytes(files.ledger([ledger_row()]))
    (tmp_path / "b.txt").write_text("what,is,this\n1,2,3\n")
    (tmp_path / "c.gz").write_bytes(gzipped(files.ledger([lost()]))[:-9])
    (tmp_path / "d.txt").write_bytes(files.reimbursements([files.reimbursement_row()]))
    result = import_all(database, tmp_path)
    assert [file.status for file in result.files] == ["landed", "refused", "refused", "landed"]
    assert [file.file for file in result.refused] == ["b.txt", "c.gz"]
    assert one(database, "select count(*) from report_document") == 2


def test_a_file_refused_half_way_leaves_nothing(database: Database, tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_bytes(files.recon([files.recon_row()] * 50))
    (tmp_path / "b.csv").write_bytes(files.recon([files.recon_summary("18.48"), files.recon_row()]))
    result = import_all(database, tmp_path, channel="walmart-us")
    assert [file.status for file in result.files] == ["refused", "landed"]
    assert one(database, "select count(*) from walmart_payment") == 1


def test_where_everything_is_refused_not_even_the_account_is_made(
    bring: Bring, database: Database
) -> None:
    assert bring("what,is,this\n").status == "refused"
    assert one(database, "select count(*) from account") == 0


def test_an_archive_lands_member_by_member(database: Database, tmp_path: Path) -> None:
    packed = files.zipped(
        ledger=files.ledger([ledger_row()]),
        other=b"what,is,this\n",
        money=files.reimbursements([files.reimbursement_row()]),
    )
    (tmp_path / "all.zip").write_bytes(packed)
    result = import_all(database, tmp_path / "all.zip")
    assert [(file.file, file.status) for file in result.files] == [
        ("all.zip/ledger.csv", "landed"),
        ("all.zip/other.csv", "refused"),
        ("all.zip/money.csv", "landed"),
    ]


def test_folders_are_looked_into_one_level_deep(database: Database, tmp_path: Path) -> None:
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep" / "x.txt").write_bytes(files.ledger([lost()]))
    (tmp_path / "a.txt").write_bytes(files.ledger([ledger_row()]))
    (tmp_path / ".hidden").write_bytes(b"x")
    assert [file.file for file in import_all(database, tmp_path).files] == ["a.txt"]


def test_an_empty_folder_is_refused(database: Database, tmp_path: Path) -> None:
    with pytest.raises(ImportRefusedError, match="no file to import"):
        import_all(database, tmp_path)


# Account and channel -----------------------------------------------------------------------


def test_account_and_channel_are_made_once(bring: Bring, database: Database) -> None:
    bring(files.ledger([ledger_row()]))
    bring(files.ledger([lost()]), account="  ACME ")
    assert every_row(database, "select name from account") == [("ACME",)]
    assert every_row(
        database, "select code, country, region, currency, time_zone from channel"
    ) == [("amazon-us", "US", "NA", "USD", "America/Los_Angeles")]


@pytest.mark.parametrize("channel", ["amazon-xx", "ebay-us", ""])
def test_an_unknown_channel_is_refused_and_nothing_is_made(
    bring: Bring, database: Database, channel: str
) -> None:
    if channel:
        with pytest.raises(ImportRefusedError, match="amazon-us"):
            bring(files.ledger([ledger_row()]), channel=channel)
    else:
        assert bring(files.ledger([ledger_row()]), channel=channel).status == "refused"
    assert one(database, "select count(*) from account") == 0


@pytest.mark.parametrize("name", ["", "  ", "x" * 201])
def test_an_account_needs_a_name(bring: Bring, name: str) -> None:
    with pytest.raises(ImportRefusedError, match="1 to 200"):
        bring(files.ledger([ledger_row()]), account=name)


@pytest.mark.parametrize("hidden", "\0\n\x1b\u200b\u202e\u2069\u2028\u2029\u00a0\ud800")
def test_no_account_and_no_channel_has_a_hidden_sign_in_its_name(
    bring: Bring, database: Database, hidden: str
) -> None:
    for names in ({"account": f"AC{hidden}ME"}, {"channel": f"amazon{hidden}-us"}):
        with pytest.raises(ImportRefusedError, match=f"hidden one .U.{ord(hidden):04X}"):
            bring(files.ledger([ledger_row()]), **names)
    assert one(database, "select count(*) from account") == 0


def test_two_accounts_may_land_the_same_file(bring: Bring, database: Database) -> None:
    content = files.ledger([lost()])
    assert bring(content, account="A").status == "landed"
    assert bring(content, account="B").status == "landed"
    assert one(database, "select count(*) from amazon_ledger_event") == 2


def test_a_sync_is_marked_on_the_channel_only_by_its_reports(
    bring: Bring, database: Database
) -> None:
    bring("sku,currency,unit_cost,valid_from\nA,USD,1,2026-01-01\n")
    assert one(database, "select last_synced_at from channel") is None
    bring(files.ledger([ledger_row()]))
    assert one(database, "select last_synced_at from channel") is not None


def test_discrepancies_are_identified_in_the_same_import(bring: Bring, database: Database) -> None:
    bring(files.ledger([lost(quantity="-2", unreconciled="2")]))
    assert every_row(database, "select subtype, units from discrepancy") == [
        ("lost_in_warehouse", 2)
    ]


def test_the_counts_of_a_document_are_held_by_the_database(
    bring: Bring, database: Database
) -> None:
    bring(files.ledger([ledger_row(), lost(), ledger_row(quantity="x"), [""] * 16]))
    assert every_row(
        database,
        "select rows_in_file, rows_landed, rows_passed_over, rows_rejected,"
        " passed_over_because, first_day::text, last_day::text from report_document",
    ) == [(4, 2, 1, 1, {"empty row": 1}, "2026-05-13", "2026-05-14")]


def test_progress_tells_how_far_each_file_is(database: Database, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_bytes(files.ledger([ledger_row()] * 9))
    told: list[tuple[str, int, int]] = []
    import_files(
        database,
        [tmp_path / "a.txt"],
        account="ACME",
        channel="amazon-us",
        progress=lambda *said: told.append(said),
    )
    size = (tmp_path / "a.txt").stat().st_size
    assert ("a.txt", size, size) in told
    assert told[-1] == ("identifying", 0, 0)


def test_nothing_of_an_import_remains_in_the_session(bring: Bring, database: Database) -> None:
    bring(files.ledger([ledger_row()]))
    with database.loading() as connection:
        left = connection.execute(
            text("select count(*) from pg_class where relpersistence = 't' and relkind = 'r'")
        ).scalar_one()
    assert left == 0


def test_a_line_without_end_refuses_its_file_only(bring: Bring) -> None:
    content = files.ledger([ledger_row()] * 9000) + b"x" * (3 << 20)
    result = bring(content)
    assert "longer than 1 MiB" in (result.refused_because or "")
    assert bring(files.ledger([ledger_row()])).status == "landed"


# The days a report was asked for --------------------------------------------------------------


def returned(day: str) -> bytes:
    """Customer returns: one, on this day."""
    values = {
        "return-date": f"{day}T18:00:00+00:00",
        "order-id": "111-1",
        "sku": "SKU-A",
        "fnsku": "X001",
        "quantity": "1",
        "detailed-disposition": "SELLABLE",
    }
    row = [values.get(name, "") for name in files.RETURNS]
    return files.table(files.RETURNS, [row]).encode()


def covered(database: Database) -> list[str]:
    days = "select day from report_coverage where kind = 'amazon_customer_returns' order by day"
    return [str(day) for (day,) in every_row(database, days)]


def test_a_quiet_day_is_covered_where_the_days_asked_for_are_known(
    database: Database, tmp_path: Path
) -> None:
    path = tmp_path / "returns"
    path.write_bytes(returned("2026-05-02"))
    asked = (date(2026, 5, 1), date(2026, 5, 4))
    import_files(database, [path], account="ACME", channel="amazon-us", asked=asked)
    assert covered(database) == ["2026-05-01", "2026-05-02", "2026-05-03", "2026-05-04"]


def test_without_them_a_report_speaks_from_its_first_row_to_its_last(
    database: Database, tmp_path: Path
) -> None:
    path = tmp_path / "returns"
    path.write_bytes(returned("2026-05-02"))
    import_all(database, path)
    assert covered(database) == ["2026-05-02"]


def test_rows_outside_the_days_asked_for_refuse_the_file(
    database: Database, tmp_path: Path
) -> None:
    path = tmp_path / "returns"
    path.write_bytes(returned("2026-05-05"))
    asked = (date(2026, 5, 1), date(2026, 5, 4))
    result = import_files(database, [path], account="ACME", channel="amazon-us", asked=asked)
    [refused] = result.refused
    assert "rows of 5 May 2026, which is more than the days" in str(refused.refused_because)


def test_an_empty_report_says_that_nothing_came_on_the_days_asked_for(
    database: Database, tmp_path: Path
) -> None:
    path = tmp_path / "returns"
    path.write_bytes(files.table(files.RETURNS, []).encode())
    asked = (date(2026, 5, 1), date(2026, 5, 2))
    import_files(database, [path], account="ACME", channel="amazon-us", asked=asked)
    assert covered(database) == ["2026-05-01", "2026-05-02"]


def test_the_same_bytes_asked_for_other_days_speak_for_those_too(
    database: Database, tmp_path: Path
) -> None:
    path = tmp_path / "returns"
    path.write_bytes(files.table(files.RETURNS, []).encode())

    def bring(*asked: date) -> str:
        days = asked and (asked[0], asked[1])
        result = import_files(
            database, [path], account="ACME", channel="amazon-us", asked=days or None
        )
        return result.files[0].status

    first, later = (date(2026, 5, 1), date(2026, 5, 2)), (date(2026, 5, 3), date(2026, 5, 4))
    assert [bring(*first), bring(*later)] == ["landed", "landed"]
    assert covered(database) == ["2026-05-01", "2026-05-02", "2026-05-03", "2026-05-04"]
    assert [bring(*first), bring(*later), bring()] == ["already_landed"] * 3
    assert bring(first[0], first[0]) == "already_landed"  # within what it was asked for


def test_the_same_empty_report_speaks_for_each_channel_it_is_brought_for(
    database: Database, tmp_path: Path
) -> None:
    """Nothing came in Germany, nor in France: two reports of the same bytes."""
    path = tmp_path / "returns"
    path.write_bytes(files.table(files.RETURNS, []).encode())
    asked = (date(2026, 5, 1), date(2026, 5, 2))

    def bring(channel: str) -> str:
        result = import_files(database, [path], account="ACME", channel=channel, asked=asked)
        return result.files[0].status

    countries = ("amazon-de", "amazon-fr", "amazon-it")
    assert [bring(code) for code in countries] == ["landed"] * 3
    assert [bring(code) for code in countries] == ["already_landed"] * 3
    spoken = "select part, count(*) from report_coverage group by part order by part"
    assert every_row(database, spoken) == [(code, 2) for code in countries]


def test_rows_stay_with_the_channel_they_came_for_and_that_is_said(bring: Bring) -> None:
    """In two channels each return would be claimed twice."""
    content = returned("2026-05-02")
    first = bring(content, channel="amazon-de")
    again = bring(content, channel="amazon-fr")
    assert (again.status, again.document_id) == ("already_landed", first.document_id)
    [reason] = again.passed_over_because
    assert "for Amazon DE, and says nothing of Amazon FR: bring Amazon FR's own report" in reason
    [same] = bring(content, channel="amazon-de").passed_over_because
    assert "Amazon" not in same


def test_a_report_of_a_whole_region_is_one_whichever_channel_it_comes_for(bring: Bring) -> None:
    content = files.reimbursements([files.reimbursement_row()])
    bring(content, channel="amazon-us")
    again = bring(content, channel="amazon-ca")
    assert again.status == "already_landed"
    assert "Amazon" not in str(again.passed_over_because)
    nothing = files.reimbursements([])
    assert bring(nothing, channel="amazon-us").status == "landed"
    assert bring(nothing, channel="amazon-ca").status == "already_landed"


def test_each_file_of_an_import_may_have_days_of_its_own(
    database: Database, tmp_path: Path
) -> None:
    early, late = tmp_path / "early", tmp_path / "late"
    early.write_bytes(returned("2026-05-02"))
    late.write_bytes(returned("2026-05-05"))
    orders = {
        early: Order((date(2026, 5, 1), date(2026, 5, 3))),
        late: Order((date(2026, 5, 5), date(2026, 5, 6))),
    }
    import_files(database, [early, late], account="ACME", channel="amazon-us", orders=orders)
    assert covered(database) == [f"2026-05-0{day}" for day in (1, 2, 3, 5, 6)]


def test_what_is_to_come_true_with_an_import_undoes_it_where_it_fails(
    database: Database, tmp_path: Path
) -> None:
    path = tmp_path / "returns"
    path.write_bytes(returned("2026-05-02"))

    def fails(_connection: Connection, result: ImportResult) -> None:
        assert result.files[0].status == "landed"
        raise ArithmeticError

    with pytest.raises(ArithmeticError):
        import_files(database, [path], account="ACME", channel="amazon-us", and_then=fails)
    assert covered(database) == []


# Asked for anew --------------------------------------------------------------------------------

MAY: Final = (date(2026, 5, 1), date(2026, 5, 4))


def asked_for(
    database: Database, path: Path, content: bytes, hour: int, channel: str = "amazon-us"
) -> str:
    """What became of a report that the marketplace made at that hour of 6 May."""
    path.write_bytes(content)
    order = Order(MAY, datetime(2026, 5, 6, hour, tzinfo=UTC))
    done = import_files(database, [path], account="ACME", channel=channel, orders={path: order})
    return done.files[0].status


def test_what_is_said_again_after_something_else_was_said_is_a_new_saying(
    database: Database, tmp_path: Path
) -> None:
    """A ledger row that is told once, and withdrawn by the next answer."""
    path = tmp_path / "ledger"
    without = files.ledger([ledger_row("05/02/2026")])
    with_a_loss = files.ledger([ledger_row("05/02/2026"), lost("05/03/2026", quantity="-5")])
    said = [
        asked_for(database, path, content, hour)
        for hour, content in ((1, without), (2, with_a_loss), (3, without), (4, without))
    ]
    assert said == ["landed", "landed", "landed", "already_landed"]
    lost_rows = "select count(*) from amazon_ledger_event where event_type = 'Adjustments'"
    assert every_row(database, lost_rows) == [(0,)]
    made = "select to_char(max(made_at) at time zone 'UTC', 'HH24') from report_document"
    assert every_row(database, made) == [("04",)]


def test_two_channels_that_have_nothing_are_both_told_so(
    database: Database, tmp_path: Path
) -> None:
    nothing = files.table(files.RETURNS, []).encode()
    said = [
        asked_for(database, tmp_path / "returns", nothing, 1, channel)
        for channel in ("amazon-us", "amazon-ca")
    ]
    assert said == ["landed", "landed"]
    parts = "select part, count(*) from report_coverage group by part order by part"
    assert every_row(database, parts) == [("amazon-ca", 4), ("amazon-us", 4)]
