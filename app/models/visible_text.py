"""Which characters a text may hold: what people can see, and the few unseen ones that words need."""

import unicodedata

_BREAKS = "\n\r\t"
_IN_WORDS = "\u00ad\u200c\u200d"
"""Soft hyphen, and the joiners of Persian, of Indian scripts and of emoji: unseen, and part of words."""
_ISLAND_TAGS = range(0xE0020, 0xE0080)
"""Letters of the flags of England, Scotland and Wales, after a black flag."""
_FLAG = "\U0001f3f4"
_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
_BLANK = frozenset({*_UNSEEN, "Zs", "Mn", "Me"})
_FILLERS = frozenset("\u115f\u1160\u3164\uffa0\u2800")
"""Letters by their category that leave an empty place."""


def fault_in(text: str) -> str:
    """What is wrong with the characters of a text, and what to do; "" where nothing is.

    Refused are control characters, those that turn the direction of what follows or hide in it (they make one
    text look like another), line breaks other than the usual ones, and a text with nothing to be seen.
    """
    if text.isascii() and text.isprintable():
        return NOTHING_VISIBLE if text.isspace() else ""
    if refused := hidden_in(text):
        return _told(text, refused)
    return "" if not text or any(_is_seen(letter) for letter in text) else NOTHING_VISIBLE


def hidden_in(text: str) -> set[str]:
    """The characters of a text that ``fault_in`` refuses because nobody can see them."""
    return {letter for letter in set(text) if _is_refused(letter, text)}


def fault_in_line(text: str) -> str:
    """What is wrong with a text of one line: as ``fault_in``, and line breaks and tabs are refused too."""
    return fault_in(text) or (SEVERAL_LINES if any(letter in _BREAKS for letter in text) else "")


NOTHING_VISIBLE = "give a text that can be seen: this one holds only spaces or unseen characters"

SEVERAL_LINES = "remove the line breaks and tabs: this is a text of one line"


def _told(text: str, refused: set[str]) -> str:
    """What to remove: nobody sees it, so that the first is named with its place, and how many there are."""
    place, letter = next(one for one in enumerate(text, 1) if one[1] in refused)
    named = unicodedata.name(letter, "").lower()
    code = f"U+{ord(letter):04X}" + (f" ({named})" if named else "")
    more = sum(map(text.count, refused)) - 1
    others = f"; {more:,} more such {'follows' if more == 1 else 'follow'}" if more else ""
    return f"remove the unseen character {code}: it is character {place:,} of this text{others}"


def _is_refused(letter: str, text: str) -> bool:
    if letter in _BREAKS or letter in _IN_WORDS:
        return False
    if ord(letter) in _ISLAND_TAGS:
        return _FLAG not in text
    return unicodedata.category(letter) in _UNSEEN


def _is_seen(letter: str) -> bool:
    return unicodedata.category(letter) not in _BLANK and letter not in _FILLERS
