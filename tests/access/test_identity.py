"""Whose sign-in it is, and whether it still holds: without a browser, claim by claim."""

import time
from collections.abc import Callable
from typing import Any

import pytest

from services.access import people
from services.access.identity import SignedOutError, StrangerError, sign_out, signed_in_viewer
from services.access.people import BY_COMMAND, Wanted
from services.access.rights import Role
from services.access.viewer import Viewer
from services.database.engine import Database
from tests.common.worlds.insights import World

SELLER = frozenset({Role.SELLER})


def claims(subject: str = "s1", **said: Any) -> dict[str, Any]:
    told = {
        "iss": "https://provider.example",
        "sub": subject,
        "email": "dana@example.com",
        "email_verified": True,
        "iat": int(time.time()),
        "nonce": "n1",
    }
    return {key: one for key, one in {**told, **said}.items() if one is not None}


def later(subject: str = "s1") -> dict[str, Any]:
    """Signed in anew, after the second in which something was ended."""
    return claims(subject, nonce="later", iat=int(time.time()) + 2)


def enter(database: Database, said: dict[str, Any], *, trusts: bool = False) -> Viewer:
    return signed_in_viewer(database, said, hours=12, trusts_addresses=trusts)


@pytest.fixture
def dana(database: Database) -> int:
    number = World(database, "Mine").account_id
    World(database, "Another's")
    return people.invite(
        database,
        BY_COMMAND,
        "dana@example.com",
        Wanted("Dana", SELLER, account_ids=frozenset({number})),
    )


def test_the_first_sign_in_binds_and_shows_only_what_is_theirs(
    database: Database, dana: int
) -> None:
    viewer = enter(database, claims(email="DANA@example.com"))
    assert viewer.person_id == dana
    assert [one.name for one in viewer.accounts] == ["Mine"]
    # Bound: from now on the address does not matter, not even one that the provider doubts.
    assert enter(database, claims(email="new@example.com", email_verified=False)) == viewer
    assert enter(database, claims(email=None, email_verified=None)) == viewer


@pytest.mark.parametrize(
    "said",
    [
        claims(email_verified=False),
        claims(email_verified=None),
        claims(email_verified="true"),
        claims(email="somebody@example.com"),
        claims(email=None),
        claims(email="seller@local.invalid"),
        claims(email="dana@example\u3002com"),
        claims(email=["dana@example.com"]),
    ],
)
def test_whoever_cannot_show_an_invited_address_is_a_stranger(
    database: Database, dana: int, said: dict[str, Any]
) -> None:
    with pytest.raises(StrangerError):
        enter(database, said)


def test_a_provider_that_vouches_for_its_addresses_need_not_say_so_each_time(
    database: Database, dana: int
) -> None:
    with pytest.raises(StrangerError):
        enter(database, claims(email_verified=False), trusts=True)
    assert enter(database, claims(email_verified=None), trusts=True).person_id == dana


def test_a_second_identity_with_the_same_address_opens_nothing(
    database: Database, dana: int
) -> None:
    enter(database, claims("s1"))
    with pytest.raises(StrangerError):
        enter(database, claims("s2"))
    with pytest.raises(StrangerError):
        enter(database, claims("s1", iss="https://other.example"))
    people.forget_identity(database, BY_COMMAND, dana)
    with pytest.raises(SignedOutError):  # what was signed in before is over
        enter(database, claims("s1"))
    assert enter(database, later("s2")).person_id == dana


def test_one_identity_is_one_person(database: Database, dana: int) -> None:
    enter(database, claims("s1"))
    people.disable(database, BY_COMMAND, dana)
    people.invite(database, BY_COMMAND, "other@example.com", Wanted("Other", SELLER))
    with pytest.raises(StrangerError):
        enter(database, claims("s1", email="other@example.com"))


@pytest.mark.parametrize("age", [12 * 3600, 13 * 3600, -3600])
def test_too_old_or_from_the_future_is_signed_out(database: Database, dana: int, age: int) -> None:
    with pytest.raises(SignedOutError):
        enter(database, claims(iat=int(time.time()) - age))


def test_signed_out_is_out_with_every_copy_of_that_sign_in_and_no_other(
    database: Database, dana: int
) -> None:
    first, second = claims(nonce="n1"), claims(nonce="n2")
    enter(database, first)
    enter(database, second)
    sign_out(database, first)
    with pytest.raises(SignedOutError):
        enter(database, first)
    assert enter(database, second).person_id == dana
    people.end_sign_ins(database, BY_COMMAND, dana)
    with pytest.raises(SignedOutError):
        enter(database, second)
    assert enter(database, later()).person_id == dana


def test_disabled_is_out_and_enabled_needs_a_new_sign_in(database: Database, dana: int) -> None:
    enter(database, claims())
    people.disable(database, BY_COMMAND, dana)
    with pytest.raises(StrangerError):
        enter(database, claims())
    people.enable(database, BY_COMMAND, dana)
    with pytest.raises(SignedOutError):
        enter(database, claims())
    assert enter(database, later()).person_id == dana


def sign_out_here(database: Database, dana: int) -> None:
    del dana
    sign_out(database, claims(nonce="opened"), everywhere=True)


def end(database: Database, dana: int) -> None:
    people.end_sign_ins(database, BY_COMMAND, dana)


def disable_and_enable(database: Database, dana: int) -> None:
    people.disable(database, BY_COMMAND, dana)
    people.enable(database, BY_COMMAND, dana)


def forget(database: Database, dana: int) -> None:
    people.forget_identity(database, BY_COMMAND, dana)


@pytest.mark.parametrize("ended", [sign_out_here, end, disable_and_enable, forget])
def test_ended_for_a_person_holds_for_sign_ins_that_opened_no_page_yet(
    database: Database, dana: int, ended: Callable[[Database, int], None]
) -> None:
    people.invite(database, BY_COMMAND, "kim@example.com", Wanted("Kim", SELLER))
    enter(database, claims(nonce="opened"))
    ended(database, dana)
    for age in (0, 3600):
        with pytest.raises(SignedOutError):
            enter(database, claims(nonce="kept", iat=int(time.time()) - 1 - age))
    assert not any(one.is_bound for one in people.everyone(database) if ended is forget)
    assert enter(database, claims("s2", email="kim@example.com")).person.name == "Kim"
    assert enter(database, later()).person_id == dana
    with pytest.raises(SignedOutError):
        enter(database, claims(nonce="kept", iat=int(time.time()) - 1))


def test_of_the_second_in_which_all_were_ended_none_holds(database: Database, dana: int) -> None:
    enter(database, claims(nonce="opened"))
    end(database, dana)
    with database.owning() as connection:
        at = connection.exec_driver_sql("select max(signed_out_at) from person").scalar_one()
    with pytest.raises(SignedOutError):
        enter(database, claims(nonce="kept", iat=int(at.timestamp())))
    assert enter(database, claims(nonce="anew", iat=int(at.timestamp()) + 1)).person_id == dana


def test_a_copy_that_ended_before_it_was_seen_signs_nobody_out(
    database: Database, dana: int
) -> None:
    enter(database, claims())
    end(database, dana)
    enter(database, later())
    sign_out(database, claims(nonce="kept"), everywhere=True)
    assert enter(database, later()).person_id == dana


@pytest.mark.parametrize(
    "said",
    [
        {"iss": None},
        {"sub": None},
        {"sub": ""},
        {"sub": "s\x001"},
        {"sub": "s\ud800"},
        {"sub": "s" * 3000},
        {"iss": ["https://provider.example"]},
        {"iat": None},
        {"iat": "now"},
        {"iat": float("nan")},
        {"iat": float("inf")},
        {"iat": 1e20},
        {"iat": -1e20},
    ],
)
def test_a_sign_in_that_does_not_say_whose_and_from_when_it_is_opens_nothing(
    database: Database, dana: int, said: dict[str, Any]
) -> None:
    for answer in (enter, sign_out):
        with pytest.raises(SignedOutError):
            answer(database, claims(**said))


def test_rights_are_those_of_the_moment(database: Database, dana: int) -> None:
    assert len(enter(database, claims()).accounts) == 1
    people.change(database, BY_COMMAND, dana, Wanted("Dana", SELLER, every_account=True))
    assert len(enter(database, claims()).accounts) == 2
    people.change(database, BY_COMMAND, dana, Wanted("Dana", frozenset({Role.OPERATOR})))
    viewer = enter(database, claims())
    assert viewer.accounts == ()
    assert viewer.person.roles == {Role.OPERATOR}


def test_a_sign_that_folds_into_a_letter_is_not_that_letter(database: Database) -> None:
    """U+212A, the Kelvin sign, is k in small letters: to Python, and to PostgreSQL."""
    people.invite(database, BY_COMMAND, "kim@example.com", Wanted("Kim", SELLER))
    with pytest.raises(StrangerError):
        enter(database, claims(email="\u212aim@example.com"))
    assert enter(database, claims(email="KIM@example.com")).person.name == "Kim"


def test_an_address_of_another_alphabets_server_is_the_one_that_idna_writes(
    database: Database,
) -> None:
    people.invite(database, BY_COMMAND, "kim@m\u00fcller.de", Wanted("Kim", SELLER))
    assert enter(database, claims(email="kim@xn--mller-kva.de")).person.name == "Kim"


def test_a_strangers_sign_in_that_was_ended_opens_nothing_after_they_are_let_in(
    database: Database,
) -> None:
    sign_out(database, claims())
    people.invite(database, BY_COMMAND, "dana@example.com", Wanted("Dana", SELLER))
    with pytest.raises(SignedOutError):
        enter(database, claims())
    assert enter(database, claims(nonce="n2"))


def test_signed_out_everywhere_is_out_with_every_sign_in_of_the_person_alone(
    database: Database, dana: int
) -> None:
    people.invite(database, BY_COMMAND, "kim@example.com", Wanted("Kim", SELLER))
    kim = claims("s2", email="kim@example.com", nonce="k1")
    first, second, third = (claims(nonce=f"n{number}") for number in range(3))
    for one in (first, second, third, kim):
        enter(database, one)
    sign_out(database, first)
    sign_out(database, first, everywhere=True)  # a copy of what has ended signs nobody out
    enter(database, second)
    sign_out(database, second, everywhere=True)
    with pytest.raises(SignedOutError):
        enter(database, third)
    assert enter(database, kim).person.name == "Kim"
