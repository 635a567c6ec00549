"""Whatever goes wrong on the way: an answer later, or a refusal in words, and never a secret."""

import logging
import threading
import tracemalloc
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from services.marketplaces.amazon.connecting import AmazonConnecting
from services.transport.refusals import (
    CutOffError,
    NoAnswerError,
    NotNowError,
    NotUnderstoodError,
    RefusedError,
    UnreachableError,
)
from tests.common.limits import LocalLimits
from tests.fakes.amazon.login import CLIENT_SECRET, REFRESH_TOKEN
from tests.fakes.amazon.server import FakeAmazon
from tests.fakes.faults import Fault, answered, cut, date_in, slow
from tests.marketplaces.amazon.asking import GERMANY, OCTOBER, SOURCES, Amazon, ago, asking

QUOTA = {"errors": [{"code": "QuotaExceeded", "message": "You exceeded your quota."}]}
MEGABYTE = 1 << 20


def test_a_trouble_of_theirs_is_asked_again(amazon: Amazon) -> None:
    amazon.fake.faults.add("getReport", answered(500, {}), answered(503, {}))
    assert amazon.ready(asking("reimbursements"))
    assert amazon.fake.times("getReport") == 3


def test_a_trouble_that_stays_is_given_up(amazon: Amazon) -> None:
    amazon.fake.faults.add("createReport", *[answered(500, {})] * 3)
    with pytest.raises(UnreachableError):
        amazon.client.order(asking("reimbursements"))


@pytest.mark.parametrize("is_date", [False, True])
def test_throttled_is_not_asked_again_before_its_time(amazon: Amazon, is_date: bool) -> None:
    said = date_in(30) if is_date else "30"
    amazon.fake.faults.add("createReport", answered(429, QUOTA, retry_after=said))
    for _ in range(2):
        with pytest.raises(NotNowError) as later:
            amazon.client.order(asking("reimbursements"))
        assert 25 < (later.value.at - ago(0)).total_seconds() < 35
    assert amazon.fake.times("createReport") == 1


def test_what_amazon_allows_is_learned(amazon: Amazon) -> None:
    amazon.fake.allowed_per_second = 7.5
    amazon.client.order(asking("reimbursements"))
    assert amazon.limits.learned["createReport"] == 7.5


def test_a_seller_s_limit_holds(fake: FakeAmazon, connecting: AmazonConnecting) -> None:
    """Fifteen at once, then as often as the fake allows: four a second."""
    fake.allowed_per_second = 4
    caller = connecting.caller_of(LocalLimits())
    secrets = {"refresh_token": REFRESH_TOKEN}
    client = connecting.client(secrets, GERMANY, caller, lambda _unknown: None)
    for _ in range(20):
        client.order(asking("reimbursements"))
    assert fake.most_in(0.9, "createReport") <= 15 + 4
    assert fake.most_in(100, "createReport") == 20


def test_a_slow_answer_is_waited_for_and_a_silent_one_is_not(amazon: Amazon) -> None:
    amazon.fake.faults.add("getReport", slow(0.3), *[slow(2.5)] * 3)
    question = asking("reimbursements")
    report_id = amazon.client.order(question)
    amazon.client.state(question, report_id)
    with pytest.raises(UnreachableError, match="in time"):
        amazon.client.state(question, report_id)


def test_of_a_cut_download_nothing_stays(amazon: Amazon) -> None:
    amazon.fake.faults.add("download", cut())
    with pytest.raises(CutOffError):
        amazon.fetched(asking("ledger_detail"))
    assert list(amazon.folder.iterdir()) == []


def test_a_cut_answer_is_asked_again(amazon: Amazon) -> None:
    amazon.fake.faults.add("getReport", cut())
    assert amazon.ready(asking("reimbursements"))


def test_an_address_that_has_ended_is_asked_for_anew(amazon: Amazon) -> None:
    amazon.fake.faults.add("download", answered(403, {}))
    assert amazon.fetched(asking("reimbursements")).path.exists()
    assert amazon.fake.times("getReportDocument") == 2


def test_an_address_that_ends_at_once_is_refused(amazon: Amazon) -> None:
    amazon.fake.answers.address_holds = -10
    with pytest.raises(RefusedError):
        amazon.fetched(asking("reimbursements"))
    assert list(amazon.folder.iterdir()) == []


def test_a_document_that_is_gone(amazon: Amazon) -> None:
    with pytest.raises(RefusedError) as refused:
        list(amazon.client.fetch(asking("reimbursements"), "amzn1.spdoc.0", amazon.folder))
    assert (refused.value.status, refused.value.code) == (404, "NotFound")


@pytest.mark.parametrize("body", ["text", [], {"reports": None}, {"reports": [{}]}])
def test_an_answer_of_another_shape_is_not_nothing(amazon: Amazon, body: object) -> None:
    amazon.fake.faults.add("getReports", answered(200, body))
    with pytest.raises(NotUnderstoodError):
        list(amazon.client.found(SOURCES["reimbursements"], GERMANY, ago(1)))


def test_a_packing_that_nobody_has_heard_of_is_handed_on(amazon: Amazon) -> None:
    document = amazon.ready(asking("reimbursements"))
    url = amazon.fake.address + "/documents/none"
    told = {"reportDocumentId": document, "url": url, "compressionAlgorithm": "ZSTD"}
    amazon.fake.faults.add("getReportDocument", answered(200, told))
    amazon.fake.faults.add("download", answered(200, "packed"))
    [file] = amazon.client.fetch(asking("reimbursements"), document, amazon.folder)
    assert file.path.read_text() == '"packed"'
    assert [one.said for one in amazon.notices] == ["ZSTD"]


# Each with what is asked, and what may come of it.
EVERYTHING: list[tuple[str, Fault]] = [
    (operation, fault)
    for operation in ("token", "createReport", "getReport", "getReportDocument", "download")
    for fault in (
        answered(400, {"error": "invalid_request", "error_description": "Atza|echo"}),
        answered(401, {"errors": [{"code": "Unauthorized", "message": "Atza|echo"}]}),
        answered(403, {"errors": [{"code": "Atza|echo", "message": "no"}]}),
        answered(429, QUOTA, retry_after="60"),
        answered(500, {}),
        answered(302, {}, location="https://example.com/Atza|echo"),
        cut(),
    )
]


@pytest.mark.parametrize(("operation", "fault"), EVERYTHING)
def test_no_secret_is_in_an_error_or_a_log(
    amazon: Amazon, operation: str, fault: Fault, caplog: pytest.LogCaptureFixture
) -> None:
    amazon.fake.faults.add(operation, *[fault] * 4)
    said = []
    with caplog.at_level(logging.DEBUG):
        try:
            amazon.fetched(asking("reimbursements"))
        except NoAnswerError as error:
            said = [repr(error), str(error), repr(error.__cause__), *map(repr, error.args)]
    assert said
    written = "\n".join([*said, *(f"{one.getMessage()}{one.exc_text}" for one in caplog.records)])
    secrets = [REFRESH_TOKEN, CLIENT_SECRET, "Atza|", "signature=", *amazon.fake.login.given]
    for secret in secrets:
        assert secret not in written


def test_a_download_takes_no_more_memory_than_a_block(amazon: Amazon) -> None:
    """300 MB, made as they are sent: this process holds neither end of them whole."""
    size = 300 * MEGABYTE
    address = _sends(size)
    told = {"reportDocumentId": "large", "url": address}
    amazon.fake.faults.add("getReportDocument", answered(200, told))
    amazon.client.standing()
    tracemalloc.start()
    try:
        [file] = amazon.client.fetch(asking("ledger_detail"), "large", amazon.folder)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert (file.path.stat().st_size, file.days) == (size, OCTOBER)
    assert peak < 16 * MEGABYTE
    file.path.unlink()


def _sends(size: int) -> str:
    """The address of a server that sends so many bytes, once."""
    block = b"0" * MEGABYTE

    class Sender(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("content-length", str(size))
            self.end_headers()
            for _ in range(size // MEGABYTE):
                self.wfile.write(block)
            self.server.server_close()

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002
            """Nothing."""

    server = HTTPServer(("127.0.0.1", 0), Sender)
    threading.Thread(target=server.handle_request, daemon=True).start()
    return f"http://127.0.0.1:{server.server_port}/"
