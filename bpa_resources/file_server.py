"""Serves files of the home that people look at in a browser: what lies in `reports/`, and nothing else.

Read-only and on loopback. No symbolic link is followed out of it, no hidden file is shown, and a page from elsewhere
that has its own name point to this machine (DNS rebinding) is turned away.
"""

from collections.abc import Iterable, MutableMapping
from datetime import UTC, datetime
from html import escape
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from bpa_resources.home import Home

if TYPE_CHECKING:
    from starlette.applications import Starlette
    from starlette.requests import Request
    from starlette.responses import HTMLResponse
    from starlette.types import ASGIApp

LOOPBACK = "127.0.0.1"
_OUR_NAMES = [LOOPBACK, "localhost"]
_LISTED = 500
_HEADERS = (
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"cache-control", b"no-cache"),
)

_PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>bpa: reports</title>
<meta name="viewport" content="width=device-width, initial-scale=1"><link rel="icon" href="data:,">
<style>body {{ font: 16px/1.5 system-ui, sans-serif; max-width: 50rem; margin: 2rem auto; padding: 0 1rem }}</style>
</head><body><main><h1>Reports</h1>{links}</main></body></html>"""


def file_app(home: Home, *, ui: str | None = None) -> "Starlette":
    """The application; `ui`: address of the Dagster UI, to link to. Makes the folder of reports if there is none."""
    from starlette.applications import Starlette
    from starlette.middleware import Middleware
    from starlette.responses import HTMLResponse
    from starlette.routing import Mount, Route
    from starlette.staticfiles import StaticFiles

    def index(_: "Request") -> "HTMLResponse":
        return HTMLResponse(_PAGE.format(links=_links(home, ui)))

    home.reports.mkdir(parents=True, exist_ok=True)
    reports = StaticFiles(directory=home.reports, html=True, follow_symlink=False)
    return Starlette(
        routes=[Route("/", index), Mount("/reports", _without_hidden(reports))],
        middleware=[only_by_our_names(), Middleware(_WithHeaders)],
    )


def only_by_our_names() -> Any:
    """Middleware that answers only who asks for this machine by a name of its loopback."""
    from starlette.middleware import Middleware
    from starlette.middleware.trustedhost import TrustedHostMiddleware

    return Middleware(TrustedHostMiddleware, allowed_hosts=_OUR_NAMES, www_redirect=False)


def _without_hidden(app: "ASGIApp") -> "ASGIApp":
    """The application, but hidden files and folders are not there."""
    from starlette.responses import PlainTextResponse

    async def shown(scope: MutableMapping[str, Any], receive: Any, send: Any) -> None:
        hidden = any(part.startswith(".") for part in scope["path"].split("/"))
        await (PlainTextResponse("Not Found", status_code=404) if hidden else app)(scope, receive, send)

    return shown


class _WithHeaders:
    """Adds headers that make a browser take files for what they are, and ask again for what may have changed."""

    def __init__(self, app: "ASGIApp") -> None:
        self._app = app

    async def __call__(self, scope: MutableMapping[str, Any], receive: Any, send: Any) -> None:
        async def with_headers(message: MutableMapping[str, Any]) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message["headers"], *_HEADERS]
            await send(message)

        await self._app(scope, receive, with_headers)


def _links(home: Home, ui: str | None) -> str:
    """Pages by process, the newest first; every name is escaped."""
    first = [f'<p><a href="{escape(ui)}">Dagster UI</a>: runs, checks, schedules, sensors</p>'] if ui else []
    pages = _pages(home.reports)
    if not pages:
        return "".join([*first, "<p>There is no report yet.</p>"])
    by_process = groupby(pages, key=lambda page: page.relative_to(home.reports).parts[0])
    parts = (f"<h2>{escape(process)}</h2><ul>{_items(home, some)}</ul>" for process, some in by_process)
    return "".join([*first, *parts])


def _items(home: Home, pages: Iterable[Path]) -> str:
    """A page a line: what it is (its folder), when it was made, its file."""
    lines = []
    for page in pages:
        path = page.relative_to(home.reports)
        what = " ".join(path.parts[1:-1]) or ("report" if path.stem == "index" else "report of a run")
        made = datetime.fromtimestamp(_made_at(page), UTC)
        link = f'<a href="/reports/{escape(quote(path.as_posix()))}">{escape(what)}</a>'
        lines.append(f"<li>{link} of {made:%Y-%m-%d %H:%M} UTC <small>{escape(path.name)}</small></li>")
    return "".join(lines)


def _pages(reports: Path) -> list[Path]:
    """HTML pages by process, of each the newest first, the first few hundred."""
    found = (page for page in reports.rglob("*.html") if not page.is_symlink())
    shown = [page for page in found if not any(part.startswith(".") for part in page.relative_to(reports).parts)]
    newest = sorted(shown, key=_made_at, reverse=True)
    return sorted(newest, key=lambda page: page.relative_to(reports).parts[0])[:_LISTED]


def _made_at(page: Path) -> float:
    """When it was written; 0 if it was removed on the way."""
    try:
        return page.stat().st_mtime
    except FileNotFoundError:
        return 0.0
