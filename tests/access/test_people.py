"""Who may come in, as what: every change with who made it, and never without an operator left."""

import json
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import text
from typer.testing import CliRunner

from services import __main__ as command_line
from services.access import people
from services.access.local import local_viewer
from services.access.people import BY_COMMAND, Hand, PeopleError, Wanted
from services.access.rights import Right, Role
from services.access.viewer import NotAllowedError
from services.database.engine import Database
from tests.common.worlds.insights import World

SELLER = Wanted("Dana Ortiz", frozenset({Role.SELLER}))
OPERATOR = Wanted("Ola Nordmann", frozenset({Role.OPERATOR}))


def said(database: Database, person_id: int) -> list[str]:
    return [one.what for one in reversed(people.history(database, person_id))]


def test_each_change_is_written_down_with_who_made_it(database: Database) -> None:
    mine, other = World(database, "Mine").account_id, World(database, "Other").account_id
    operator = local_viewer(database, listens_on="::1", asks_from=None, role=Role.OPERATOR)
    hand = Hand.of(operator)
    number = people.invite(database, hand, "Dana@Example.COM", SELLER)
    manager = Wanted("Dana Roe", frozenset({Role.SELLER, Role.MANAGER}), False, frozenset({mine}))
    people.change(database, hand, number, manager)
    people.change(database, BY_COMMAND, number, manager)  # the same again: nothing to write
    last = Wanted(" Dana  Roe ", frozenset({Role.MANAGER}), True, frozenset({other}))
    people.change(database, BY_COMMAND, number, last)
    assert said(database, number) == [
        "Invited dana@example.com as Seller",
        "Name: Dana Ortiz → Dana Roe",
        "Roles: Seller → Seller, Account manager",
        "Account granted: Mine",
        "Roles: Seller, Account manager → Account manager",
        "Every account: yes",
        "Account granted: Other",
        "Account withdrawn: Mine",
    ]
    by = [one.by_name for one in reversed(people.history(database, number))]
    assert by == ["Operator"] * 4 + ["command line"] * 4
    with database.operating() as connection:
        hands = connection.execute(text("select distinct by_person_id from person_history"))
        assert {row.by_person_id for row in hands} == {operator.person_id, None}
    known = people.known_by(database, "dana@example.com")
    assert (known.name, known.roles, known.every_account) == ("Dana Roe", last.roles, True)
    assert known.account_ids == {other}


def test_the_history_can_neither_be_changed_nor_taken_away(database: Database) -> None:
    people.invite(database, BY_COMMAND, "dana@example.com", SELLER)
    for statement in ("update person_history set what = 'x'", "delete from person_history"):
        with pytest.raises(Exception, match="permission denied"), database.operating() as one:
            one.execute(text(statement))


@pytest.mark.parametrize("role", [Role.SELLER, Role.MANAGER, Role.SUPPORT])
def test_only_an_operator_has_the_hand_for_it(database: Database, role: Role) -> None:
    with pytest.raises(NotAllowedError, match=Right.MANAGE_PEOPLE):
        Hand.of(local_viewer(database, listens_on="::1", asks_from=None, role=role))


@pytest.mark.parametrize(
    ("email", "wanted", "why"),
    [
        ("dana", SELLER, "no e-mail address"),
        ("dana@", SELLER, "no e-mail address"),
        ("a@b@example.com", SELLER, "no e-mail address"),
        ("dana@example.com", Wanted("", frozenset({Role.SELLER})), "A name has"),
        ("dana@example.com", Wanted("x" * 121, frozenset({Role.SELLER})), "A name has"),
        *(
            ("dana@example.com", Wanted(f"a{hidden}b", frozenset({Role.SELLER})), "can be seen")
            for hidden in "\n\0\u200b\u202e\u2066\u2028\u2029\u3164\ufeff"
        ),
        ("dana@example.com", Wanted("Dana", frozenset()), "one role"),
        ("dana@example.com", Wanted("D", SELLER.roles, False, frozenset({99})), "no longer there"),
    ],
)
def test_what_cannot_be_is_refused_in_words_and_leaves_nothing(
    database: Database, email: str, wanted: Wanted, why: str
) -> None:
    with pytest.raises(PeopleError, match=why):
        people.invite(database, BY_COMMAND, email, wanted)
    assert people.everyone(database) == ()


def test_an_address_is_one_person_however_it_is_written(database: Database) -> None:
    people.invite(database, BY_COMMAND, "dana@example.com", SELLER)
    with pytest.raises(PeopleError, match="already known"):
        people.invite(database, BY_COMMAND, "DANA@example.com", OPERATOR)


def test_the_last_operator_stays(database: Database) -> None:
    first = people.invite(database, BY_COMMAND, "ola@example.com", OPERATOR)
    with pytest.raises(PeopleError, match="last operator"):
        people.disable(database, BY_COMMAND, first)
    with pytest.raises(PeopleError, match="last operator"):
        people.change(database, BY_COMMAND, first, SELLER)
    second = people.invite(database, BY_COMMAND, "kari@example.com", OPERATOR)
    people.disable(database, BY_COMMAND, first)
    with pytest.raises(PeopleError, match="last operator"):
        people.disable(database, BY_COMMAND, second)
    people.enable(database, BY_COMMAND, first)
    people.disable(database, BY_COMMAND, second)


def test_two_operators_who_remove_each_other_at_once_leave_one(database: Database) -> None:
    both = [
        people.invite(database, BY_COMMAND, f"{name}@example.com", OPERATOR)
        for name in ("ola", "kari")
    ]

    def remove(number: int) -> bool:
        try:
            people.disable(database, BY_COMMAND, number)
        except PeopleError:
            return False
        return True

    with ThreadPoolExecutor(2) as hands:
        assert sorted(hands.map(remove, both)) == [False, True]


def test_personas_of_local_mode_are_nobodys_to_change(database: Database) -> None:
    assert people.everyone(database) == ()
    persona = local_viewer(database, listens_on="::1", asks_from=None, role=Role.OPERATOR)
    with pytest.raises(PeopleError, match="no such person"):
        people.disable(database, BY_COMMAND, persona.person_id)


def test_from_the_command_line(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    World(database, "Northwind")
    monkeypatch.setattr(command_line, "open_database", lambda **_: database)

    def run(*words: str, code: int = 0) -> str:
        told = CliRunner().invoke(command_line.app, ["people", *words])
        assert told.exit_code == code, told.output
        return told.output

    assert "Nobody yet" in run("list")
    run("invite", "ola@example.com", "--name", "Ola", "--role", "operator")
    run(
        "invite", "dana@example.com", "--name", "Dana", "--role", "seller", "--account", "Northwind"
    )
    run("change", "dana@example.com", "--role", "seller", "--role", "manager")
    run("withdraw", "dana@example.com", "--account", "Northwind")
    run("grant", "dana@example.com", "--account", "Northwind")
    run("disable", "dana@example.com")
    dana, ola = json.loads(run("list", "--json"))[::-1]
    assert dana["roles"] == ["manager", "seller"]
    assert dana["accounts"] == ["Northwind"]
    assert dana["disabled_at"]
    assert ola["disabled_at"] is None
    assert "Dana <dana@example.com> · manager, seller · Northwind · never came · disabled" in run(
        "list"
    )
    assert "last operator" in run("disable", "ola@example.com", code=1)
    assert "Nobody is known by x@example.com" in run("enable", "x@example.com", code=1)
    assert "There is no account" in run("grant", "dana@example.com", "--account", "?", code=1)
    assert len(run("history", "dana@example.com").splitlines()) == 6


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("Dana@Example.COM", "dana@example.com"),
        ("ola@münchen.de", "ola@xn--mnchen-3ya.de"),
        ("ola@XN--MNCHEN-3YA.de", "ola@xn--mnchen-3ya.de"),
        ("\u212aim@example.com", None),  # the Kelvin sign, which folds into k
        ("kim@\u212aelvin.com", None),
        ("k\u0131m@example.com", None),  # i without its dot
        ("kim@example\u3002com", None),  # a dot of another alphabet
        ("kim@exa\u200dmple.com", None),
        ("kim@example.com\u2028", None),
        ("\uff4bim@example.com", None),  # a k of full width
        ("kim@exampl\u0435.com\n", None),
        ("kim@\ud800.com", None),
        ("kim\0@example.com", None),
    ],
)
def test_an_address_has_one_form_of_ascii_or_is_none(given: str, kept: str | None) -> None:
    if kept is None:
        with pytest.raises(PeopleError, match="no e-mail address"):
            people.clean_email(given)
    else:
        assert people.clean_email(given) == kept


@pytest.mark.parametrize("address", ["Kim@example.com", "\u212aim@example.com", "kim@müll.de"])
def test_the_database_keeps_no_address_of_another_form(database: Database, address: str) -> None:
    values = {"email": address, "roles": ["seller"]}
    with pytest.raises(Exception, match="person_email_check"), database.operating() as connection:
        connection.execute(
            text("insert into person (name, email, roles) values ('K', :email, :roles)"), values
        )
