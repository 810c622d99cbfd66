"""What the fields of a form said when it was opened, as the form carries it along."""

import zlib
from collections.abc import Mapping

_NOT_SEEN = frozenset({"version", "set_aside", "key", "seen"})


def seen_of(typed: Mapping[str, str]) -> str:
    """The fields that say something, each with a short sum of what it says: "title:1b2c ref:99".

    A form carries it from its opening on, so that the page with both versions can tell who changed what.
    """
    sums = {name: _sum(value) for name, value in typed.items() if name not in _NOT_SEEN and value.strip()}
    return " ".join(f"{name}:{found}" for name, found in sums.items())


def digests(seen: str) -> dict[str, str] | None:
    """What ``seen_of`` says, by field; None where a form carries nothing of the kind."""
    return dict(pair.partition(":")[::2] for pair in seen.split()) if seen else None


def _sum(value: str) -> str:
    return f"{zlib.crc32(value.replace(chr(13), '').strip().encode('utf-8', 'replace')):x}"
