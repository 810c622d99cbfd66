"""Text as the fonts of a PDF file can show it.

A PDF/UA file may not hold a character without a glyph, and one emoji in one comment must not cost the whole
report: what no font has is named in words instead. The fonts are the ones shipped in ``fonts/``, on every
machine the same.
"""

import re
import struct
import unicodedata
from collections.abc import Iterator
from functools import cache
from pathlib import Path

FONTS = Path(__file__).parent / "fonts"
FITS = 30
"""Letters of a word that fit on any line but one of a table; a longer word may be broken."""
_BREAK = "\u200b"
_WORD = re.compile("[^\\s\u00a0\u200b]+")
# Without a glyph of their own: joiners and marks of direction belong to what stands beside them.
_KEPT = "\u200b-\u200f\u2060"
_JOINERS = frozenset({*range(0x200B, 0x2010), 0x2060})
_MAIN = "LiberationSans-Regular.ttf"
_SELECTORS = re.compile("[\ufe00-\ufe0f\U000e0100-\U000e01ef]")
_NEVER = {"Cc", "Cf", "Co", "Cs"}
# What Unicode keeps for programs: no file may hold it.
_NO_CHARACTER = re.compile("[\ud800-\udfff\ue000-\uf8ff\ufdd0-\ufdef\ufffe\uffff\U000f0000-\U0010ffff]")


def lines(text: str, fits: int = FITS) -> list[str]:
    """The lines of a text with nothing in them that the fonts cannot show; [] for an empty text.

    A word of more letters than ``fits`` may be broken, anywhere.
    """
    return [fitted(_shown(one.replace("\t", " ")), fits) for one in text.splitlines()]


def line(text: str, fits: int = FITS) -> str:
    """A text as one line."""
    return " ".join(lines(text, fits))


def fitted(line: str, fits: int) -> str:
    """The line with places to break words that are longer than so many letters, and no others."""
    return _WORD.sub(lambda found: found[0] if len(found[0]) <= fits else _broken(found[0], fits), line)


def plain(text: str) -> str:
    """A text that nothing draws, such as a title or an alternative text: on one line, without controls."""
    kept = _NO_CHARACTER.sub("", text)
    return "".join(" " if unicodedata.category(one) in ("Cc", "Zl", "Zp") else one for one in kept)


def is_seen(text: str) -> bool:
    """Whether anything of the text can be seen on paper."""
    return any(unicodedata.category(one)[0] not in "CZ" for one in text)


def basic(text: str) -> str:
    """A text with nothing but plain letters, figures and signs of the main font, the rest in words."""
    return _not_basic().sub(_in_words, text)


def longest_word(line: str) -> int:
    """How many letters of a line at least stand beside each other."""
    return max((len(word) for word in re.split("[ \u200b]", line)), default=0)


def _shown(line: str) -> str:
    """The line in characters of which some font has each, and each letter with all its accents."""
    found = _without_glyph().sub(_in_words, unicodedata.normalize("NFC", line))
    return _with_marks().sub(_together, found)


def _together(found: re.Match[str]) -> str:
    """A letter and the marks on it as they are where one font has them all, else the letter alone."""
    needed = {ord(one) for one in found[0]} - _JOINERS
    if any(needed <= font for font in _fonts().values()):
        return found[0]
    marks = "".join(one for one in found[2] if ord(one) not in _JOINERS)
    return found[1] + _named(marks)


def _broken(word: str, fits: int) -> str:
    """Pieces of half as many letters as fit, so that lines are filled; what joins two letters stays."""
    piece = max(fits // 2, 1)
    parts = [word[:1]]
    for place, one in enumerate(word[1:], 1):
        if place % piece == 0 and not _joins(one) and not _joins(word[place - 1]):
            parts.append(_BREAK)
        parts.append(one)
    return "".join(parts)


def _joins(one: str) -> bool:
    """Whether a character is part of the one before it, or makes the next one so."""
    return unicodedata.category(one) in ("Mn", "Me", "Mc", "Cf", "Sk")


def _in_words(found: re.Match[str]) -> str:
    return _named(found[0])


def _named(text: str) -> str:
    """What stands for characters that no font has: the names of symbols, the number of others."""
    said: list[str] = []
    others = 0
    for one in _SELECTORS.sub("", text):
        category = unicodedata.category(one)
        if category in ("Cc", "Cf"):
            continue
        if category[0] == "S" and (name := unicodedata.name(one, "")):
            said.append(f"[{name.lower()}]")
        else:
            others += 1
    if others:
        said.append(f"[{others} {'character' if others == 1 else 'characters'} not shown]")
    return "".join(said)


@cache
def _fonts() -> dict[str, frozenset[int]]:
    """The characters of each font by the name of its file."""
    return {
        path.name: frozenset(
            code for code in _codes(path.read_bytes()) if unicodedata.category(chr(code)) not in _NEVER
        )
        for path in sorted(FONTS.glob("*.ttf"))
    }


@cache
def _without_glyph() -> re.Pattern[str]:
    """Finds runs of characters that none of the fonts has."""
    return re.compile(f"[^{_spans(frozenset().union(*_fonts().values()))}{_KEPT}]+")


@cache
def _with_marks() -> re.Pattern[str]:
    """Finds a letter, or none, and the marks that stand on it, of those that some font has."""
    marks = frozenset(code for font in _fonts().values() for code in font if _is_mark(code))
    return re.compile(f"([^{_spans(marks)}{_KEPT}]?)([{_spans(marks)}{_KEPT}]+)")


@cache
def _not_basic() -> re.Pattern[str]:
    basic = frozenset(code for code in _fonts()[_MAIN] if not _is_mark(code))
    return re.compile(f"[^{_spans(basic)}]+")


def _is_mark(code: int) -> bool:
    return unicodedata.category(chr(code))[0] == "M"


def _spans(codes: frozenset[int]) -> str:
    """The characters as a class of a pattern has them."""
    spans: list[list[int]] = []
    for code in sorted(codes):
        if spans and code == spans[-1][1] + 1:
            spans[-1][1] = code
        else:
            spans.append([code, code])
    return "".join(f"\\U{first:08x}-\\U{last:08x}" for first, last in spans)


def _codes(font: bytes) -> Iterator[int]:
    """The characters that a TrueType font maps to a glyph (OpenType specification, ``cmap``)."""
    (tables,) = struct.unpack_from(">H", font, 4)
    records = (struct.unpack_from(">4s3I", font, 12 + 16 * number) for number in range(tables))
    start = next(offset for tag, _, offset, _ in records if tag == b"cmap")
    (subtables,) = struct.unpack_from(">H", font, start + 2)
    for number in range(subtables):
        platform, _, offset = struct.unpack_from(">HHI", font, start + 4 + 8 * number)
        (form,) = struct.unpack_from(">H", font, start + offset)
        if platform in _UNICODE and form in _FORMS:
            yield from _FORMS[form](font, start + offset)


def _segments(font: bytes, start: int) -> Iterator[int]:
    """Format 4: ranges of the first 65,536 characters."""
    count = struct.unpack_from(">H", font, start + 6)[0] // 2
    ends = start + 14
    firsts = ends + 2 * count + 2
    deltas, offsets = firsts + 2 * count, firsts + 4 * count
    for number in range(count):
        last, first, delta, offset = (
            struct.unpack_from(">H", font, place + 2 * number)[0] for place in (ends, firsts, deltas, offsets)
        )
        for code in range(first, min(last, 0xFFFE) + 1):
            glyph = code
            if offset:
                glyph = struct.unpack_from(">H", font, offsets + 2 * number + offset + 2 * (code - first))[0]
            if glyph and (glyph + delta) % 0x10000:
                yield code


def _groups(font: bytes, start: int) -> Iterator[int]:
    """Format 12: ranges of all characters."""
    (count,) = struct.unpack_from(">I", font, start + 12)
    for number in range(count):
        first, last, _ = struct.unpack_from(">3I", font, start + 16 + 12 * number)
        yield from range(first, last + 1)


_UNICODE = (0, 3)
_FORMS = {4: _segments, 12: _groups}
