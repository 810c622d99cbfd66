"""Proposing the ref of something new: what follows the last one in use."""

import re
from collections.abc import Collection

_LAST_NUMBER = re.compile(r"([0-9]{1,9})(?!.*[0-9])", re.DOTALL)
_MOST_TRIED = 1000
LONGEST = 30
"""Characters of a ref."""


def next_ref(last: str | None, taken: Collection[str], *, within: str = "") -> str:
    """Return the ref that follows ``last`` and is not among ``taken``; "" where none suggests itself.

    The last number of a ref counts on. Without one before it, the number of what it is ``within`` begins:

    >>> next_ref("2.5", {"2.6"})
    '2.7'
    >>> next_ref(None, (), within="PAP 3")
    '3.1'
    """
    if last is None:
        number = _LAST_NUMBER.search(within)
        last = f"{number[1]}.0" if number else ""
    found = _LAST_NUMBER.search(last)
    if not found:
        return ""
    for number_after in range(int(found[1]) + 1, int(found[1]) + 1 + _MOST_TRIED):
        width = len(found[1]) if found[1].startswith("0") and len(found[1]) > 1 else 0
        tried = f"{last[: found.start()]}{str(number_after).zfill(width)}{last[found.end() :]}"
        if tried not in taken and len(tried) <= LONGEST:
            return tried
    return ""
