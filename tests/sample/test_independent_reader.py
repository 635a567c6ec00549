"""The reader that shares no code with the product agrees with what the story says was paid."""

from collections import defaultdict
from decimal import Decimal

from sample.model import Story
from sample.world import SampleImport
from tests.common.reports.independent_reader import Sums, claimed


def told(story: Story) -> Sums:
    sums: Sums = defaultdict(Decimal)
    for payment in story.payments:
        market = payment.market
        sums[market.account, market.channel, market.currency] += payment.amount
    return dict(sums)


def test_the_files_say_what_was_paid_net_of_what_was_taken_back(
    world: list[SampleImport], story: Story
) -> None:
    sums = claimed((one.account, one.channel, one.paths) for one in world)

    assert sums == told(story)
    assert {key[1] for key in sums} == {
        "amazon-us",
        "amazon-ca",
        "amazon-uk",
        "amazon-de",
        "walmart-us",
    }
