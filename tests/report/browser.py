"""A real browser for tests of pages: what it says on its console, what it asks the network for, what axe-core finds.

`conftest.py` gives the fixture `open_page`. Without Chromium or playwright these tests are skipped, and say so.
"""

import json
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

import pytest

AXE = Path(__file__).parent / "vendor" / "axe.min.js"
LEVELS = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa")
_NAMES = ("chromium", "chromium-browser", "google-chrome")
# Nothing that Chromium does by itself: no sandbox as root, no network, no first run.
_FLAGS = (
    *("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
)


@dataclass
class Opened:
    """A page that was opened: playwright's `page`, and what happened behind it."""

    page: Any
    messages: list[str] = field(default_factory=list)
    """Errors and warnings of the console, and exceptions that nobody caught."""
    requests: list[str] = field(default_factory=list)
    """What was asked for beside the page itself; data: and blob: URLs are no requests."""

    def unfold(self, details: str) -> None:
        """Open a `details` by its summary and wait for what it fills itself with, in a later turn of the browser."""
        self.page.locator(f"{details} > summary").first.click()
        self.page.wait_for_selector(f"{details}[open] > :not(summary)")

    def violations(self, *levels: str) -> list[str]:
        """What axe-core finds at these levels (default: WCAG 2.1 A and AA), as `rule: element`."""
        if not self.page.evaluate("() => 'axe' in window"):
            self.page.evaluate(AXE.read_text())
        options = json.dumps({"runOnly": {"type": "tag", "values": levels or LEVELS}})
        found = self.page.evaluate(f"() => axe.run(document, {options})")
        return [
            f"{one['id']}: {node['html'][:200]} ({node['failureSummary']})"
            for one in found["violations"]
            for node in one["nodes"]
        ]


class OpenPage(Protocol):
    """What `open_page` gives: opens an HTML file or text in a window of its own."""

    def __call__(
        self, html: str | Path, *, width: int = 1280, height: int = 900, dark: bool = False, **context: object
    ) -> Opened: ...


@contextmanager
def chromium() -> Iterator[Any]:
    """A Chromium of this machine, driven by playwright."""
    sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed: no browser tests")
    executable = next(filter(None, map(shutil.which, _NAMES)), None)
    if executable is None:
        pytest.skip("Chromium is not on this machine: no browser tests")
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=list(_FLAGS))
        yield browser
        browser.close()


def opener(browser: Any, folder: Path, opened: Callable[[Any], None]) -> OpenPage:
    """A function that opens pages in `browser`; texts are written to `folder`, every context is told to `opened`."""

    def open_page(
        html: str | Path, *, width: int = 1280, height: int = 900, dark: bool = False, **context: object
    ) -> Opened:
        path = html if isinstance(html, Path) else folder / f"page-{len(list(folder.iterdir()))}.html"
        if isinstance(html, str):
            path.write_text(html, encoding="utf-8", errors="surrogatepass")
        window = browser.new_context(
            viewport={"width": width, "height": height}, color_scheme="dark" if dark else "light", **context
        )
        opened(window)
        one = Opened(window.new_page())
        address = path.resolve().as_uri()
        one.page.on("console", lambda said: said.type in ("error", "warning") and one.messages.append(said.text))
        one.page.on("pageerror", lambda error: one.messages.append(str(error)))
        one.page.on(
            "request",
            lambda request: (
                request.url.partition("#")[0] != address
                and not request.url.startswith(("data:", "blob:"))
                and one.requests.append(request.url)
            ),
        )
        one.page.goto(address)
        return one

    return open_page
