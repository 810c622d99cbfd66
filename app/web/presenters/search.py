"""What the page of a search shows: what was found by group, with the words marked where they stand."""

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

from app.errors import invalid
from app.risk.scoring import RiskState
from app.sentences.words import plural
from app.services.search import ALL, Question
from app.services.search_groups import GROUPS
from app.services.search_texts import Text
from app.web.presenters.actions import refs
from app.web.presenters.dates import long_date
from app.web.presenters.lists import tools, url
from app.web.presenters.periods import period_name
from app.web.presenters.risks import STATE_LABELS
from app.web.presenters.text import headline

_HEADINGS = {
    "actions": ("action", "actions", "Actions"),
    "risks": ("risk", "risks", "Risks"),
    "priorities": ("priority", "priorities", "Priorities"),
    "periods": ("board period", "board periods", "Board periods"),
    "plans": ("plan", "plans", "Plans"),
    "registers": ("risk register", "risk registers", "Risk registers"),
}
_KINDS = {
    "title": "Description",
    "lead": "Lead",
    "co_lead": "Co-lead",
    "sro": "Senior responsible officer",
    "owner": "Risk owner",
    "strategic_lead": "Strategic lead",
    "responsible_body": "Responsible body",
    "responsible_bodies": "Responsible bodies",
    "phase": "Phase",
    "success_measure": "Success measure",
    "expected_impact": "Expected impact",
    "path_to_green": "Path back to green",
    "update": "Update",
    "update_reason": "Reason",
    "effect": "Effect",
    "assessment": "Position",
    "assessment_reason": "Reason",
    "control": "Control",
    "management_action": "Management action",
    "management_action_update": "Update on a management action",
    "management_action_lead": "Lead of a management action",
    "statement": "Statement",
    "commentary": "Commentary",
    "erratum": "Erratum",
}
_NAMED_BESIDE = ("lead", "owner", "sro")
"""Whose names may stand under the record's own."""
_EXCERPT, _BEFORE = 240, 80
"""How many characters of a long text are shown, and how many of them before the first word found."""


class Piece(NamedTuple):
    """A part of a text; ``is_found`` where it is one of the words."""

    text: str
    is_found: bool


class Hit(NamedTuple):
    """A record that was found. ``status`` picks a tag, ``state`` is in words; "" for none.

    ``told`` is where the words stand when they are not in its name: what that is, and the text around them.
    """

    href: str
    name: list[Piece]
    status: str
    state: str
    about: list[Piece]
    told: str
    text: list[Piece]


class Section(NamedTuple):
    """The hits of a group; ``more`` and ``more_url`` lead to those that are not shown here."""

    name: str
    heading: str
    hits: list[Hit]
    more: str
    more_url: str


def group_asked(typed: str) -> str:
    """The group that an address asks for by itself. Raises Invalid for one that there is not."""
    if typed not in ("", *GROUPS):
        raise invalid("/in", "Choose a kind of record from the list.")
    return typed


def search_page(
    asked: Question, found: Sequence[Mapping[str, Any]], only: str, *, today: date
) -> dict[str, Any]:
    """What was found for a question; ``only`` is the group that was asked for by itself."""
    return {
        "section": "",
        "heading": "Search",
        "title": f"Search: {asked.typed}" if asked.typed else "Search",
        "search_for": asked.typed,
        "is_asked": bool(asked.words),
        "lead": _lead(asked, found),
        "known": f"Searched as known today, {long_date(today)}, whatever day you looked at before.",
        "sections": [_section(asked, one, only) for one in found],
        "tools": tools("/search", [("q", asked.typed), ("in", only)]),
        "all_url": url("/search", [("q", asked.typed)]) if only else "",
    }


def _lead(asked: Question, found: Sequence[Mapping[str, Any]]) -> str:
    if not found:
        return f"Nothing found for “{asked.typed}”."
    counts = [f"{one['total']:,} {plural(one['total'], *_HEADINGS[one['name']][:2])}" for one in found]
    return f"Found for “{asked.typed}”: {', '.join(counts)}."


def _section(asked: Question, found: Mapping[str, Any], only: str) -> Section:
    _, many, heading = _HEADINGS[found["name"]]
    shown, total = len(found["items"]), found["total"]
    more = more_url = ""
    if shown < total and only:
        more = f"The first {shown} of {total:,} are shown. Add a word to find fewer."
    elif shown < total:
        more = f"Show all {total:,} {many}" if total <= ALL else f"Show more of {total:,} {many}"
        more_url = url("/search", [("q", asked.typed), ("in", found["name"])])
    hit = _HITS[found["name"]]
    return Section(
        found["name"], heading, [_hit(asked, hit, item) for item in found["items"]], more, more_url
    )


def _hit(asked: Question, hit: Callable[[Mapping[str, Any]], dict[str, str]], item: Mapping[str, Any]) -> Hit:
    shown = {"status": "", "state": "", "about": "", **hit(item)}
    told: Text | None = item["told"]
    name = shown["name"]
    if told is None and not item["exact"] and any(word.lower() not in name.lower() for word in asked.words):
        told = Text("title", None, "", item["title"])
    if told and told.kind in _NAMED_BESIDE and told.text in shown["about"]:
        told = None
    return Hit(
        href=shown["href"],
        name=pieces(name, asked.words),
        status=shown["status"],
        state=shown["state"],
        about=pieces(shown["about"], asked.words),
        told=_said(told) if told else "",
        text=pieces(excerpt(told.text, asked.words), asked.words) if told else [],
    )


def _said(told: Text) -> str:
    what = _KINDS[told.kind]
    if told.told_on is None:
        return what
    return f"{what} of {long_date(told.told_on)} by {told.author}"


def pieces(text: str, words: Sequence[str]) -> list[Piece]:
    """A text in parts, so that the words can be marked in it.

    >>> [piece.text for piece in pieces("Annual reviews", ["review"])]
    ['Annual ', 'review', 's']
    """
    longest_first = sorted(words, key=len, reverse=True)
    parts = re.split(f"({'|'.join(map(re.escape, longest_first))})", text, flags=re.IGNORECASE)
    return [Piece(part, bool(place % 2)) for place, part in enumerate(parts) if part]


def excerpt(text: str, words: Sequence[str]) -> str:
    """The part of a long text around the first of the words that stands in it, cut between words."""
    plain = " ".join(text.split())
    if len(plain) <= _EXCERPT:
        return plain
    places = [found for word in words if (found := plain.lower().find(word.lower())) >= 0]
    start = max(0, min(places, default=0) - _BEFORE)
    if start:
        start = plain.find(" ", start) + 1 or start
    end = start + _EXCERPT
    if end < len(plain):
        end = max(plain.rfind(" ", start, end), start + _BEFORE)
    return f"{'… ' if start else ''}{plain[start:end]}{' …' if end < len(plain) else ''}"


# --- Each kind of record ----------------------------------------------------------------------------------


def _action(item: Mapping[str, Any]) -> dict[str, str]:
    lead = item["lead"] or "no lead"
    return {
        "href": f"/actions/{item['id']}",
        "name": f"{refs(item)} {item['title']}",
        "status": "" if item["withdrawn"] else item["status"],
        "state": "Withdrawn" if item["withdrawn"] else "",
        "about": f"{item['plan']}, {lead}",
    }


def _risk(item: Mapping[str, Any]) -> dict[str, str]:
    rated = "Not scored"
    if item["band"]:
        rated = f"{item['current_score']} {item['band']}" if item["current_score"] else item["band"]
    is_open = item["state"] == RiskState.open
    return {
        "href": f"/risks/{item['id']}",
        "name": f"{item['ref']} {headline(item['title'])}",
        "state": rated if is_open else f"{rated}, {STATE_LABELS[RiskState(item['state'])].lower()}",
        "about": f"{item['register']}, {item['owner'] or item['sro'] or 'no owner'}",
    }


def _priority(item: Mapping[str, Any]) -> dict[str, str]:
    about = f"{item['plan']}, {item['sro']}" if item["sro"] else item["plan"]
    return {
        "href": f"/priorities/{item['id']}",
        "name": f"{item['ref']} {item['title']}",
        "about": about,
    }


def _period(item: Mapping[str, Any]) -> dict[str, str]:
    return {"href": f"/periods/{item['id']}", "name": period_name(item), "about": item["plan"]}


def _by_title(place: str) -> Callable[[Mapping[str, Any]], dict[str, str]]:
    return lambda item: {"href": f"/{place}/{item['id']}", "name": item["title"], "about": item["ref"]}


_HITS: dict[str, Callable[[Mapping[str, Any]], dict[str, str]]] = {
    "actions": _action,
    "risks": _risk,
    "priorities": _priority,
    "periods": _period,
    "plans": _by_title("plans"),
    "registers": _by_title("registers"),
}
