"""One summary on its way: by e-mail or to an address that the person gave."""

from dataclasses import asdict
from datetime import datetime
from typing import Any, Final

from services.access.viewer import Viewer
from services.database.engine import Database
from services.delivery import webhook
from services.delivery.webhook import Message, Outcome
from services.digest import mail
from services.digest.content import Digest, InCurrency, OfAccount, digest_of
from services.digest.letter import Letter, Links, letter_of
from services.digest.queries import Subscription
from services.insights.answers import Figure
from services.settings import settings

STOP_PATH: Final = "weekly-summary/stop"
NO_MAIL: Final = "No mail server is set up here."


def post(
    database: Database, wanted: Subscription, viewer: Viewer, now: datetime, message_id: str
) -> Outcome:
    """Try once. `message_id` stays the same in every try of one summary."""
    digest = digest_of(database, viewer, now)
    if wanted.deliver_by == "webhook":
        return _to_webhook(digest, wanted, now, message_id)
    return _by_mail(digest, wanted, viewer, message_id)


def preview(database: Database, viewer: Viewer, now: datetime) -> Letter:
    """The letter as it would be sent now."""
    links = Links(settings().origin, None)
    return letter_of(digest_of(database, viewer, now), viewer.person.name, links)


def _by_mail(digest: Digest, wanted: Subscription, viewer: Viewer, message_id: str) -> Outcome:
    chosen = settings()
    if chosen.smtp_url is None:
        return Outcome("failed", NO_MAIL)
    base = chosen.origin
    stop = f"{base}/{STOP_PATH}?key={wanted.stop_key}"
    letter = letter_of(digest, viewer.person.name, Links(base, stop))
    envelope = mail.Envelope(message_id, chosen.mail_from, viewer.person.email, stop)
    return mail.post(letter, envelope, chosen.smtp_url.get_secret_value())


def _to_webhook(digest: Digest, wanted: Subscription, now: datetime, message_id: str) -> Outcome:
    chosen = settings()
    message = Message(message_id, "summary.weekly", now, as_plain(digest, chosen.origin))
    return webhook.send(
        message,
        str(wanted.webhook_url),
        [str(wanted.webhook_secret)],
        public_only=not chosen.webhooks_may_reach_private_addresses,
    )


def as_plain(digest: Digest, base: str) -> dict[str, Any]:
    """For machines: amounts are strings, each with the currency above it."""
    return {
        "week": {"first": digest.monday.isoformat(), "last": digest.sunday.isoformat()},
        "accounts": [_account(one, base) for one in digest.accounts],
        "accounts_left_out": digest.left_out,
        "notices": list(digest.notices),
    }


def _account(of: OfAccount, base: str) -> dict[str, Any]:
    return {
        "id": of.account.account_id,
        "name": of.account.name,
        "is_sample": of.account.is_sample,
        "link": f"{base}/overview?account={of.account.account_id}",
        "amounts": [_amounts(one) for one in of.amounts],
        "not_served": of.unserved or None,
        "reports_stopped": [one.code for one in of.stale],
        "connections_ending": [
            {"channels": one.codes, "state": one.state, "ends_on": one.ends_on and f"{one.ends_on}"}
            for one in of.ends
        ],
    }


def _amounts(one: InCurrency) -> dict[str, Any]:
    return {
        "currency": one.currency,
        "at_risk": None if one.at_risk is None else _figure(one.at_risk),
        "expiring_within_7_days": _figure(one.now.within_7_days),
        "expiring_within_30_days": _figure(one.now.within_30_days),
        "recovered": str(one.week.recovered),
        "reversed": str(one.week.reversed),
        "denied": _figure(one.week.denied),
        "expired": _figure(one.week.expired),
    }


def _figure(figure: Figure) -> dict[str, Any]:
    """`amount` is of the units whose amount is known; null where that is none of them."""
    plain = asdict(figure)
    known = plain.pop("known_amount")
    return {**plain, "amount": None if figure.amount is None else str(known)}
