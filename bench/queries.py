"""How many queries a request costs, counted inside one process."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager, redirect_stdout
from io import StringIO
from typing import Any

from sqlalchemy import Engine, event
from starlette.testclient import TestClient

from app.main import create_app
from bench.figures import FIGURES
from bench.seed import Site


@contextmanager
def counted() -> Iterator[list[str]]:
    """Every statement that SQLAlchemy sends meanwhile, transaction statements and savepoints left out."""
    statements: list[str] = []

    def seen(connection: Any, cursor: Any, statement: str, *rest: Any) -> None:
        if not statement.startswith(("BEGIN", "SAVEPOINT", "RELEASE", "ROLLBACK")):
            statements.append(statement)

    event.listen(Engine, "before_cursor_execute", seen)
    try:
        yield statements
    finally:
        event.remove(Engine, "before_cursor_execute", seen)


def per_request(sites: Sequence[Site]) -> dict[str, list[int]]:
    """For each reading figure the queries of one request, site by site, in the open database."""
    found: dict[str, list[int]] = {}
    # The service logs each request on standard output, which is the report's.
    with redirect_stdout(StringIO()), TestClient(create_app(), base_url="https://testserver") as client:
        for figure in FIGURES:
            if figure.writes:
                continue
            for site in sites:
                request = figure.requests(site, "")[0]
                with counted() as statements:
                    answer = client.get(request.path, headers=dict(request.headers))
                if answer.status_code != request.expected:
                    raise RuntimeError(f"{request.path} answered {answer.status_code}: {answer.text[:300]}")
                found.setdefault(figure.name, []).append(len(statements))
    return found
