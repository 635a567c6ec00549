"""Claim windows in words: when a claim may be filed, who says so, and how sure that is."""

from collections.abc import Iterable, Sequence
from datetime import date
from itertools import groupby
from typing import Final

from components.marketplace import Window, WindowGroup, claim_windows
from components.page import card
from components.states import empty_state
from services.insights.answers import Channel, ClaimWindow
from wording.subtypes import SUBTYPES, TYPES, subtype_label
from wording.windows import certainty, checked, rule

OTHER: Final = "Other"


def windows_section(windows: Sequence[ClaimWindow], channels: Sequence[Channel], name: str) -> None:
    """The windows in force in the channels' countries, by type."""
    current = [window for window in windows if _in_force_here(window, channels)]
    with card("Claim windows in force", aside="when a claim may be filed, and who says so"):
        if current:
            claim_windows(groups_of(current, channels, name))
        else:
            empty_state(
                "No claim window is known for these countries",
                "What we find is shown without a deadline until a source names one.",
            )


def _in_force_here(window: ClaimWindow, channels: Sequence[Channel]) -> bool:
    """By the channel's own calendar."""
    return any(
        in_force(window, channel.today)
        for channel in channels
        if channel.country in window.countries
    )


def in_force(window: ClaimWindow, today: date) -> bool:
    """Both ends belong to the window's validity; an open end never passes."""
    begun = window.valid_from is None or window.valid_from <= today
    return begun and (window.valid_to is None or today <= window.valid_to)


def groups_of(
    windows: Iterable[ClaimWindow], channels: Sequence[Channel], name: str
) -> list[WindowGroup]:
    """By type in the usual order; subtypes that share one rule of one source stand together."""
    ordered = sorted(windows, key=lambda window: _order(window, channels))
    return [
        WindowGroup(title, [_in_words(alike, channels, name) for alike in _alike(of_type)])
        for title, of_type in groupby(ordered, key=type_label)
    ]


def _order(window: ClaimWindow, channels: Sequence[Channel]) -> tuple[object, ...]:
    """By type, then in the channels' order, what is not known after what is, then as in words."""
    positions = [
        position for position, channel in enumerate(channels) if channel.country in window.countries
    ]
    types, subtypes = [*TYPES.values(), OTHER], [*SUBTYPES, window.subtype]
    return (
        types.index(type_label(window)),
        positions[:1],
        window.confidence == "unknown",
        subtypes.index(window.subtype),
    )


def _alike(windows: Iterable[ClaimWindow]) -> Iterable[list[ClaimWindow]]:
    by_rule: dict[tuple[str, ...], list[ClaimWindow]] = {}
    for window in windows:
        by_rule.setdefault(_rule_key(window), []).append(window)
    return by_rule.values()


def type_label(window: ClaimWindow) -> str:
    subtype = SUBTYPES.get(window.subtype)
    return OTHER if subtype is None or subtype.type == "unknown" else TYPES[subtype.type]


def _rule_key(window: ClaimWindow) -> tuple[str, ...]:
    """Where nothing is published, what the clock would start at makes no difference."""
    known = window.opens_after_days is not None or window.closes_after is not None
    parts = (
        window.countries,
        window.opens_after_days,
        window.closes_after,
        window.closes_unit,
        window.anchor if known else "",
        window.source,
        window.confidence,
    )
    return tuple(str(part) for part in parts)


def _in_words(alike: Sequence[ClaimWindow], channels: Sequence[Channel], name: str) -> Window:
    first = alike[0]
    return Window(
        what=" · ".join(dict.fromkeys(subtype_label(window.subtype) for window in alike)),
        where=_where(first, channels, name),
        rule=rule_of(first),
        certainty=certainty_of(first, name),
        sure=first.confidence == "official",
        source=first.source,
        note=first.note or "",
    )


def _where(window: ClaimWindow, channels: Sequence[Channel], name: str) -> str:
    """The countries of ours that the rule speaks of; unsaid where there is only one."""
    if len({channel.country for channel in channels}) < 2:
        return ""
    ours = [channel.name for channel in channels if channel.country in window.countries]
    return ", ".join(each.removeprefix(f"{name} ") for each in ours)


def rule_of(window: ClaimWindow) -> str:
    return rule(window.anchor, window.opens_after_days, window.closes_after, window.closes_unit)


def certainty_of(window: ClaimWindow, name: str) -> str:
    return f"{certainty(window.confidence, name)} · {checked(window.checked_on)}"
