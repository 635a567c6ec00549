"""The framework's address for uploads: no page asks for a file, so nobody can leave one there."""

from collections.abc import Sequence
from contextlib import ExitStack
from random import Random
from typing import Final
from uuid import UUID

from tests.hardening.dashboard import TOKEN, Dashboard, first_run, line_to, request, said_to
from tests.hardening.ground import Ground
from tests.hardening.trial import HELD, Attempts, Trial

METHODS: Final = ("PUT", "DELETE", "POST", "PATCH")
SIZES: Final = (0, 1_000, 900_000, 5_000_000, 8_000_000)  # bytes
# What a process may come to hold by itself, whatever was sent to it.
_GROWTH: Final = 120_000_000
_BOUNDARY: Final = "a-line-between"


def attempts(ground: Ground, count: int | None, chance: Random) -> Attempts:
    dashboards = [ground.local, ground.signed]
    with ExitStack() as open_pages:
        sessions = {one.port: _sessions(one, open_pages) for one in dashboards}
        before = {one.port: one.memory for one in dashboards}
        for number in range(count or 0):
            dashboard = dashboards[number % 2]
            yield _tried(dashboard, sessions[dashboard.port], chance)
        for dashboard in dashboards:
            grown = dashboard.memory - before[dashboard.port]
            yield HELD if grown < _GROWTH else f"it holds {grown:,} bytes more than before"


def _sessions(dashboard: Dashboard, open_pages: ExitStack) -> list[str]:
    """Live ones: of the first account's seller, and of the second's."""
    found = []
    for one in dashboard.zoo.accounts:
        line = open_pages.enter_context(line_to(dashboard, one, dashboard.address))
        messages = first_run(line, "")
        found.append(
            next(
                message.new_session.initialize.session_id
                for message in messages
                if message.WhichOneof("type") == "new_session"
            )
        )
    return found


def _tried(dashboard: Dashboard, sessions: Sequence[str], chance: Random) -> str:
    who = chance.choice([None, *dashboard.zoo.accounts])
    method, size = chance.choice(METHODS), chance.choice(SIZES)
    session = chance.choice([*sessions, str(UUID(int=chance.getrandbits(128)))])
    path = f"/_stcore/upload_file/{session}/{UUID(int=chance.getrandbits(128))}"
    content = _multipart(size) if chance.random() < 0.8 else b"x" * size
    headers = {
        "Host": f"127.0.0.1:{dashboard.port}",
        "Content-Type": f"multipart/form-data; boundary={_BOUNDARY}",
        **dashboard.cookies_of(who),
        "Origin": dashboard.address,
        "X-Xsrftoken": chance.choice((TOKEN, TOKEN, "x")),
    }
    answer = said_to(dashboard.port, request(method, path, headers, content))
    if answer.status == 0 or 400 <= answer.status < 500:
        return HELD
    whose = "somebody" if who is None else who.word
    return f"{method} of {size:,} bytes by {whose} at {path}: {answer.status}"


def _multipart(size: int) -> bytes:
    head = f'--{_BOUNDARY}\r\nContent-Disposition: form-data; name="f"; filename="f.csv"\r\n\r\n'
    return head.encode() + b"x" * size + f"\r\n--{_BOUNDARY}--\r\n".encode()


TRIAL: Final = Trial(
    "uploads",
    "files sent to anybody's session, signed in or not, and taken from it: refused, and the process"
    " holds no more than before",
    short=10,
    long=400,
    attempts=attempts,
)
