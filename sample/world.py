"""The sample world as files, and which file is imported for which channel."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final

from sample.account_files import write_cases, write_costs
from sample.amazon.files import write_ledger, write_reimbursements, write_returns
from sample.amazon.more_files import (
    write_fee_preview,
    write_inbound,
    write_removal_receipts,
    write_removals,
    write_replacements,
    write_stock,
)
from sample.amazon.settlements import write_settlements
from sample.amazon.summary import write_summary
from sample.model import Market, Story
from sample.story import HOME, KITCHEN, OUTDOOR, build_story
from sample.walmart.files import write_inventory, write_receipts, write_recon
from sample.walmart.more_files import (
    write_api_inbound,
    write_log,
    write_return_orders,
    write_wfs_settlements,
)

ACCOUNTS: Final = (KITCHEN, OUTDOOR, HOME)
# The oldest files of a long history come in the layouts of their time.
_LONG_HISTORY: Final = (12, 14, 16, 16, 16, 16)
_NEW_LAYOUT: Final = (16, 16, 16, 16, 16, 16)


@dataclass(frozen=True)
class SampleImport:
    """Files to import for one channel, in one go."""

    account: str
    channel: str
    paths: list[Path]


def write_world(directory: Path, *, today: date, seed: int) -> list[SampleImport]:
    """Write every file of the world below `directory`; import them in the order returned.

    A channel comes before the files that mention it: the region's reimbursements and ledger, the
    account's cases. The same day and seed give the same bytes.
    """
    story = build_story(today, seed)
    return [*_kitchen(directory, story), *_outdoor(directory, story), *_home(directory, story)]


def _folder(directory: Path, market: Market) -> Path:
    return directory / market.account.lower().replace(" ", "-") / market.channel


def _import(market: Market, *paths: Path) -> SampleImport:
    return SampleImport(market.account, market.channel, list(paths))


def write_channel(directory: Path, story: Story, market: Market) -> SampleImport:
    """Every file of a channel that is its account's and its region's only one."""
    folder = _folder(directory, market)
    cases = write_cases(folder, story, market.account)
    if not market.is_amazon:
        return _import(market, *_walmart(folder, story, market), cases)
    return _import(
        market,
        write_costs(folder, story, market.account),
        *write_ledger(folder, story, [market], _LONG_HISTORY),
        *write_returns(folder, story, market),
        *_amazon_more(folder, story, market),
        write_fee_preview(folder, story, [market]),
        write_removal_receipts(folder, story, market.account),
        *write_reimbursements(folder, story, market.region),
        cases,
    )


def _walmart(folder: Path, story: Story, market: Market) -> list[Path]:
    return [
        *write_recon(folder, story, market),
        *write_inventory(folder, story, market),
        *write_receipts(folder, story, market),
        *write_wfs_settlements(folder, story, market),
        write_return_orders(folder, story, market),
        write_log(folder, story, market),
        *write_api_inbound(folder, story, market),
    ]


def _amazon_more(folder: Path, story: Story, market: Market) -> list[Path]:
    """What each Amazon channel reports of itself alone."""
    return [
        *write_settlements(folder, story, market),
        *write_removals(folder, story, market),
        *write_inbound(folder, story, market),
        write_replacements(folder, story, market),
        write_stock(folder, story, market),
        write_summary(folder, story, market),
    ]


def _kitchen(directory: Path, story: Story) -> list[SampleImport]:
    ca, us, walmart = map(story.market, ("amazon-ca", "amazon-us", "walmart-us"))
    folder = {market: _folder(directory, market) for market in (ca, us, walmart)}
    return [
        _import(
            ca,
            write_costs(folder[ca].parent, story, KITCHEN),
            *write_ledger(folder[ca], story, [ca], _NEW_LAYOUT),
            *write_returns(folder[ca], story, ca),
            *_amazon_more(folder[ca], story, ca),
        ),
        _import(
            us,
            *write_ledger(folder[us], story, [us], _LONG_HISTORY),
            *write_returns(folder[us], story, us),
            *_amazon_more(folder[us], story, us),
            write_fee_preview(folder[us], story, [us, ca]),
            write_removal_receipts(folder[us].parent, story, KITCHEN),
            *write_reimbursements(folder[us], story, us.region),
        ),
        _import(
            walmart,
            *_walmart(folder[walmart], story, walmart),
            write_cases(folder[walmart].parent, story, KITCHEN),
        ),
    ]


def _outdoor(directory: Path, story: Story) -> list[SampleImport]:
    """One region, two channels: its ledger and reimbursements are landed once for both."""
    uk, de = map(story.market, ("amazon-uk", "amazon-de"))
    region = _folder(directory, de)
    return [
        _import(
            uk,
            write_costs(region.parent, story, OUTDOOR),
            *write_returns(_folder(directory, uk), story, uk),
            *_amazon_more(_folder(directory, uk), story, uk),
        ),
        _import(
            de,
            *write_ledger(region, story, [uk, de], _NEW_LAYOUT),
            *write_returns(region, story, de),
            *_amazon_more(region, story, de),
            write_fee_preview(region, story, [uk, de]),
            write_removal_receipts(region.parent, story, OUTDOOR),
            *write_reimbursements(region, story, de.region),
            write_cases(region.parent, story, OUTDOOR),
        ),
    ]


def _home(directory: Path, story: Story) -> list[SampleImport]:
    market = story.market("walmart-ca")
    return [_import(market, *write_recon(_folder(directory, market), story, market))]
