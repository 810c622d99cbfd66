"""What help, guides and notices tell of the service is what it does: limits, and the words of links."""

import re
from datetime import timedelta
from pathlib import Path

import pytest

import app
from app.models.colours import TEXT_CONTRAST
from app.security import SHORTEST_PASSWORD
from app.services import drafts, search, sessions, signing_in, single_sign_on, users, webhook_deliveries
from app.services.across_plans import DUE_SOON
from app.web.forms import LONGEST_TEXT

APP = Path(app.__file__).parent
HOUR, MINUTE, DAY = timedelta(hours=1), timedelta(minutes=1), timedelta(days=1)
LIMITS = {
    f"{sessions.IDLE_LIMIT // HOUR} hours without": ("my_account.html", "privacy.html", "account.md"),
    f"after {sessions.SESSION_LIFETIME // HOUR} hours": (
        "my_account.html",
        "privacy.html",
        "account.md",
        "single-sign-on.md",
    ),
    f"for {sessions.REMEMBERED // DAY} days, so that": ("privacy.html",),
    f"for {drafts.KEPT_FOR // DAY} days, for you alone": ("privacy.html",),
    f"or after {drafts.KEPT_FOR // DAY} days": ("help.html",),
    f"within {users.LINK_LIFETIME // HOUR} hours": ("account.md", "admin.md"),
    f"least {SHORTEST_PASSWORD} characters": ("my_password.html", "set_password.html", "account.md"),
    f"wait {signing_in.LOCKED_FOR // MINUTE} minutes": ("account.md",),
    f"within {single_sign_on.LIFETIME // MINUTE} minutes": ("single_sign_on_leave.html",),
    f"more than {webhook_deliveries.KEPT_FOR // DAY} days ago": ("webhook.html",),
    f"due within {DUE_SOON // DAY} days": ("updating.md",),
    f"contrast of {TEXT_CONTRAST} to 1": ("admin.md",),
    f'maxlength="{search.LONGEST}"': ("search_box.html",),
    f"most={LONGEST_TEXT}": ("textarea.html",),
    f"field.most or {LONGEST_TEXT}": ("record_fields.html",),
}
GUIDES = sorted((APP / "web" / "guides").glob("*.md"))
MADE_OF_PARTS = {"Edit the priority", "Order of the priorities", "Withdraw the action", "Overdue by 31 days"}
"""Words of pages that no source holds in one piece."""


def text_of(path: Path) -> str:
    return " ".join(path.read_text(encoding="utf-8").split())


@pytest.mark.parametrize("told", LIMITS)
def test_a_limit_is_told_as_the_rules_have_it(told):
    found = {path.name: path for path in (APP / "web").rglob("*") if path.suffix in (".html", ".md")}
    assert [name for name in LIMITS[told] if told not in text_of(found[name])] == []


def test_guides_call_links_and_fields_what_pages_call_them():
    sources = [path for part in ("web", "charts", "reports", "sentences") for path in (APP / part).rglob("*")]
    said = " ".join(text_of(path) for path in sources if path.suffix in (".html", ".py", ".js"))
    quoted = {(path.stem, words) for path in GUIDES for words in re.findall("“([^”]+)”", text_of(path))}
    assert quoted
    assert {one for one in quoted if one[1] not in said} == {one for one in quoted if one[1] in MADE_OF_PARTS}
