"""Every refusal says what the file is instead, and the way out."""

import json
from pathlib import Path

import pytest

from sample.text import columns
from services.database.engine import Database
from services.landing.read.unpack import unpack
from services.landing.recognise.kinds import recognise
from services.landing.refusals import RefusedError
from services.marketplaces.registry import MARKETPLACES
from tests.common.reports import files
from tests.common.reports.files import SAMPLES, every_row
from tests.landing.bringing import Bring

API = SAMPLES.parent / "api"


def refusal(tmp_path: Path, content: str | bytes, marketplace: str | None = "amazon") -> str:
    path = tmp_path / "file"
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    with pytest.raises(RefusedError) as caught:
        [recognise(document, marketplace) for document in unpack(path)]
    return str(caught.value)


# Another language ---------------------------------------------------------------------------

GERMAN = columns("""
    Datum, FNSKU, ASIN, MSKU, Titel, Ereignistyp, Referenz-ID, Menge, Logistikzentrum, Zustand,
    Grund, Land
""")
FRENCH = columns("""
    date-retour, numero-commande, sku, asin, fnsku, nom-produit, quantite, centre, motif, statut
""")
CHINESE = (
    "批准日期",
    "赔偿编号",
    "问题编号",
    "亚马逊订单编号",
    "原因",
    "Sku",
    "fnsku",
    "ASIN",
    "商品名称",
)
JAPANESE = (
    "返品日",
    "注文番号",
    "sku",
    "asin",
    "fnsku",
    "商品名",
    "数量",
    "フルフィルメントセンターID",
)
ITALIAN = ("data-reso", "id-ordine", "sku", "asin", "fnsku", "quantità", "motivo", "stato")
SPANISH = ("fecha", "id de pedido", "sku", "cantidad", "motivo", "estado")
POLISH = ("Data", "FNSKU", "ASIN", "MSKU", "Tytuł", "Ilość", "Powód", "Kraj")
RUSSIAN = ("дата", "sku", "asin", "количество")


@pytest.mark.parametrize(
    ("header", "language", "delimiter", "encoding"),
    [
        (GERMAN, "it looks German", ",", "utf-8-sig"),
        (FRENCH, "it looks French", ";", "utf-8"),
        (CHINESE, "it looks Chinese", "\t", "utf-8"),
        (JAPANESE, "it looks Japanese", "\t", "cp932"),
        (ITALIAN, "it looks Italian", "\t", "cp1252"),
        (SPANISH, "it looks Spanish", ",", "utf-8"),
        (POLISH, "it looks Polish", "\t", "utf-8"),
        (RUSSIAN, "it has letters that English has not", "\t", "utf-8"),
    ],
)
def test_headers_in_another_language_are_told_with_the_setting(
    tmp_path: Path, header: tuple[str, ...], language: str, delimiter: str, encoding: str
) -> None:
    row = ["x"] * len(header)
    said = refusal(tmp_path, files.table(header, [row], delimiter).encode(encoding))
    assert f"in another language than English ({language})" in said
    assert "“Language for feed processing reports” is English (US)" in said
    assert "reportOptions.preferredReportDocumentLocale=en_US" in said
    assert "Nearest" not in said


def test_walmart_has_a_setting_of_its_own(tmp_path: Path) -> None:
    said = refusal(tmp_path, files.table(SPANISH, []), "walmart")
    assert "Set Seller Center's language to English" in said
    assert "feed processing" not in said


def test_an_english_report_is_not_taken_for_another_language(tmp_path: Path) -> None:
    header = ("sku", "currency", "price", "valid_from", "größe")
    assert "another language" not in refusal(tmp_path, files.table(header, []))
    titles = files.table(("name", "size", "price"), [("Café Crème", "größe", "1")])
    assert "another language" not in refusal(tmp_path, titles)


# The neighbouring report --------------------------------------------------------------------

NEIGHBOURS = [
    (
        'Includes Amazon Marketplace transactions\nAll amounts in USD\n\n"date/time",'
        '"settlement id","type","order id","sku","description","quantity","product sales",'
        '"selling fees","fba fees","other transaction fees","other","total"\n',
        "Amazon date-range transactions",
        "GET_V2_SETTLEMENT_REPORT_DATA_FLAT_FILE_V2",
    ),
    (
        "settlement-id\tsettlement-start-date\tsettlement-end-date\tcurrency\ttransaction-type\t"
        "order-id\tsku\tprice-type\tprice-amount\titem-related-fee-type\titem-related-fee-amount\n",
        "Amazon settlement, flat file V1",
        "gone since 2026-11-11",
    ),
    (
        '<?xml version="1.0" encoding="UTF-8"?><AmazonEnvelope><Header/><Message>'
        "<SettlementReport><SettlementData/></SettlementReport></Message></AmazonEnvelope>",
        "Amazon settlement, XML",
        "flat file V2",
    ),
    (
        "adjusted-date\ttransaction-item-id\tfnsku\tsku\tproduct-name\tfulfillment-center-id\t"
        "quantity\treason\tdisposition\n",
        "Amazon inventory adjustments",
        "GET_LEDGER_DETAIL_VIEW_DATA",
    ),
    (
        "received-date\tfnsku\tsku\tproduct-name\tquantity\tfba-shipment-id\t"
        "fulfillment-center-id\n",
        "Amazon received inventory",
        "GET_LEDGER_DETAIL_VIEW_DATA",
    ),
    (
        "fnsku\tsku\tproduct-name\tbeginning-quantity\tending-quantity\treceived\tsold\tfound\n",
        "Amazon inventory reconciliation",
        "GET_LEDGER_DETAIL_VIEW_DATA",
    ),
    (
        "Order ID\tOrder date\tReturn request date\tReturn request status\tAmazon RMA ID\tASIN\n",
        "Amazon returns of orders that the seller ships",
        "GET_FBA_FULFILLMENT_CUSTOMER_RETURNS_DATA",
    ),
    (
        "Date,Reimbursement ID,Case ID,Amazon Order ID,Reason,Merchant SKU,FNSKU,ASIN,Title,"
        "Condition,Quantity,Amount Per Unit,Quantity Reimbursed [Cash],Amount Total\n"
        '"May 12, 2026",70000000001,,,Damaged: Warehouse,MUG-BLUE,X00,B0,Mug,New,1,$10.00,1,$10\n',
        "the table of the online page",
        "GET_FBA_REIMBURSEMENTS_DATA",
    ),
    (
        "Country\tProduct Name\tFNSKU\tMerchant SKU\tASIN\tRecommended replenishment qty\n",
        "Amazon restock inventory",
        "GET_FBA_MYI_UNSUPPRESSED_INVENTORY_DATA",
    ),
    (
        '"Walmart.com PO #","Walmart.com Order #","Transaction Type","Transaction Date Time",'
        '"Partner Item Id","Refunded Retail Sales","Payable to Partner from Sale"\n',
        "the other payment layout",
        "Fetch recon v1",
    ),
]


@pytest.mark.parametrize(("content", "label", "way_out"), NEIGHBOURS)
@pytest.mark.parametrize("marketplace", ["amazon", "walmart"])
def test_the_neighbouring_report_is_named_with_the_one_to_take(
    tmp_path: Path, content: str, label: str, way_out: str, marketplace: str
) -> None:
    said = refusal(tmp_path, content, marketplace)
    assert "This is the report “" in said
    assert label in said
    assert way_out in said
    assert "Nearest" not in said


def test_each_neighbour_names_a_way_out_and_is_no_report_that_lands() -> None:
    for entry in MARKETPLACES.values():
        for other in entry.others:
            assert other.way_out.endswith((".", "v1."))
            assert other.headers or other.xml


@pytest.mark.parametrize(
    ("column", "maker"),
    [
        ("_airbyte_extracted_at", "Airbyte"),
        ("_fivetran_synced", "Fivetran"),
        ("_sdc_batched_at", "Stitch"),
    ],
)
def test_a_connectors_table_is_not_taken_for_the_report(
    tmp_path: Path, column: str, maker: str
) -> None:
    header = [name.replace("-", "_") for name in files.REIMBURSEMENTS]
    said = refusal(tmp_path, files.table([column, *header], [], ","))
    assert f"a table of a connector ({maker}" in said
    assert "Import the report as the marketplace delivers it" in said
    record = json.dumps({column: "2026-01-01", "approval_date": "2026-05-01"})
    assert f"a table of a connector ({maker}" in refusal(tmp_path, record)


# The nearest kind ---------------------------------------------------------------------------


def test_the_nearest_kind_is_one_of_the_channels_marketplace(tmp_path: Path) -> None:
    header = ("Walmart.com Order #", "WFSReferenceID", "Transaction Date/Time", "Qty")
    content = files.table(header, [])
    assert "Nearest known kind: Walmart WFS settlement" in refusal(tmp_path, content, "walmart")
    assert "Nearest known kind: Walmart" in refusal(tmp_path, content, None)
    assert "Nearest" not in refusal(tmp_path, content, "amazon")


@pytest.mark.parametrize(
    "header",
    [("sku", "date", "quantity"), ("sku", "asin", "fnsku", "price"), ("Date", "Title", "Reason")],
)
def test_what_many_reports_share_tells_none(tmp_path: Path, header: tuple[str, ...]) -> None:
    said = refusal(tmp_path, files.table(header, []))
    assert "No known kind shares a header with it" in said
    assert f"Headers seen: {', '.join(header)}." in said


def test_an_envelope_alone_is_near_to_nothing(tmp_path: Path) -> None:
    said = refusal(tmp_path, '{"payload": {"orders": [{"status": "x"}]}}')
    assert "No known kind shares a member with it" in said


def test_our_own_files_are_near_in_every_channel(tmp_path: Path) -> None:
    content = "sku,currency,price,valid_from\n"
    for marketplace in ("amazon", "walmart", None):
        assert "it lacks unit_cost" in refusal(tmp_path, content, marketplace)


# Pages, errors, addresses -------------------------------------------------------------------


@pytest.mark.parametrize(
    "content",
    [
        "<!DOCTYPE html><html><head><title>Amazon Sign-In</title></head></html>",
        "\ufeff\n<html lang=en><title>\nAmazon Sign-In </title>",
    ],
)
def test_a_web_page_is_told(tmp_path: Path, content: str) -> None:
    said = refusal(tmp_path, content)
    assert "This is a web page (“Amazon Sign-In”)" in said
    assert "Sign in and download the report again" in said


def test_an_expired_link_is_told(tmp_path: Path) -> None:
    said = refusal(
        tmp_path,
        '<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>AccessDenied</Code><Message>'
        "Request has expired</Message><Expires>2026-05-01T00:00:00Z</Expires></Error>",
    )
    assert "The link to this report had expired" in said
    assert "ask for the report document again" in said
    assert "AccessDenied, Request has expired" in said


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ("<Error><Code>NoSuchKey</Code><Message>Gone</Message></Error>", "NoSuchKey, Gone"),
        (
            '<ns2:errors xmlns:ns2="http://walmart.com/"><ns2:error><ns2:code>SYSTEM_ERROR</ns2:code>'
            "</ns2:error></ns2:errors>",
            "SYSTEM_ERROR",
        ),
        (
            '{"errors": [{"code": "QuotaExceeded", "message": "You exceeded your quota"}]}',
            "QuotaExceeded: You exceeded your quota",
        ),
        (
            '{"error": [{"code": "UNAUTHORIZED.GMP_GATEWAY_API", "description": "Unauthorized"}]}',
            "UNAUTHORIZED.GMP_GATEWAY_API: Unauthorized",
        ),
        ('{"errors": {"error": [{"code": "X", "info": "no"}]}}', "X: no"),
        ('{"error": "invalid_grant", "error_description": "revoked"}', "invalid_grant: revoked"),
    ],
)
def test_an_error_answer_is_told_with_its_reason(tmp_path: Path, content: str, reason: str) -> None:
    said = refusal(tmp_path, content)
    assert f"This is an error answer, not a report: {reason}." in said
    assert "Ask for the report again" in said


@pytest.mark.parametrize(
    ("answer", "says"),
    [
        (
            {
                "reportDocumentId": "amzn1.x",
                "url": "https://example.com",
                "compressionAlgorithm": "GZIP",
            },
            "download the document at its url (valid for five minutes) and import that",
        ),
        ({"payload": {"reportDocumentId": "a", "url": "b"}}, "download the document at its url"),
        ({"reportId": "ID323"}, "only confirms that a report was asked for"),
        (
            {"reportId": "ID323", "reportType": "X", "processingStatus": "IN_QUEUE"},
            "when it is DONE, ask for its reportDocumentId",
        ),
        ({"reports": [{"reportId": "1", "processingStatus": "DONE"}]}, "when it is DONE"),
        ({"requestId": "1", "requestStatus": "RECEIVED"}, "when it is READY"),
        ({"requestId": "1", "downloadURL": "https://x"}, "downloadURL before it expires"),
        ({"availableApReportDates": ["05132026"]}, "fetch the report of each"),
    ],
)
def test_what_only_tells_of_a_report_names_the_next_step(
    tmp_path: Path, answer: object, says: str
) -> None:
    assert says in refusal(tmp_path, json.dumps(answer))


def test_xml_of_no_known_kind_is_told(tmp_path: Path) -> None:
    assert "XML of no kind that we know" in refusal(tmp_path, "<list><item/></list>")


# Answers without their envelope -----------------------------------------------------------------


def test_an_answer_without_its_envelope_lands(bring: Bring, database: Database) -> None:
    shipment = {"ShipmentId": "FBA15", "ShipmentStatus": "CLOSED", "ShipmentName": "FBA (3/1/26)"}
    item = {
        "ShipmentId": "FBA15",
        "SellerSKU": "MUG",
        "FulfillmentNetworkSKU": "X001",
        "QuantityShipped": 36,
        "QuantityReceived": 30,
    }
    assert bring(json.dumps({"ShipmentData": [shipment]})).kind == "amazon_inbound_shipments"
    assert bring(json.dumps([item])).kind == "amazon_inbound_items"
    assert every_row(
        database, "select quantity_shipped - quantity_received from amazon_inbound_item"
    ) == [(6,)]
    assert every_row(database, "select subtype, units from discrepancy") == [
        ("inbound_shortage", 6)
    ]


@pytest.mark.parametrize("name", ["returns", "inbound_shipments", "inbound_items"])
def test_walmarts_answers_land_without_it_too(tmp_path: Path, name: str) -> None:
    said = json.loads((API / "walmart" / f"{name}.json").read_text())
    bare = said.get("payload", said.get("returnOrders"))
    (tmp_path / "f").write_text(json.dumps(bare))
    [kind] = [recognise(document, "walmart") for document in unpack(tmp_path / "f")]
    assert (kind.report.kind, kind.path) == (f"walmart_{name}", ())


@pytest.mark.parametrize(
    ("content", "kind"),
    [('{"ShipmentData": []}', "amazon_inbound_shipments"), ("[]", "case_feed")],
)
def test_an_empty_list_is_what_it_is_called(tmp_path: Path, content: str, kind: str) -> None:
    (tmp_path / "f").write_text(content)
    [seen] = [recognise(document) for document in unpack(tmp_path / "f")]
    assert seen.report.kind == kind
