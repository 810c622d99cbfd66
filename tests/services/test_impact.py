"""Completion is not impact: an impact is evidenced only with evidence."""

from app.models.actions import EvidenceLink
from tests.factories import Cast, Shown, action, make_action, refused, update

LINK = [EvidenceLink(title="Waiting times by month", url="https://example.org/waits")]


def test_an_impact_is_not_evidenced_without_evidence(people: Cast, priority: Shown) -> None:
    made = make_action(people.editor, priority)
    assert list(refused(update, people.editor, made["id"], impact_state="evidenced")) == ["/impact_state"]


def test_an_action_is_not_added_as_evidenced_without_evidence(people: Cast, priority: Shown) -> None:
    faults = refused(make_action, people.editor, priority, impact_state="evidenced")
    assert list(faults) == ["/impact_state"]


def test_an_impact_is_evidenced_with_evidence(people: Cast, priority: Shown) -> None:
    made = make_action(people.editor, priority, evidence_links=LINK)
    update(people.editor, made["id"], impact_state="evidenced")
    assert action(people.viewer, made["id"])["impact_state"] == "evidenced"


def test_an_impact_may_be_not_evidenced_without_evidence(people: Cast, priority: Shown) -> None:
    made = make_action(people.editor, priority, impact_state="not_evidenced")
    assert made["impact_state"] == "not_evidenced"
