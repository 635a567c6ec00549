"""The server answers to its own names, letter for letter, and to no other."""

import pytest

from server.hosts import AllowedHosts
from tests.server.asking import ask, hello, status_of

PUBLIC = "https://claims.example.com"


def status(*hosts: str, public: str | None = None, port: int = 8501) -> int:
    app = AllowedHosts(hello, public)
    return status_of(ask(app, headers=[("host", host) for host in hosts], port=port))


@pytest.mark.parametrize(
    "host", ["localhost:8501", "LOCALHOST:8501", "127.0.0.1:8501", "[::1]:8501"]
)
def test_this_machines_names_are_served_at_the_port_that_is_knocked_at(host: str) -> None:
    assert status(host) == 200
    assert status(host, port=8502) == 421


@pytest.mark.parametrize(
    "host",
    [
        "localhost", "localhost.:8501", "localhost:08501", "localhost:8501 ", "localhost:8501:8501",
        "localhost.evil.example:8501", "evil.example", "evil.example:8501", "x.localhost:8501",
        "me@localhost:8501", "127.0.0.1:8501@evil", "localhost:8501/", "localhost:8501?", "",
        "127.1:8501", "2130706433:8501", "0.0.0.0:8501", "[0:0:0:0:0:0:0:1]:8501",
        "[::1%25lo]:8501",
        "[::ffff:127.0.0.1]:8501", "::1:8501", "localhost:8501,evil.example", "a b", "[::1",
        "\u017flocalhost:8501".encode().decode("latin-1"), "claims.example.com",
    ],
)  # fmt: skip
def test_anything_else_is_not(host: str) -> None:
    assert status(host) == 421


def test_one_name_must_be_said_and_only_one() -> None:
    assert status() == 421
    assert status("localhost:8501", "localhost:8501") == 421
    assert status("localhost:8501", "evil.example") == 421


def test_the_usual_port_may_be_left_out() -> None:
    assert status("localhost", port=80) == status("localhost:80", port=80) == 200


@pytest.mark.parametrize(
    ("public", "served", "refused"),
    [
        (
            PUBLIC,
            ["claims.example.com", "Claims.Example.com", "claims.example.com:443"],
            ["claims.example.com:80", "claims.example.com:8501", "claims.example.com."],
        ),
        ("http://desk.example:9000", ["desk.example:9000"], ["desk.example", "desk.example:8501"]),
        ("http://localhost:9000", ["localhost:9000", "localhost:8501"], ["127.0.0.1:9000"]),
    ],
)
def test_the_public_address_is_served_with_its_own_port(
    public: str, served: list[str], refused: list[str]
) -> None:
    assert {status(host, public=public) for host in served} == {200}
    assert {status(host, public=public) for host in refused} == {421}


def opened_from(*origins: str, host: str = "localhost:8501", public: str | None = None) -> bool:
    headers = [("host", host), *(("origin", origin) for origin in origins)]
    sent = ask(AllowedHosts(hello, public), kind="websocket", headers=headers)
    return [message["type"] for message in sent] != ["websocket.close"]


def test_a_live_connection_is_opened_from_a_page_of_the_same_address_only() -> None:
    assert opened_from("http://localhost:8501")
    assert opened_from(PUBLIC, host="claims.example.com", public=PUBLIC)
    assert opened_from()  # no browser: it has no cookies of anybody's
    assert not opened_from(host="evil.example")
    for origin in (
        "https://evil.example",
        "null",
        "http://localhost:9",
        "https://localhost:8501",
        "",
        "http://127.0.0.1:8501",
        "http://localhost:8501/",
        "http://localhost:8501.evil.example",
    ):
        assert not opened_from(origin)
    assert not opened_from("http://localhost:8501", "https://evil.example")
    assert not opened_from("http://claims.example.com", host="claims.example.com", public=PUBLIC)
    assert not opened_from("http://localhost:8501", host="claims.example.com", public=PUBLIC)


def test_whoever_knocks_at_another_of_the_machines_addresses_is_not_here() -> None:
    async def from_outside(scope, receive, send):  # type: ignore[no-untyped-def]
        await AllowedHosts(hello)({**scope, "server": ("192.0.2.1", 8501)}, receive, send)

    assert status_of(ask(from_outside)) == 421
