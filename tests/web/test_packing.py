"""Pages go over the wire packed, for whom takes that; their length tells nothing of their words."""

import gzip

import pytest
from starlette.testclient import TestClient

from app.web.packing import MOST_BLUR, packed

PLAIN = {"accept-encoding": "identity"}


def test_a_packed_page_is_the_same_page(http: TestClient) -> None:
    plain, small = (http.get("/help", headers=headers) for headers in (PLAIN, {"accept-encoding": "gzip"}))
    assert "content-encoding" not in plain.headers
    assert small.headers["content-encoding"] == "gzip"
    assert small.headers["vary"] == "Accept-Encoding"
    assert int(small.headers["content-length"]) < len(plain.content) / 2
    assert small.text == plain.text
    assert small.headers["content-security-policy"] == plain.headers["content-security-policy"]


@pytest.mark.parametrize("accepted", ["gzip;q=0", "br", ""])
def test_whoever_takes_no_gzip_gets_the_plain_page(http: TestClient, accepted: str) -> None:
    assert "content-encoding" not in http.get("/help", headers={"accept-encoding": accepted}).headers


def test_the_answer_to_a_form_is_not_packed(http: TestClient) -> None:
    answer = http.post("/sign-in", data={"email": ""}, headers={"accept-encoding": "gzip"})
    assert answer.status_code == 422
    assert "content-encoding" not in answer.headers


def test_the_length_of_the_same_page_differs_each_time() -> None:
    page = b"<p>Position as at 30 June 2024.</p>" * 100
    lengths = {len(packed(page)) for _ in range(200)}
    assert len(lengths) > MOST_BLUR / 2
    assert max(lengths) - min(lengths) < MOST_BLUR
    assert gzip.decompress(packed(page)) == page
