"""Which of the story's losses the landed reports tell of, by the calendar of the landing."""

import datetime as dt
from zoneinfo import ZoneInfo

from sample.model import Loss, Story

_PREVIEW_DAYS = 90  # a fee preview speaks for the charges of so many days before it was landed


def told(story: Story) -> list[Loss]:
    """All losses but fees too old, by now, for a preview landed now."""
    now = dt.datetime.now(dt.UTC)
    return [loss for loss in story.losses if _is_told(loss, now)]


def _is_told(loss: Loss, now: dt.datetime) -> bool:
    if not loss.market.is_amazon or loss.subtype not in ("fulfilment_fee", "referral_fee"):
        return True
    landed_on = now.astimezone(ZoneInfo(loss.market.zone)).date()
    return landed_on - dt.timedelta(days=_PREVIEW_DAYS) <= loss.event_on <= landed_on
