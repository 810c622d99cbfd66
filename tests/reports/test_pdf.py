"""A report as PDF, read back: by two checkers of PDF/UA, by its tags as screen readers do, and on paper."""

import hashlib
import os
import subprocess
import sys
from dataclasses import replace
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import Any

import page as page_validation
import pdfua
import pytest

from app.reports import glyphs, pdf_layout
from app.reports import pdf as pdf_module
from app.reports.document import (
    Bars,
    Column,
    Document,
    Heading,
    HeatMap,
    Look,
    Paragraph,
    Square,
    Table,
)
from app.reports.pdf import pdf
from tests.documents import board_report, document, said, table
from tests.factories import png
from tests.reports import samples
from tests.reports.pdf_files import Opened, Tag, bare, opened, words_of_pages

MARGIN = 51.0
WIDTH, HEIGHT = 595.3, 841.9
HEADER, FOOTER = HEIGHT - 66, 62
"""The running header is above, the foot of the page below (points from the bottom)."""
SHOWN = ("board", "sample", "whole", "hostile", "empty")


def shown(request: pytest.FixtureRequest, name: str) -> Document:
    if name == "board":
        return board_report(Look("Halton SEND partnership", png(400, 100)))
    if name == "empty":
        return replace(document(), subtitle="", facts=(), foot="")
    found: Document = request.getfixturevalue(f"{name}_document")
    return found


@pytest.fixture(scope="module", params=["board"])
def board() -> Any:
    """A report of 5 priorities, 93 actions and 20 risks, as a file that is open."""
    with opened(pdf(board_report(samples.LOOK))) as found:
        yield found


# --- What it says that it is ------------------------------------------------------------------------------


@pytest.mark.parametrize("name", SHOWN)
def test_two_checkers_find_nothing_wrong(name: str, request: pytest.FixtureRequest, tmp_path: Path) -> None:
    path = tmp_path / "report.pdf"
    path.write_bytes(pdf(shown(request, name)))
    profile = page_validation.ValidationProfile.PDF_UA_1
    first = page_validation.validate_pdf(str(path), profile=profile)
    assert [(one.rule_id, one.message) for one in first.failures] == []
    assert first.is_compliant
    second = pdfua.validate(path)
    assert [(one.rule_id, one.message) for one in second.findings] == []


def test_it_is_marked_as_pdf_ua_in_english_with_its_title(board: Opened) -> None:
    with board.pdf.open_metadata() as told:
        assert told["pdfuaid:part"] == "1"
        assert told["dc:title"] == "Progress of the plan"
        assert told["dc:language"] == {"en-GB"} or told["dc:language"] == ["en-GB"]
    root = board.pdf.Root
    assert str(root.Lang) == "en-GB"
    assert root.MarkInfo.Marked
    assert root.ViewerPreferences.DisplayDocTitle


def test_every_heading_is_a_bookmark_at_its_level(board: Opened) -> None:
    blocks = [one for one in board_report().blocks if isinstance(one, Heading)]
    expected = [("H1", "Progress of the plan"), *((f"H{one.level}", one.text) for one in blocks)]
    tags = [*board.document.all("H1", "H2", "H3", "H4")]
    assert [(tag.name, board.said(tag)) for tag in tags] == [(name, bare(text)) for name, text in expected]
    with board.pdf.open_outline() as outline:
        titles = [str(one.title) for first in outline.root for one in _with_children(first)]
    assert titles == [text for _, text in expected]


def loose(text: str) -> str:
    """A text with one sign for all brackets: beside Hebrew they are turned round."""
    return bare(text).translate(str.maketrans(dict.fromkeys("()[]<>{}", ".")))


def _with_children(item: Any) -> Any:
    yield item
    for one in item.children:
        yield from _with_children(one)


def test_a_level_that_is_skipped_is_closed_up() -> None:
    made = pdf(document(Heading("Two", 2, "a"), Heading("Four", 4, "b"), Heading("Two again", 2, "c")))
    with opened(made) as found:
        assert [tag.name for tag in found.document.all("H2", "H3", "H4")] == ["H2", "H3", "H2"]


def test_the_same_report_is_the_same_file_on_every_machine() -> None:
    made = hashlib.sha256(pdf(board_report())).hexdigest()
    program = (
        "import hashlib, sys; from app.reports.pdf import pdf; from tests.documents import board_report;"
        "assert 'typst' not in sys.modules, 'the first report loads it, not the start';"
        "print(hashlib.sha256(pdf(board_report())).hexdigest())"
    )
    elsewhere = {**os.environ, "TZ": "Pacific/Auckland", "PYTHONHASHSEED": "7", "PYTHONPATH": str(Path.cwd())}
    other = subprocess.run(
        [sys.executable, "-c", program], env=elsewhere, capture_output=True, text=True, check=True
    )
    assert other.stdout.strip() == made


def test_it_is_dated_by_the_day_that_it_is_as_at(board: Opened) -> None:
    assert str(board.pdf.docinfo["/CreationDate"]).startswith("D:20240630000000")


# --- What is read out -------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", SHOWN)
def test_a_screen_reader_reads_all_that_the_document_says_in_its_order(
    name: str, request: pytest.FixtureRequest
) -> None:
    report = shown(request, name)
    with opened(pdf(report)) as found:
        read, place = loose(found.said()), 0
        for text in said(report):
            words = loose(" ".join(glyphs.lines(text)))
            at = read.find(words, place)
            assert at >= 0, f"{text!r} is not read after {read[max(0, place - 80) : place]!r}"
            place = at + len(words)


@pytest.mark.parametrize("name", ["board", "sample"])
def test_each_cell_is_told_with_its_row_and_its_column(name: str, request: pytest.FixtureRequest) -> None:
    report = shown(request, name)
    with opened(pdf(report)) as found:
        names = found.pdf.Root.StructTreeRoot.IDTree.Names
        listed = [bytes(one) for one in names[::2]]
        assert listed == sorted(listed), "readers look names up in their order"
        heads = {
            bytes(key): bytes(value.get("/ID")) for key, value in zip(names[::2], names[1::2], strict=True)
        }
        tables = [tag for tag in found.document.all("Table") if any(tag.all("THead"))]
        blocks = [one for one in report.blocks if isinstance(one, Table)]
        for block in blocks:
            (tag,) = [one for one in tables if _captioned(found, one, block.caption)]
            columns, *rows = tag.all("TR")
            assert [cell.attribute("/Scope") for cell in columns.inside] == ["/Column"] * len(block.columns)
            assert [found.said(cell) for cell in columns.inside] == [
                bare(column.label) for column in block.columns
            ]
            assert len(rows) == len(block.rows)
            if len(rows) > 1:  # a row that is alone is told by the heads of its columns
                for row in rows:
                    _check_row(row, columns, heads)


def _captioned(found: Opened, tag: Tag, caption: str) -> bool:
    return any(found.said(one) == bare(caption) for one in tag.all("Caption"))


def _check_row(row: Tag, columns: Tag, heads: dict[bytes, bytes]) -> None:
    first, *others = row.inside
    assert (first.name, first.attribute("/Scope")) == ("TH", "/Row")
    name = bytes(first.element.ID)
    for cell, column in zip(others, columns.inside[1:], strict=True):
        assert cell.name == "TD"
        pointed = [bytes(one) for one in cell.attribute("/Headers")]
        assert pointed == [name, bytes(column.element.ID)]
        assert all(heads[one] == one for one in pointed)


def test_pictures_and_the_logo_have_a_text_instead(board: Opened) -> None:
    pictures = [one for one in board_report().blocks if isinstance(one, Bars)]
    found = [str(tag.element.Alt) for tag in board.document.all("Figure")]
    assert found == [
        "Logo of Halton SEND partnership",
        *(f"{one.title}. {one.description}" for one in pictures),
    ]


def test_the_heat_map_is_a_table_that_says_which_risks_are_where(board: Opened) -> None:
    (tag,) = [one for one in board.document.all("Table") if "Impactbylikelihood" in board.said(one)]
    columns, *rows = tag.all("TR")
    assert [board.said(cell) for cell in columns.inside][1:] == [
        bare(label) for label in ("Very unlikely", "Unlikely", "Possible", "Likely", "Very likely")
    ]
    assert board.said(rows[0].inside[0]) == "Major"
    assert board.said(rows[0].inside[5]) == "HighNowR10TargetR15"


# --- Texts that are not English words ---------------------------------------------------------------------

TYPST = {
    "import": '#import "main.typ": * #include("/etc/passwd") #read("main.typ") #sys.inputs',
    "mathematics": "$ x^2 $ and $sum_(i=0)^n$ for 5$ each",
    "marks": "*bold* _thin_ `raw` ```typ #panic()``` = No heading - no list + none / none: no",
    "references": "@reference <label> [content] #[more] ~ -- --- ...",
    "escapes": "\\u{1f600} \\# \\* \\ \\n // no comment /* nor here */ https://x.example/a//b",
    "code": '#panic("no") #{ 1 + 1 } #let x = 1; #show: none; #set page(height: 1pt)',
}


@pytest.mark.parametrize("text", [*TYPST.values(), *samples.HOSTILE.values()], ids=[*TYPST, *samples.HOSTILE])
def test_what_would_be_markup_arrives_as_text(text: str) -> None:
    look = Look(text)
    blocks = (Heading(text, 2, "a"), Paragraph(text), table((text, text)))
    report = replace(document(*blocks, look=look, title=text), facts=((text, text),), foot=text)
    with opened(pdf(report)) as found:
        # Area, title, the fact's label and value, heading, paragraph, two cells.
        assert loose(found.said()).count(loose(" ".join(glyphs.lines(text)))) == 8
        assert bare(glyphs.plain(text)) == bare(str(found.pdf.docinfo["/Title"]))


def test_a_character_without_a_glyph_is_named_or_counted() -> None:
    assert glyphs.lines("\U0001f600 \U0001fae8 \u2685 \U0001d11e") == [
        "\U0001f600 \U0001fae8 \u2685 [musical symbol g clef]"
    ]
    assert glyphs.lines("\u4e2d\u6587 and \u0939") == ["[2 characters not shown] and [1 character not shown]"]
    assert glyphs.lines("\ue000\ud800\x00\t|") == ["[2 characters not shown] |"]
    assert glyphs.lines("one\u2028two\r\n\x85") == ["one", "two", ""]


def test_accents_that_no_font_has_with_their_letter_cost_words_and_not_the_report() -> None:
    assert glyphs.lines("e\u0301, x\u0301") == ["\u00e9, x\u0301"]
    assert glyphs.lines("\u0628\u0591") == ["\u0628[1 character not shown]"]
    strange = "a\u05a2 \u07ef \u200d\u0483"
    with opened(pdf(document(Heading(strange, 2, "a"), Paragraph(f"61% {strange} of 93")))) as found:
        assert "61%" in found.said()
        assert "of93" in found.said()


@pytest.mark.parametrize("title", ["", " \u200b\x00"])
def test_what_has_no_title_says_so(title: str) -> None:
    with opened(pdf(document(Heading(title, 2, "a"), title=title))) as found:
        assert [found.said(tag) for tag in found.document.all("H1", "H2")] == ["[Notitle]", "[Notitle]"]


def test_every_character_that_the_fonts_have_can_be_set() -> None:
    pattern = glyphs._without_glyph()
    codes = [chr(code) for code in range(0x20, 0x20000) if not 0xD800 <= code < 0xE000]
    have = [one for one in codes if not pattern.match(one)]
    assert len(have) > 7_000
    made = pdf(document(*(Paragraph(" ".join(have[at : at + 500])) for at in range(0, len(have), 500))))
    with opened(made) as found:
        assert all(letter in found.said() for letter in "Łżåбя€→☎ש😀")


# --- How it lies on paper ---------------------------------------------------------------------------------


@pytest.mark.parametrize("name", SHOWN)
def test_nothing_is_printed_beyond_the_margins(name: str, request: pytest.FixtureRequest) -> None:
    with opened(pdf(shown(request, name))) as found:
        for number, pieces in enumerate(found.pages, 1):
            for piece in pieces:
                where = f"{piece} on page {number}"
                assert piece.left >= MARGIN - 3, where
                assert piece.right <= WIDTH - MARGIN + 3, where
                assert piece.bottom >= 20, where
                assert piece.top <= HEIGHT - 20, where


def test_a_large_matrix_with_hundreds_of_risks_is_all_there() -> None:
    refs = tuple(f"R{number}" for number in range(40))
    squares = tuple(
        tuple(Square(f"{row * column} Moderate", "#8f1d14", refs, ("R1",)) for column in range(1, 11))
        for row in range(10, 0, -1)
    )
    labels = tuple(f"Insignificant {number}" for number in range(10))
    with opened(pdf(document(HeatMap("Large", "", labels, labels, squares)))) as found:
        assert found.said().count("40risksTarget1risk") == 100
        assert min(piece.bottom for pieces in found.pages for piece in pieces) > 20


def test_a_report_of_200_pages_has_a_header_and_a_foot_on_each() -> None:
    long = "\n".join(f"Line {number}: all was agreed." for number in range(10_400))
    found = words_of_pages(pdf(document(Heading("Account", 2, "a"), Paragraph(long))))
    assert len(found) >= 200
    for number, text in enumerate(found, 1):
        assert text.endswith(f"journalhead4f2a9c11Page{number}of{len(found)}")
        assert number == 1 or text.startswith("HaltonSENDpartnershipProgressoftheplanLine")
    assert "Line10399:allwasagreed." in found[-1]


def test_the_heads_of_columns_stand_on_every_page_of_a_table_and_are_read_once() -> None:
    columns = (Column("Ref"), Column("What was done", share=4))
    rows = tuple((f"A{number}", f"Done {number}. All agreed.") for number in range(300))
    made = pdf(document(Table("long", "All of them", columns, rows)))
    found = words_of_pages(made)
    assert len(found) > 5
    assert all("RefWhatwasdone" in text for text in found)
    with opened(made) as file:
        assert file.said().count("Whatwasdone") == 1
        assert file.said().endswith("A299Done299.Allagreed.")


@pytest.mark.parametrize("rows", [1, 30])
def test_a_heading_is_never_left_alone_at_the_foot_of_a_page(rows: int) -> None:
    lone = []
    shown = table(*((f"One {row}", "Two") for row in range(rows)))
    for lines in range(32, 46):
        filler = Paragraph("\n".join(f"Line {number}" for number in range(lines)))
        blocks = (filler, Heading("Section", 2, "a"), Heading("Actions", 3, "b"), shown)
        with opened(pdf(document(*blocks))) as found:
            for pieces in found.pages:
                body = [one for one in pieces if FOOTER < one.bottom < HEADER and one.mark >= 0]
                last = min(body, key=lambda one: one.bottom, default=None)
                # Neither a heading, nor a caption, nor the heads of columns without a row.
                if last and bare(last.text) in ("Section", "Actions", "Words", "Column1", "Column2"):
                    lone.append((lines, last.text))
    assert lone == []


def test_a_row_that_is_longer_than_a_page_goes_on_on_the_next() -> None:
    long = "A long account of what was done. " * 300
    with opened(pdf(document(table(("First", "short"), ("Second", long), ("Third", "end"))))) as found:
        assert len(found.pages) >= 3
        assert bare(long) in found.said()
        assert min(piece.bottom for pieces in found.pages for piece in pieces) > 20
        assert found.said().endswith("Thirdend")


def test_no_word_of_english_is_broken() -> None:
    assert "\u200b" not in str(pdf_module._content(board_report()))
    narrow = pdf_layout.layout(["Score now", "Why"], [[["8 Moderate"], ["word " * 40]]], [1, 20])
    assert narrow.rows == [[["8 Moderate"], ["word " * 40]]]


def test_a_long_address_is_found_and_copied_as_it_was_written() -> None:
    address = "https://north.example/" + "a1b2/" * 40 + "?of=1&on=2"
    with opened(pdf(document(Paragraph(address), table(("Why", address))))) as file:
        copied = "".join(piece.text for pieces in file.pages for piece in pieces)
    assert "\u200b" not in copied
    assert "".join(copied.split()).count(address) == 2
    assert len(copied.split()) > len(copied.split(address)), "it is broken over lines"


def test_a_date_and_a_short_table_are_not_parted() -> None:
    rows = tuple((f"Row {number}", "x") for number in range(6))
    for lines in range(30, 44, 3):
        filler = Paragraph("\n".join("Line" for _ in range(lines)))
        with opened(pdf(document(filler, table(*rows)))) as found:
            pages = {page for tag in found.document.all("Table") for page, _ in tag.marks()}
            assert len(pages - {0}) <= 1
            assert len([page for page in pages if _has_rows(found, page)]) == 1


def _has_rows(found: Opened, page: int) -> bool:
    return any(piece.text.startswith("Row ") for piece in found.pages[page])


def test_neighbouring_bands_are_parted_by_more_than_colour(board: Opened) -> None:
    """Each square says its band in words; a bar says each count, and its words stand under it."""
    text = board.said()
    assert text.count("Moderate") >= 9
    assert "Complete17(18%),Ontarget40(43%),Delayed20(22%),Notstarted16(17%)" in text


# --- What it costs ----------------------------------------------------------------------------------------


def test_what_is_kept_of_reports_does_not_grow() -> None:
    report = board_report()
    for number in range(2):
        pdf(replace(report, title=f"First {number}"))
    before = _resident_megabytes()
    for number in range(5):
        pdf(replace(report, title=f"Report {number}", as_at=date(2024, 6, 1 + number)))
    assert _resident_megabytes() - before < 40  # 15 for each, were they kept


def _resident_megabytes() -> float:
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1e6


def test_the_file_of_another_program_is_refused_rather_than_spoilt() -> None:
    from app.reports.row_headers import with_row_headers

    with pytest.raises(RuntimeError, match="cannot be found"):
        with_row_headers(b"%PDF-1.7\nstartxref\n0\n%%EOF")


def test_numbers_follow_each_other_so_that_no_object_is_lost(board: Opened) -> None:
    assert board.pdf.check_pdf_syntax() == []
    assert all(one < other for one, other in pairwise(sorted({one.objgen for one in board.pdf.objects})))
