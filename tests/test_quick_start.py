"""The quick-start of the API, word for word: its commands run on a fresh sample and print what it says."""

import os
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from tests import servers
from tests.databases import copy_of

GUIDE = servers.ROOT / "docs" / "quick-start.md"
MARK = "\x1e"


class Block(NamedTuple):
    """A command of the guide, and what the guide says it prints ("" for nothing)."""

    language: str
    text: str
    printed: str


def blocks() -> list[Block]:
    """The commands of the guide in their order."""
    found: list[Block] = []
    for language, text in re.findall(
        r"^```(\w+)\n(.*?)^```$", GUIDE.read_text(encoding="utf-8"), re.M | re.S
    ):
        if language == "text":
            assert not found[-1].printed, f"two outputs after {found[-1].text}"
            found[-1] = found[-1]._replace(printed=text)
        else:
            found.append(Block(language, text, ""))
    return found


def in_language(language: str) -> list[Block]:
    return [block for block in blocks() if block.language == language]


@pytest.fixture(scope="module")
def start() -> dict[str, str]:
    """The settings with which the guide starts the service by `make run`."""
    [block] = in_language("console")
    *settings, make, run = shlex.split(block.text)
    assert (make, run) == ("make", "run")
    return dict(one.split("=", 1) for one in settings)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that has what the guide needs of the service's own: the environment that make built."""
    found = tmp_path_factory.mktemp("quick-start")
    (found / ".venv").symlink_to(sys.prefix)
    return found


@pytest.fixture(scope="module")
def environment(start: dict[str, str]) -> Iterator[dict[str, str]]:
    """A served sample of its own; the guide takes its address and database from the environment."""
    with copy_of("sample", "sqlite") as url, servers.serve(url, settings=start) as service:
        kept = {name: value for name, value in os.environ.items() if not name.startswith("SEND_TRACKER_")}
        yield {**kept, "BASE": service.address, "SEND_TRACKER_DATABASE_URL": url, "NO_PROXY": "127.0.0.1"}


def run(command: list[str], text: str, folder: Path, environment: dict[str, str]) -> str:
    done = subprocess.run(
        command,
        input=text,
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"
    assert done.stderr == ""
    return done.stdout


def test_the_guide_does_what_it_says(folder: Path, environment: dict[str, str]) -> None:
    shell, python = in_language("sh"), in_language("python")
    assert {block.language for block in blocks()} == {"console", "sh", "python"}
    script = "set -e\n" + "".join(f"{block.text}printf '{MARK}'\n" for block in shell)
    program = "".join(f"{block.text}\nprint({MARK!r}, end='')\n" for block in python)
    # The program needs what the shell exported: it is the shell's last command.
    (folder / "quick_start.py").write_text(program, encoding="utf-8")
    script += ".venv/bin/python quick_start.py\n"
    printed = run(["bash", "-s"], script, folder, environment).split(MARK)
    for block, found in zip([*shell, *python], printed, strict=False):
        assert found == block.printed, block.text
    assert printed[len(shell) + len(python) :] == [""]
