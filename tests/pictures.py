"""Takes the pictures in docs/pictures of the served sample: `make pictures`."""

import os
from pathlib import Path

from playwright.sync_api import Page

from app.demo import SIGN_INS
from tests import browsers, databases, servers

FOLDER = Path(__file__).parent.parent / "docs" / "pictures"
PUBLISHED = Path(__file__).parent.parent / "app" / "sample" / "halton-pap" / "published-progress.csv"
LAPTOP = {"width": 1280, "height": 800}
PHONE = {"width": 320, "height": 640}


def main() -> None:
    """Sign in as an administrator of the sample and photograph what a board sees."""
    os.environ.update({"SEND_TRACKER_ENVIRONMENT": "demo", "SEND_TRACKER_TODAY": "2024-07-01"})
    FOLDER.mkdir(parents=True, exist_ok=True)
    databases.prepare()
    try:
        with databases.copy_of("sample", "sqlite") as url, servers.serve(url) as service:
            _take_all(service.address)
    finally:
        databases.clear()


def _take_all(address: str) -> None:
    with browsers.chromium() as browser, browsers.context(browser, viewport=LAPTOP) as visitor:
        page = visitor.new_page()
        _sign_in(page, address)
        _take(page, f"{address}/?as_at=2024-06-30", "overview")
        plan = _follow(page, f"{address}/plans", "/plans/")
        priority = _follow(page, address + plan, "/priorities/")
        _take(page, address + priority, "priority")
        _take(page, f"{address}{_follow(page, address + priority, '/actions/', last=True)}", "action")
        register = _follow(page, f"{address}/registers", "/registers/")
        _take(page, address + register, "register")
        _take(page, address + _follow(page, address + register, "/risks/"), "risk")
        _take(page, f"{address}/changes?compare=2024-04-30&as_at=2024-06-30", "changes")
        _take(page, address + _follow(page, address, "/data-quality"), "data-quality")
        _reconcile(page, address)
        page.set_viewport_size(PHONE)
        _take(page, f"{address}/?as_at=2024-06-30", "overview-phone")
        _take(page, address + register, "register-phone")


def _sign_in(page: Page, address: str) -> None:
    page.goto(f"{address}/sign-in")
    page.get_by_label("E-mail address").fill(SIGN_INS[-1].email)
    page.get_by_label("Password").fill(SIGN_INS[-1].password)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_load_state()


def _reconcile(page: Page, address: str) -> None:
    """What the percentages that were published in July 2024 come to."""
    page.goto(f"{address}/reconcile")
    page.locator("textarea").fill(PUBLISHED.read_text())
    page.locator("main form button").first.click()
    page.wait_for_load_state()
    page.screenshot(path=FOLDER / "reconciliation.png", full_page=True)


def _follow(page: Page, address: str, prefix: str, *, last: bool = False) -> str:
    page.goto(address)
    links = page.locator(f"main a[href^='{prefix}']")
    found = (links.last if last else links.first).get_attribute("href")
    assert found is not None
    return found


def _take(page: Page, address: str, name: str) -> None:
    page.goto(address)
    page.screenshot(path=FOLDER / f"{name}.png", full_page=True)


if __name__ == "__main__":
    main()
