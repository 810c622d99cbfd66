"""What the tests of reports start from: contents and documents, made once for the run of a file."""

from datetime import date
from typing import Any

import pytest
from sqlalchemy import select

from app import db
from app.models.tables import plans
from app.reports.contents import document
from app.reports.document import Document
from app.services import areas as areas_service
from app.services import reports
from tests.databases import open_copy
from tests.factories import TODAY
from tests.reports import samples

LAST_DAY = date(2024, 6, 30)


@pytest.fixture(scope="session")
def sample_contents() -> dict[str, Any]:
    """The contents of the reports of the sample's plans as at 30 June 2024, by the plan's ref."""
    with open_copy("sample", "sqlite"), db.read(None) as reader:
        halton = areas_service.by_slug(reader, "halton")
        rows = reader.execute(select(plans.c.id, plans.c.ref).where(plans.c.area_id == halton.area_id)).all()
        return {row.ref: reports.of_day(reader, halton, row.id, today=TODAY, day=LAST_DAY) for row in rows}


@pytest.fixture(scope="session")
def sample_content(sample_contents: dict[str, Any]) -> dict[str, Any]:
    """The content of the report of the sample's priority action plan: 5 priorities, 93 action points."""
    found: dict[str, Any] = sample_contents["PAP"]
    return found


@pytest.fixture(scope="session")
def sample_document(sample_content: dict[str, Any]) -> Document:
    """The same as a document, with a logo."""
    return document(sample_content, samples.LOOK)


@pytest.fixture
def whole_content() -> dict[str, Any]:
    """A small content in which every section of a report has something to say."""
    return samples.content()


@pytest.fixture
def whole_document() -> Document:
    """The same as a document: a block of every kind."""
    return document(samples.content(), samples.LOOK)


@pytest.fixture(params=samples.HOSTILE, ids=samples.HOSTILE)
def hostile_text(request: pytest.FixtureRequest) -> str:
    """Each text that some format would read as its own syntax."""
    return samples.HOSTILE[request.param]


@pytest.fixture
def hostile_document() -> Document:
    """A document in which every text that people write is all of the hostile texts, one after another."""
    return document(samples.content(samples.every_hostile_text()), samples.LOOK)
