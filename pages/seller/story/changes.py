"""What moved one discrepancy, day by day, in words."""

from datetime import date, timedelta
from decimal import Decimal

from components.timeline import Standing, Step
from pages.shared import clock
from services.insights.answers import OwnMovement, Story
from wording.bases import short_basis_label
from wording.changes import change_label
from wording.days import plain_date
from wording.labels import in_a_sentence
from wording.money import signed_money
from wording.numbers import counted, signed_count

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
    word = change_label(moved.cause)
    return Step(word, day, note, _STANDINGS.get(moved.cause, "done"))


def _units(units: int) -> str:
    return signed_count(units, "unit", "units") if units else ""


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
        was, now = (
            short_basis_label(detail["from_basis"] or ""),
            short_basis_label(detail["to_basis"] or ""),
        )
        return f"{in_a_sentence(was)} before, {in_a_sentence(now)} now"
    return ""


def _day(word: str | None) -> str:
    return plain_date(date.fromisoformat(word) if word else None)


def _passed(story: Story, seen_on: date | None) -> list[Step]:
    """What the calendar took since then; before it was seen there was nothing to take."""
    last = story.expires_on
    if last is None or not story.remaining_units or (story.days_left or 0) >= 0:
        return []
    if seen_on is not None and last < seen_on:
        return []
    lost = f", {signed_money(-story.amount, story.currency)}" if story.amount is not None else ""
    note = f"{_units(-story.remaining_units)}{lost}"
    return [Step(change_label("expired"), plain_date(last + timedelta(days=1)), note, "bad")]
