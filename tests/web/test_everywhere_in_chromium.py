"""Every page of the service, on a phone and on a laptop: no barrier, nothing from elsewhere, nothing heavy.

`make test-long` opens them in every state besides (tests/long/test_everywhere.py).
"""

import gzip
import re
import urllib.request
from collections.abc import Iterator
from typing import Any
from urllib.error import HTTPError
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page

from app.web.headers import SECURITY_HEADERS
from app.web.static_files import address as static
from tests import browsers, every_page
from tests.every_page import NO_PAGES, PATHS, REFUSED, STATES, WALKED, World
from tests.plain_words import page_faults
from tests.servers import ROOT
from tests.test_access import routes

FIRST_LOAD, LATER_LOAD = 250_000, 30_000
"""Bytes of a page: with all that it needs, and with nothing but itself."""
NEEDED = r"<(?:link|script|img|use|iframe|source)\b[^>]*?(?:href|src)=\"([^\"#]+)"
MODULES = sorted(path.name for path in (ROOT / "app" / "web" / "static" / "js").glob("*.js"))


@pytest.fixture(scope="module")
def world() -> Iterator[World]:
    with every_page.world() as made:
        yield made


@pytest.fixture(scope="module")
def page(browser: Browser, world: World) -> Iterator[Page]:
    """An admin of the sample's area; the browser must not have had to refuse anything in the end."""
    with browsers.context(browser) as opened:
        opened.add_cookies([*world.cookie("many"), *world.cookie("code")])
        made, said = opened.new_page(), []
        made.on("console", lambda message: said.append(f"{made.url}: {message.text}"))
        yield made
    assert [text for text in said if "Content Security Policy" in text or "Refused" in text] == []


def test_no_page_is_missed() -> None:
    assert {f"GET {path}" for path in {*PATHS, *NO_PAGES}} == {
        route for route in routes() if route.startswith("GET") and "/api/" not in route
    }


@pytest.mark.parametrize("path, name", [*WALKED, *((state, "") for state in STATES)])
def test_a_page_has_no_barrier(page: Page, world: World, path: str, name: str) -> None:
    page.set_viewport_size(browsers.PHONE)
    answer = page.goto(world.service.address + world.address(path, world.many, name))
    assert answer is not None
    assert answer.status == REFUSED.get(path, 200)
    assert browsers.faults(page) == []
    assert browsers.violations(page) == []
    page.set_viewport_size(browsers.LAPTOP)
    assert browsers.faults(page) == []


# --- What goes over the wire ------------------------------------------------------------------------------


def asked(world: World, address: str, path: str = "") -> tuple[int, Any, bytes]:
    """The answer as it goes over the wire: status, headers, and the body as it was packed."""
    ticket = world.cookies["code"] if path == "/sign-in/code" else ""
    headers = {
        "cookie": f"session={world.cookies['many']}; password-given={ticket}",
        "accept-encoding": "gzip, deflate, br, zstd",
    }
    request = urllib.request.Request(world.service.address + address, headers=headers)
    try:
        answer: Any = urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request, timeout=30)
    except HTTPError as error:
        answer = error
    with answer:
        return answer.status, answer.headers, answer.read()


def test_pages_are_light_and_ask_nobody_else(world: World) -> None:
    """Each page in its own, compressed; what it needs besides is kept by the browser for a year."""
    needed: dict[str, int] = {}
    heaviest, faults = 0, []
    for path, name in WALKED:
        address = world.address(path, world.many, name)
        status, headers, body = asked(world, address, path)
        missing = {one for one, value in SECURITY_HEADERS.items() if headers[one] != value}
        if status != REFUSED.get(path, 200) or missing or len(body) > LATER_LOAD:
            faults.append(f"{address}: {status}, {len(body)} bytes, without {missing or 'nothing'}")
        heaviest = max(heaviest, len(body))
        html = gzip.decompress(body).decode()
        if not address.startswith(("/reference", "/help", "/account")):
            faults += [f"{address}: {fault}" for fault in page_faults(html)]
        if found := re.findall(r"<style|\sstyle=|\son[a-z]+=\"|<script(?! type=\"module\" src=)", html):
            faults.append(f"{address}: {found}")
        for one in re.findall(
            r"<(?:link|script|img|use|iframe|source)\b[^>]*?(?:href|src)=\"([^\"#]+)", html
        ):
            # A picture in the page itself is counted with it.
            if not one.startswith("data:image/"):
                needed.setdefault(one, 0)
    for one in [
        *needed,
        *(static(name) for name in ("drafts.js", "counts.js", "filters.js", "shortcuts.js")),
    ]:
        assert not urlsplit(one).netloc, f"{one} is somebody else's"
        _, headers, body = asked(world, one)
        assert "max-age" in headers["cache-control"], one
        needed[one] = len(body)
    assert faults == []
    assert heaviest + sum(needed.values()) < FIRST_LOAD
