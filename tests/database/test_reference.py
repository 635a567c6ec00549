"""The reference data: every file is right, loads once and for all, and a wrong one says where."""

import json
import re
import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any, Final, TypeAlias

import pytest
from sqlalchemy import Connection, text

from services.database.engine import Database
from services.database.reference import (
    FOLDER,
    SOURCES,
    ReferenceDataError,
    load_reference_data,
    read_reference_data,
    store,
)
from services.marketplaces.checklist import CHECKLIST
from services.marketplaces.claim_documents import CLAIM_DOCUMENTS
from wording.subtypes import SUBTYPES

Tables: TypeAlias = dict[str, list[dict[str, Any]]]
TABLE_OF_FILE: Final = {source.pattern: source.table for source in SOURCES}


@pytest.fixture(scope="module")
def tables() -> Tables:
    return read_reference_data()


def windows_for(tables: Tables, market: str, subtype: str, day: str) -> list[dict[str, Any]]:
    """The windows of a market (`amazon US`) in force for a claim filed on that day."""
    marketplace, country = market.split()
    return [
        window
        for window in tables["claim_window"]
        if window["marketplace"] == marketplace
        and country in window["countries"]
        and window["subtype"] == subtype
        and (window["valid_from"] or "0000") <= day <= (window["valid_to"] or "9999")
    ]


# The files ---------------------------------------------------------------------------------


def test_every_data_file_is_read(tables: Tables) -> None:
    """Into a table, or by the marketplace's own object or client."""
    present = {path.name for path in Path(str(FOLDER)).rglob("*.json")}
    of_clients = {"seller_central.json", "known_members.json"}
    assert present == {*TABLE_OF_FILE, CHECKLIST, CLAIM_DOCUMENTS, *of_clients}
    assert all(tables[table] for table in TABLE_OF_FILE.values())


def test_every_entry_names_its_source(tables: Tables) -> None:
    assert all(row["source"].strip() for rows in tables.values() for row in rows)
    for table in ("marketplace", "claim_window", "referral_rate"):
        assert all(date.fromisoformat(row["checked_on"]) for row in tables[table])


def test_every_subtype_has_its_words(tables: Tables) -> None:
    named = {row["subtype"] for row in [*tables["claim_window"], *tables["payment_reason"]]}
    assert named <= set(SUBTYPES)


def test_an_unknown_window_is_an_entry_and_not_a_guess(tables: Tables) -> None:
    for country in ("CA", "MX", "JP", "AU", "IN", "BR"):
        (window,) = windows_for(tables, f"amazon {country}", "lost_in_warehouse", "2026-11-22")
        assert (window["closes_after"], window["confidence"]) == (None, "unknown")


def test_our_own_estimate_is_of_the_european_union_and_is_called_that(tables: Tables) -> None:
    (own,) = [row for row in tables["valuation_method"] if row["method"] == "own_order_proceeds"]
    assert sorted(own["countries"]) == ["BE", "DE", "ES", "FR", "IE", "IT", "NL", "PL", "SE"]
    assert (own["marketplace"], own["moment"]) == ("amazon", "after_order")
    assert own["source"].startswith("our own estimate, because no rule is published")


@pytest.mark.parametrize(
    ("market", "subtype", "day", "expected"),
    [
        ("amazon US", "lost_in_warehouse", "2024-10-22", (0, 18, "months")),
        ("amazon US", "lost_in_warehouse", "2024-10-23", (0, 60, "days")),
        ("amazon UK", "damaged_in_warehouse", "2025-01-14", (30, 18, "months")),
        ("amazon DE", "damaged_in_warehouse", "2025-01-15", (0, 60, "days")),
        ("amazon AE", "lost_in_warehouse", "2024-09-05", (0, 60, "days")),
        ("amazon US", "refunded_not_returned", "2026-01-01", (60, 120, "days")),
        ("amazon FR", "refunded_not_returned", "2026-01-01", (45, 105, "days")),
        ("amazon PL", "removal_lost", "2026-01-01", (15, 75, "days")),
        ("amazon US", "removal_other", "2026-01-01", (0, 60, "days")),
        ("amazon AE", "removal_other", "2026-01-01", (0, 30, "days")),
        ("amazon US", "inbound_shortage", "2026-01-01", (None, 9, "months")),
        ("amazon IE", "inbound_shortage", "2026-01-01", (None, 6, "months")),
        ("amazon AE", "inbound_shortage", "2026-01-01", (15, 60, "days")),
        ("amazon US", "fulfilment_fee", "2026-01-01", (0, 90, "days")),
        ("amazon US", "referral_fee", "2026-01-01", (0, 90, "days")),
        ("amazon NL", "unused_label", "2026-01-01", (0, 9, "months")),
        ("amazon UK", "paid_below_cost", "2026-01-01", (0, 60, "days")),
        ("amazon US", "inbound_defect_fee", "2026-01-01", (0, 90, "days")),
        ("amazon US", "awd_shortage", "2026-01-01", (None, None, None)),
        ("walmart US", "inbound_shortage", "2026-01-01", (10, 50, "days")),
        ("walmart US", "transfer_shortage", "2026-01-01", (30, None, None)),
        ("walmart US", "refunded_not_returned", "2026-01-01", (0, 45, "days")),
        ("walmart US", "replacement_lost", "2026-01-01", (0, 45, "days")),
        ("walmart US", "destroyed_in_warehouse", "2026-01-01", (None, None, None)),
        ("walmart US", "referral_fee", "2026-01-01", (0, 90, "days")),
        ("walmart US", "dispute_appeal", "2026-01-01", (0, 30, "days")),
        ("walmart US", "lost_in_warehouse", "2026-01-01", (None, None, None)),
    ],
)
def test_the_window_in_force_is_the_one_of_the_filing_day(
    tables: Tables,
    market: str,
    subtype: str,
    day: str,
    expected: tuple[int | None, int | None, str | None],
) -> None:
    (window,) = windows_for(tables, market, subtype, day)
    assert (window["opens_after_days"], window["closes_after"], window["closes_unit"]) == expected


def test_countries_that_no_source_names_have_no_window(tables: Tables) -> None:
    named = {country for window in tables["claim_window"] for country in window["countries"]}
    assert named.isdisjoint({"TR", "ZA", "EG", "SA", "SG"})


def test_a_conflicting_source_is_told_in_the_note(tables: Tables) -> None:
    (window,) = windows_for(tables, "amazon US", "returned_damaged", "2026-01-01")
    assert "Another source (secondary, https://spctek.com/?p=991822)" in window["note"]
    assert "from ? days to 45 days after the return day" in window["note"]


def test_walmart_outside_the_united_states_is_known_and_not_supported(tables: Tables) -> None:
    refused = {row["code"]: row for row in tables["marketplace"] if not row["supported"]}
    assert set(refused) == {"walmart-ca", "walmart-mx"}
    for row in refused.values():
        assert row["unsupported_reason"] == (
            "Walmart reimbursement is available for United States accounts only."
        )


def test_payment_reasons_are_keyed_without_case_and_separators(tables: Tables) -> None:
    keyed = {(row["marketplace"], row["reason"]): row for row in tables["payment_reason"]}
    assert all(re.fullmatch(r"[a-z0-9]+", reason) for _, reason in keyed)
    assert keyed["amazon", "lostwarehouse"]["subtype"] == "lost_in_warehouse"
    assert {key for key, row in keyed.items() if row["is_reversal"]} == {
        ("amazon", "reimbursementreversal"),
        ("amazon", "compensatedclawback"),
        ("amazon", "missingfrominboundclawback"),
        ("walmart", "wfsfoundinventory"),
    }


def test_rates_are_exact_and_missing_categories_stay_unknown(tables: Tables) -> None:
    rates = {(row["schedule"], row["category"]): row for row in tables["referral_rate"]}
    assert rates["2023", "Jewelry"]["tiers"] == [
        {"up_to": "250", "rate": "0.2"},
        {"up_to": None, "rate": "0.05"},
    ]
    assert ("2025-03", "Jewelry") not in rates
    assert rates["2023", "Jewelry"]["valid_to"] == "2025-02-28"


# A wrong file ------------------------------------------------------------------------------


@pytest.fixture
def change(tmp_path: Path) -> Callable[[str, Callable[[list[Any]], object]], Path]:
    """A copy of the data folder in which one file's entries were changed."""

    def apply(name: str, edit: Callable[[list[Any]], object]) -> Path:
        folder = tmp_path / "marketplaces"
        shutil.copytree(str(FOLDER), folder, ignore=shutil.ignore_patterns("*.py", "__pycache__"))
        content = json.loads((folder / name).read_text("utf-8"))
        edit(content["entries"])
        (folder / name).write_text(json.dumps(content), "utf-8")
        return folder

    return apply


@pytest.mark.parametrize(
    ("name", "edit", "message"),
    [
        (
            "amazon/claim_windows.json",
            lambda entries: entries[0].update(closes_after="sixty"),
            r"amazon/claim_windows\.json, entry 1 \(claim_window_id 1001\), closes_after: "
            r".*integer.* \(found 'sixty'\)",
        ),
        (
            "amazon/claim_windows.json",
            lambda entries: entries[2].update(subtype="vanished"),
            r"entry 3 \(claim_window_id 1003\), subtype: .*no such subtype",
        ),
        (
            "amazon/claim_windows.json",
            lambda entries: entries[0].pop("source"),
            r"entry 1 \(claim_window_id 1001\), source: Field required",
        ),
        (
            "amazon/claim_windows.json",
            lambda entries: entries[0].update(confidence="unknown"),
            r"entry 1 .*confidence is unknown exactly where closes_after is null",
        ),
        (
            "amazon/claim_windows.json",
            lambda entries: entries[0].update(opens_after_days=61),
            r"entry 1 .*the window closes before it opens",
        ),
        (
            "amazon/claim_windows.json",
            lambda entries: entries[0].update(valid_to="2024-10-01"),
            r"entry 1 .*valid_to is before valid_from",
        ),
        (
            "amazon/claim_windows.json",
            lambda entries: entries[0].update(countries=["US", "ZZ"]),
            r"claim_windows\.json, entry 1001, countries: ZZ is not in its marketplaces\.json",
        ),
        (
            "amazon/claim_windows.json",
            lambda entries: entries[0].update(valid_from="2024-10-22"),
            r"entry 1001, valid_from: overlaps claim window 1011 for lost_in_warehouse in US",
        ),
        (
            "amazon/claim_windows.json",
            lambda entries: entries[1].update(claim_window_id=1001),
            r"claim_windows\.json: \('claim_window_id',\) \(1001,\) is there twice",
        ),
        (
            "walmart/referral_rates.json",
            lambda entries: entries[0]["tiers"][0].update(rate=0.05),
            r"walmart/referral_rates\.json, entry 1 .*, tiers\.0\.rate: .*as a string",
        ),
        (
            "walmart/referral_rates.json",
            lambda entries: entries[0]["tiers"].reverse(),
            r"entry 1 .*up_to is null in the last tier",
        ),
        (
            "amazon/valuation_methods.json",
            lambda entries: entries[5].update(confidence="official"),
            r"entry 6 \(valuation_method_id 1006\).*our own estimate rests on no source",
        ),
        (
            "amazon/payment_reasons.json",
            lambda entries: entries.append(dict(entries[0], reason="lost:warehouse")),
            r"payment_reasons\.json: .*'lostwarehouse'\) is there twice",
        ),
        (
            "amazon/marketplaces.json",
            lambda entries: entries[0].update(time_zone="Pacific"),
            r"amazon/marketplaces\.json, entry 1 \(code amazon-us\), time_zone: .*IANA",
        ),
        (
            "amazon/marketplaces.json",
            lambda entries: entries[0].update(supported=False),
            r"entry 1 .*unsupported_reason is given exactly where supported is false",
        ),
        (
            "amazon/marketplaces.json",
            lambda entries: entries[0].update(zone="x"),
            r"entry 1 .*zone: Extra inputs are not permitted",
        ),
        (
            "amazon/marketplaces.json",
            lambda entries: entries[6].update(currency_rank=1),
            r"marketplaces\.json, entry amazon-fr, currency_rank: amazon-de has 1 too",
        ),
    ],
)
def test_a_broken_entry_names_file_entry_and_field(
    change: Callable[[str, Callable[[list[Any]], object]], Path],
    name: str,
    edit: Callable[[list[Any]], object],
    message: str,
) -> None:
    with pytest.raises(ReferenceDataError, match=message):
        read_reference_data(change(name, edit))


def test_a_file_that_is_no_json_is_named(tmp_path: Path) -> None:
    (tmp_path / "amazon").mkdir()
    (tmp_path / "amazon" / "marketplaces.json").write_text("{", "utf-8")
    with pytest.raises(ReferenceDataError, match=r"amazon/marketplaces\.json: not a JSON file"):
        read_reference_data(tmp_path)


# The tables --------------------------------------------------------------------------------


def contents(connection: Connection) -> dict[str, str]:
    """Each table's rows as one hash, together with the transactions that wrote them."""
    return {
        source.table: connection.execute(
            text(
                f"select md5(string_agg(xmin::text || t::text, '|' order by t::text)) "
                f"from {source.table} t"
            )
        ).scalar_one()
        for source in SOURCES
    }


def test_the_tables_hold_what_the_files_say(database: Database, tables: Tables) -> None:
    with database.owning() as connection:
        for table, rows in tables.items():
            count = connection.execute(text(f"select count(*) from {table}"))
            assert count.scalar_one() == len(rows)
        window = connection.execute(
            text(
                "select marketplace, countries, closes_after, valid_from, checked_on "
                "from claim_window where claim_window_id = 1001"
            )
        ).one()
    assert tuple(window) == ("amazon", ["US"], 60, date(2024, 10, 23), date(2026, 11, 22))


def test_loading_twice_rewrites_no_row(database: Database) -> None:
    with database.owning() as connection:
        before = contents(connection)
    with database.owning() as connection:
        load_reference_data(connection)
    with database.owning() as connection:
        assert contents(connection) == before


def test_a_changed_and_a_removed_entry_are_carried_over(database: Database, tables: Tables) -> None:
    first, _, *rest = tables["claim_window"]
    with database.owning() as connection:
        store(connection, "claim_window", [dict(first, closes_after=61), *rest])
        held = connection.execute(
            text(
                "select claim_window_id, closes_after from claim_window "
                "where claim_window_id in (1001, 1002)"
            )
        ).all()
        load_reference_data(connection)
        again = connection.execute(
            text(
                "select closes_after from claim_window "
                "where claim_window_id in (1001, 1002) order by 1"
            )
        ).scalars()
        assert [tuple(row) for row in held] == [(1001, 61)]
        assert list(again) == [60, 60]


def test_a_window_that_is_rested_on_is_not_removed(database: Database, tables: Tables) -> None:
    with database.owning() as connection:
        connection.exec_driver_sql("SET LOCAL app.accounts = '1'")
        connection.execute(
            text(
                "insert into account (account_id, name) overriding system value values (1, 'A');"
                "insert into channel (account_id, channel_id, code, marketplace, country, region,"
                " currency, time_zone) overriding system value values"
                " (1, 1, 'amazon-us', 'amazon', 'US', 'NA', 'USD', 'America/Los_Angeles');"
                "insert into report_document (account_id, document_id, channel_id, scope, kind,"
                " checksum, file_name, file_bytes, encoding, delimiter, compression, rows_in_file,"
                " rows_landed, rows_passed_over, rows_rejected) overriding system value values"
                " (1, 1, 1, 'amazon:NA', 'k', 'c', 'f', 1, 'utf-8', ',', 'none', 1, 1, 0, 0);"
                "insert into discrepancy (account_id, channel_id, type, subtype, event_key,"
                " event_on,"
                " units, claim_window_id, currency, basis, document_id, row_number)"
                " values (1, 1, 'inventory', 'lost_in_warehouse', 'e', '2026-01-01', 1, 1001,"
                " 'USD',"
                " 'unknown', 1, 1)"
            )
        )
    kept = [row for row in tables["claim_window"] if row["claim_window_id"] != 1001]
    with (
        pytest.raises(ReferenceDataError, match="an entry was removed that stored data rests on"),
        database.owning() as connection,
    ):
        store(connection, "claim_window", kept)
    with database.owning() as connection:
        left = connection.execute(
            text("select count(*) from claim_window where claim_window_id = 1001")
        )
        assert left.scalar_one() == 1
