"""A message as the bytes that a mail server takes (RFC 5322, MIME): the same bytes for the same mail.

Every header is written here, not by the standard library: its ``email`` package of Python 3.11.7 decodes
what looks like an encoded word in a given text and writes the line ends inside it as they are, so that a
subject ``=?utf-8?q?a=0D=0ABcc:...?=`` becomes a header. Here a text is only ever text: what is more than
plain ASCII, or looks like an encoded word, is encoded as a whole.
"""

import hashlib
import re
import unicodedata
from base64 import b64encode, encodebytes
from binascii import b2a_qp
from collections.abc import Iterator
from email.utils import format_datetime
from urllib.parse import quote

from app.senders.mail import Attachment, Mail, Unsendable, checked_address

LONGEST_LINE = 76
LONGEST_URL = 900
LONGEST_NAME = 200
LONGEST_SUBJECT = 400
_IN_WORD = 45
"""Bytes of UTF-8 in an encoded word: 60 characters of base64, 72 with its frame (RFC 2047, section 2)."""
_MESSAGE_ID = re.compile(r"<[A-Za-z0-9._+=-]{1,200}@[A-Za-z0-9.-]{1,200}>", re.ASCII)
_URL = re.compile(rf"https?://[!-;=?-~]{{1,{LONGEST_URL}}}", re.ASCII)
_MEDIA_TYPE = re.compile(r"[a-z]+/[a-z0-9.+-]{1,100}", re.ASCII)
_PLAIN_PHRASE = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~ -]+", re.ASCII)
_PLAIN_NAME = re.compile(r"[A-Za-z0-9 ._()-]{1,55}", re.ASCII)
_BREAK = re.compile(r"\r\n|\r|\n")


def as_message(mail: Mail, from_address: str) -> bytes:
    """The whole message from its first header to its last line. Raises Unsendable.

    Headers: From, To, Subject, Date, Message-ID, Auto-Submitted (RFC 3834) and what keeps Exchange from
    answering; with ``unsubscribe_url`` those of RFC 2369, and of RFC 8058 where it is https; then MIME's.
    """
    headers = [
        ("From", _person(mail.from_name, from_address)),
        ("To", _person(mail.to_name, mail.to_address)),
        ("Subject", _text("Subject", one_line(mail.subject, LONGEST_SUBJECT))),
        ("Date", format_datetime(mail.sent_at)),
        ("Message-ID", _matching(_MESSAGE_ID, mail.message_id, "Message-ID")),
        ("Auto-Submitted", "auto-generated"),
        ("X-Auto-Response-Suppress", "All"),
        *_unsubscribing(mail.unsubscribe_url),
        ("MIME-Version", "1.0"),
    ]
    boundary = hashlib.sha256(mail.message_id.encode()).hexdigest()[:32]
    body = _alternatives(mail.text, mail.html, boundary)
    if mail.attachments:
        parts = [body, *(_attached(one) for one in mail.attachments)]
        body = _together("mixed", parts, f"m{boundary}")
    return b"".join(_header(name, value) for name, value in headers) + body


def as_draft(subject: str, text: str, html: str) -> bytes:
    """A message to nobody yet: Outlook and others open its file for whoever then sends it themselves."""
    headers = [
        ("Subject", _text("Subject", one_line(subject, LONGEST_SUBJECT))),
        ("X-Unsent", "1"),
        ("MIME-Version", "1.0"),
    ]
    body = _alternatives(text, html, hashlib.sha256(subject.encode(errors="replace")).hexdigest()[:32])
    return b"".join(_header(name, value) for name, value in headers) + body


def file_name(message_id: str) -> str:
    """What the file of a message is called: its Message-ID, as far as every system takes it. Ends in .eml."""
    return f"{re.sub(r'[^A-Za-z0-9._-]', '_', message_id.strip('<>').rpartition('@')[0])[:200]}.eml"


# --- Headers ----------------------------------------------------------------------------------------------


def _header(name: str, value: str) -> bytes:
    # The last guard, whatever came before: a line end is only ever that of a fold.
    if not value.isascii() or any(not line.isprintable() for line in value.split("\r\n ")):
        raise Unsendable(f"The header {name} cannot be written.")
    return f"{name}: {value}\r\n".encode("ascii")


def visible(text: str) -> str:
    """A text whose lines end in LF, without NUL or what no encoding has."""
    return _BREAK.sub("\n", text.replace("\0", "\ufffd")).encode(errors="replace").decode()


def one_line(text: str, longest: int) -> str:
    """A text as one line: whatever ends a line, controls or cannot be written becomes a space."""
    kept = (one for one in text if one not in _TURNING)
    plain = "".join(" " if unicodedata.category(one) in _NO_LETTER else one for one in kept)
    return " ".join(plain.split())[:longest].rstrip()


_NO_LETTER = frozenset({"Cc", "Cs", "Zl", "Zp"})
_TURNING = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f\ufeff")
"""What turns the direction of writing, and so makes one name or address look like another."""


def _text(name: str, text: str) -> str:
    """A text of one line as the value of a header, folded."""
    if text.isascii() and "=?" not in text:
        folded = list(_folded(text, LONGEST_LINE - len(name) - 2))
        if all(len(line) <= LONGEST_LINE for line in folded):
            return "\r\n ".join(folded)
    return "\r\n ".join(_words(text))


def _folded(text: str, first: int) -> Iterator[str]:
    """The lines of a text that is cut at its spaces, the first of them with room for so many characters."""
    line, room = "", first
    for word in text.split(" "):
        if line and len(line) + 1 + len(word) > room:
            yield line
            line, room = word, LONGEST_LINE - 1
        else:
            line = f"{line} {word}" if line else word
    yield line


def _words(text: str) -> Iterator[str]:
    """A text as encoded words, none of which cuts a letter in two (RFC 2047, section 5)."""
    piece = b""
    for letter in text:
        encoded = letter.encode()
        if len(piece) + len(encoded) > _IN_WORD:
            yield f"=?utf-8?b?{b64encode(piece).decode()}?="
            piece = b""
        piece += encoded
    yield f"=?utf-8?b?{b64encode(piece).decode()}?="


def _person(name: str, address: str) -> str:
    """A name and an address, of which only the address decides where a message goes."""
    checked = checked_address(address)
    said = one_line(name, LONGEST_NAME)
    if not said:
        return checked
    if _PLAIN_PHRASE.fullmatch(said) and "=?" not in said and len(said) < LONGEST_LINE - 8:
        phrase = f'"{said}"'
    else:
        phrase = "\r\n ".join(_words(said))
    return f"{phrase}\r\n <{checked}>"


def _unsubscribing(url: str) -> list[tuple[str, str]]:
    if not url:
        return []
    found = [("List-Unsubscribe", f"<{_matching(_URL, url, 'address for unsubscribing')}>")]
    if url.startswith("https://"):
        found.append(("List-Unsubscribe-Post", "List-Unsubscribe=One-Click"))
    return found


def _matching(pattern: re.Pattern[str], text: str, what: str) -> str:
    if not pattern.fullmatch(text):
        raise Unsendable(f"The {what} of the message is not one.")
    return text


# --- Parts ------------------------------------------------------------------------------------------------


def _alternatives(text: str, html: str, boundary: str) -> bytes:
    plain = _written("text/plain", text)
    if not html:
        return plain
    return _together("alternative", [plain, _written("text/html", html)], f"a{boundary}")


def _together(how: str, parts: list[bytes], boundary: str) -> bytes:
    # The line end before a boundary belongs to it: each part keeps its own last one.
    # "=_" is in no line of quoted-printable or base64: a boundary with it is in no part.
    line = f"=_{boundary}"
    head = f'Content-Type: multipart/{how};\r\n boundary="{line}"\r\n\r\n'.encode()
    return (
        head
        + b"".join(b"--%s\r\n%s\r\n" % (line.encode(), one) for one in parts)
        + f"--{line}--\r\n".encode()
    )


def _written(media_type: str, text: str) -> bytes:
    """A text as a part, in quoted-printable: every line short, nothing for a mail server to change."""
    data = b2a_qp(visible(text).encode(), istext=True).replace(b"\n", b"\r\n")
    head = (
        f"Content-Type: {media_type}; charset=utf-8\r\n"
        "Content-Language: en-GB\r\n"
        "Content-Transfer-Encoding: quoted-printable\r\n\r\n"
    )
    return head.encode() + data + (b"" if data.endswith(b"\r\n") else b"\r\n")


def _attached(one: Attachment) -> bytes:
    name = one_line(one.name, LONGEST_NAME).replace("/", "-").replace("\\", "-") or "attachment"
    given = f'filename="{name}"' if _PLAIN_NAME.fullmatch(name) else ";\r\n ".join(_percent(name))
    head = (
        f"Content-Type: {_matching(_MEDIA_TYPE, one.media_type, 'kind of an attachment')}\r\n"
        f"Content-Disposition: attachment;\r\n {given}\r\n"
        "Content-Transfer-Encoding: base64\r\n\r\n"
    )
    return head.encode() + encodebytes(one.data).replace(b"\n", b"\r\n")


def _percent(name: str) -> Iterator[str]:
    """A file name as the pieces of a parameter (RFC 2231), each short enough for a line."""
    piece, place = "utf-8''", 0
    for letter in name:
        encoded = quote(letter, safe="")
        if len(piece) + len(encoded) > 55:
            yield f"filename*{place}*={piece}"
            piece, place = "", place + 1
        piece += encoded
    yield f"filename*{place}*={piece}"
