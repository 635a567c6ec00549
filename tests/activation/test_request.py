"""What a form holds to, and the sentence people read where it does not."""

import re
from typing import Any

import phonenumbers
import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.activation.request import (
    EMAIL_LENGTH,
    MESSAGE_LENGTH,
    NAME_LENGTH,
    PREFERRED_TIMES,
    START_WITH,
    InvalidRequestError,
    Request,
    example_phone,
    read_request,
    time_zones,
)
from tests.common.worlds.activation import ANSWERS, a_request
from wording.subtypes import TYPES

HOSTILE = (
    "<script>alert(1)</script>",
    "![x](https://tracker.example.com/p.png)",
    "[click](javascript:alert(1))",
    "'; drop table activation_request; --",
    "{field} %s {{7*7}} $x^2$ :material/delete:",
    '=HYPERLINK("https://tracker.example.com")',
)


def problems_of(**changed: Any) -> dict[str, str]:
    with pytest.raises(InvalidRequestError) as refused:
        a_request(**changed)
    return refused.value.problems


def tried(**changed: Any) -> Request | set[str]:
    """The request, or the fields that are refused."""
    try:
        return a_request(**changed)
    except InvalidRequestError as refused:
        return set(refused.problems)


def test_a_filled_form_is_a_request() -> None:
    request = a_request()
    assert request.phone == "+12125550100"
    assert request.start_with == ("inventory", "return")
    assert request.consent is True


def test_spaces_and_line_ends_are_tidied() -> None:
    request = a_request(contact_name="  Ada \n Byron ", message=" one\r\ntwo ", email=" a@b.com ")
    assert (request.contact_name, request.message, request.email) == (
        "Ada Byron",
        "one\ntwo",
        "a@b.com",
    )


def test_every_field_left_empty_has_its_own_sentence() -> None:
    with pytest.raises(InvalidRequestError) as refused:
        read_request({}, country="US")
    assert set(refused.value.problems) == set(ANSWERS)
    nothing = dict.fromkeys(ANSWERS)
    with pytest.raises(InvalidRequestError) as refused:
        read_request(nothing, country="US")
    assert set(refused.value.problems) == set(ANSWERS)
    for sentence in refused.value.problems.values():
        assert re.fullmatch(r"[A-Z].*\.", sentence), sentence


def test_an_empty_message_is_fine_and_an_unknown_field_is_not() -> None:
    assert a_request(message="   ").message == ""
    assert problems_of(case_id="1") == {"case_id": "This field is not known."}


@given(st.integers(min_value=1, max_value=NAME_LENGTH))
def test_a_name_may_be_as_long_as_the_column(length: int) -> None:
    assert len(a_request(contact_name="n" * length).contact_name) == length


@given(st.integers(min_value=NAME_LENGTH + 1, max_value=5 * NAME_LENGTH))
def test_a_longer_name_is_refused_with_both_lengths(length: int) -> None:
    assert problems_of(contact_name="n" * length) == {
        "contact_name": f"This is {length} characters long; at most {NAME_LENGTH} fit."
    }


@pytest.mark.parametrize(("length", "fits"), [(MESSAGE_LENGTH, True), (MESSAGE_LENGTH + 1, False)])
def test_a_message_has_a_last_character(length: int, fits: bool) -> None:
    if fits:
        assert len(a_request(message="m" * length).message) == length
    else:
        assert "2,001 characters" in problems_of(message="m" * length)["message"]


@given(st.text(max_size=NAME_LENGTH), st.text(max_size=300))
def test_any_text_is_stored_as_it_is_or_refused(name: str, message: str) -> None:
    request = tried(contact_name=name, message=message)
    if isinstance(request, set):
        assert request <= {"contact_name", "message"}
        return
    assert 1 <= len(request.contact_name) <= NAME_LENGTH
    for stored in (request.contact_name, request.message):
        assert "\x00" not in stored
        stored.encode("utf-8")
    assert "\n" not in request.contact_name


@pytest.mark.parametrize("words", HOSTILE)
def test_hostile_words_are_only_words(words: str) -> None:
    request = a_request(contact_name=words, message=words)
    assert (request.contact_name, request.message) == (words, words)


@pytest.mark.parametrize("hidden", ["a\x00b", "a\x1bb", "a\u202eb", "a\ud800b", "a\u2066b"])
def test_hidden_characters_are_refused(hidden: str) -> None:
    assert "hidden character" in problems_of(contact_name=hidden)["contact_name"]
    assert "hidden character" in problems_of(message=hidden)["message"]


@pytest.mark.parametrize(
    "address",
    [
        "ada",
        "ada@",
        "@northwind.com",
        "ada@northwind",
        "ada@localhost",
        "a b@northwind.com",
        "ada@north_wind.com",
        "ada@@northwind.com",
        "Ada <ada@northwind.com>",
        "a@b.com, c@d.com",
        f"{'a' * 65}@northwind.com",
        "{sentence}@{0}.com",
    ],
)
def test_what_is_no_address_is_refused(address: str) -> None:
    assert problems_of(email=address)["email"].endswith(".")


@pytest.mark.parametrize(
    "address",
    [
        "ada@northwind.com",
        "ada+claims@north-wind.co.uk",
        "o'brien@northwind.com",
        "ada@bücher.example.com",
    ],
)
def test_an_address_is_taken(address: str) -> None:
    assert a_request(email=address).email == address


def test_an_address_longer_than_the_column_is_refused() -> None:
    assert f"at most {EMAIL_LENGTH} fit" in problems_of(email="a" * 400)["email"]


@pytest.mark.parametrize(
    ("typed", "country", "stored"),
    [
        ("(212) 555-0100", "US", "+12125550100"),
        ("212.555.0100", "CA", "+12125550100"),
        ("020 7946 0958", "UK", "+442079460958"),
        ("0170 1234567", "DE", "+491701234567"),
        ("+44 20 7946 0958", "US", "+442079460958"),
        ("+1 555 010 0199", "DE", "+15550100199"),
    ],
)
def test_a_number_is_read_as_one_of_the_channels_country(
    typed: str, country: str, stored: str
) -> None:
    assert a_request(country, phone=typed).phone == stored


@pytest.mark.parametrize(
    "typed",
    [
        "12",
        "call me",
        "555-0100",
        "020 7946 0958",
        "+999 123 4567",
        "+1 212 555 0100 0100 0100",
        "+" * 50,
        "+++",
    ],
)
def test_half_a_number_is_refused_with_an_example(typed: str) -> None:
    assert "+1 201-555-0123" in problems_of(phone=typed)["phone"]


def test_an_extension_is_not_dropped_in_silence() -> None:
    assert "extension" in problems_of(phone="+1 212 555 0100 ext. 7")["phone"]


@given(st.text(alphabet="+0123456789 ()-.x#;=", max_size=80))
def test_a_stored_number_is_always_e164(typed: str) -> None:
    request = tried(phone=typed)
    if isinstance(request, set):
        assert request == {"phone"}
        return
    assert re.fullmatch(r"\+[1-9]\d{3,14}", request.phone)
    assert phonenumbers.is_possible_number(phonenumbers.parse(request.phone))


@pytest.mark.parametrize("country", ["US", "CA", "MX", "UK", "DE", "JP", "AE"])
def test_the_example_we_print_is_one_we_take(country: str) -> None:
    assert a_request(country, phone=example_phone(country)).phone.startswith("+")


@pytest.mark.parametrize("zone", ["", "Mars/Olympus", "../etc/passwd", "EST5EDT", "utc"])
def test_a_zone_is_one_of_the_list(zone: str) -> None:
    assert problems_of(time_zone=zone) == {"time_zone": "Choose the time zone you are in."}


def test_every_zone_and_time_we_offer_is_taken() -> None:
    for zone in time_zones():
        assert a_request(time_zone=zone).time_zone == zone
    for when in PREFERRED_TIMES:
        assert a_request(preferred_time=when).preferred_time == when
    assert set(problems_of(preferred_time="Midnight")) == {"preferred_time"}


@pytest.mark.parametrize(
    "chosen",
    [[], None, "inventory", ["everything"], ["unknown"], ["inventory", 7], [["inventory"]]],
)
def test_only_types_that_are_offered_can_be_started_with(chosen: object) -> None:
    assert problems_of(start_with=chosen) == {"start_with": "Choose at least one."}


def test_the_offered_types_are_those_a_claim_can_be_of() -> None:
    assert tuple(code for code in TYPES if code != "unknown") == START_WITH
    assert a_request(start_with=(*reversed(START_WITH), "fee")).start_with == START_WITH


@pytest.mark.parametrize("consent", [False, None, 0, 1, "true", "yes"])
def test_consent_is_given_or_the_request_is_not_sent(consent: object) -> None:
    assert "consent" in problems_of(consent=consent)["consent"]
