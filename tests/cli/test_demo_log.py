"""`bpa demo-log`, and the demo that an empty home gets: the log goes in, what is planted in it never does."""

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Bpa


def test_a_demo_log_is_written_with_its_truth_and_never_over_a_file(tmp_path: Path, bpa: Bpa) -> None:
    path = tmp_path / "orders.csv"
    done = bpa("demo-log", path, "--cases", 20, "--seed", 3)
    truth = json.loads((tmp_path / "orders.csv.truth.json").read_text())
    assert (done.status, done.err) == (0, "")
    assert done.out == f"{path}: {truth['rows']:,} rows; what is planted in it: orders.csv.truth.json\n"
    assert (truth["cases"], truth["seed"], len(path.read_text().splitlines())) == (20, 3, truth["rows"] + 1)
    before = path.read_bytes()
    again = bpa("demo-log", path)
    assert (again.status, again.sentence) == (2, f"{path} exists already; name another file, or remove it")
    assert path.read_bytes() == before


def test_a_demo_log_can_be_sized_by_events_and_be_clean(tmp_path: Path, bpa: Bpa) -> None:
    assert bpa("demo-log", tmp_path / "log.parquet", "--events", 5000, "--clean").status == 0
    truth = json.loads((tmp_path / "log.parquet.truth.json").read_text())
    assert 4800 < truth["rows"] < 5200
    assert truth["dirt"] == {}


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["log.txt"], "log.txt: a demo log is a .csv or a .parquet file; end its name so"),
        (["log.csv", "--cases", "0"], "a demo log has at least 1 case, not 0"),
        (["log.csv", "--events", "0"], "a demo log has at least 1 event, not 0"),
        (["log.csv", "--seed", "-1"], "a seed is 0 or greater, not -1"),
        (["absent/log.csv"], "absent is no folder; make it, or name another"),
        (
            ["bpa_home/inbox/orders/log.csv"],
            "bpa_home/inbox/orders/log.csv lies in an inbox, where its truth would be read as a log; "
            "write it elsewhere and copy it",
        ),
    ],
)
def test_what_is_wrong_with_a_demo_log_is_said_in_one_sentence(
    arguments: list[str], said: str, tmp_path: Path, bpa: Bpa, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "bpa_home" / "inbox" / "orders").mkdir(parents=True)
    ended = bpa("demo-log", *arguments)
    assert (ended.status, ended.sentence) == (2, said)
    assert [path.name for path in tmp_path.rglob("*") if path.is_file()] == []
