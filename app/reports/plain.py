"""Text as files of XML can hold it: what their readers refuse is replaced, so that no text breaks a file."""

import re

REPLACED = "\N{REPLACEMENT CHARACTER}"
"""Stands where a character was that no file can hold, so that the gap is seen."""
_LINE_ENDS = re.compile("\r\n|[\r\x0b\x0c\x85\u2028\u2029]")
# Control characters, halves of surrogate pairs and what Unicode keeps for programs (XML 1.0, section 2.2).
_REFUSED = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]")


def readable(text: str) -> str:
    """The text with one kind of line end, and a sign in place of each character that XML refuses.

    >>> readable("one\\r\\ntwo\\x00")
    'one\\ntwo\N{REPLACEMENT CHARACTER}'
    """
    return _REFUSED.sub(REPLACED, _LINE_ENDS.sub("\n", text))


def one_line(text: str, most: int) -> str:
    """The text as one line of at most so many characters; "…" says that it was longer."""
    line = " ".join(readable(text).split())
    return line if len(line) <= most else f"{line[: most - 1]}…"
