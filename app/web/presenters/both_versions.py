"""Both versions of something that somebody else saved while it was written: field by field, with a choice."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any, NamedTuple
from uuid import UUID

from app.web.forms import DATE_PARTS, Form, Problem
from app.web.merging import KEEP, SAVED, THEIRS, YOURS
from app.web.opened import digests, seen_of

_CARRIED = frozenset({"version", "seen", "unresolved", "edit", "draft"})


class Both(NamedTuple):
    """A field of both versions, in words; ``saved_typed`` is what fills its inputs as it is saved.

    ``yours`` is "" where nothing was typed. ``has_choice`` is False where yours stands beside what is saved
    and replaces nothing, as the narrative of an update does.
    """

    name: str
    label: str
    saved: str
    yours: str
    saved_typed: Mapping[str, str]
    has_choice: bool = True

    @property
    def is_same(self) -> bool:
        """Whether both say the same."""
        return self.saved == self.yours


class Row(NamedTuple):
    """A field as the page shows it. ``chosen`` is the side that is chosen beforehand, "" for none."""

    name: str
    label: str
    saved: str
    yours: str
    is_same: bool
    has_choice: bool
    chosen: str


STAYS = "Nothing typed, stays as saved"
IS_EMPTY = "Nothing typed"


class Stale(NamedTuple):
    """What the page is about. ``what`` was saved meanwhile ("the period", "an update"); ``path`` takes the
    form, ``back`` is the record's page. ``submit`` is the first button. ``empty`` is what a field that was
    left empty means. ``left_out`` are inputs that are not to be carried on.
    """

    record_id: UUID
    caption: str
    heading: str
    what: str
    section: str
    path: str
    back: str
    version: int
    submit: str = "Save what you chose"
    empty: str = IS_EMPTY
    left_out: Collection[str] = ()


def dates(*names: str) -> list[str]:
    """The inputs of date fields."""
    return [f"{name}-{part}" for name in names for part in DATE_PARTS]


def both(
    name: str,
    label: str,
    words: tuple[str, str],
    inputs: Sequence[str],
    saved: Form,
    *,
    has_choice: bool = True,
) -> Both:
    """A field, in ``words`` as saved and as typed; ``saved`` is the form filled from the record."""
    typed = {one: saved.value(one) for one in inputs}
    return Both(name, label, words[0], words[1], typed, has_choice)


def stale_content(found: Stale, form: Form, lines: Sequence[Both]) -> dict[str, Any]:
    """What the page with both versions shows, and what its form carries hidden."""
    unresolved = form.value("unresolved").split()
    seen = digests(form.value("seen"))
    saved_typed = {name: value for line in lines for name, value in line.saved_typed.items()}
    rows = [_row(line, form, seen, unresolved) for line in lines if line.saved or line.yours]
    choices = {row.name for row in rows if row.has_choice}
    carried = [
        (name, value)
        for name, value in form.typed.items()
        if name not in _CARRIED and name not in found.left_out and not name.startswith((KEEP, THEIRS))
    ]
    carried += [
        (f"{THEIRS}{line.name}:{name}", value)
        for line in lines
        if line.name in choices
        for name, value in line.saved_typed.items()
    ]
    return {
        **found._asdict(),
        "version": str(found.version),
        "rows": rows,
        "carried": [*carried, ("merging", "1"), ("seen", seen_of(saved_typed))],
        "has_choices": bool(choices),
        "problems": [
            Problem(f"Choose which version of “{row.label}” to keep", f"keep-{row.name}")
            for row in rows
            if row.name in unresolved and row.has_choice
        ],
    }


def _row(line: Both, form: Form, seen: Mapping[str, str] | None, unresolved: Collection[str]) -> Row:
    # Nothing typed leaves what is saved as it is, where the form says so: there is nothing to choose.
    has_choice = line.has_choice and not line.is_same
    chosen = _chosen(line, form, seen) if has_choice and line.name not in unresolved else ""
    return Row(line.name, line.label, line.saved, line.yours, line.is_same, has_choice, chosen)


def _chosen(line: Both, form: Form, seen: Mapping[str, str] | None) -> str:
    """The side that alone has changed since the form was opened; "" where both have, or nobody knows."""
    if seen is None:
        return ""
    mine = {name: form.value(name) for name in line.saved_typed}
    is_mine_changed = _differs(mine, seen)
    is_saved_changed = _differs(line.saved_typed, seen)
    if is_mine_changed == is_saved_changed:
        return ""
    return YOURS if is_mine_changed else SAVED


def _differs(typed: Mapping[str, str], seen: Mapping[str, str]) -> bool:
    now = digests(seen_of(typed)) or {}
    return any(now.get(name, "") != seen.get(name, "") for name in typed)
