"""Why no whole-number counts give one row of published percentages, in two sentences at most."""

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction

from app.plans.progress import half_up
from app.plans.reconcile import Scope
from app.plans.rounding import (
    COMBINED,
    GRAINS,
    PER_HALF,
    SHARES,
    STATUSES,
    Published,
    Share,
    Space,
    Span,
    smallest,
    span,
)
from app.plans.statuses import STATUS_LABELS, Status
from app.sentences.words import listed, plural

_FRONT, _BACK = STATUSES[:2], STATUSES[2:]


def share_words(share: Share) -> str:
    """A share as a table has it: "17%", "exactly 0", "not printed"."""
    if share is None:
        return "not printed"
    return "exactly 0" if share == "none" else f"{share}%"


def label(status: Status) -> str:
    return STATUS_LABELS[status].lower()


def percent(value: Fraction, *, up: bool = True, places: int = 1) -> str:
    """A percentage to some decimals, rounded so that "at most" (up) or "at least" stays true."""
    scaled = value * 10**places
    whole = -(-scaled.numerator // scaled.denominator) if up else scaled.numerator // scaled.denominator
    return f"{whole // 10**places}.{whole % 10**places:0{places}}"


def why_not(one: Scope) -> str:
    """Why no counts give a row, in two sentences at most."""
    row = one.row
    fixed = row.actions
    if fixed is not None and (fewest := one.fewest) is not None:
        first = f"Impossible with {fixed} {plural(fixed, 'action')}. "
        if added := added_after_rounding(row):
            return f"{first}{added}"
        empty = next((name for name in SHARES if _is_empty(span(row.share(name), fixed))), None)
        if empty is not None:
            return f"{first}{_between(row.share(empty), empty, fixed)}"
        return f"{first}{_fewest_words(fewest.actions, fixed)}"
    return f"{_contradiction(row)} {added_after_rounding(row)}".strip()


def _fewest_words(fewest: int, fixed: int) -> str:
    if fewest > fixed:
        return f"The fewest actions that can give these figures are {fewest}."
    return f"Other numbers of actions can give these figures, {fewest} for example."


def _is_empty(found: Span) -> bool:
    return found.low > found.high


def _between(share: Share, name: str, actions: int) -> str:
    low, high = ((2 * int(share or 0) + step) * Fraction(actions, 200) for step in (-1, 1))
    return (
        f"{share}% {_field(name)} would be at least {percent(low, up=False, places=2)} and less than "
        f"{percent(high, places=2)} of {actions}, and there is no whole number between."
    )


def _field(name: str) -> str:
    return "complete or on target" if name == COMBINED else label(Status(name))


def _contradiction(row: Published) -> str:
    """The two of three sources on complete plus on target that have nothing in common."""
    sources = row.grains.sources()
    words = (
        _shares_of(row, _FRONT),
        f"{share_words(row.complete_or_on_target)} complete or on target",
        _shares_of(row, _BACK),
    )
    for first, second in ((0, 1), (2, 1), (0, 2)):
        one, other = sources[first], sources[second]
        if max(one.low, other.low) <= min(one.high, other.high):
            continue
        if (first, second) == (0, 2):
            return _sum_of_all(_shares_of(row, STATUSES), one, other)
        gives = "give" if first == 0 else "leave"
        return (
            f"Impossible: {words[first]} {gives} {_reach(one)} complete or on target, and {words[second]} "
            f"means {_reach(other)}."
        )
    raise ValueError(f"the figures of {row.scope} are possible")


def _sum_of_all(shares: str, one: Span, other: Span) -> str:
    """Complete and on target against what delayed and not started leave: the four do not make up 100%."""
    if one.low > other.high:
        least = Fraction(_floor(one.low) + 200 - _ceiling(other.high), 2)
        more = "more than" if other.high % PER_HALF else "at least"
        return f"Impossible: {shares} make up {more} {percent(least)}%, before any rounding."
    most = Fraction(_ceiling(one.high) + 200 - _floor(other.low), 2)
    less = "less than" if one.high % PER_HALF or other.low % PER_HALF else "at most"
    return f"Impossible: {shares} make up {less} {percent(most)}%, before any rounding."


def _shares_of(row: Published, statuses: Sequence[Status]) -> str:
    given = [(status, row.share(status.value)) for status in statuses]
    return listed(
        [
            f"no action {label(status)}" if share == "none" else f"{label(status)} {share}%"
            for status, share in given
            if share is not None
        ]
    )


def _reach(found: Span) -> str:
    """A span of grains in words: "between 54.5% and 55.5%", "more than 55.5%"."""
    low, high = Fraction(_floor(found.low), 2), Fraction(_ceiling(found.high), 2)
    above = "more than" if found.low % PER_HALF else "at least"
    below = "less than" if found.high % PER_HALF else "at most"
    if found.low <= 0:
        return f"{below} {percent(high)}%"
    if found.high >= GRAINS:
        return f"{above} {percent(low)}%"
    return f"{above} {percent(low)}% and {below} {percent(high)}%"


def _floor(grains: int) -> int:
    return grains // PER_HALF


def _ceiling(grains: int) -> int:
    return -(-grains // PER_HALF)


def added_after_rounding(row: Published) -> str:
    """Say that the combined figure is the sum of two rounded shares, where it is; "" where it is not.

    Domain rules, section 2: 4 + 1 of 9 is 56%, never 44% + 11% = 55%. A share that is not published is
    taken as what is left of the combined figure, if the row is then possible without that figure.
    """
    combined = row.complete_or_on_target
    if not isinstance(combined, int):
        return ""
    complete, on_target = row.complete, row.on_target
    if isinstance(complete, int) and on_target is None:
        on_target = combined - complete
    elif isinstance(on_target, int) and complete is None:
        complete = combined - on_target
    if not isinstance(complete, int) or not isinstance(on_target, int):
        return ""
    if complete < 0 or on_target < 0 or complete + on_target != combined:
        return ""
    plain = replace(row, complete=complete, on_target=on_target, complete_or_on_target=None)
    space = smallest(plain) if row.actions is None else Space.of(plain, row.actions)
    if space is None or not space.is_possible:
        return ""
    first, second, *_ = space.counts().values()
    return (
        f"{combined} is what {complete} + {on_target} gives when added after rounding; "
        f"{first} + {second} of {space.actions} is {half_up(first + second, space.actions)}%."
    )
