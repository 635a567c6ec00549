"""What an answer says, and what in it no published model has."""

from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Final

import requests

from services.marketplaces.asking import Notice, Unknown
from services.transport.refusals import NotUnderstoodError

Told = Mapping[str, object]
_MOST_SAID: Final = 100


def object_of(answer: requests.Response, where: str) -> Told:
    """The JSON object that it is. Raises NotUnderstoodError."""
    try:
        told = answer.json()
    except ValueError:
        told = None
    if not isinstance(told, dict):
        raise NotUnderstoodError(f"The answer of {where} is no JSON object.")
    return told


def text_of(told: Told, member: str, where: str) -> str:
    """A member without which the answer says nothing. Raises NotUnderstoodError."""
    value = told.get(member)
    if isinstance(value, str) and value:
        return value
    raise NotUnderstoodError(f"The answer of {where} has no {member}.")


def part_of(told: Told, member: str) -> Told:
    """An object within; empty where there is none."""
    value = told.get(member)
    return value if isinstance(value, dict) else {}


def each_of(told: Told, member: str, where: str) -> Iterator[Told]:
    """The objects of a list that must be there. Raises NotUnderstoodError."""
    value = told.get(member)
    if not isinstance(value, list):
        raise NotUnderstoodError(f"The answer of {where} has no {member}.")
    return (one for one in value if isinstance(one, dict))


def pages(
    first: Told, further: Callable[[str], Told], token_of: Callable[[Told], object], where: str
) -> Iterator[Told]:
    """The answer and those that its tokens lead to. Raises NotUnderstoodError at a circle."""
    told, seen = first, set[str]()
    yield told
    while isinstance(token := token_of(told), str) and token:
        if token in seen:
            raise NotUnderstoodError(f"The pages of {where} lead back to one that has been read.")
        seen.add(token)
        told = further(token)
        yield told


def moment_in(told: Told, member: str) -> datetime | None:
    """A moment with its offset; None where there is none that can be read."""
    try:
        moment = datetime.fromisoformat(str(told.get(member)))
    except ValueError:
        return None
    return moment.astimezone(UTC) if moment.tzinfo else None


def heed(told: Told, known: frozenset[str], where: str, notice: Notice) -> None:
    """Tell of members that the published model has not got: by their names, never their values."""
    for name in sorted(told.keys() - known):
        notice(Unknown(where, str(name)[:_MOST_SAID]))


def unknown_word(word: object, where: str, notice: Notice) -> None:
    """Tell of a word that the published list has not got."""
    notice(Unknown(where, str(word)[:_MOST_SAID]))
