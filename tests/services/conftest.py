"""Who and what the tests of the services start from."""

import pytest

from tests.factories import Cast, Shown, cast, make_plan, make_priority, make_register


@pytest.fixture
def people(database: str) -> Cast:
    """The fixed cast, in a database that holds nothing else."""
    return cast()


@pytest.fixture
def priority(people: Cast) -> Shown:
    """A priority of the plan PAP."""
    return make_priority(people.editor, make_plan(people.editor)["id"])


@pytest.fixture
def register(people: Cast, priority: Shown) -> Shown:
    """The register of the plan PAP, with a five by five matrix from 1 April on."""
    return make_register(people.editor, plan_id=priority["plan_id"])
