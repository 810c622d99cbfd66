"""What a page says about what has just been done, or was not."""

from typing import NamedTuple


class Said(NamedTuple):
    """``is_done``: it was done as asked. Otherwise it is a matter to know of, not a success."""

    words: str
    is_done: bool = True
