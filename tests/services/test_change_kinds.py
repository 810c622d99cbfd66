"""Every kind of change that the code can journal is told to integrators, or kept from them on purpose."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select

from app import db
from app.models.change_kinds import CHANGE_KINDS, EVENT_TYPES, HIDDEN_NOUNS, VISIBLE_NOUNS, href
from app.models.tables import journal_entries
from tests.doors import application

SERVICES = Path(__file__).parents[2] / "app" / "services"
# Where the noun or the operation is not written beside the call: what stands for it there.
OPERATIONS_OF = {"_OPERATIONS[move]": ("accepted", "materialised", "closed", "reopened")}
PASSED_ON = {("records.py", "noun"), ("entries.py", "kind.noun")}
# Each kind of entry belongs to the noun of its KIND, which other files record through.
NOUN_OF_DRAFTS = {
    "actions.py": "action",
    "ordering.py": "action",
    "updates.py": "action",
    "risks.py": "risk",
    "assessments.py": "risk",
    "management_actions.py": "management_action",
}


def called(node: ast.Call) -> str:
    return ast.unparse(node.func).rpartition(".")[2]


def values(node: ast.expr) -> tuple[str, ...]:
    """What an argument can be: a text, one of two, or a table of this test."""
    if isinstance(node, ast.Constant):
        return (str(node.value),)
    if isinstance(node, ast.IfExp):
        return (*values(node.body), *values(node.orelse))
    return OPERATIONS_OF[ast.unparse(node)]


def argument(call: ast.Call, place: int, name: str) -> ast.expr:
    return next((word.value for word in call.keywords if word.arg == name), None) or call.args[place]


def journalled() -> Iterator[tuple[str, str]]:
    """Every noun and operation that a service can journal, as its source says."""
    for file in sorted(SERVICES.glob("*.py")):
        for node in ast.walk(ast.parse(file.read_text())):
            if not isinstance(node, ast.Call):
                continue
            whole = ast.unparse(node.func)
            if called(node) == "Change" and "journal" in whole:
                noun = node.args[0]
                if (file.name, ast.unparse(noun)) in PASSED_ON:
                    continue
                yield from ((values(noun)[0], done) for done in values(node.args[2]))
            elif whole in ("records.create", "records.change", "records.delete"):
                yield values(node.args[4])[0], f"{whole.rpartition('.')[2]}d"
            elif whole == "entries.Draft":
                operations = values(argument(node, 0, "operation"))
                yield from ((NOUN_OF_DRAFTS[file.name], done) for done in operations)


FOUND = sorted(set(journalled()))


def test_the_walk_finds_what_is_known_to_be_journalled() -> None:
    known = {("action", "withdrawn"), ("risk", "closed"), ("matrix", "added"), ("plan", "changed")}
    assert known | {("user", "password_set"), ("period", "published")} <= set(FOUND)


@pytest.mark.parametrize(("noun", "operation"), FOUND)
def test_what_the_code_can_journal_is_told_or_hidden(noun: str, operation: str) -> None:
    is_told = f"{noun}.{operation}" in EVENT_TYPES
    assert is_told != (noun in HIDDEN_NOUNS), "list it in app/models/change_kinds.py, or hide its noun"


def test_nothing_is_told_that_the_code_cannot_journal() -> None:
    assert {(kind.noun, kind.operation) for kind in CHANGE_KINDS} <= set(FOUND)


@pytest.mark.parametrize("noun", VISIBLE_NOUNS)
def test_what_is_told_says_where_it_is_read(noun: str) -> None:
    after = {"subject_noun": "risk"}
    address = href(noun, "{subject}", after=after, period_id="{period}")  # type: ignore[arg-type]
    paths = {
        path.replace("{period_id}", "{period}")
        if noun in ("commentary", "erratum")
        else path.replace(path.partition("{")[2].partition("}")[0], "subject", 1)
        for path, operations in application().openapi()["paths"].items()
        if "{" in path and "get" in operations
    }
    assert address in paths


def test_all_that_the_sample_journalled_is_known(sample_database: str) -> None:
    entry = journal_entries.c
    with db.read(None) as reader:
        rows = reader.execute(select(entry.noun, entry.operation).distinct()).all()
    unknown = {(noun, done) for noun, done in rows if noun not in HIDDEN_NOUNS} - set(FOUND)
    assert not unknown
