"""Names, origins, request lines and proxies: a dashboard answers to its own names alone, local mode
to whoever has the key alone, and what is behind the door is sent to nobody before it."""

from collections.abc import Mapping
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from random import Random
from typing import Final

from websockets.exceptions import WebSocketException

from tests.common.serving.proxies import Change, proxy
from tests.common.worlds.zoo import Marked
from tests.hardening.dashboard import Answer, Dashboard, first_run, line_to, request, said_to
from tests.hardening.ground import Ground
from tests.hardening.trial import HELD, Attempts, Trial

# What may be asked of a process from anywhere: whether it lives.
FOR_WATCHERS: Final = ("/api/health", "/api/ready")
INTERNAL: Final = ("/_stcore/metrics", "/_stcore/script-health-check", "/_stcore/agent/interact")
PATHS: Final = (
    "/",
    "/overview",
    "/_stcore/health",
    "/_stcore/host-config",
    *INTERNAL,
    *FOR_WATCHERS,
    "/api/files/x/cases.csv",
    "/weekly-summary/stop",
)
_UPGRADE: Final = {
    "Connection": "Upgrade",
    "Upgrade": "websocket",
    "Sec-WebSocket-Version": "13",
    "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
    "Sec-WebSocket-Protocol": "streamlit",
}
_INDEX: Final = b'id="root"'  # of the interface's one page


def attempts(ground: Ground, count: int | None, chance: Random) -> Attempts:
    dashboards = [ground.local, ground.signed]
    with ExitStack() as proxies:
        ways = [
            (dashboard, way)
            for dashboard in dashboards
            for way in (
                Way("straight", dashboard.port),
                Way("a bare proxy", proxies.enter_context(proxy(dashboard.port))),
                Way(
                    "a proxy that rewrites Host",
                    proxies.enter_context(proxy(dashboard.port, _rewriting(dashboard.port))),
                ),
            )
        ]
        for number in range(count or 0):
            dashboard, way = ways[number % len(ways)]
            made = _live if chance.random() < 0.2 else _asked
            yield made(dashboard, way, chance)


@dataclass(frozen=True)
class Way:
    """How a visitor comes to the dashboard."""

    name: str
    port: int

    @property
    def is_rewriting(self) -> bool:
        return "rewrites" in self.name


# What is asked -----------------------------------------------------------------------------------


def _hosts(port: int, chance: Random) -> list[str | None]:
    """The names it has, and what is no name of its own; None: no such header."""
    name = chance.choice(("localhost", "127.0.0.1", "[::1]"))
    return [
        f"127.0.0.1:{port}", f"localhost:{port}", f"LocalHost:{port}", None, "", " ",
        "evil.example",
        f"evil.example:{port}", f"{name}.evil.example:{port}", f"{name}.:{port}",
        f"{name}:{port}@evil.example", f"evil.example@{name}:{port}", f"{name}:{port}/evil",
        f"{name}:{port}#", f"{name}:{port}?", f"{name}:0{port}", f"{name}:{port + 1}",
        f"{name}:-1", f"{name}:99999999", f"{name}:", f"{name}:{port}, evil.example",
        f"{name}:{port} evil", f"\t{name}:{port}\t.evil", "127.1", "0x7f.1", "2130706433",
        "127.0.0.2", f"[::ffff:127.0.0.1]:{port}", "[::1", "0.0.0.1", f"１２７.0.0.1:{port}",
        f"loca\u200blhost:{port}", f"local%68ost:{port}", "localhost%00.evil.example", "*",
        "a" * 5000, "xn--lclhost-9xa", f"{name}\\evil:{port}", f"http://{name}:{port}",
    ]  # fmt: skip


def _origins(port: int) -> list[str | None]:
    return [
        None,
        f"http://127.0.0.1:{port}",
        f"http://localhost:{port}",
        "null",
        "",
        "http://evil.example",
        f"http://127.0.0.1:{port}.evil.example",
        f"http://127.0.0.1:{port}@evil.example",
        f"https://127.0.0.1:{port}",
        f"http://127.0.0.1:{port + 1}",
        "file://",
        "*",
        f"http://127.0.0.1:{port}, http://evil.example",
    ]


# How the request line may name what is wanted.
_FORMS: Final = (
    "{path}", "http://127.0.0.1:{port}{path}", "http://evil.example{path}",
    "https://localhost{path}", "//evil.example{path}", "/{path}", "/.{path}", "/x/..{path}",
    "{packed}", "{path}/", "{path};a=b", "{path}?x=/../..", "{upper}", "\\{path}", "{path}%00",
    "evil.example:{port}", "*",
)  # fmt: skip


def _target(form: str, path: str, port: int) -> str:
    packed = path.replace("_", "%5f").replace("/m", "/%6d")
    return form.format(path=path, port=port, packed=packed, upper=path.upper())


_PASSED_ON: Final = (
    {},
    {},
    {"X-Forwarded-For": "127.0.0.1"},
    {"X-Forwarded-Host": "127.0.0.1"},
    {"Forwarded": "for=127.0.0.1;host=localhost"},
    {"X-Real-IP": "::1"},
    {"X-Original-URL": "/_stcore/metrics"},
    {"X-HTTP-Method-Override": "PUT"},
)


def _asked(dashboard: Dashboard, way: Way, chance: Random) -> str:
    """One request by somebody who has no key and no sign-in."""
    host = chance.choice(_hosts(dashboard.port, chance)[: chance.choice((3, None))])
    path = chance.choice(PATHS[: chance.choice((2, None))])
    form = chance.choice(_FORMS[: chance.choice((1, None))])
    target = _target(form, path, dashboard.port)
    headers = {
        **({} if host is None else {"Host": host}),
        **({} if chance.random() < 0.9 else {"hOST": f"127.0.0.1:{dashboard.port}"}),
        **chance.choice(_PASSED_ON),
        **(_UPGRADE if chance.random() < 0.2 else {}),
    }
    origin = chance.choice(_origins(dashboard.port))
    if origin is not None and chance.random() < 0.5:
        headers["Origin"] = origin
    answer = said_to(way.port, request("GET", target, headers))
    wrong = _wrong(dashboard, way, headers, target, answer)
    told = f"{_mode(dashboard)}, {way.name}, {target!r} with {headers}: {answer.status}, "
    return f"{told}{wrong}" if wrong else HELD


def _wrong(
    dashboard: Dashboard, way: Way, headers: Mapping[str, str], target: str, answer: Answer
) -> str:
    if marks := dashboard.marks_in(answer.whole):
        return f"it tells {marks}"
    if answer.status >= 500 and answer.status != 503:
        return "it broke"
    if b'"detail"' in answer.body or b"# TYPE" in answer.body:
        return f"what is inside is told: {answer.body[:100]!r}"
    if _is_open(answer) and dashboard.key:
        return "local mode opens without its key"
    is_name = way.is_rewriting or _is_own_name(dashboard, headers)
    is_served = _is_open(answer) or 200 <= answer.status < 400
    is_ours = is_name and target.startswith("/")
    return "it answers to a name that is not its own" if is_served and not is_ours else HELD


def _is_open(answer: Answer) -> bool:
    """A live connection, or the interface's one page."""
    return answer.status == 101 or _INDEX in answer.body


def _is_own_name(dashboard: Dashboard, headers: Mapping[str, str]) -> bool:
    own = {f"127.0.0.1:{dashboard.port}", f"localhost:{dashboard.port}"}
    return headers.get("Host", "").lower() in own and "hOST" not in headers


def _mode(dashboard: Dashboard) -> str:
    return "local mode" if dashboard.key else "with sign-in"


# Live connections --------------------------------------------------------------------------------


def _live(dashboard: Dashboard, way: Way, chance: Random) -> str:
    """What the interface would be sent: with the key or a sign-in one's own, without it nothing."""
    one = chance.choice([None, dashboard.zoo.accounts[0]])
    origin = chance.choice(_origins(dashboard.port)[: chance.choice((2, None))])
    wrong = _wrongly_sent(dashboard, one, origin, _sent(dashboard, way, one, origin))
    told = f"{_mode(dashboard)}, {way.name}, a live connection of {one and one.word}, {origin}: "
    return f"{told}{wrong}" if wrong else HELD


def _wrongly_sent(dashboard: Dashboard, one: Marked | None, origin: str | None, sent: bytes) -> str:
    is_own_page = origin in (None, dashboard.address)
    if sent and not is_own_page:
        return "opened for another's page"
    if one is None:
        marks = dashboard.marks_in(sent)
        return f"opened for nobody, {marks}" if marks or (sent and dashboard.key) else HELD
    text = sent.decode("utf-8", "replace")
    # Where people sign in, who they are is believed of a page of ours alone.
    may = origin == dashboard.address or (is_own_page and dashboard.key)
    if may and not one.marks_in(text):
        return "not opened for whoever may"
    foreign = dashboard.zoo.foreign_marks(text, one) if not dashboard.key else set()
    return f"opened with another's figures, {foreign}" if foreign else HELD


def _sent(dashboard: Dashboard, way: Way, one: Marked | None, origin: str | None) -> bytes:
    """All of a first run; nothing where the connection is refused or closed."""
    with suppress(WebSocketException, OSError, EOFError):
        with line_to(dashboard, one, origin, port=way.port) as line:
            messages = first_run(line, "overview")
        return b"".join(message.SerializeToString() for message in messages)
    return b""


# Proxies -----------------------------------------------------------------------------------------


def _rewriting(port: int) -> Change:
    """As a proxy does that calls the server by the name it reaches it under."""

    def change(said: bytes) -> bytes:
        first, *lines = said.split(b"\r\n")
        kept = [line for line in lines if not line.lower().startswith(b"host:")]
        return b"\r\n".join([first, b"Host: 127.0.0.1:%d" % port, *kept])

    return change


TRIAL: Final = Trial(
    "doors",
    "names, origins and request lines of every kind, straight and through two kinds of proxy:"
    " nothing is served that must not be",
    short=60,
    long=5_000,
    attempts=attempts,
)
