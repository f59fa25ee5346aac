"""The one commit: readers see the run before or the run after, whatever happens in between."""

import json
from pathlib import Path

import pyarrow as pa
import pytest

from bpa_resources import publication
from bpa_resources.home import Home
from bpa_resources.lake import ProcessLake, kpi_histories, prune, publications
from bpa_resources.publication import KEPT_RUNS, read_publication, replace_file

_VARIANTS = pa.table({
    "variant_id": ["a"], "activities": [["Ask"]], "cases": pa.array([1], pa.int64()), "share": [1.0],
    "mean_cycle_seconds": [1.0], "median_cycle_seconds": [1.0],
    "fits_model": pa.array([None], pa.bool_()), "fits_reference": pa.array([None], pa.bool_()),
})  # fmt: skip


def lake(tmp_path: Path, run_id: str) -> ProcessLake:
    return ProcessLake(Home(tmp_path), "orders", run_id)


def published(tmp_path: Path, run_id: str) -> ProcessLake:
    one = lake(tmp_path, run_id)
    one.write("variants", _VARIANTS)
    one.publish(assets=["variants"], fingerprint=run_id)
    return one


class PowerLostError(Exception):
    """Raised where a kill would strike."""


@pytest.mark.parametrize("step", ["fsync", "rename"])
def test_a_crash_before_the_rename_leaves_the_run_before(
    step: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pointer = published(tmp_path, "run-1").folder / "published.json"
    before = pointer.read_bytes()
    second = lake(tmp_path, "run-2")
    second.write("variants", _VARIANTS)

    def crash(*_: object) -> None:
        raise PowerLostError

    with monkeypatch.context() as patch:
        patch.setattr(*((publication.os, "fsync") if step == "fsync" else (Path, "rename")), crash)
        with pytest.raises(PowerLostError):
            second.publish(assets=["variants"], fingerprint="2")
    assert pointer.read_bytes() == before
    assert [one.run_id for one in publications(Home(tmp_path))] == ["run-1"]
    assert second.publish(assets=["variants"], fingerprint="2").earlier_runs == ["run-1"]


def test_a_crash_after_the_rename_is_a_whole_commit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    published(tmp_path, "run-1")
    second = lake(tmp_path, "run-2")
    second.write("variants", _VARIANTS)

    def crash(_: Path) -> None:
        raise PowerLostError

    with monkeypatch.context() as patch:
        patch.setattr(publication, "fsync_folder", crash)
        with pytest.raises(PowerLostError):
            second.publish(assets=["variants"], fingerprint="2")
    now = read_publication(second.folder)
    assert now is not None
    assert (now.run_id, now.earlier_runs) == ("run-2", ["run-1"])
    assert second.publish(assets=["variants"], fingerprint="2") == now  # done again, nothing moves


def test_a_run_reads_its_own_files_and_else_the_published_ones(tmp_path: Path) -> None:
    first = published(tmp_path, "run-1")
    (file,) = first.files("variants")
    second = lake(tmp_path, "run-2")
    assert second.files("variants") == [file]
    second.write("variants", _VARIANTS)
    assert second.files("variants") == [second.folder / "variants" / "run-2.parquet"]
    assert lake(tmp_path, "run-3").files("variants") == [file]  # run-2 has not published
    assert lake(tmp_path, "run-3").files("cases") == []


def test_the_last_runs_are_kept_and_older_and_unpublished_files_go(tmp_path: Path) -> None:
    for number in range(1, 6):
        last = published(tmp_path, f"run-{number}")
    lake(tmp_path, "killed").write("variants", _VARIANTS)
    (now,) = publications(Home(tmp_path))
    assert len(now.kept_runs) == KEPT_RUNS
    prune(Home(tmp_path), now)
    assert sorted(file.name for file in (last.folder / "variants").iterdir()) == [
        "run-3.parquet",
        "run-4.parquet",
        "run-5.parquet",
    ]
    assert list((tmp_path / "scratch").glob("orders.*")) == []


def test_a_file_that_is_still_published_stays_however_old_its_run(tmp_path: Path) -> None:
    first = published(tmp_path, "run-1")
    for number in range(
        2, 7
    ):  # runs that write nothing of their own, as from the UI: the table of run-1 is published on
        lake(tmp_path, f"run-{number}").publish(assets=["variants"], fingerprint=str(number))
        (now,) = publications(Home(tmp_path))
        prune(Home(tmp_path), now)
    assert first.files("variants")[0].exists()
    assert now.assets == {"variants": ["variants/run-1.parquet"]}


def test_a_run_that_was_published_while_the_kpis_were_built_keeps_its_files(tmp_path: Path) -> None:
    published(tmp_path, "run-1")
    (built,) = publications(Home(tmp_path))
    for number in range(2, 7):
        last = published(tmp_path, f"run-{number}")
    prune(Home(tmp_path), built)
    # The newest, those before it, and the one that the KPI database looks at.
    assert sorted(file.stem for file in (last.folder / "variants").iterdir()) == ["run-1", "run-4", "run-5", "run-6"]


def test_the_longest_kpi_histories_stay_and_the_longest_is_read(tmp_path: Path) -> None:
    one = published(tmp_path, "run-1")
    assert kpi_histories(one.folder) == []
    for run, points in (("run-1", 3), ("run-0", 2), ("run-2", 1)):
        lake(tmp_path, run).write("kpi_snapshot", snapshots(points))
    for number in range(2, 9):  # none of them got as far as the KPI database
        published(tmp_path, f"run-{number}")
    (now,) = publications(Home(tmp_path))
    prune(Home(tmp_path), now)
    assert [file.stem for file in kpi_histories(one.folder)] == ["run-0", "run-1"]


def snapshots(points: int) -> pa.Table:
    columns = {"kpi": ["cases"], "as_of": [0], "value": [1.0], "unit": ["cases"], "n": [1]}
    return pa.table({name: values * points for name, values in columns.items()})


def test_what_a_kill_left_beside_the_pointer_goes(tmp_path: Path) -> None:
    one = published(tmp_path, "run-1")
    (one.folder / ".published.json.4711").write_text("{")
    (now,) = publications(Home(tmp_path))
    prune(Home(tmp_path), now)
    assert sorted(path.name for path in one.folder.iterdir()) == ["published.json", "variants"]


def test_a_table_with_other_columns_than_declared_never_enters_the_lake(tmp_path: Path) -> None:
    one = lake(tmp_path, "run-1")
    with pytest.raises(ValueError, match="declared"):
        one.write("variants", _VARIANTS.drop_columns(["share"]))
    assert list(one.folder.glob("*/*.parquet")) == []


def test_replacing_a_file_leaves_nothing_beside_it(tmp_path: Path) -> None:
    path = tmp_path / "folder" / "published.json"
    replace_file(path, b"1")
    replace_file(path, b"22")
    assert path.read_bytes() == b"22"
    assert [file.name for file in path.parent.iterdir()] == ["published.json"]


def test_the_pointer_names_files_below_the_process_only(tmp_path: Path) -> None:
    pointer = json.loads((published(tmp_path, "run-1").folder / "published.json").read_text())
    assert pointer["assets"] == {"variants": ["variants/run-1.parquet"]}  # the home can move
