"""Wanting the weekly summary, and wanting it no more."""

import re
import secrets
from base64 import b64encode
from typing import Final
from urllib.parse import urlsplit

from services.access.rights import Right
from services.access.viewer import Viewer
from services.database.engine import Database
from services.digest import queries
from services.digest.queries import Subscription, Way
from services.digest.sending import SEND_NOW, lane_of, line_of
from services.jobs import later
from services.jobs.state import is_worked_on
from services.settings import Settings, settings

URL_LENGTH: Final = 2000
_KEY: Final = re.compile(r"[1-9][0-9]{0,17}-[A-Za-z0-9_-]{20,80}")


class NotPossibleError(ValueError):
    """It cannot be sent that way; the message says why, for people."""


def subscription(database: Database, viewer: Viewer) -> Subscription | None:
    """How the person gets it; None: they do not."""
    viewer.require(Right.KEEP_OWN_SETTINGS)
    with database.of_person(viewer.person_id) as connection:
        return queries.subscription_of(connection, viewer.person_id)


def why_not_by_mail(viewer: Viewer, chosen: Settings) -> str:
    """Empty where it can go by e-mail."""
    if chosen.smtp_url is None:
        return "No mail server is set up here, so it cannot go by e-mail."
    if viewer.person.is_local:
        return "You are looking without sign-in, so there is no e-mail address to send it to."
    return ""


def by_mail(database: Database, viewer: Viewer) -> None:
    """To the person's own address and no other. Raises NotPossibleError."""
    reason = why_not_by_mail(viewer, settings())
    if reason:
        raise NotPossibleError(reason)
    _begin(database, viewer, "email")


def by_webhook(database: Database, viewer: Viewer, url: str) -> str:
    """To an address of theirs; returns the secret that signs it, shown once. NotPossibleError."""
    checked = _checked(url, allow_plain=settings().webhooks_may_reach_private_addresses)
    secret = "whsec_" + b64encode(secrets.token_bytes(32)).decode()
    _begin(database, viewer, "webhook", checked, secret)
    return secret


def stop(database: Database, viewer: Viewer) -> None:
    viewer.require(Right.KEEP_OWN_SETTINGS)
    with database.of_person(viewer.person_id) as connection:
        queries.end(connection, viewer.person_id)


def stop_by_key(database: Database, key: str) -> bool:
    """The way out of each letter, for whoever holds it. False: this is no such key at all.

    A key that leads to nothing any more is as good as one that has just been used.
    """
    if not is_a_key(key):
        return False
    number = int(key.partition("-")[0])
    with database.of_person(number) as connection:
        queries.end_by_key(connection, number, key)
    return True


def is_a_key(key: str) -> bool:
    """Whether it could be one: `_begin` makes them of a person's number and random letters."""
    return _KEY.fullmatch(key) is not None


def is_sent(database: Database, viewer: Viewer) -> bool:
    """Whether a worker is there to send it."""
    viewer.require(Right.KEEP_OWN_SETTINGS)
    with database.of_person(viewer.person_id) as connection:
        return is_worked_on(connection)


def ask_for_one_now(database: Database, viewer: Viewer) -> None:
    """Put one in line out of turn; asked for twice within a minute, one is sent."""
    viewer.require(Right.KEEP_OWN_SETTINGS)
    person_id = viewer.person_id
    with database.of_person(person_id) as connection:
        wanted = queries.subscription_of(connection, person_id)
        if wanted is None:  # stopped meanwhile, in another window
            return
        line, lane = line_of(person_id), lane_of(wanted)
        later.defer(connection, SEND_NOW, lane=lane, lock=line, person_id=person_id)


def _begin(
    database: Database,
    viewer: Viewer,
    way: Way,
    url: str | None = None,
    secret: str | None = None,
) -> None:
    viewer.require(Right.KEEP_OWN_SETTINGS)
    with database.of_person(viewer.person_id) as connection:
        queries.begin(
            connection,
            viewer.person_id,
            deliver_by=way,
            webhook_url=url,
            webhook_secret=secret,
            stop_key=f"{viewer.person_id}-{secrets.token_urlsafe(32)}",
        )


def _checked(url: str, *, allow_plain: bool) -> str:
    """The address as it may be asked for; where it really leads is looked at before each post."""
    url = url.strip()
    if len(url) > URL_LENGTH or not url.isprintable() or " " in url:
        raise NotPossibleError("This address cannot be read.")
    try:
        parts = urlsplit(url)
        reachable = bool(parts.hostname) and parts.port != 0
    except ValueError:
        reachable = False
    if not reachable:
        raise NotPossibleError("Write the whole address, such as https://example.com/summary.")
    if parts.username or parts.password:
        raise NotPossibleError("Leave the name and password out: the signature proves who sends.")
    if parts.scheme not in ({"https", "http"} if allow_plain else {"https"}):
        raise NotPossibleError("The address must begin with https://.")
    return url
