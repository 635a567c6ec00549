"""What became of a request: said above everything else, with the way to it."""

from typing import Final

from components.states import question_notice
from pages.shared.claim_link import claim_link
from pages.shared.snapshot import Snapshot
from services.activation.progress import news
from services.activation.states import Status
from services.marketplaces.labels import channel_label

_SAID: Final[dict[Status, tuple[str, str]]] = {
    "need_info": ("we need an answer from you", "Answer it"),
    "declined": ("the request was declined", "See why"),
}


def questions_notice(seen: Snapshot) -> None:
    """One line a channel; nothing where there is no news."""
    for channel in news(seen.connection, seen.account_id, seen.now):
        what, way = _SAID[channel.status]
        link = claim_link(seen.account, channel, way)
        question_notice(f"{channel_label(channel.code)}: {what}", link)
