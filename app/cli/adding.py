"""How a command and what all of an area take are added to the command line."""

import argparse
from typing import Any


def command(commands: Any, name: str, module: str, words: str, examples: str) -> argparse.ArgumentParser:
    """Add a command that is run by ``app.cli.<module>.<name>``."""
    found: argparse.ArgumentParser = commands.add_parser(
        name, help=words, description=f"{words}.", epilog=f"examples:\n{examples}"
    )
    found.set_defaults(module=f"app.cli.{module}", function=name.replace("-", "_"))
    return found


def add_area(parser: argparse.ArgumentParser, *, required: bool = True) -> None:
    """Add the area that a command is about, and that it prints JSON."""
    only = "" if required else " (default: the only one)"
    parser.add_argument("--area", required=required, help=f"short name of the area{only}")
    parser.add_argument("--json", action="store_true", help="print JSON")
