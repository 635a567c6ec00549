"""Whatever goes wrong, and in whichever order: in the end every file says the same."""

import gzip
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeVar

import pytest
from werkzeug import Response

from services.marketplaces.asking import Asking, Channel, Fetched, NotTold, Ready, Working
from services.transport.refusals import NotNowError, UnreachableError
from tests.fakes.amazon.server import FakeAmazon
from tests.fakes.faults import Answer, Chance, answered, cut, slow
from tests.marketplaces.amazon.asking import BRITAIN, GERMANY, SOURCES, Amazon, Connect, asking

QUOTA = {"errors": [{"code": "QuotaExceeded", "message": "You exceeded your quota."}]}
TROUBLES = (
    answered(429, QUOTA, retry_after="0.01"),
    answered(500, {}),
    answered(503, {}),
    answered(503, {}, retry_after="0.01"),
    cut(0.2),
    cut(0.9),
    slow(0.02),
)
EVERYTHING = [
    asking(name, channel)
    for name, source in SOURCES.items()
    for channel in (GERMANY, BRITAIN)
    if source.how in {"report", "pages"} and (source.per == "channel" or channel == GERMANY)
]
T = TypeVar("T")


def in_the_end(ask: Callable[[], T]) -> T:
    """Asked again, as a sync does, until there is an answer."""
    for _ in range(200):
        try:
            return ask()
        except (NotNowError, UnreachableError):
            continue
    return pytest.fail("there was no answer in 200 tries")


def told(amazon: Amazon, question: Asking, folder: Path) -> str:
    """What the files of a question say, unpacked; pages are put together."""
    folder.mkdir()
    client = amazon.client
    document = ""
    if question.source.how == "report":
        report_id = in_the_end(lambda: client.order(question))
        state = in_the_end(lambda: client.state(question, report_id))
        assert isinstance(state, Ready), state
        document = state.document
    [file] = in_the_end(lambda: list(client.fetch(question, document, folder)))
    return said(file)


def said(file: Fetched) -> str:
    raw = file.path.read_bytes()
    content = gzip.decompress(raw) if raw[:2] == b"\x1f\x8b" else raw
    if file.name.endswith(".json"):
        payloads = [page["payload"] for page in json.loads(content)]
        return repr(
            [one for each in payloads for name in each for one in each[name] if name != "NextToken"]
        )
    return content.decode("cp1252")


def _list_in(payload: dict[str, object]) -> str:
    [name] = payload.keys() - {"NextToken"}
    return name


@pytest.fixture
def undisturbed(connect: Connect, tmp_path: Path) -> list[str]:
    """What everything says on a good day."""
    return list(_everything(connect, tmp_path / "undisturbed"))


def _everything(connect: Connect, folder: Path) -> Iterator[str]:
    folder.mkdir()
    clients: dict[Channel, Amazon] = {one: connect(one) for one in (GERMANY, BRITAIN)}
    for number, question in enumerate(EVERYTHING):
        yield told(clients[question.channel], question, folder / f"{number}")


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_every_file_says_the_same(
    connect: Connect, fake: FakeAmazon, undisturbed: list[str], tmp_path: Path, seed: int
) -> None:
    fake.answers.pages.size = 2

    def ends_the_token(real: Answer) -> Response:
        fake.login.expire()
        return real()

    fake.faults.chance = Chance((*TROUBLES, ends_the_token), share=0.3, seed=seed)
    assert list(_everything(connect, tmp_path / "disturbed")) == undisturbed
    assert len(fake.faults.happened) > 5
    assert any(undisturbed)


def test_a_report_that_is_not_told_is_no_file(amazon: Amazon) -> None:
    """Whoever orders it again may get it: the first answer said nothing of the days."""
    question = asking("ledger_detail")
    amazon.fake.reports.fates["GET_LEDGER_DETAIL_VIEW_DATA"].extend(["CANCELLED", "FATAL"])
    states = [amazon.client.state(question, amazon.client.order(question)) for _ in range(3)]
    assert [type(one) for one in states] == [NotTold, NotTold, Ready]
    assert not isinstance(states[2], Working)
