"""A published period against what is known now: what moved, which entries explain it, and the proof."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

from markupsafe import Markup

from app.sentences import data_quality as quality_words
from app.sentences.restated import about_actions, explained, subject_words
from app.sentences.words import listed, numeral, plural, sentence_case
from app.services.publication_differences import WHOLE_PLAN
from app.services.publications import Proof
from app.web.presenters.dates import long_date, recorded
from app.web.presenters.history import BACKDATED, Event
from app.web.visits import Visit

MOST_TOLD = 5
"""Figures that the sentences name; the table has them all."""
_PER_CENT = ", per cent"
_ASKED_FIRST = (
    "Complete or on target, per cent",
    *("Complete", "Delayed", "On target", "Not started", "Action points", "Withdrawn action points"),
)
"""The figures of the whole plan that a board asks for, in this order."""
_MATRIX = "Matrix version"


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
        sentences=(_moved(figures), explained(_explaining(differences["entries"], figures)))
        if figures
        else (),
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
    """What moved in the whole plan, else the first figures.

    "In the whole plan, Complete or on target went from 61% to 62% and Complete from 17 to 18 as known now."
    """
    whole = [one for one in figures if one.scope == WHOLE_PLAN]
    asked = [one for name in _ASKED_FIRST for one in whole if one.figure == name]
    counts = [one for one in whole if not one.figure.endswith(_PER_CENT)]
    told = (asked or counts or figures)[:MOST_TOLD]
    parts = [_went(one, "" if whole else f"{one.scope}: ", is_first=not n) for n, one in enumerate(told)]
    return f"{'In the whole plan, ' if whole else ''}{listed(parts)} as known now."


def _went(one: Figure, scope: str, *, is_first: bool) -> str:
    unit = "%" if one.figure.endswith(_PER_CENT) else ""
    verb = " went" if is_first or scope else ""
    return f"{scope}{one.figure.removesuffix(_PER_CENT)}{verb} from {one.published}{unit} to {one.now}{unit}"


def _explaining(
    entries: Sequence[Mapping[str, Any]], figures: Sequence[Figure]
) -> Sequence[Mapping[str, Any]]:
    """Those of what ``_moved`` tells: of the whole plan's figures the entries on actions.

    Else without versions of a matrix that changed no figure but their own number, where others did.
    """
    if any(one.scope == WHOLE_PLAN for one in figures):
        return about_actions(entries) or entries
    told = [
        one
        for one in entries
        if one["subject"]["noun"] != "matrix"
        or any(each.scope == one["subject"]["title"] and each.figure != _MATRIX for each in figures)
    ]
    return told or entries


def _event(entry: Mapping[str, Any], period: Mapping[str, Any]) -> Event:
    reason = f"Reason: {entry['reason']}" if entry["reason"] else ""
    return Event(
        day=long_date(entry["effective_on"]),
        iso=entry["effective_on"].isoformat(),
        css="is-change",
        note=_backdated(entry["effective_on"], period) if entry["backdated"] else "",
        sentences=(
            Markup("{}: <strong>{}</strong>.").format(
                sentence_case(subject_words(entry["subject"])), entry["summary"]
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
