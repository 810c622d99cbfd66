"""PDF files as readers find them: tags, what is read out in the order of the tags, and where it stands."""

import ctypes
import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from io import BytesIO
from typing import Any, NamedTuple

import pikepdf
import pypdfium2
import pypdfium2.raw as pdfium

# A place where a word may be broken, and marks that have no width: not part of what is said.
_UNSEEN = re.compile("[\\s\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\ufe0f]")


class Piece(NamedTuple):
    """A piece of text on a page: its mark for the tags (-1 for none), and its edges in points."""

    text: str
    mark: int
    left: float
    bottom: float
    right: float
    top: float


@dataclass
class Tag:
    """A tag, its own attributes, and what is in it: other tags, and marks as (page, mark)."""

    name: str
    element: Any
    inside: list["Tag | tuple[int, int]"] = field(default_factory=list)

    def all(self, *names: str) -> "Iterator[Tag]":
        """This tag and those in it that have one of the names, in reading order."""
        if self.name in names:
            yield self
        for one in self.inside:
            if isinstance(one, Tag):
                yield from one.all(*names)

    def marks(self) -> Iterator[tuple[int, int]]:
        """All marks in it, in reading order."""
        for one in self.inside:
            if isinstance(one, Tag):
                yield from one.marks()
            else:
                yield one

    def attribute(self, name: str) -> Any:
        """An attribute of the tag, whichever owner it has; None where it has none."""
        for owner in self.element.get("/A", []):
            if name in owner:
                return owner[name]
        return None


class Opened:
    """An open PDF file."""

    def __init__(self, file: bytes) -> None:
        self.pdf = pikepdf.open(BytesIO(file))
        self.pages = [list(_pieces(page)) for page in _pdfium_pages(file)]
        numbers = {page.objgen: number for number, page in enumerate(self.pdf.pages)}
        (document,) = self.pdf.Root.StructTreeRoot.K
        self.document = _tag(document, None, numbers)
        self.texts: dict[tuple[int, int], str] = defaultdict(str)
        for number, pieces in enumerate(self.pages):
            for piece in pieces:
                self.texts[number, piece.mark] += piece.text

    def said(self, tag: Tag | None = None) -> str:
        """What a screen reader reads of a tag, or of all; without the spaces, which lines have at will."""
        return bare("".join(self.texts[mark] for mark in (tag or self.document).marks()))


@contextmanager
def opened(file: bytes) -> Iterator[Opened]:
    """The file, open."""
    found = Opened(file)
    try:
        yield found
    finally:
        found.pdf.close()


def words_of_pages(file: bytes) -> list[str]:
    """All that is printed on each page, without spaces: what runs above and below it too."""
    return [bare(page.get_textpage().get_text_range()) for page in _pdfium_pages(file)]


def bare(text: str) -> str:
    """A text without spaces and marks that are not seen, letters and their accents as one."""
    return _UNSEEN.sub("", unicodedata.normalize("NFKC", text))


def _tag(element: Any, page: Any, numbers: dict[Any, int]) -> Tag:
    page = element.get("/Pg", page)
    found = Tag(str(element.S)[1:], element)
    inside = element.get("/K", [])
    for one in inside if isinstance(inside, pikepdf.Array) else [inside]:
        if isinstance(one, int):
            found.inside.append((numbers[page.objgen], one))
        elif one.get("/Type") == "/MCR":
            found.inside.append((numbers[one.get("/Pg", page).objgen], int(one.MCID)))
        elif "/S" in one:
            found.inside.append(_tag(one, page, numbers))
    return found


def _pdfium_pages(file: bytes) -> Iterator[Any]:
    document = pypdfium2.PdfDocument(file)
    try:
        for number in range(len(document)):
            page = document[number]
            yield page
            page.close()
    finally:
        document.close()


def _pieces(page: Any) -> Iterator[Piece]:
    texts = page.get_textpage()
    try:
        for one in page.get_objects([pdfium.FPDF_PAGEOBJ_TEXT], max_depth=1):
            size = pdfium.FPDFTextObj_GetText(one.raw, texts.raw, None, 0)
            letters = (ctypes.c_ushort * (size // 2))()
            pdfium.FPDFTextObj_GetText(one.raw, texts.raw, letters, size)
            text = bytes(letters).decode("utf-16-le", "surrogatepass").rstrip("\0")
            text = text.replace("\x02", "-")  # pdfium's word for a hyphen at the end of a line
            mark = pdfium.FPDFPageObj_GetMarkedContentID(one.raw)
            yield Piece(text, mark, *one.get_bounds())
    finally:
        texts.close()
