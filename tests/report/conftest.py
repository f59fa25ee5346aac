"""The browser that tests of the report share."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.report.browser import OpenPage, chromium, opener


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """Chromium, once a module: while playwright is at work no other test of the process may use asyncio."""
    with chromium() as one:
        yield one


@pytest.fixture(scope="module")
def open_shared_page(browser: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[OpenPage]:
    """The same for pages that the tests of a module share: each sets what it looks at."""
    windows: list[Any] = []
    yield opener(browser, tmp_path_factory.mktemp("pages"), windows.append)
    for window in windows:
        window.close()


@pytest.fixture
def open_page(browser: Any, tmp_path: Path) -> Iterator[OpenPage]:
    """Open a page: `open_page(html, width=390, dark=True)` gives an `Opened`; closed when the test ends."""
    windows: list[Any] = []
    yield opener(browser, tmp_path, windows.append)
    for window in windows:
        window.close()
