"""What is published: one pointer a process, swapped by one rename.

Readers go through `published.json` and never see half a run: a run only adds files, its last step calls `publish`.
Contract: docs/contracts.md, "The one commit".
"""

import json
import os
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path

KEPT_RUNS = 3
"""Runs of a process whose files stay, the published one included."""


@dataclass(frozen=True)
class Publication:
    """The published run of one process: where each asset lies, as paths below the lake's folder of the process."""

    process: str
    run_id: str
    published_at: str
    fingerprint: str
    assets: dict[str, list[str]]
    earlier_runs: list[str] = field(default_factory=list)

    @property
    def kept_runs(self) -> list[str]:
        """The published run and those before it whose files stay."""
        return [self.run_id, *self.earlier_runs][:KEPT_RUNS]


def read_publication(folder: Path) -> Publication | None:
    """The publication in `folder` (`lake/<process>`), or None if nothing was published there."""
    pointer = folder / "published.json"
    if not pointer.exists():
        return None
    return Publication(**json.loads(pointer.read_text(encoding="utf-8")))


def publish(folder: Path, *, process: str, run_id: str, fingerprint: str, assets: dict[str, list[Path]]) -> Publication:
    """Make `run_id` the published run of the process: the one commit."""
    before = read_publication(folder)
    if before and before.run_id == run_id:
        return before
    now = datetime.now(UTC).replace(tzinfo=None)
    after = Publication(
        process=process,
        run_id=run_id,
        published_at=now.isoformat(sep=" ", timespec="microseconds"),
        fingerprint=fingerprint,
        assets={name: [str(file.relative_to(folder)) for file in files] for name, files in sorted(assets.items())},
        earlier_runs=before.kept_runs[: KEPT_RUNS - 1] if before else [],
    )
    replace_file(folder / "published.json", json.dumps(asdict(after), indent=1).encode())
    (folder / "retired.json").unlink(missing_ok=True)
    return after


def withdraw(folder: Path) -> None:
    """Take the publication in `folder` out of what readers see: `published.json` becomes `retired.json`."""
    pointer = folder / "published.json"
    if pointer.exists():
        pointer.rename(folder / "retired.json")
        fsync_folder(folder)


def replace_file(path: Path, content: bytes) -> None:
    """Write `content` beside `path`, fsync and rename over it: a reader sees the old file or the new, whole."""
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    with beside.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    beside.rename(path)
    fsync_folder(path.parent)


def fsync_folder(folder: Path) -> None:
    """Make the renames in `folder` survive a loss of power."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
