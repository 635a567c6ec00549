"""One message to one address, as Standard Webhooks says: signed, dated, with a number that stays.

https://github.com/standard-webhooks/standard-webhooks, specification 1.0.0.
"""

import json
import socket
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from typing import Any, Final, Literal

import requests
from requests.adapters import HTTPAdapter
from requests.utils import get_environ_proxies, prepend_scheme_if_needed, select_proxy
from requests_hardened import Config, Manager
from requests_hardened.ip_filter import InvalidIPAddress
from standardwebhooks import Webhook
from urllib3 import HTTPConnectionPool, HTTPSConnectionPool, PoolManager
from urllib3.connection import HTTPConnection, HTTPSConnection

from services.delivery.attempt import Attempt

# Each a limit on one read; their sum is the limit on the whole.
CONNECT_SECONDS: Final = 5
ANSWER_SECONDS = 15
_GONE: Final = 410


@dataclass(frozen=True)
class Message:
    """What is sent. `message_id` is the same in every try: by it a receiver knows a repetition."""

    message_id: str
    type: str
    at: datetime
    data: Mapping[str, Any]

    def body(self) -> str:
        whole = {"type": self.type, "timestamp": self.at.isoformat(), "data": self.data}
        return json.dumps(whole, ensure_ascii=False, separators=(",", ":"))


@dataclass(frozen=True)
class Outcome:
    """What came of a try, and in words what was wrong with it."""

    state: Literal["delivered", "failed", "gone"]
    problem: str = ""


def send(message: Message, url: str, secrets: Sequence[str], *, public_only: bool) -> Outcome:
    """Try once. `public_only`: the address was given by a user and must lead out of this network.

    Only 2xx counts as delivered; a redirect is not followed, and 410 asks never to be told again.
    """
    body = message.body()
    headers = signed(message.message_id, body, secrets, datetime.now(UTC))
    try:
        status = _in_time(partial(_post, url, body, headers, public_only=public_only))
    except (requests.RequestException, TimeoutError) as error:
        return Outcome("failed", _in_words(error))
    return _judged(status)


def signed(message_id: str, body: str, secrets: Sequence[str], at: datetime) -> dict[str, str]:
    """The headers. With several secrets each signs, so that a receiver may change over in peace."""
    signatures = [Webhook(secret).sign(message_id, at, body) for secret in secrets]
    return {
        "content-type": "application/json; charset=utf-8",
        "webhook-id": message_id,
        "webhook-timestamp": str(int(at.timestamp())),
        "webhook-signature": " ".join(signatures),
    }


def _in_time(post: Callable[[Attempt], int]) -> int:
    attempt = Attempt(CONNECT_SECONDS + ANSWER_SECONDS)
    return attempt.run(partial(post, attempt))


def _post(
    url: str, body: str, headers: dict[str, str], attempt: Attempt, *, public_only: bool
) -> int:
    with _manager(public_only=public_only).get_session() as session:
        # A proxy would look up the name itself, past the check of where it leads.
        session.trust_env = not public_only
        for connections in _ways(session, url):
            connections.pool_classes_by_scheme = _watched(attempt)
        # The answer's text says nothing that counts: it is not even read.
        answer = session.post(url, data=body.encode(), headers=headers, stream=True)
        answer.close()
    return int(answer.status_code)


def _manager(*, public_only: bool) -> Manager:
    config = Config(
        ip_filter_enable=public_only,
        ip_filter_allow_loopback_ips=False,
        never_redirect=True,
        default_timeout=(CONNECT_SECONDS, ANSWER_SECONDS),
        user_agent_override="Reimbursement-Webhooks/1",
    )
    return Manager(config)


def _ways(session: requests.Session, url: str) -> list[PoolManager]:
    """What opens the connections to this address: straight, or through the system's proxy."""
    adapter = session.get_adapter(url)
    assert isinstance(adapter, HTTPAdapter)  # noqa: S101  requests has no other for http
    proxy = select_proxy(url, get_environ_proxies(url)) if session.trust_env else None
    ways = [adapter.poolmanager]
    if proxy:
        ways.append(adapter.proxy_manager_for(_with_scheme(proxy)))
    return ways


def _with_scheme(proxy: str) -> str:
    return str(prepend_scheme_if_needed(proxy, "http"))  # type: ignore[no-untyped-call]


def _watched(attempt: Attempt) -> dict[str, type[HTTPConnectionPool]]:
    """Connections that can be cut when their time is over."""

    class Plain(HTTPConnection):
        def _new_conn(self) -> socket.socket:
            opened = super()._new_conn()
            attempt.watch(opened)
            return opened

    class Secure(HTTPSConnection):
        def _new_conn(self) -> socket.socket:
            opened = super()._new_conn()
            attempt.watch(opened)
            return opened

    class PlainPool(HTTPConnectionPool):
        ConnectionCls = Plain

    class SecurePool(HTTPSConnectionPool):
        ConnectionCls = Secure

    return {"http": PlainPool, "https": SecurePool}


def _judged(status: int) -> Outcome:
    if 200 <= status < 300:
        return Outcome("delivered")
    if status == _GONE:
        return Outcome("gone", "It answered that it wants no more messages (410).")
    if 300 <= status < 400:
        return Outcome("failed", f"It answered with a redirect ({status}), which is not followed.")
    return Outcome("failed", f"It answered {status}.")


# The first that fits: some are kinds of others.
_WORDS: Final[tuple[tuple[type[Exception], str], ...]] = (
    (TimeoutError, "It did not answer in time."),
    (InvalidIPAddress, "Its address leads into a private network, where nothing is sent."),
    (requests.exceptions.SSLError, "Its certificate could not be verified."),
    (requests.Timeout, "It did not answer in time."),
    (requests.exceptions.InvalidURL, "Its address cannot be read."),
    (requests.ConnectionError, "It could not be reached, or hung up."),
)


def _in_words(error: requests.RequestException | TimeoutError) -> str:
    fitting = (words for kind, words in _WORDS if isinstance(error, kind))
    return next(fitting, "Its answer could not be understood.")
