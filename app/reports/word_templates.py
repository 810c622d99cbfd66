"""A council's own Word template: what may be one, and how it is opened.

A file of a stranger is read before anything works with it: as a ZIP file of a size that fits, whose parts are
XML without declarations of their own, without programs, and without what would fetch something from
elsewhere when the report is opened.
"""

import re
import zipfile
from collections.abc import Mapping
from hashlib import sha256
from io import BytesIO
from typing import NamedTuple
from xml.parsers import expat

from app.errors import Invalid, invalid

LARGEST_FILE = 900 * 1024
"""Bytes; with the form around it that is about the largest body that the service takes."""
LARGEST_UNPACKED = 20 * 1024 * 1024
MOST_PARTS = 500
FIELD = "/template"
MARK = "{{ report }}"
"""The paragraph of a template where the report goes."""
DOCX, DOTX = (
    f"application/vnd.openxmlformats-officedocument.wordprocessingml.{kind}.main+xml"
    for kind in ("document", "template")
)
_CONTENTS = "[Content_Types].xml"
_XML = (".xml", ".rels")
_ENCRYPTED = 0x1
_PACKED = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_OLD_OFFICE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_PLAIN_LINK = re.compile(r"https?://|mailto:", re.IGNORECASE)
_ELSEWHERE = re.compile(r"\\\\|[a-z]+:", re.IGNORECASE)
_FETCHES = frozenset(
    ["DDE", "DDEAUTO", "EMBED", "INCLUDE", "INCLUDETEXT", "INCLUDEPICTURE", "LINK", "RD", "QUOTE", "DATABASE"]
)
"""Fields that bring in another file or program, and the one that such a field can be hidden in."""
_HOLDS = {
    "vbaproject": "macros",
    "wordvbadata": "macros",
    "keymapcustomizations": "macros",
    "attachedtoolbars": "macros",
    "control": "ActiveX controls",
    "activexcontrolbinary": "ActiveX controls",
    "webextension": "add-ins",
    "webextensiontaskpanes": "add-ins",
    "oleobject": "embedded objects",
    "package": "embedded objects",
    "afchunk": "embedded objects",
    "subdocument": "links to other files",
    "attachedtemplate": "a link to another template",
}
"""What a part is that a relationship of this kind (its last word) leads to."""
_FIXES = {
    "macros": "Save this one in Word as “Word document (.docx)”, which keeps no macros.",
    "a link to another template": "In Word, open Developer, Document template, choose Normal and save.",
    "links to other files": "In Word, open File, Info, Edit links to files, break each link and save.",
}

_NOT_WORD = (
    "Choose a Word document (.docx) or template (.dotx). This file is neither, whatever its name says."
)
_OLD = (
    "Choose a .docx or .dotx file. This one is in an older format or has a password: open it in Word, take "
    "the password away, and save it as “Word document (.docx)”."
)
DAMAGED = "Choose another file: this one is damaged. Open it in Word and save it again under another name."
TOO_LARGE = f"Choose a smaller file: at most {LARGEST_FILE // 1024} kB. In Word, compress its pictures."
_BOMB = (
    f"Choose another file: unpacked, this one is larger than {LARGEST_UNPACKED // 1024**2} MB. "
    "In Word, compress its pictures or leave some out."
)


class WordTemplate(NamedTuple):
    """A file that has been found to be a template."""

    content: bytes

    @property
    def digest(self) -> str:
        """The SHA-256 of the file."""
        return sha256(self.content).hexdigest()


def checked(template: bytes) -> bytes:
    """The same document, always as a .docx file. Raises Invalid, naming ``/template``, with what to do."""
    parts = _parts(template)
    kind = _kind(parts)
    for name, content in parts.items():
        if name.lower().endswith(_XML):
            _check(_Part(content))
    if kind == DOCX:
        return template
    parts[_CONTENTS] = parts[_CONTENTS].replace(DOTX.encode(), DOCX.encode())
    file = BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, content in parts.items():
            packed.writestr(name, content)
    return file.getvalue()


# --- The file ---------------------------------------------------------------------------------------------


def _parts(template: bytes) -> dict[str, bytes]:
    """The parts of the file by name, none of them unpacked further than fits."""
    if len(template) > LARGEST_FILE:
        raise invalid(FIELD, TOO_LARGE)
    if template.startswith(_OLD_OFFICE):
        raise invalid(FIELD, _OLD)
    if not template.startswith(b"PK\x03\x04"):
        raise invalid(FIELD, _NOT_WORD)
    found: dict[str, bytes] = {}
    left = LARGEST_UNPACKED
    try:
        with zipfile.ZipFile(BytesIO(template)) as packed:
            entries = [one for one in packed.infolist() if not one.is_dir()]
            if len(entries) > MOST_PARTS:
                raise invalid(FIELD, _BOMB)
            for entry in entries:
                if (
                    entry.flag_bits & _ENCRYPTED
                    or entry.compress_type not in _PACKED
                    or entry.filename in found
                ):
                    raise invalid(FIELD, DAMAGED)
                with packed.open(entry) as part:
                    found[entry.filename] = part.read(left + 1)
                left -= len(found[entry.filename])
                if left < 0:
                    raise invalid(FIELD, _BOMB)
    except Invalid:
        raise
    except Exception:  # zlib, zipfile, struct, decoding: as many errors as there are ways to break a file
        raise invalid(FIELD, DAMAGED) from None
    return found


def _kind(parts: Mapping[str, bytes]) -> str:
    """The kind of the main part. Raises Invalid for what is no document and for one with macros."""
    if _CONTENTS not in parts:
        raise invalid(FIELD, _NOT_WORD)
    stated = _Part(parts[_CONTENTS]).types
    kinds = [one.get("ContentType", "") for one in stated]
    if any("macroenabled" in kind.lower() or "vbaproject" in kind.lower() for kind in kinds):
        raise _holds("macros")
    found = [kind for kind in (DOCX, DOTX) if kind in kinds]
    if not found:
        raise invalid(FIELD, _NOT_WORD)
    if any(_is_hidden(one) for one in stated):
        raise invalid(FIELD, DAMAGED)
    return found[0]


def _is_hidden(stated: Mapping[str, str]) -> bool:
    """Whether a part of XML has the name of something else, so that it would not be looked at."""
    name = stated.get("PartName") or f".{stated.get('Extension', '')}"
    kind = stated.get("ContentType", "").lower()
    return kind.endswith("xml") and kind != "image/svg+xml" and not name.lower().endswith(_XML)


# --- Its parts --------------------------------------------------------------------------------------------


class _Part:
    """What a part of XML says that matters here. Raises Invalid for what is no XML, and for a declaration."""

    def __init__(self, content: bytes) -> None:
        self.types: list[dict[str, str]] = []
        self.relations: list[dict[str, str]] = []
        self.instructions = [""]
        self.brings_data = False
        self._in_instruction = False
        # Names come as "vocabulary name": what matters is the name, whatever vocabulary a file claims.
        parser = expat.ParserCreate(namespace_separator=" ")
        parser.StartDoctypeDeclHandler = self._declared
        parser.StartElementHandler = self._begun
        parser.EndElementHandler = self._ended
        parser.CharacterDataHandler = self._text
        try:
            parser.Parse(content, True)
        except expat.ExpatError:
            raise invalid(FIELD, DAMAGED) from None

    def _declared(self, *_declaration: object) -> None:
        raise invalid(FIELD, DAMAGED)

    def _begun(self, name: str, attributes: dict[str, str]) -> None:
        tag = _local(name)
        stated = {_local(key): value for key, value in attributes.items()}
        if tag in ("Override", "Default"):
            self.types.append(stated)
        elif tag == "Relationship":
            self.relations.append(stated)
        elif tag == "fldSimple":
            self.instructions.append(stated.get("instr", ""))
        elif tag == "fldChar":
            self.instructions.append("")
        self.brings_data |= tag == "mailMerge" or _ELSEWHERE.match(stated.get("src", "")) is not None
        self._in_instruction = tag in ("instrText", "delInstrText")

    def _ended(self, _name: str) -> None:
        self._in_instruction = False

    def _text(self, text: str) -> None:
        if self._in_instruction:
            self.instructions[-1] += text


def _local(name: str) -> str:
    return name.rsplit(" ", 1)[-1]


def _check(part: _Part) -> None:
    for stated in part.relations:
        kind = stated.get("Type", "").rsplit("/", 1)[-1].lower()
        if what := _HOLDS.get(kind):
            raise _holds(what)
        is_plain = kind == "hyperlink" and _PLAIN_LINK.match(stated.get("Target", ""))
        if stated.get("TargetMode", "").lower() == "external" and not is_plain:
            raise _holds("links to other files")
    words = (instruction.split()[:1] for instruction in part.instructions)
    if found := _FETCHES.intersection(word.upper() for first in words for word in first):
        raise invalid(
            FIELD,
            f"Take the field {min(found)} out of the template: it can bring in another file. In Word, choose "
            "the field and press Ctrl+Shift+F9, which leaves its text.",
        )
    if part.brings_data:
        raise _holds("links to other files")


def _holds(what: str) -> Invalid:
    fix = _FIXES.get(what, "Delete them in Word and save the file again.")
    return invalid(FIELD, f"Choose a file without {what}. {fix}")
