"""Forms with a file: read as browsers send them, and nothing else."""

from contextlib import suppress

import httpx2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.errors import Invalid
from app.web.uploads import MOST_PARTS, parse_upload

TYPE = "multipart/form-data; boundary=xyz"
FILE = b'Content-Disposition: form-data; name="logo"; filename="a.png"\r\nContent-Type: image/png\r\n\r\n'


def body(*parts: bytes) -> bytes:
    return b"".join(b"--xyz\r\n" + part + b"\r\n" for part in parts) + b"--xyz--\r\n"


@given(st.binary(max_size=400), st.text(max_size=50))
def test_what_a_client_sends_arrives_to_the_byte(content: bytes, words: str) -> None:
    try:
        words.encode()
    except UnicodeEncodeError:
        return
    files = {"logo": ('quoted " name.png', content, "image/png")}
    request = httpx2.Request("POST", "http://x/", data={"version": words}, files=files)
    found = parse_upload(request.headers["content-type"], request.read())
    assert found.files == {"logo": content}
    assert found.typed == {"version": words}


def test_a_file_that_nobody_chose_is_empty() -> None:
    part = b'Content-Disposition: form-data; name="logo"; filename=""\r\nContent-Type: x/y\r\n\r\n'
    assert parse_upload(TYPE, body(part)).files == {"logo": b""}


@pytest.mark.parametrize(
    "content_type",
    [
        "",
        "application/x-www-form-urlencoded",
        "multipart/form-data",
        "multipart/form-data; boundary=",
        TYPE + " x",
    ],
)
def test_another_content_type_is_refused(content_type: str) -> None:
    with pytest.raises(Invalid):
        parse_upload(content_type, body(FILE + b"x"))


@pytest.mark.parametrize(
    "sent",
    [
        b"",
        b"preamble\r\n" + body(FILE + b"x"),
        body(FILE + b"x")[:-6],
        body(FILE + b"x") + b"more",
        body(b"no head at all"),
        body(b"Content-Type: image/png\r\n\r\nx"),
        body(b'Content-Disposition: attachment; name="logo"\r\n\r\nx'),
        body(b"Content-Disposition: form-data; name=\"logo\"; filename*=utf-8''a\r\n\r\nx"),
        body(b"X-Long: " + b"x" * 2000 + b"\r\n" + FILE + b"x"),
        body(*[FILE + b"x"] * (MOST_PARTS + 1)),
    ],
)
def test_a_body_that_no_browser_sends_is_refused(sent: bytes) -> None:
    with pytest.raises(Invalid):
        parse_upload(TYPE, sent)


@given(st.binary(max_size=300))
def test_no_body_is_a_fault_of_ours(sent: bytes) -> None:
    for whole in (sent, b"--xyz\r\n" + sent + b"\r\n--xyz--", body(FILE + sent)):
        with suppress(Invalid):
            parse_upload(TYPE, whole)
