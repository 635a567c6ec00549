"""What is at an address becomes a file: as it comes, whole or not at all."""

import gzip
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from services.transport.calling import Caller, Manners
from services.transport.limits import Operation
from services.transport.refusals import (
    CutOffError,
    NotNowError,
    NotUnderstoodError,
    RefusedError,
    UnreachableError,
)
from tests.common.limits import LocalLimits
from tests.transport.flaky import (
    Act,
    Flaky,
    breaks_off,
    breaks_off_in_a_chunk,
    drips,
    halts,
    hangs_up,
    is_silent,
    says,
    serving,
)

MOST = 1 << 22


@pytest.fixture
def flaky() -> Iterator[Flaky]:
    with serving() as server:
        yield server


@pytest.fixture
def caller() -> Iterator[Caller]:
    manners = Manners(named="Asker/1.0", read=0.4, download=0.5)
    made = Caller(LocalLimits(), manners)
    yield made
    made.close()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "report"


def test_bytes_stay_as_they_are(caller: Caller, flaky: Flaky, path: Path) -> None:
    packed = gzip.compress(b"a report")
    told = says(200, packed, content_encoding="gzip", content_type="text/plain; charset=cp1252")
    flaky.acts.append(told)
    downloaded = caller.download(flaky.address, path, most_bytes=MOST)
    assert path.read_bytes() == packed
    assert downloaded.size == len(packed)
    assert downloaded.content_type == "text/plain; charset=cp1252"


def test_nobody_else_may_read_it(caller: Caller, flaky: Flaky, path: Path) -> None:
    caller.download(flaky.address, path, most_bytes=MOST)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_no_right_of_ours_goes_along(caller: Caller, flaky: Flaky, path: Path) -> None:
    caller.download(flaky.address, path, most_bytes=MOST)
    [heard] = flaky.heard
    assert not heard.keys() & {"authorization", "cookie", "x-amz-access-token"}
    assert heard["accept-encoding"] == "identity"


def test_what_is_there_is_not_written_over(caller: Caller, flaky: Flaky, path: Path) -> None:
    path.write_text("another's")
    with pytest.raises(FileExistsError):
        caller.download(flaky.address, path, most_bytes=MOST)


@pytest.mark.parametrize("act", [breaks_off, breaks_off_in_a_chunk, halts, drips])
def test_of_what_is_cut_off_nothing_stays(
    caller: Caller, flaky: Flaky, path: Path, act: Act
) -> None:
    flaky.acts.append(act)
    with pytest.raises(CutOffError):
        caller.download(flaky.address, path, most_bytes=MOST)
    assert not path.exists()


@pytest.mark.parametrize(
    ("act", "kind"),
    [
        (says(403), RefusedError),
        (says(302, location="http://127.0.0.1:9/"), RefusedError),
        (says(500), UnreachableError),
        (says(429), UnreachableError),
        (hangs_up, UnreachableError),
        (is_silent, UnreachableError),
    ],
)
def test_of_what_does_not_come_nothing_stays(
    caller: Caller, flaky: Flaky, path: Path, act: Act, kind: type[Exception]
) -> None:
    flaky.acts.append(act)
    with pytest.raises(kind) as refused:
        caller.download(f"{flaky.address}/?signature=secret", path, most_bytes=MOST)
    assert not path.exists()
    assert "secret" not in f"{refused.value!r} {refused.value.__cause__!r}"
    assert len(flaky.heard) == 1


def test_what_is_too_large_is_left(caller: Caller, flaky: Flaky, path: Path) -> None:
    flaky.body = b"0" * 2000
    with pytest.raises(NotUnderstoodError, match="larger than 1000 bytes"):
        caller.download(flaky.address, path, most_bytes=1000)
    assert not path.exists()


def test_nothing_is_a_file_of_nothing(caller: Caller, flaky: Flaky, path: Path) -> None:
    flaky.body = b""
    assert caller.download(flaky.address, path, most_bytes=MOST).size == 0
    assert path.read_bytes() == b""


# Asked for with a token ----------------------------------------------------------------------

FILES = Operation("files", 100, 100)


def question(flaky: Flaky) -> requests.Request:
    return requests.Request("GET", flaky.address, {"authorization": "ours"})


def test_an_answer_that_is_a_file_is_written_too(caller: Caller, flaky: Flaky, path: Path) -> None:
    flaky.body = b"a file"
    saved = caller.save(FILES, question(flaky), path, most_bytes=MOST)
    assert (path.read_bytes(), saved.size) == (b"a file", 6)
    assert flaky.heard[0]["authorization"] == "ours"


@pytest.mark.parametrize("act", [breaks_off, breaks_off_in_a_chunk, says(500), hangs_up])
def test_a_file_that_did_not_come_whole_is_asked_for_again(
    caller: Caller, flaky: Flaky, path: Path, act: Act
) -> None:
    flaky.acts.append(act)
    flaky.body = b"a file"
    caller.save(FILES, question(flaky), path, most_bytes=MOST)
    assert path.read_bytes() == b"a file"
    assert len(flaky.heard) == 2


def test_of_a_file_that_never_comes_whole_nothing_stays(
    caller: Caller, flaky: Flaky, path: Path
) -> None:
    flaky.acts.extend([breaks_off] * 3)
    with pytest.raises(CutOffError):
        caller.save(FILES, question(flaky), path, most_bytes=MOST)
    assert not path.exists()
    assert len(flaky.heard) == 3


def test_who_asks_too_often_for_a_file_is_told_so(caller: Caller, flaky: Flaky, path: Path) -> None:
    flaky.acts.append(says(429, retry_after="60"))
    with pytest.raises(NotNowError):
        caller.save(FILES, question(flaky), path, most_bytes=MOST)
    assert not path.exists()
