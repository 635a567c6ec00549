"""The service team waits for an answer: said above everything else, with the way to it."""

from components.states import question_notice
from pages.shared import places
from pages.shared.names import channel_label
from pages.shared.snapshot import Snapshot
from services.activation.progress import channels_with_a_question

_PAGES = {"amazon": places.AMAZON, "walmart": places.WALMART}


def questions_notice(seen: Snapshot) -> None:
    """One line a channel; nothing where nobody waits."""
    for channel in channels_with_a_question(seen.connection, seen.account_id):
        link = _PAGES[channel.marketplace].link(
            seen.account, "Answer it", ":material/arrow_forward:", {"claim": channel.name}
        )
        question_notice(f"{channel_label(channel.code)}: we need an answer from you", link)
