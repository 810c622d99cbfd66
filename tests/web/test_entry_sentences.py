"""What an entry states, in the few words that stand beside a figure that has come to differ."""

from typing import Any

import pytest

from app.sentences.entries import entry_words, fact_name, fact_words


def entry(noun: str, operation: str, facts: dict[str, Any], **given: Any) -> dict[str, Any]:
    return {"noun": noun, "operation": operation, "facts": facts, "replaces": None, **given}


@pytest.mark.parametrize(
    ("found", "words"),
    [
        (entry("action", "updated", {"status": "on_target"}), "Status On target"),
        (
            entry("action", "updated", {"status": "complete", "completed_on": "2024-06-20"}),
            "Status Complete, completion date 20 June 2024",
        ),
        (entry("action", "updated", {"due_on": "ongoing"}), "Due date Ongoing"),
        (entry("action", "updated", {"due_on": None}), "No due date"),
        (entry("action", "updated", {}), "Narrative"),
        (entry("action", "updated", {}, replaces="x"), "Narrative (corrects an earlier entry)"),
        (entry("action", "withdrawn", {"withdrawn": True}), "Withdrawn"),
        (
            entry("action", "added", {"points": [{"priority_id": "x", "ref": "1.1"}], "depends_on": []}),
            "Added, ref 1.1, waits for no action",
        ),
        (entry("action", "updated", {"depends_on": ["x"]}), "Waits for 1 action"),
        (entry("risk", "assessed", {"last_updated_on": "2024-06-20"}), "Reviewed without change"),
        (entry("risk", "assessed", {"current": {"likelihood": 4, "impact": 3}}), "Score 12 (4 × 3)"),
        (entry("risk", "assessed", {"current": None}), "No score"),
        (entry("risk", "assessed", {"rating": {"band": "H", "matrix_version": 1}}), "Rating H"),
        (entry("risk", "closed", {"state": "closed"}), "Closed"),
        (entry("management_action", "updated", {"status": "delayed"}), "Status Delayed"),
        ({"noun": "matrix", "matrix_version": 3}, "Matrix version 3"),
    ],
)
def test_an_entry_says_what_it_states(found: dict[str, Any], words: str) -> None:
    assert entry_words(found) == words


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("due_on", "Due date"),
        ("on_target", "On target"),
        ("overdue", "Completion date missed"),
        ("no_reportable_progress", "No reportable progress"),
        ("review_overdue", "Review overdue"),
    ],
)
def test_a_fact_and_a_figure_have_a_name(name: str, words: str) -> None:
    assert fact_name(name) == words


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (None, None),
        (4, 4),
        (True, "Yes"),
        ("2024-05-31", "31 May 2024"),
        ("not_started", "Not started"),
        ("More people.", "More people."),
        ({"likelihood": 4, "impact": 4, "band": "High"}, "16 (4 × 4, High)"),
        ({"some priority": "1.1", "another": "2.5"}, "1.1 and 2.5"),
    ],
)
def test_a_value_is_put_in_words(value: Any, words: Any) -> None:
    assert fact_words(value) == words
