"""The house: names that others rely on, lock files, what may not be committed, and that Dagster's own tools open it."""

import ast
import importlib.metadata
import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.conftest import REPOSITORY

PACKAGES = ("bpa_assets", "bpa_resources", "bpa_sensors", "bpa_cli")
LOCKS = ("requirements.lock", "requirements-dev.lock")
PYPROJECT: dict[str, Any] = tomllib.loads((REPOSITORY / "pyproject.toml").read_text())
PROJECT: dict[str, Any] = PYPROJECT["project"]
# Parts of a declared package, pinned and released with it.
COMPANIONS = {"llvmlite": "numba", "pydantic_core": "pydantic"}
SCRIPTS = ("scripts/demo", "scripts/test", "scripts/bench", "scripts/lock", "scripts/vendor", ".ci/run")


def modules() -> list[Path]:
    return sorted(path for package in PACKAGES for path in (REPOSITORY / package).rglob("*.py"))


def pins(lock: str) -> list[Requirement]:
    """The requirements of a lock file, with their markers."""
    lines = (REPOSITORY / lock).read_text().splitlines()
    return [Requirement(line.rstrip("\\ ")) for line in lines if line and not line.startswith((" ", "#"))]


def committed() -> list[Path]:
    """Files that are or would be committed."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True, check=False)
    if listed.returncode:
        pytest.skip("this is no git checkout, so what is committed is not known")
    paths = [REPOSITORY / line for line in listed.stdout.splitlines()]
    return [path for path in paths if path.is_file()]


def test_the_package_is_what_the_contract_says() -> None:
    assert PROJECT["name"] == "bpa"
    assert PROJECT["requires-python"] == ">=3.11,<3.14"
    assert PROJECT["license"] == "AGPL-3.0-or-later"
    module, _, function = PROJECT["scripts"]["bpa"].partition(":")
    assert callable(getattr(importlib.import_module(module), function))


def test_the_licence_is_the_whole_agpl() -> None:
    text = " ".join((REPOSITORY / "LICENSE").read_text().split())
    assert text.startswith("GNU AFFERO GENERAL PUBLIC LICENSE Version 3, 19 November 2007")
    assert "13. Remote Network Interaction; Use with the GNU General Public License." in text
    assert text.endswith("END OF TERMS AND CONDITIONS")


def test_every_package_is_installed() -> None:
    """All that Python imports, and the dbt project, which lies beside the packages."""
    assert set(PYPROJECT["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"]) == {*PACKAGES, "dbt_kpis"}


def test_what_is_imported_is_declared() -> None:
    declared = {canonicalize_name(Requirement(line).name) for line in PROJECT["dependencies"]}
    distributions = importlib.metadata.packages_distributions()
    undeclared = {}
    for path in modules():
        for name in top_level_imports(path) - {*PACKAGES, *sys.stdlib_module_names}:
            providers = {canonicalize_name(found) for found in distributions.get(COMPANIONS.get(name, name), [name])}
            if not providers & declared:
                undeclared[name] = str(path.relative_to(REPOSITORY))
    assert not undeclared


def top_level_imports(path: Path) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            names |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names.add(node.module.partition(".")[0])
    return names


def test_every_module_says_what_lives_there() -> None:
    silent = [path for path in modules() if len(ast.get_docstring(ast.parse(path.read_text())) or "") < 30]
    assert not silent


def test_the_two_lists_of_rooms_name_the_same_rooms() -> None:
    """One is exhaustive, so a new stage must be placed; the other says where the rooms outside begin."""
    rooms, stages = (one["layers"] for one in PYPROJECT["tool"]["importlinter"]["contracts"][:2])
    inside = {name.strip().removeprefix("bpa_assets.") for layer in rooms for name in layer.split(":")} - set(PACKAGES)
    assert inside == {name.strip() for layer in stages for name in layer.split(":")}


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_file_names_versions_and_hashes_and_no_place(lock: str) -> None:
    text = (REPOSITORY / lock).read_text()
    assert not re.search(r"://|^-|file:|@ ", text, re.MULTILINE)
    entries = re.split(r"\n(?=\S)", text.strip())
    assert len(entries) > 100
    for entry in entries:
        assert re.match(r"[A-Za-z0-9_.-]+==\S+ ", entry), entry[:80]
        assert re.search(r"--hash=sha256:[0-9a-f]{64}", entry), entry[:80]


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_file_holds_what_the_project_asks_for(lock: str) -> None:
    wanted = [*PROJECT["dependencies"], *PYPROJECT["build-system"]["requires"]]
    if "dev" in lock:
        wanted += PYPROJECT["dependency-groups"]["dev"]
    locked: dict[str, list[str]] = {}
    for pin in pins(lock):
        locked.setdefault(canonicalize_name(pin.name), []).append(next(iter(pin.specifier)).version)
    for requirement in map(Requirement, wanted):
        versions = locked.get(canonicalize_name(requirement.name), [])
        assert versions, f"{requirement.name} is not in {lock}: run scripts/lock"
        assert all(requirement.specifier.contains(version) for version in versions), f"{requirement}: run scripts/lock"


def test_the_lock_files_agree() -> None:
    use, development = ({f"{pin.name}{pin.specifier}" for pin in pins(lock)} for lock in LOCKS)
    assert use <= development


def test_this_environment_can_be_made_from_the_lock_file() -> None:
    """One version of each package for this Python: pip refuses two."""
    here = [canonicalize_name(pin.name) for pin in pins(LOCKS[1]) if pin.marker is None or pin.marker.evaluate()]
    assert len(here) == len(set(here))


def test_no_committed_file_names_an_index_or_a_place_of_one_machine() -> None:
    index = r"https?://\S*(?:py" + r"pi|pythonhosted|/simple\b|artifactory|registry\.)|--(?:extra-)?index-url[ =]\S"
    machine = r"(?<![\w.])/(?:root|work|home/\w+|Users/\w+)/"
    for path in committed():
        found = re.search(rf"{index}|{machine}".encode(), path.read_bytes())
        assert found is None, f"{path.relative_to(REPOSITORY)} holds {found.group()!r}"


@pytest.mark.parametrize("script", SCRIPTS)
def test_a_script_can_be_started_and_is_bash(script: str) -> None:
    path = REPOSITORY / script
    assert os.access(path, os.X_OK)
    assert path.read_text().startswith("#!/usr/bin/env bash\n")
    assert subprocess.run(["bash", "-n", path], check=False).returncode == 0


def test_continuous_integration_runs_the_tests_that_people_run() -> None:
    assert (REPOSITORY / ".ci/run").read_text().endswith("exec scripts/test\n")


def test_the_workspace_is_the_location_that_runs_are_recorded_under() -> None:
    """Else a run of `bpa run` could not be looked at, or done again, from the UI."""
    from bpa_cli.launch import _origin

    location = yaml.safe_load((REPOSITORY / "workspace.yaml").read_text())["load_from"][0]["python_module"]
    recorded = _origin("refresh_process").repository_origin.code_location_origin
    assert location["location_name"] == recorded.location_name
    assert location["module_name"] == recorded.loadable_target_origin.module_name
    served = PYPROJECT["tool"]["dg"]["project"]  # by `dg dev`
    assert served["code_location_name"] == recorded.location_name
    assert served["code_location_target_module"] == recorded.loadable_target_origin.module_name


@pytest.fixture
def instance(tmp_path: Path) -> Path:
    """A Dagster home with our settings and nothing in it."""
    shutil.copy(REPOSITORY / "dagster.yaml", tmp_path)
    return tmp_path


def test_the_instance_sends_nothing_and_refreshes_a_process_once_at_a_time(instance: Path) -> None:
    import dagster as dg

    with dg.DagsterInstance.from_config(str(instance)) as opened:
        assert not opened.telemetry_enabled
        queue = opened.get_concurrency_config().run_queue_config
        assert queue is not None
        assert queue.tag_concurrency_limits == [
            {"key": "dagster/partition", "value": {"applyLimitPerUniqueValue": True}, "limit": 1}
        ]
        assert opened.run_monitoring_enabled
        assert opened.get_tick_retention_settings(dg._core.definitions.run_request.InstigatorType.SCHEDULE)


def dg_command(instance: Path, *arguments: str) -> str:
    """The output of Dagster's own command line, started in the checkout."""
    ended = subprocess.run(
        [Path(sys.executable).parent / "dg", *arguments],
        cwd=REPOSITORY,
        env={
            **os.environ,
            "DAGSTER_HOME": str(instance),
            "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == 0, ended.stdout + ended.stderr
    return ended.stdout + ended.stderr if "check" in arguments else ended.stdout


def test_dg_finds_the_definitions_good(instance: Path) -> None:
    told = dg_command(instance, "check", "defs")
    assert "All definitions loaded successfully" in told
    assert "Welcome to Dagster" not in told, "dg sends telemetry"


def test_dg_lists_the_assets_jobs_and_resources(instance: Path) -> None:
    listed = json.loads(dg_command(instance, "list", "defs", "--json"))
    assets = {one["asset_key"]: one for one in listed["assets"]}
    assert {"event_log", "cases", "activities", "variants", "transitions", "bottlenecks", "publication"} <= set(assets)
    assert {"kpis/dim_process", "kpis/fct_case", "kpis/kpi_process_daily"} <= set(assets)
    assert {"refresh_process", "refresh_kpis"} <= {one["name"] for one in listed["jobs"]}
    assert {"io_manager", "kpi_store", "process_files"} <= {one["name"] for one in listed["resources"]}
    undescribed = [key for key, one in assets.items() if one["is_executable"] and not one["description"]]
    assert not undescribed
