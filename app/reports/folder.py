"""Where the templates and styles of reports are."""

from pathlib import Path

FOLDER = Path(__file__).parent / "templates"
STYLES = FOLDER / "report.css"
"""The styles of a report's article, for the pages of the service too: every rule begins with ``.report``."""
