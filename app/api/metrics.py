"""Figures for monitoring, in the text format of Prometheus (version 0.0.4). For machines, beside the API.

They are of all areas together, so that no client of one area may read them: they answer to a token of their
own, and to nobody while none is set (docs/schedules.md). No label names an area, a person or an address.
"""

import hmac
from collections.abc import Iterator, Mapping
from importlib.metadata import version

from fastapi import APIRouter, Request, Response

from app import clock, db
from app.config import settings
from app.errors import NotAuthenticated, NotFound
from app.services import sending_state
from app.services.sending_state import Figures

MEDIA_TYPE = "text/plain; version=0.0.4; charset=utf-8"
router = APIRouter(include_in_schema=False)


@router.get("/metrics")
def metrics(request: Request) -> Response:
    """Workers, jobs, runs and deliveries in figures; 404 unless SEND_TRACKER_METRICS_TOKEN is set."""
    wanted = settings().metrics_token.get_secret_value()
    if not wanted:
        raise NotFound("page")
    scheme, _, given = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not hmac.compare_digest(given.strip().encode(), wanted.encode()):
        raise NotAuthenticated(
            "Send the token of SEND_TRACKER_METRICS_TOKEN as `Authorization: Bearer <token>`."
        )
    with db.read(None) as connection:
        found = sending_state.figures(connection, clock.now())
    text = "".join(f"{line}\n" for line in _lines(found))
    return Response(text, headers={"cache-control": "no-store", "content-type": MEDIA_TYPE})


def _lines(found: Figures) -> Iterator[str]:
    yield from _gauge("build_info", "The version that answers.", {f'version="{version("send-tracker")}"': 1})
    yield from _gauge("workers", "Workers that were seen in the last 30 seconds.", {"": found.workers})
    seen_at = found.seen_at.timestamp() if found.seen_at else 0
    yield from _gauge(
        "worker_last_seen_timestamp_seconds", "When a worker was last seen; 0 where none was.", {"": seen_at}
    )
    jobs = {
        f'kind="{one["kind"]}",state="{state}"': one[state] for one in found.jobs for state in _JOB_STATES
    }
    yield from _gauge("jobs", "Jobs that are not done; late: due for over five minutes.", jobs)
    oldest = {"": found.oldest_due_seconds}
    yield from _gauge("oldest_due_job_seconds", "For how long the oldest job is due.", oldest)
    yield from _gauge("mail_deliveries", "Messages of schedules by state.", _states(found.deliveries))
    yield from _gauge("schedule_runs", "Runs of schedules by state.", _states(found.runs))
    yield from _gauge("schedules", "Schedules by state.", _states(found.schedules))


_JOB_STATES = ("waiting", "late", "running", "dead")


def _states(counts: Mapping[str, int]) -> dict[str, float]:
    return {f'state="{state}"': count for state, count in counts.items()}


def _gauge(name: str, help_text: str, samples: Mapping[str, float]) -> Iterator[str]:
    """A figure in its samples by their labels."""
    yield f"# HELP send_tracker_{name} {help_text}"
    yield f"# TYPE send_tracker_{name} gauge"
    for labels, value in samples.items():
        yield f"send_tracker_{name}{f'{{{labels}}}' if labels else ''} {value}"
