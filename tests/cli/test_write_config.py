"""`bpa run --write-config`: what was inferred is written for a person to correct, and nothing is run."""

from pathlib import Path

import pytest

from bpa_assets.settings import read_process_config
from tests.cli.commands import rows
from tests.cli.conftest import Bpa
from tests.stored_logs import write_rows


def german(path: Path) -> Path:
    path.write_text(
        "Fall;Aktivität;Zeitstempel;Betrag\nA;Prüfen;31.01.2026 08:00;1.234,50\nA;Zahlen;31.01.2026 09:30;7,25\n"
    )
    return path


def test_what_was_inferred_is_written_and_shown_and_nothing_is_run(tmp_path: Path, bpa: Bpa) -> None:
    ended = bpa(
        "run", german(tmp_path / "log.csv"), "--write-config", tmp_path / "new.yaml", "--home", tmp_path / "home"
    )
    assert (ended.status, ended.err) == (0, "")
    text = (tmp_path / "new.yaml").read_text()
    assert text in ended.out
    assert "times without an offset are taken as UTC" in text
    source = read_process_config(tmp_path / "new.yaml").source
    assert (source.case_id, source.activity, source.end_time) == ("Fall", "Aktivität", "Zeitstempel")
    assert (source.delimiter, source.decimal, source.timestamp_format) == (";", ",", "%d.%m.%Y")
    assert not (tmp_path / "home" / "inbox").exists()
    assert not list((tmp_path / "home" / "scratch").iterdir())


def test_the_other_lines_of_a_process_yaml_stay_as_they_are(tmp_path: Path, bpa: Bpa) -> None:
    old = tmp_path / "process.yaml"
    old.write_text(
        "# ours\nname: Rechnungen\nsource:  # how it is read\n  timezone: Europe/Berlin\n  cost: [Betrag]\n\n"
        "# promised\nsla:\n  waiting_time: 2h\n"
    )
    new = tmp_path / "new.yaml"
    log = german(tmp_path / "log.csv")
    assert bpa("run", log, "--config", old, "--write-config", new, "--home", tmp_path / "home").status == 0
    text = new.read_text()
    assert text.startswith("# ours\nname: Rechnungen\n")
    assert text.endswith("\n\n# promised\nsla:\n  waiting_time: 2h\n")
    config = read_process_config(new)
    assert (config.source.timezone, config.source.cost, config.source.activity) == (
        "Europe/Berlin", ("Betrag",), "Aktivität",
    )  # fmt: skip


@pytest.mark.long
def test_a_wide_file_gets_its_milestones_and_what_is_written_can_be_given_back(tmp_path: Path, bpa: Bpa) -> None:
    days = {
        name: [f"2026-01-0{day}", f"2026-02-0{day}"] for day, name in enumerate(("Asked", "Given", "Paid"), start=1)
    }
    log = write_rows(tmp_path / "wide.csv", Order=["1", "2"], **days)
    home = tmp_path / "home"
    assert "milestones: [" in bpa("run", log, "--home", home).sentence
    assert bpa("run", log, "--write-config", tmp_path / "new.yaml", "--home", home).status == 0
    assert read_process_config(tmp_path / "new.yaml").source.milestones == ("Asked", "Given", "Paid")
    assert bpa("run", log, "--config", tmp_path / "new.yaml", "--home", home).status == 0
    assert rows(home, "select events, cases from dim_process") == [(6, 2)]


def test_the_log_in_the_inbox_is_looked_at_where_none_is_given(home: Path, tmp_path: Path, bpa: Bpa) -> None:
    assert bpa("run", "--write-config", tmp_path / "new.yaml", "--home", home).status == 0
    assert read_process_config(tmp_path / "new.yaml").source.case_id is not None


def test_a_file_that_exists_is_never_written_over(tmp_path: Path, bpa: Bpa, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    log = german(tmp_path / "log.csv")
    Path("process.yaml").write_text("name: mine\n")
    refused = bpa("run", log, "--write-config", "--home", tmp_path / "home")
    assert (refused.status, "process.yaml exists already" in refused.sentence) == (2, True)
    assert Path("process.yaml").read_text() == "name: mine\n"
    assert bpa("run", "--write-config", log, "--home", tmp_path / "home").status == 2
    assert bpa("run", log, "--write-config", "nowhere/new.yaml", "--home", tmp_path / "home").status == 2
