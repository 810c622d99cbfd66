"""Reading as at a day: which day, and which states stand on it."""

from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Date, bindparam

from app.entries.fold import FOREVER
from app.errors import invalid

DAY = bindparam("day", type_=Date)


def day(given: date | None, today: date, pointer: str = "/as_at") -> date:
    """The day to answer for: today unless given. Raises Invalid for a day still to come."""
    if given is not None and given > today:
        raise invalid(pointer, f"Give today, {today}, or an earlier day: this day has not come yet.")
    return given or today


def stands(state: Any, *, today: bool) -> ColumnElement[bool]:
    """Whether a row of a table of states (its columns) stands on the day of the parameter ``day``.

    No entry is effective after today, so what stands today is what has no end: one seek in the index.
    """
    found: ColumnElement[bool] = (
        state.valid_to == FOREVER if today else (state.valid_to > DAY) & (state.valid_from <= DAY)
    )
    return found


COMPARE = bindparam("compare", type_=Date)


def earlier_day(given: date, later: date, pointer: str = "/compare") -> date:
    """The day to compare with. Raises Invalid for one after the day that is compared with it."""
    if given > later:
        raise invalid(pointer, f"Give {later} or an earlier day: a comparison looks back from that day.")
    return given


def stood(state: Any) -> ColumnElement[bool]:
    """Whether a row of states stood on the day ``compare``, on the later ``day``, or on both."""
    # One range of the index: as an OR of two days the database would read it twice.
    found: ColumnElement[bool] = (
        (state.valid_to > COMPARE)
        & (state.valid_from <= DAY)
        & ((state.valid_from <= COMPARE) | (state.valid_to > DAY))
    )
    return found


def differs(state: Any) -> ColumnElement[bool]:
    """Whether a row that ``stood`` did so on one of the days alone: something was recorded in between."""
    found: ColumnElement[bool] = (state.valid_from > COMPARE) | (state.valid_to <= DAY)
    return found
