"""Each wall of the house proven by a planted breach: the tool that holds it fails, and names what was done.

Add a breach here with every new wall. That the house itself has none is what `scripts/test` asks the same tools.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import REPOSITORY

PACKAGES = ("bpa_assets", "bpa_resources", "bpa_sensors", "bpa_cli")
PLAIN = "bpa_assets/process_model/variants.py"
BIN = Path(sys.executable).parent

# What is written at the end of which file, and the rule that must say so.
RUFF_BREACHES = {
    "Dagster in a plain module": (PLAIN, "import dagster as dg", "TID251"),
    "Dagster's insides in a plain module": (PLAIN, "from dagster._core.instance import DagsterInstance", "TID251"),
    "Dagster within a function of a plain module": (PLAIN, "def f() -> None:\n    import dagster", "TID251"),
    "Dagster in a resource that is plain": ("bpa_resources/lake.py", "import dagster", "TID251"),
    "dagster_dbt in a plain module": (PLAIN, "def f() -> None:\n    import dagster_dbt", "TID251"),
    "pm4py at module level": (PLAIN, "import pm4py", "TID253"),
    "scikit-learn at module level": (PLAIN, "from sklearn.tree import DecisionTreeClassifier", "TID253"),
    "OR-Tools at module level": (PLAIN, "from ortools.sat.python import cp_model", "TID253"),
    "numba at module level": (PLAIN, "import numba", "TID253"),
    "pandas at module level": (PLAIN, "import pandas as pd", "TID253"),
    "dagster_dbt at module level of assets": ("bpa_assets/kpis/assets.py", "import dagster_dbt", "TID253"),
    "os.environ in a stage": (PLAIN, "import os\nHOME = os.environ['BPA_HOME']", "TID251"),
    "from os import environ in a stage": (PLAIN, "from os import environ", "TID251"),
    "os.getenv in a resource": ("bpa_resources/lake.py", "import os\nHOME = os.getenv('BPA_HOME')", "TID251"),
    "eval": (PLAIN, "def f(text: str) -> object:\n    return eval(text)", "S307"),
    "pickle": (PLAIN, "import pickle\ndef f(text: bytes) -> object:\n    return pickle.loads(text)", "S301"),
    "SQL built from a string": (
        PLAIN,
        "def f(name: str) -> str:\n    return f'select * from cases where x = {name}'",
        "S608",
    ),
    "a shell": (PLAIN, "import subprocess\ndef f(c: str) -> None:\n    subprocess.run(c, shell=True)", "S602"),
    "a public function without a docstring": (PLAIN, "def f() -> None:\n    return", "D103"),
    "a function that branches too often": (
        PLAIN,
        "def f(x: int) -> int:\n"
        + "".join(f"    if x == {n}:\n        return {-n}\n" for n in range(11))
        + "    return x",
        "C901",
    ),
}

# What is written at the end of which file, and the wall that must be reported as broken.
IMPORT_BREACHES = {
    "a resource knows a stage": (
        "bpa_resources/lake.py",
        "from bpa_assets.event_log import waits",
        "The rooms know only the rooms below",
    ),
    "a resource knows the settings of a process": (
        "bpa_resources/inbox.py",
        "def f() -> None:\n    from bpa_assets.process_key import process_key",
        "The rooms know only the rooms below",
    ),
    "a stage knows the command line": (PLAIN, "import bpa_cli.query", "The rooms know only the rooms below"),
    "a stage knows a sensor": (PLAIN, "import bpa_sensors", "The rooms know only the rooms below"),
    "event_log looks downstream": (
        "bpa_assets/event_log/waits.py",
        "from bpa_assets.bottlenecks import places",
        "A stage looks upstream only",
    ),
    "process_model looks downstream": (
        PLAIN,
        "def f() -> None:\n    from bpa_assets.kpis import project",
        "A stage looks upstream only",
    ),
    "the settings know a stage": (
        "bpa_assets/settings.py",
        "from bpa_assets.event_log import columns",
        "A stage looks upstream only",
    ),
    "a stage without a place": ("bpa_assets/actions/__init__.py", '"""New."""', "A stage looks upstream only"),
    "a sensor imports the assembly": (
        "bpa_sensors/__init__.py",
        "from bpa_assets.definitions import defs",
        "Only the command line imports the assembly",
    ),
    "a plain module imports its assets": (
        "bpa_assets/bottlenecks/places.py",
        "from bpa_assets.process_model import assets",
        "Only the assembly imports assets and checks",
    ),
}

TYPE_BREACHES = {
    "a function without types": ("def f(x):\n    return x", "no-untyped-def"),
    "a list of anything": ("def f(x: list) -> None:\n    return", "type-arg"),
    "a text that is taken for a number": ("def f(x: str) -> int:\n    return x", "return-value"),
    "an ignored error that is none": ("X: int = 1  # type: ignore[assignment]", "unused-ignore"),
}


@pytest.fixture
def house(tmp_path: Path) -> Path:
    """A copy of the packages and their configuration, to break."""
    for package in PACKAGES:
        shutil.copytree(REPOSITORY / package, tmp_path / package, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(REPOSITORY / "pyproject.toml", tmp_path)
    return tmp_path


def plant(house: Path, file: str, breach: str) -> None:
    path = house / file
    path.parent.mkdir(exist_ok=True)
    path.write_text((path.read_text() if path.exists() else "") + "\n\n" + breach + "\n")


def run_tool(house: Path, tool: str, *arguments: str) -> tuple[int, str]:
    """Exit status and output of a tool of this environment, in the copy."""
    ended = subprocess.run(
        [BIN / tool, *arguments],
        cwd=house,
        env={**os.environ, "PYTHONPATH": str(house), "COLUMNS": "300"},
        capture_output=True,
        text=True,
        check=False,
    )
    return ended.returncode, ended.stdout + ended.stderr


def ruff(house: Path, file: str) -> str:
    return run_tool(house, "ruff", "check", "--no-cache", "--output-format=concise", file)[1]


def walls(house: Path) -> tuple[int, str]:
    return run_tool(house, "lint-imports", "--no-cache")


@pytest.mark.parametrize("breach", RUFF_BREACHES)
def test_ruff_names_the_breach(breach: str, house: Path) -> None:
    file, text, rule = RUFF_BREACHES[breach]
    assert f" {rule} " not in ruff(house, file)
    plant(house, file, text)
    found = ruff(house, file)
    assert any(line.startswith(file) and f" {rule} " in line for line in found.splitlines()), found


def test_the_walls_between_the_rooms_stand(house: Path) -> None:
    status, told = walls(house)
    assert status == 0, told
    assert " 0 broken" in told


@pytest.mark.parametrize("breach", IMPORT_BREACHES)
def test_import_linter_names_the_breach(breach: str, house: Path) -> None:
    file, text, wall = IMPORT_BREACHES[breach]
    plant(house, file, text)
    status, told = walls(house)
    assert status == 1, told
    broken = [line for line in told.splitlines() if line.endswith(" BROKEN")]
    assert any(line.startswith(wall) for line in broken), told


@pytest.mark.parametrize("breach", TYPE_BREACHES)
def test_mypy_names_the_breach(breach: str, house: Path) -> None:
    text, code = TYPE_BREACHES[breach]
    plant(house, "bpa_resources/errors.py", text)
    status, told = run_tool(house, "mypy", "--cache-dir", os.devnull, "bpa_resources/errors.py")
    assert status == 1, told
    assert f"[{code}]" in told


def readers_of_the_environment(house: Path) -> str:
    """Files other than environment.py that read it, also among those that may speak to Dagster."""
    banned = "lint.flake8-tidy-imports.banned-api.'os.{}'.msg = 'banned'"
    options = [f"--config={banned.format(name)}" for name in ("environ", "environb", "getenv", "putenv")]
    only = ["--isolated", "--no-cache", "--select=TID251", "--ignore-noqa", "--exclude=bpa_resources/environment.py"]
    return run_tool(house, "ruff", "check", *only, *options, "--output-format=concise", *PACKAGES)[1]


def test_only_one_module_reads_the_environment(house: Path) -> None:
    assert "TID251" not in readers_of_the_environment(house)
    plant(house, "bpa_assets/event_log/assets.py", "import os\nHOME = os.environ.get('BPA_HOME')")
    assert "bpa_assets/event_log/assets.py" in readers_of_the_environment(house)
