"""The content of a board report, and how a published one compares with what is known now.

A section without data is left out. A published content is answered as it was stored, byte for byte.
"""

from datetime import date
from typing import Any
from uuid import UUID

from sqlmodel import Field

from app.models.base import Output, Time
from app.models.progress import ProgressFigures


class ReportPlan(Output):
    """The plan that a report is about, as it was."""

    id: UUID = Field(description="Identifier of the plan.")
    ref: str = Field(description="Its ref.")
    title: str = Field(description="Its title.")
    kind: str = Field(description="What sort of plan it is.")
    priority_label: str = Field(description="What its priorities are called: `priority` or `workstream`.")
    starts_on: date | None = Field(description="First day of the plan.")
    ends_on: date | None = Field(description="Last day of the plan.")


class ReportPeriod(Output):
    """The period that a report is about, as it was."""

    id: UUID = Field(description="Identifier of the period.")
    ref: str = Field(description="Its ref.")
    title: str | None = Field(description="How the board calls it.")
    first_day: date = Field(description="First day.")
    last_day: date = Field(description="Last day.")
    meeting_on: date | None = Field(description="When the board meets about it.")


class ReportCommentary(Output):
    """What officers added to the figures."""

    text: str = Field(description="Their words.")
    author_name: str = Field(description="Who wrote them.")
    written_at: Time = Field(description="When, UTC.")


class ReportOverall(Output):
    """The whole plan: figures, and the sentences generated from them."""

    progress: ProgressFigures = Field(description="Counts and percentages of the whole plan.")
    lead: str = Field(description="The report's first sentence.")
    second: str = Field(description="Delays and missed dates; empty where there is nothing to say.")
    counted: str = Field(description="What the figures count.")
    note: str = Field(description="The note on rounding; empty where the percentages add to 100.")
    commentary: ReportCommentary | None = Field(
        default=None, description="On the period as a whole; left out where none was written."
    )


class ReportPriority(Output):
    """A priority: figures, sentence, actions and risks."""

    id: UUID = Field(description="Identifier of the priority.")
    ref: str = Field(description="Its ref.")
    title: str = Field(description="Its title.")
    statement: str | None = Field(description="What must improve.")
    responsible_bodies: str | None = Field(description="Bodies that answer for it together.")
    sro: dict[str, Any] | None = Field(description="The senior responsible officer: id, name, organisation.")
    label: str = Field(description="What its sentence calls it.")
    progress: ProgressFigures = Field(description="Counts and percentages of the priority.")
    sentence: str = Field(description="The figures in words.")
    note: str = Field(description="The note on rounding; empty where the percentages add to 100.")
    commentary: ReportCommentary | None = Field(
        default=None, description="What officers added; left out where nothing was written."
    )
    actions: list[dict[str, Any]] = Field(
        default=[],
        description="Its actions by the ref that they have here, as an action is read, with `deadline_on`; "
        "a delayed or overdue one with `status_entry`, the entry that gave the status.",
    )
    withdrawn_actions: list[dict[str, Any]] = Field(
        default=[],
        description="Withdrawn actions: in no count, each with `withdrawal_entry`, the entry that withdrew "
        "it, which copies stored by earlier versions do not have. Left out where there are none.",
    )
    risks: list[dict[str, Any]] = Field(
        description="Its risks that are not closed, as a risk is read, each with `controls` and "
        "`management_actions`."
    )
    risk_sentence: str | None = Field(default=None, description="The risks in words, where there are any.")
    no_risks: str | None = Field(
        default=None, description='"No risks identified." where, and only where, there are none.'
    )


class ReportGeneral(Output):
    """Risks of the plan's registers that are under no priority."""

    risks: list[dict[str, Any]] = Field(description="General risks that are not closed.")
    risk_sentence: str | None = Field(default=None, description="The risks in words, where there are any.")
    no_risks: str | None = Field(
        default=None, description='"No risks identified." where, and only where, there are none.'
    )


class ReportContent(Output):
    """The whole content of a board report, of a period or of a day, in the order in which it is read."""

    format: int = Field(description="Form of this content; rises when it changes.")
    published: bool | None = Field(
        default=None,
        description="False in the answer for a day, and for a period that is not published: computed now. "
        "Left out of a published content.",
    )
    plan: ReportPlan = Field(description="The plan.")
    as_at: date = Field(
        description="The day of the figures: the last day of the period, or the day that was asked for."
    )
    journal_head: str = Field(
        description="Hash of the last entry of the area's journal before this content was made."
    )
    labels: dict[str, Any] = Field(description="`statuses`: what each status is called.")
    overall: ReportOverall = Field(description="1. Overall progress.")
    priorities: list[ReportPriority] = Field(description="2. Each priority, in order.")
    general: ReportGeneral = Field(description="3. General risks.")
    registers: list[dict[str, Any]] = Field(
        default=[],
        description="4. Each register: its sentence, its heat map and every version of its matrix, with the "
        "bands in use. Left out without registers.",
    )
    changes: dict[str, Any] | None = Field(
        default=None,
        description="5. What changed since the last published period: `sentence`, and the rest as a "
        "comparison reads. Left out where none was published before.",
    )
    falls_due: dict[str, Any] | None = Field(
        default=None,
        description="6. `actions` that fall due `until` the next meeting. Left out without a meeting.",
    )
    data_quality: dict[str, Any] | None = Field(
        default=None,
        description="7. `findings` of the day, with `sentence` and `kinds` in words. Left out where there "
        "are none.",
    )


class ReportRead(ReportContent):
    """The whole content of a period's board report."""

    period: ReportPeriod = Field(description="The period.")


class ReportOfDay(ReportContent):
    """The whole content of a plan's board report as at any day."""

    period: None = Field(description="Always null: the report is of a day, whatever period that lies in.")


class FigureDifference(Output):
    """A figure that has come to differ."""

    scope: str = Field(description="Whose figure it is, for example `Priority 2` or `Risk 4`.")
    figure: str = Field(description="Which figure, in words.")
    published: str | int | float | bool | None = Field(description="What was published; null for nothing.")
    now: str | int | float | bool | None = Field(description="What is known now; null for nothing.")


class EntrySubject(Output):
    """What an entry is about."""

    noun: str = Field(description="For example `action` or `risk`.")
    id: UUID = Field(description="Its identifier.")
    ref: str = Field(description="Its ref.")
    title: str | None = Field(description="Its title or description.")


class ExplainingEntry(Output):
    """An entry that was recorded after publishing and changed what is true by the last day."""

    sequence: int = Field(description="Place in the area's journal.")
    recorded_at: Time = Field(description="When it was recorded, UTC.")
    author_name: str = Field(description="Who recorded it.")
    effective_on: date = Field(description="The day from which it was true.")
    subject: EntrySubject = Field(description="What it is about.")
    summary: str = Field(description="What it states, in words.")
    narrative: str | None = Field(description="What has happened, as it was written.")
    reason: str | None = Field(description="Why, where a reason was given.")
    backdated: bool = Field(
        description="Whether it was dated before an entry that already stood, or inside a published period."
    )


class PeriodDifferences(Output):
    """A published period against its last day as known now."""

    differs: bool = Field(description="Whether any figure has come to differ.")
    figures: list[FigureDifference] = Field(description="Each figure that has.")
    entries: list[ExplainingEntry] = Field(description="The entries that explain it, in order.")


class ReplayDifference(Output):
    """A figure that replay does not give."""

    path: list[str] = Field(description="Where the figure stands in the content.")
    published: Any = Field(description="What was published.")
    replayed: Any = Field(description="What the entries give.")


class PeriodReplay(Output):
    """Whether the entries before a publication give every figure and flag in it."""

    agrees: bool = Field(description="True unless somebody changed the stored copy or the entries.")
    differences: list[ReplayDifference] = Field(description="Each figure that does not follow.")
