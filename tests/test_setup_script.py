"""The set-up that scripts/demo, test and bench share: once, whole, and again only when it must be.

A stand-in for Python writes down what it is asked for, so that nothing is installed here; the real one is what every
run of `scripts/test` uses.
"""

import os
import shutil
import subprocess
import time
from pathlib import Path

import pytest

from tests.conftest import REPOSITORY

# Answers `-c`, `--version` and `-m venv`; the Python of the .venv it makes is a copy of itself. A file `fail` in the
# checkout makes pip fail, a file `slow` makes it take its time.
PYTHON = """#!/bin/sh
case "$*" in
--version) echo Python 3.12.0 ;;
"-m venv "*) echo venv >>"{log}"; mkdir -p "$3/bin"; cp "$0" "$3/bin/python"; printf '#!/bin/sh\\necho "bpa $*"\\n' >"$3/bin/bpa"; chmod +x "$3/bin/bpa" ;;
"-m pip "*) echo "pip $*" >>"{log}"; [ ! -e "{checkout}/slow" ] || sleep 2; [ ! -e "{checkout}/fail" ] ;;
esac
"""  # noqa: E501 - shell


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A checkout with the real scripts and lock files of a line."""
    folder = tmp_path / "check out"
    shutil.copytree(REPOSITORY / "scripts", folder / "scripts")
    shutil.copy(REPOSITORY / "pyproject.toml", folder)
    (folder / "requirements.lock").write_text("one==1\n")
    (folder / "requirements-dev.lock").write_text("one==1\ntwo==2\n")
    python = tmp_path / "python"
    python.write_text(PYTHON.format(log=tmp_path / "asked", checkout=folder))
    python.chmod(0o755)
    return folder


def start(checkout: Path, *arguments: str, lock: str | None = None) -> "subprocess.Popen[str]":
    """`scripts/demo`, or with `lock` the set-up alone, from another folder."""
    alone = f'set -euo pipefail; . "{checkout}/scripts/setup"; set_up {lock}'
    return subprocess.Popen(
        ["bash", "-c", alone] if lock else [checkout / "scripts/demo", *arguments],
        cwd=checkout.parent,
        env={**os.environ, "PYTHON": str(checkout.parent / "python")},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def demo(checkout: Path, *arguments: str, lock: str | None = None) -> tuple[int, str, str]:
    process = start(checkout, *arguments, lock=lock)
    out, err = process.communicate(timeout=60)
    return process.returncode, out, err


def asked(checkout: Path) -> list[str]:
    """What was asked of Python since the last look."""
    log = checkout.parent / "asked"
    lines = log.read_text().splitlines() if log.exists() else []
    log.unlink(missing_ok=True)
    return lines


def test_the_first_use_installs_the_locked_versions_and_the_second_asks_nothing(checkout: Path) -> None:
    status, out, err = demo(checkout, "a log.csv", "--process", "x")
    assert (status, out) == (0, "bpa run a log.csv --process x\n")
    assert "setting up .venv with Python 3.12.0, once" in err
    made, installed, package = asked(checkout)
    assert made == "venv"
    assert f"--require-hashes --no-deps --no-compile -r {checkout}/requirements.lock" in installed
    assert f"--no-deps --no-build-isolation --editable {checkout}" in package
    assert demo(checkout, "b.csv") == (0, "bpa run b.csv\n", "")
    assert not asked(checkout)


def test_what_is_ready_for_development_is_ready_for_use(checkout: Path) -> None:
    assert demo(checkout, lock="requirements-dev.lock")[0] == 0
    assert "requirements-dev.lock" in asked(checkout)[1]
    assert demo(checkout)[0] == 0
    assert not asked(checkout)


def test_development_adds_to_what_is_ready_for_use(checkout: Path) -> None:
    demo(checkout)
    asked(checkout)
    assert demo(checkout, lock="requirements-dev.lock")[0] == 0
    assert [line.split()[0] for line in asked(checkout)] == ["pip", "pip"]


def test_a_set_up_that_failed_is_done_again_from_the_start(checkout: Path) -> None:
    (checkout / "fail").touch()
    status, out, err = demo(checkout)
    assert (status, out) == (2, "")
    assert "the next call starts again" in err
    assert not (checkout / ".venv.turn").is_symlink()
    (checkout / "fail").unlink()
    asked(checkout)
    assert demo(checkout)[0] == 0
    assert asked(checkout)[0] == "venv"


def test_a_set_up_that_was_killed_is_done_again_from_the_start(checkout: Path) -> None:
    (checkout / "slow").touch()
    process = start(checkout)
    while not (checkout.parent / "asked").exists() or "pip" not in (checkout.parent / "asked").read_text():
        time.sleep(0.05)
    process.kill()
    process.communicate(timeout=60)
    (checkout / "slow").unlink()
    asked(checkout)
    assert demo(checkout)[:2] == (0, "bpa run\n")
    assert asked(checkout)[0] == "venv"


def test_a_new_lock_file_is_installed(checkout: Path) -> None:
    demo(checkout)
    asked(checkout)
    (checkout / "requirements.lock").write_text("one==2\n")
    assert demo(checkout)[0] == 0
    assert [line.split()[0] for line in asked(checkout)] == ["pip", "pip"]


def test_a_new_version_of_the_package_is_installed_without_the_rest(checkout: Path) -> None:
    demo(checkout)
    asked(checkout)
    settings = (checkout / "pyproject.toml").read_text()
    (checkout / "pyproject.toml").write_text(settings.replace('version = "', 'version = "1', 1))
    assert demo(checkout)[0] == 0
    (only,) = asked(checkout)
    assert "--editable" in only


def test_a_checkout_that_moved_is_set_up_again(checkout: Path) -> None:
    demo(checkout)
    asked(checkout)
    moved = checkout.rename(checkout.parent / "elsewhere")
    assert demo(moved)[0] == 0
    assert asked(moved)[0] == "venv"


def test_a_venv_of_someone_else_is_left_alone(checkout: Path) -> None:
    (checkout / ".venv").mkdir()
    (checkout / ".venv" / "mine").touch()
    status, _, err = demo(checkout)
    assert status == 2
    assert "move it away" in err
    assert (checkout / ".venv" / "mine").exists()


def test_two_at_once_set_up_once(checkout: Path) -> None:
    (checkout / "slow").touch()
    both = [start(checkout, name) for name in ("a", "b")]
    ended = [process.communicate(timeout=60)[0] for process in both]
    assert ended == ["bpa run a\n", "bpa run b\n"]
    assert asked(checkout).count("venv") == 1


def test_without_a_fitting_python_one_sentence_says_so(checkout: Path) -> None:
    (checkout.parent / "python").write_text("#!/bin/sh\nexit 1\n")
    status, out, err = demo(checkout)
    assert (status, out) == (2, "")
    assert err.startswith("setup: no Python 3.11, 3.12 or 3.13")
    assert len(err.splitlines()) == 1
