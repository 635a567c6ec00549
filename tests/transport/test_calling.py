"""Asked in turn, again where that helps, answered or refused in words."""

import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
import requests

from services.transport.calling import Caller, Manners, moment_of
from services.transport.limits import Operation
from services.transport.refusals import (
    CutOffError,
    NoAnswerError,
    NotNowError,
    RefusedError,
    UnreachableError,
)
from tests.common.limits import LocalLimits
from tests.transport.flaky import (
    Act,
    Flaky,
    breaks_off,
    breaks_off_in_a_chunk,
    halts,
    hangs_up,
    is_silent,
    says,
    serving,
)

ASKED = Operation("ask", 100, 100)
NOW = datetime(2026, 5, 1, 12, tzinfo=UTC)


@pytest.fixture
def flaky() -> Iterator[Flaky]:
    with serving() as server:
        yield server


@pytest.fixture
def limits() -> LocalLimits:
    return LocalLimits()


@pytest.fixture
def slept() -> list[float]:
    """How long was waited, in seconds, without waiting."""
    return []


@pytest.fixture
def caller(limits: LocalLimits, slept: list[float]) -> Iterator[Caller]:
    manners = Manners(
        named="Asker/1.0",
        per_second="x-allowed",
        again=("retry-after", "x-again"),
        code_of=lambda answer: str(answer.json().get("code", "")),
        read=0.4,
        download=0.5,
    )
    made = Caller(limits, manners, sleep=slept.append)
    yield made
    made.close()


def ask(caller: Caller, flaky: Flaky, operation: Operation = ASKED) -> requests.Response:
    return caller.ask(operation, requests.Request("GET", f"{flaky.address}/a?secret=of-ours"))


def test_an_answer_is_an_answer(caller: Caller, flaky: Flaky) -> None:
    assert ask(caller, flaky).json() == {"fine": True}
    assert flaky.heard[0]["user-agent"] == "Asker/1.0"


@pytest.mark.parametrize(
    "act", [says(500), says(502), says(408), says(503), hangs_up, is_silent, breaks_off_in_a_chunk]
)
def test_a_trouble_of_theirs_is_asked_again(
    caller: Caller, flaky: Flaky, slept: list[float], act: Act
) -> None:
    flaky.acts.extend([act, act])
    assert ask(caller, flaky).json() == {"fine": True}
    assert len(flaky.heard) == 3
    assert 0.5 <= slept[0] < 0.7
    assert 2 <= slept[1] < 2.5


@pytest.mark.parametrize(
    ("act", "said"),
    [
        (says(500), "in trouble"),
        (hangs_up, "hung up"),
        (is_silent, "in time"),
        (breaks_off_in_a_chunk, "broke off"),
    ],
)
def test_and_given_up_in_words(caller: Caller, flaky: Flaky, act: Act, said: str) -> None:
    flaky.acts.extend([act] * 3)
    with pytest.raises(UnreachableError, match=said):
        ask(caller, flaky)
    assert len(flaky.heard) == 3


def test_nobody_at_home(caller: Caller) -> None:
    with pytest.raises(UnreachableError, match="could not be reached"):
        caller.ask(ASKED, requests.Request("GET", "http://127.0.0.1:9/secret=of-ours"))


@pytest.mark.parametrize("status", [400, 401, 403, 404, 410])
def test_a_refusal_is_not_asked_again(caller: Caller, flaky: Flaky, status: int) -> None:
    flaky.acts.append(says(status, b'{"code": "NoSuchThing", "message": "a secret"}'))
    with pytest.raises(RefusedError) as refused:
        ask(caller, flaky)
    assert (refused.value.status, refused.value.code) == (status, "NoSuchThing")
    assert refused.value.is_about_the_token == (status in {401, 403})
    assert len(flaky.heard) == 1


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_nobody_is_led_elsewhere(caller: Caller, flaky: Flaky, status: int) -> None:
    flaky.acts.append(says(status, location=f"{flaky.address}/elsewhere"))
    with pytest.raises(RefusedError):
        ask(caller, flaky)
    assert len(flaky.heard) == 1


@pytest.mark.parametrize("act", [says(400), hangs_up, says(429), says(500), breaks_off])
def test_no_address_is_in_a_refusal(caller: Caller, flaky: Flaky, act: Act) -> None:
    """It may be a right."""
    flaky.acts.extend([act] * 3)
    with pytest.raises(NoAnswerError) as refused:
        ask(caller, flaky)
    said = refused.value
    assert "secret" not in f"{said!r} {said.__cause__!r} {said}"
    assert str(said).endswith(".")


# When to ask again ------------------------------------------------------------------------------


def in_30_seconds() -> datetime:
    return datetime.now(UTC) + timedelta(seconds=30)


@pytest.mark.parametrize("status", [429, 503])
@pytest.mark.parametrize("form", ["seconds", "date", "since 1970", "milliseconds", "another"])
def test_what_they_say_of_later(
    caller: Caller, flaky: Flaky, limits: LocalLimits, form: str, status: int
) -> None:
    at = in_30_seconds()
    said = {
        "seconds": {"retry_after": "30"},
        "date": {"retry_after": format_datetime(at, usegmt=True)},
        "since 1970": {"retry_after": f"{at.timestamp():.0f}"},
        "milliseconds": {"x_again": f"{at.timestamp() * 1000:.0f}"},
        "another": {"retry_after": "soon", "x_again": "30"},
    }[form]
    flaky.acts.append(says(status, **said))
    with pytest.raises(NotNowError) as later:
        ask(caller, flaky)
    assert abs((later.value.at - at).total_seconds()) < 5
    assert limits.held["ask"] == later.value.at


def test_who_is_to_wait_is_not_asked_meanwhile(caller: Caller, flaky: Flaky) -> None:
    flaky.acts.append(says(429, retry_after="30"))
    for _ in range(3):
        with pytest.raises(NotNowError):
            ask(caller, flaky)
    assert len(flaky.heard) == 1


def test_one_operation_waits_and_another_does_not(caller: Caller, flaky: Flaky) -> None:
    flaky.acts.append(says(429, retry_after="30"))
    with pytest.raises(NotNowError):
        ask(caller, flaky)
    assert ask(caller, flaky, Operation("another", 100, 100)).json() == {"fine": True}


@pytest.mark.parametrize("said", [{}, {"retry_after": "soon"}, {"retry_after": ""}])
def test_without_a_word_a_minute(caller: Caller, flaky: Flaky, said: dict[str, str]) -> None:
    flaky.acts.append(says(429, **said))
    with pytest.raises(NotNowError) as later:
        ask(caller, flaky)
    assert 59 < (later.value.at - datetime.now(UTC)).total_seconds() < 75


@pytest.mark.parametrize(
    ("said", "seconds"),
    [("9999999", 6 * 3600), ("99999999999999999999", 60), ("1000000001", 0)],
)
def test_a_clock_of_theirs_may_be_wrong(
    caller: Caller, flaky: Flaky, said: str, seconds: int
) -> None:
    flaky.acts.append(says(429, retry_after=said))
    with pytest.raises(NotNowError) as later:
        ask(caller, flaky)
    waits = (later.value.at - datetime.now(UTC)).total_seconds()
    assert -2 < waits - seconds < 15


@pytest.mark.parametrize(
    ("said", "at"),
    [
        ("30", NOW + timedelta(seconds=30)),
        ("0.5", NOW + timedelta(seconds=0.5)),
        ("1777636800", NOW),
        ("1777636800000", NOW),
        ("Fri, 01 May 2026 12:00:00 GMT", NOW),
        ("Fri, 01 May 2026 14:00:00 +0200", NOW),
        ("", None),
        ("soon", None),
        ("-5", None),
        ("nan", None),
        ("inf", None),
        ("1e300", None),
    ],
)
def test_the_forms_of_a_moment(said: str, at: datetime | None) -> None:
    assert moment_of(said, NOW) == at


# In turn ----------------------------------------------------------------------------------------


def test_what_they_allow_is_learned(caller: Caller, flaky: Flaky, limits: LocalLimits) -> None:
    flaky.acts.extend([says(200, x_allowed="2.5"), says(404, x_allowed="3"), says(200)])
    ask(caller, flaky)
    assert limits.learned["ask"] == 2.5
    with pytest.raises(RefusedError):
        ask(caller, flaky)
    assert limits.learned["ask"] == 3
    ask(caller, flaky)
    assert limits.learned["ask"] == 3


@pytest.mark.parametrize("said", ["0", "-1", "many", "nan", ""])
def test_what_allows_nothing_is_not_believed(
    caller: Caller, flaky: Flaky, limits: LocalLimits, said: str
) -> None:
    flaky.acts.append(says(200, x_allowed=said))
    ask(caller, flaky)
    assert limits.learned == {}


def test_a_short_wait_is_waited(flaky: Flaky, limits: LocalLimits) -> None:
    caller = Caller(limits, Manners(named="Asker/1.0"))
    often = Operation("often", per_second=5, burst=1)
    began = time.monotonic()
    for _ in range(3):
        ask(caller, flaky, often)
    assert 0.35 < time.monotonic() - began < 3
    caller.close()


def test_a_long_wait_gives_the_thread_back(caller: Caller, flaky: Flaky) -> None:
    seldom = Operation("seldom", per_second=0.0167, burst=1)
    ask(caller, flaky, seldom)
    with pytest.raises(NotNowError) as later:
        ask(caller, flaky, seldom)
    assert 50 < (later.value.at - datetime.now(UTC)).total_seconds() < 61
    assert len(flaky.heard) == 1


def test_each_try_takes_a_turn(caller: Caller, flaky: Flaky, limits: LocalLimits) -> None:
    flaky.acts.extend([says(500), says(500)])
    ask(caller, flaky)
    assert limits.taken["ask"] == 3


def test_what_halts_within_an_answer(caller: Caller, flaky: Flaky) -> None:
    flaky.acts.extend([halts] * 3)
    with pytest.raises(UnreachableError):
        ask(caller, flaky)


def test_what_breaks_off_within_an_answer(caller: Caller, flaky: Flaky) -> None:
    flaky.acts.extend([breaks_off] * 3)
    with pytest.raises(CutOffError):
        ask(caller, flaky)
