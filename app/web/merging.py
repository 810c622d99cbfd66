"""The form of the page with both versions, read: each field with the side that was chosen for it."""

from collections.abc import Mapping

MERGING, UNRESOLVED = "merging", "unresolved"
KEEP, THEIRS = "keep:", "theirs:"
"""Names of inputs: ``keep:due_on`` is the choice, ``theirs:due_on:due_on-day`` what was saved of it."""
SAVED, YOURS = "saved", "yours"
NO_VERSION = "0"


def merged(typed: Mapping[str, str]) -> dict[str, str]:
    """What a form means once the choices of the page with both versions are made; any other form as it is.

    Where a choice is missing the form has a version that no record has, so that both are shown again, and
    names the fields in ``unresolved``. Going back to edit takes yours there.
    """
    if MERGING not in typed:
        return dict(typed)
    found = {
        name: value
        for name, value in typed.items()
        if name not in (MERGING, UNRESOLVED) and not name.startswith((KEEP, THEIRS))
    }
    unresolved = []
    for key, saved in _saved(typed).items():
        kept = typed.get(f"{KEEP}{key}", "")
        if kept == SAVED:
            for name, value in saved.items():
                found.pop(name, None)
                if value:
                    found[name] = value
        elif kept != YOURS:
            unresolved.append(key)
    if unresolved and "edit" not in typed:
        found["version"] = NO_VERSION
        found[UNRESOLVED] = " ".join(unresolved)
    return found


def _saved(typed: Mapping[str, str]) -> dict[str, dict[str, str]]:
    """What was saved, by field: the inputs of each with their values."""
    found: dict[str, dict[str, str]] = {}
    for name, value in typed.items():
        if name.startswith(THEIRS):
            key, _, one = name.removeprefix(THEIRS).partition(":")
            found.setdefault(key, {})[one] = value
    return found
