"""The bank holidays of England, from the copy that comes with a package: the network is not asked."""

from datetime import date
from functools import cache
from typing import NamedTuple


class BankHolidays(NamedTuple):
    """Bank holidays, and the last day up to which they are known: later ones count as working days."""

    days: frozenset[date]
    known_until: date


@cache
def english() -> BankHolidays:
    """The bank holidays of England (and Wales, which has the same)."""
    from govuk_bank_holidays.bank_holidays import BankHolidays as Shipped

    shipped = Shipped(use_cached_holidays=True)
    days = frozenset(one["date"] for one in shipped.get_holidays(Shipped.ENGLAND_AND_WALES))
    return BankHolidays(days, date(max(days).year, 12, 31))
