"""Codes of authenticator apps, by the examples of RFC 6238 and RFC 4226."""

import base64
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import pytest

from app.access import app_codes

SECRET = b"12345678901234567890"
NOW = datetime(2024, 7, 1, 9, 0, 10, tzinfo=UTC)


def code(now: datetime) -> str:
    return app_codes.code_of(SECRET, app_codes.step_at(now))


@pytest.mark.parametrize(
    ("seconds", "expected"),
    [
        (59, "287082"),
        (1111111109, "081804"),
        (1111111111, "050471"),
        (1234567890, "005924"),
        (2000000000, "279037"),
        (20000000000, "353130"),
    ],
)
def test_the_codes_are_those_of_rfc_6238(seconds: int, expected: str) -> None:
    assert code(datetime.fromtimestamp(seconds, UTC)) == expected


def test_a_code_is_good_for_one_step_to_either_side_and_no_more() -> None:
    step = app_codes.step_at(NOW)
    for seconds, expected in ((-30, step - 1), (0, step), (30, step + 1), (-60, None), (60, None)):
        typed = code(NOW + timedelta(seconds=seconds))
        assert app_codes.matching_step(SECRET, typed, NOW) == expected


def test_a_code_is_not_taken_again_nor_an_older_one_after_it() -> None:
    step = app_codes.step_at(NOW)
    assert app_codes.matching_step(SECRET, code(NOW), NOW, after=step - 1) == step
    assert app_codes.matching_step(SECRET, code(NOW), NOW, after=step) is None
    assert app_codes.matching_step(SECRET, code(NOW - timedelta(seconds=30)), NOW, after=step) is None


@pytest.mark.parametrize("typed", ["", "12345", "1234567", "abcdef", "١٢٣٤٥٦", "-12345", "1e5000", "\ud800"])
def test_what_is_no_code_is_none(typed: str) -> None:
    assert app_codes.matching_step(SECRET, typed, NOW) is None


def test_spaces_between_the_digits_do_not_matter() -> None:
    digits = code(NOW)
    assert app_codes.matching_step(SECRET, f" {digits[:3]} {digits[3:]} ", NOW) is not None


def test_an_app_reads_the_same_secret_from_the_text_and_from_the_address() -> None:
    text = app_codes.as_text(SECRET)
    assert text.startswith("GEZD GNBV ")
    assert base64.b32decode(text.replace(" ", "")) == SECRET
    address = app_codes.as_address(SECRET, "Plans & risks: North", "pat@north.example")
    parts = urlsplit(address)
    assert (parts.scheme, parts.netloc) == ("otpauth", "totp")
    assert parts.path == "/Plans%20%26%20risks%3A%20North:pat@north.example"
    assert parse_qs(parts.query) == {
        "secret": [text.replace(" ", "")],
        "issuer": ["Plans & risks: North"],
    }
