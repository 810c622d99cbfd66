"""Somebody at the pages in a real browser, who does what a journey says in each way that there is to do it.

    @visits.journey("A plan is copied")
    def test_a_plan_is_copied(visit: visits.Visit) -> None:
        visit.begin(Role.editor, "/plans")
        visit.follow("Copy the plan")
        visit.fill("Ref", "SIP 2")
        visit.press("Copy the plan")

A journey is written once and walked in all of :data:`WAYS`: one of them in `make test`, the others in
`make test-long`. With the mouse everything is clicked; with the keyboard alone it is reached with Tab from
where the focus is, and used with Enter, Space and the arrows. tests/web/test_journeys.py says which journeys
there have to be. The fixtures ``way``, ``service`` and ``visit`` are in tests/web/conftest.py.
"""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple, TypeVar
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Download, Locator, Page, ViewportSize, expect

from app.access.roles import Role
from app.demo import SIGN_INS, SignIn
from tests import browsers

WIDTHS = (browsers.LAPTOP, browsers.PHONE)
TWICE = {"standard": 32, "fixed": 26}
"""The sizes of text, in pixels, of a reader who has doubled them in the settings of the browser."""
MOST_STOPS = 500
"""Of Tab on the way to something. The longest page has 300."""


class Way(NamedTuple):
    """A way to use the service: what with, and on which screen."""

    hand: str
    """With scripts, without scripts: both with the mouse; or with the keyboard alone."""
    is_narrow: bool
    """320 px wide with text of twice the size, or 1280 px wide."""

    @property
    def has_scripts(self) -> bool:
        return self.hand != "no-scripts"

    @property
    def has_mouse(self) -> bool:
        return self.hand != "keyboard"

    @property
    def viewport(self) -> ViewportSize:
        return browsers.PHONE if self.is_narrow else browsers.LAPTOP

    def __str__(self) -> str:
        return f"{self.hand}-{self.viewport['width']}"


WAYS = tuple(Way(hand, narrow) for narrow in (False, True) for hand in ("scripts", "no-scripts", "keyboard"))
SCRIPTS, NO_SCRIPTS, KEYBOARD = WAYS[:3]
WALKED: dict[str, set[Way]] = {}
"""In which ways the tests that were read so far walk each journey."""
Test = TypeVar("Test", bound=Callable[..., None])


def journey(
    *names: str, short: Way = SCRIPTS, needs: Callable[[Way], bool] | None = None
) -> Callable[[Test], Test]:
    """A test of the journeys of these names: once for each way, of which `make test` takes ``short`` alone.

    ``needs`` leaves out the ways in which there is no such journey: what scripts add needs scripts.
    """
    ways = [way for way in WAYS if needs is None or needs(way)]
    for name in names:
        WALKED.setdefault(name, set()).update(ways)
    values = [
        pytest.param(way, id=str(way), marks=() if way == short else pytest.mark.long)
        for way in sorted(ways, key=lambda way: way != short)
    ]
    return pytest.mark.parametrize("way", values, indirect=True, scope="module")


def account(role: Role) -> SignIn:
    """The sample's account of this role."""
    return next(one for one in SIGN_INS if one.role is role)


_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_LOOKED_AT: set[tuple[str, str]] = set()
# Whether the focus is where it has to be: on the control itself, or on its group of radio buttons.
_IS_THERE = """one => {
  const at = document.activeElement
  const isOfGroup = one.type === 'radio' && at.type === 'radio' && at.form === one.form
  return at === one || (isOfGroup && at.name === one.name)
}"""
_IS_BEFORE = """one => {
  const at = document.activeElement
  return at !== document.body && Boolean(at.compareDocumentPosition(one) & Node.DOCUMENT_POSITION_PRECEDING)
}"""
_NEEDS_SKIP = "one => document.activeElement === document.body && Boolean(one.closest('main'))"
_PLACE_OF_OPTION = (
    "(one, said) => [...one.options].findIndex(each => [each.value, each.label].includes(said))"
)


class Visit:
    """Somebody at a page: signed in or not, with the mouse or the keyboard."""

    def __init__(self, page: Page, address: str, way: Way) -> None:
        self.page, self.address, self.way = page, address, way
        if way.is_narrow:
            # Kept for as long as the session is: text of this size on every page.
            self._sizes = page.context.new_cdp_session(page)
            self._sizes.send("Page.setFontSizes", {"fontSizes": TWICE})

    # --- Where somebody is ---

    def go(self, address: str) -> None:
        """Give the browser an address, of this service or in full."""
        self.page.goto(address if "://" in address else self.address + address)

    def begin(self, role: Role, path: str = "/") -> None:
        """Ask for a page, sign in as the sample's account of this role, and be led there."""
        self.go(path)
        self.sign_in(role)

    def sign_in(self, role: Role) -> None:
        """Give e-mail address and password where the page asks for them."""
        found = account(role)
        self.give_password(found.email, found.password)

    def give_password(self, email: str, password: str) -> None:
        self.fill("E-mail address", email)
        self.fill("Password", password)
        self.go_on(self.named("button", "Sign in", exact=True))

    def another_tab(self) -> "Visit":
        """A second page of the same browser, signed in as this one is."""
        return Visit(self.page.context.new_page(), self.address, self.way)

    @property
    def record(self) -> str:
        """The address of the page, without a query."""
        return self.page.url.partition("?")[0]

    # --- What somebody does ---

    def named(self, role: Any, name: str, *, exact: bool = False) -> Locator:
        """The first of this role and name that is to be seen."""
        return self.page.get_by_role(role, name=name, exact=exact).filter(visible=True).first

    def field(self, label: str, place: int = 0) -> Locator:
        """The field with this label, or with one that begins so where none is the same."""
        same = self.page.get_by_label(label, exact=True)
        alike = self.page.get_by_label(re.compile(f"^{re.escape(label)}"))
        return (same if same.count() else alike).nth(place)

    def follow(self, name: str, *, exact: bool = False) -> None:
        """Follow a link of the page to a page without a barrier; of two of this name the first in main."""
        inside = self.page.get_by_role("main").get_by_role("link", name=name, exact=exact)
        self.go_on(inside.first if inside.count() else self.named("link", name, exact=exact))
        self.check()

    def press(self, name: str, *, exact: bool = False) -> None:
        """Press a button of the page, which leads to a page without a barrier."""
        inside = self.page.get_by_role("main").get_by_role("button", name=name, exact=exact)
        self.go_on(inside.first if inside.count() else self.named("button", name, exact=exact))
        self.check()

    def go_on(self, target: Locator, key: str = "") -> None:
        """Use it, or give it this key, and be led somewhere; nobody looks at where that is."""
        if not self.way.has_mouse:
            self.reach(target)  # by way of the link that skips the menus, which is a navigation too
        with self.page.expect_navigation():
            if key:
                target.press(key)
            else:
                self.use(target)

    def use(self, target: Locator, key: str = "Enter") -> None:
        """Click it, or reach it and press the key."""
        if self.way.has_mouse:
            target.click()
        else:
            self.reach(target)
            self.page.keyboard.press(key)

    def fill(self, field: str | Locator, text: str, place: int = 0) -> None:
        """Type into a field, over what is in it."""
        target = self.field(field, place) if isinstance(field, str) else field
        if self.way.has_mouse:
            target.click()
            target.fill(text)
            return
        self.reach(target)
        keyboard = self.page.keyboard
        if target.get_attribute("type") == "date":
            # The order of the parts is that of the browser's own language, American in the tests.
            year, month, day = text.split("-")
            keyboard.type(f"{month}{day}{year}")
        else:
            keyboard.press("Control+A")
            keyboard.press("Delete")
            (keyboard.insert_text if len(text) > 100 else keyboard.type)(text)
        expect(target).to_have_value(text)

    def give_date(self, legend: str, *typed: str) -> None:
        """Day, month and year of a date in parts."""
        group = self.page.get_by_role("group", name=legend, exact=True)
        for part, value in zip(("Day", "Month", "Year"), typed or ("", "", ""), strict=True):
            self.fill(group.get_by_label(part, exact=True), value)

    def tick(self, choice: str | Locator, *, off: bool = False) -> None:
        """Choose one of several radio buttons, tick a box, or take the tick ``off``."""
        target = self.field(choice) if isinstance(choice, str) else choice
        if self.way.has_mouse:
            target.click()
        else:
            self.reach(target)
            for _ in range(MOST_STOPS):
                if target.evaluate("one => one === document.activeElement"):
                    break
                self.page.keyboard.press("ArrowDown")
            if target.is_checked() == off:
                self.page.keyboard.press("Space")
        expect(target).to_be_checked(checked=not off)

    def choose(self, field: str | Locator, option: str) -> None:
        """Choose from a list by the words or the value of the choice."""
        target = self.field(field) if isinstance(field, str) else field
        if self.way.has_mouse:
            target.select_option(option)  # the open list is the system's own, out of reach of any test
            return
        self.reach(target)
        wanted = target.evaluate(_PLACE_OF_OPTION, option)
        for _ in range(MOST_STOPS):
            at = target.evaluate("one => one.selectedIndex")
            if at == wanted:
                return
            self.page.keyboard.press("ArrowDown" if at < wanted else "ArrowUp")
        raise AssertionError(f"the arrows do not lead to {option}")

    def unfold(self, summary: str) -> None:
        """Open what is folded."""
        self.use(self.page.locator("summary", has_text=summary).first)

    def attach(self, field: str, file: Path) -> None:
        """Choose a file in the system's own window."""
        with self.page.expect_file_chooser() as chooser:
            self.use(self.field(field), "Space")
        chooser.value.set_files(file)

    def download(self, link: str) -> Download:
        with self.page.expect_download() as started:
            self.use(self.named("link", link))
        return started.value

    def go_to_mistake(self, message: str) -> None:
        """Follow the error summary to the field of the mistake, which then has the focus."""
        link = self.page.locator(".govuk-error-summary").get_by_role("link", name=message)
        address = link.get_attribute("href") or ""
        self.use(link)
        if self.way.has_scripts:  # without, the browser of the tests tells no focus
            expect(self.page.locator(f"[id='{address.removeprefix('#')}']")).to_be_focused()

    def reach(self, target: Locator) -> None:
        """Go there with the keyboard, from where the focus is; AssertionError when no key leads there."""
        expect(target).to_be_visible()
        keyboard = self.page.keyboard
        if target.evaluate(_NEEDS_SKIP):
            keyboard.press("Tab")
            if self.page.evaluate("document.activeElement.textContent") == "Skip to main content":
                keyboard.press("Enter")
        key = "Shift+Tab" if target.evaluate(_IS_BEFORE) else "Tab"
        for _ in range(MOST_STOPS):
            if target.evaluate(_IS_THERE):
                return
            keyboard.press(key)
        raise AssertionError(f"the keyboard does not reach {target} on {self.page.url}")

    # --- What somebody sees ---

    def reads(self, words: str, *, exact: bool = False) -> None:
        """These words are on the page, or soon come."""
        expect(self.page.get_by_text(words, exact=exact).filter(visible=True).first).to_be_visible()

    def is_refused(self) -> None:
        """The page says that there are mistakes, and begins with their list."""
        assert self.page.title().startswith("Error: "), self.page.title()
        summary = self.page.locator(".govuk-error-summary")
        expect(summary).to_be_visible()
        if self.way.has_scripts:
            expect(summary).to_be_focused()

    def check(self) -> None:
        """The page is whole at the width of this way.

        With scripts and the mouse it is looked at closely at both widths, once for each state of a page in a
        run: what takes the focus, and axe, need scripts themselves.
        """
        page = self.page
        page.wait_for_load_state()
        if self.way != SCRIPTS:
            assert page.locator("h1").count() == 1
            assert not browsers.overflows(page), f"{page.url} scrolls sideways, {self.way}"
            return
        state = (_ID.sub("", urlsplit(page.url).path), page.title())
        looks = state not in _LOOKED_AT
        for width in reversed(WIDTHS):
            page.set_viewport_size(width)
            if looks:
                found = browsers.faults(page)
                assert found == [], f"{page.url} at {width['width']}: {found}"
                if width == browsers.PHONE:
                    barriers = browsers.violations(page)
                    assert barriers == [], f"{page.url}: {barriers}"
            else:
                assert not browsers.overflows(page), f"{page.url} scrolls sideways at {width['width']}"
        _LOOKED_AT.add(state)


@contextmanager
def somebody(browser: Browser, address: str, way: Way = SCRIPTS, path: str = "/sign-in") -> Iterator[Visit]:
    """Somebody with a browser of their own, at this page."""
    with browsers.context(browser, viewport=way.viewport, java_script_enabled=way.has_scripts) as opened:
        visit = Visit(opened.new_page(), address, way)
        visit.go(path)
        yield visit
