"""One question to an API: asked in turn, again where that helps, answered or refused in words.

requests-hardened keeps connections from being led elsewhere and gives each read a time-out; the
limits are pyrate-limiter's (`services/sync/limits.py`). What is left is what the other side says
about when to ask again, which neither of them reads.
"""

import os
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from pathlib import Path
from random import SystemRandom
from typing import BinaryIO, Final, TypeVar

import requests
from requests_hardened import Config, Manager
from urllib3.exceptions import HTTPError, ProtocolError, ReadTimeoutError

from services.transport.limits import Limits, Operation
from services.transport.refusals import (
    CutOffError,
    NotNowError,
    NotUnderstoodError,
    RefusedError,
    UnreachableError,
)

# Who waits longer gives its thread back, and is asked again by a job of its own.
PATIENCE_SECONDS: Final = 5.0
TRIES: Final = 3
# After a trouble of theirs, before each further try.
_PAUSES: Final = (0.5, 2.0)
# Who asks to be left alone is, but not for ever: a clock of theirs may be wrong.
_LONGEST: Final = timedelta(hours=6)
_WITHOUT_WORD: Final = timedelta(seconds=60)
_JITTER: Final = 0.2
_REDIRECT: Final = 300
_TIMED_OUT: Final = 408
_TOO_MANY: Final = 429
_THEIR_TROUBLE: Final = 500
_LATER: Final = frozenset({_TOO_MANY, 503})
# Between these a number is seconds since 1970, above them milliseconds, below them a wait.
_SINCE_1970: Final = 10**9
_MILLISECONDS: Final = 10**11
_BLOCK: Final = 1 << 16
_Told = TypeVar("_Told")


@dataclass(frozen=True)
class Manners:
    """How the other side is spoken to, and how it says what it wants.

    named: how we introduce ourselves. per_second: the header that says how often it may be asked.
    again: those that say when to ask again, the first that there is counts. code_of: its own code
    in a refusal, one of its published list. connect, read: time-outs in seconds; download: for all
    of one.
    """

    named: str
    per_second: str = ""
    again: tuple[str, ...] = ("retry-after",)
    code_of: Callable[[requests.Response], str] = lambda _answer: ""
    connect: float = 10
    read: float = 60
    download: float = 1800


@dataclass(frozen=True)
class Downloaded:
    """What was written: how many bytes, and what they are said to be."""

    size: int
    content_type: str


class Caller:
    """Asks for one connection, which has limits of its own."""

    def __init__(
        self,
        limits: Limits,
        manners: Manners,
        *,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._limits = limits
        self._manners = manners
        self._now = now
        self._sleep = sleep
        config = Config(
            ip_filter_enable=False,  # the addresses are settings, never a user's
            ip_filter_allow_loopback_ips=True,
            never_redirect=True,
            default_timeout=(manners.connect, manners.read),
            user_agent_override=manners.named,
        )
        self._session = Manager(config).get_session()

    def close(self) -> None:
        """Let go of the connections."""
        self._session.close()

    def ask(self, operation: Operation, request: requests.Request) -> requests.Response:
        """The answer, of a status below 300.

        In turn; a trouble of theirs (5xx, a lost connection) is asked again at once, a little
        later, and then given up. Raises NotNowError, UnreachableError, RefusedError.
        """

        def asked() -> requests.Response:
            with self._answer(operation, request) as answer:
                return answer

        return self._in_turn(operation, asked)

    def save(
        self, operation: Operation, request: requests.Request, into: Path, *, most_bytes: int
    ) -> Downloaded:
        """Write the answer to a new file, block by block, whole or not at all.

        Asked in turn and again, as `ask` does; what is packed stays packed. Raises what both raise.
        """

        def saved() -> Downloaded:
            ends = time.monotonic() + self._manners.download
            with self._answer(operation, request, stream=True) as answer:
                return _saved(answer, into, most_bytes, ends)

        return self._in_turn(operation, saved)

    def _in_turn(self, operation: Operation, once: Callable[[], _Told]) -> _Told:
        for pause in (*_PAUSES, None):
            self._wait_for_turn(operation)
            try:
                return once()
            except UnreachableError:
                if pause is None:
                    raise
                self._sleep(_spread(pause))
        raise AssertionError("the last try returns or raises")

    def download(self, url: str, into: Path, *, most_bytes: int) -> Downloaded:
        """Write what is at the address to a new file, block by block, whole or not at all.

        As it comes: what is packed stays packed. No header of ours goes along: the address itself
        is the right to it. Raises CutOffError, UnreachableError, RefusedError, and
        NotUnderstoodError where it is larger than `most_bytes`.
        """
        ends = time.monotonic() + self._manners.download
        with (
            _in_words(),
            self._session.get(url, stream=True, headers={"accept-encoding": "identity"}) as answer,
        ):
            _judge(answer, self._manners)
            return _saved(answer, into, most_bytes, ends)

    def _wait_for_turn(self, operation: Operation) -> None:
        patience = PATIENCE_SECONDS
        while (at := self._limits.take(operation)) is not None:
            seconds = max(0.0, (at - self._now()).total_seconds())
            if seconds > patience:
                raise NotNowError(f"{operation.name} has been asked as often as it may.", at)
            patience -= seconds
            self._sleep(seconds)

    @contextmanager
    def _answer(
        self, operation: Operation, request: requests.Request, *, stream: bool = False
    ) -> Iterator[requests.Response]:
        with (
            _in_words(),
            self._session.send(
                self._session.prepare_request(request),
                timeout=(self._manners.connect, self._manners.read),
                allow_redirects=False,
                stream=stream,
            ) as answer,
        ):
            self._heed(operation, answer)
            _judge(answer, self._manners)
            yield answer

    def _heed(self, operation: Operation, answer: requests.Response) -> None:
        """What the answer says of how often it may be asked."""
        allowed = _number(answer.headers.get(self._manners.per_second, ""))
        if allowed:
            self._limits.learn(operation, allowed)
        if answer.status_code in _LATER:
            at = self._again_at(answer.headers)
            if at is None and answer.status_code != _TOO_MANY:
                return
            at = at or self._now() + _WITHOUT_WORD * _spread(1)
            self._limits.hold(operation, at)
            raise NotNowError(f"{operation.name} was asked too often.", at)

    def _again_at(self, headers: Mapping[str, str]) -> datetime | None:
        said = (headers.get(name, "") for name in self._manners.again)
        found = (at for value in said if (at := moment_of(value, self._now())))
        at = next(found, None)
        if at is None:
            return None
        return min(max(at, self._now()), self._now() + _LONGEST)


def moment_of(said: str, now: datetime) -> datetime | None:
    """A header's moment: seconds from now, seconds or milliseconds since 1970, or a date.

    None where it says nothing that can be read.
    """
    number = _number(said)
    try:
        if number is None:
            return parsedate_to_datetime(said).astimezone(UTC)
        if number > _MILLISECONDS:
            return datetime.fromtimestamp(number / 1000, UTC)
        if number > _SINCE_1970:
            return datetime.fromtimestamp(number, UTC)
        return now + timedelta(seconds=number)
    except (ValueError, OverflowError, OSError):
        return None


def _number(said: str) -> float | None:
    try:
        number = float(said)
    except ValueError:
        return None
    return number if 0 < number < float("inf") else None


def _judge(answer: requests.Response, manners: Manners) -> None:
    """Raises UnreachableError for a trouble of theirs, RefusedError for what they will not."""
    status = answer.status_code
    if status < _REDIRECT:
        return
    if status >= _THEIR_TROUBLE or status in {_TIMED_OUT, _TOO_MANY}:
        raise UnreachableError(f"It answered that it is in trouble ({status}).")
    code = manners.code_of(answer)
    raise RefusedError(f"It refused ({status}{code and f', {code}'}).", status, code)


def _saved(answer: requests.Response, into: Path, most: int, ends: float) -> Downloaded:
    try:
        size = _written(answer, into, most, ends)
    except BaseException:
        into.unlink(missing_ok=True)
        raise
    return Downloaded(size, answer.headers.get("content-type", ""))


def _written(answer: requests.Response, into: Path, most: int, ends: float) -> int:
    told = answer.headers.get("content-length", "")
    size = 0
    with _new(into) as file:
        # Undecoded: the landing unpacks, within its own bounds.
        while block := answer.raw.read(_BLOCK):
            size += len(block)
            if size > most:
                raise NotUnderstoodError(f"The download is larger than {most} bytes.")
            if time.monotonic() > ends:
                raise CutOffError("The download took too long.")
            file.write(block)
    if told.isdigit() and size != int(told):
        raise CutOffError(f"The download ended after {size} of {told} bytes.")
    return size


def _new(path: Path) -> BinaryIO:
    """For us alone, and never through a name that somebody else has put there."""
    return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb")


# The first that fits: some are kinds of others.
_WORDS: Final[tuple[tuple[type[Exception], type[UnreachableError], str], ...]] = (
    (requests.exceptions.SSLError, UnreachableError, "Its certificate could not be verified."),
    (requests.Timeout, UnreachableError, "It did not answer in time."),
    (requests.exceptions.ChunkedEncodingError, CutOffError, "The answer broke off."),
    (ProtocolError, CutOffError, "The answer broke off."),
    (ReadTimeoutError, CutOffError, "The answer came to a halt."),
    (requests.RequestException, UnreachableError, "It could not be reached, or hung up."),
    (HTTPError, UnreachableError, "Its answer could not be read."),
)


@contextmanager
def _in_words() -> Iterator[None]:
    """What goes wrong below, without its text: it may hold an address that is a right."""
    try:
        yield
    except (requests.RequestException, HTTPError) as error:
        kind, words = next(
            (kind, words) for cause, kind, words in _WORDS if isinstance(error, cause)
        )
        raise kind(words) from None


def _spread(seconds: float) -> float:
    """Several who wait for the same do not come back at the same moment."""
    return seconds * (1 + SystemRandom().uniform(0, _JITTER))
