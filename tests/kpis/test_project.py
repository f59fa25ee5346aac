"""The dbt project parses wherever it is asked to."""

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
