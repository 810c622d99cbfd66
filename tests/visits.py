"""Somebody at the pages in a real browser: signs in, follows links and presses buttons with the keyboard.

    with visits.visiting(browser, service, Role.editor) as page:
        visits.follow(page, "Plans")
        visits.press(page, "Show")

Each page on the way is looked at: :func:`check`. Fixtures for it are in tests/web/conftest.py.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Literal

from playwright.sync_api import Browser, Page

from app.access.roles import Role
from app.demo import SIGN_INS, SignIn
from tests import browsers, servers

WIDTHS = (browsers.LAPTOP, browsers.PHONE)


def account(role: Role) -> SignIn:
    """The sample's account of this role."""
    return next(one for one in SIGN_INS if one.role is role)


@contextmanager
def visiting(
    browser: Browser, service: servers.Service, role: Role, path: str = "/", **options: Any
) -> Iterator[Page]:
    """A page of somebody who has signed in; ``options`` are Playwright's, such as no scripts."""
    with browsers.context(browser, **options) as visitor:
        page = visitor.new_page()
        page.goto(service.address + path)
        sign_in(page, role)
        yield page


def sign_in(page: Page, role: Role) -> None:
    """Give e-mail address and password where the page asks for them."""
    found = account(role)
    give_password(page, found.email, found.password)


def give_password(page: Page, email: str, password: str) -> None:
    page.get_by_label("E-mail address").fill(email)
    page.get_by_label("Password").fill(password)
    go_on(page, "button", "Sign in", exact=True)


def check(page: Page, *, scripts: bool = True) -> None:
    """The page is whole at each width, and axe finds no barrier at the narrow one.

    Without ``scripts`` in the page's own browser nobody can look for more than sideways scroll there.
    """
    page.wait_for_load_state()
    for width in WIDTHS:
        page.set_viewport_size(width)
        if scripts:
            found = browsers.faults(page)
            assert found == [], f"{page.url} at {width['width']}: {found}"
        else:
            assert page.locator("h1").count() == 1
            assert not browsers.overflows(page), f"{page.url} scrolls sideways at {width['width']}"
    barriers = browsers.violations(page) if scripts else []
    assert barriers == [], f"{page.url}: {barriers}"


def go_on(page: Page, role: Literal["link", "button"], name: str, *, exact: bool = False) -> None:
    """The first link or button of this name, with the keyboard; nobody looks at where it leads."""
    page.get_by_role(role, name=name, exact=exact).first.press("Enter")
    page.wait_for_load_state()


def follow(page: Page, name: str, *, exact: bool = False) -> None:
    """Follow a link with the keyboard to a page without a barrier."""
    go_on(page, "link", name, exact=exact)
    check(page)


def press(page: Page, name: str, *, exact: bool = False) -> None:
    """Press a button with the keyboard, which leads to a page without a barrier."""
    go_on(page, "button", name, exact=exact)
    check(page)
