"""The bank holidays of England, from the list that comes with a package: the network is not asked.

The package's own loader would import a client for the network, 20 MB of it.
"""

import json
from datetime import date
from functools import cache
from importlib.resources import files
from typing import NamedTuple

_DIVISION = "england-and-wales"


class BankHolidays(NamedTuple):
    """Bank holidays, and the last day up to which they are known: later ones count as working days."""

    days: frozenset[date]
    known_until: date


@cache
def english() -> BankHolidays:
    """The bank holidays of England (and Wales, which has the same)."""
    shipped = json.loads((files("govuk_bank_holidays") / "bank-holidays.json").read_text(encoding="utf-8"))
    days = frozenset(date.fromisoformat(one["date"]) for one in shipped[_DIVISION]["events"])
    return BankHolidays(days, date(max(days).year, 12, 31))
