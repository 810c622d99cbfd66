"""A small content of a report in which every section says something, and texts that formats could misread.

Made by hand and without a database, in the shape that ``services/reports`` stores (a test holds the two
together), so that a renderer is tested on every kind of block in milliseconds.
"""

from collections.abc import Mapping
from typing import Any

from app.plans.statuses import FLAGS, STATUS_LABELS, Status
from app.reports.document import Look
from tests.factories import png

Shown = dict[str, Any]

HOSTILE: Mapping[str, str] = {
    "typst": '#panic("no") $ x^2 $ *bold* _thin_ `raw` @ref <label> #import "a.typ" [x] \\u{41}',
    "comments": "https://x.example // gone /* gone */ #[gone] -- gone",
    "html": "<script>alert(1)</script> <img src=x onerror=alert(2)> &amp; &#60;b&#62; ]]> <!-- x -->",
    "word": '{ HYPERLINK \\"ftp://x.example\\" } { INCLUDETEXT } _x000D_ <w:t>no</w:t> &lt;w:p/&gt;',
    "formula": '=1+1 @SUM(A1) +2 -3 =HYPERLINK("http://x.example") \'=4',
    "begins": '=cmd|"/C calc"!A0',
    "markdown": "# Not a heading, [not a link](javascript:alert(3)), ![x](y), | a | b |, ---",
    "lines": "one\r\ntwo\nthree\rfour\u2028five\u2029six\x85seven",
    "controls": "tab\there \x07bell \x1besc \ufffe \ufeffmark",
    "directions": "\u202egnirts\u202c \u2066isolate\u2069 \u200fright",
    "letters": "Łódź, Ānia 🧒🏽 👩‍👧 ünï中文 עברית हिन्दी e\u0301 ﬁ",
    "long": "Donaudampfschifffahrtsgesellschaft" * 12,
    "templates": "{{ 7*7 }} {% raw %} ${x} %s %(a)s {0}",
}
"""Texts by what could misread them. Each must arrive as the text that it is."""
LOOK = Look(name="Halton SEND partnership", logo=png(32, 16), accent="#6b1f5f")
PLAN_ID, REGISTER_ID = "0197f6a0-0000-7000-8000-000000000001", "0197f6a0-0000-7000-8000-000000000002"
PRIORITY_IDS = tuple(f"0197f6a0-0000-7000-8000-00000000010{number}" for number in (1, 2))
HEAD = "5f1c0e09a7d3b2c4" * 4


def every_hostile_text() -> str:
    """All of them in one."""
    return " ".join(HOSTILE.values())


def figures(complete: int, on_target: int, delayed: int, not_started: int, *, overdue: int = 0) -> Shown:
    """A progress answer with these counts of action points, each a distinct action."""
    counts = dict(zip(Status, (complete, on_target, delayed, not_started), strict=True))
    total = sum(counts.values())
    shares = {status.value: share(count, total) for status, count in counts.items()}
    rounded = [one["rounded"] or 0 for one in shares.values()]
    flags: Shown = {name: {"action_points": 0, "actions": 0} for name in FLAGS}
    flags["overdue"] = {"action_points": overdue, "actions": overdue}
    return {
        "action_points": total,
        "distinct_actions": total,
        "withdrawn": 1,
        "statuses": shares,
        "complete_or_on_target": share(complete + on_target, total),
        "flags": flags,
        "sums_to_100": sum(rounded) == 100 if total else None,
    }


def share(count: int, total: int) -> Shown:
    if not total:
        return {"count": count, "percent": None, "rounded": None}
    return {
        "count": count,
        "percent": round(100 * count / total, 4),
        "rounded": (200 * count + total) // (2 * total),
    }


def content(text: str = "") -> Shown:
    """The content; with ``text`` it stands in place of every text that somebody wrote."""
    return _Content(text).whole()


class _Content:
    def __init__(self, text: str) -> None:
        self.text = text

    def said(self, words: str) -> str:
        return self.text or words

    def person(self, name: str) -> Shown:
        return {"id": PLAN_ID, "name": self.said(name), "organisation": self.said("Council")}

    def commentary(self, words: str) -> Shown:
        return {
            "text": self.said(words),
            "author_name": self.said("Strategic SEND lead"),
            "written_at": "2024-07-01T22:30:00Z",
        }

    def whole(self) -> Shown:
        overall = figures(1, 1, 2, 1, overdue=1)
        return {
            "format": 1,
            "plan": {
                "id": PLAN_ID,
                "ref": "PAP",
                "title": self.said("Priority action plan"),
                "kind": "priority_action_plan",
                "priority_label": "priority",
                "starts_on": "2024-04-01",
                "ends_on": None,
            },
            "period": {
                "id": PLAN_ID,
                "ref": "2024-Q1",
                "title": self.said("April to June 2024"),
                "first_day": "2024-04-01",
                "last_day": "2024-06-30",
                "meeting_on": "2024-07-18",
            },
            "as_at": "2024-06-30",
            "journal_head": HEAD,
            "labels": {"statuses": {status.value: words for status, words in STATUS_LABELS.items()}},
            "overall": {
                "progress": overall,
                "lead": "40% of actions are complete or on target (2 of 5).",
                "second": "40% are delayed (2 of 5). One completion date has been missed.",
                "counted": "5 actions. One withdrawn action point is not counted.",
                "note": "",
                "commentary": self.commentary("The board saw the draft.\n\nRecruitment is in hand."),
            },
            "priorities": [self.priority(1), self.empty_priority(2)],
            "general": {"risks": [], "no_risks": "No risks identified."},
            "registers": [self.register()],
            "changes": self.changes(overall),
            "falls_due": {"until": "2024-08-22", "actions": [self.due("1.1", "2024-07-31")]},
            "data_quality": self.quality(),
        }

    def priority(self, number: int) -> Shown:
        progress = figures(1, 1, 2, 1, overdue=1)
        return {
            **self.named(number),
            "progress": progress,
            "sentence": "Priority 1: 20% of actions (1 of 5) are complete and 40% (2 of 5) are delayed.",
            "note": "Percentages may not sum to 100 because of rounding.",
            "commentary": self.commentary("The two strategies depend on one post."),
            "actions": [self.action("1.1", "delayed"), self.action("1.2", "on_target", overdue=True)],
            "withdrawn_actions": [
                {
                    **self.action("1.3", "not_started"),
                    "withdrawn": True,
                    "withdrawal_entry": {
                        "effective_on": "2024-05-14",
                        "narrative": None,
                        "reason": self.said("The grant ended."),
                        "author_name": self.said("Local offer officer"),
                    },
                }
            ],
            "risks": [self.risk()],
            "risk_sentence": "One risk is linked to this priority: R1, at 16 High with a target of 4 Low.",
        }

    def empty_priority(self, number: int) -> Shown:
        return {
            **self.named(number),
            "progress": {**figures(0, 0, 0, 0), "withdrawn": 0},
            "sentence": "Priority 2: no actions.",
            "note": "",
            "risks": [],
            "no_risks": "No risks identified.",
        }

    def named(self, number: int) -> Shown:
        return {
            "id": PRIORITY_IDS[number - 1],
            "ref": f"PAP {number}",
            "title": self.said("Shared strategic oversight"),
            "statement": self.said("Leaders do not see what is late."),
            "responsible_bodies": self.said("Council and ICB"),
            "sro": self.person("Director of children's services"),
            "label": f"Priority {number}",
        }

    def action(self, ref: str, status: str, *, overdue: bool = False) -> Shown:
        entry = {
            "effective_on": "2024-06-12",
            "narrative": self.said("Survey is live."),
            "reason": self.said("The board asked for more time."),
            "author_name": self.said("Survey lead"),
        }
        return {
            "id": f"0197f6a0-0000-7000-8000-0000000002{ref.replace('.', '')}",
            "ref": ref,
            "title": self.said("Carry out the survey"),
            "responsible_body": self.said("Council"),
            "phase": self.said("Phase 1"),
            "points": [{"priority_id": PRIORITY_IDS[0], "priority_ref": "PAP 1", "ref": ref}],
            "status": status,
            "completed_on": None,
            "start_on": "2024-04-01",
            "due_on": "2024-05-31" if overdue else "ongoing",
            "original_due_on": "2024-05-31",
            "review_on": None if overdue else "2024-09-30",
            "forecast_on": None,
            "withdrawn": False,
            "added_on": "2024-04-01",
            "deadline_on": "2024-05-31" if overdue else "2024-09-30",
            "lead": self.person("Survey lead"),
            "co_leads": [],
            "flags": {name: name == "overdue" and overdue for name in FLAGS},
            "path_to_green": self.said("Close it on 15 July."),
            "latest_update": {"id": PLAN_ID, **{name: entry[name] for name in entry if name != "reason"}},
            "success_measure": self.said("Half of the families answer."),
            "expected_impact": self.said("The board hears them."),
            "evidence_links": [],
            "impact_state": None,
            "impact_review_on": None,
            "depends_on": [],
            **({"status_entry": entry} if status == "delayed" or overdue else {}),
        }

    def due(self, ref: str, day: str) -> Shown:
        return {
            "id": PLAN_ID,
            "ref": ref,
            "title": self.said("Carry out the survey"),
            "status": "delayed",
            "lead": self.person("Survey lead"),
            "due_on": day,
        }

    def band(self, name: str) -> str:
        """A band's name: at most 20 letters are allowed, so a hostile one is cut."""
        return f"{name}{self.text[:10]}"

    def pair(self, likelihood: int, impact: int, band: str) -> Shown:
        score = likelihood * impact
        names = ("likelihood", "impact", "score", "band", "matrix_version")
        return dict(zip(names, (likelihood, impact, score, self.band(band), 1), strict=True))

    def risk(self) -> Shown:
        return {
            "id": "0197f6a0-0000-7000-8000-000000000301",
            "register_id": REGISTER_ID,
            "ref": "R1",
            "description": self.said("There is no dashboard."),
            "effect": self.said("Leaders cannot assess delivery."),
            "opened_on": "2024-04-01",
            "treatment": "treat",
            "state": "open",
            "priority_id": PRIORITY_IDS[0],
            "priority_ref": "PAP 1",
            "rating": None,
            "target_on": "2024-09-30",
            "target_rationale": None,
            "review_on": "2024-07-31",
            "last_updated_on": "2024-06-12",
            "added_on": "2024-04-01",
            "current": self.pair(4, 4, "High"),
            "target": self.pair(2, 2, "Low"),
            "gap": 12,
            "direction": "improving",
            "review_overdue": False,
            "sro": self.person("Director of children's services"),
            "owner": self.person("Data lead"),
            "strategic_leads": [],
            "accepted": None,
            "latest_narrative": None,
            "controls": [self.control(1), self.control(2)],
            "management_actions": [
                {
                    "id": PLAN_ID,
                    "risk_id": "0197f6a0-0000-7000-8000-000000000301",
                    "title": self.said("Recruit an analyst"),
                    "status": None,
                    "due_on": None,
                    "lead_id": PLAN_ID,
                    "lead": self.person("Data lead"),
                    "overdue": False,
                }
            ],
        }

    def control(self, number: int) -> Shown:
        return {
            "id": PLAN_ID,
            "risk_id": PLAN_ID,
            "description": self.said(f"Working group {number}"),
            "in_place": True,
        }

    def register(self) -> Shown:
        bands = [
            {"name": self.band(name), "lowest": lowest, "highest": highest}
            for name, lowest, highest in (("Low", 1, 6), ("Moderate", 8, 15), ("High", 16, 25))
        ]
        matrix = {
            "register_id": REGISTER_ID,
            "matrix_version": 1,
            "kind": "scored",
            "likelihood_labels": ["Very Unlikely", "Unlikely", "Possible", "Likely", self.band("Sure")],
            "impact_labels": ["Minor", "Moderate", "Significant", "Serious", self.band("Major")],
            "bands": bands,
            "effective_on": "2024-04-01",
        }
        counts = dict.fromkeys((band["name"] for band in bands), 0) | {bands[-1]["name"]: 1}
        return {
            "id": REGISTER_ID,
            "ref": "RR",
            "title": self.said("Risk register"),
            "sentence": "The only risk is High. It has not reached its target.",
            "heat_map": {
                "matrix": matrix,
                "cells": [
                    self.cell(likelihood, impact) for likelihood in range(5, 0, -1) for impact in range(1, 6)
                ],
                "bands": [{"band": name, "count": count} for name, count in counts.items()],
                "not_scored": [],
                "closed": 0,
                "other_matrix": [],
            },
            "matrices": [matrix],
        }

    def cell(self, likelihood: int, impact: int) -> Shown:
        score = likelihood * impact
        name = "Low" if score <= 6 else "Moderate" if score <= 15 else "High"
        refs = [{"id": "0197f6a0-0000-7000-8000-000000000301", "ref": "R1"}]
        return {
            "likelihood": likelihood,
            "impact": impact,
            "score": score,
            "band": self.band(name),
            "current": refs if (likelihood, impact) == (4, 4) else [],
            "target": refs if (likelihood, impact) == (2, 2) else [],
        }

    def changes(self, later: Shown) -> Shown:
        earlier = figures(0, 1, 1, 3)
        kinds = (
            *("delayed_to_on_target", "became_delayed", "still_delayed", "became_overdue", "completed"),
            *("reopened", "started", "not_started_again", "new", "withdrawn", "reinstated", "due_moved"),
            *("forecast_moved", "moved"),
        )
        of_risks = ("rescored", "scored", "materialised", "new", "target_changed", "accepted", "reopened")
        actions: Shown = {kind: {"action_points": 0, "actions": 0, "items": []} for kind in kinds}
        actions["became_delayed"] = {"action_points": 1, "actions": 1, "items": [self.changed_action()]}
        risks: Shown = {
            kind: {"risks": 0, "items": []} for kind in (*of_risks, "closed", "moved", "reviewed")
        }
        risks["rescored"] = {"risks": 1, "items": [self.changed_risk()]}
        before = [{"earlier": earlier, "later": later}, {"earlier": figures(0, 0, 0, 0)}]
        before[1]["later"] = before[1]["earlier"]
        return {
            "sentence": "Complete or on target rose from 20% (1 of 5) to 40% (2 of 5).",
            "plan": {"id": PLAN_ID, "ref": "PAP", "title": self.said("Plan"), "priority_label": "priority"},
            "priority": None,
            "as_at": "2024-06-30",
            "compare": "2024-03-31",
            "earlier": earlier,
            "later": later,
            "priorities": [
                {"id": key, "ref": f"PAP {place}", "title": self.said("Oversight"), **both}
                for place, (key, both) in enumerate(zip(PRIORITY_IDS, before, strict=True), start=1)
            ],
            "statuses": {},
            "actions": actions,
            "risks": risks,
        }

    def changed_action(self) -> Shown:
        position: Shown = {
            "status": "on_target",
            "withdrawn": False,
            "completed_on": None,
            "review_on": None,
            "forecast_on": None,
            "due_on": "2024-09-30",
            "points": [{"priority_id": PRIORITY_IDS[0], "priority_ref": "PAP 1", "ref": "1.1"}],
        }
        return {
            "id": PLAN_ID,
            "ref": "1.1",
            "title": self.said("Carry out the survey"),
            "action_points": 1,
            "before": position,
            "after": {**position, "status": "delayed"},
            "entry": self.entry(),
        }

    def changed_risk(self) -> Shown:
        position: Shown = {
            "state": "open",
            "current": self.pair(5, 4, "High"),
            "target": self.pair(2, 2, "Low"),
            "rating": None,
            "target_on": None,
            "priority_id": PRIORITY_IDS[0],
            "priority_ref": "PAP 1",
        }
        return {
            "id": "0197f6a0-0000-7000-8000-000000000301",
            "register_id": REGISTER_ID,
            "ref": "R1",
            "description": self.said("There is no dashboard."),
            "direction": "improving",
            "before": position,
            "after": {**position, "current": self.pair(4, 4, "High")},
            "entry": self.entry(),
        }

    def entry(self) -> Shown:
        return {
            "id": PLAN_ID,
            "sequence": 7,
            "effective_on": "2024-06-12",
            "author_name": self.said("Survey lead"),
            "operation": "updated",
            "narrative": self.said("Survey is live."),
            "reason": self.said("The board asked for more time."),
            "backdated": False,
        }

    def quality(self) -> Shown:
        subject = {"noun": "action", "id": PLAN_ID, "ref": "1.2", "title": self.said("Carry out the survey")}
        finding = {
            "check": "action_contradicted",
            "severity": "warns",
            "message": "The status and the dates contradict each other.",
            "subject": subject,
            "plan_id": PLAN_ID,
            "register_id": None,
            "risk_id": None,
            "priority_id": PRIORITY_IDS[0],
            "fingerprint": "0" * 64,
            "acknowledged": None,
        }
        return {
            "sentence": "One data-quality point; it does not block publishing.",
            "kinds": "One action with a status that contradicts its dates or what it waits for.",
            "findings": [finding],
        }
