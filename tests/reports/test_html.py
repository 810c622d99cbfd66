"""The report as a web page: the same figures read back out of it, nothing fetched, every text a text."""

import re
from html.parser import HTMLParser
from typing import Any

from app.models.area_settings import DEFAULT_COLOURS
from app.reports.cells import written
from app.reports.contents import document
from app.reports.document import Document, Look, Table
from app.reports.html import article, html
from app.web.static_files import _FILES
from tests.reports import samples


class Read(HTMLParser):
    """What a browser would make of a page: its tags with their attributes, and the text between them."""

    def __init__(self, page: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.rows: list[list[str]] = []
        self.open = ""
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag == "tr":
            self.rows.append([])
        if tag in ("td", "th"):
            self.rows[-1].append("")
        self.open = "label" if dict(attrs).get("class") == "report-label" else tag

    def handle_endtag(self, tag: str) -> None:
        self.open = "" if tag != "span" else "td"

    def handle_data(self, data: str) -> None:
        if self.open == "style":
            return
        self.text += data
        if self.open in ("td", "th"):
            self.rows[-1][-1] += data


def test_every_cell_of_every_table_is_on_the_page(sample_document: Document) -> None:
    rows = Read(article(sample_document)).rows
    for table in (one for one in sample_document.blocks if isinstance(one, Table)):
        for row in table.rows:
            texts = [written(cell, column.kind) for cell, column in zip(row, table.columns, strict=True)]
            assert texts in rows


def test_texts_that_people_wrote_stay_texts(hostile_document: Document) -> None:
    read, plain = (
        Read(html(hostile_document).decode()),
        Read(html(document(samples.content(), samples.LOOK)).decode()),
    )
    tags = {tag for tag, _ in read.tags}
    assert tags == {tag for tag, _ in plain.tags}
    assert not tags & {"script", "iframe", "object", "form", "link", "base"}
    for _tag, attributes in read.tags:
        assert not any(name.startswith("on") or name == "style" for name in attributes)
        for name in ("src", "href"):
            assert re.match(r"data:image/png;base64,|#|$", attributes.get(name) or "")
    for text in samples.HOSTILE.values():
        assert text.replace("\r\n", "\n") in read.text.replace("\r\n", "\n")


def test_a_file_stands_alone(whole_document: Document) -> None:
    page = html(whole_document).decode()
    read = Read(page)
    tags = [tag for tag, _ in read.tags]
    assert [tags.count(one) for one in ("html", "head", "main", "article", "h1")] == [1] * 5
    assert dict(read.tags)["html"] == {"lang": "en-GB"}
    assert "url(" not in page.replace("url(#hatch)", "")
    assert "@import" not in page
    assert "Priority action plan: board report, April to June 2024" in page


def test_an_area_has_its_own_colours_and_logo(whole_content: dict[str, Any]) -> None:
    own = Look("North", b"\xff\xd8\xff\xe0", "#003366", {"complete": "#112233"})
    page = html(document(whole_content, own)).decode()
    assert "--brand: #003366;" in page
    assert "--complete-fill: #112233;" in page
    assert "data:image/jpeg;base64,/9j/4A==" in page
    plain = html(document(whole_content, Look("North", accent=DEFAULT_COLOURS["brand"]))).decode()
    assert "<img" not in plain
    assert f"--brand: {DEFAULT_COLOURS['brand']};" in plain


def test_the_pages_of_the_service_have_the_styles_of_the_article() -> None:
    assert ".report .report-title" in _FILES["app.css"].content.decode()


def test_a_report_of_two_hundred_pages_is_one_page(whole_content: dict[str, Any]) -> None:
    first = whole_content["priorities"][0]
    many = [
        {**action, "id": f"{number}", "ref": f"1.{number}"}
        for number in range(1, 2001)
        for action in first["actions"][:1]
    ]
    whole_content["priorities"] = [{**first, "actions": many}]
    read = Read(html(document(whole_content, samples.LOOK)).decode())
    assert [row[0] for row in read.rows if row and row[0].startswith("1.2000 ")] == [
        "1.2000 Carry out the survey"
    ]
