"""The shape of the code: what may import what, where things may happen, how long they may be.

import-linter holds the direction of imports (pyproject.toml); the tests here hold what it cannot say.
"""

import ast
import graphlib
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
APP = ROOT / "app"
# The rules: values in, values out, the standard library only. What each may import of the others.
RULES = {
    "entries": set(),
    "plans": {"entries"},
    "risk": {"entries"},
    "data_quality": {"entries", "plans", "risk"},
    "access": {"entries"},
    "journal": set(),
}
Function = ast.FunctionDef | ast.AsyncFunctionDef
# What a door may know of the database: types to pass on, errors to answer.
HARMLESS = ("sqlalchemy.Connection", "sqlalchemy.RowMapping", "sqlalchemy.exc.")
LONGEST_FILE = 300
LONGEST_FUNCTION = 40
# Migrations are a list of statements in order, and are never changed once they are out.
MIGRATIONS = APP / "migrations" / "versions"
# Exceptions, each with its reason: {"app/path.py": "why"}, {"app/path.py:function": "why"}.
LONG_FILES: dict[str, str] = {}
LONG_FUNCTIONS: dict[str, str] = {}
LATE_IMPORTS: dict[str, str] = {
    "app/web/downloads.py:download": "60 ms and 5 MB that only downloads for Excel need",
    "app/web/markdown.py:_parser": "150 ms that only the pages of the API's reference need",
    "app/engines.py:gate_pool": "9 MB that SQLite does not need",
    "app/security.py:is_soon_guessed": "zxcvbn: 15 MB that only setting a password needs",
    "app/migrations/__init__.py:configuration": "alembic: 12 MB that only migrating needs",
    "app/migrations/__init__.py:upgrade": "the same",
    "app/migrations/__init__.py:downgrade": "the same",
    "app/senders/webhook.py:send": "httpcore: only the worker sends",
    "app/senders/mail.py:sender_of": "each mail system knows this module; one of them is needed",
    "app/senders/notify.py:Notify.send": "httpx2 and joserfc: only sending by GOV.UK Notify needs them",
    "app/senders/notify.py:Notify._opened": "the same",
    "app/senders/notify.py:Notify._headers": "the same",
    "app/reports/email.py:_environment": "jinja2: a worker needs it only when it writes messages",
    **dict.fromkeys(
        (f"app/services/report_files.py:{name}" for name in ("_eml", "_excel", "_html", "_pdf", "_word")),
        "10 to 60 MB of what makes a format, which nobody needs who asks for another",
    ),
    "app/services/report_files.py:document": "only reports need it",
    "app/web/reports.py:_page": "the same",
    "app/web/area_templates.py:save_template": "the same",
    "app/senders/oidc.py:_client": "authlib, httpx2 and joserfc, 200 ms: only single sign-on needs them",
    **dict.fromkeys(
        (
            f"app/senders/oidc.py:{name}"
            for name in ("_asked", "_believed", "_discovered", "_json", "_signed")
        ),
        "the same",
    ),
    "app/reports/pdf.py:_set": "typst: 60 MB that only reports as PDF need",
    "app/reports/pdf.py:_fonts": "the same",
    "app/reports/pdf.py:_forget": "the same",
    "app/web/presenters/my_account.py:_qr": "segno: only who adds an authenticator app needs it",
}


def files(*parts: str) -> list[Path]:
    """Every Python file below app/ and these parts of it."""
    return sorted(path for path in APP.joinpath(*parts).rglob("*.py") if "__pycache__" not in path.parts)


def name(path: Path) -> str:
    """The path as written in the lists above."""
    return path.relative_to(ROOT).as_posix()


def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), filename=str(path))


def imported(node: ast.AST) -> Iterator[str]:
    """The dotted names that a file imports; ``from a.b import c`` is a.b.c."""
    for child in ast.walk(node):
        if isinstance(child, ast.Import):
            yield from (alias.name for alias in child.names)
        elif isinstance(child, ast.ImportFrom):
            assert not child.level, f"line {child.lineno}: relative imports hide what is imported"
            yield from (f"{child.module}.{alias.name}" for alias in child.names)


def functions(node: ast.AST, prefix: str = "") -> Iterator[tuple[str, Function]]:
    """Every function with its dotted name."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, Function):
            yield prefix + child.name, child
        if isinstance(child, Function | ast.ClassDef):
            yield from functions(child, f"{prefix}{child.name}.")
        else:
            yield from functions(child, prefix)


def length(function: Function) -> int:
    """Lines from ``def`` to the end, less the docstring."""
    first = function.body[0]
    documented = isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant)
    last = function.end_lineno or function.lineno
    docstring = (first.end_lineno or first.lineno) - first.lineno + 1 if documented else 0
    return last - function.lineno + 1 - docstring


def calls(node: ast.AST) -> Iterator[tuple[int, str]]:
    """Line and dotted name of everything that is called."""
    for child in ast.walk(node):
        if isinstance(child, ast.Call):
            yield child.lineno, ast.unparse(child.func)


def places(paths: list[Path], pattern: str) -> list[str]:
    """Where something whose dotted name matches the pattern is called."""
    return [
        f"{name(path)}:{line} {called}"
        for path in paths
        for line, called in calls(tree(path))
        if re.search(pattern, called)
    ]


@pytest.mark.parametrize("package", RULES)
def test_rules_import_the_standard_library_only(package: str) -> None:
    assert files(package), f"app/{package} is gone"
    for path in files(package):
        for dotted in imported(tree(path)):
            first, *rest = dotted.split(".")
            if first == "app":
                assert rest[0] in RULES[package] | {package}, f"{name(path)} imports {dotted}"
            else:
                assert first in sys.stdlib_module_names, f"{name(path)} imports {dotted}"


def test_only_the_unit_of_work_commits() -> None:
    others = [path for path in files() if path != APP / "db.py"]
    assert places(others, r"\.commit$") == []


def test_routes_do_not_query() -> None:
    doors = files("api") + files("web")
    assert places(doors, r"(^|\.)select$|\.(execute|scalar|scalars)$") == []
    for path in doors:
        database = [
            dotted for dotted in imported(tree(path)) if dotted.startswith(("sqlalchemy", "sqlmodel"))
        ]
        found = [dotted for dotted in database if not dotted.startswith(HARMLESS)]
        assert not found, f"{name(path)} imports {found}"


def test_only_the_clock_reads_the_clock() -> None:
    others = [path for path in files() if path != APP / "clock.py"]
    dates = r"(^|\.)(date|datetime)\.(today|now|utcnow|fromtimestamp)$"
    times = r"(^|\.)time\.(time|time_ns|localtime|gmtime)$"
    assert places(others, f"{dates}|{times}") == []
    for path in others:
        found = {"time.time", "time.time_ns", "time.localtime", "time.gmtime"} & set(imported(tree(path)))
        assert not found, f"{name(path)} imports {found}"


def test_services_do_not_import_each_other_in_a_circle() -> None:
    modules = {f"app.services.{path.stem}": path for path in files("services")}
    graph = {
        module: {
            wanted
            for dotted in imported(tree(path))
            if (wanted := ".".join(dotted.split(".")[:3])) in modules
        }
        for module, path in modules.items()
    }
    list(graphlib.TopologicalSorter(graph).static_order())  # raises CycleError, naming the circle


def test_files_stay_short() -> None:
    long = {
        name(path)
        for path in files()
        if MIGRATIONS not in path.parents
        and len(path.read_text(encoding="utf-8").splitlines()) > LONGEST_FILE
    }
    assert long == set(LONG_FILES), f"over {LONGEST_FILE} lines, or listed without need"


def test_functions_stay_short() -> None:
    long = {
        f"{name(path)}:{function}"
        for path in files()
        if MIGRATIONS not in path.parents
        for function, node in functions(tree(path))
        if length(node) > LONGEST_FUNCTION
    }
    assert long == set(LONG_FUNCTIONS), f"over {LONGEST_FUNCTION} lines, or listed without need"


def test_imports_stand_at_the_top() -> None:
    late = {
        f"{name(path)}:{function}"
        for path in files()
        for function, node in functions(tree(path))
        for child in ast.walk(node)
        if isinstance(child, ast.Import | ast.ImportFrom)
    }
    assert late == set(LATE_IMPORTS), "imported inside a function, or listed without need"


def test_nothing_is_silenced_without_a_reason() -> None:
    silenced = re.compile(r"#\s*(type:\s*ignore|noqa|pragma:\s*no)(?P<rest>.*)")
    for path in files():
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            if found := silenced.search(line):
                reason = re.sub(r"^(\[[\w, -]+\]|:\s*[A-Z0-9, ]+| ?cover| ?branch)?", "", found["rest"])
                assert re.search(r"\w{3,}.*\w{2,}", reason), f"{name(path)}:{number} says not why"


# --- import-linter itself ---------------------------------------------------------------------------------

PLANTED = {
    "a service that imports a page": ("services/planted.py", "import app.web\n", "app.web"),
    "a rule that imports the database": ("risk/planted.py", "from app import db\n", "app.db"),
    "a page that imports the API": ("web/planted.py", "import app.api\n", "app.api"),
    "a module that has no layer": ("planted.py", "", "planted"),
}


def lint_imports(root: Path) -> tuple[int, str]:
    """The exit code and words of import-linter for the copy below ``root``, not the installed package."""
    program = Path(sys.executable).parent / "lint-imports"
    done = subprocess.run(
        [program, "--no-cache", "--config", ROOT / "pyproject.toml"],
        cwd=root,
        env={**os.environ, "PYTHONPATH": str(root), "COLUMNS": "200"},
        capture_output=True,
        text=True,
        check=False,
    )
    banner = re.compile("[\u2500-\u25ff]")
    return done.returncode, "\n".join(line for line in done.stdout.splitlines() if not banner.search(line))


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    shutil.copytree(APP, tmp_path / "app", ignore=shutil.ignore_patterns("__pycache__", "static", "sample"))
    return tmp_path


def test_the_imports_point_one_way(copy: Path) -> None:
    code, words = lint_imports(copy)
    assert code == 0, words


@pytest.mark.parametrize("planted", PLANTED)
def test_a_planted_wrong_import_is_refused(copy: Path, planted: str) -> None:
    file, source, named = PLANTED[planted]
    assert (copy / "app" / file).parent.is_dir(), "plant it elsewhere"
    (copy / "app" / file).write_text(source)
    code, words = lint_imports(copy)
    assert code == 1, words
    assert "Broken contracts" in words, words
    broken = words.split("Broken contracts")[1]
    assert named in broken
    assert "planted" in broken
