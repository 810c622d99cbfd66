"""A message is exactly the headers that were wished for, whatever is in its texts; tried many times."""

import email
import email.policy
import re
from datetime import UTC, datetime
from email.header import decode_header, make_header
from email.message import EmailMessage
from email.utils import getaddresses, unquote
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from app.senders.mail import Attachment, Mail, Unsendable
from app.senders.message import LONGEST_LINE, LONGEST_SUBJECT, as_draft, as_message, file_name, one_line

FROM = "plans@council.example"
SENT_AT = datetime(2024, 7, 1, 7, 0, tzinfo=UTC)
WISHED = (
    *("From", "To", "Subject", "Date", "Message-ID", "Auto-Submitted", "X-Auto-Response-Suppress"),
    *("List-Unsubscribe", "List-Unsubscribe-Post", "MIME-Version", "Content-Type"),
)
PYTHON_BUG = "=?utf-8?q?a=0D=0ABcc:=20victim@example.org=0D=0A=0D=0Abody?="


def a_mail(**changed: Any) -> Mail:
    values = {
        "message_id": "<0197f6a0-0000-7000-8000-000000000001@council.example>",
        "sent_at": SENT_AT,
        "to_address": "chair@example.org",
        "to_name": "Chair",
        "subject": "Summary",
        "text": "Words",
        "html": "<p>Words</p>",
        "unsubscribe_url": "https://plans.council.example/unsubscribe/token",
    }
    return Mail(**{**values, **changed})


def raw_headers(message: bytes) -> list[tuple[str, str]]:
    """The headers as a mail server splits them, unfolded; by hand, so that no library decodes anything."""
    head = message.partition(b"\r\n\r\n")[0].decode("ascii")
    unfolded = re.sub(r"\r\n(?=[ \t])", "", head)
    return [(name, value[1:]) for name, _, value in (line.partition(":") for line in unfolded.split("\r\n"))]


def read(message: bytes) -> EmailMessage:
    found = email.message_from_bytes(message, policy=email.policy.default)
    assert isinstance(found, EmailMessage)
    return found


def decoded(value: str) -> str:
    return str(make_header(decode_header(value)))


_SMUGGLED = st.sampled_from(
    [
        *("\r\n", "\r", "\n", "\0", "\x0b", "\x0c", "\x1c", "\x85", "\u2028", "\u2029", "\ud800", "\t"),
        *("\r\nBcc: victim@example.org", "\n\nbody", "\r\n\r\n<html>", "\r\n.\r\nMAIL FROM:<x@y.example>"),
        *("=?utf-8?q?a=0D=0ABcc:x@y.example?=", "=?utf-8?b?DQpCY2M6IHhAeS5leGFtcGxl?=", "=?", "?=", "=0D=0A"),
        *('"', "\\", "<victim@example.org>", ", victim@example.org", "(comment)", ";", ":", "@", "<", ">"),
        *("\u202e", "é", "🧒🏽", "漢字", "ﬁ", " ", "  ", "%0d%0a", "&#13;&#10;", "--=_m"),
    ]
)
TEXTS = st.lists(st.one_of(_SMUGGLED, st.text(max_size=12)), max_size=8).map("".join)


@settings(max_examples=400, deadline=None)
@given(TEXTS)
@example(PYTHON_BUG)
@example("a" * 5000)
@example("é" * 5000)
@example("漢字 " * 500)
def test_no_text_makes_a_header_or_a_recipient(said: str) -> None:
    has_only_what_was_wished(said)


@pytest.mark.long
@settings(max_examples=10_000, deadline=None)
@given(TEXTS)
def test_no_text_makes_a_header_or_a_recipient_in_10000_tries(said: str) -> None:
    has_only_what_was_wished(said)


def has_only_what_was_wished(said: str) -> None:
    """A message with this text in every place has the wished headers, and one recipient."""
    mail = a_mail(
        subject=said,
        to_name=said,
        from_name=said[::-1],
        text=said,
        html=f"<p>{said}</p>",
        attachments=(Attachment(said, "application/pdf", b"%PDF"),),
    )

    message = as_message(mail, FROM)

    headers = raw_headers(message)
    assert tuple(header for header, _ in headers) == WISHED
    assert all(len(line) <= 998 for line in message.split(b"\r\n"))
    assert b"\n" not in message.replace(b"\r\n", b"")
    assert b"\r" not in message.replace(b"\r\n", b"")
    values = dict(headers)
    for field, address, name in (("To", mail.to_address, said), ("From", FROM, said[::-1])):
        # What a server reads: one address, whatever stands before it.
        assert [found for _, found in getaddresses([values[field]])] == [address]
        assert values[field].count("@") == 1 + _plain_ats(values[field])
        assert decoded(values[field]).removesuffix(address).count("\n") == 0
        assert (one_line(name, 200) == "") == (values[field] == address)
    assert decoded(values["Subject"]) == one_line(said, LONGEST_SUBJECT)
    found = email.message_from_bytes(message)
    assert found.keys() == list(WISHED)
    assert not found.defects
    kinds = [part.get_content_type() for part in found.walk()]
    assert kinds == ["multipart/mixed", "multipart/alternative", "text/plain", "text/html", "application/pdf"]


@settings(max_examples=150, deadline=None)
@given(TEXTS)
@example(PYTHON_BUG)
def test_a_program_that_decodes_headers_finds_no_more_of_them(said: str) -> None:
    found = read(as_message(a_mail(subject=said, to_name=said), FROM))
    assert found.keys() == list(WISHED)
    assert [one.addr_spec for one in found["To"].addresses] == ["chair@example.org"]
    assert found["Subject"] == one_line(said, LONGEST_SUBJECT)


def _plain_ats(value: str) -> int:
    """At signs inside a quoted name: they are no addresses."""
    return sum(part.count("@") for part in re.findall(r'"[^"]*"', value))


@settings(max_examples=150, deadline=None)
@given(TEXTS, TEXTS)
def test_every_text_arrives_as_it_is(text: str, html: str) -> None:
    found = read(as_message(a_mail(text=text, html=f"<p>{html}</p>"), FROM))
    for kind, said in (("plain", text), ("html", f"<p>{html}</p>")):
        arrived = found.get_body((kind,)).get_payload(decode=True).decode()
        lines = re.sub(r"\r\n|\r|\n", "\n", said.replace("\0", "\ufffd")).replace("\ud800", "?")
        assert arrived.replace("\r\n", "\n").removesuffix("\n") == lines.removesuffix("\n")


def test_the_bytes_of_a_message_are_the_same_every_time() -> None:
    mail = a_mail(attachments=(Attachment("a.pdf", "application/pdf", b"%PDF"),))
    assert as_message(mail, FROM) == as_message(mail, FROM)


def test_a_plain_message_reads_as_people_know_it() -> None:
    message = as_message(a_mail(html="", unsubscribe_url="", subject="Summary, 30 June 2024"), FROM).decode()
    assert message == (
        "From: plans@council.example\r\n"
        'To: "Chair"\r\n <chair@example.org>\r\n'
        "Subject: Summary, 30 June 2024\r\n"
        "Date: Mon, 01 Jul 2024 07:00:00 +0000\r\n"
        "Message-ID: <0197f6a0-0000-7000-8000-000000000001@council.example>\r\n"
        "Auto-Submitted: auto-generated\r\n"
        "X-Auto-Response-Suppress: All\r\n"
        "MIME-Version: 1.0\r\n"
        "Content-Type: text/plain; charset=utf-8\r\n"
        "Content-Language: en-GB\r\n"
        "Content-Transfer-Encoding: quoted-printable\r\n\r\n"
        "Words\r\n"
    )


@settings(max_examples=100, deadline=None)
@given(TEXTS)
@example(PYTHON_BUG)
def test_a_draft_is_to_nobody_yet(said: str) -> None:
    draft = as_draft(said, said, "<p>Words</p>")
    assert [name for name, _ in raw_headers(draft)] == ["Subject", "X-Unsent", "MIME-Version", "Content-Type"]
    assert decoded(dict(raw_headers(draft))["Subject"]) == one_line(said, LONGEST_SUBJECT)


def test_one_click_ends_a_subscription_where_the_address_is_https() -> None:
    values = dict(raw_headers(as_message(a_mail(), FROM)))
    assert values["List-Unsubscribe"] == "<https://plans.council.example/unsubscribe/token>"
    assert values["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    local = dict(raw_headers(as_message(a_mail(unsubscribe_url="http://127.0.0.1:8000/unsubscribe/t"), FROM)))
    assert "List-Unsubscribe-Post" not in local


NO_ADDRESSES = (
    *("", "a@b.example\n", "a b@c.example", "a@b.example, c@d.example", "<a@b.example>", '"a"@b.example'),
    *("=?utf-8?q?a=0D=0ABcc:x?=@b.example", "a=?b@c.example"),
    *("a@é.example", "a@-b.example", "@b.example", "a@", f"{'a' * 65}@b.example", f"a@{'b.' * 130}example"),
)
NO_IDS = ("", "a@b", "<a>", "<a@b>\r\nX: y", "<a b@c>", "<a@b><c@d>")
NO_LINKS = ("https://x.example/>", "https://x.example/\r\nX: y", "ftp://x.example", "https://")


@pytest.mark.parametrize(
    "changed",
    [
        *({"to_address": one} for one in NO_ADDRESSES),
        *({"message_id": one} for one in NO_IDS),
        *({"unsubscribe_url": one} for one in NO_LINKS),
        {"attachments": (Attachment("a", "application/pdf\r\nX: y", b""),)},
    ],
)
def test_what_cannot_be_sent_safely_is_not_sent(changed: dict[str, Any]) -> None:
    with pytest.raises(Unsendable):
        as_message(a_mail(**changed), FROM)


@settings(max_examples=150, deadline=None)
@given(TEXTS)
@example("../../etc/passwd")
@example("..\\windows\\system.ini")
def test_the_name_of_a_file_arrives_without_paths_or_lines(name: str) -> None:
    message = as_message(a_mail(attachments=(Attachment(name, "text/csv", b"a"),)), FROM)
    (attached,) = read(message).iter_attachments()
    assert not {"/", "\\"} & set(attached.get_filename())
    wanted = one_line(name, 200).replace("/", "-").replace("\\", "-") or "attachment"
    assert attached.get_filename() == unquote(wanted).strip()  # Python takes < and > for quotes


def test_lines_are_short_whatever_the_words_are() -> None:
    long = a_mail(subject="Very long words " * 30, to_name="ÄÖ" * 100, text="x" * 4000, html="<p>é</p>" * 900)
    assert max(map(len, as_message(long, FROM).split(b"\r\n"))) <= LONGEST_LINE + 2


def test_a_file_of_a_message_has_a_name_that_every_system_takes() -> None:
    assert file_name("<0197f6a0-7000@council.example>") == "0197f6a0-7000.eml"
    assert file_name("<../../etc/passwd@x>") == ".._.._etc_passwd.eml"
