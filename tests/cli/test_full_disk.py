"""A disk that is full ends a run with status 1 and one line; what was published stays, and the rerun is right."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.commands import files_of, rows, start, wait, write_log


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 64 MB."""
    disk = tmp_path / "disk"
    disk.mkdir()
    if os.geteuid() != 0 or shutil.which("mount") is None:
        pytest.skip("a small disk can only be mounted by root")
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=64m", "tmpfs", str(disk)], capture_output=True, check=False
    )
    if mounted.returncode:
        pytest.skip(f"no small disk can be mounted here: {mounted.stderr.decode().strip()}")
    yield disk
    subprocess.run(["umount", "-l", str(disk)], check=True)


@pytest.mark.parametrize("left", [0, pytest.param(6 << 20, marks=pytest.mark.long)])
def test_a_full_disk_stops_a_run_in_one_line(left: int, first_home: Path, small_disk: Path, tmp_path: Path) -> None:
    home = small_disk / "home"
    shutil.copytree(first_home, home)
    pointer, before = (home / "lake" / "orders" / "published.json").read_bytes(), rows(home, "from dim_process")
    lake = files_of(home / "lake")
    lines = [
        f"C-{n // 5},Step {n * 7919 % 5},2026-01-01 10:00:{n % 60:02},2026-01-01 11:00:00,P{n}" for n in range(150_000)
    ]
    log = write_log(tmp_path / "orders.csv", *lines)
    ballast = small_disk / "ballast"
    with ballast.open("wb") as file:
        try:
            while shutil.disk_usage(small_disk).free > left:
                file.write(bytes(min(1 << 16, max(1, shutil.disk_usage(small_disk).free - left))))
                file.flush()
        except OSError:
            assert left == 0

    stopped = wait(start("run", log, "--home", home, cwd=tmp_path))
    assert stopped.status == 1
    assert "bpa: " in stopped.err
    assert len(stopped.err.splitlines()) == 1, stopped.err
    assert any(word in stopped.sentence.lower() for word in ("space", "full", "write")), stopped.sentence
    assert (home / "lake" / "orders" / "published.json").read_bytes() == pointer
    assert rows(home, "from dim_process") == before
    assert lake.items() <= files_of(home / "lake").items()

    if not left:
        return  # one rerun is enough
    ballast.unlink()
    assert wait(start("run", log, "--home", home, cwd=tmp_path)).status == 0
    assert rows(home, "select events from dim_process") == [(150_000,)]
