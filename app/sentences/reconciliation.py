"""The verdicts of a reconciliation in plain sentences: one or two each, with the figures that decide."""

from collections.abc import Iterable
from fractions import Fraction

from app.plans.reconcile import Excess, Limit, Need, Reconciliation, Scope, is_overall
from app.plans.rounding import (
    STATUSES,
    Published,
    Share,
    least_count,
)
from app.plans.statuses import Status
from app.sentences.impossible_rows import added_after_rounding, label, percent, why_not
from app.sentences.words import listed, plural

_MOST_NAMED = 6


def headline(found: Reconciliation) -> str:
    """The verdict in one sentence."""
    impossible = [one.row.scope for one in found.scopes if not one.found]
    if impossible:
        named = impossible[:_MOST_NAMED]
        if len(impossible) > len(named):
            named.append(f"{len(impossible) - len(named)} more")
        return f"No whole-number counts can give the figures of {listed(named)}."
    if found.reason is not None:
        return "The overall figures cannot come from the same actions as the priorities."
    if found.overall and found.priorities:
        return "The overall figures can follow from the priorities."
    return "Whole-number counts can give these figures."


def explanation(found: Reconciliation) -> str:
    """Why the verdict is what it is, in two sentences."""
    if not all(one.found for one in found.scopes):
        return _why_none(found)
    overall = found.overall
    if overall is None or not found.priorities:
        return f"{headline(found)} Nothing was given that they would have to add up to."
    figures = printed(overall.row)
    if found.reason is not None:
        first, second = reasons(found)
        return f"{first} {second}"
    if overall.row.actions is not None:
        return (
            f"Overall {figures} can follow from the priorities with these numbers of actions. "
            "There are whole-number counts that give every row at once."
        )
    return (
        f"Overall {figures} can follow from the priorities in some mix of sizes. "
        "Give the number of actions of every scope to check one mix."
    )


def reasons(found: Reconciliation) -> tuple[str, str]:
    """That the overall row cannot follow from the priorities, and the figures that decide it."""
    overall = found.overall
    if overall is None or found.reason is None:
        return "", ""
    figures = printed(overall.row)
    reason = found.reason
    each = "Each priority is possible by itself, but overall" if _all_found(found) else "Overall"
    if isinstance(reason, Limit):
        first = f"{each} {figures} is impossible together with them, whatever their sizes."
        if not _all_found(found):
            first = f"{each} {figures} is impossible together with the priorities, whatever their sizes."
        return first, _limit(reason, overall.row)
    if isinstance(reason, Excess):
        return f"{each} {figures} is impossible together with them.", _excess(reason, overall.row)
    return (
        f"Overall {figures} is said of {reason.overall} {plural(reason.overall, 'action')}.",
        f"The priorities have {reason.together} together.",
    )


def _all_found(found: Reconciliation) -> bool:
    return all(one.found for one in found.scopes)


def _why_none(found: Reconciliation) -> str:
    """Why not every row is possible by itself, and what holds even so, in two sentences."""
    impossible = [one for one in found.scopes if not one.found]
    named = headline(found)
    if len(impossible) == 1 and (added := added_after_rounding(impossible[0].row)):
        named = f"{named.rstrip('.')}: {added.replace(';', ', and')}"
    if found.reason is None:
        return f"{named} So no counts can give all rows together."
    overall = printed(found.overall.row) if found.overall else ""
    even_so = f"Even without combined figures overall {overall} is impossible together with the priorities."
    return f"{named} {even_so} {reasons(found)[1]}"


def beside_headline(found: Reconciliation) -> str:
    """What a page says under the headline: nothing that the reasons below it say again."""
    if _all_found(found):
        return reasons(found)[0] or explanation(found).removeprefix(headline(found)).strip()
    if found.reason is None or found.overall is None:
        return "So no counts can give all rows together."
    figures = printed(found.overall.row)
    return f"Overall {figures} cannot come from the same actions as the priorities either."


def scope_explanation(one: Scope, found: Reconciliation) -> str:
    """The verdict on one row in one or two sentences."""
    if one.found is None:
        return why_not(one)
    actions = one.found.actions
    counts = _counts(one.counts or {})
    if one.row.actions is not None:
        return f"Possible with {actions} {plural(actions, 'action')}: {counts}."
    first = f"Possible by itself: it needs at least {actions} {plural(actions, 'action')}, {counts}."
    if not is_overall(one.row) or not (needed := needed_actions(found)):
        return first
    return f"{first} With the priorities, {needed}"


def printed(row: Published) -> str:
    """The figures of a row in short: "17/51/30/2", with "?" for what is not published."""
    figures = "/".join(_short(row.share(status.value)) for status in STATUSES)
    if row.complete_or_on_target is None:
        return figures
    return f"{figures} ({_short(row.complete_or_on_target)} complete or on target)"


def _short(share: Share) -> str:
    return "?" if share is None else str(share)


def _counts(counts: dict[str, int]) -> str:
    """Counts as a phrase: "24 complete, 6 on target, 24 delayed and 1 not started"; zeros are left out."""
    return listed([f"{counts[one.value]} {label(one)}" for one in STATUSES if counts[one.value]])


def _group(group: Iterable[Status]) -> str:
    return " plus ".join(label(status) for status in STATUSES if status in set(group))


def _limit(reason: Limit, overall: Published) -> str:
    """What is too high or too low, what it means before rounding, and what the priorities allow."""
    need, reach = reason.need, reason.reach
    given = listed([_needed(one) for one in reason.given])
    where = f"With {given}, the" if given else "The"
    allowed = f"{where} priorities' own figures"
    if len(need.group) == 3:
        return _too_low(reason, overall, allowed)
    places = 2
    if reach < need.percent:
        while Fraction(percent(reach, places=places)) >= need.percent:
            places += 1
    most = f"{percent(reach, places=places)}% at most"
    if reach == need.percent and not need.is_open:
        most = f"less than {percent(reach)}%"
    return f"{_too_high(need, overall)} {allowed} allow {most}."


def _too_high(need: Need, overall: Published) -> str:
    """ "17% + 51% is too high. 17% and 51% mean at least 16.5% and 50.5%, together 67.0%." """
    shares = [overall.share(status.value) for status in STATUSES if status in need.group]
    numbers = [share for share in shares if isinstance(share, int)]
    lows = [Fraction(2 * number - 1, 2) for number in numbers]
    if len(numbers) == len(need.group) == 2 and sum(lows) == need.percent:
        printed = [f"{number}%" for number in numbers]
        least = listed([f"{percent(low)}%" for low in lows])
        return (
            f"{' + '.join(printed)} is too high. {listed(printed)} mean at least {least}, together "
            f"{percent(need.percent)}%."
        )
    group = _group(need.group)
    for share in (overall.complete_or_on_target if len(need.group) == 2 else shares[0], *shares):
        if isinstance(share, int) and Fraction(2 * share - 1, 2) == need.percent:
            return f"{share}% {group} is too high. {share}% means at least {percent(need.percent)}%."
    more = "more than" if need.is_open else "at least"
    return f"The overall figures are too high. They need {more} {percent(need.percent)}% {group}."


def _too_low(reason: Limit, overall: Published, allowed: str) -> str:
    """The share of one status that is too low: the other three have to reach too much."""
    need, reach = reason.need, reason.reach
    (status,) = set(STATUSES) - need.group
    lowest, limit = 100 - reach, 100 - need.percent
    if limit == 0:
        return f"No action {label(status)} is too low. {allowed} make some {label(status)}."
    share = overall.share(status.value)
    most = f"{'less than' if need.is_open else 'at most'} {percent(limit)}%"
    claim = f"Too few are {label(status)}. The overall figures leave {most}."
    if isinstance(share, int):
        claim = f"{share}% {label(status)} is too low. {share}% means {most}."
    least = f"more than {percent(lowest)}%"
    if need.is_open or reach < need.percent:
        least = f"at least {percent(lowest, up=False, places=2)}%"
    return f"{claim} {allowed} give {least}."


def _needed(need: Need) -> str:
    """What a group must have: "at least 16.5% complete", "less than 2.5% not started"."""
    if len(need.group) == 3:
        (status,) = set(STATUSES) - need.group
        limit = 100 - need.percent
        if limit == 0:
            return f"no action {label(status)}"
        return f"{'less than' if need.is_open else 'at most'} {percent(limit)}% {label(status)}"
    return f"{'more than' if need.is_open else 'at least'} {percent(need.percent)}% {_group(need.group)}"


def _excess(reason: Excess, overall: Published) -> str:
    actions = overall.actions or 0
    if len(reason.group) == 3:
        (status,) = set(STATUSES) - reason.group
        return (
            f"Of the {actions} actions, the priorities have at least {actions - reason.most} "
            f"{label(status)}, and the overall row allows {actions - reason.least} at most."
        )
    most = f"the priorities have {reason.most} {_group(reason.group)} at most"
    return f"Of the {actions} actions, {most}, and the overall row needs at least {reason.least}."


def needed_actions(found: Reconciliation) -> str:
    """How many actions a low overall share needs, because some priorities need so many of that status.

    "" where that is no news: no more than the rows need by themselves, or the numbers of actions are given.
    """
    overall = found.overall
    if overall is None or overall.found is None or overall.row.actions is not None:
        return ""
    if not all(one.found for one in found.priorities):
        return ""
    together = sum(one.found.actions for one in found.priorities if one.found)
    best, words = max(overall.found.actions, together), ""
    for status in STATUSES:
        share = overall.row.share(status.value)
        if not isinstance(share, int) or share == 100:
            continue
        needed = {one.row: least_count(one.row, status) for one in found.priorities}
        of_printed = {row: n for row, n in needed.items() if n and row.share(status.value) is not None}
        all_needed = sum(needed.values())
        fewest, fewest_all = (_fewest(total, share) for total in (sum(of_printed.values()), all_needed))
        if not of_printed or fewest <= best:
            continue
        best = fewest
        listing = listed([f"{n} in {row.scope}" for row, n in of_printed.items()])
        others = listed([f"{n} in {row.scope}" for row, n in needed.items() if n and row not in of_printed])
        also = f" With {others}, by its other figures, it takes {fewest_all}." if fewest_all > fewest else ""
        count = sum(of_printed.values())
        claim = "is too low" if found.reason is not None else "needs a large plan"
        actions = f"{count} {plural(count, 'action')} {plural(count, 'is', 'are')}"
        words = (
            f"{share}% {label(status)} {claim}. At least {actions} {label(status)}: {listing}. "
            f"{count} is {share}% only in a plan of {fewest} actions or more.{also}"
        )
    return words


def _fewest(count: int, share: int) -> int:
    """The fewest actions of which a count rounds to the share or to less."""
    return 200 * count // (2 * share + 1) + 1 if count else 0
