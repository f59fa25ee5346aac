"""What the tests of connectors share: every engine that a test opened is closed."""

from collections.abc import Iterator

import pytest

from tests.resources.connectors.orders_system import OPENED


@pytest.fixture(autouse=True)
def _close_engines() -> Iterator[None]:
    yield
    while OPENED:
        OPENED.pop().close()
