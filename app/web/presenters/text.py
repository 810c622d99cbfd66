"""Texts on pages: long ones, and the name of somebody or what to say in its place."""

from collections.abc import Mapping
from typing import Any

from app.sentences import actions, words

LONGEST_HEADLINE = 130
LONGEST_TITLE = 320
"""A heading of its own page may be longer: in smaller type it still reads as one."""
name_or = actions.name_or


def plan_name(plan: Mapping[str, Any]) -> str:
    """A plan in a choice: its ref too, as two plans may have one title."""
    return f"{plan['ref']} {plan['title']}"


def headline(text: str, longest: int = LONGEST_HEADLINE) -> str:
    """The beginning of a long text that can stand as a heading: its first sentence, or cut at a word.

    >>> headline("Staff may leave. Then nobody is left.")
    'Staff may leave'
    """
    plain = " ".join(text.split())
    first, stop, _rest = plain.partition(". ")
    sentence = first if stop else plain.removesuffix(".")
    return shortened(sentence, longest)


def shortened(text: str, longest: int = LONGEST_TITLE) -> str:
    """A text in one line, cut at a word where it is longer than that, or within one that takes most of it.

    >>> shortened("Two posts are filled. The third is advertised.", 40)
    'Two posts are filled. The third is …'
    """
    return words.shortened(text, longest)


def beyond(text: str, longest: int = LONGEST_HEADLINE) -> str:
    """What the headline leaves out: the other sentences, or the whole text where a sentence was cut.

    >>> beyond("Staff may leave. Then nobody is left.")
    'Then nobody is left.'
    """
    plain = " ".join(text.split())
    said = headline(plain, longest)
    if said == plain.removesuffix("."):
        return ""
    return plain.removeprefix(f"{said}. ") if plain.startswith(f"{said}. ") else text
