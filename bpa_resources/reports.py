"""The reports of a process: a page a run, and the one that people open.

`reports/<process>/<run_id>.html` is a run's own; `index.html` is the published run's. Contract: docs/contracts.md,
"The one commit".
"""

from pathlib import Path

from bpa_resources.home import Home
from bpa_resources.publication import Publication, replace_file


def store_report(home: Home, process: str, run_id: str, page: bytes) -> Path:
    """Store a run's report under its own name, which no reader is sent to before the run is published."""
    path = home.report(process).with_name(f"{run_id}.html")
    replace_file(path, page)
    return path


def show_report(home: Home, publication: Publication) -> None:
    """Make the published run's report the one that people open; if that run made none, the one before stays."""
    shown = home.report(publication.process)
    page = shown.with_name(f"{publication.run_id}.html")
    if page.exists() and not (shown.exists() and shown.read_bytes() == page.read_bytes()):
        replace_file(shown, page.read_bytes())


def prune_reports(home: Home, process: str, kept_runs: tuple[str, ...]) -> None:
    """Remove the reports of other runs, and what a killed run left of writing one."""
    shown = home.report(process)
    for page in (*shown.parent.glob("*.html"), *shown.parent.glob(".*.html.*")):
        if page != shown and page.stem not in kept_runs:
            page.unlink(missing_ok=True)
