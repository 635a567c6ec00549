"""Workers killed while they sync: what has come in the end is what nobody disturbed brings, and
no report was ordered twice (docs/hardening.md).

A worker dies at a chosen question: before the marketplace has heard it, after it was answered and
nobody heard that, or some time later, when what came lands. Questions count once each, however
often they are asked again, so that deaths are spread over the whole of the work.
"""

import subprocess
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from typing import Any, Final

from sqlalchemy import text
from werkzeug import Request, Response

from sample.story import build_story
from sample.world import write_channel
from services.database.engine import Database
from services.insights.as_of import as_of_day, discrepancies, totals
from services.marketplaces.registry import REPORT_TABLES
from services.sync.run import Ran
from services.sync.syncing import Syncing
from tests.common.databases import SAMPLE_SEED
from tests.fakes.amazon.files import Files
from tests.fakes.amazon.login import REFRESH_TOKEN
from tests.fakes.amazon.server import FakeAmazon, serve
from tests.fakes.faults import Answer, Fault
from tests.fakes.walmart.server import Walmart, serving
from tests.hardening.connected import Connected, environment, stopped
from tests.hardening.ground import Ground
from tests.hardening.processes import end
from tests.hardening.trial import HELD, Attempts, Trial

ACCOUNT: Final = "Killed"
AMAZON: Final = "amazon-uk"
WALMART: Final = "walmart-us"
# With fewer deaths than this one channel is enough to be spread over.
_MANY: Final = 10
_FEW: Final = 4
_LOOK_SECONDS: Final = 0.2
_NEWS_SECONDS: Final = 300  # without a question, a death or the end: it hangs
# A worker that dies later dies within so many seconds: while what it fetched lands.
_LATER_SECONDS: Final = 2.0
# What is never the same twice, however often the same is asked.
_OF_THE_MOMENT: Final = frozenset(
    {
        "LastUpdatedBefore", "NextToken", "createdSince", "ends", "nextCursor", "nextToken", "page",
        "requestSubmissionEndDate", "requestSubmissionStartDate", "sig", "signature",
    }
)  # fmt: skip
_DERIVED: Final = ("reimbursement", "discrepancy", "open_total", "claimed_total", "month_total")


def attempts(ground: Ground, count: int | None, chance: Random) -> Attempts:
    world = _World.written(ground.subfolder("synced"), both=(count or 0) > _MANY)
    with ground.database() as database, world.served() as marketplaces:
        model = _undisturbed(Connected.on(database, world.new_folder(), marketplaces.told), world)
        asked = len(marketplaces.deaths.known)
    left = count or 0
    while left:
        moments = sorted(chance.sample(range(1, asked + 1), min(left, asked)))
        with ground.database() as database, world.served() as marketplaces:
            connected = Connected.on(database, world.new_folder(), marketplaces.told)
            marketplaces.deaths.expect(moments, chance)
            died, wrong = _until_all_is_in(connected, world, marketplaces)
            wrong = wrong or model.difference(_Told.of(database, world))
            told = f"killed {died} times, at {moments} of {asked} questions: "
        left -= died
        yield from [HELD] * (died - 1)
        yield f"{told}{wrong}" if wrong else HELD


# What is synced -------------------------------------------------------------------------------


@dataclass
class _World:
    """The report files of one account's channels. folders: by channel."""

    folder: Path
    folders: Mapping[str, Path]
    made: int = 0

    @classmethod
    def written(cls, folder: Path, *, both: bool) -> "_World":
        story = build_story(datetime.now(UTC).date(), SAMPLE_SEED)
        channels = (WALMART, AMAZON) if both else (WALMART,)
        written = {
            one: write_channel(folder / one, story, story.market(one)).paths[0].parent
            for one in channels
        }
        if not both:
            _shorten(written[WALMART])
        return cls(folder, written)

    def new_folder(self) -> Path:
        """One that there was not."""
        self.made += 1
        return self.folder / f"data-{self.made}"

    def connect(self, connected: Connected) -> list[int]:
        """Each channel; the connections' numbers."""
        typed = {
            WALMART: {"client_id": "seller-key-0001", "client_secret": "seller-secret-0001"},
            AMAZON: {"refresh_token": REFRESH_TOKEN},
        }
        return [connected.connect(ACCOUNT, one, typed[one]) for one in self.folders]

    @contextmanager
    def served(self) -> "Iterator[_Marketplaces]":
        """New marketplaces, that nobody has asked anything."""
        deaths = _Deaths()
        files = Files.below(self.folder / AMAZON)
        with ExitStack() as opened:
            amazon = opened.enter_context(serve(FakeAmazon(files)))
            walmart = opened.enter_context(serving(self.folders[WALMART]))
            amazon.faults.chance = walmart.faults.chance = deaths
            yield _Marketplaces(amazon, walmart, deaths)
        assert not walmart.checked.misfits, walmart.checked.misfits


def _shorten(folder: Path) -> None:
    """A seller of a few weeks: most of Walmart's questions are for payments, one for each file."""
    for path in sorted(folder.glob("recon_*"), key=lambda one: one.stem[-4:] + one.stem)[:-_FEW]:
        path.unlink()


@dataclass(frozen=True)
class _Marketplaces:
    amazon: FakeAmazon
    walmart: Walmart
    deaths: "_Deaths"

    @property
    def told(self) -> dict[str, str]:
        """The settings that lead to them."""
        return {**self.amazon.environment, "WALMART_API_ADDRESS": self.walmart.address}

    def ordered_twice(self) -> list[Any]:
        """Reports of one kind, of the same days, that were ordered more than once."""
        of_amazon = Counter(
            (one.type, *one.marketplace_ids, one.start, one.end)
            for one in self.amazon.reports.made.values()
            if one.content and one.start is not None
        )
        every = [*of_amazon.items(), *self.walmart.orders.times.items()]
        return [which for which, times in every if times > 1]


# Deaths ---------------------------------------------------------------------------------------


@dataclass
class _Deaths:
    """Kills whoever asks, when so many different questions have been asked.

    dies_at: when the victim that was let go on dies.
    """

    known: set[tuple[Any, ...]] = field(default_factory=set)
    moments: list[int] = field(default_factory=list)
    chance: Random = field(default_factory=Random)
    victim: subprocess.Popen[str] | None = None
    dies_at: float | None = None

    def expect(self, moments: Sequence[int], chance: Random) -> None:
        """When they come, and by what chance they are chosen."""
        self.moments, self.chance = list(moments), chance

    def meet(self, operation: str, request: Request) -> Fault | None:
        """Called by one question after the other."""
        before = len(self.known)
        self.known.add(_about(operation, request))
        is_new = len(self.known) > before
        is_time = is_new and self.moments and len(self.known) >= self.moments[0]
        # Nobody is at work yet, or the one that is is dying already.
        if not is_time or self.victim is None or self.dies_at is not None:
            return None
        self.moments.pop(0)
        return self.chance.choice((self._before, self._after, self._later))

    def _before(self, _real: Answer) -> Response:
        self._kill()
        return Response(status=503)

    def _after(self, real: Answer) -> Response:
        answer = real()
        self._kill()
        return answer

    def _later(self, real: Answer) -> Response:
        self.dies_at = time.monotonic() + self.chance.uniform(0, _LATER_SECONDS)
        return real()

    def _kill(self) -> None:
        if self.victim is not None:
            self.victim.kill()

    def look(self) -> None:
        """Kill the one whose time has come."""
        if self.dies_at is not None and time.monotonic() >= self.dies_at:
            self._kill()


def _about(operation: str, request: Request) -> tuple[Any, ...]:
    told = {name: value for name, value in request.args.items() if name not in _OF_THE_MOMENT}
    return operation, request.path, tuple(sorted(told.items())), request.get_data()


def _until_all_is_in(
    connected: Connected, world: _World, marketplaces: _Marketplaces
) -> tuple[int, str]:
    """How many workers died, and what went wrong."""
    world.connect(connected)
    deaths, died = marketplaces.deaths, 0
    while True:
        deaths.victim, deaths.dies_at = connected.worker(), None
        try:
            ended = _until_dead_or_done(connected, deaths, deaths.victim)
            wrong = stopped(deaths.victim) if ended == "done" else ""
        finally:
            end(deaths.victim)
        if ended != "dead":
            break
        died += 1
        connected.let_the_dead_be_missed()
    if ended == "hangs":
        return died, f"it hangs: {connected.left_behind()}"
    if twice := marketplaces.ordered_twice():
        wrong += f"ordered twice: {twice}"
    return died, wrong or connected.left_behind()


def _until_dead_or_done(
    connected: Connected, deaths: _Deaths, worker: subprocess.Popen[str]
) -> str:
    asked, news = len(deaths.known), time.monotonic()
    while worker.poll() is None:
        deaths.look()
        connected.let_time_pass()
        if deaths.dies_at is None and connected.is_done:
            return "done"
        if len(deaths.known) > asked:
            asked, news = len(deaths.known), time.monotonic()
        if time.monotonic() - news > _NEWS_SECONDS:
            return "hangs"
        time.sleep(_LOOK_SECONDS)
    return "dead"


# What has come --------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Told:
    """What an account's pages tell, and what its tables come to."""

    figures: Mapping[str, Any]

    @classmethod
    def of(cls, database: Database, world: _World) -> "_Told":
        figures: dict[str, Any] = {}
        for channel in world.folders:
            figures[f"totals of {channel}"] = as_of_day(database, totals, ACCOUNT, channel, None)
            each = as_of_day(database, discrepancies, ACCOUNT, channel, None)["rows"]
            figures[f"discrepancies of {channel}"] = sorted(map(_without_numbers, each))
        for table in (*REPORT_TABLES, *_DERIVED):
            figures[table] = _sums(database, table)
        return cls(figures)

    def difference(self, other: "_Told") -> str:
        """The first that differs."""
        for what, right in self.figures.items():
            if other.figures[what] != right:
                return f"{what}: {other.figures[what]}, not {right}"[:4000]
        return ""


def _without_numbers(one: Mapping[str, Any]) -> str:
    """A discrepancy but for its number and which row of which document proves it."""
    return str({name: one[name] for name in one if name not in {"id", "evidence"}})


_NUMBERS: Final = text("""
    select column_name from information_schema.columns
    where table_schema = 'public' and table_name = :table
        and data_type in ('numeric', 'integer', 'bigint', 'smallint')
        and column_name !~ '(_id|number|row)$'
    order by column_name
""")


def _sums(database: Database, table: str) -> dict[str, Any]:
    """How many rows, and the sum of each column of amounts or units."""
    with database.owning() as connection:
        columns = list(connection.execute(_NUMBERS, {"table": table}).scalars())
        summed = "".join(f", sum({one}) as {one}" for one in columns)
        told = connection.execute(text(f"select count(*) as rows{summed} from {table}"))
        return dict(told.mappings().one())


def _undisturbed(connected: Connected, world: _World) -> _Told:
    """In this process, with waits cut short."""
    with environment(connected.told):
        syncing = Syncing(connected.database, connected.chosen, lambda _said: None)
        numbers = world.connect(connected)
        account = connected.rows("select account_id from account")[0][0]
        while not connected.is_done:
            for number in numbers:
                ran = syncing.sync(account, number)
                assert isinstance(ran, Ran), ran
            connected.let_time_pass()
    return _Told.of(connected.database, world)


TRIAL: Final = Trial(
    "syncing",
    "the worker killed at any moment while it syncs: started again it brings what one that nobody"
    " disturbed brings, orders no report twice and leaves nothing behind",
    short=3,
    long=50,
    attempts=attempts,
)
