"""Which characters a text may hold: the unseen ones that disguise are refused, those of words are kept."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.models.visible_text import NOTHING_VISIBLE, SEVERAL_LINES, fault_in, fault_in_line

SEEN = st.text(
    st.characters(
        categories=["L", "N", "P", "Sm", "Sc", "So"], exclude_characters="\u115f\u1160\u3164\uffa0\u2800"
    )
)


@pytest.mark.parametrize(
    "letter",
    [
        *map(chr, (*range(0x202A, 0x202F), *range(0x2066, 0x206A))),
        *"\x00\x07\x7f\x85\u200b\u200e\u200f\u2028\u2029\u2060\ufeff\U000e0041",
    ],
)
def test_what_hides_or_turns_text_is_refused(letter: str) -> None:
    told = fault_in(f"Data {letter}warehouse")
    assert told.startswith(f"remove the unseen character U+{ord(letter):04X}")
    assert told.endswith(": it is character 6 of this text")


def test_what_is_refused_is_named_as_nobody_sees_it() -> None:
    assert fault_in("zw\u200bsp") == (
        "remove the unseen character U+200B (zero width space): it is character 3 of this text"
    )
    told = "remove the unseen character U+0000: it is character 1 of this text; 2 more such follow"
    assert fault_in("\x00a\ufeffb\x00") == told


@pytest.mark.parametrize(
    "text",
    [
        "Data warehouse",
        "two\nlines\tand\r\na tab",
        "\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645",
        "\u0d28\u0d4d\u200d",
        "co\u00adoperation",
        "\U0001f468\u200d\U0001f469\u200d\U0001f467",
        "\U0001f3f4\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f",
        "e\u0301",
        "",
    ],
)
def test_what_words_need_is_kept(text: str) -> None:
    assert fault_in(text) == ""


@pytest.mark.parametrize(
    "text", [" ", "\u200d", "\u00ad\u200c", "\u3164", "\u2800", "\n", "\u0301", "\u3000"]
)
def test_a_text_without_anything_to_be_seen_is_refused(text: str) -> None:
    assert fault_in(text) == NOTHING_VISIBLE


@pytest.mark.parametrize("between", ["\n", "\r\n", "\r", "\t"])
def test_a_text_of_one_line_takes_none_of_the_breaks_that_others_take(between: str) -> None:
    text = f"Monday{between}Bcc: x@y.org"
    assert (fault_in(text), fault_in_line(text)) == ("", SEVERAL_LINES)
    assert "U+2028 (line separator)" in fault_in_line("Monday\u2028summary")
    assert fault_in_line("Monday summary") == ""


@given(SEEN)
def test_every_text_of_letters_numbers_and_signs_is_kept(text: str) -> None:
    assert fault_in(text) == ""


@given(st.text(min_size=1))
def test_a_text_that_is_kept_has_something_to_be_seen_and_nothing_that_disguises(text: str) -> None:
    if not fault_in(text):
        assert any(unicodedata.category(letter)[0] in "LNPSMC" for letter in text)
        assert not set(text) & set("\u202e\u2066\ufeff\u200b\x00")
