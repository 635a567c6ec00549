"""One letter to one person by SMTP."""

import smtplib
import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from email.message import EmailMessage
from email.utils import format_datetime, parseaddr
from functools import partial
from typing import Final
from urllib.parse import SplitResult, unquote, urlsplit

from services.delivery.attempt import Attempt
from services.delivery.webhook import Outcome
from services.digest.letter import Letter

# For the whole of it, from the lookup of the name to the goodbye.
SECONDS = 20
_PORTS: Final = {"smtp": 25, "smtp+starttls": 587, "smtps": 465}


@dataclass(frozen=True)
class Envelope:
    """From whom to whom; `stop` is the way out, which mail programs offer as a button."""

    message_id: str
    sender: str
    to: str
    stop: str


def post(letter: Letter, envelope: Envelope, smtp_url: str) -> Outcome:
    """Hand it to the mail server."""
    attempt = Attempt(SECONDS)
    try:
        attempt.run(partial(_hand_over, attempt, _message(letter, envelope), urlsplit(smtp_url)))
    except smtplib.SMTPRecipientsRefused:
        return Outcome("failed", f"The mail server does not accept {envelope.to}.")
    except smtplib.SMTPAuthenticationError:
        return Outcome("failed", "The mail server does not accept our password.")
    except smtplib.SMTPException as error:
        return Outcome("failed", f"The mail server refused it ({type(error).__name__}).")
    except TimeoutError:
        return Outcome("failed", "The mail server did not answer in time.")
    except OSError:
        return Outcome("failed", "The mail server could not be reached.")
    return Outcome("delivered")


def _hand_over(attempt: Attempt, message: EmailMessage, url: SplitResult) -> None:
    with _connected(url, attempt) as server:
        server.send_message(message)


def _message(letter: Letter, envelope: Envelope) -> EmailMessage:
    message = EmailMessage()
    message["Subject"] = letter.subject
    message["From"] = envelope.sender
    message["To"] = envelope.to
    message["Date"] = format_datetime(datetime.now(UTC))
    message["Message-ID"] = f"<{envelope.message_id}@{_domain(envelope.sender)}>"
    message["Auto-Submitted"] = "auto-generated"
    # RFC 8058: the mail program stops it by itself, without opening a page.
    message["List-Unsubscribe"] = f"<{envelope.stop}>"
    message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    message.set_content(letter.text)
    message.add_alternative(letter.html, subtype="html")
    return message


def _domain(sender: str) -> str:
    return parseaddr(sender)[1].rpartition("@")[2] or "localhost"


@contextmanager
def _connected(url: SplitResult, attempt: Attempt) -> Iterator[smtplib.SMTP]:
    host, port = url.hostname or "localhost", url.port or _PORTS[url.scheme]
    secure = ssl.create_default_context()
    if url.scheme == "smtps":
        server: smtplib.SMTP = _WatchedTls(attempt, host, port, secure)
    else:
        server = _Watched(attempt, host, port)
    with server:
        if url.scheme == "smtp+starttls":
            server.starttls(context=secure)
        if url.username:
            server.login(unquote(url.username), unquote(url.password or ""))
        yield server


class _Watched(smtplib.SMTP):
    """A connection that can be cut when its time is over."""

    def __init__(self, attempt: Attempt, host: str, port: int) -> None:
        self._attempt = attempt
        super().__init__(host, port, timeout=SECONDS)

    def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:
        opened: socket.socket = super()._get_socket(host, port, timeout)  # type: ignore[misc]
        self._attempt.watch(opened)
        return opened


class _WatchedTls(smtplib.SMTP_SSL, _Watched):
    """The same with TLS around it from the first byte: it wraps what `_Watched` opens."""

    def __init__(self, attempt: Attempt, host: str, port: int, secure: ssl.SSLContext) -> None:
        self._attempt = attempt
        smtplib.SMTP_SSL.__init__(self, host, port, timeout=SECONDS, context=secure)
