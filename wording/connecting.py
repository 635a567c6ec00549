"""How connections are said: their states, what ends when, and what came of a consent."""

from datetime import date, datetime
from typing import Final

from wording.days import plain_date, time_of_day
from wording.numbers import are, counted

STATES: Final[dict[str, str]] = {
    "connected": "Connected",
    "expired": "Expired",
    "revoked": "Taken back",
    "disconnected": "Disconnected",
}
WAYS: Final[dict[str, str]] = {
    "consent": "by your consent",
    "own_key": "with a key of your own",
}
# Of the ways of a channel's data, on its card.
CONNECTED_BY: Final[dict[str, str]] = {
    "connected": "connected by API",
    "files": "connected by report files",
    "disconnected": "not connected",
}

# What came of a consent, by the word that the address carries: a title, and what to do.
ANSWERS: Final[dict[str, tuple[str, str]]] = {
    "refused": (
        "You did not allow it",
        "Nothing was connected. You can connect at any time, or go on with report files.",
    ),
    "expired": (
        "That took longer than half an hour",
        "For safety each way to the marketplace is open for half an hour. Connect once more.",
    ),
    "used": (
        "That answer has served already",
        "Each consent is used once. If the channel is not connected below, connect once more.",
    ),
    "elsewhere": (
        "This was begun in another browser or sign-in",
        "Come back in the browser that you began in, or connect once more from here.",
    ),
    "waiting": (
        "A wish for this channel is being worked on already",
        "Nothing was sent twice. It is shown here as soon as it is done.",
    ),
    "name": (
        "No account can be made under that name",
        "Nothing was connected. There may be one of that name by now: choose it, or another name.",
    ),
    "often": (
        "This has been tried very often within an hour",
        "Nothing was connected. Try again in an hour.",
    ),
    "impossible": (
        "This channel cannot be connected here",
        "Nothing was connected. Its card says why.",
    ),
    "unknown": (
        "This answer belongs to nothing that was begun here",
        "Nothing was connected. Open the marketplace's page and connect from there.",
    ),
    "somebody": (
        "Somebody else began this",
        "Nothing was connected. Whoever began it can go on, signed in as themselves.",
    ),
    "signed-out": (
        "Your sign-in has ended meanwhile",
        "Nothing was connected. Sign in again, and connect once more.",
    ),
    "not-yours": (
        "You may not connect this account",
        "Nothing was connected. Its seller can, on the marketplace's page.",
    ),
    "busy": (
        "The database does not answer just now",
        "Nothing was connected. Connect once more in a minute.",
    ),
}

# The word where nothing is to be said: it is on its way, and told as it goes.
GOES_ON: Final = "goes-on"
NOTHING_ASKED: Final = "the first reports are about to be asked for"
KEPT: Final = "What has been read until now stays, and so do all figures that rest on it."
DELETED: Final = (
    "What opens the seller's data is deleted at once, and nothing more is asked of {name}."
)
TAKE_BACK: Final = "You can take the permission back at {name} as well."


def ends(what: str, day: date, days: int) -> str:
    """`Consent ends in 12 days, on 10 Dec 2026`."""
    when = "today" if days == 0 else f"in {counted(days, 'day', 'days')}, on {plain_date(day)}"
    return f"{what} ends {when}"


def secret_ends(name: str, day: date, days: int) -> str:
    """Of our own application at a marketplace: days below nought, it has ended."""
    what = f"The client secret of our application at {name}"
    if days < 0:
        return f"{what} ended on {plain_date(day)}: nothing can be asked of {name} any more"
    return ends(what, day, days)


def secret_unknown(name: str, setting: str) -> str:
    """Where nobody has said when it was made."""
    what = f"the client secret of our application at {name}"
    return f"Nobody has said when {what} was made, so its end is not counted down: set {setting}"


def connection_ends(channel: str, day: date, days: int) -> str:
    """The same where no card stands around it."""
    return ends(f"The connection of {channel}", day, days)


def not_synced(channels: str, count: int) -> str:
    """The channel, or the first of several, and that nothing is asked of it any more."""
    return f"{channels} {are(count)} not connected any more"


def next_sync(at: datetime, now: datetime) -> str:
    """`next at 14:20`; what is under way, or waits for its turn, is due."""
    return f"next at {time_of_day(at)}" if at > now else "next one is due"


def reports_so_far(done: int, of: int) -> str:
    """`14 of 120 reports, newest first`."""
    return f"{done:,} of {counted(of, 'report', 'reports')}, newest first"
