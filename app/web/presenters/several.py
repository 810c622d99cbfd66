"""The form that updates one action or several in one pass: short rows, each read as one update."""

import re
from collections.abc import Iterable, Mapping, Sequence
from hashlib import sha256
from typing import Any, NamedTuple
from uuid import UUID

from app.errors import invalid
from app.plans.statuses import Status
from app.sentences.words import numeral, sentence_case
from app.web.forms import DATE_PARTS, Form
from app.web.presenters import updates
from app.web.presenters.actions import due_words, flag_words, soft_words
from app.web.presenters.dates import long_date, today_if_empty
from app.web.visits import Visit

MOST = 20
"""So many actions stand in one form: more would be a page that nobody gets to the end of."""
_TEXTS = ("status", "narrative", "path_to_green", "reason")
_DATE = "forecast_on"
_OF_ROW = ("status", "narrative", "path_to_green", _DATE, "reason")
_FOR_ALL = "effective_on"
HOME = "/my-actions"
_WAYS_BACK = (HOME, "/my-priority")
_OF_A_PLAN = re.compile(r"/plans/[0-9a-f-]{36}/updates")


class SentRow(NamedTuple):
    """The row of one action as it was sent; ``form`` is the update that it states.

    ``version`` and ``was`` are the action's version and status when the form was shown.
    """

    number: int
    action_id: UUID
    version: int
    was: str
    form: Form

    @property
    def is_filled(self) -> bool:
        """Whether the row says anything: one that was left alone is no update."""
        names = [*_TEXTS[1:], *(f"{_DATE}-{part}" for part in DATE_PARTS)]
        return self.form.value("status") != self.was or any(self.form.text(name) for name in names)


class Row(NamedTuple):
    """The row of one action as it is shown. ``carried`` says which action it is, and which version."""

    number: int
    carried: str
    href: str
    name: str
    status: str
    due: str
    loud: tuple[str, ...]
    soft: tuple[str, ...]
    latest: str
    latest_by: str
    since: str
    hints: Mapping[str, str]
    options: list[tuple[str, str, str]]
    needs: str
    is_stale: bool
    more_is_open: bool


def new_form(found: Sequence[Mapping[str, Any]]) -> Form:
    """The form as it is first shown: the present statuses chosen, everything else empty."""
    return whole({f"status-{number}": one["status"] for number, one in enumerate(found, start=1)})


def whole(typed: Mapping[str, str]) -> Form:
    """The form as it was sent, all rows in one: a field has its row's number behind its name."""
    numbers = range(1, MOST + 1)
    order = [f"{name}-{number}" for number in numbers for name in _OF_ROW]
    dates = [_FOR_ALL, *(f"{_DATE}-{number}" for number in numbers)]
    return Form(typed, order=[*order, _FOR_ALL], dates=dates)


def sent_rows(typed: Mapping[str, str]) -> list[SentRow]:
    """The rows that were sent. Raises Invalid for what this form does not send."""
    found = []
    for number in range(1, MOST + 1):
        if f"row-{number}" not in typed:
            break
        found.append(_sent_row(typed, number))
    if not found or len({row.action_id for row in found}) < len(found):
        raise invalid("", "Choose at least one action to update, each once.")
    return found


def _sent_row(typed: Mapping[str, str], number: int) -> SentRow:
    try:
        action_id, version, was = typed[f"row-{number}"].split(" ")
        read = UUID(action_id), int(version)
    except ValueError:
        raise invalid(
            "", "Part of this form is missing. Open the page again and send the form from there."
        ) from None
    own = {name: typed.get(f"{name}-{number}", "") for name in _TEXTS}
    for part in DATE_PARTS:
        own[f"{_DATE}-{part}"] = typed.get(f"{_DATE}-{number}-{part}", "")
        own[f"{_FOR_ALL}-{part}"] = typed.get(f"{_FOR_ALL}-{part}", "")
    return SentRow(number, *read, was, updates.sent(own))


def carry(form: Form, row: SentRow, ref: str) -> None:
    """Bring what is wrong with a row to the whole form, each at its field and with the action's ref."""
    for name in ("", *updates.FIELDS):
        message = row.form.error(name)
        if not message:
            continue
        if name == _FOR_ALL:
            form.fault(name, message, _parts(row.form, name))
            continue
        # What the short row has no field for is said at its first.
        field = name if name in _OF_ROW else "status"
        form.fault(f"{field}-{row.number}", f"{ref}: {message}", _parts(row.form, name))


def _parts(form: Form, name: str) -> tuple[str, ...]:
    marked = tuple(part for part in DATE_PARTS if form.part_at_fault(name, part))
    return marked if len(marked) < len(DATE_PARTS) else ()


def several_page(
    visit: Visit,
    found: Sequence[Mapping[str, Any]],
    form: Form,
    back: str,
    *,
    versions: Mapping[UUID, tuple[int, str]],
    stale: Sequence[UUID] = (),
    left_out: int = 0,
    more: int = 0,
) -> dict[str, Any]:
    """The form with a row for each action.

    ``versions`` are the version and the status that each row was filled in for; ``stale`` are those that
    somebody else updated since. ``left_out`` of the chosen may not be updated, ``more`` do not fit.
    """
    rows = [
        _row(visit, one, number, form, versions.get(one["id"]), one["id"] in stale)
        for number, one in enumerate(found, start=1)
    ]
    single = found[0] if len(found) == 1 else None
    return {
        "section": "my_actions",
        "heading": f"Update {single['ref']}" if single else f"Update {len(rows)} actions",
        "rows": rows,
        "is_single": single is not None,
        "form": form,
        "back": back,
        "draft": draft_address(one["id"] for one in found),
        "left_out": _left_out(left_out),
        "more": _more(more),
        "for_all_hint": f"{today_if_empty(visit.at.today)} An earlier date may need a reason"
        + (" in each update." if not single else ".")
        + " The status Complete takes this date as its completion date.",
        "for_all_is_open": bool(form.error(_FOR_ALL) or _has_date(form, _FOR_ALL)),
    }


def _left_out(number: int) -> str:
    if not number:
        return ""
    return f"{sentence_case(numeral(number))} of the chosen actions " + (
        "is left out: it is withdrawn, or it is for others to update."
        if number == 1
        else "are left out: they are withdrawn, or they are for others to update."
    )


def _more(number: int) -> str:
    if not number:
        return ""
    return f"The first {MOST} are shown. Save them, then choose the other {number}."


def _row(
    visit: Visit,
    action: Mapping[str, Any],
    number: int,
    form: Form,
    filled_for: tuple[int, str] | None,
    is_stale: bool,
) -> Row:
    latest = action["latest_update"]
    today = visit.at.today
    # A stale row is for what is shown now: whoever sends it again has seen both versions.
    version, was = filled_for if filled_for and not is_stale else (action["version"], action["status"])
    options = updates.status_options(action, today)
    names = [f"{name}-{number}" for name in ("path_to_green", _DATE, "reason")]
    return Row(
        number=number,
        carried=f"{action['id']} {version} {was}",
        href=f"/actions/{action['id']}",
        name=f"{action['ref']} {action['title']}",
        status=action["status"],
        due=due_words(action),
        loud=flag_words(action, today),
        soft=soft_words(action),
        latest=latest["narrative"] if latest else "",
        latest_by=f"{latest['author_name']}, {long_date(latest['effective_on'])}" if latest else "",
        since=f" since {long_date(latest['effective_on'])}" if latest else "",
        hints=updates.hints(action, today),
        options=[(value, label, "") for value, label, _ in options],
        needs=_needs(options),
        is_stale=is_stale,
        more_is_open=any(form.error(name) or form.text(name) or _has_date(form, name) for name in names),
    )


def _needs(options: Sequence[tuple[str, str, str]]) -> str:
    """Which statuses need a reason, and why: "On target: give a reason for the move from delayed..."."""
    told = [(label, note) for value, label, note in options if note and value != Status.complete]
    return " ".join(f"{label}: {note[:1].lower()}{note[1:]}." for label, note in told)


def _has_date(form: Form, name: str) -> bool:
    return any(form.text(f"{name}-{part}") for part in DATE_PARTS)


def back_of(typed: str) -> str:
    """The page to go back to: the one that was named, or the visitor's own actions.

    Only pages of the service that lead to this form: anything else could send people to another site.
    """
    path = typed.partition("?")[0]
    is_ours = path in _WAYS_BACK or bool(_OF_A_PLAN.fullmatch(path))
    return typed if is_ours and typed.isascii() and typed.isprintable() and len(typed) < 1000 else HOME


def draft_address(ids: Iterable[UUID]) -> str:
    """Where what is typed about these actions is kept: one place for each set of them."""
    named = " ".join(sorted(map(str, ids)))
    return f"/updates?of={sha256(named.encode()).hexdigest()[:16]}"


def back_with(back: str, saved: str) -> str:
    """The page to go back to, saying what was saved: a number, or "already"."""
    return f"{back}{'&' if '?' in back else '?'}saved={saved}"


def nothing_page(back: str, named: int) -> dict[str, Any]:
    """Where no action was chosen, or none that the visitor may update; ``named`` is how many were."""
    return {
        "section": "my_actions",
        "heading": "Nothing to update",
        "words": "You can update the actions that you lead or co-lead, while they are not withdrawn. Ask an "
        "editor about others."
        if named
        else "No action was chosen. Go back, choose one or more, and open this form again.",
        "back": back,
    }


def saved_words(saved: str) -> str:
    """What was just saved, in words; "" for nothing, and for what no form says."""
    if saved == "already":
        return "These updates were saved already, so they are recorded once."
    if not (saved.isascii() and saved.isdigit()) or not 0 < int(saved[:4]) <= MOST:
        return ""
    number = int(saved)
    return "Your update is saved." if number == 1 else f"Your {number} updates are saved."
