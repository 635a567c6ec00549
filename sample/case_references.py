"""By which ids a case speaks of its losses, so that it can be found by them and by no others."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from sample.model import Case, Loss, Story
from sample.plans import IN_WAREHOUSE
from sample.standing import window_of

ByItem = dict[tuple[str, str, str], list[Loss]]  # channel, subtype, FNSKU


def with_references(story: Story) -> Story:
    """The story with every case's reference ids written in."""
    by_number = {loss.number: loss for loss in story.losses}
    by_item: ByItem = defaultdict(list)
    for loss in story.losses:
        by_item[loss.market.channel, loss.subtype, loss.product.fnsku].append(loss)
    cases = tuple(
        case
        if case.reference_ids
        else _referring(case, [by_number[number] for number in case.losses], by_item)
        for case in story.cases
    )
    return replace(story, cases=cases)


def _referring(case: Case, losses: Sequence[Loss], by_item: ByItem) -> Case:
    ids = [reference for loss in losses for reference in _ids(case, loss, by_item)]
    return replace(case, reference_ids=tuple(dict.fromkeys(ids)))


def _ids(case: Case, loss: Loss, by_item: ByItem) -> list[str]:
    if not loss.market.is_amazon:
        return [loss.location, loss.reference] if loss.location else [loss.reference]
    if loss.subtype not in IN_WAREHOUSE:
        return [loss.order_id or loss.reference]
    return [loss.product.fnsku, loss.reference] if _alone(case, loss, by_item) else [loss.reference]


def _alone(case: Case, loss: Loss, by_item: ByItem) -> bool:
    """Whether the FNSKU says which loss is meant: no other of its kind could be claimed then."""
    window = window_of(loss)
    if window is None:
        return False
    key = (loss.market.channel, loss.subtype, loss.product.fnsku)
    since = case.opened_on - timedelta(days=window[1])
    return not any(
        other.number not in case.losses and since <= other.event_on <= case.opened_on
        for other in by_item[key]
    )
