"""Every check of data quality by its identifier."""

from collections.abc import Mapping
from typing import Any

from app.data_quality import actions, risks
from app.data_quality.base import Check, CheckId

_ALL: tuple[Check[Any], ...] = (*actions.ALL, *risks.ALL, *risks.ALL_OF_MANAGEMENT_ACTIONS)
CHECKS: Mapping[CheckId, Check[Any]] = {check.id: check for check in _ALL}
