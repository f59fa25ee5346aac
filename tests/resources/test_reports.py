"""The report that people open is that of the published run, whatever happens in between."""

from pathlib import Path

import pytest

from bpa_resources import lake as lake_module
from bpa_resources.home import Home
from bpa_resources.lake import ProcessLake, prune
from bpa_resources.publication import Publication
from bpa_resources.reports import store_report


def published(home: Home, run_id: str, page: bytes | None = None) -> Publication:
    if page is not None:
        store_report(home, "orders", run_id, page)
    return ProcessLake(home, "orders", run_id).publish(assets=[], fingerprint=run_id)


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """A home in which a run is published."""
    home = Home(tmp_path)
    published(home, "run-1", b"first")
    return home


def test_a_run_that_is_not_published_changes_nothing_that_people_open(home: Home) -> None:
    store_report(home, "orders", "run-2", b"second")
    assert home.report("orders").read_bytes() == b"first"
    published(home, "run-2")
    assert home.report("orders").read_bytes() == b"second"


def test_a_run_without_a_report_leaves_the_one_before(home: Home) -> None:
    published(home, "run-2")
    assert home.report("orders").read_bytes() == b"first"


def test_a_kill_after_the_commit_is_put_right_by_the_next_refresh(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    class KilledError(Exception):
        """Raised where a kill would strike."""

    def killed(*_: object) -> None:
        raise KilledError

    with monkeypatch.context() as patch:
        patch.setattr(lake_module, "show_report", killed)
        with pytest.raises(KilledError):
            published(home, "run-2", b"second")
    now = ProcessLake(home, "orders", "").publication()
    assert now is not None
    assert (now.run_id, home.report("orders").read_bytes()) == ("run-2", b"first")
    prune(home, now)
    assert home.report("orders").read_bytes() == b"second"


def test_the_reports_of_three_runs_are_kept(home: Home) -> None:
    for number in range(2, 6):
        now = published(home, f"run-{number}", f"page {number}".encode())
    store_report(home, "orders", "never-published", b"")
    (home.report("orders").parent / ".index.html.4711").write_bytes(b"half")
    prune(home, now)
    kept = sorted(path.name for path in home.report("orders").parent.iterdir())
    assert kept == ["index.html", "run-3.html", "run-4.html", "run-5.html"]
    assert home.report("orders").read_bytes() == b"page 5"
