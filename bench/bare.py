"""The floor: a bare Starlette route that returns 2 kB of constant JSON.

Every figure of the benchmarks is a ratio to this route, served with the service's own server settings and
measured in the same minutes, so that figures from different machines can be compared. Beside it a bare page:
a table of 100 rows through Jinja, without a query, that the dashboard is compared with.
"""

import sys

import uvicorn
from jinja2 import Environment
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

ANSWER = b'{"text": "' + b"x" * 2036 + b'"}'


async def constant(request: Request) -> Response:
    """Always the same 2,048 bytes."""
    return Response(ANSWER, media_type="application/json")


PAGE = "/page"
ROWS = [
    (
        f"/actions/{number}",
        f"1.{number} Agree the pathway",
        "On target",
        "31 May 2024",
        "Lead",
        "Agreed & told",
    )
    for number in range(100)
]
_TABLE = Environment(autoescape=True).from_string(
    "<!DOCTYPE html><html lang=en><head><title>Actions</title></head><body><h1>Actions</h1><table><thead><tr>"
    "<th>Action</th><th>Status</th><th>Due</th><th>Lead</th><th>Update</th></tr></thead><tbody>"
    "{% for href, name, status, due, lead, told in rows %}<tr><th scope=row>"
    "<a href='{{ href }}'>{{ name }}</a></th><td>{{ status }}</td><td>{{ due }}</td>"
    "<td>{{ lead }}</td><td>{{ told }}</td></tr>{% endfor %}"
    "</tbody></table></body></html>"
)


async def page(request: Request) -> Response:
    """A table of 100 rows."""
    return HTMLResponse(_TABLE.render(rows=ROWS))


app = Starlette(routes=[Route("/", constant), Route(PAGE, page)])


if __name__ == "__main__":
    uvicorn.run(app, host="127.0.0.1", port=int(sys.argv[1]), access_log=False, log_level="warning")
