"""What every test may ask for."""

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

# A busy machine is no failure: no example is timed. Every run tries the same examples, so that red means that a change
# broke something; BPA_TEST_RANDOM=1 tries others, and more.
_SAME = not os.environ.get("BPA_TEST_RANDOM")
_TRIED = 10 if _SAME else 200
settings.register_profile(
    "bpa", deadline=None, derandomize=_SAME, max_examples=_TRIED, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("bpa")

REPOSITORY = Path(__file__).resolve().parent.parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Tests that take minutes together wait for BPA_TEST_LONG=1: marked ones, and what long_tests.txt lists."""
    if not os.environ.get("BPA_TEST_LONG"):
        listed = set((REPOSITORY / "tests" / "long_tests.txt").read_text().split())
        for item in items:
            names = {item.nodeid.partition("::")[0], item.nodeid.partition("[")[0]}
            if item.get_closest_marker("long") or names & listed:
                item.add_marker(pytest.mark.skip("takes a minute: set BPA_TEST_LONG=1"))


def pytest_make_parametrize_id(config: pytest.Config, val: object, argname: str) -> str | None:
    """Bytes name no test: packed ones hold the second they were made, and test processes must agree on the names."""
    return argname if isinstance(val, bytes) else None


@pytest.fixture(scope="session")
def shared_logs() -> Path:
    """The folder of shared real logs; tests that need it skip visibly where it is absent."""
    folder = Path(os.environ.get("BPA_SHARED", REPOSITORY / ".." / "shared")).resolve() / "logs"
    if not folder.is_dir():
        pytest.skip("the shared logs are not here (BPA_SHARED)")
    return folder


@pytest.fixture(scope="session")
def shared_specs() -> Path:
    """The folder of the vendors' API descriptions; tests that need it skip visibly where it is absent."""
    folder = Path(os.environ.get("BPA_SHARED", REPOSITORY / ".." / "shared")).resolve() / "specs"
    if not folder.is_dir():
        pytest.skip("the vendors' API descriptions are not here (BPA_SHARED)")
    return folder
