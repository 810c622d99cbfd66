"""Fields of filters that lists of actions and of risks share: people, words of records, days."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from app.errors import invalid
from app.web.presenters import lists

NOBODY = "none"
"""What an address says for records without such a person."""
LONGEST = 300
"""Characters of a text that is asked for: as long as the longest text that a list is filtered by."""


def text_typed(typed: Mapping[str, str], name: str, longest: int = LONGEST) -> str:
    """A text as an address asks for it."""
    return typed.get(name, "").replace("\x00", "").strip()[:longest]


def person_id(typed: str) -> UUID | None:
    """The person that a filter asks for; None for nobody in particular."""
    return UUID(typed) if typed not in ("", NOBODY) else None


def has_person(typed: str) -> bool | None:
    """False where a filter asks for records without such a person."""
    return False if typed == NOBODY else None


def day_of(typed: str) -> date | None:
    """The day that a filter asks for."""
    return date.fromisoformat(typed) if typed else None


def check_person(name: str, typed: str, message: str) -> None:
    """Raise Invalid for what is no person that a form offers."""
    if typed != NOBODY:
        check(name, UUID, typed, message)


def check_days(asked: Any, labels: Mapping[str, str]) -> None:
    """Raise Invalid for what is no date, of the fields with these labels."""
    for name, label in labels.items():
        check(name, date.fromisoformat, getattr(asked, name), f"Give “{label.lower()}” as a date.")


def check_offered(name: str, typed: str, offered: Iterable[str], message: str) -> None:
    """Raise Invalid for a value that a form does not offer."""
    if typed and typed not in {*offered}:
        raise invalid(f"/{name}", message)


def check(name: str, read: Any, typed: str, message: str) -> None:
    """Raise Invalid for a value that cannot be read."""
    if typed:
        try:
            read(typed)
        except ValueError:
            raise invalid(f"/{name}", message) from None


def people_options(
    people: Sequence[Mapping[str, Any]],
    counts: Mapping[str, int],
    chosen: str,
    every: tuple[str, int],
    none: tuple[str, int],
) -> list[tuple[str, str]]:
    """Anyone, nobody, then the people that the other filters leave; who is chosen stays offered.

    ``counts`` are by the text of a person's id; ``every`` and ``none`` are words with their counts.
    """
    found = [("", lists.counted(*every)), (NOBODY, lists.counted(*none))]
    for value, words in named_apart(people):
        if counts.get(value) or value == chosen:
            found.append((value, lists.counted(words, counts.get(value, 0))))
    if chosen not in {value for value, _ in found}:
        found.append((chosen, lists.counted("The chosen person", 0)))
    return found


def word_options(counts: Mapping[str | None, int], chosen: str) -> list[tuple[str, str]]:
    """Any, then the words that records have, from A; what is chosen stays offered. [] without any."""
    words = sorted({*filter(None, counts), *filter(None, [chosen])}, key=str.casefold)
    if not words:
        return []
    found = [(one, lists.counted(one, counts.get(one, 0))) for one in words]
    return [("", lists.counted("Any", sum(counts.values()))), *found]


def code_options(labels: Mapping[Any, str], counts: Mapping[Any, int]) -> list[tuple[str, str]]:
    """Any, then the codes in the order of their labels."""
    found = [(str(code), lists.counted(label, counts.get(code, 0))) for code, label in labels.items()]
    return [("", lists.counted("Any", sum(counts.values()))), *found]


def named_apart(people: Iterable[Mapping[str, Any]]) -> list[tuple[str, str]]:
    """Ids and names of people to choose from; where a name repeats, the organisation tells them apart."""
    found = list(people)
    counts = Counter(one["name"] for one in found)
    return [
        (
            str(one["id"]),
            one["name"]
            if counts[one["name"]] == 1
            else f"{one['name']} ({one['organisation'] or 'no organisation'})",
        )
        for one in found
    ]
