"""A whole plan as a file: every table in its order, and what stands at its head."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from app.transfer import plan_tables as plan
from app.transfer import risk_tables as risk
from app.transfer.columns import Table

FORMAT = 1
"""Rises when a table or column is taken away or means something else; new ones may come at any time."""

TABLES: tuple[Table, ...] = (
    plan.PLANS,
    plan.FIGURES,
    plan.PEOPLE,
    plan.PRIORITIES,
    plan.ACTIONS,
    plan.ACTION_POINTS,
    plan.ACTION_CO_LEADS,
    plan.ACTION_DEPENDENCIES,
    plan.UPDATES,
    risk.REGISTERS,
    risk.MATRIX_VERSIONS,
    risk.MATRIX_BANDS,
    risk.RISKS,
    risk.RISK_STRATEGIC_LEADS,
    risk.ASSESSMENTS,
    risk.CONTROLS,
    risk.MANAGEMENT_ACTIONS,
    risk.MANAGEMENT_ACTION_UPDATES,
    plan.PERIODS,
    plan.COMMENTARIES,
    plan.ERRATA,
    plan.ACKNOWLEDGEMENTS,
)

Row = Mapping[str, Any]


def file_name(ref: str, as_at: object, kind: str) -> str:
    """What a file of a plan is called where it is kept: its ref, the day and the ending."""
    return f"{re.sub(r'[^A-Za-z0-9._-]+', '-', ref)}-{as_at}.{kind}"


@dataclass(frozen=True, slots=True)
class Heading:
    """Of what and when an export is. ``sequence`` and ``head`` are the end of the area's journal."""

    plan_ref: str
    plan_title: str
    area_id: UUID
    area_name: str
    as_at: date
    exported_at: datetime
    sequence: int
    head: str

    def file_name(self, kind: str) -> str:
        """What the file is called where it is kept."""
        return file_name(self.plan_ref, self.as_at, kind)

    def shown(self) -> dict[str, Any]:
        """The heading as it stands in the files."""
        return {
            "format": FORMAT,
            "as_at": self.as_at,
            "exported_at": self.exported_at,
            "area": {"id": self.area_id, "name": self.area_name},
            "journal": {"sequence": self.sequence, "head": self.head},
        }


@dataclass(frozen=True, slots=True)
class Export:
    """A plan to be written: the rows of a table are read when they are asked for, and once."""

    heading: Heading
    rows: Mapping[str, Iterable[Row]]

    def tables(self) -> Iterator[tuple[Table, Iterable[Row]]]:
        """Each table with its rows, in the order of ``TABLES``."""
        for table in TABLES:
            yield table, self.rows[table.name]
