"""The form that puts priorities, or the actions under one, in another order: a number for each."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple
from uuid import UUID

from app.services.ordering import MOST_ORDERED
from app.web.forms import Form
from app.web.presenters.plan_forms import labelled
from app.web.record_forms import NOT_WHOLE

_OVERTAKEN = (
    "The order has changed since you opened this page. It is shown as it is now, with your numbers. Check "
    "it, then save again"
)


class Row(NamedTuple):
    """One of those in order. ``field`` is the name of its number."""

    field: str
    ref: str
    title: str
    href: str


class Order(NamedTuple):
    """What is put in order, as it stands now, and what stands around it."""

    heading: str
    caption: tuple[str, str]
    noun: str
    note: str
    ids: list[UUID]
    rows: list[Row]
    back: str
    has_reason: bool


class Meant(NamedTuple):
    """An order that was typed: the ids as they were shown, and as they are wanted."""

    seen: list[UUID]
    wanted: list[UUID]
    reason: str | None
    typed: Mapping[UUID, str]


def of_priorities(plan: Mapping[str, Any], found: Sequence[Mapping[str, Any]]) -> Order:
    """The order of a plan's priorities."""
    noun = plan["priority_label"]
    return Order(
        heading=f"Order of the {labelled(noun)}",
        caption=(plan["title"], f"/plans/{plan['id']}"),
        noun=noun.capitalize(),
        note="Refs stay as they are.",
        ids=[one["id"] for one in found],
        rows=_rows(found, "ref", "/priorities"),
        back=f"/plans/{plan['id']}",
        has_reason=False,
    )


def of_points(
    plan: Mapping[str, Any], priority: Mapping[str, Any], found: Sequence[Mapping[str, Any]]
) -> Order:
    """The order of the actions under a priority."""
    href = f"/priorities/{priority['id']}"
    return Order(
        heading=f"Order of the actions of {priority['ref']}",
        caption=(priority["title"], href),
        noun="Action",
        note=(
            "Actions stand in the order of their refs, so a new order gives the same refs to "
            "other actions, from today on. Pages as at an earlier day, and published periods, keep "
            "the old ones."
        ),
        ids=[one["id"] for one in found],
        rows=_rows(found, "under", "/actions"),
        back=href,
        has_reason=True,
    )


def _rows(found: Sequence[Mapping[str, Any]], ref: str, path: str) -> list[Row]:
    return [
        Row(f"place_{number}", one[ref], one["title"], f"{path}/{one['id']}")
        for number, one in enumerate(found, start=1)
    ]


def fresh(found: Sequence[Mapping[str, Any]]) -> Form:
    """The form as it is first shown: everything at its place."""
    return _form({f"place_{number}": str(number) for number in range(1, len(found) + 1)}, len(found))


def meant(typed: Mapping[str, str], shown: Order) -> tuple[Form, Meant | None]:
    """The form as it was sent, and the order that it means; None, and what is wrong, if it means none.

    What has another number than its place goes there; the others fill the places that are left, in the order
    in which they stood.
    """
    seen = _ids(typed.get("seen", ""))
    count = len(seen or shown.ids)
    form = _form(typed, count)
    if seen is None:
        form.fault("", NOT_WHOLE)
        return form, None
    given = {one: form.number(f"place_{number}", "The place") for number, one in enumerate(seen, start=1)}
    moved: dict[int, UUID] = {}
    for number, (one, place) in enumerate(given.items(), start=1):
        field = f"place_{number}"
        if form.error(field) or place == number:
            continue
        if place is None or not 1 <= place <= count:
            form.fault(field, f"Give a number from 1 to {count}")
        elif place in moved:
            form.fault(field, f"Give another number: place {place} was given to two")
        else:
            moved[place] = one
    if shown.has_reason and form.text("reason") is None:
        form.fault("reason", "Give a reason: papers name actions by their refs")
    if form.problems:
        return form, None
    rest = iter([one for one in seen if one not in moved.values()])
    wanted = [moved[place] if place in moved else next(rest) for place in range(1, count + 1)]
    numbers = {one: str(place) for place, one in moved.items()}
    return form, Meant(seen, wanted, form.text("reason"), numbers)


def overtaken(shown: Order, wanted: Meant) -> Form:
    """The form on the order as it is now, with the numbers that were typed."""
    typed = {
        row.field: wanted.typed.get(one, row.field.removeprefix("place_"))
        for row, one in zip(shown.rows, shown.ids, strict=True)
    }
    form = _form({**typed, "reason": wanted.reason or ""}, len(shown.ids))
    form.fault("", _OVERTAKEN)
    return form


def kept(form: Form, shown: Order) -> Form:
    """The form with the numbers that were typed before and not saved, on the order as it is now."""
    if form.value("seen").split() == [str(one) for one in shown.ids]:
        return form
    _, wanted = meant(form.typed, shown)
    if wanted is None:
        return _form({row.field: row.field.removeprefix("place_") for row in shown.rows}, len(shown.rows))
    return overtaken(shown, wanted)


def content(shown: Order, form: Form) -> dict[str, Any]:
    """The page. More than a form can hold are told how else their refs change."""
    return {
        "section": "plans",
        "heading": shown.heading,
        "shown": shown,
        "form": form,
        "seen": " ".join(map(str, shown.ids)),
        "most": MOST_ORDERED if len(shown.rows) > MOST_ORDERED else 0,
    }


def _form(typed: Mapping[str, str], count: int) -> Form:
    return Form(typed, order=[*(f"place_{number}" for number in range(1, count + 1)), "reason"])


def _ids(carried: str) -> list[UUID] | None:
    """The ids that the form carries; None unless it carries some, each once."""
    try:
        found = [UUID(one) for one in carried.split()]
    except ValueError:
        return None
    return found if found and len(set(found)) == len(found) <= MOST_ORDERED else None
