"""Chromium for page tests, and axe's judgement of a page.

def test_the_dashboard_is_accessible(page, service):
    page.goto(service.address + "/")
    assert browsers.violations(page) == []
"""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import axe_playwright_python
from playwright.sync_api import Browser, BrowserContext, Page, Request, Route, sync_playwright

NAMES = ("chromium", "chromium-browser", "google-chrome")
# No sandbox because tests run as root; the others keep the browser from calling home.
ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
)
AXE_TAGS = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa", "best-practice")
AXE = (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text(encoding="utf-8")


def executable() -> str:
    """The path of the browser. Raises RuntimeError with what to do when there is none."""
    for name in NAMES:
        if path := shutil.which(name):
            return path
    raise RuntimeError("no Chromium on PATH: run `make browser`")


@contextmanager
def chromium() -> Iterator[Browser]:
    """A headless browser. While it is open, no event loop can be run in this thread."""
    # The driver's own node process needs no debugging and no warnings of the machine's.
    os.environ.setdefault("NODE_NO_WARNINGS", "1")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable(), args=list(ARGUMENTS))
        try:
            yield browser
        finally:
            browser.close()


@contextmanager
def context(browser: Browser, **options: Any) -> Iterator[BrowserContext]:
    """A fresh visitor in London; AssertionError on leaving when a page asked for anything elsewhere.

    ``options`` are Playwright's own, such as ``java_script_enabled=False`` or
    ``viewport={"width": 320, "height": 800}``.
    """
    strangers: list[str] = []

    def refuse(route: Route, request: Request) -> None:
        strangers.append(request.url)
        route.abort()

    defaults: dict[str, Any] = {"locale": "en-GB", "timezone_id": "Europe/London"}
    opened = browser.new_context(**(defaults | options))
    opened.set_default_timeout(15_000)
    opened.route(lambda url: urlsplit(url).hostname not in ("127.0.0.1", None), refuse)
    try:
        yield opened
    finally:
        opened.close()
    assert not strangers, f"pages asked for addresses off this machine: {strangers}"


def violations(page: Page, *, without: tuple[str, ...] = ()) -> list[str]:
    """What axe finds wrong with the page (WCAG 2.0 to 2.2, A and AA, and its best practices), one line each.

    ``without`` names rules left out; give the reason where it is used.
    """
    page.evaluate(AXE)
    options = {
        "runOnly": {"type": "tag", "values": list(AXE_TAGS)},
        "rules": {rule: {"enabled": False} for rule in without},
        "resultTypes": ["violations"],
    }
    found = page.evaluate("options => axe.run(document, options)", options)
    assert found["passes"], "axe looked at nothing"
    return [
        f"{fault['id']} ({fault['impact']}): {fault['help']} - "
        + "; ".join(" ".join(map(str, node["target"])) for node in fault["nodes"])
        for fault in found["violations"]
    ]


def overflows(page: Page) -> bool:
    """Whether the page must be scrolled sideways at its present width."""
    wide: bool = page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth")
    return wide
