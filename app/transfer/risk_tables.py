"""The tables of a plan's registers: matrices, risks with their assessments, controls, management actions."""

from app.plans.statuses import Status
from app.risk.matrix import MatrixKind
from app.risk.scoring import Direction, RiskState, Treatment
from app.transfer.columns import STAMPS, Column, Kind, Table, link, of_kind, own_id, recorded, text, word

REGISTERS = Table(
    "registers",
    "Risk registers that belong to the plan.",
    (
        own_id("register"),
        link("plan_id", "The plan.", "plans.id", required=True),
        text("ref", "Unique in the area.", required=True),
        text("title", "Full title.", required=True),
        *STAMPS,
    ),
)
MATRIX_VERSIONS = Table(
    "matrix_versions",
    "Every version of the registers' matrices.",
    (
        own_id("version"),
        link("register_id", "The register.", "registers.id", required=True),
        of_kind(Kind.whole, "matrix_version", "1 for the register's first matrix.", required=True),
        word("kind", "scored: likelihood times impact; named: ratings.", MatrixKind, required=True),
        of_kind(Kind.json, "likelihood_labels", "Labels of likelihood 1, 2, 3 and so on.", required=True),
        of_kind(Kind.json, "impact_labels", "Labels of impact 1, 2, 3 and so on.", required=True),
        *recorded(),
    ),
)
MATRIX_BANDS = Table(
    "matrix_bands",
    "The bands of each version, from lowest to highest.",
    (
        link("matrix_id", "The version of the matrix.", "matrix_versions.id", required=True),
        of_kind(Kind.whole, "position", "Place from lowest to highest, from 1.", required=True),
        text("name", "Name of the band.", required=True),
        of_kind(Kind.whole, "lowest", "Lowest score of the band; empty for a named matrix."),
        of_kind(Kind.whole, "highest", "Highest score of the band; empty for a named matrix."),
    ),
    ("matrix_id", "position"),
)


def _pair(side: str, words: str) -> tuple[Column, ...]:
    return (
        of_kind(Kind.whole, f"{side}_likelihood", f"Likelihood {words}, from 1."),
        of_kind(Kind.whole, f"{side}_impact", f"Impact {words}, from 1."),
        of_kind(Kind.whole, f"{side}_score", "Likelihood times impact."),
        text(f"{side}_band", "The band of that score."),
        of_kind(Kind.whole, f"{side}_matrix_version", "The version of the matrix that it was scored with."),
    )


_RATING = (
    text("rating", "The band, where the register's matrix is named."),
    of_kind(Kind.whole, "rating_matrix_version", "The version of the matrix that it was rated with."),
)
_FACTS = (
    *_pair("current", "as it is"),
    *_pair("target", "as it should be"),
    *_RATING,
    of_kind(Kind.day, "target_on", "By when the target should be reached."),
    text("target_rationale", "Why the target is not below the current score."),
    of_kind(Kind.day, "review_on", "When it is to be reviewed."),
    link("priority_id", "The priority that it threatens; empty for a general risk.", "priorities.id"),
    of_kind(Kind.day, "last_updated_on", "When it was last assessed, or as the paper printed it."),
    link("accepted_by_id", "Who accepted it.", "people.id"),
    of_kind(Kind.day, "accepted_until", "Until when it is accepted."),
    link("accepted_assessment_id", "The entry whose score was accepted.", "assessments.id"),
)
RISKS = Table(
    "risks",
    "Risks with their present facts. Descriptions and people are as they are now.",
    (
        own_id("risk"),
        link("register_id", "The register.", "registers.id", required=True),
        text("ref", "Unique in the register.", required=True),
        text("description", "Cause and event.", required=True),
        text("effect", "Effect."),
        of_kind(Kind.day, "opened_on", "When it was opened."),
        word("treatment", "How it is treated.", Treatment),
        link("sro_id", "The senior responsible officer.", "people.id"),
        link("owner_id", "The risk owner.", "people.id"),
        word("state", "What has become of it.", RiskState, required=True),
        *_FACTS,
        of_kind(Kind.whole, "gap", "Current score less target score."),
        word("direction", "Since the last published board period.", Direction, required=True),
        of_kind(Kind.yes_no, "review_overdue", "Whether the review date has passed.", required=True),
        link("latest_narrative_id", "The newest entry with a narrative.", "assessments.id"),
        of_kind(Kind.day, "added_on", "The day from which it is in the register.", required=True),
        *STAMPS,
    ),
)
RISK_STRATEGIC_LEADS = Table(
    "risk_strategic_leads",
    "People who lead on risks strategically.",
    (
        link("risk_id", "The risk.", "risks.id", required=True),
        link("person_id", "The person.", "people.id", required=True),
        of_kind(Kind.whole, "position", "Place in the list, from 1.", required=True),
    ),
    ("risk_id", "person_id"),
)
ASSESSMENTS = Table(
    "assessments",
    "Every dated entry on a risk, replaced ones included: the whole history.",
    (
        own_id("entry"),
        link("risk_id", "The risk.", "risks.id", required=True),
        *recorded(
            operations=("added", "assessed", "accepted", "materialised", "closed", "reopened"),
            replaces="assessments",
        ),
        word("state", "What it states has become of the risk.", RiskState),
        *_FACTS,
    ),
)
CONTROLS = Table(
    "controls",
    "Measures in place against risks.",
    (
        own_id("control"),
        link("risk_id", "The risk.", "risks.id", required=True),
        of_kind(Kind.whole, "position", "Place in the list, from 1.", required=True),
        text("description", "What is in place.", required=True),
        of_kind(Kind.yes_no, "in_place", "Whether it still is.", required=True),
        *STAMPS,
    ),
)
MANAGEMENT_ACTIONS = Table(
    "management_actions",
    "What is still to be done about risks, with present facts.",
    (
        own_id("management action"),
        link("risk_id", "The risk.", "risks.id", required=True),
        of_kind(Kind.whole, "position", "Place in the list, from 1.", required=True),
        text("title", "What is still to be done.", required=True),
        link("lead_id", "The person who leads it.", "people.id"),
        word("status", "The status; empty is shown as Not stated.", Status),
        of_kind(Kind.day, "due_on", "When it is due."),
        of_kind(Kind.yes_no, "overdue", "Not complete, and due before the day.", required=True),
        of_kind(Kind.day, "added_on", "The day from which it is listed.", required=True),
        *STAMPS,
    ),
)
MANAGEMENT_ACTION_UPDATES = Table(
    "management_action_updates",
    "Every dated entry on a management action, replaced ones included.",
    (
        own_id("entry"),
        link("management_action_id", "The management action.", "management_actions.id", required=True),
        *recorded(operations=("added", "updated"), replaces="management_action_updates"),
        word("status", "The status that it states.", Status),
        of_kind(Kind.day, "due_on", "The due date that it states."),
    ),
)
