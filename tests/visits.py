"""Somebody at the pages in a real browser: signs in, follows links and presses buttons with the keyboard.

    with visits.visiting(browser, service, Role.editor) as page:
        visits.follow(page, "Plans")
        visits.press(page, "Show")

Each page on the way is looked at: :func:`check`. Fixtures for it are in tests/web/conftest.py.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Literal
from urllib.parse import urlsplit

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


_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_LOOKED_AT: set[tuple[str, str]] = set()


def check(page: Page, *, scripts: bool = True) -> None:
    """The page is whole at each width, and axe finds no barrier at the narrow one.

    Without ``scripts`` in the page's own browser nobody can look for more than sideways scroll there. A page
    that another journey of the run was at, in the same state, is looked at for that alone as well.
    """
    page.wait_for_load_state()
    state = (_ID.sub("", urlsplit(page.url).path), page.title())
    looks = scripts and state not in _LOOKED_AT
    for width in WIDTHS:
        page.set_viewport_size(width)
        if looks:
            found = browsers.faults(page)
            assert found == [], f"{page.url} at {width['width']}: {found}"
        else:
            assert page.locator("h1").count() == 1
            assert not browsers.overflows(page), f"{page.url} scrolls sideways at {width['width']}"
    if looks:
        barriers = browsers.violations(page)
        assert barriers == [], f"{page.url}: {barriers}"
        _LOOKED_AT.add(state)


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
