"""What moved one discrepancy, day by day, in words."""

from datetime import date, timedelta
from decimal import Decimal

from components.money import TRUE_MINUS, counted, plain_date, signed_money
from components.timeline import Standing, Step
from pages.shared import clock
from pages.shared.names import basis_label
from services.insights.answers import OwnMovement, Story
from services.words import CHANGES

_STANDINGS: dict[str, Standing] = {
    "found": "good",
    "paid": "good",
    "reversed": "bad",
    "denied": "bad",
    "expired": "bad",
    "gone": "bad",
}


def steps(story: Story) -> list[Step]:
    """Since it was first seen; what the calendar alone did comes last."""
    seen_on = _first_seen(story)
    known = [_step(each, story.currency) for each in story.movements]
    return [*_first(story, seen_on), *known, *_passed(story, seen_on)]


def _first_seen(story: Story) -> date | None:
    """The day on which the report came that it rests on."""
    came = [each.landed_at for each in story.evidence if each.role == "event"]
    return clock.day_of(came[0]) if came else None


def _first(story: Story, seen_on: date | None) -> list[Step]:
    if seen_on is None or any(each.cause == "new" for each in story.movements):
        return []
    late = story.expires_on is not None and story.expires_on < seen_on
    note = counted(story.units, "unit", "units") + (", after its last day" if late else "")
    return [Step("First seen", plain_date(seen_on), note)]


def _step(moved: OwnMovement, currency: str) -> Step:
    day = plain_date(clock.day_of(moved.changed_at))
    said = [_units(moved.units), _money(moved, currency), _detail(moved)]
    note = ", ".join(word for word in said if word)
    word = CHANGES.get(moved.cause, moved.cause.capitalize())
    return Step(word, day, note, _STANDINGS.get(moved.cause, "done"))


def _units(units: int) -> str:
    if not units:
        return ""
    sign = "+" if units > 0 else TRUE_MINUS
    return f"{sign}{counted(abs(units), 'unit', 'units')}"


def _money(moved: OwnMovement, currency: str) -> str:
    if moved.amount_before is None and moved.amount_after is None:
        return ""
    change = (moved.amount_after or Decimal(0)) - (moved.amount_before or Decimal(0))
    return signed_money(change, currency)


def _detail(moved: OwnMovement) -> str:
    detail = moved.detail
    if moved.cause == "window":
        return f"last day {_day(detail['from'])}, now {_day(detail['to'])}"
    if moved.cause == "valued" and detail["from_basis"] != detail["to_basis"]:
        was, now = basis_label(detail["from_basis"] or ""), basis_label(detail["to_basis"] or "")
        return f"{was.lower()} before, {now.lower()} now"
    return ""


def _day(word: str | None) -> str:
    return plain_date(date.fromisoformat(word)) if word else "unknown"


def _passed(story: Story, seen_on: date | None) -> list[Step]:
    """What the calendar took since then; before it was seen there was nothing to take."""
    last = story.expires_on
    if last is None or not story.remaining_units or (story.days_left or 0) >= 0:
        return []
    if seen_on is not None and last < seen_on:
        return []
    lost = f", {signed_money(-story.amount, story.currency)}" if story.amount is not None else ""
    note = f"{_units(-story.remaining_units)}{lost}"
    return [Step(CHANGES["expired"], plain_date(last + timedelta(days=1)), note, "bad")]
