"""Every role at every question and every action, generated from the code (matrix.py)."""

from collections.abc import Iterator
from typing import Final

import pytest
from sqlalchemy import URL

from services.access.rights import Right, Role
from services.access.viewer import NotAllowedError
from services.activation.queue import QueueView
from services.exports.across import Compared
from services.exports.files import Question
from services.exports.kinds import ACROSS, KINDS
from tests.common.databases import fresh_database
from tests.common.exported import file_for
from tests.common.rights.answering import REFUSED, SCOPED, answer
from tests.common.rights.matrix import (
    ACTIONS,
    OF_ONESELF,
    OTHERS,
    QUESTIONS,
    RIGHTS_OF_ACTIONS,
    Found,
    arguments,
    doors,
    may,
    viewer,
)
from tests.common.rights.told import told
from tests.common.worlds.insights import NOW, TODAY, USD
from tests.common.worlds.zoo import INTERNAL, Marked, Zoo, build, everything_of, nobody

# Doors to every account, and the rooms whose answers are an account's figures.
OPEN: Final = ("support reads", "support works", "access", "operator", "worker", "sync")
FIGURES: Final = {"insights", "exports", "calls"}
# Of figures, support has what the queue is weighed by: money at risk.
WEIGHED_BY: Final = {
    f"insights.{name}"
    for name in ("deadlines.deadlines", "expiring.weeks_ending", "expiring.window_unknown_sum")
} | {"exports.across.queue_table"}


# How connections stand, which is no figure: whoever asks the marketplaces knows it all, the worker
# that tells what ends soon a part.
STANDING: Final = {
    ("worker", "insights.connections.linked"),
    *(
        ("sync", f"insights.{name}")
        for name in (
            "connections.linked",
            "connections.wishes",
            "connections.arriving",
            "sources.asked_for",
            "sources.unheard_words",
        )
    ),
}
QUEUE_FILE: Final = "exports.across.queue_table"  # the queue itself, as its page shows it


# Questions: what the database lets each role have ------------------------------------------------


@pytest.mark.parametrize("one", QUESTIONS, ids=str)
def test_a_question_tells_nothing_of_another_account(zoo: Zoo, one: Found) -> None:
    """Asked about somebody else's account, it answers as about one that is not there."""
    own, other = zoo.accounts[:2]
    for door in SCOPED:
        of_own = answer(zoo, one, door, own, own)
        of_other = answer(zoo, one, door, own, other)
        of_none = answer(zoo, one, door, own, nobody())
        assert zoo.foreign_marks(of_own, own) == set(), door
        assert zoo.foreign_marks(of_other, own) == set(), door
        assert of_other == of_none, door
        assert INTERNAL not in of_own or door.startswith("manager"), door


@pytest.mark.parametrize("one", QUESTIONS, ids=str)
def test_a_question_can_be_asked_by_somebody(zoo: Zoo, one: Found) -> None:
    own = zoo.accounts[0]
    answers = {door: answer(zoo, one, door, own, own) for door in doors(zoo.database, own)}
    assert set(answers.values()) != {REFUSED}, "no role may ask it: how is it called?"


def test_who_serves_every_account_learns_no_figure_beside_its_work(zoo: Zoo) -> None:
    own = zoo.accounts[0]
    reached = {
        (door, one.name)
        for door in OPEN
        for one in QUESTIONS
        if one.room in FIGURES and own.marks_in(answer(zoo, one, door, own, own))
    }
    weighed = {(door, name) for door in OPEN[:2] for name in (*WEIGHED_BY, QUEUE_FILE)}
    assert reached == weighed | STANDING


# Actions: what a person may do, whatever page it is started from --------------------------------


@pytest.fixture(scope="module")
def acted(server: URL, template: str) -> Iterator[Zoo]:
    """Two accounts in which things are really done."""
    with fresh_database(server, template) as fresh:
        yield build(fresh, 2)


def test_every_action_has_its_right() -> None:
    """A new action belongs into RIGHTS_OF_ACTIONS of tests/common/rights/matrix.py."""
    assert {one.name for one in ACTIONS} == {*RIGHTS_OF_ACTIONS, *OF_ONESELF}


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("one", ACTIONS, ids=str)
def test_an_action_asks_for_its_right_and_its_account(acted: Zoo, one: Found, role: Role) -> None:
    own, other = acted.accounts
    before = everything_of(acted, other)
    needs = RIGHTS_OF_ACTIONS.get(one.name)
    if needs and not may(role, needs.right):
        _refuses(acted, one, own, own, role)
        _refuses(acted, one, own, other, role)
        return
    if needs and needs.of_account:
        _refuses(acted, one, own, other, role)
    has_all = needs is not None and needs.every_account
    if has_all:
        _refuses(acted, one, own, own, role)
    answer = _done(acted, one, own, own, role, every_account=has_all)
    if needs is None or needs.right is not Right.TRIAGE:
        assert acted.foreign_marks(answer, own) == set()
    assert everything_of(acted, other) == before


def _done(
    zoo: Zoo, one: Found, own: Marked, about: Marked, role: Role, *, every_account: bool
) -> str:
    who = viewer(own, role, every_account=every_account)
    filled = arguments(one, about, database=zoo.database, viewer=who)
    try:
        return told(one.function(**filled))
    except ValueError as refusal:  # a call on a day to come, a webhook that is none, …
        return str(refusal)


def _refuses(zoo: Zoo, one: Found, own: Marked, about: Marked, role: Role) -> None:
    filled = arguments(one, about, database=zoo.database, viewer=viewer(own, role))
    with pytest.raises(NotAllowedError) as refusal:
        one.function(**filled)
    assert zoo.foreign_marks(str(refusal.value), own) <= {str(about.account_id)}


# Files: each list in each form -------------------------------------------------------------------

_QUESTIONS_OF_FILES: Final = {
    **{
        kind: (lambda one, kind=kind: Question.of(kind, one.account_id, USD, _view(kind)))
        for kind in KINDS
    },
    "summary": lambda one: Question.of_summary(one.account_id, USD),
    "calendar": lambda one: Question.of_calendar(one.account_id, USD),
}


def _view(kind: str) -> object:
    view = KINDS[kind].view
    return view("expired") if kind == "part" else view()


@pytest.mark.parametrize("kind", _QUESTIONS_OF_FILES)
def test_a_file_holds_ones_own_and_nobody_elses(zoo: Zoo, kind: str) -> None:
    own, other = zoo.accounts[:2]
    for role in (Role.SELLER, Role.MANAGER):
        question = _QUESTIONS_OF_FILES[kind](own)
        assert question.forms
        for form in question.forms:
            content = told(file_for(viewer(own, role), zoo.database, question, form, NOW))
            assert own.marks_in(content), (kind, form)
            assert zoo.foreign_marks(content, own) == set()
            assert INTERNAL not in content
            with pytest.raises(NotAllowedError):
                file_for(
                    viewer(own, role), zoo.database, _QUESTIONS_OF_FILES[kind](other), form, NOW
                )


_ACROSS: Final = {
    "portfolio": (Role.MANAGER, Compared("USD", TODAY)),
    "queue": (Role.SUPPORT, QueueView()),
}


@pytest.mark.parametrize("kind", ACROSS)
def test_a_file_across_accounts_is_for_one_role(zoo: Zoo, kind: str) -> None:
    own, other = zoo.accounts[:2]
    allowed, view = _ACROSS[kind]
    question = Question.across(kind, view)
    for role in Role:
        for form in question.forms:
            if role is not allowed:
                with pytest.raises(NotAllowedError):
                    file_for(viewer(own, role), zoo.database, question, form, NOW)
                continue
            content = told(file_for(viewer(own, role), zoo.database, question, form, NOW))
            assert own.marks_in(content)
            assert INTERNAL not in content
            # Support works for every account; an account manager for theirs.
            assert bool(other.marks_in(content)) is (allowed is Role.SUPPORT)


# The rest: called by who has asked already -------------------------------------------------------

ASKED_BEFORE: Final = {
    "exports.calendar.deadlines_calendar": "calendar_for and write_file ask",
    "dropping.looking.look_at": "a file on its way: drop_of has asked whoever sends it",
    "digest.clients.by_risk": "the viewer's own accounts, from digest_of",
    "digest.sending.entitled": "says whether a person may have their digest",
    "digest.subscribing.stop_by_key": "the key in a letter is the right to stop that letter",
    **{
        f"access.people.{name}": "the page and the command line of the operator"
        for name in (
            "all_accounts",
            "change",
            "disable",
            "enable",
            "end_sign_ins",
            "everyone",
            "forget_identity",
            "history",
            "invite",
            "known_by",
        )
    },
}


def test_what_asks_nobody_is_written_down() -> None:
    """A new function that takes a database and no viewer needs a reason, or a viewer."""
    assert {one.name for one in OTHERS} == set(ASKED_BEFORE)
