"""What goes wrong at Walmart: what is asked again, what is given up, and what nobody is told."""

import logging
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import monotonic

import pytest

from services.marketplaces.asking import Client, Fetched, Source
from services.marketplaces.walmart.settings import walmart_settings
from services.marketplaces.walmart.sources import (
    INBOUND,
    INVENTORY_RECONCILIATION,
    PAYMENTS,
    RETURNS,
    SETTLEMENT,
)
from services.transport.refusals import (
    ConnectionEndedError,
    CutOffError,
    NoAnswerError,
    NotNowError,
    NotUnderstoodError,
    RefusedError,
    UnreachableError,
)
from tests.common.limits import LocalLimits
from tests.fakes.faults import Fault, cut, slow
from tests.fakes.walmart import faults
from tests.fakes.walmart.server import Walmart
from tests.marketplaces.walmart.asked import Connect, fetched, sixty_days

# Asked again ---------------------------------------------------------------------------------


@pytest.mark.parametrize("fault", [faults.trouble(), faults.trouble(503), cut()])
@pytest.mark.parametrize(
    ("operation", "source"),
    [
        ("getReturns", RETURNS),
        ("getReconReport", PAYMENTS),
        ("getInboundShipmentItems", INBOUND),
        ("downloadReport", SETTLEMENT),
    ],
)
def test_a_moments_trouble_is_asked_past(  # noqa: PLR0917
    walmart: Walmart, client: Client, tmp_path: Path, operation: str, source: Source, fault: Fault
) -> None:
    keep(walmart, 2)
    asking = sixty_days(source)
    undisturbed = contents(fetched(client, asking, tmp_path / "undisturbed"))
    walmart.faults.add(operation, fault)
    assert contents(fetched(client, asking, tmp_path / "disturbed")) == undisturbed


def contents(files: list[Fetched]) -> list[int]:
    """How much each file holds; the names of files that were ordered anew differ."""
    return [file.path.stat().st_size for file in files]


def test_trouble_that_stays_is_given_up(walmart: Walmart, client: Client, tmp_path: Path) -> None:
    walmart.faults.add("getReturns", *[faults.trouble()] * 3)
    with pytest.raises(UnreachableError, match="in trouble"):
        fetched(client, sixty_days(RETURNS), tmp_path)
    assert walmart.asked["getReturns"] == 3


def test_a_download_that_is_cut_leaves_nothing(
    walmart: Walmart, client: Client, tmp_path: Path
) -> None:
    walmart.faults.add("download", cut())
    with pytest.raises(CutOffError):
        fetched(client, sixty_days(SETTLEMENT), tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_an_error_in_the_place_of_a_file_is_no_file(
    walmart: Walmart, client: Client, tmp_path: Path
) -> None:
    walmart.faults.add("getReconReport", faults.no_file)
    with pytest.raises(NotUnderstoodError, match="an error came instead of the file"):
        fetched(client, sixty_days(PAYMENTS), tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_who_is_silent_for_too_long_is_not_waited_for(
    walmart: Walmart, connect: Connect, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WALMART_READ_SECONDS", "0.3")
    walmart_settings.cache_clear()
    impatient = connect()
    report_id = impatient.order(sixty_days(SETTLEMENT))
    walmart.faults.add("getSingleRequestStatus", *[slow(0.9)] * 3)
    with pytest.raises(UnreachableError, match="did not answer in time"):
        impatient.state(sixty_days(SETTLEMENT), report_id)


# Asked too often -----------------------------------------------------------------------------


def test_who_asks_too_often_is_told_when_to_come_back(
    walmart: Walmart, client: Client, limits: LocalLimits
) -> None:
    walmart.faults.add("generateReport", faults.throttled(1800))
    before = datetime.now(UTC)
    with pytest.raises(NotNowError) as refused:
        client.order(sixty_days(SETTLEMENT))
    assert timedelta(minutes=29) < refused.value.at - before < timedelta(minutes=31)
    with pytest.raises(NotNowError):
        client.order(sixty_days(SETTLEMENT))
    assert walmart.asked["generateReport"] == 1  # nobody asked again before then
    client.order(sixty_days(INVENTORY_RECONCILIATION))  # another type has a limit of its own
    assert limits.held.keys() == {"generateReport SETTLEMENT"}


def test_a_report_of_a_type_is_ordered_as_often_as_walmart_lets(
    walmart: Walmart, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Once an hour, by what it publishes: nobody is asked to find out."""
    monkeypatch.delenv("WALMART_REPORTS_AN_HOUR")
    walmart_settings.cache_clear()
    client.order(sixty_days(SETTLEMENT))
    before = datetime.now(UTC)
    with pytest.raises(NotNowError) as refused:
        client.order(sixty_days(SETTLEMENT))
    assert timedelta(minutes=59) < refused.value.at - before < timedelta(minutes=61)
    assert walmart.asked["generateReport"] == 1
    client.order(sixty_days(INVENTORY_RECONCILIATION))  # another type has a limit of its own


def test_a_short_wait_is_waited(walmart: Walmart, client: Client, tmp_path: Path) -> None:
    """The limit holds for a moment only: within patience the next question waits for its turn."""
    walmart.faults.add("getReturns", faults.throttled(1))
    with pytest.raises(NotNowError):
        fetched(client, sixty_days(RETURNS), tmp_path / "first")
    began = monotonic()
    assert fetched(client, sixty_days(RETURNS), tmp_path / "second")
    assert 0.5 < monotonic() - began < 5


# Tokens and rights ---------------------------------------------------------------------------


def test_one_token_serves_until_a_minute_before_its_end(
    walmart: Walmart, client: Client, tmp_path: Path
) -> None:
    fetched(client, sixty_days(INBOUND), tmp_path)
    assert walmart.asked["tokenAPI"] == 1
    walmart.access.lasts = 62
    walmart.access.end_tokens()
    client.standing()
    assert walmart.asked["tokenAPI"] == 2
    client.standing()
    assert walmart.asked["tokenAPI"] == 2


def test_a_token_of_less_than_a_minute_serves_once(walmart: Walmart, client: Client) -> None:
    walmart.access.lasts = 30
    client.standing()
    client.standing()
    assert walmart.asked["tokenAPI"] >= 2


@pytest.mark.parametrize("ended", [faults.tokens_end, lambda _: faults.token_refused])
def test_a_token_that_ends_in_mid_run_is_replaced(
    walmart: Walmart, client: Client, tmp_path: Path, ended: Callable[[Walmart], Fault]
) -> None:
    walmart.faults.add("getInboundShipmentItems", None, ended(walmart))
    assert len(fetched(client, sixty_days(INBOUND), tmp_path)) == 2
    assert walmart.asked["tokenAPI"] == 2


def test_a_file_is_asked_for_once_more_with_a_fresh_token(
    walmart: Walmart, client: Client, tmp_path: Path
) -> None:
    walmart.faults.add("getReconReport", None, faults.tokens_end(walmart))
    assert len(fetched(client, sixty_days(PAYMENTS), tmp_path)) == len(walmart.files.recon)


def test_a_second_refusal_counts(walmart: Walmart, client: Client) -> None:
    walmart.faults.add("getTokenDetail", *[faults.token_refused] * 2)
    with pytest.raises(RefusedError) as refused:
        client.standing()
    assert refused.value.status == 401
    assert refused.value.code == "UNAUTHORIZED.GMP_GATEWAY_API"


def test_a_key_that_was_revoked_is_said_to_be(
    walmart: Walmart, client: Client, tmp_path: Path
) -> None:
    walmart.faults.add("getInboundShipmentItems", None, faults.revoked(walmart))
    with pytest.raises(ConnectionEndedError, match="refuses the seller's key"):
        fetched(client, sixty_days(INBOUND), tmp_path)


def test_a_key_that_was_revoked_is_not_taken_for_a_report_that_is_not_granted(
    walmart: Walmart, client: Client
) -> None:
    walmart.faults.add("generateReport", faults.revoked(walmart))
    with pytest.raises(ConnectionEndedError):
        client.order(sixty_days(INVENTORY_RECONCILIATION))


def test_a_scope_that_is_missing_is_refused_and_all_else_works(
    walmart: Walmart, client: Client, tmp_path: Path
) -> None:
    walmart.faults.add("getReturns", *[faults.scope_missing] * 2)
    with pytest.raises(RefusedError) as refused:
        fetched(client, sixty_days(RETURNS), tmp_path)
    assert (refused.value.status, refused.value.code) == (403, "FORBIDDEN.GMP_GATEWAY_API")
    assert fetched(client, sixty_days(INBOUND), tmp_path)


# What nobody is told -------------------------------------------------------------------------

EVERY_REFUSAL = {
    "trouble": faults.trouble(),
    "throttled": faults.throttled(900),
    "scope missing": faults.scope_missing,
    "not granted": faults.not_granted,
    "no file": faults.no_file,
    "cut": cut(),
}
BY = {
    "tokenAPI": INBOUND,
    "generateReport": SETTLEMENT,
    "getSingleRequestStatus": SETTLEMENT,
    "downloadReport": SETTLEMENT,
    "download": SETTLEMENT,
    "getAvailableReconReportDates": PAYMENTS,
    "getReconReport": PAYMENTS,
    "getReturns": RETURNS,
    "getInboundShipments": INBOUND,
}


@pytest.mark.parametrize("fault", EVERY_REFUSAL.values(), ids=EVERY_REFUSAL)
def test_no_secret_is_in_a_message_or_a_log(
    walmart: Walmart,
    connect: Connect,
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
    fault: Fault,
) -> None:
    caplog.set_level(logging.DEBUG)
    keep(walmart, 1)
    said = []
    for operation, source in BY.items():
        walmart.faults.add(operation, fault)
        try:
            fetched(connect(), sixty_days(source), tmp_path / operation)
        except NoAnswerError as error:
            said.append(f"{error!r} {error} {error.__context__} {error.__cause__}")
    assert walmart.faults.happened == list(BY)
    check_silence(walmart, "\n".join([*said, caplog.text]))


def keep(walmart: Walmart, payments: int) -> None:
    """Only so many of its payments files."""
    for date in list(walmart.files.recon)[payments:]:
        del walmart.files.recon[date]


def check_silence(walmart: Walmart, said: str) -> None:
    """None of what opens data was said."""
    secrets = [*walmart.access.given, *walmart.access.keys.values(), walmart.access.app[1]]
    assert [secret for secret in secrets if secret in said] == []


def test_nothing_is_said_where_nobody_answers(
    walmart: Walmart,
    client: Client,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG)
    client.standing()
    monkeypatch.setenv("WALMART_API_ADDRESS", "http://127.0.0.1:1")
    walmart_settings.cache_clear()
    with pytest.raises(UnreachableError) as unreachable:
        client.standing()
    check_silence(walmart, f"{unreachable.value!r} {unreachable.value.__context__!r} {caplog.text}")


def test_the_fake_counts_what_is_asked_in_a_second(walmart: Walmart, client: Client) -> None:
    for _ in range(3):
        client.standing()
    assert 1 <= walmart.most_in_a_second("getTokenDetail") <= 3
    assert walmart.asked["getTokenDetail"] == 3
