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
from playwright.sync_api import Browser, BrowserContext, Page, Request, Route, ViewportSize, sync_playwright

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
LAPTOP, PHONE = ViewportSize(width=1280, height=900), ViewportSize(width=320, height=640)
AXE_TAGS = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa", "best-practice")
AXE = (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text(encoding="utf-8")
FAULTS = (Path(__file__).parent / "faults.js").read_text(encoding="utf-8")


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
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE)
    options = {
        "runOnly": {"type": "tag", "values": list(AXE_TAGS)},
        # The one rule of WCAG 2.2 that axe leaves out unless it is asked for.
        "rules": {"target-size": {"enabled": True}, **{rule: {"enabled": False} for rule in without}},
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


def faults(page: Page) -> list[str]:
    """What is wrong with the page as it stands, beside axe's findings, one line each.

    One heading of level 1; no sideways scroll and no text cut off; what takes the focus shows it and is
    not covered then; fields and buttons are at least 24 px (links in text are left to axe); a status has
    words, so that it can be read without colours.
    """
    found: list[str] = page.evaluate(FAULTS)
    return found
