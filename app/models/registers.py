"""Risk registers and the versions of their matrix."""

from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import StrictInt
from sqlalchemy import JSON, UniqueConstraint
from sqlmodel import Field

from app.models.base import (
    Day,
    Input,
    Items,
    Line,
    Output,
    Prose,
    Ref,
    Row,
    RowRead,
    Shape,
    ShortLine,
    Time,
    UtcDateTime,
    Whole,
    new_id,
    one_of,
)
from app.models.risk_positions import RiskCompared
from app.risk.matrix import MatrixKind


class RegisterBase(Shape):
    """A register as entered."""

    ref: Ref = Field(max_length=30, description="Unique in the area. No slash.")
    title: Line = Field(max_length=300, description="Full title of the register.")
    plan_id: UUID | None = Field(default=None, description="The plan whose risks it holds, if one.")


class Register(RegisterBase, Row, table=True):
    """A risk register of one area."""

    __tablename__ = "registers"
    __table_args__ = (UniqueConstraint("area_id", "ref"),)

    plan_id: UUID | None = Field(default=None, foreign_key="plans.id", index=True)


Score = Annotated[StrictInt, Field(ge=1, le=100), Whole]


class BandShape(Input):
    """A band of a matrix. A scored matrix gives each band its lowest and highest score."""

    name: ShortLine = Field(description="Name of the band, for example `High`.")
    lowest: Score | None = Field(default=None, description="Lowest score of the band.")
    highest: Score | None = Field(default=None, description="Highest score of the band.")


class MatrixBase(Shape):
    """A matrix: ``scored`` (labels, bands with scores) or ``named`` (bands only)."""

    kind: MatrixKind = Field(
        description="`scored`: likelihood times impact; `named`: ratings without scores."
    )
    likelihood_labels: list[ShortLine] = Field(
        default_factory=list, max_length=10, description="Labels of likelihood 1, 2, 3 and so on."
    )
    impact_labels: list[ShortLine] = Field(
        default_factory=list, max_length=10, description="Labels of impact 1, 2, 3 and so on."
    )
    bands: list[BandShape] = Field(
        min_length=2, max_length=10, description="Bands from lowest to highest; every reachable score in one."
    )


class MatrixVersion(Shape, table=True):
    """One version of a register's matrix; never changed, a new one never rewrites old assessments."""

    __tablename__ = "matrix_versions"
    __table_args__ = (UniqueConstraint("register_id", "matrix_version"), one_of("kind", MatrixKind))

    id: UUID = Field(default_factory=new_id, primary_key=True)
    area_id: UUID = Field(foreign_key="areas.id", index=True)
    register_id: UUID = Field(foreign_key="registers.id")
    matrix_version: int
    sequence: int
    effective_on: date
    recorded_at: datetime = Field(sa_type=UtcDateTime)
    author_name: str
    reason: str | None = None
    kind: str = Field(max_length=10)
    likelihood_labels: list[str] = Field(default_factory=list, sa_type=JSON)
    impact_labels: list[str] = Field(default_factory=list, sa_type=JSON)
    bands: list[dict[str, Any]] = Field(default_factory=list, sa_type=JSON)


class MatrixCreate(MatrixBase, Input):
    """A new version of a matrix, true from ``effective_on``."""

    effective_on: Day | None = Field(
        default=None, description="From which day assessments use it; today by default, never later."
    )
    reason: Prose | None = Field(
        default=None, description="Why it changes; needed from the second version on."
    )


class MatrixRead(Output):
    """A version of a matrix as answered."""

    id: UUID = Field(description="Identifier of the version.")
    register_id: UUID = Field(description="The register it belongs to.")
    matrix_version: int = Field(description="1 for the first version of the register's matrix.")
    kind: MatrixKind = Field(description="`scored` or `named`.")
    likelihood_labels: list[str] = Field(description="Labels of likelihood 1, 2, 3 and so on.")
    impact_labels: list[str] = Field(description="Labels of impact 1, 2, 3 and so on.")
    bands: list[BandShape] = Field(description="Bands from lowest to highest.")
    effective_on: date = Field(description="The day from which assessments use it.")
    recorded_at: Time = Field(description="When the service learned of it, UTC.")
    author_name: str = Field(description="Who recorded it.")
    reason: str | None = Field(description="Why it was changed.")


class MatrixList(Items):
    """The versions of a register's matrix, newest first."""

    items: list[MatrixRead] = Field(description="The records of this page, in order.")


class RegisterCreate(RegisterBase, Input):
    """A new register with the first version of its matrix."""

    matrix: MatrixCreate = Field(description="The matrix that its risks are scored with.")


class RegisterUpdate(Input):
    """What of a register can change."""

    ref: Ref | None = Field(default=None, description="Unique in the area. No slash.")
    title: Line | None = Field(default=None, description="Full title of the register.")


class RegisterRead(RegisterBase, RowRead):
    """A register as answered."""

    area_id: UUID = Field(description="The area that owns it.")
    plan_id: UUID | None = Field(description="The plan whose risks it holds, if one.")
    matrix: MatrixRead = Field(description="The version of the matrix in force on the day.")


class RegisterList(Items):
    """A page of registers."""

    items: list[RegisterRead] = Field(description="The records of this page, in order.")


class CellRisk(Output):
    """A risk in a cell of the heat map."""

    id: UUID = Field(description="Identifier of the risk.")
    ref: str = Field(description="Its ref.")


class HeatMapCell(Output):
    """One cell: its score and band, the risks that are there and those that should be."""

    likelihood: int = Field(description="From 1.")
    impact: int = Field(description="From 1.")
    score: int = Field(description="Likelihood times impact.")
    band: str = Field(description="The band of the score, by the register's matrix.")
    current: list[CellRisk] = Field(description="Open, accepted or materialised risks scored here now.")
    target: list[CellRisk] = Field(description="The same risks' targets that lie here.")


class BandCount(Output):
    """How many risks a band holds."""

    band: str = Field(description="Name of the band.")
    count: int = Field(description="Risks that are not closed and whose current score or rating is in it.")


class RiskWas(RiskCompared):
    """Where a risk of the heat map was on the earlier day `compare`."""

    id: UUID = Field(description="Identifier of the risk.")
    ref: str = Field(description="Its ref.")


class HeatMapRead(Output):
    """The heat map of a register as at a day. A named matrix has no cells."""

    register_id: UUID = Field(description="The register.")
    as_at: date = Field(description="The day it is for.")
    matrix: MatrixRead = Field(description="The version of the matrix in force that day.")
    cells: list[HeatMapCell] = Field(description="By likelihood, highest first, then impact.")
    bands: list[BandCount] = Field(
        description="From lowest to highest; after them bands of older versions that still hold a risk."
    )
    not_scored: list[CellRisk] = Field(description="Risks that are not closed and have no score or rating.")
    closed: int = Field(description="Closed risks, left out above.")
    other_matrix: list[CellRisk] = Field(
        description="Risks whose current score was given with another version of the matrix."
    )
    compared: list[RiskWas] | None = Field(
        description="Every risk of the register as it stood on the day `compare`; null where not asked for."
    )
