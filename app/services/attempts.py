"""Several pieces of work in one transaction, each tried whatever became of those before it."""

from collections.abc import Callable, Iterable
from typing import Any, TypeVar

from sqlalchemy import Connection

from app.errors import ServiceError

Result = TypeVar("Result", bound=Any)


def attempts(
    db: Connection, works: Iterable[Callable[[], Result]]
) -> tuple[list[Result], dict[int, ServiceError]]:
    """What each piece of work gave, and the errors of those that cannot be done, by their place.

    Nothing stays of a piece that fails, and those after it are tried as if it had not been asked for. The
    caller takes the others back where there is an error: that none may stay is not decided here.
    """
    results: list[Result] = []
    errors: dict[int, ServiceError] = {}
    for place, work in enumerate(works):
        try:
            with db.begin_nested():
                results.append(work())
        except ServiceError as error:
            errors[place] = error
    return results, errors
