"""Takes the pictures in docs/pictures of every page of the served sample: `make pictures`.

Each page is taken on a laptop and on a phone. The pages are those of the application's routes, so that none
is missed; ``STATES`` adds what a page shows only when it is asked something.
"""

import base64
import os
import re
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from playwright.sync_api import Browser, BrowserContext, Page

from app.access.roles import Role
from app.demo import SIGN_INS
from app.web.information import FOR_PROGRAMS, GUIDES
from tests import browsers, databases, every_page, servers
from tests.pictured import STATES, Ids, address_of, save_a_view, set_logo, world

PICTURES = Path(__file__).parent.parent / "docs" / "pictures"
# Elsewhere they are as large as life: PICTURES_IN=folder make pictures.
FOLDER = Path(os.environ.get("PICTURES_IN", PICTURES))


class Size(NamedTuple):
    """How a page is photographed: its width, where a long page is cut (both in CSS pixels), and the scale."""

    width: int
    longest: int
    scale: float


# All pictures together stay under about 3 MB: they are smaller than life, and WebP of a low quality.
SIZES = {"": Size(1280, 1100, 0.5), "-phone": Size(320, 1100, 0.75)}
# Those that README shows can be read.
SHOWN = {
    "overview": Size(1280, 1500, 0.75),
    "changes": Size(1280, 1100, 0.75),
    "reconciliation": Size(1280, 1500, 0.75),
}
LIFE = {"": Size(1280, 2400, 1), "-phone": Size(320, 3000, 1)}
QUALITY = 15
IN_HELP = Path(__file__).parent.parent / "app" / "web" / "static" / "pictures"
HELP = {
    "reading": ("/", Size(1280, 720, 0.55), "main"),
    "updating": ("/actions/{action_id}/update", Size(320, 900, 0.8), "main"),
    "risks": ("/registers/{register_id}", Size(1280, 700, 0.55), "table.heat"),
    "periods": ("/periods/{period_id}", Size(1280, 720, 0.55), "main"),
}
"""What guides of the help show, by the guide: a page, how it is taken, and which part of it."""
LAST = "/admin/area/logo/remove"
"""Exists once an area has a logo: it would be on every other picture too."""
OUTSIDE = ("/sign-in/with/{name}", "/sign-in/callback", "/sign-out/{name}")
"""Ways to the council's own sign-in pages; where there is none they only say so."""

Visitors = dict[Role | None, BrowserContext]


def name_of(path: str, name: str = "") -> str:
    """The name of a page's picture: "/plans/{plan_id}/edit" is "plan-edit", "/plans" is "plans"."""
    if path == "/":
        return "overview"
    single = re.sub(r"[\w-]+/\{(\w+)_id\}", lambda found: found[1].replace("_", "-"), path)
    return re.sub(r"/\{\w+\}", f"/{name}" if name else "", single).strip("/").replace("/", "-")


def every_name() -> list[str]:
    """The names of all pictures, without their endings."""
    return [*(name_of(path, name) for path, name in _walked()), *(state.name for state in STATES)]


def _walked() -> list[tuple[str, str]]:
    """Every page with each guide, and one part of the reference for all: the one with a logo last."""
    guides = (*GUIDES, *FOR_PROGRAMS)
    named: dict[str, tuple[str, ...]] = {"/help/{name}": guides, "/reference/{name}": ("actions",)}
    paths = [path for path in every_page.PATHS if path not in (*OUTSIDE, LAST)]
    return [(path, name) for path in (*paths, LAST) for name in named.get(path, ("",))]


def main() -> None:
    """Photograph every page; with arguments only those whose names hold one of them."""
    os.environ.update(servers.DEMO)
    FOLDER.mkdir(parents=True, exist_ok=True)
    wanted = sys.argv[1:]
    databases.prepare()
    try:
        with world() as (address, ids), browsers.chromium() as browser:
            _take_all(browser, address, ids, lambda name: not wanted or any(one in name for one in wanted))
    finally:
        databases.clear()
    if not wanted and FOLDER == PICTURES:
        kept = {f"{name}{size}.webp" for name in every_name() for size in SIZES} | {"README.md"}
        for file in FOLDER.iterdir():
            if file.name not in kept:
                file.unlink()
        (FOLDER / "README.md").write_text(_contents())


def _contents() -> str:
    """A list of all pictures, to look through."""
    told = "Every page of the sample on a laptop and on a phone, made by `make pictures`. Long ones are cut."
    rows = [f"| {one} | [laptop]({one}.webp) | [phone]({one}-phone.webp) |" for one in sorted(every_name())]
    return "\n".join(["# Pictures", "", told, "", "| Page | | |", "|---|---|---|", *rows, ""])


# --- Taking them ------------------------------------------------------------------------------------------


def _take_all(browser: Browser, address: str, ids: Ids, is_wanted: Callable[[str], bool]) -> None:
    with _visitors(browser, address) as visitors:
        ids = {**ids, "view_id": save_a_view(visitors[Role.admin].pages[0], address, ids)}
        for name, (path, size, part) in HELP.items():
            if FOLDER == PICTURES and is_wanted(f"in-help-{name}"):
                page = visitors[Role.admin].pages[0]
                page.goto(address + address_of(path, "", ids))
                (IN_HELP / f"{name}.webp").write_bytes(_taken(page, size, part))
        *pages, last = _walked()
        for path, name in pages:
            _take_page(visitors, address, ids, path, name, is_wanted)
        for state in STATES:
            if is_wanted(state.name):
                page = visitors[state.role].pages[0]
                state.reach(page, address, ids)
                page.wait_for_load_state()
                _take(page, state.name)
        if is_wanted(name_of(*last)):
            set_logo(visitors[Role.admin].pages[0], address)
        _take_page(visitors, address, ids, *last, is_wanted)


def _take_page(
    visitors: Visitors, address: str, ids: Ids, path: str, name: str, is_wanted: Callable[[str], bool]
) -> None:
    if is_wanted(shown := name_of(path, name)):
        page = visitors[_who_looks(path)].pages[0]
        page.goto(address + address_of(path, name, ids))
        _take(page, shown)


@contextmanager
def _visitors(browser: Browser, address: str) -> Iterator[Visitors]:
    """Somebody of each role who is signed in, and somebody who is not."""
    visitors: Visitors = {}
    for role in (None, Role.contributor, Role.editor, Role.admin):
        visitors[role] = browser.new_context(
            locale="en-GB", timezone_id="Europe/London", viewport=browsers.LAPTOP
        )
        page = visitors[role].new_page()
        if role:
            _sign_in(page, address, role)
    yield visitors
    for visitor in visitors.values():
        visitor.close()


def _who_looks(path: str) -> Role | None:
    if path.startswith(("/sign-in", "/set-password", "/accessibility", "/privacy")):
        return None
    return Role.contributor if path.startswith(("/my-actions", "/account")) else Role.admin


def _sign_in(page: Page, address: str, role: Role) -> None:
    found = next(one for one in SIGN_INS if one.role is role)
    page.goto(f"{address}/sign-in")
    page.get_by_label("E-mail address").fill(found.email)
    page.get_by_label("Password").fill(found.password)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_load_state()


def _take(page: Page, name: str) -> None:
    """The page at both widths, down to where a picture ends."""
    sizes = LIFE if FOLDER != PICTURES else {**SIZES, "": SHOWN.get(name, SIZES[""])}
    for ending, size in sizes.items():
        (FOLDER / f"{name}{ending}.webp").write_bytes(_taken(page, size, "html"))


def _taken(page: Page, size: Size, part: str) -> bytes:
    """The part of the page that a selector names, as WebP."""
    page.set_viewport_size({"width": size.width, "height": 500})
    box = page.locator(part).bounding_box()
    assert box is not None
    box["height"] = min(box["height"], size.longest)
    settings = {"format": "webp", "quality": QUALITY, "clip": {**box, "scale": size.scale}}
    session = page.context.new_cdp_session(page)
    taken = session.send("Page.captureScreenshot", {**settings, "captureBeyondViewport": True})
    session.detach()
    return base64.b64decode(taken["data"])


if __name__ == "__main__":
    main()
