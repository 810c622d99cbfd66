"""The files around the code: locks, commands, image and composition say what they should, and no more."""

import re
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parent.parent
LOCKS = ("requirements-build.lock", "requirements.lock", "requirements-test.lock")
# Hosts of package registries and mirrors, and places of one machine.
ADDRESS = re.compile(
    r"pypi\.org|pythonhosted|npmjs|debian\.org|docker\.io|--(extra-)?index-url|--find-links", re.I
)
MACHINE = re.compile(r"(^|[\s\"'`(=])(file://|/(work|root|home|Users)/)")


def text(path: str) -> str:
    return (ROOT / path).read_text(encoding="utf-8")


def own_files() -> list[Path]:
    """Every text file of the repository, without those that git ignores."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    suffixes = {".py", ".md", ".toml", ".lock", ".yaml", ".yml", ".json", ".sh", ".txt", ".html", ".csv", ""}
    paths = [ROOT / line for line in listed.stdout.splitlines()]
    return [path for path in paths if path.suffix in suffixes and path.is_file() and path != Path(__file__)]


def test_no_file_names_a_registry_or_a_place_on_one_machine() -> None:
    found = []
    for path in own_files():
        for number, line in enumerate(path.read_text(encoding="utf-8", errors="replace").splitlines(), 1):
            if ADDRESS.search(line) or MACHINE.search(line):
                found.append(f"{path.relative_to(ROOT)}:{number}: {line.strip()[:80]}")
    assert found == []


def normal(requirement: str) -> str:
    """The name of a requirement as lock files write it."""
    return re.split(r"[\[<>=!~;\s]", requirement, maxsplit=1)[0].lower().replace("_", "-").replace(".", "-")


def locked(path: str) -> dict[str, str]:
    """Name and version of everything in a lock file."""
    return dict(re.findall(r"^([a-z0-9.-]+)==([^\s;\\]+)", text(path), re.M))


def test_every_dependency_is_locked_with_hashes() -> None:
    project = tomllib.loads(text("pyproject.toml"))
    wanted = {
        "requirements.lock": project["project"]["dependencies"],
        "requirements-build.lock": project["dependency-groups"]["build"],
        "requirements-test.lock": project["dependency-groups"]["test"] + project["project"]["dependencies"],
    }
    for lock, requirements in wanted.items():
        assert {normal(requirement) for requirement in requirements} <= locked(lock).keys(), lock
        for block in re.split(r"\n(?=\S)", text(lock)):
            assert "--hash=sha256:" in block, f"{lock}: {block.splitlines()[0]}"


def test_the_tests_run_on_the_versions_that_are_served() -> None:
    served, tested = locked("requirements.lock"), locked("requirements-test.lock")
    assert served.items() <= tested.items()


def test_every_command_has_help() -> None:
    makefile = text("Makefile")
    commands = set(re.findall(r"^\.PHONY: (.+)$", makefile, re.M))
    explained = dict(re.findall(r"^([a-z-]+):[^#\n]*## (.+)$", makefile, re.M))
    assert commands == explained.keys()
    # Run by make itself, a make within it would also tell which folder it enters.
    asked = ["make", "--no-print-directory", "help"]
    shown = subprocess.run(asked, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert {line.split()[0] for line in shown.splitlines()} == commands


def test_continuous_integration_runs_all_tests() -> None:
    script = text(".ci/run")
    assert "set -euo pipefail" in script
    assert re.search(r"^make test\b", script, re.M)
    subprocess.run(["bash", "-n", ".ci/run"], cwd=ROOT, check=True)
    assert (ROOT / ".ci/run").stat().st_mode & 0o111


# --- Image and composition --------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def compose() -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load(text("compose.yaml"))
    return loaded


def test_the_image_is_linted() -> None:
    hadolint = Path(sys.executable).parent / "hadolint"
    done = subprocess.run([hadolint, "Dockerfile"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def test_the_image_runs_as_nobody_in_particular_and_says_how_it_is() -> None:
    steps = [line.split(maxsplit=1) for line in text("Dockerfile").splitlines() if re.match("[A-Z]+ ", line)]
    last = steps[max(index for index, step in enumerate(steps) if step[0] == "FROM") :]
    assert [step[1] for step in last if step[0] == "USER"] not in ([], ["root"], ["0"])
    assert "HEALTHCHECK" in {step[0] for step in last}
    assert "/healthz" in text("Dockerfile")
    assert not re.search(r"^(ENV|ARG).*(KEY|PASSWORD|SECRET)", text("Dockerfile"), re.M)


def test_the_image_copies_only_what_the_engine_is_sent() -> None:
    sent = {line[1:].rstrip("/") for line in text(".dockerignore").splitlines() if line.startswith("!")}
    copied = {
        source
        for line in re.findall(r"^COPY (?!--from)(.+)$", text("Dockerfile"), re.M)
        for source in line.split()[:-1]
    }
    assert copied == sent


def test_the_composition_has_two_web_processes_behind_nginx_and_two_workers(compose: dict[str, Any]) -> None:
    services = compose["services"]
    assert services.keys() == {"postgresql", "migrate", "web-1", "web-2", "worker-1", "worker-2", "nginx"}
    assert [name for name, service in services.items() if "ports" in service] == ["nginx"]
    for name in ("web-1", "web-2"):
        assert services[name]["depends_on"]["migrate"] == {"condition": "service_completed_successfully"}
        assert f"server {name}:8000" in compose["configs"]["nginx"]["content"]
        assert "--no-worker" in services[name]["command"]
    for name in ("worker-1", "worker-2"):
        assert services[name]["command"] == ["send-tracker", "worker"]
        assert services[name]["depends_on"] == services["web-1"]["depends_on"]
    for name in ("postgresql", "nginx"):
        assert "healthcheck" in services[name]
    for service in services.values():
        for other in service.get("depends_on", {}):
            assert other in services


def test_secrets_come_from_the_environment_and_have_no_default(compose: dict[str, Any]) -> None:
    secret = re.compile(r"\$\{(\w*(?:PASSWORD|KEY|SECRET)\w*)(.*?)\}")
    found = secret.findall(text("compose.yaml"))
    assert {name for name, _ in found} == {
        "POSTGRES_PASSWORD",
        "SEND_TRACKER_SECRET_KEY",
        "SEND_TRACKER_JOURNAL_KEY",
    }
    assert all(rest.startswith(":?") for _, rest in found)
    for service in compose["services"].values():
        for name, value in service.get("environment", {}).items():
            if re.search("PASSWORD|KEY|SECRET|URL", name):
                assert "${" in value, name


def test_nginx_is_given_its_own_dollar_signs(compose: dict[str, Any]) -> None:
    content = compose["configs"]["nginx"]["content"]
    assert not re.search(r"(?<!\$)\$(?!\$)", content), "compose would read a single $ as its own"
