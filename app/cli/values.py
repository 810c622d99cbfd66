"""What options of commands take: each checks what was typed, and says how to type it."""

import argparse
import re
from collections.abc import Callable
from datetime import date
from uuid import UUID

FORMATS = ("pdf", "docx", "xlsx", "html", "eml", "json")
"""Those of ``services/report_files``, which ``--help`` does not wait for; a test holds the two together."""


def port(text: str) -> int:
    """A port to listen on; 0 lets the system choose."""
    number = int(text) if text.isdecimal() else -1
    if not 0 <= number <= 65535:
        raise argparse.ArgumentTypeError(f"give a port from 0 to 65535, not {text}")
    return number


def record_id(listed_by: str) -> Callable[[str], UUID]:
    """What reads the id of a record, which the command ``listed_by`` prints."""

    def read(text: str) -> UUID:
        try:
            return UUID(text)
        except ValueError:
            raise argparse.ArgumentTypeError(f"give an id as send-tracker {listed_by} prints it") from None

    return read


def day(text: str) -> date:
    """A day as ISO 8601 has it."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"give a day as 2024-06-30, not {text}") from None


def formats(text: str) -> list[str]:
    """Formats of a report, each once, in the order in which they are named."""
    kinds = list(dict.fromkeys(part.strip().lower() for part in text.split(",")))
    for kind in kinds:
        if kind not in FORMATS:
            raise argparse.ArgumentTypeError(f"choose from {','.join(FORMATS)}, not {kind or 'nothing'}")
    return kinds


def journal_head(text: str) -> str:
    """The head of a journal: 64 hexadecimal digits."""
    if not re.fullmatch(r"[0-9a-fA-F]{64}", text):
        raise argparse.ArgumentTypeError("give a head as printed: 64 digits from 0 to f")
    return text.lower()
