"""What the address of a register's list asks for, and the form that asks for it."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple
from uuid import UUID

from app.errors import invalid
from app.risk.matrix import Matrix, MatrixKind
from app.risk.scoring import Direction, RiskState, Treatment
from app.sentences.risks import DIRECTIONS
from app.services.risk_counts import Counts
from app.services.risk_rows import HIGHEST_FIRST
from app.services.risks import Filter
from app.web.presenters import filter_fields as parts
from app.web.presenters import heat_map, lists
from app.web.presenters.risks import STATE_LABELS

ANY = "any"
GENERAL = "general"
ORDERS = {
    "ref": "in the order of the register",
    "-ref": "in the reverse order of the register",
    "severity": "lowest score first",
    "-severity": "highest score first",
    "target": "lowest target first",
    "-target": "highest target first",
    "review_on": "next review first",
    "-review_on": "last review first",
    "gap": "smallest gap first",
    "-gap": "largest gap first",
    "movement": "improving first",
    "-movement": "without an earlier score first, then worsening",
    "state": "open first",
    "-state": "closed first",
}
"""The orders of the list in words, by what the address says."""
_OVERDUE = {"overdue": True, "not_overdue": False}
_DAYS = {"review_before": "Review before"}


class Asked(NamedTuple):
    """What a register's address asks for, as typed. Open risks are shown unless another state is chosen."""

    band: str
    priority: str
    state: str
    owner: str
    q: str
    sro: str
    treatment: str
    movement: str
    review: str
    review_before: str
    sort: str
    page: int
    cell: str = ""
    map: str = ""

    @property
    def pairs(self) -> list[tuple[str, str]]:
        """The filters alone, to be kept by links; the day of the map is the last."""
        names = ("owner", "q", "cell", "sro", "treatment", "movement", "review", "review_before", "map")
        state = "" if self.state == RiskState.open else self.state
        pairs = [("band", self.band), ("priority", self.priority), ("state", state)]
        return [*pairs, *((name, getattr(self, name)) for name in names)]

    @property
    def sort_pairs(self) -> list[tuple[str, str]]:
        """The sorting, where it is not highest first."""
        return [("sort", self.sort)] if self.sort != "-severity" else []

    @property
    def order(self) -> tuple[str, bool]:
        """The sort as the service takes it, and whether descending; equal scores always by ref upwards."""
        name = self.sort.lstrip("-")
        if not self.sort.startswith("-"):
            return name, False
        return (HIGHEST_FIRST[name], False) if name in HIGHEST_FIRST else (name, True)

    def wanted(self) -> Filter:
        """The filter as the service takes it."""
        is_place = self.priority and self.priority != GENERAL
        cell = heat_map.cell_of(self.cell)
        now = cell if cell and cell.kind == "now" else None
        target = cell if cell and cell.kind == "target" else None
        return Filter(
            likelihood=now and now.likelihood,
            impact=now and now.impact,
            target_likelihood=target and target.likelihood,
            target_impact=target and target.impact,
            state=RiskState(self.state) if self.state in STATE_LABELS else None,
            closed=False if self.state == heat_map.NOT_CLOSED else None,
            band=self.band or None,
            priority_id=UUID(self.priority) if is_place else None,
            general=True if self.priority == GENERAL else None,
            owner_id=parts.person_id(self.owner),
            has_owner=parts.has_person(self.owner),
            sro_id=parts.person_id(self.sro),
            has_sro=parts.has_person(self.sro),
            treatment=Treatment(self.treatment) if self.treatment else None,
            direction=Direction(self.movement) if self.movement else None,
            review_overdue=_OVERDUE.get(self.review),
            review_before=parts.day_of(self.review_before),
            q=self.q or None,
        )


def asked_for(typed: Mapping[str, str]) -> Asked:
    """What the address asks for. Raises Invalid for a value that no form offers."""
    as_typed = ("priority", "owner", "sro", "treatment", "movement", "review", "review_before", "cell")
    asked = Asked(
        **{name: typed.get(name, "") for name in as_typed},
        band=parts.text_typed(typed, "band", 120),
        state=typed.get("state", "") or RiskState.open.value,
        q=parts.text_typed(typed, "q", 200),
        sort=typed.get("sort", "") or "-severity",
        page=lists.page_asked(typed),
        map=heat_map.LAST_PERIOD if typed.get("map") == heat_map.LAST_PERIOD else "",
    )
    heat_map.cell_of(asked.cell)
    states = (*STATE_LABELS, ANY, heat_map.NOT_CLOSED)
    parts.check_offered("state", asked.state, states, "Choose a state from the list.")
    if asked.sort not in ORDERS:
        raise invalid("/sort", "Choose a column to sort by.")
    if asked.priority != GENERAL:
        parts.check("priority", UUID, asked.priority, "Choose a priority from the list.")
    parts.check_person("owner", asked.owner, "Choose an owner from the list.")
    parts.check_person("sro", asked.sro, "Choose an SRO from the list.")
    parts.check_offered("treatment", asked.treatment, Treatment, "Choose a treatment from the list.")
    parts.check_offered("movement", asked.movement, Direction, "Choose a movement from the list.")
    parts.check_offered("review", asked.review, _OVERDUE, "Choose a review from the list.")
    parts.check_days(asked, _DAYS)
    return asked


def fields(
    asked: Asked,
    matrix: Matrix,
    plan: Mapping[str, Any] | None,
    priorities: Sequence[Mapping[str, Any]],
    counts: Counts,
) -> list[lists.Field]:
    """The fields of the filter form, each choice with how many risks it would show."""
    cell = heat_map.cell_of(asked.cell)
    on_map = [("", "Any"), (asked.cell, cell.words)] if cell else []
    label = plan["priority_label"].capitalize() if plan else "Priority"
    owners = _people(counts, counts.owners, asked.owner, "No owner")
    return [
        lists.Field("band", "Band", asked.band, _bands(matrix, counts)),
        lists.Field("priority", label, asked.priority, _places(priorities, counts)),
        lists.Field("state", "State", asked.state, _states(counts), unused=RiskState.open.value),
        lists.Field("owner", "Owner", asked.owner, owners),
        lists.Field("q", "Words in the description", asked.q),
        *([lists.Field("cell", "Place", asked.cell, on_map)] if cell else []),
        *(field._replace(is_rare=True) for field in _rarer(asked, matrix, counts)),
    ]


def _rarer(asked: Asked, matrix: Matrix, counts: Counts) -> list[lists.Field]:
    treatments = parts.code_options({one: one.value.capitalize() for one in Treatment}, counts.treatments)
    moved = parts.code_options(DIRECTIONS, counts.directions)
    late = {True: "Overdue", False: "Not overdue"}
    reviews = [
        ("", lists.counted("Any", sum(counts.overdue.values()))),
        *((name, lists.counted(late[one], counts.overdue.get(one, 0))) for name, one in _OVERDUE.items()),
    ]
    # Without scores there is no column of movement either.
    shows_movement = matrix.kind is MatrixKind.scored or asked.movement
    return [
        lists.Field("sro", "SRO", asked.sro, _people(counts, counts.sros, asked.sro, "No SRO")),
        lists.Field("treatment", "Treatment", asked.treatment, treatments),
        *([lists.Field("movement", "Movement", asked.movement, moved)] if shows_movement else []),
        lists.Field("review", "Review", asked.review, reviews),
        *(lists.Field(name, label, getattr(asked, name), type="date") for name, label in _DAYS.items()),
    ]


def _people(
    counts: Counts, by_person: Mapping[UUID | None, int], chosen: str, nobody: str
) -> list[tuple[str, str]]:
    return parts.people_options(
        counts.people,
        {str(one): count for one, count in by_person.items() if one},
        chosen,
        ("Anyone", sum(by_person.values())),
        (nobody, by_person.get(None, 0)),
    )


def _bands(matrix: Matrix, counts: Counts) -> list[tuple[str, str]]:
    names = [band.name for band in reversed(matrix.bands)]
    # Risks that were rated by an earlier version of the matrix may have a band that this one has not.
    names += sorted(name for name in counts.bands if name and name not in names)
    return [
        ("", lists.counted("Any", counts.any_band)),
        *((name, lists.counted(name, counts.bands.get(name, 0))) for name in names),
    ]


def _places(priorities: Sequence[Mapping[str, Any]], counts: Counts) -> list[tuple[str, str]]:
    return [
        ("", lists.counted("Any", counts.any_priority)),
        *(
            (str(one["id"]), lists.counted(one["ref"], counts.priorities.get(one["id"], 0)))
            for one in priorities
        ),
        (GENERAL, lists.counted("General", counts.priorities.get(None, 0))),
    ]


def _states(counts: Counts) -> list[tuple[str, str]]:
    every = sum(counts.states.values())
    return [
        *((state.value, lists.counted(label, counts.states[state])) for state, label in STATE_LABELS.items()),
        (heat_map.NOT_CLOSED, lists.counted("Not closed", every - counts.states[RiskState.closed])),
        (ANY, lists.counted("Any", every)),
    ]
