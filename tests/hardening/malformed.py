"""Addresses and messages that make no sense: refused or closed, in a few words of the log."""

from collections.abc import Callable
from contextlib import suppress
from random import Random
from typing import Final
from urllib.parse import quote_from_bytes

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.exceptions import WebSocketException

from tests.hardening.dashboard import Dashboard, first_run, line_to, request, said_to
from tests.hardening.ground import Ground
from tests.hardening.trial import HELD, Attempts, Trial

# Characters of the log that one attempt may cost.
MOST_LOGGED: Final = 1_000
_LOOK_SECONDS: Final = 0.3
_WORDS: Final = (
    b"", b"\0", b"11-\0", b"11-\xff", b"\xff\xfe", b"%", b"%%", b"%zz", b"\r\nX: y", b"' or 1=1 --",
    b"../../etc/passwd", b"-1", b"9223372036854775808", b"1e309", b"NaN", "１２".encode(),
    "\u212a\u202e\u2028".encode(), "💥".encode(), b"[]", b"{}", b"null", b"<script>", b"a" * 6_000,
    b"2026-02-30", b"0001-01-01", b"99999-99-99",
    "\ud800".encode("utf-8", "surrogatepass"),
)  # fmt: skip
_KEYS: Final = (
    "account", "channel", "type", "subtype", "currency", "id", "case", "request", "as_of",
    "expires", "search", "page", "after", "sort", "embed", "as",
)  # fmt: skip
_PAGES: Final = (
    "",
    "overview",
    "expiring",
    "cases",
    "amazon",
    "walmart",
    "data",
    "discrepancy",
    "requests",
    "portfolio",
    "people",
    "none-of-ours",
)


def attempts(ground: Ground, count: int | None, chance: Random) -> Attempts:
    dashboards = [ground.local, ground.signed]
    for number in range(count or 0):
        dashboard = dashboards[number % 2]
        logged = dashboard.log_size
        words, made = chance.choice((_address, _message, _page))(dashboard, chance)
        wrong = made()
        grown = dashboard.log_size - logged
        if not wrong and grown > MOST_LOGGED:
            wrong = f"{grown:,} characters of log: {_tail(dashboard, logged)}"
        yield f"{words}: {wrong}" if wrong else HELD


def _tail(dashboard: Dashboard, start: int) -> str:
    return dashboard.log.read_bytes()[start:][:600].decode("utf-8", "replace")


def _garbage(chance: Random) -> bytes:
    if chance.random() < 0.3:
        return chance.randbytes(chance.randint(1, 60))
    return chance.choice(_WORDS)


def _said(chance: Random) -> str:
    """Packed as an address asks for, or not quite."""
    word = _garbage(chance)
    packed = quote_from_bytes(word, safe=chance.choice(("", "/%")))
    return packed if chance.random() < 0.9 else packed.replace("%", "%25")


# Addresses ---------------------------------------------------------------------------------------


def _address(dashboard: Dashboard, chance: Random) -> tuple[str, Callable[[], str]]:
    method = chance.choice(("GET", "GET", "POST", "HEAD", "DELETE", "OPTIONS"))
    target = chance.choice(
        (
            f"/api/files/{_said(chance)}/{_said(chance)}",
            f"/api/files/{_said(chance)}/cases.csv?as={_said(chance)}",
            f"/api/calendar/{_said(chance)}.ics",
            f"/weekly-summary/stop?key={_said(chance)}",
            f"/weekly-summary/stop?{_said(chance)}",
            f"/{_said(chance)}?{_said(chance)}={_said(chance)}",
            f"/oauth2callback?code={_said(chance)}&state={_said(chance)}",
            f"/_stcore/{_said(chance)}",
        )
    )
    headers = {
        "Host": f"127.0.0.1:{dashboard.port}",
        **dashboard.cookies_of(chance.choice([None, dashboard.zoo.accounts[0]])),
        "If-None-Match": _garbage(chance).decode("latin-1").translate({13: 32, 10: 32, 0: 32}),
    }

    def made() -> str:
        answer = said_to(dashboard.port, request(method, target, headers))
        return f"{answer.status} {answer.body[:200]!r}" if answer.status >= 500 else HELD

    return f"{method} {target[:200]}", made


# Messages of a live connection -------------------------------------------------------------------


def _message(dashboard: Dashboard, chance: Random) -> tuple[str, Callable[[], str]]:
    said = chance.choice((_nonsense, _half_a_message, _odd_message))(chance)
    who = dashboard.zoo.accounts[0]

    def made() -> str:
        with (
            suppress(WebSocketException, OSError, EOFError),  # closed: as it should be
            line_to(dashboard, who, dashboard.address) as line,
        ):
            line.send(said)
            line.recv(_LOOK_SECONDS)
        return _lives(dashboard)

    return f"a message of {said[:60]!r}", made


def _nonsense(chance: Random) -> bytes | str:
    garbage = chance.choice((_garbage(chance), chance.randbytes(300)))
    return garbage if chance.random() < 0.8 else garbage.decode("utf-8", "replace")


def _whole(chance: Random) -> bytes:
    asked = BackMsg()
    asked.rerun_script.query_string = f"account={_said(chance)}"
    asked.rerun_script.page_name = chance.choice(_PAGES)
    return asked.SerializeToString()


def _half_a_message(chance: Random) -> bytes:
    whole = _whole(chance)
    return whole[: chance.randrange(len(whole))]


def _odd_message(chance: Random) -> bytes:
    """A message of the interface's own language that it would never send."""
    asked = BackMsg()
    asked.rerun_script.page_script_hash = "\u202e" * chance.randrange(1, 2_000)
    asked.rerun_script.fragment_id = chance.choice(("", "none", "\0"))
    state = asked.rerun_script.widget_states.widgets.add()
    state.id = chance.choice(("", "$$ID-none", "\0" * 40, "$$ID-0-None"))
    state.json_value = chance.choice(("", "{", "[" * 5_000, '{"a":1e999}'))
    return asked.SerializeToString()


def _lives(dashboard: Dashboard) -> str:
    headers = {"Host": f"127.0.0.1:{dashboard.port}"}
    answer = said_to(dashboard.port, request("GET", "/api/health", headers))
    return HELD if answer.status == 200 else f"it does not answer any more: {answer.status}"


# Pages, by addresses that make no sense -----------------------------------------------------------


def _page(dashboard: Dashboard, chance: Random) -> tuple[str, Callable[[], str]]:
    page = chance.choice(_PAGES)
    query = "&".join(f"{chance.choice(_KEYS)}={_said(chance)}" for _ in range(chance.randint(1, 4)))
    who = dashboard.zoo.accounts[0]

    def made() -> str:
        with line_to(dashboard, who, dashboard.address) as line:
            messages = first_run(line, page, query)
        broken = [one for one in messages if _is_broken(one)]
        return f"an error box: {str(broken[0])[:300]}" if broken else HELD

    return f"/{page}?{query[:300]}", made


def _is_broken(message: ForwardMsg) -> bool:
    if message.WhichOneof("type") != "delta":
        return False
    element = message.delta.new_element
    is_error = element.WhichOneof("type") == "exception"
    return is_error or "cannot be shown right now" in str(element)


TRIAL: Final = Trial(
    "malformed",
    "addresses, messages and pages' parameters that make no sense: refused or closed, never an"
    " error, and a line of the log at most",
    short=30,
    long=2_000,
    attempts=attempts,
)
