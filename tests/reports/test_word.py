"""A report in Word, read back: its structure, its figures, and what programs and screen readers are told."""

import zipfile
from datetime import date
from io import BytesIO
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from docx.oxml.ns import qn

from app.reports.cells import said_by, written
from app.reports.contents import document
from app.reports.document import (
    Bars,
    Column,
    Commentary,
    Document,
    Heading,
    HeatMap,
    Kind,
    Look,
    Paragraph,
    Table,
)
from app.reports.plain import REPLACED, readable
from app.reports.word import word
from tests.reports import samples, word_files

SHOWN = ("whole", "sample")


def of_blocks(*blocks: Any) -> Document:
    return Document("Title", "Subtitle", samples.LOOK, date(2024, 6, 30), (("As at", "x"),), "Foot", blocks)


@pytest.fixture(params=SHOWN)
def shown(request: pytest.FixtureRequest) -> Document:
    """Each of the documents: one with a block of every kind, and that of the sample's 93 action points."""
    found: Document = request.getfixturevalue(f"{request.param}_document")
    return found


# --- What stands in it ------------------------------------------------------------------------------------


def test_every_text_of_the_document_is_in_the_file(shown: Document) -> None:
    found = word_files.texts(word(shown))
    told = [shown.title, shown.subtitle, *(f"{label}: {value}" for label, value in shown.facts)]
    for block in shown.blocks:
        match block:
            case Heading() | Paragraph():
                told.append(block.text)
            case Commentary():
                told += [said_by(block), *(line for line in block.text.split("\n") if line)]
            case Bars():
                told += [bar.words for bar in block.bars]
            case HeatMap():
                told += [*block.impacts, *block.likelihoods]
    missing = [text for text in told if text not in found]
    assert not missing


def test_every_table_has_the_same_cells_under_the_same_heads(shown: Document) -> None:
    found = word_files.tables(word(shown), "Tracker Table")
    expected = [block for block in shown.blocks if isinstance(block, Table)]
    assert len(found) == len(expected)
    for made, table in zip(found, expected, strict=True):
        head, *rows = word_files.cells(made)
        assert head == [column.label for column in table.columns]
        assert rows == [
            [written(cell, column.kind) for cell, column in zip(row, table.columns, strict=True)]
            for row in table.rows
        ]


def test_headings_are_words_own_and_leave_out_no_level(shown: Document) -> None:
    found = word_files.headings(word(shown))
    assert found[0] == ("Title", shown.title)
    assert [text for _style, text in found[1:]] == [
        block.text for block in shown.blocks if isinstance(block, Heading)
    ]
    levels = [0, *(int(style.removeprefix("Heading ")) for style, _text in found[1:])]
    assert all(later <= earlier + 1 for earlier, later in pairwise(levels))


def test_a_heading_too_deep_for_what_stands_above_it_is_raised() -> None:
    deep = of_blocks(Heading("One", 2, "a"), Heading("Deep", 4, "b"), Heading("Two", 2, "c"))
    assert [style for style, _text in word_files.headings(word(deep))] == [
        "Title",
        "Heading 1",
        "Heading 2",
        "Heading 1",
    ]


def test_headings_and_captions_stay_with_what_they_are_above(whole_document: Document) -> None:
    kinds = ("Heading", "Caption", "Title")
    for template in (None, word_files.template()):
        package = word_files.read(word(whole_document, template))
        above = [one for one in package.paragraphs if one.style.name.startswith(kinds)]
        assert len(above) > 10
        for one in above:
            assert one.paragraph_format.keep_with_next or one.style.paragraph_format.keep_with_next


def test_tables_repeat_their_head_and_say_which_cells_are_heads(shown: Document) -> None:
    file = word(shown)
    tables = word_files.tables(file, "Tracker Table") + word_files.tables(file, "Tracker Heat Map")
    for table in tables:
        first, *others = table._tbl.tr_lst
        assert first.find(f"{qn('w:trPr')}/{qn('w:tblHeader')}") is not None
        assert not any(row.findall(f".//{qn('w:tblHeader')}") for row in others)
        look = table._tbl.tblPr.find(qn("w:tblLook"))
        assert (look.get(qn("w:firstRow")), look.get(qn("w:firstColumn"))) == ("1", "1")
        assert not table._tbl.findall(f".//{qn('w:gridSpan')}"), "cells that are joined are read in no order"


def test_every_table_has_a_caption_and_an_alternative_text(shown: Document) -> None:
    file = word(shown)
    found = dict(word_files.alternative(one) for one in word_files.read(file).tables)
    for block in shown.blocks:
        if isinstance(block, Table):
            assert found[block.caption].startswith(f"{block.caption}. {len(block.rows)} row")
        if isinstance(block, HeatMap):
            assert found[block.title] == block.description
        if isinstance(block, Bars):
            for bar in block.bars:
                assert found[f"{block.title}: {bar.label}"] == bar.words
    captions = [one.text for one in word_files.read(file).paragraphs if one.style.name == "Caption"]
    tables = [block.caption for block in shown.blocks if isinstance(block, Table)]
    assert [one for one in captions if one.startswith("Table")] == [
        f"Table {number}. {caption}" for number, caption in enumerate(tables, start=1)
    ]


def test_a_bar_holds_the_count_of_each_status_in_order(sample_document: Document) -> None:
    drawn = [bar for block in sample_document.blocks if isinstance(block, Bars) for bar in block.bars]
    made = word_files.tables(word(sample_document), "Tracker Bars")
    for table, bar in zip(made, drawn, strict=True):
        [[name, *parts]] = word_files.cells(table)
        assert name == bar.label
        assert [int(part.split()[0]) for part in parts] == [count for count in bar.counts.values() if count]


def test_a_square_says_its_band_and_its_risks_in_words(whole_document: Document) -> None:
    [table] = word_files.tables(word(whole_document), "Tracker Heat Map")
    found = [cell for row in word_files.cells(table) for cell in row]
    assert "16 High\nNow: R1" in found
    assert "4 Low\nTarget: R1" in found
    assert len(found) == 36


def test_the_logo_has_an_alternative_text_and_there_is_no_other_picture(whole_document: Document) -> None:
    body = word_files.read(word(whole_document)).element.body
    pictures = [one.get("descr") for one in body.iter(qn("wp:docPr"))]
    assert pictures == ["Logo of Halton SEND partnership"]
    without = Document(**{**_fields(whole_document), "look": Look("Area")})
    assert not list(word_files.read(word(without)).element.body.iter(qn("wp:docPr")))


def _fields(made: Document) -> dict[str, Any]:
    return {name: getattr(made, name) for name in Document.__dataclass_fields__}


def test_programs_are_told_title_subject_author_and_language(whole_document: Document) -> None:
    package = word_files.read(word(whole_document))
    said = package.core_properties
    assert (said.title, said.subject) == (whole_document.title, whole_document.subtitle)
    assert (said.author, said.language) == (whole_document.look.name, "en-GB")
    assert said.created.date() == whole_document.as_at
    spoken = {one.get(qn("w:val")) for one in package.styles.element.iter(qn("w:lang"))}
    assert spoken == {"en-GB"}


def test_the_foot_is_on_every_page_with_its_number(whole_document: Document) -> None:
    footer = word_files.read(word(whole_document)).sections[0].footer
    assert whole_document.foot in footer.paragraphs[0].text
    fields = [one.text.strip() for one in footer._element.iter(qn("w:instrText"))]
    assert fields == ["PAGE", "NUMPAGES"]


def test_the_same_document_makes_the_same_bytes(whole_document: Document) -> None:
    again = document(samples.content(), samples.LOOK)
    assert word(whole_document) == word(again)
    template = word_files.template()
    assert word(whole_document, template) == word(again, template)


@pytest.mark.parametrize("which", ["whole", "hostile", "templated"])
def test_another_program_finds_nothing_wrong_in_the_file(
    which: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    made = request.getfixturevalue("hostile_document" if which == "hostile" else "whole_document")
    file = word(made, word_files.template(mark=True) if which == "templated" else None)
    assert word_files.faults(file, tmp_path) == []


# --- Texts that Word could misread ------------------------------------------------------------------------


def test_a_hostile_text_arrives_as_the_text_that_it_is(hostile_text: str) -> None:
    made = of_blocks(
        Heading(hostile_text, 2, "a"),
        Paragraph(hostile_text),
        Commentary(hostile_text, hostile_text, date(2024, 6, 30)),
        Table("t", hostile_text, (Column(hostile_text),), ((hostile_text,),)),
    )
    file = word(made)
    expected = readable(hostile_text)
    assert word_files.texts(file).count(expected) >= 4
    with zipfile.ZipFile(BytesIO(file)) as packed:
        parts = [packed.read(name) for name in packed.namelist()]
    assert not any(b'TargetMode="External"' in part for part in parts)
    instructions = {one.text.split()[0] for one in word_files.read(file).element.body.iter(qn("w:instrText"))}
    assert instructions == {"SEQ"}


def test_every_hostile_text_in_every_field_makes_a_file_that_opens(hostile_document: Document) -> None:
    file = word(hostile_document)
    assert len(word_files.tables(file, "Tracker Table")) == sum(
        isinstance(block, Table) for block in hostile_document.blocks
    )


@pytest.mark.parametrize("refused", ["\x00", "\x0e", "\ud800", "\ufffe", "\uffff"])
def test_a_character_that_xml_refuses_leaves_a_sign(refused: str) -> None:
    text = f"a{refused}b"
    made = Document(text, text, Look(text), date(2024, 6, 30), ((text, text),), text, (Paragraph(text),))
    file = word(made)
    assert f"a{REPLACED}b" in word_files.texts(file)
    assert word_files.read(file).core_properties.title == f"a{REPLACED}b"


def test_line_ends_and_tabs_are_words_own() -> None:
    file = word(of_blocks(Paragraph("one\x0btwo\tthree\r\nfour")))
    assert "one\ntwo\tthree\nfour" in word_files.texts(file)


def test_a_cell_of_40000_characters_is_whole_and_may_be_parted_between_pages() -> None:
    text = "long words " * 3637
    file = word(of_blocks(Table("t", "Texts", (Column("Text"),), ((text,), ("short",)))))
    [table] = word_files.tables(file, "Tracker Table")
    assert word_files.cells(table)[1] == [text]
    parted = [row.find(f"{qn('w:trPr')}/{qn('w:cantSplit')}") is None for row in table._tbl.tr_lst]
    assert parted == [False, True, False]


def test_a_report_of_200_pages_is_made_in_seconds() -> None:
    columns = (
        Column("Action", share=3),
        Column("n", Kind.whole),
        Column("Due", Kind.day),
        Column("Why", share=4),
    )
    rows = tuple((f"1.{n} Do a thing", n, date(2024, 6, 30), "Because of this. " * 6) for n in range(60))
    made = of_blocks(
        *(
            block
            for n in range(70)
            for block in (Heading(f"{n}", 2, f"h{n}"), Table(f"t{n}", f"Table {n}", columns, rows))
        )
    )
    tables = word_files.tables(word(made), "Tracker Table")
    assert [len(one._tbl.tr_lst) for one in tables] == [61] * 70
