"""The tenant matrix: every question, action, page and signed address as everybody, about accounts
that are not theirs. They are found in the code (tests/common/rights/matrix.py)."""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from random import Random
from typing import Final

import httpx
import pytest
import streamlit as st
from starlette.applications import Starlette
from streamlit.testing.v1 import AppTest

from pages.shared import clock, places
from pages.shared import viewer as pages_viewer
from pages.shared.places import Place
from server import downloads
from services.access.rights import Right, Role
from services.access.viewer import NotAllowedError
from services.database import start
from services.exports.addresses import file_address
from services.exports.files import Question
from services.insights.cases import Search
from services.settings import PROJECT, settings
from tests.common.drawn import drawn
from tests.common.rights.answering import SCOPED, answer
from tests.common.rights.matrix import (
    ACTIONS,
    QUESTIONS,
    RIGHTS_OF_ACTIONS,
    Found,
    arguments,
    may,
    viewer,
)
from tests.common.serving.running import apart
from tests.common.visiting import Visit, query_of
from tests.common.worlds.insights import NOW, USD
from tests.common.worlds.zoo import Marked, Zoo, everything_of, nobody
from tests.hardening.ground import Ground
from tests.hardening.trial import HELD, Attempts, Trial

# An attempt, to be made: in words, and how it comes out.
Attempt = tuple[str, Callable[[], str]]


def attempts(ground: Ground, count: int | None, chance: Random) -> Attempts:
    zoo = ground.zoo
    with _visiting(zoo) as visit:
        own, others = zoo.accounts[0], zoo.accounts[1:]
        every = [
            attempt
            for other in others
            for attempt in (
                *_questions(zoo, own, other),
                *_actions(zoo, own, other),
                *_pages(visit, own, other),
                *_addresses(visit, own, other),
            )
        ]
        for words, made in every if count is None else chance.sample(every, count):
            wrong = made()
            yield f"{words}: {wrong}" if wrong else HELD


@contextmanager
def _visiting(zoo: Zoo) -> Iterator[Visit]:
    """Pages and addresses in this process, on the marked accounts, as whoever is to look."""
    visit = Visit(zoo)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(start, "open_database", lambda **_: zoo.database)
        patch.setattr(clock, "now", lambda: NOW)
        patch.setattr(type(st.context), "ip_address", None)
        patch.setattr(pages_viewer, "current_viewer", lambda: visit.viewer)
        patch.setattr(downloads, "viewer_of", lambda _request: visit.viewer)
        patch.setattr(downloads, "database", lambda: zoo.database)
        start.database.cache_clear()
        yield visit
        start.database.cache_clear()


# Questions: whatever role the database is asked as -----------------------------------------------


def _questions(zoo: Zoo, own: Marked, other: Marked) -> Iterator[Attempt]:
    for one in QUESTIONS:
        for door in SCOPED:
            yield (
                f"{one} as {door} about account {other.account_id}",
                lambda one=one, door=door: _asked(zoo, one, door, own, other),
            )


def _asked(zoo: Zoo, one: Found, door: str, own: Marked, other: Marked) -> str:
    of_other = answer(zoo, one, door, own, other)
    if told := zoo.foreign_marks(of_other, own):
        return f"told {told}"
    is_as_of_none = of_other == answer(zoo, one, door, own, nobody())
    return HELD if is_as_of_none else "not answered as about an account that is not there"


# Actions: whoever starts them, from whatever page ------------------------------------------------


def _actions(zoo: Zoo, own: Marked, other: Marked) -> Iterator[Attempt]:
    for one in ACTIONS:
        needs = RIGHTS_OF_ACTIONS.get(one.name)
        for role in Role:
            if needs and (needs.of_account or not may(role, needs.right)):
                yield (
                    f"{one} by a {role} on account {other.account_id}",
                    lambda one=one, role=role: _acted(zoo, one, role, own, other),
                )


def _acted(zoo: Zoo, one: Found, role: Role, own: Marked, other: Marked) -> str:
    before = everything_of(zoo, other)
    try:
        one.function(**arguments(one, other, database=zoo.database, viewer=viewer(own, role)))
    except NotAllowedError as refusal:
        told = zoo.foreign_marks(str(refusal), own) - {str(other.account_id)}
        unchanged = everything_of(zoo, other) == before
        return HELD if unchanged and not told else f"refused, but told {told} or changed something"
    return "not refused"


# Pages: by an address that names the account -----------------------------------------------------

_FOR_EVERY_ACCOUNT: Final = {Right.TRIAGE, Right.MANAGE_PEOPLE}


def _pages(visit: Visit, own: Marked, other: Marked) -> Iterator[Attempt]:
    for place in places.EVERY:
        for role in Role:
            is_theirs = viewer(own, role).may(place.right)
            if is_theirs and place.right in _FOR_EVERY_ACCOUNT:
                continue
            open_it = _opened if is_theirs else _run_by_itself
            yield (
                f"/{place.path} by a {role} with account {other.account_id}",
                lambda place=place, role=role, open_it=open_it: open_it(
                    visit, place, role, own, other
                ),
            )


def _opened(visit: Visit, place: Place, role: Role, own: Marked, other: Marked) -> str:
    app = visit.open(place, viewer(own, role), other.account_id, **query_of(place, other))
    named = {str(other.account_id), *query_of(place, other).values()}  # it may be said back
    told = visit.zoo.foreign_marks(drawn(app), own) - named
    if told or app.exception:
        return f"shown {told}, broken {[one.value for one in app.exception]}"
    return HELD


def _run_by_itself(visit: Visit, place: Place, role: Role, own: Marked, _other: Marked) -> str:
    """A page that is not there for somebody, started past the app: its first statement refuses."""
    visit.viewer = viewer(own, role)
    page = AppTest.from_file(str(PROJECT / "pages" / f"{place.file}.py"), default_timeout=30).run()
    told = visit.zoo.foreign_marks(drawn(page))
    is_refused = "This page is not yours to open" in drawn(page)
    return HELD if is_refused and not told else f"not refused, shown {told}"


# Addresses: signed by us, for this very person ---------------------------------------------------


def _addresses(visit: Visit, own: Marked, other: Marked) -> Iterator[Attempt]:
    web = Starlette(routes=downloads.download_routes())
    for question in (
        Question.of("cases", other.account_id, USD, Search()),
        Question.of_calendar(other.account_id, USD),
        Question.of_summary(other.account_id, USD),
    ):
        for form in question.forms:
            for role in Role:
                yield (
                    f"{question.kind} as {form} for a {role} of account {other.account_id}",
                    lambda asked=(question, form), role=role: _taken(visit, web, asked, role, own),
                )


def _taken(
    visit: Visit, web: Starlette, asked: tuple[Question, str], role: Role, own: Marked
) -> str:
    visit.viewer = who = viewer(own, role)
    (question, form), database = asked, visit.zoo.database
    path = file_address(database, settings(), who, question, f"x.{form}")

    async def take() -> httpx.Response:
        transport = httpx.ASGITransport(app=web)
        async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as client:
            return await client.get(path)

    answer = apart(asyncio.run, take)
    told = visit.zoo.foreign_marks(answer.text)
    return HELD if answer.status_code == 404 and not told else f"{answer.status_code}, {told}"


TRIAL: Final = Trial(
    "tenants",
    "every question, action, page and signed address as everybody, about accounts that are not"
    " theirs: nothing is told, nothing done",
    short=40,
    long=None,
    attempts=attempts,
)
