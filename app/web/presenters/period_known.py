"""A published period against what is known now: what moved, which entries explain it, and the proof."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

from markupsafe import Markup

from app.sentences import data_quality as quality_words
from app.sentences.words import listed, numeral, plural, sentence_case
from app.services.publication_differences import WHOLE_PLAN
from app.services.publications import Proof
from app.web.presenters.dates import long_date, recorded
from app.web.presenters.history import BACKDATED, Event
from app.web.visits import Visit

MOST_TOLD = 3
"""Figures that the sentences name; the table has them all."""
MOST_NAMED = 5
"""Records that the sentences name."""


class Figure(NamedTuple):
    """A figure that has come to differ."""

    scope: str
    figure: str
    published: str
    now: str


class Known(NamedTuple):
    """The published period against what is known now.

    ``sentences`` follow the lead: what moved and which entries explain it, none where nothing differs.
    ``points`` says whether the number of data-quality points of that day has changed since.
    """

    lead: str
    sentences: tuple[str, ...]
    figures: list[Figure]
    events: list[Event]
    agrees: bool
    replay: str
    points: str


def known(
    visit: Visit,
    period: Mapping[str, Any],
    proof: Proof,
    findings: Sequence[Mapping[str, Any]],
) -> Known:
    """What has come to differ from a published period, why, and whether the entries still give it.

    ``findings`` are what the checks find in the period's last day as known now.
    """
    differences, replay = proof.differences, proof.replay
    figures = [_figure(one) for one in differences["figures"]]
    day = long_date(period["last_day"])
    lead = f"As known on {long_date(visit.at.today)}, the figures of {day} are those that were published."
    if figures:
        have = plural(len(figures), "figure has", "figures have")
        lead = f"{sentence_case(numeral(len(figures)))} {have} come to differ since it was published."
    return Known(
        lead=lead,
        sentences=(_moved(figures), _explained(differences["entries"])) if figures else (),
        figures=figures,
        events=[_event(one, period) for one in differences["entries"]],
        agrees=bool(replay["agrees"]),
        replay=_verdict(replay),
        points=_points(proof.content, findings),
    )


def _figure(one: Mapping[str, Any]) -> Figure:
    return Figure(one["scope"], one["figure"], *(_value(one, side) for side in ("published", "now")))


def _value(one: Mapping[str, Any], side: str) -> str:
    if one[side] is None:
        return "Not listed" if one["figure"] == "Listed" else "Not set"
    return str(one[side])


def _moved(figures: Sequence[Figure]) -> str:
    """What moved in the whole plan, else the first figures: "In the whole plan, Complete was 17"."""
    whole = [one for one in figures if one.scope == WHOLE_PLAN and not one.figure.endswith(", per cent")]
    told = (whole or figures)[:MOST_TOLD]
    parts = [
        f"{'' if whole else f'{one.scope}: '}{one.figure} was {one.published} and is {one.now}"
        for one in told
    ]
    return f"{'In the whole plan, ' if whole else ''}{listed(parts, between='; ')} as known now."


def _explained(entries: Sequence[Mapping[str, Any]]) -> str:
    """Which entries explain it: "Two entries recorded since explain this: action 2.1 and risk 4."."""
    names = list(dict.fromkeys(_subject(one["subject"]) for one in entries))
    more = len(names) - MOST_NAMED
    if more > 0:
        names = [*names[:MOST_NAMED], f"{numeral(more)} {plural(more, 'other')}"]
    number = len(entries)
    explain = plural(number, "entry recorded since explains", "entries recorded since explain")
    return f"{sentence_case(numeral(number))} {explain} this: {listed(names)}."


def _subject(subject: Mapping[str, Any]) -> str:
    """The record of an entry: "action 2.1"; a management action by the risk that it belongs to."""
    if subject["noun"] == "management_action":
        return f"management action of risk {subject['ref']}"
    return f"{str(subject['noun']).replace('_', ' ')} {subject['ref']}"


def _event(entry: Mapping[str, Any], period: Mapping[str, Any]) -> Event:
    reason = f"Reason: {entry['reason']}" if entry["reason"] else ""
    return Event(
        day=long_date(entry["effective_on"]),
        iso=entry["effective_on"].isoformat(),
        css="is-change",
        note=_backdated(entry["effective_on"], period) if entry["backdated"] else "",
        sentences=(
            Markup("{}: <strong>{}</strong>.").format(
                sentence_case(_subject(entry["subject"])), entry["summary"]
            ),
        ),
        quotes=tuple(words for words in (entry["narrative"], reason) if words),
        by=f"Recorded {recorded(entry['recorded_at'])} by {entry['author_name']}",
    )


def _backdated(day: date, period: Mapping[str, Any]) -> str:
    """Why an entry is backdated where the period tells it: this one is published."""
    if period["first_day"] <= day <= period["last_day"]:
        return "Backdated: dated in this period, which was published already."
    return BACKDATED


def _verdict(replay: Mapping[str, Any]) -> str:
    faults = len(replay["differences"])
    if not faults:
        return (
            "Worked out again from the entries before the publication, every figure and flag is as published."
        )
    return (
        f"Worked out again from the entries before the publication, {numeral(faults)} "
        f"{plural(faults, 'figure is', 'figures are')} other than published, "
        f"the first at {' '.join(replay['differences'][0]['path'])}. Somebody has changed the stored "
        "copy or the entries: tell whoever looks after the service."
    )


def _points(content: Mapping[str, Any], findings: Sequence[Mapping[str, Any]]) -> str:
    """How many points there were and are: "25 then, 23 as known now"; acknowledged ones do not count."""
    stored = content.get("data_quality", {}).get("findings", ())
    then, now = (quality_words.number(quality_words.points(found)) for found in (stored, findings))
    return f"{then} then, {now} as known now" if then != now else f"{then} then and now"
