"""The service team's own records of the cases, read from their endpoint: docs/case-feed.md.

Read from where the last reading ended; what comes twice changes nothing.
"""

import json
import tempfile
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import requests
from procrastinate import JobContext
from sqlalchemy import text

from services.database.engine import Database
from services.delivery.back_off import BackOff
from services.jobs import lanes
from services.jobs.app import app, database_of
from services.landing.importing import import_files
from services.landing.target import Order
from services.settings import Settings, settings
from services.transport.calling import Caller, Manners
from services.transport.limits import Operation, Unlimited
from services.transport.refusals import NoAnswerError, NotUnderstoodError
from wording.numbers import counted

_MANNERS: Final = Manners(named="Reimbursement/1 (Language=Python)")
_CASES: Final = Operation("cases", per_second=2, burst=10)
# A feed that never ends is none.
_MOST_PAGES: Final = 1000

_ACCOUNTS: Final = text("""
    select a.account_id, a.name, f.position from account a
    left join feed_position f on f.account_id = a.account_id and f.feed = 'cases'
    where not a.is_sample order by a.account_id
""")
_KEEP: Final = text("""
    insert into feed_position (account_id, feed, position, read_at, because)
    values (:account_id, 'cases', :position, now(), null)
    on conflict (account_id, feed)
    do update set position = :position, read_at = now(), because = null
""")
_FAILED: Final = text("""
    insert into feed_position (account_id, feed, because) values (:account_id, 'cases', :because)
    on conflict (account_id, feed) do update set because = :because
""")


@dataclass(frozen=True)
class Page:
    """One answer of the feed. position: where the next reading begins; more: at once."""

    cases: list[Any]
    position: str
    more: bool


@dataclass
class Feed:
    """Reads the feed for one account after the other."""

    database: Database
    chosen: Settings
    caller: Caller
    most_pages: int = _MOST_PAGES

    def read_all(self) -> tuple[int, list[str]]:
        """How many cases came, and what kept which accounts from theirs."""
        with self.database.syncing() as connection:
            accounts = connection.execute(_ACCOUNTS).all()
        cases, problems = 0, []
        for one in accounts:
            try:
                cases += self.read(one.account_id, one.name, one.position)
            except NoAnswerError as problem:
                problems.append(f"{one.name}: {problem}")
                with self.database.syncing() as connection:
                    failed = {"account_id": one.account_id, "because": str(problem)[:2000]}
                    connection.execute(_FAILED, failed)
        return cases, problems

    def read(self, account_id: int, account: str, position: str | None) -> int:
        """Read what is new for an account; returns how many cases came. Raises NoAnswerError."""
        cases = 0
        for _ in range(self.most_pages):
            page = self._page(account, position)
            cases += len(page.cases)
            if page.cases:
                self._land(account, page.cases)
            position = page.position
            with self.database.syncing() as connection:
                connection.execute(_KEEP, {"account_id": account_id, "position": position})
            if not page.more:
                return cases
        raise NotUnderstoodError(f"The feed has not ended after {self.most_pages} pages.")

    def _page(self, account: str, position: str | None) -> Page:
        token = self.chosen.case_feed_token
        asked = requests.Request(
            "GET",
            str(self.chosen.case_feed_url),
            params={"account": account, **({"cursor": position} if position else {})},
            headers={
                "accept": "application/json",
                **({"authorization": f"Bearer {token.get_secret_value()}"} if token else {}),
            },
        )
        answer = self.caller.ask(_CASES, asked)
        return page_of(answer.text)

    def _land(self, account: str, cases: list[Any]) -> None:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "case-feed.json"
            path.write_text(json.dumps({"cases": cases}, ensure_ascii=False), "utf-8")
            orders = {path: Order(at=datetime.now(UTC))}
            done = import_files(self.database, [path], account=account, orders=orders)
            [landed] = done.files
        if landed.status == "refused":
            raise NotUnderstoodError(landed.refused_because or "")


def page_of(said: str) -> Page:
    """What an answer says; amounts stay as they are written. Raises NotUnderstoodError."""
    try:
        told = json.loads(said, parse_float=str)
    except ValueError as error:
        raise NotUnderstoodError("The feed's answer is no JSON.") from error
    cases = told.get("cases") if isinstance(told, dict) else None
    position = told.get("cursor") if isinstance(told, dict) else None
    if not isinstance(cases, list) or not isinstance(position, str) or not position:
        raise NotUnderstoodError('The feed\'s answer is not {"cases": […], "cursor": "…"}.')
    return Page(cases, position, bool(told.get("more")))


@app.periodic(cron="*/15 * * * *")
@app.task(
    name="sync:cases",
    queue=lanes.SYNC,
    queueing_lock="sync:cases",
    retry=BackOff(),
    pass_context=True,
)
def read_cases(context: JobContext, timestamp: int) -> str:  # noqa: ARG001
    """Every quarter of an hour, where a feed is set up."""
    chosen = settings()
    if chosen.case_feed_url is None:
        return ""
    caller = Caller(Unlimited(), _MANNERS)
    try:
        cases, problems = Feed(database_of(context), chosen, caller).read_all()
    finally:
        caller.close()
    said = [f"Case feed: {counted(cases, 'case', 'cases')}."] if cases else []
    return " ".join([*said, *(f"Case feed, {one}" for one in problems)])
