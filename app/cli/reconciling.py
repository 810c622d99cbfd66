"""The command reconcile: verdicts on the published percentages of a CSV file. It needs no database."""

from argparse import Namespace
from pathlib import Path

from app.cli import DONE
from app.cli.failures import WrongUse
from app.cli.opening import print_json
from app.plans.published import BadFigures
from app.plans.reconcile import Reconciliation
from app.sentences.reconciliation import printed, scope_explanation
from app.services import reconciliations as reconciliations_service

LARGEST_FILE = 1_000_000
"""Bytes; a hundred rows are a few thousand."""


def reconcile(options: Namespace) -> int:
    """Say whether the percentages of a file can be. Raises WrongUse for a file that holds none."""
    try:
        found, _ = reconciliations_service.check_csv(_text(options.file))
    except BadFigures as error:
        raise WrongUse(f"{options.file}: {error.flaws[0].message}") from None
    answer = reconciliations_service.answer(found)
    if options.json:
        print_json(answer)
        return DONE
    print(answer["explanation"])
    for line in _lines(found):
        print(line)
    return DONE


def _text(file: str) -> str:
    """The text of a file. Raises WrongUse."""
    try:
        with Path(file).open("rb") as opened:
            content = opened.read(LARGEST_FILE + 1)
    except (OSError, ValueError) as error:
        words = error.strerror if isinstance(error, OSError) and error.strerror else "there is no such file"
        raise WrongUse(f"{file}: {words.lower()}: give the path of a CSV file") from None
    if len(content) > LARGEST_FILE:
        raise WrongUse(f"{file}: more than 1 MB: give a file with up to a hundred rows")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise WrongUse(f"{file}: not in UTF-8: save it as CSV UTF-8") from None


def _lines(found: Reconciliation) -> list[str]:
    return [f"  {one.row.scope}, {printed(one.row)}: {scope_explanation(one, found)}" for one in found.scopes]
