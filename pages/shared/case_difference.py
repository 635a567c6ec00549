"""Why open cases and In progress are not the same amount, in one sentence whose parts add up."""

from services.insights.cases import Difference
from wording.money import money, signed_money


def difference_words(told: Difference, currency: str) -> str:
    """Empty where both are the same, or there is neither."""
    if told.requested == told.in_progress:
        return ""
    beyond = "beyond our estimates" if told.beyond > 0 else "because our estimates are higher"
    parts = (
        (told.not_found, "for what nothing here waits for"),
        (told.paid, "paid already"),
        (told.beyond, beyond),
        (told.unvalued, "where some units have no known amount"),
        (-told.unnamed, "in cases that name no amount"),
        (-told.decided, "approved and not yet paid (no open case any more)"),
    )
    said = [f"{signed_money(amount, currency)} {words}" for amount, words in parts if amount]
    apart = signed_money(told.requested - told.in_progress, currency)
    return (
        f"Open cases ask for {money(told.requested, currency)}; In progress is"
        f" {money(told.in_progress, currency)}. The difference, {apart}, is {', '.join(said)}."
    )
