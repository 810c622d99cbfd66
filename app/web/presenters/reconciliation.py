"""The form for published percentages, what is typed in it, and the verdicts as a page."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from app.plans.published import ACTIONS, COLUMNS, FIELDS, MOST_SCOPES, BadFigures
from app.plans.reconcile import OVERALL, Reconciliation, Scope
from app.plans.rounding import COMBINED, SHARES
from app.sentences.impossible_rows import share_words, why_not
from app.sentences.reconciliation import beside_headline, headline, needed_actions, reasons
from app.sentences.words import plural, sentence_case
from app.web.forms import Form

MOST_ROWS = 13
"""Rows of the table: seven fields each, within what a form may hold. More scopes are pasted as CSV."""
_EMPTY_ROWS = 5
_MOST_MESSAGES = 3
LABELS = {
    "scope": "Scope",
    "complete": "Complete",
    "on_target": "On target",
    "delayed": "Delayed",
    "not_started": "Not started",
    COMBINED: "Complete or on target",
    ACTIONS: "Actions",
}


class TypedRow(NamedTuple):
    """A row of the form that holds anything: its number there, from 1, and what is typed in it."""

    number: int
    typed: dict[str, str]


class Cell(NamedTuple):
    """A figure as printed, and its count among the fewest actions that give the row ("" where none do)."""

    label: str
    printed: str
    counted: str


class Row(NamedTuple):
    """A row of the table of verdicts."""

    scope: str
    key: str
    actions: str
    cells: list[Cell]
    is_possible: bool
    result: str


def new_form(plan: Mapping[str, Any] | None, priorities: Sequence[str]) -> Form:
    """The form as it is first shown: the scopes of a plan by their refs, no figures."""
    scopes = [OVERALL, *priorities] if priorities else [OVERALL, *[""] * _EMPTY_ROWS]
    typed = {"plan": str(plan["id"]) if plan else ""}
    if len(scopes) > MOST_ROWS:
        blank = "," * (len(COLUMNS) - 1)
        lines = [",".join(COLUMNS), *(f'"{scope}"{blank}' for scope in scopes)]
        return sent({**typed, "csv": "\n".join(lines)})
    return sent(
        {**typed, **{name_of("scope", number): scope for number, scope in enumerate(scopes, start=1)}}
    )


def name_of(field: str, number: int) -> str:
    """The name of a field of a row."""
    return f"{field}-{number}"


def sent(typed: Mapping[str, str]) -> Form:
    """The form as it was sent."""
    order = [name_of(field, number) for number in range(1, MOST_ROWS + 1) for field in FIELDS]
    return Form(typed, order=[*order, "csv"])


def row_numbers(form: Form) -> list[int]:
    """The rows that the form has, whether anything is typed in them or not."""
    return [number for number in range(1, MOST_ROWS + 1) if form.has(name_of("scope", number))]


def typed_rows(form: Form) -> list[TypedRow]:
    """The rows in which a percentage is typed: a scope alone, as the form is prefilled, says nothing."""
    rows = [
        TypedRow(number, {field: form.text(name_of(field, number)) or "" for field in FIELDS})
        for number in row_numbers(form)
    ]
    return [row for row in rows if any(row.typed[name] for name in SHARES)]


def is_one_of_both(form: Form, pasted: str | None, rows: Sequence[TypedRow]) -> bool:
    """Whether figures are typed or rows pasted, not both and not neither; else that is a problem."""
    if form.problems:
        return False
    if pasted and rows:
        form.fault("csv", "Fill in the table or paste rows, not both: empty one of them")
    elif not pasted and not rows:
        numbers = row_numbers(form)
        where = name_of("complete", numbers[0]) if numbers else "csv"
        form.fault(where, "Type at least one percentage, or paste rows of a CSV file")
    return not form.problems


def take(form: Form, error: BadFigures, rows: Sequence[TypedRow] | None) -> None:
    """Record what is wrong at the field where it was typed; all of it at the text where that was pasted."""
    if rows is None:
        messages = [flaw.message for flaw in error.flaws[:_MOST_MESSAGES]]
        more = len(error.flaws) - len(messages)
        if more:
            messages.append(f"There {plural(more, 'is', 'are')} {more} more to correct.")
        form.fault("csv", " ".join(messages))
        return
    for flaw in error.flaws:
        if flaw.place is None:
            form.fault("csv", flaw.message)
            continue
        row = rows[flaw.place]
        what = row.typed["scope"] and sentence_case(row.typed["scope"])
        if flaw.is_whole:
            what = what if flaw.field != "scope" else ""
        else:
            what = f"{what or f'Row {row.number}'}, {LABELS[flaw.field].lower()}"
        form.fault(
            name_of(flaw.field, row.number), f"{what or f'Row {row.number}'}: {_lowered(flaw.message)}"
        )


def form_page(plan: Mapping[str, Any] | None, form: Form, query: str = "") -> dict[str, Any]:
    """The form; ``query`` is the day that its address keeps."""
    return {
        "section": "data_quality",
        "heading": "Check published percentages",
        "plan": (plan["title"], f"/plans/{plan['id']}") if plan else None,
        "form": form,
        "query": query,
        "rows": [
            (number, form.value(name_of("scope", number)).strip() or f"row {number}")
            for number in row_numbers(form)
        ],
        "labels": LABELS,
        "columns": ", ".join(FIELDS),
        "most": MOST_SCOPES,
    }


def result_page(
    plan: Mapping[str, Any] | None, found: Reconciliation, form: Form, query: str = ""
) -> dict[str, Any]:
    """The verdict first, the reasons next, the table last; ``form`` is what was typed, to be changed."""
    number = len(found.scopes)
    return {
        "section": "data_quality",
        "heading": "Reconciliation result",
        "plan": (plan["title"], f"/plans/{plan['id']}") if plan else None,
        "again": f"/reconcile?plan={plan['id']}{query.replace('?', '&')}" if plan else "/reconcile",
        "query": query,
        "typed": [(name, form.value(name)) for name in _names() if form.has(name)],
        "own": {},
        "said": "",
        "is_possible": found.is_possible,
        "headline": headline(found),
        "lead": beside_headline(found),
        "reasons": _reasons(found),
        "labels": [LABELS[name] for name in SHARES],
        "rows": [_row(one) for one in found.scopes],
        "checked": f"Checked: {number} {plural(number, 'row')}. What you typed is not kept.",
    }


def _reasons(found: Reconciliation) -> list[tuple[str, str]]:
    """Why: each first what is wrong, then the figures; the overall row first, then impossible rows."""
    told = []
    for words in (reasons(found)[1], needed_actions(found)):
        claim, _, why = words.partition(". ")
        if words:
            told.append((f"{claim}.", why) if why else ("Overall and the priorities.", words))
    told += [
        (f"{one.row.scope}.", sentence_case(why_not(one).removeprefix("Impossible: ")))
        for one in found.scopes
        if not one.found
    ]
    return told


def _names() -> list[str]:
    numbers = range(1, MOST_ROWS + 1)
    return ["plan", *(name_of(field, number) for number in numbers for field in FIELDS), "csv"]


def _row(one: Scope) -> Row:
    counts = dict(one.counts or {})
    if counts:
        counts[COMBINED] = counts["complete"] + counts["on_target"]
    known = one.row.actions is not None
    actions = ""
    if one.found:
        noun = plural(one.found.actions, "action")
        actions = f"{one.found.actions} {noun}" if known else f"at least {one.found.actions} {noun}"
    elif one.row.actions is not None:
        actions = f"{one.row.actions} {plural(one.row.actions, 'action')}"
    return Row(
        scope=sentence_case(one.row.scope),
        key=one.row.scope.casefold(),
        actions=actions,
        cells=[
            Cell(LABELS[name], share_words(one.row.share(name)), str(counts[name]) if counts else "")
            for name in SHARES
        ],
        is_possible=one.found is not None,
        result="Possible by itself" if one.found else "Impossible",
    )


def _lowered(text: str) -> str:
    return text[:1].lower() + text[1:]
