"""What a seller fills in to ask for the service, and what is said where it does not hold."""

import unicodedata
from collections.abc import Mapping
from functools import lru_cache
from typing import Annotated, Any, Final, Literal
from zoneinfo import available_timezones

import phonenumbers
from email_validator import EmailNotValidError, validate_email
from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    ValidationError,
    ValidationInfo,
)
from pydantic_core import ErrorDetails, PydanticCustomError

from wording.subtypes import TYPES

NAME_LENGTH: Final = 120
EMAIL_LENGTH: Final = 254
MESSAGE_LENGTH: Final = 2000
PREFERRED_TIMES: Final = (
    "Any time",
    "Morning, 9 to 12",
    "Afternoon, 12 to 17",
    "Evening, 17 to 20",
)
START_WITH: Final = tuple(code for code in TYPES if code != "unknown")

# Characters that reorder what stands around them: a name could be made to read as another one.
_REORDERING: Final = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_MISSING: Final = {
    "contact_name": "Tell us whom we should ask for.",
    "email": "Tell us where we can write to you.",
    "phone": "Tell us a number where we can reach you.",
    "preferred_time": "Choose when we may call.",
    "time_zone": "Choose the time zone you are in.",
    "start_with": "Choose at least one.",
    "message": "Write plain text, or leave this empty.",
    "words": "Write a few words first.",
    "consent": "Please tick this box: without your consent we may not look at your account.",
}


class InvalidRequestError(ValueError):
    """What has to be mended before a request can be sent, one sentence per field."""

    def __init__(self, problems: Mapping[str, str]) -> None:
        super().__init__("; ".join(problems.values()))
        self.problems = dict(problems)


def _problem(sentence: str) -> PydanticCustomError:
    # The sentence travels as a value: it may quote what was typed, braces included.
    return PydanticCustomError("for_people", "{sentence}", {"sentence": sentence})


def _text(value: Any, info: ValidationInfo) -> str:
    if not isinstance(value, str):
        raise _problem(_MISSING[str(info.field_name)])
    return unicodedata.normalize("NFC", value.replace("\r\n", "\n")).strip()


def _filled(value: str, info: ValidationInfo) -> str:
    if not value:
        raise _problem(_MISSING[str(info.field_name)])
    return value


def _storable(value: str) -> str:
    if any(_is_hidden(sign) for sign in value):
        raise _problem("This holds a hidden character. Please type it again instead of pasting.")
    return value


def _is_hidden(sign: str) -> bool:
    # Cc: NUL and other control characters; Cs: halves of a character, which UTF-8 cannot carry.
    control = unicodedata.category(sign) in ("Cc", "Cs") and sign not in "\n\t"
    return control or sign in _REORDERING


def _one_line(value: str) -> str:
    return " ".join(value.split())


def _at_most(limit: int) -> AfterValidator:
    def check(value: str) -> str:
        if len(value) > limit:
            raise _problem(f"This is {len(value):,} characters long; at most {limit:,} fit.")
        return value

    return AfterValidator(check)


def _address(value: str) -> str:
    try:
        # No look-up of the domain: a form must not wait for somebody else's name server.
        found = validate_email(value, check_deliverability=False, strict=True).normalized
    except EmailNotValidError as error:
        raise _problem(str(error)) from None
    return found


def _dialled(value: str, info: ValidationInfo) -> str:
    """The number in E.164, read as a number of the channel's country unless it starts with +."""
    country = str((info.context or {})["country"])
    try:
        number = phonenumbers.parse(value, phone_region(country))
    except phonenumbers.NumberParseException:
        raise _problem(_not_a_number(country)) from None
    if number.extension:
        raise _problem("Leave out the extension here and write it into the message.")
    # Numbering plans grow faster than any list of them: with a country code given, length is all
    # that is held against a number. Without one, it must really be a number of that country, or
    # a British number would be stored as an American one.
    international = value.lstrip().startswith(("+", "\uff0b"))
    check = phonenumbers.is_possible_number if international else phonenumbers.is_valid_number
    if not check(number):
        raise _problem(_not_a_number(country))
    return str(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))


def _not_a_number(country: str) -> str:
    return (
        f"This is not a complete phone number. Write it as {example_phone(country)}, "
        "or start with + and your country's code."
    )


def phone_region(country: str) -> str:
    """The telephone world's code of a marketplace country: marketplaces write UK for GB."""
    return "GB" if country == "UK" else country


@lru_cache(maxsize=64)
def example_phone(country: str) -> str:
    """How a number of this country is written, with its country code."""
    number = phonenumbers.example_number(phone_region(country))
    if number is None:
        raise ValueError(f"No numbering plan is known for the country {country}.")
    return str(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.INTERNATIONAL))


def readable_phone(stored: str) -> str:
    """A stored number as people write it: +1 212-555-0100."""
    number = phonenumbers.parse(stored)
    return str(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.INTERNATIONAL))


@lru_cache(maxsize=1)
def time_zones() -> tuple[str, ...]:
    """The zones people name themselves by: Region/City, and UTC; no aliases such as EST5EDT."""
    regions = (
        "Africa/",
        "America/",
        "Antarctica/",
        "Asia/",
        "Atlantic/",
        "Australia/",
        "Europe/",
        "Indian/",
        "Pacific/",
    )
    return ("UTC", *sorted(zone for zone in available_timezones() if zone.startswith(regions)))


def _known_zone(value: str) -> str:
    if value not in time_zones():
        raise _problem(_MISSING["time_zone"])
    return value


def _offered_time(value: str) -> str:
    if value not in PREFERRED_TIMES:
        raise _problem(_MISSING["preferred_time"])
    return value


def _offered_types(value: Any) -> tuple[str, ...]:
    chosen = (
        set(value)
        if isinstance(value, list | tuple) and all(isinstance(each, str) for each in value)
        else set()
    )
    if not chosen or not chosen <= set(START_WITH):
        raise _problem(_MISSING["start_with"])
    return tuple(code for code in START_WITH if code in chosen)


def _given(value: Any) -> Any:
    if value is not True:
        raise _problem(_MISSING["consent"])
    return value


Words = Annotated[str, BeforeValidator(_text), AfterValidator(_storable)]
Line = Annotated[Words, AfterValidator(_one_line), AfterValidator(_filled)]


class Request(BaseModel):
    """A valid "How to claim" form. `read_request` makes one out of what was typed."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    contact_name: Annotated[Line, _at_most(NAME_LENGTH)]
    email: Annotated[Line, _at_most(EMAIL_LENGTH), AfterValidator(_address)]
    phone: Annotated[Line, _at_most(60), AfterValidator(_dialled)]
    preferred_time: Annotated[Line, AfterValidator(_offered_time)]
    time_zone: Annotated[Line, AfterValidator(_known_zone)]
    start_with: Annotated[tuple[str, ...], BeforeValidator(_offered_types)]
    message: Annotated[Words, _at_most(MESSAGE_LENGTH)]
    consent: Annotated[Literal[True], BeforeValidator(_given)]


def read_request(answers: Mapping[str, Any], *, country: str) -> Request:
    """What was typed, as a request; raises InvalidRequestError with a sentence per field."""
    try:
        return Request.model_validate(dict(answers), context={"country": country})
    except ValidationError as error:
        raise InvalidRequestError(_sentences(error.errors())) from None


class _Words(BaseModel):
    """What people write to each other about a request: plain text, not empty."""

    words: Annotated[Words, AfterValidator(_filled), _at_most(MESSAGE_LENGTH)]


def read_words(typed: Any) -> str:
    """A question, an answer, a note or a reason; raises InvalidRequestError."""
    try:
        return _Words.model_validate({"words": typed}).words
    except ValidationError as error:
        raise InvalidRequestError(_sentences(error.errors())) from None


def _sentences(errors: list[ErrorDetails]) -> dict[str, str]:
    return {str(each["loc"][0]): _sentence(each) for each in reversed(errors)}


def _sentence(error: ErrorDetails) -> str:
    if error["type"] == "for_people":
        return error["msg"]
    return _MISSING.get(str(error["loc"][0]), "This field is not known.")
