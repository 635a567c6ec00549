"""A file for a person: what was asked for, read now, with the rights that they have now."""

from collections.abc import Mapping
from datetime import datetime
from functools import partial
from typing import Any, Final, Literal, Self

from pydantic import BaseModel, ConfigDict, TypeAdapter
from sqlalchemy import Connection

from services.access.rights import Right
from services.access.viewer import Viewer
from services.calls.answers import CountedFrom
from services.database.engine import Database
from services.exports.calendar import calendar_for
from services.exports.csv import write_csv
from services.exports.kinds import ACROSS, KINDS, Asking, Facts, Kind
from services.exports.pdf import summary_pdf
from services.exports.summary import Sent
from services.exports.table import Taker, Write
from services.exports.xlsx import About, write_xlsx
from services.insights.answers import Filters
from services.insights.channels import channels
from services.marketplaces.labels import channel_label
from wording.days import moment
from wording.labels import ALL_MARKETPLACES, ALL_TYPES
from wording.notices import ESTIMATES, INVENTED
from wording.subtypes import type_label

Form = Literal["csv", "xlsx", "pdf", "ics"]
LIST_FORMS: Final[tuple[Form, ...]] = ("csv", "xlsx")
_SOME_INVENTED: Final = (INVENTED[0], "Accounts of the sample world are among these.")
_SUMMARY: Final = "summary"
_CALENDAR: Final = "calendar"
_LISTS: Final[Mapping[str, Kind]] = {**KINDS, **ACROSS}
_FORMS: Final[Mapping[str, tuple[Form, ...]]] = {
    _SUMMARY: ("pdf",),
    _CALENDAR: ("ics",),
    **dict.fromkeys(_LISTS, LIST_FORMS),
}


class NoSuchFileError(LookupError):
    """There is no file of this kind in this form."""


class Question(BaseModel):
    """What a file shall hold. It travels signed in the file's address."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: str
    account_id: int | None = None  # None: of all accounts that are the viewer's by then
    filters: Filters = Filters("")
    view: dict[str, Any] = {}
    link: str = ""  # to the same view in the dashboard

    @classmethod
    def of(cls, kind: str, account_id: int, filters: Filters, view: object = None) -> Self:
        """`view`: of the kind's own type, KINDS; the position in its list is left out."""
        return cls(kind=kind, account_id=account_id, filters=filters, view=_told(view))

    @classmethod
    def across(cls, kind: str, view: object) -> Self:
        """`view`: of the kind's own type, ACROSS."""
        return cls(kind=kind, view=_told(view))

    @classmethod
    def of_summary(
        cls, account_id: int, filters: Filters, since: CountedFrom | None = None
    ) -> Self:
        """`since`: from where an account manager's page counts what changed."""
        return cls(kind=_SUMMARY, account_id=account_id, filters=filters, view=_told(since))

    @classmethod
    def of_calendar(cls, account_id: int, filters: Filters) -> Self:
        return cls(kind=_CALENDAR, account_id=account_id, filters=filters)

    @property
    def forms(self) -> tuple[Form, ...]:
        return _FORMS.get(self.kind, ())


def _told(view: object) -> dict[str, Any]:
    told = TypeAdapter(type(view)).dump_python(view, mode="json") if view else {}
    told.pop("cursor", None)
    return told


def write_file(  # noqa: PLR0913  who asks, what for, when, and where it goes
    viewer: Viewer,
    database: Database,
    question: Question,
    form: str,
    now: datetime,
    *,
    taker: Taker,
) -> None:
    """Write the file's content for its taker; what it holds is as it was at one moment.

    Raises NotAllowedError, NoSuchFileError, NobodyWaitsError.
    """
    kind = _LISTS.get(question.kind)
    viewer.require(kind.right if kind else Right.SEE_RECOVERY)
    accounts = _accounts(viewer, question)
    if form not in question.forms:
        raise NoSuchFileError(f"There is no {question.kind} as {form}.")
    if kind:
        view = TypeAdapter(kind.view).validate_python(question.view)
        with kind.door(database, accounts) as connection:
            asked = Asking(connection, viewer, accounts, question.filters, now, view)
            write = _writer(form, _facts_of(question, asked), question.link)
            taker.take(kind.table(asked), write)
            return
    (account_id,) = accounts
    if question.kind == _SUMMARY:
        taker.out.write(summary_pdf(viewer, database, _sent(question, account_id), now))
    else:
        taker.out.write(calendar_for(viewer, database, account_id, question.filters, now))


def _sent(question: Question, account_id: int) -> Sent:
    since = TypeAdapter(CountedFrom).validate_python(question.view) if question.view else None
    return Sent(account_id, question.filters, since)


def _accounts(viewer: Viewer, question: Question) -> tuple[int, ...]:
    """The one that it is about, if it is the viewer's; across accounts, all that are theirs now."""
    if question.kind in ACROSS:
        return tuple(one.account_id for one in viewer.accounts)
    if question.account_id is None:
        raise NoSuchFileError(f"Of which account is this {question.kind}?")
    return (viewer.require_account(question.account_id).account_id,)


def _facts_of(question: Question, asked: Asking) -> Facts:
    kind = _LISTS[question.kind]
    return [*_whose(question, asked), *_facts(asked), *kind.facts(asked.view)]


def _whose(question: Question, asked: Asking) -> Facts:
    """Invented figures are called so before anything else."""
    if question.kind in ACROSS:
        invented = any(one.is_sample for one in asked.viewer.accounts)
        return [*([_SOME_INVENTED] if invented else []), ("Made for", asked.viewer.person.name)]
    account = asked.viewer.require_account(asked.account_id)
    return [*([INVENTED] if account.is_sample else []), ("Account", account.name)]


def _writer(form: str, facts: Facts, link: str) -> Write:
    return write_csv if form == "csv" else partial(write_xlsx, about=About(facts, link))


def _facts(asked: Asking) -> Facts:
    """As of when, and the filters that all lists share."""
    as_of = ("As of", moment(asked.now))
    if not asked.filters.currency:  # a list without amounts
        return [as_of]
    return [as_of, *_filter_facts(asked.connection, asked), ESTIMATES]


def _filter_facts(connection: Connection, asked: Asking) -> Facts:
    chosen = asked.filters
    names = {one.code: one.name for one in channels(connection, asked.account_id, asked.now)}
    code = chosen.channel
    channel = names.get(code, channel_label(code)) if code else ALL_MARKETPLACES
    kind = type_label(chosen.type) if chosen.type else ALL_TYPES
    return [("Currency", chosen.currency), ("Marketplace", channel), ("Type", kind)]
