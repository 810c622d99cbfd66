"""Long texts on pages."""

LONGEST_HEADLINE = 130
LONGEST_TITLE = 320
"""A heading of its own page may be longer: in smaller type it still reads as one."""


def headline(text: str, longest: int = LONGEST_HEADLINE) -> str:
    """The beginning of a long text that can stand as a heading: its first sentence, or cut at a word.

    >>> headline("Staff may leave. Then nobody is left.")
    'Staff may leave'
    """
    plain = " ".join(text.split())
    first, stop, _rest = plain.partition(". ")
    sentence = first if stop else plain.removesuffix(".")
    if len(sentence) <= longest:
        return sentence
    cut = sentence[: longest + 1].rpartition(" ")[0] or sentence[:longest]
    return f"{cut.rstrip(',;:')} …"


def is_cut(text: str, longest: int = LONGEST_HEADLINE) -> bool:
    """Whether the headline says less than the text, so that the whole belongs below it."""
    return headline(text, longest) != " ".join(text.split()).removesuffix(".")
