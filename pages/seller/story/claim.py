"""What a claim needs, and what can be done about a refusal: in words, each with who says so.

Everything here is Markdown, with sellers' and reports' own words escaped.
"""

from datetime import date

from components.markdown import escape_markdown
from services.insights.answers import Story
from services.marketplaces.claim_documents import ClaimDocuments
from services.marketplaces.labels import marketplace_label
from services.marketplaces.registry import marketplace_of
from wording.days import plain_date
from wording.numbers import counted


def documents_of(story: Story) -> ClaimDocuments | None:
    """What the claim needs, while there is one to file."""
    if not story.remaining_units or story.remaining_state == "expired":
        return None
    marketplace = marketplace_of(story.channel)
    return marketplace.documents_for(story.subtype) if marketplace else None


def documents_words(needed: ClaimDocuments) -> str:
    listed = "\n".join(
        f"- {escape_markdown(each.name)}: {escape_markdown(each.detail)}"
        for each in needed.documents
    )
    return f"**Have ready for the claim**\n\n{listed}"


def appeal_words(channel: str, until: date | None, today: date) -> str:
    """Whether, and until when: never a day that no source names. `today`: the marketplace's own."""
    who = marketplace_label(channel)
    if until is None:
        return (
            f"Whether {who}'s decision can be appealed, and until when, is unknown: no source that "
            "we have says so."
        )
    day = plain_date(until)
    left = (until - today).days
    if left < 0:
        return f"The decision could be appealed until {day}."
    when = "today is the last day" if left == 0 else f"{counted(left, 'day', 'days')} left"
    return f"The decision can be appealed until **{day}**: {when}."
