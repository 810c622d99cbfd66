"""The image's steps and the composition, run here without an engine.

Not shown by this: that the base images exist and that an engine accepts the files. Shown: that the
Dockerfile's own steps, on the files it copies and no others, make a service that runs away from the source;
and that compose.yaml's nginx serves two such processes on one PostgreSQL and survives one of them.
"""

import json
import os
import re
import shutil
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests import postgresql, servers
from tests.databases import copy_of

pytestmark = [pytest.mark.long, pytest.mark.xdist_group("image")]
ROOT = Path(__file__).parent.parent.parent
INSTALLED = "/opt/send-tracker"
KEYS = {"SEND_TRACKER_SECRET_KEY": "s" * 40, "SEND_TRACKER_JOURNAL_KEY": "j" * 40}
PRODUCTION = {"SEND_TRACKER_ENVIRONMENT": "production", **KEYS}


def steps() -> list[list[tuple[str, str]]]:
    """The Dockerfile's instructions, stage by stage."""
    source = re.sub(r"\\\n\s*", "", (ROOT / "Dockerfile").read_text(encoding="utf-8"))
    stages: list[list[tuple[str, str]]] = []
    for line in source.splitlines():
        if not line or line.startswith("#"):
            continue
        word, rest = line.split(maxsplit=1)
        if word == "FROM":
            stages.append([])
        stages[-1].append((word, rest))
    return stages


@pytest.fixture(scope="module")
def image(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder that the build stage makes, made by the same steps at another place."""
    root = tmp_path_factory.mktemp("image")
    work = root / "build"
    work.mkdir()
    programs = root / "programs"
    programs.mkdir()
    (programs / "python").symlink_to(Path(sys.base_prefix) / "bin" / "python3")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("COV", "VIRTUAL_ENV"))}
    environment = {**kept, "PATH": f"{programs}:{kept['PATH']}", "UV_LINK_MODE": "copy"}
    for word, rest in steps()[0]:
        if word == "COPY":
            *sources, target = rest.split()
            for source in sources:
                place(ROOT / source, work / target)
        elif word == "RUN":
            command = rest.replace(INSTALLED, str(root / "installed"))
            done = subprocess.run(
                ["sh", "-ec", command], cwd=work, env=environment, capture_output=True, text=True, check=False
            )
            assert done.returncode == 0, f"{rest}\n{done.stdout}\n{done.stderr}"
        else:
            assert word in ("FROM", "WORKDIR"), f"this test does not know {word}"
    shutil.rmtree(work)
    return root / "installed"


def place(source: Path, target: Path) -> None:
    """COPY: a folder's content into the target, a file into the target folder."""
    if source.is_dir():
        shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__"), dirs_exist_ok=True)
    else:
        shutil.copy(source, target / source.name if target.is_dir() else target)


def instruction(word: str) -> Any:
    """The command of the last stage's CMD, or of its HEALTHCHECK, as a list."""
    rest = next(rest for found, rest in steps()[-1] if found == word)
    return json.loads(rest[rest.index("[") :])


@contextmanager
def started(image: Path, url: str, **settings: str) -> Iterator[tuple[int, "subprocess.Popen[bytes]"]]:
    """The image's command on a free port, in an empty folder; its port and process."""
    port = servers.free_port()
    command = [part.replace("0.0.0.0", "127.0.0.1").replace("8000", str(port)) for part in instruction("CMD")]
    environment = inside(image, url, **settings)
    process = subprocess.Popen(command, cwd=image, env=environment, executable=image / "bin" / command[0])
    try:
        wait(f"http://127.0.0.1:{port}/healthz")
        yield port, process
    finally:
        process.terminate()
        process.wait(20)


def inside(image: Path, url: str, **settings: str) -> dict[str, str]:
    """What a container would see of the environment."""
    return {
        "PATH": f"{image / 'bin'}:{os.defpath}",
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONUNBUFFERED": "1",
        "SEND_TRACKER_DATABASE_URL": url,
        **settings,
    }


def wait(address: str, seconds: float = 30) -> int:
    """The status that the address answers, once it answers."""
    deadline = time.monotonic() + seconds
    while True:
        try:
            with urllib.request.urlopen(address, timeout=5) as answer:
                status: int = answer.status
                return status
        except OSError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.1)


def test_the_image_holds_every_file_of_the_service(image: Path) -> None:
    installed = next(image.glob("lib/python3*/site-packages")) / "app"
    source = {
        path.relative_to(ROOT / "app")
        for path in (ROOT / "app").rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    assert source - {path.relative_to(installed) for path in installed.rglob("*")} == set()
    assert not list(image.glob("bin/uv"))


def test_the_image_migrates_serves_and_reports_its_health(image: Path) -> None:
    with postgresql.server() as server:
        url = server.create("image")
        environment = inside(image, url, **PRODUCTION)
        subprocess.run([image / "bin" / "send-tracker", "migrate"], cwd=image, env=environment, check=True)
        with started(image, url, **PRODUCTION) as (port, _):
            check = [part.replace("8000", str(port)) for part in instruction("HEALTHCHECK")]
            program = image / "bin" / "python"
            assert subprocess.run([program, *check[1:]], env=environment, check=False).returncode == 0
        refused = subprocess.run([program, *check[1:]], env=environment, capture_output=True, check=False)
        assert refused.returncode == 1


def test_the_image_refuses_to_start_in_production_without_secrets(image: Path) -> None:
    environment = inside(image, "postgresql://nobody@127.0.0.1:9/none")
    for command in (instruction("CMD"), ["send-tracker", "migrate"]):
        done = subprocess.run(
            command,
            cwd=image,
            env=environment,
            executable=image / "bin" / command[0],
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )
        assert done.returncode == 1
        assert "SEND_TRACKER_SECRET_KEY" in done.stderr
        assert "Traceback" not in done.stderr


@contextmanager
def nginx(folder: Path, ports: dict[str, int]) -> Iterator[str]:
    """Debian's nginx with the composition's configuration, its names replaced by ports here."""
    program = shutil.which("nginx", path=f"{os.environ['PATH']}:/usr/sbin")
    assert program, "run tests/install.sh nginx"
    content = yaml.safe_load((ROOT / "compose.yaml").read_text(encoding="utf-8"))["configs"]["nginx"][
        "content"
    ]
    port = servers.free_port()
    content = (
        content.replace("$$", "$").replace("/tmp/", f"{folder}/").replace("listen 8080", f"listen {port}")
    )
    for name, place_here in ports.items():
        content = content.replace(f"{name}:8000", f"127.0.0.1:{place_here}")
    file = folder / "nginx.conf"
    file.write_text(content)
    subprocess.run([program, "-t", "-c", file], check=True)
    process = subprocess.Popen([program, "-c", file, "-g", "daemon off;"])
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(10)


def test_the_composition_serves_and_survives_the_loss_of_a_process(image: Path, tmp_path: Path) -> None:
    with copy_of("migrated", "postgresql") as url, ExitStack() as stack:
        running = {
            name: stack.enter_context(started(image, url, **PRODUCTION)) for name in ("web-1", "web-2")
        }
        address = stack.enter_context(nginx(tmp_path, {name: port for name, (port, _) in running.items()}))
        assert [wait(f"{address}/healthz") for _ in range(10)] == [200] * 10
        running["web-1"][1].kill()
        assert [wait(f"{address}/healthz", seconds=0) for _ in range(20)] == [200] * 20
