"""What a task is told: how big, where its files may lie, how often to measure."""

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from benchmarks.measure import PieceFailedError, tell

# Eight of the demo log's columns: figures of earlier versions were measured on as many.
_COLUMNS = ("case_id", "activity", "start_time", "end_time", "resource", "role", "order_value", "region")


@dataclass(frozen=True)
class Bench:
    """One run of `scripts/bench`. `events`: of the task at hand if it was asked for, else None."""

    folder: Path
    events: int | None = None
    scale: float = 1.0
    runs: int = 1
    xes: Path | None = None

    def size(self, usual: int) -> int:
        """Events of an input that usually has so many."""
        return self.events or max(1_000, int(usual * self.scale))

    def scratch(self, name: str) -> Path:
        """An empty private folder."""
        folder = self.folder / name
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        return folder

    def made(self, name: str, make: Callable[[Path], object]) -> Path:
        """A generated input, made once: `make` writes to the path it is given."""
        path = self.folder / name
        if not path.exists():
            tell(f"making {name}")
            unfinished = path.with_name(f"unfinished-{name}")
            make(unfinished)
            unfinished.rename(path)
        return path

    def demo_log(self, events: int, suffix: str) -> Path:
        """The demo log with about so many events, without its faults: the peers drop what they cannot read."""
        from bpa_assets.event_log.demo.log_file import ROWS_A_CASE, write_demo_log

        def make(path: Path) -> int:
            cases = int(events / ROWS_A_CASE)
            return write_demo_log(path, cases=cases, dirty=False, with_truth=False, columns=_COLUMNS)

        return self.made(f"orders-{events}{suffix}", make)

    def check_space(self, needed: int) -> None:
        """Refuse to start what the disk has no room for (bytes)."""
        free = shutil.disk_usage(self.folder).free
        if free < needed:
            raise PieceFailedError(f"{self.folder} has {free / 1e9:.0f} GB free, this needs {needed / 1e9:.0f} GB")
