"""The dbt project parses wherever it is asked to."""

import subprocess
import sys
from pathlib import Path

import pytest

from bpa_assets.kpis import project


@pytest.mark.filterwarnings("ignore", "error:::bpa_")
@pytest.mark.parametrize("named", [None, "kpis.duckdb"])
def test_the_project_parses_whether_or_not_a_database_is_named(
    named: str | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BPA_KPIS_BUILD", named or "")
    if named is None:
        monkeypatch.delenv("BPA_KPIS_BUILD")
    monkeypatch.setattr(project, "_cache", lambda: tmp_path)
    assert project.manifest().name.startswith(f"manifest-{project.project_version()}-")
    assert project.manifest().parent == tmp_path
    assert project.manifest().stat().st_size > 100_000
    assert project.manifest().with_suffix(".msgpack").stat().st_size > 100_000


@pytest.mark.filterwarnings("ignore", "error:::bpa_")
def test_a_model_that_cannot_be_built_ends_dbt_with_its_own_status(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BPA_KPIS_BUILD", str(tmp_path / "kpis.duckdb"))  # empty: no lake to read
    folder, kept = str(project.KPI_PROJECT), str(project.manifest().with_suffix(".msgpack"))
    asked = ["build", "--select", "stg_cases", "--project-dir", folder, "--profiles-dir", folder]
    where = ["--target-path", str(tmp_path / "target"), "--log-path", str(tmp_path / "target")]
    command = [sys.executable, "-P", "-m", "bpa_assets.kpis.dbt_process", kept, *asked, *where]
    ended = subprocess.run(command, capture_output=True, text=True, check=False)
    assert ended.returncode == 1
    assert "Failure in model stg_cases" in ended.stdout
    wrong = subprocess.run([*command, "--no-such-option"], capture_output=True, text=True, check=False)
    assert wrong.returncode == 2
    assert "--no-such-option" in wrong.stderr
