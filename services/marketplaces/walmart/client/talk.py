"""One seller's talk with Walmart: each call with its headers and token, each answer read."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import requests

from services.marketplaces.asking import Notice
from services.marketplaces.walmart.client.known import unknown_in
from services.marketplaces.walmart.client.token import CALL_HEADERS, AccessToken, Correlated
from services.marketplaces.walmart.settings import walmart_settings
from services.transport.calling import Caller
from services.transport.limits import Operation
from services.transport.refusals import NotUnderstoodError, RefusedError

# More than any report of one seller has had; a download without end is no report.
MOST_BYTES: Final = 4 * 1024**3
_FILE: Final = "application/octet-stream"
_PACKED: Final = b"PK"

Query = Mapping[str, str]


class Talk:
    """Asks for one seller."""

    def __init__(self, caller: Caller, token: AccessToken, notice: Notice) -> None:
        self.token = token
        self.notice = notice
        self._caller = caller

    def ask(
        self, operation: Operation, path: str, query: Query | str = "", body: object = None
    ) -> dict[str, Any]:
        """The members of the answer; those that no model has are noticed. query: names and values,
        or as Walmart has given it. Raises NoAnswerError.
        """
        try:
            answer = self._caller.ask(operation, self._request(path, query, body))
        except RefusedError as refusal:
            self._refused(refusal)
            answer = self._caller.ask(operation, self._request(path, query, body))
        return self._read(operation, answer)

    def save(self, operation: Operation, path: str, query: Query, into: Path) -> Path:
        """Write the file that Walmart answers with, named for what it is; returns where.

        Raises NoAnswerError; NotUnderstoodError where it is no file: an error comes so as well.
        """
        try:
            self._saved(operation, path, query, into)
        except RefusedError as refusal:
            self._refused(refusal)
            self._saved(operation, path, query, into)
        return named_for_content(operation, into)

    def download(self, operation: Operation, url: str, into: Path) -> Path:
        """Write what is at an address that is a right by itself. Returns and raises as `save`."""
        self._caller.download(url, into, most_bytes=MOST_BYTES)
        return named_for_content(operation, into)

    def _saved(self, operation: Operation, path: str, query: Query, into: Path) -> None:
        request = self._request(path, query, None)
        request.headers["accept"] = _FILE
        self._caller.save(operation, request, into, most_bytes=MOST_BYTES)

    def _refused(self, refusal: RefusedError) -> None:
        """A valid token is sometimes refused, and one may have ended on the way: once a fresh one.

        Raises the refusal where it is about something else.
        """
        if not refusal.is_about_the_token:
            raise refusal
        self.token.let_go()

    def _request(self, path: str, query: Query | str, body: object) -> requests.Request:
        headers = CALL_HEADERS | {"WM_SEC.ACCESS_TOKEN": self.token.current()}
        if self.token.seller:
            headers["WM_PARTNER.ID"] = self.token.seller
        url = f"{walmart_settings().api_address}{path}"
        if isinstance(query, str):
            url, query = f"{url}?{query.lstrip('?')}" if query else url, {}
        method = "GET" if body is None else "POST"
        return requests.Request(
            method, url, headers, json=body, params=dict(query), auth=Correlated()
        )

    def _read(self, operation: Operation, answer: requests.Response) -> dict[str, Any]:
        try:
            told = answer.json()
        except ValueError:
            raise NotUnderstoodError(f"{operation.name}: the answer is no JSON.") from None
        if not isinstance(told, dict):
            raise NotUnderstoodError(f"{operation.name}: the answer is no object.")
        for unknown in unknown_in(operation.name.partition(" ")[0], told):
            self.notice(unknown)
        return told


def wanted(operation: Operation, told: Mapping[str, Any], member: str) -> str:
    """A member that the answer is of no use without. Raises NotUnderstoodError."""
    said = told.get(member)
    if not isinstance(said, str) or not said:
        raise NotUnderstoodError(f"{operation.name}: {member} is missing.")
    return said


def named_for_content(operation: Operation, written: Path) -> Path:
    """Give the file the ending of what it is. Raises NotUnderstoodError where it is an error."""
    with written.open("rb") as file:
        start = file.read(512).lstrip(b"\xef\xbb\xbf \t\r\n")
    if start.startswith((b"{", b"<")):
        written.unlink()
        raise NotUnderstoodError(f"{operation.name}: an error came instead of the file.")
    return written.rename(f"{written}{'.zip' if start.startswith(_PACKED) else '.csv'}")
