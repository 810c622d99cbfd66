"""What the service says, in plain English: words that no text of ours has, and how dates are written.

After the style guide of GOV.UK: no "please", no Latin, no jargon, British spelling, "30 June 2024".
"""

import ast
import re
from collections.abc import Iterator
from html import unescape
from pathlib import Path

FORBIDDEN = re.compile(
    r"\b(please|oops|simply|click(ed|ing)?|e\.g\.|i\.e\.|etc\.?|via|n/a|whilst|amongst|upon"
    r"|in order to|prior to|utili[sz]e\w*|leverage|facilitate\w*|regarding|commence\w*|terminated"
    r"|administrators?|invalid|illegal|abort\w*|successfully|login|log-?in|logged in|username|dropdown"
    r"|colors?|organi[z]ation\w*|behaviors?|centers?|summari[z]e\w*|recogni[z]e\w*|customi[z]e\w*|licen[s]ed?"
    r"|stakeholders?|going forward|key deliverables?|end user)\b",
    re.IGNORECASE,
)
"""Words of forms and computers, and longer words than are needed."""
_ISO_DAY = re.compile(r"(?<![\w/=-])\d{4}-\d{2}-\d{2}(?![\w-])")
_HIDDEN = re.compile(r"<(script|style|svg|pre|code|textarea|option|title)\b.*?</\1>", re.DOTALL)
_OURS = re.compile(
    r"<(h[1-3]|label|legend|button|caption|th scope=\"col\"[^>]*)(?: [^>]*)?>(.*?)</", re.DOTALL
)


def faults(text: str) -> list[str]:
    """What a text of ours says otherwise than in plain words, with some of what stands around it."""
    found = [text[max(0, one.start() - 30) : one.end() + 20] for one in FORBIDDEN.finditer(text)]
    return [" ".join(one.split()) for one in found]


def page_faults(html: str) -> list[str]:
    """What a page shows otherwise: forbidden words in our labels, and days in digits anywhere."""
    main = _HIDDEN.sub(" ", html.partition("<main")[2].partition("</main>")[0])
    text = re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", main)))
    labels = [unescape(re.sub(r"<[^>]+>", "", one[1])).strip() for one in _OURS.findall(main)]
    return [
        *(f"{day} is not a date in words" for day in _ISO_DAY.findall(text)),
        *(fault for label in labels for fault in faults(label)),
    ]


def of_template(source: str) -> str:
    """What a template says by itself: without its tags, expressions and addresses."""
    strings = " ".join(re.findall(r"\"([^\"{}<>]{12,})\"", " ".join(re.findall(r"\{[{%].*?[%}]\}", source))))
    bare = re.sub(r"\{#.*?#\}|\{[{%].*?[%}]\}|<[^>]+>", " ", source, flags=re.DOTALL)
    return f"{unescape(bare)} {strings}"


def of_module(path: Path) -> Iterator[tuple[int, str]]:
    """The texts of a module with their lines: strings of several words that are no docstrings."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    silent = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and id(node) not in silent and " " in str(node.value):
            yield node.lineno, str(node.value)
