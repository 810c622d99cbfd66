"""Styles are ours to the last byte: nothing of GOV.UK's brand, nothing from elsewhere, kept for ever."""

import re
from hashlib import sha256
from pathlib import Path

import app.web as web
from app.web.static_files import address

STATIC = Path(web.__file__).parent / "static"


def test_the_stylesheet_is_the_one_that_the_notice_describes():
    notice = (STATIC / "NOTICE.md").read_text(encoding="utf-8")
    assert sha256((STATIC / "govuk-frontend.min.css").read_bytes()).hexdigest() in notice
    assert "The MIT License" in notice


def test_no_style_names_a_font_a_crest_or_another_address():
    for path in STATIC.rglob("*.css"):
        text = path.read_text(encoding="utf-8").lower()
        for word in ("@font-face", "gds transport", "crest", "crown", "@import", "url(/", "url(http"):
            assert word not in text, f"{path.name}: {word}"


def test_every_icon_that_is_used_exists():
    templates = [*STATIC.parent.rglob("*.html")]
    drawn = set(re.findall(r'<symbol id="m-(\w+)"', "".join(path.read_text() for path in templates)))
    used = {
        "complete",
        "on_target",
        "delayed",
        "not_started",
        "flag",
        "up",
        "down",
        "new",
        "same",
        "tick",
        "logo",
    }
    assert used <= drawn


def test_styles_are_kept_for_ever_under_an_address_of_their_content(anybody):
    for name in ("app.css", "govuk-frontend.min.css", "icon.svg"):
        plain = anybody.answer("GET", address(name), headers={"accept-encoding": "identity"})
        assert plain.status_code == 200
        assert "immutable" in plain.headers["cache-control"]
        assert sha256(plain.content).hexdigest().startswith(address(name).split("/")[2])
        packed = anybody.answer("GET", address(name), headers={"accept-encoding": "gzip"})
        assert packed.headers["content-encoding"] == "gzip"
        assert packed.content == plain.content


def test_a_stale_or_unknown_address_is_not_found(anybody):
    assert anybody.answer("GET", "/static/0000/app.css").status_code == 404
    assert anybody.answer("GET", address("app.css").replace("app.css", "NOTICE.md")).status_code == 404
    assert anybody.answer("GET", "/static/x/../../pyproject.toml").status_code == 404
