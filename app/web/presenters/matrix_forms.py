"""Setting up a risk matrix: what was typed, what it means, and the grid that it would give."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple, Self

from app.charts.heat_map import HeatMap, heat_map
from app.errors import Fault, Invalid
from app.risk.matrix import Band, Matrix, MatrixKind, faults
from app.sentences.words import listed
from app.services.registers import matrix_of
from app.web.forms import Form
from app.web.presenters.dates import day_of, long_date, today_if_empty
from app.web.presenters.risks import bands_in_words
from app.web.record_fields import Field
from app.web.visits import Visit

MOST_BANDS = 10
_SPARE = 2
_LABELS = ("likelihood_labels", "impact_labels")
_PARTS = ("name", "lowest", "highest")
_EDGES = {"lowest": "The lowest score", "highest": "The highest score"}
_FIELDS = (*_LABELS, "bands", *(f"bands_{row}_{part}" for row in range(MOST_BANDS) for part in _PARTS))
Item = Mapping[str, Any]

PARTNERSHIP = Matrix(
    1,
    MatrixKind.scored,
    ("Very Unlikely", "Unlikely", "Possible", "Likely", "Very Likely"),
    ("Minor", "Moderate", "Significant", "Serious", "Major"),
    (Band("Low", 1, 6), Band("Moderate", 8, 15), Band("High", 16, 25)),
)
"""What a new scored matrix starts from: the one that the partnership's register prints."""
BY_NAME = Matrix(1, MatrixKind.named, (), (), (Band("Low"), Band("Medium"), Band("High")))
"""What a new matrix of ratings by name starts from."""


class MatrixForm(Form):
    """A form that holds a matrix. Faults that point to a band are shown at the row where it was typed."""

    def __init__(self, typed: Mapping[str, str], kind: MatrixKind, others: Sequence[Field]) -> None:
        dates = [field.name for field in others if field.kind == "date"]
        super().__init__(typed, order=[*(field.name for field in others), *_FIELDS], dates=dates)
        self.kind = kind
        self._others = tuple(others)
        self._rows: list[int] = []

    def _of(self, typed: Mapping[str, str]) -> Self:
        return type(self)(typed, self.kind, self._others)

    def take(self, invalid: Invalid) -> None:
        """Record faults; those of a register's form point to the matrix as a part of it."""
        super().take(Invalid([Fault(self._at_row(one.pointer), one.message) for one in invalid.faults]))

    def matrix(self) -> dict[str, Any]:
        """What the form states of the matrix, for the service. Adds every problem that it has."""
        is_scored = self.kind is MatrixKind.scored
        bands: list[dict[str, Any]] = []
        for row in self.used_rows():
            name = self.text(f"bands_{row}_name")
            if name is None:
                self.fault(f"bands_{row}_name", "Give the band a name")
            edges = {part: self.number(f"bands_{row}_{part}", words) for part, words in _EDGES.items()}
            bands.append({"name": name or "", **(edges if is_scored else {})})
        self._rows = self.used_rows()
        labels = {name: self._lines(name) if is_scored else [] for name in _LABELS}
        if len(bands) < 2:
            self.fault("bands", "Give at least two bands")
        found = {"kind": self.kind.value, **labels, "bands": bands}
        self.take(Invalid([Fault(one.field, one.message) for one in faults(shaped(found))]))
        return found

    def used_rows(self) -> list[int]:
        """The rows of the table of bands in which something is typed."""
        return [row for row in range(MOST_BANDS) if any(self.text(f"bands_{row}_{part}") for part in _PARTS)]

    def _lines(self, name: str) -> list[str]:
        return [line.strip() for line in (self.text(name) or "").split("\n") if line.strip()]

    def _at_row(self, pointer: str) -> str:
        parts = pointer.removeprefix("/matrix").split("/")
        if parts[1:2] == ["bands"] and len(parts) > 2 and parts[2].isdigit():
            place = int(parts[2])
            parts[2] = str(self._rows[place]) if place < len(self._rows) else parts[2]
        inside = "/".join(parts)
        return inside if parts[1:2] and parts[1] in (*_LABELS, "bands") else pointer


def shaped(values: Item) -> Matrix:
    """A matrix that was typed, as the rules take it; it may be at fault."""
    return Matrix(
        0,
        MatrixKind(values["kind"]),
        tuple(values["likelihood_labels"]),
        tuple(values["impact_labels"]),
        tuple(Band(band["name"], band.get("lowest"), band.get("highest")) for band in values["bands"]),
    )


def typed_of(matrix: Matrix) -> dict[str, str]:
    """What fills the form from a matrix."""
    typed = {name: "\n".join(getattr(matrix, name)) for name in _LABELS}
    for row, band in enumerate(matrix.bands):
        edges = {"name": band.name, "lowest": band.lowest, "highest": band.highest}
        typed |= {f"bands_{row}_{part}": "" if edge is None else str(edge) for part, edge in edges.items()}
    return typed


class Preview(NamedTuple):
    """A matrix as it looks: the empty grid of a scored one, and the bands in words from the lowest."""

    grid: HeatMap | None
    bands: list[str]
    warning: str = ""


def preview(matrix: Matrix, off_map: Mapping[str, Sequence[str]] | None = None) -> Preview:
    """How a matrix without faults looks, and the risks of its register that its map would leave out."""
    grid = heat_map(matrix, []) if matrix.kind is MatrixKind.scored else None
    return Preview(grid, bands_in_words(matrix), _left_out(off_map) if off_map else "")


def _left_out(off_map: Mapping[str, Sequence[str]]) -> str:
    current, target = off_map["current"], off_map["target"]
    risks = f"Risks that would not be on its heat map: {listed(current)}. " if current else ""
    targets = f"Targets that would not be on it: {listed(target)}. " if target else ""
    if not risks and not targets:
        return ""
    return f"{risks}{targets}Their scores lie beyond this grid until they are assessed again."


class MatrixPage(NamedTuple):
    """What stands around the form of a matrix: fields before and after it, and the way back."""

    heading: str
    caption: tuple[str, str]
    before: Sequence[Field]
    after: Sequence[Field]
    submit: str
    back: str
    note: str
    starts: Sequence[tuple[str, str]] = ()


def form_content(
    visit: Visit, shown: MatrixPage, form: MatrixForm, carried: Mapping[str, str], seen: Preview | None
) -> dict[str, Any]:
    """The page of the form; ``seen`` is the matrix that was typed, where a preview was asked for."""
    last = max(form.used_rows(), default=0)
    return {
        "section": "risks",
        "heading": shown.heading,
        "shown": shown,
        "form": form,
        "path": visit.path,
        "draft": visit.path,
        "carried": {"kind": form.kind.value, **carried},
        "is_scored": form.kind is MatrixKind.scored,
        "band_rows": range(min(last + 1 + _SPARE, MOST_BANDS)),
        "preview": seen,
    }


def version_form(visit: Visit, register: Item) -> MatrixPage:
    """The page that sets up a new version of a register's matrix."""
    href = f"/registers/{register['id']}/matrix"
    return MatrixPage(
        heading="Set up a new version of the matrix",
        caption=(register["title"], f"/registers/{register['id']}"),
        before=(),
        after=[
            Field(
                "reason",
                "Reason",
                "textarea",
                "It is kept with the version.",
                rows=3,
                required=True,
                words="Give a reason: the matrix of a register is changing",
            ),
            Field(
                "effective_on",
                "In force from",
                "date",
                today_if_empty(visit.at.today),
            ),
        ],
        submit="Save the new version",
        back=href,
        note="Risks that are assessed from that day on are scored with it. What was scored before keeps the "
        "version that it was scored with.",
    )


class VersionRow(NamedTuple):
    """A version in the table of versions."""

    name: str
    since: str
    size: str
    bands: str
    by: str
    reason: str


def versions_page(register: Item, versions: Sequence[Item], *, may_set: bool, said: str) -> dict[str, Any]:
    """A register's matrix as it is in force, and its versions, newest first."""
    now = matrix_of(register["matrix"])
    href = f"/registers/{register['id']}"
    return {
        "section": "risks",
        "heading": "Risk matrix",
        "register": (register["title"], href),
        "now": preview(now),
        "number": now.version,
        "since": long_date(register["matrix"]["effective_on"]),
        "rows": [_row(one) for one in versions],
        "set_url": f"{href}/matrix/new" if may_set else "",
        "said": said,
    }


def _row(version: Item) -> VersionRow:
    matrix = matrix_of(version)
    sides = len(matrix.likelihood_labels), len(matrix.impact_labels)
    return VersionRow(
        name=f"Version {matrix.version}",
        since=long_date(version["effective_on"]),
        size=f"{sides[0]} by {sides[1]}" if matrix.kind is MatrixKind.scored else "By name",
        bands=", ".join(bands_in_words(matrix)),
        by=f"{version['author_name']}, {day_of(version['recorded_at'])}",
        reason=version["reason"] or "",
    )
