"""The service team's steps: which may follow which, who did what, nobody overwrites anybody."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from itertools import product
from threading import Barrier
from typing import Any, get_args

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from services.access.rights import Role
from services.access.viewer import NotAllowedError, Viewer
from services.activation import limits, steps
from services.activation.answering import ANSWERED_ALREADY, ASKED_MORE, answer
from services.activation.history import INTERNAL
from services.activation.progress import Progress, progress
from services.activation.states import (
    ALLOWED,
    OPEN,
    CheckState,
    RequestKey,
    Status,
    Step,
    StepOutcome,
)
from services.database.engine import Database
from services.marketplaces.registry import MARKETPLACES
from tests.common.worlds.activation import (
    a_request,
    add_account,
    add_channel,
    add_person,
    ask,
    requested,
    seen_as,
    settle,
)

EVERY_ITEM: dict[str, CheckState] = dict.fromkeys(
    [item.key for item in MARKETPLACES["amazon"].checklist], "done"
)
STATUSES: tuple[Status, ...] = get_args(Status)
# What each step makes of the status; None: it stays.
MAKES: dict[Step, Status | None] = {
    "take": None,
    "release": None,
    "hand over": None,
    "check": None,
    "note": None,
    "ask": "need_info",
    "answer": "answered",
    "ready": "ready",
    "activate": "active",
    "decline": "declined",
}


@pytest.fixture
def account(database: Database) -> int:
    account_id = add_account(database)
    add_channel(database, account_id, "amazon-us")
    return account_id


@pytest.fixture
def key(database: Database, account: int) -> RequestKey:
    return requested(database, account)


@pytest.fixture
def support(database: Database) -> Viewer:
    return seen_as(database, Role.SUPPORT)


def row(database: Database, key: RequestKey) -> dict[str, Any]:
    with database.triaging() as connection:
        found = connection.execute(
            text("""
            select r.*, c.service_active from activation_request r
            join channel c using (account_id, channel_id)
            where r.account_id = :account_id and r.request_id = :request_id
        """),
            vars(key),
        )
        return dict(found.mappings().one())


def version(database: Database, key: RequestKey) -> int:
    return int(row(database, key)["version"])


def told(database: Database, key: RequestKey) -> list[tuple[str, str | None, str, bool]]:
    """The history without what was asked first."""
    with database.triaging() as connection:
        found = connection.execute(
            text("""
            select kind, note, by_name, is_internal from activation_event
            where account_id = :account_id and request_id = :request_id and kind <> 'requested'
            order by event_id
        """),
            vars(key),
        )
        return [tuple(one) for one in found]


def seen_by_seller(database: Database, key: RequestKey) -> Progress:
    with database.reading(key.account_id) as connection:
        found = progress(connection, key.account_id, "amazon-us")
    assert found is not None
    return found


def all_checked(database: Database, key: RequestKey, support: Viewer) -> None:
    assert steps.check(database, support, key, version(database, key), EVERY_ITEM).is_done


def press(database: Database, key: RequestKey, step: Step) -> StepOutcome:
    """One step as its person takes it, with the version that is there."""
    support, now = seen_as(database, Role.SUPPORT), version(database, key)
    colleague = add_person(database, "Grace", Role.SUPPORT)
    with database.owning() as connection:  # of the same kind as the persona: local
        connection.execute(
            text(
                "update person set is_local = true, roles = '{support,seller}' where name = 'Grace'"
            )
        )
    ways: dict[Step, Callable[[], StepOutcome]] = {
        "take": lambda: steps.take(database, support, key, now),
        "release": lambda: steps.release(database, support, key, now),
        "hand over": lambda: steps.hand_over(database, support, key, now, colleague),
        "check": lambda: steps.check(database, support, key, now, {"signatory": "missing"}),
        "note": lambda: steps.note(database, support, key, now, "Rang twice."),
        "ask": lambda: steps.ask_seller(database, support, key, now, "Which brand?"),
        "answer": lambda: answer(
            database, seen_as(database), key, last_question(database, key), "Acme."
        ),
        "ready": lambda: steps.ready(database, support, key, now),
        "activate": lambda: steps.activate(database, support, key, now),
        "decline": lambda: steps.decline(database, support, key, now, "No stock."),
    }
    try:
        return ways[step]()
    finally:
        with database.owning() as connection:
            connection.execute(text("update person set is_local = false where name = 'Grace'"))


def last_question(database: Database, key: RequestKey) -> int:
    asked = [said for said in seen_by_seller(database, key).conversation if not said.is_answer]
    return asked[-1].event_id if asked else 0


@pytest.mark.parametrize(("step", "status"), list(product(get_args(Step), STATUSES)))
def test_each_step_from_each_status(
    database: Database, key: RequestKey, support: Viewer, step: Step, status: Status
) -> None:
    all_checked(database, key, support)
    settle(database, key.account_id, key.request_id, status, asked="A logo?")
    before, history = row(database, key), told(database, key)
    outcome = press(database, key, step)
    after = row(database, key)
    if status in ALLOWED[step]:
        assert outcome.is_done, outcome.reason
        assert after["status"] == (MAKES[step] or status)
        assert after["version"] == before["version"] + 1
        assert len(told(database, key)) == len(history) + 1
        assert after["service_active"] == (step == "activate")
        assert (after["settled_at"] is not None) == (after["status"] not in OPEN)
    else:
        assert not outcome.is_done
        assert outcome.reason
        assert after == before
        assert told(database, key) == history


def test_every_step_is_in_the_tables() -> None:
    assert {*ALLOWED} == {*MAKES} == {*get_args(Step)}
    assert all({*ALLOWED[step]} <= {*OPEN} for step in ALLOWED)


def test_the_whole_way_with_who_and_when(
    database: Database, key: RequestKey, support: Viewer
) -> None:
    seller = seen_as(database)
    assert steps.take(database, support, key, 1).is_done
    assert row(database, key)["first_answered_at"] is None
    assert steps.ask_seller(database, support, key, 2, " Which *brand*? ").is_done
    first = row(database, key)["first_answered_at"]
    assert first is not None
    assert [said.words for said in seen_by_seller(database, key).questions] == ["Which *brand*?"]
    assert answer(database, seller, key, last_question(database, key), "Acme").is_done
    assert steps.check(database, support, key, 4, EVERY_ITEM).is_done
    assert steps.ready(database, support, key, 5).is_done
    outcome = steps.activate(database, support, key, 6)
    assert outcome.now is not None
    assert (outcome.now.status, outcome.now.version, outcome.now.taken_by_name) == (
        "active",
        7,
        "Support",
    )
    assert [(kind, note, by) for kind, note, by, _ in told(database, key)] == [
        ("taken", None, "Support"),
        ("asked", "Which *brand*?", "Support"),
        ("answered", "Acme", "Seller"),
        (
            "checked",
            "Done: Copy an invitation link, Keep the link until we ask for it, "
            "Accept our invitation in return and 16 more",
            "Support",
        ),
        ("ready", None, "Support"),
        ("activated", None, "Support"),
    ]
    assert row(database, key)["first_answered_at"] == first, "set once"
    assert row(database, key)["service_active"]
    assert [step.label for step in seen_by_seller(database, key).steps][-1] == "Active"


def test_what_the_team_does_among_itself_is_not_shown_to_the_seller(
    database: Database, key: RequestKey, support: Viewer
) -> None:
    steps.take(database, support, key, 1)
    steps.note(database, support, key, 2, "A difficult one.")
    steps.check(database, support, key, 3, {"signatory": "missing"})
    steps.release(database, support, key, 4)
    assert {(kind, internal) for kind, _, _, internal in told(database, key)} == {
        (kind, True) for kind in INTERNAL
    }
    with database.reading(key.account_id) as connection:
        kinds = connection.execute(text("select kind from activation_event")).scalars().all()
    assert kinds == ["requested"]
    with (
        pytest.raises(DBAPIError, match="permission denied"),
        database.reading(key.account_id) as connection,
    ):
        connection.execute(text("select count(*) from activation_check"))


def test_of_two_at_once_exactly_one_wins(
    database: Database, key: RequestKey, support: Viewer
) -> None:
    together = Barrier(8)

    def press_once(number: int) -> StepOutcome:
        together.wait()
        words = f"From {number}"
        if number % 2:
            return steps.decline(database, support, key, 1, words)
        return steps.ask_seller(database, support, key, 1, words)

    with ThreadPoolExecutor(8) as pool:
        outcomes = list(pool.map(press_once, range(8)))
    assert sorted(one.state for one in outcomes) == ["changed"] * 7 + ["done"]
    winner = next(position for position, one in enumerate(outcomes) if one.is_done)
    kind, status = ("declined", "declined") if winner % 2 else ("asked", "need_info")
    assert told(database, key) == [(kind, f"From {winner}", "Support", False)]
    assert row(database, key)["status"] == status
    for one in outcomes:
        assert one.now is not None
        assert (one.now.status, one.now.version) == (status, 2), "what is there now"


def test_a_stale_step_overwrites_nothing(
    database: Database, key: RequestKey, support: Viewer
) -> None:
    steps.check(database, support, key, 1, {"signatory": "done"})
    outcome = steps.check(database, support, key, 1, {"signatory": "missing"})
    assert (outcome.state, outcome.now and outcome.now.version) == ("changed", 2)
    with database.triaging() as connection:
        ticked = connection.execute(text("select item, state from activation_check")).all()
    assert [tuple(one) for one in ticked] == [("signatory", "done")]


def test_a_request_of_another_account_is_not_meant(
    database: Database, key: RequestKey, support: Viewer
) -> None:
    other = add_account(database, "Somebody else")
    outcome = steps.take(database, support, RequestKey(other, key.request_id), 1)
    assert (outcome.state, outcome.reason) == ("refused", steps.NO_SUCH_REQUEST)
    assert version(database, key) == 1


def test_ready_and_active_need_the_whole_checklist(
    database: Database, key: RequestKey, support: Viewer
) -> None:
    some = dict(EVERY_ITEM)
    some["company_logo"] = "missing"
    steps.check(database, support, key, 1, some)
    refused = steps.ready(database, support, key, 2)
    assert (refused.state, refused.reason) == (
        "refused",
        "1 item is still open on the checklist.",
    )
    steps.check(database, support, key, 2, {"company_logo": "not_needed"})
    assert steps.ready(database, support, key, 3).is_done
    steps.check(database, support, key, 4, {"company_logo": "missing"})
    assert steps.activate(database, support, key, 5).state == "refused"
    assert not row(database, key)["service_active"]
    assert row(database, key)["version"] == 5, "a refused step leaves nothing"


@pytest.mark.parametrize("items", [{}, {"no_such_item": "done"}, {"settlement_reports": "done"}])
def test_only_items_of_the_marketplace_are_ticked(
    database: Database, key: RequestKey, support: Viewer, items: dict[str, CheckState]
) -> None:
    assert steps.check(database, support, key, 1, items).state == "refused"
    assert told(database, key) == []


def test_a_disconnected_channel_is_not_activated(
    database: Database, key: RequestKey, support: Viewer
) -> None:
    all_checked(database, key, support)
    steps.ready(database, support, key, 2)
    with database.loading() as connection:
        connection.execute(text("update channel set connection_state = 'disconnected'"))
    outcome = steps.activate(database, support, key, 3)
    assert outcome.state == "refused"
    assert "not connected" in outcome.reason
    assert row(database, key)["status"] == "ready"


@pytest.mark.parametrize("typed", ["", "  \n ", "a\x00b", "a\u202eb", "x" * 2001])
def test_what_cannot_be_read_is_not_sent(
    database: Database, key: RequestKey, support: Viewer, typed: str
) -> None:
    settle(database, key.account_id, key.request_id, "need_info", asked="A logo?")
    for step in (steps.note, steps.ask_seller, steps.decline):
        assert step(database, support, key, 1, typed).state == "refused"
    question = last_question(database, key)
    assert answer(database, seen_as(database), key, question, typed).state == "refused"
    assert [kind for kind, *_ in told(database, key)] == ["asked"]


def test_a_request_is_handed_over_to_colleagues_only(
    database: Database, account: int, key: RequestKey
) -> None:
    ann, bob = (add_person(database, name, Role.SUPPORT) for name in ("Ann", "Bob"))
    add_person(database, "Eve", Role.SELLER)
    as_ann = _viewer(database, ann)
    with database.triaging() as connection:
        assert steps.colleagues(connection, as_ann) == [(bob, "Bob")]
    assert steps.hand_over(database, as_ann, key, 1, bob).is_done
    assert row(database, key)["taken_by_name"] == "Bob"
    assert told(database, key) == [("taken", "Handed over to Bob.", "Ann", True)]
    assert steps.hand_over(database, as_ann, key, 2, 999).state == "refused"
    assert steps.hand_over(database, as_ann, key, 2, 3).state == "refused", "a persona"


def _viewer(database: Database, person_id: int) -> Viewer:
    with database.knowing_people() as connection:
        found = connection.execute(
            text("select name, email from person where person_id = :one"), {"one": person_id}
        ).one()
    persona = seen_as(database, Role.SUPPORT)
    person = type(persona.person)(
        person_id, found.name, found.email, persona.person.roles, every_account=True, is_local=False
    )
    return Viewer(person, persona.accounts)


# The seller's answer ---------------------------------------------------------------------------


def test_an_answer_is_sent_once(database: Database, key: RequestKey, support: Viewer) -> None:
    seller = seen_as(database)
    steps.ask_seller(database, support, key, 1, "Which brand?")
    question = last_question(database, key)
    steps.note(database, support, key, 2, "Asked by phone as well.")
    together = Barrier(6)

    def press_once(number: int) -> StepOutcome:
        together.wait()
        return answer(database, seller, key, question, f"Acme {number}")

    with ThreadPoolExecutor(6) as pool:
        outcomes = list(pool.map(press_once, range(6)))
    assert sorted(one.state for one in outcomes) == ["changed"] * 5 + ["done"]
    assert {one.reason for one in outcomes} == {"", ANSWERED_ALREADY}
    assert [kind for kind, *_ in told(database, key)].count("answered") == 1


def test_a_question_that_was_not_seen_is_not_answered(
    database: Database, key: RequestKey, support: Viewer
) -> None:
    steps.ask_seller(database, support, key, 1, "Which brand?")
    seen = last_question(database, key)
    steps.ask_seller(database, support, key, 2, "And a logo?")
    outcome = answer(database, seen_as(database), key, seen, "Acme")
    assert (outcome.state, outcome.reason) == ("changed", ASKED_MORE)
    assert [said.words for said in seen_by_seller(database, key).questions] == [
        "Which brand?",
        "And a logo?",
    ]
    assert answer(database, seen_as(database), key, last_question(database, key), "Acme").is_done


def test_a_day_holds_so_many_answers(
    database: Database, key: RequestKey, support: Viewer, monkeypatch: pytest.MonkeyPatch
) -> None:
    for turn in range(limits.ANSWERS_A_DAY + 1):
        steps.ask_seller(database, support, key, 2 * turn + 1, "And?")
        outcome = answer(
            database, seen_as(database), key, last_question(database, key), f"So {turn}"
        )
    assert outcome.state == "refused"
    assert "20 answers" in outcome.reason
    kinds = [kind for kind, *_ in told(database, key)]
    assert kinds.count("answered") == limits.ANSWERS_A_DAY
    assert row(database, key)["status"] == "need_info", "the whole answer was undone"
    monkeypatch.setattr(limits, "ANSWERS_OF_A_PERSON", 1)
    refused = answer(database, seen_as(database), key, last_question(database, key), "So")
    assert refused.reason.startswith("You have sent")


def test_a_person_is_limited_over_all_their_accounts(
    database: Database, account: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "REQUESTS_OF_A_PERSON", 2)
    others = [add_account(database, name) for name in ("One", "Two")]
    for one in others:
        add_channel(database, one, "amazon-us")
    asked = [ask(database, one, "amazon-us", a_request()).state for one in (account, *others)]
    assert asked == ["asked", "asked", "refused"]
    with database.owning() as connection:
        connection.execute(
            text("update activation_request set requested_at = now() - interval '25 hours'")
        )
    assert ask(database, others[1], "amazon-us", a_request()).state == "asked"


# Rights ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.SUPPORT])
def test_only_support_takes_supports_steps(database: Database, key: RequestKey, role: Role) -> None:
    viewer = seen_as(database, role)
    for step in (steps.take, steps.release, steps.ready, steps.activate):
        with pytest.raises(NotAllowedError):
            step(database, viewer, key, 1)
    for said in (steps.note, steps.ask_seller, steps.decline):
        with pytest.raises(NotAllowedError):
            said(database, viewer, key, 1, "words")
    with pytest.raises(NotAllowedError):
        steps.check(database, viewer, key, 1, EVERY_ITEM)
    with pytest.raises(NotAllowedError):
        steps.hand_over(database, viewer, key, 1, 3)
    assert version(database, key) == 1


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.SELLER])
def test_only_sellers_ask_and_answer(database: Database, key: RequestKey, role: Role) -> None:
    viewer = seen_as(database, role)
    settle(database, key.account_id, key.request_id, "need_info", asked="A logo?")
    with pytest.raises(NotAllowedError):
        answer(database, viewer, key, last_question(database, key), "words")


def test_nobody_answers_for_an_account_that_is_not_theirs(
    database: Database, key: RequestKey
) -> None:
    seller = seen_as(database)
    stranger = Viewer(seller.person, ())
    with pytest.raises(NotAllowedError):
        answer(database, stranger, key, 1, "words")


@pytest.mark.parametrize(
    "statement",
    [
        "update activation_event set note = 'other'",
        "delete from activation_event",
        "delete from activation_request",
        "delete from activation_check",
        "update activation_request set message = 'other'",
        "update activation_request set requested_at = now()",
        "update channel set service_active = false",
        "update channel set connection_state = 'connected'",
        "insert into activation_request default values",
        "select * from discrepancy",
        "select * from reimbursement",
        "select email from person",
        "insert into activation_event (account_id, request_id, kind, person_id, by_name)"
        " select account_id, request_id, 'answered', 3, 'n' from activation_request",
        "insert into activation_event (account_id, request_id, kind, person_id, by_name)"
        " select account_id, request_id, 'asked', 1, 'n' from activation_request",
        "insert into activation_event (account_id, request_id, kind, person_id, by_name)"
        " select account_id, request_id, 'noted', 3, 'n' from activation_request",
    ],
)
def test_the_service_teams_role_changes_nothing_else(
    database: Database, key: RequestKey, support: Viewer, statement: str
) -> None:
    with (
        pytest.raises(DBAPIError, match=r"permission denied|row-level security"),
        database.supporting(support.person_id) as connection,
    ):
        connection.execute(text(statement))


@pytest.mark.parametrize("status", STATUSES)
def test_the_sellers_role_takes_no_other_step_than_to_answer(
    database: Database, key: RequestKey, status: Status
) -> None:
    """Whatever the code tries: a question becomes an answer, and nothing else moves."""
    settle(database, key.account_id, key.request_id, status)
    for wanted in STATUSES:
        statement = text("update activation_request set status = :wanted, version = version + 1")
        try:
            with database.asking(key.account_id, 1) as connection:
                moved = connection.execute(statement, {"wanted": wanted}).rowcount
        except DBAPIError:
            moved = 0
        assert moved == (status == "need_info" and wanted == "answered")
        settle(database, key.account_id, key.request_id, status)


def test_a_settled_request_is_closed_for_the_service_team_too(
    database: Database, key: RequestKey, support: Viewer
) -> None:
    settle(database, key.account_id, key.request_id, "declined")
    with database.supporting(support.person_id) as connection:
        moved = connection.execute(text("update activation_request set status = 'new'")).rowcount
    assert moved == 0
