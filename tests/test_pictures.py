"""The pictures in docs/pictures: of every page, small, and those that the papers show are there."""

import re
from pathlib import Path

from tests.pictures import PICTURES, SIZES, every_name

ROOT = PICTURES.parent.parent
LARGEST = 4_500_000
"""Bytes of all pictures together."""


def test_every_page_has_a_picture_of_each_width_and_no_picture_is_left_over() -> None:
    wanted = {f"{name}{size}.webp" for name in every_name() for size in SIZES}
    there = {file.name for file in PICTURES.glob("*.*") if file.name != "README.md"}
    assert there == wanted, "run `make pictures`"


def test_pictures_are_small() -> None:
    assert sum(file.stat().st_size for file in PICTURES.iterdir()) < LARGEST


def test_pictures_that_texts_show_are_there() -> None:
    for text in (ROOT / "README.md", PICTURES / "README.md"):
        shown = re.findall(r"\]\(([^)]+\.webp)\)", text.read_text())
        assert shown
        assert not [name for name in shown if not Path(text.parent, name).exists()]
