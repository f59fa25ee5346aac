"""One piece of work in a process of its own: `python -m benchmarks.piece MODULE:FUNCTION ARGUMENTS ANSWER`.

Called by `measure.run_piece` only. The function gets a `Work` first; what it does inside `with work:` is measured,
imports and the comparison of results stay outside.
"""

import importlib
import json
import resource
import sys
import time
from pathlib import Path
from types import TracebackType

_MEGABYTE = 1e6


class Work:
    """Measures this process between entering and leaving: CPU and wall seconds, and the peak of its memory so far."""

    cpu_seconds = 0.0
    wall_seconds = 0.0
    peak_megabytes = 0.0

    def __enter__(self) -> "Work":
        self._cpu, self._wall = _cpu_seconds(), time.perf_counter()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.cpu_seconds += _cpu_seconds() - self._cpu
        self.wall_seconds += time.perf_counter() - self._wall
        self.peak_megabytes = peak_megabytes()


def _cpu_seconds() -> float:
    """User and system time of this process and of those it started that have ended."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in used)


def import_ahead(*modules: str) -> None:
    """Import what a piece will need, so that its imports are not measured.

    pandas is among them for us too: pyarrow imports it where it is installed. Numba imports a part of itself, and
    SciPy, only at the first call of a compiled function: 0.3 s.
    """
    for module in modules:
        importlib.import_module(module)
        if module == "numba":
            importlib.import_module("numba.np.arraymath")


def peak_megabytes() -> float:
    """The most memory this process has held. Linux: its own, as `ru_maxrss` starts with what the parent held."""
    status = Path("/proc/self/status")
    if status.exists():
        for line in status.read_text().splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) * 1024 / _MEGABYTE
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak * (1 if sys.platform == "darwin" else 1024) / _MEGABYTE


def main() -> None:
    """Run the piece and write what it used and found to ANSWER (JSON)."""
    target, arguments, answer = sys.argv[1:]
    module, function = target.split(":")
    work = Work()
    found = getattr(importlib.import_module(module), function)(work, **json.loads(arguments))
    used = {name: getattr(work, name) for name in ("cpu_seconds", "wall_seconds", "peak_megabytes")}
    Path(answer).write_text(json.dumps({**used, "found": found}))


if __name__ == "__main__":
    main()
