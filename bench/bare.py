"""The floor: a bare Starlette route that returns 2 kB of constant JSON.

Every figure of the benchmarks is a ratio to this route, served with the service's own server settings and
measured in the same minutes, so that figures from different machines can be compared.
"""

import sys

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

ANSWER = b'{"text": "' + b"x" * 2036 + b'"}'


async def constant(request: Request) -> Response:
    """Always the same 2,048 bytes."""
    return Response(ANSWER, media_type="application/json")


app = Starlette(routes=[Route("/", constant)])


if __name__ == "__main__":
    uvicorn.run(app, host="127.0.0.1", port=int(sys.argv[1]), access_log=False, log_level="warning")
