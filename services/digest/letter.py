"""A summary as a letter: a subject, a text, and the same as HTML."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any, Final, Literal
from urllib.parse import urlencode

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from services.digest.content import Digest, InCurrency, OfAccount
from services.insights.answers import Figure
from services.marketplaces.labels import channel_label, marketplace_label
from wording.connecting import connection_ends, not_synced
from wording.days import days_between
from wording.labels import one_line
from wording.money import money, without_amount
from wording.notices import reports_end
from wording.numbers import counted

_TEMPLATES: Final = Path(__file__).parent / "templates"

NO_REPORTS: Final = "No reports yet."
QUIET: Final = "Nothing runs out within 30 days, and nothing moved last week."

Bucket = Literal["unclaimed", "claimed", "lost"]


@dataclass(frozen=True)
class Line:
    """One figure with its name and the view that shows what is behind it."""

    label: str
    value: str
    note: str
    bucket: Bucket
    link: str


@dataclass(frozen=True)
class Block:
    """One account: its lines by currency, none where all is quiet. Without a currency: why."""

    name: str
    is_sample: bool
    link: str
    amounts: Mapping[str, Sequence[Line]]
    why_none: str
    stale: str


@dataclass(frozen=True)
class Letter:
    """`blocks` is what text and HTML say of the accounts, for a screen to show."""

    subject: str
    text: str
    html: str
    blocks: tuple[Block, ...]
    more: str


@dataclass(frozen=True)
class Links:
    """The addresses of a letter. `base` is where people open the dashboard."""

    base: str
    stop: str | None  # the way out; none in a preview

    def to(self, path: str, **query: str) -> str:
        return f"{self.base}/{path}" + (f"?{urlencode(query)}" if query else "")


def letter_of(digest: Digest, name: str, links: Links) -> Letter:
    """The letter to a person of that name."""
    when = days_between(digest.monday, digest.sunday)
    blocks = tuple(_block(one, links, digest.today) for one in digest.accounts)
    values: dict[str, Any] = {
        "name": one_line(name),
        "when": when,
        "digest": digest,
        "blocks": blocks,
        "more": _more(digest),
        "links": links,
        "quiet": QUIET,
        "home": links.to("portfolio" if digest.are_clients else "overview"),
        "settings": links.to("you"),
    }
    return Letter(
        f"Your reimbursements, {when}",
        _environment(html=False).get_template("letter.txt").render(values),
        _environment(html=True).get_template("letter.html").render(values),
        blocks,
        _more(digest),
    )


@cache
def _environment(*, html: bool) -> Environment:
    return Environment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=html,  # noqa: S701  a text has nothing to escape
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )


def _block(of: OfAccount, links: Links, today: date) -> Block:
    account = str(of.account.account_id)
    return Block(
        one_line(of.account.name),
        of.account.is_sample,
        links.to("overview", account=account),
        {one.currency: _lines(one, account, links) for one in of.amounts},
        of.unserved or NO_REPORTS,
        " ".join(f"{said}." for said in _stands_still(of, today)),
    )


def _stands_still(of: OfAccount, today: date) -> Iterator[str]:
    """What is not read any more, or soon will not be."""
    for one in of.ends:
        names = ", ".join(map(channel_label, one.codes)) or marketplace_label(one.marketplace)
        left = one.days_left(today)
        if left is None or one.ends_on is None:
            yield not_synced(names, len(one.codes))
        else:
            yield connection_ends(names, one.ends_on, left)
    for channel in of.stale:
        yield reports_end(channel.name, channel.data_until)


def _lines(one: InCurrency, account: str, links: Links) -> list[Line]:
    if one.is_quiet:
        return []
    here = {"account": account, "currency": one.currency}
    overview = links.to("overview", **here)
    seven, thirty = (links.to("expiring", **here, within=within) for within in ("7d", "30d"))
    code, now, week = one.currency, one.now, one.week
    return [
        *_at_risk(one, links.to("overview", **here, show="ready")),
        _of_figure("Runs out within 7 days", now.within_7_days, code, "unclaimed", seven),
        _of_figure("Runs out within 30 days", now.within_30_days, code, "unclaimed", thirty),
        Line("Recovered last week", money(week.recovered, code), "", "claimed", overview),
        Line("Taken back last week", money(-week.reversed, code), "", "claimed", overview),
        _of_figure("Refused last week", week.denied, code, "lost", overview),
        _of_figure("Ran out last week", week.expired, code, "lost", overview),
    ]


def _of_figure(label: str, figure: Figure, currency: str, bucket: Bucket, link: str) -> Line:
    note = without_amount(figure.units_without_amount)
    return Line(label, money(figure.amount, currency), note, bucket, link)


def _at_risk(one: InCurrency, link: str) -> list[Line]:
    if one.at_risk is None:
        return []
    return [_of_figure("At risk: ready to claim", one.at_risk, one.currency, "unclaimed", link)]


def _more(digest: Digest) -> str:
    """What stands under the last account, where there are more of them."""
    if not digest.left_out:
        return ""
    one = "client" if digest.are_clients else "account"
    return f"And {counted(digest.left_out, f'more {one}', f'more {one}s')}."
