"""Published percentages as they are typed, sent or read from a CSV file; what is wrong with them, by field.

A share is blank (not published), a whole percentage (0: rounds to 0) or the word "none" (exactly zero).

**What is refused, and what is a verdict.** A misprint is what the reconciliation is for, so figures that are
merely impossible get a verdict. Refused is what no one could have meant. Four shares, each rounded half up,
add to 99 to 102: rounding moves their sum by at most two. Ten times that is taken as the limit: shares that
make up the whole (the four, or complete or on target with the other two) and add to less than 80 or more than
120 are a typing error, and so are fewer of them that add to more than 120.
"""

import csv
import io
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from app.plans.rounding import COMBINED, SHARES, STATUSES, Published, Share

NONE = "none"
ACTIONS = "actions"
COLUMNS = ("scope", *SHARES[:4])
OPTIONAL_COLUMNS = (COMBINED, ACTIONS)
FIELDS = (*COLUMNS, *OPTIONAL_COLUMNS)
LOWEST_SUM, HIGHEST_SUM = 80, 120
MOST_SCOPES = 100
MOST_ACTIONS = 1_000_000
LONGEST_SCOPE = 120
_WHOLES = (tuple(status.value for status in STATUSES), (COMBINED, "delayed", "not_started"))


class Flaw(NamedTuple):
    """One thing wrong: in which row (its place, from 0; None: the whole), in which field ("": the row)."""

    place: int | None
    field: str
    message: str
    is_whole: bool = False
    """Whether the message says by itself what it is about, so that no field needs naming."""

    def in_file(self, lines: "Sequence[Line]") -> "Flaw":
        """The same, with a message that names the row of a file and the field."""
        if self.place is None:
            return self
        line = lines[self.place]
        name = " ".join(line.typed["scope"].split())[:LONGEST_SCOPE]
        scope = f" ({name})" if name else ""
        about = f"{scope}, {self.field}"
        if self.is_whole:
            about = "" if self.field == "scope" else scope
        message = f"Row {line.number}{about}: {self.message[:1].lower()}{self.message[1:]}"
        return self._replace(message=message)


class BadFigures(ValueError):
    """Figures that are none; `flaws` names each row and field and says what to do."""

    def __init__(self, flaws: Sequence[Flaw]) -> None:
        self.flaws = tuple(flaws)
        super().__init__(" ".join(flaw.message for flaw in flaws))


class Line(NamedTuple):
    """A row of a file: its number, the header being row 1, and what is typed in it."""

    number: int
    typed: dict[str, str]


def read_csv(text: str) -> list[Line]:
    """Return the rows of a CSV file that hold anything. Columns that we do not know are ignored.

    Raises BadFigures for text that is not CSV, a column that is missing or there twice, too many cells.
    """
    if any(ord(letter) < 32 and letter not in "\t\r\n" for letter in text):
        raise BadFigures([Flaw(None, "", "The file is not text: save it as CSV UTF-8.")])
    reader = csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline=""), strict=True)
    try:
        cells = list(reader)
    except csv.Error as error:
        message = f"Line {reader.line_num} is not CSV ({error}): check its quotation marks."
        raise BadFigures([Flaw(None, "", message)]) from None
    header = [name.strip().casefold() for name in cells[0]] if cells else []
    _check_header(header)
    lines = []
    for number, row in enumerate(cells[1:], start=2):
        if not any(cell.strip() for cell in row):
            continue
        if any(cell.strip() for cell in row[len(header) :]):
            message = f"Row {number} has more cells than the header: put text with commas in quotation marks."
            raise BadFigures([Flaw(None, "", message)])
        typed = dict(zip(header, row, strict=False))
        lines.append(Line(number, {name: typed.get(name, "").strip() for name in FIELDS}))
    return lines


def _check_header(header: Sequence[str]) -> None:
    missing = [name for name in COLUMNS if name not in header]
    twice = [name for name in FIELDS if header.count(name) > 1]
    flaws = []
    if missing:
        message = (
            f"The first row must name these columns: {', '.join(COLUMNS)}. Missing: {', '.join(missing)}."
        )
        flaws = [Flaw(None, missing[0], message)]
    flaws += [Flaw(None, name, f"There is more than one column {name}: keep one.") for name in twice]
    if flaws:
        raise BadFigures(flaws)


def checked(rows: Sequence[Mapping[str, object]]) -> list[Published]:
    """Return the figures of rows whose fields are text, whole numbers or None.

    Raises BadFigures with everything that is wrong.
    """
    if not rows:
        raise BadFigures([Flaw(None, "", "There is no row: give the percentages of at least one scope.")])
    if len(rows) > MOST_SCOPES:
        raise BadFigures([Flaw(None, "", f"Give {MOST_SCOPES} scopes or fewer at a time.")])
    flaws: list[Flaw] = []
    found = [_row(place, row, flaws) for place, row in enumerate(rows)]
    _check_names(found, flaws)
    _check_actions(rows, flaws)
    for place, one in enumerate(found):
        _check_sums(place, one, flaws)
    if flaws:
        # One message a field, in the order of the rows.
        first = {(flaw.place, flaw.field): flaw for flaw in reversed(flaws)}
        raise BadFigures(sorted(first.values(), key=lambda flaw: (flaw.place or 0, FIELDS.index(flaw.field))))
    return found


def _row(place: int, row: Mapping[str, object], flaws: list[Flaw]) -> Published:
    shares: dict[str, Share] = {}
    for name in SHARES:
        try:
            shares[name] = share(row.get(name))
        except ValueError as error:
            flaws.append(Flaw(place, name, str(error)))
    actions = None
    try:
        actions = number_of_actions(row.get(ACTIONS))
    except ValueError as error:
        flaws.append(Flaw(place, ACTIONS, str(error)))
    scope = " ".join(str(row.get("scope") or "").split())
    if not scope or len(scope) > LONGEST_SCOPE:
        flaws.append(Flaw(place, "scope", f"Give the scope a name of 1 to {LONGEST_SCOPE} characters."))
    return Published(
        scope=scope,
        complete=shares.get("complete"),
        on_target=shares.get("on_target"),
        delayed=shares.get("delayed"),
        not_started=shares.get("not_started"),
        complete_or_on_target=shares.get(COMBINED),
        actions=actions,
    )


def share(value: object) -> Share:
    """Return the share that was given. Raises ValueError with what to do."""
    if value is None or value == "":
        return None
    if isinstance(value, str) and value.strip().casefold() == NONE:
        return "none"
    number = _whole(value.strip().removesuffix("%") if isinstance(value, str) else value)
    if number is None or number > 100:
        raise ValueError(
            f"Give a whole percentage from 0 to 100, {NONE} for exactly zero, or leave it blank."
        )
    return number


def number_of_actions(value: object) -> int | None:
    """Return the number of actions that was given. Raises ValueError with what to do."""
    if value is None or value == "":
        return None
    number = _whole(value)
    if number is None or not 1 <= number <= MOST_ACTIONS:
        raise ValueError(f"Give the number of actions as a whole number from 1 to {MOST_ACTIONS:,}.")
    return number


def _whole(value: object) -> int | None:
    """A whole number of few digits; None for everything else."""
    if isinstance(value, int) and not isinstance(value, bool):
        return value if value >= 0 else None
    typed = value.strip() if isinstance(value, str) else ""
    return int(typed) if typed.isascii() and typed.isdigit() and len(typed) <= 9 else None


def _check_names(rows: Sequence[Published], flaws: list[Flaw]) -> None:
    seen: set[str] = set()
    for place, row in enumerate(rows):
        name = row.scope.casefold()
        if name and name in seen:
            flaws.append(
                Flaw(
                    place, "scope", f"Scope {row.scope} is there twice. Give each scope once.", is_whole=True
                )
            )
        seen.add(name)


def _check_actions(rows: Sequence[Mapping[str, object]], flaws: list[Flaw]) -> None:
    missing = [place for place, row in enumerate(rows) if row.get(ACTIONS) is None or row[ACTIONS] == ""]
    if 0 < len(missing) < len(rows):
        message = "Give the number of actions for every scope or for none."
        flaws += [Flaw(place, ACTIONS, message) for place in missing]


def _check_sums(place: int, row: Published, flaws: list[Flaw]) -> None:
    for names in _WHOLES:
        given = {name: row.share(name) for name in names}
        numbers = [one if isinstance(one, int) else 0 for one in given.values() if one is not None]
        total = sum(numbers)
        is_whole = None not in given.values()
        # A field that is wrong by itself is not known, so the rest may well add to less.
        is_low = is_whole and total < LOWEST_SUM
        if total > HIGHEST_SUM or is_low:
            last = [name for name, one in given.items() if one is not None][-1]
            listed = " + ".join(str(number) for number in numbers)
            number = ("two", "three", "four")[len(numbers) - 2]
            must = "must add up to about 100" if is_whole else "can add up to about 100 at most"
            flaws.append(
                Flaw(place, last, f"{listed} is {total}. The {number} shares {must}.", is_whole=True)
            )
            return
