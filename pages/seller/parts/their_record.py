"""A case as the marketplace itself keeps it, beside our own record."""

from collections import Counter
from collections.abc import Sequence

from components.markdown import escape_markdown
from services.insights.answers import Case
from services.insights.cases import WaitsForYou
from services.marketplaces.labels import marketplace_label
from wording.cases import case_words, their_words
from wording.days import plain_date
from wording.numbers import counted


def their_state(case: Case) -> str:
    """In a few words; nothing where the marketplace does not tell."""
    if case.their_state is None:
        return ""
    return their_words(case.their_state, case.their_word or "", marketplace_label(case.channel))


def in_list(case: Case) -> str:
    """Our status, and theirs where somebody has to look: it waits for you, or says otherwise."""
    ours = case_words(case.status, is_paid=case.is_paid)
    return f"{ours} · {their_state(case)}" if case.waits or case.disagrees else ours


def told(case: Case) -> list[str]:
    """Sentences in Markdown, for whoever looks at one case."""
    if case.their_state is None:
        return []
    name = marketplace_label(case.channel)
    changed = f", since {plain_date(case.their_day)}" if case.their_day else ""
    colour = "orange" if case.waits else "gray"
    said = f":{colour}[:material/storefront:] {name}'s own record: **{_escaped(case)}**{changed}."
    if not case.disagrees:
        return [said]
    ours = case_words(case.status, is_paid=case.is_paid).lower()
    return [said, f"Our record says {ours}: the two do not agree. Our team looks into it."]


def _escaped(case: Case) -> str:
    return escape_markdown(their_state(case))


def waits_words(waiting: Sequence[WaitsForYou]) -> str:
    """In how many cases which marketplace waits, in one sentence."""
    cases: Counter[str] = Counter()
    for one in waiting:
        cases[one.marketplace] += one.cases
    said = [
        f"**{marketplace_label(name)} waits for you** in {counted(count, 'case', 'cases')}"
        for name, count in cases.items()
    ]
    return " and ".join(said) + "."
