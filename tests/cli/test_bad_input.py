"""Bad input ends with one clear line and status 2; nothing is lost, nothing is left, what was published stays."""

import csv
import gzip
import io
from collections.abc import Callable
from pathlib import Path

import dagster as dg
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from bpa_assets.partitions import PROCESSES
from tests.cli.commands import HEADER, rows, state, write_log
from tests.cli.conftest import Bpa
from tests.process_model.conformance.documents import bpmn, node

Make = Callable[[Path], Path]

_ROWS = [f"C-{case},{activity},2026-01-0{case} 0{hour}:00:00,2026-01-0{case} 0{hour}:30:00,Ann" for case in range(1, 9)
         for hour, activity in enumerate(("Ask", "Check", "Answer"), start=1)]  # fmt: skip
_CSV = "\n".join([HEADER, *_ROWS]) + "\n"
_EVENT = (
    '<event><string key="concept:name" value="{}"/><date key="time:timestamp" value="2026-01-01T0{}:00:00Z"/></event>'
)
_TRACES = "".join(
    f'<trace><string key="concept:name" value="{case}"/>{_EVENT.format("Ask", 1)}{_EVENT.format("Answer", 2)}</trace>\n'
    for case in range(50)
)
_XES = f'<?xml version="1.0" encoding="UTF-8"?>\n<log xes.version="1.0">\n{_TRACES}</log>\n'
_BOMB = (
    '<?xml version="1.0"?>\n<!DOCTYPE log [<!ENTITY a "aaaaaaaaaa">'
    + "".join(f'<!ENTITY {name} "{f"&{before};" * 10}">' for before, name in zip("abcdefgh", "bcdefghi", strict=True))
    + "]>\n"
    + _XES.split("\n", 1)[1].replace('value="Ask"', 'value="&i;"')
)
_EXTERNAL = '<?xml version="1.0"?>\n<!DOCTYPE log [<!ENTITY x SYSTEM "file:///etc/passwd">]>\n' + _XES.split("\n", 1)[
    1
].replace('value="Ask"', 'value="&x;"')


def _file(name: str, content: bytes | str) -> Make:
    def make(folder: Path) -> Path:
        path = folder / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    return make


def _folder(folder: Path) -> Path:
    path = folder / "logs.csv"
    path.mkdir()
    return path


def _cut(content: str, share: float) -> bytes:
    packed = gzip.compress(content.encode())
    return packed[: int(len(packed) * share)]


_WIDE = ",".join(HEADER.split(",") + [f"n{number}" for number in range(9_995)]) + "\n" + "1" + "," * 9_999 + "\n"


def _gzip_bomb(folder: Path) -> Path:
    path = folder / "bomb.csv.gz"
    with gzip.open(path, "wb") as file:
        for _ in range(300):
            file.write(b"C-1,Ask,2026-01-01 10:00,,Ann\n" * 35_000)
    return path


def _damaged(folder: Path) -> Path:
    path = folder / "damaged.parquet"
    times = [f"2026-01-01 10:00:{row:02}" for row in range(50)]
    pq.write_table(pa.table({"case_id": list(map(str, range(50))), "activity": times, "timestamp": times}), path)
    whole = path.read_bytes()
    path.write_bytes(whole[:20] + b"\xff" * 300 + whole[320:])
    return path


_HTML = "<!DOCTYPE html>\n<html><head><title>Sign in</title></head><body>case_id,activity</body></html>\n"
_NO_CASE = "colour,activity,start_time\nred,Ask,2026-01-01 10:00:00\nred,Check,2026-01-01 11:00:00\n"
_TWO_CASES = "case_id,case:concept:name,activity,start_time\n1,A,Ask,2026-01-01 10:00:00\n2,B,Ask,2026-01-01 11:00:00\n"
_NO_TIME = "case_id,activity,start_time\n" + "".join(f"C-{row},Ask,soon {row}\n" for row in range(20))

BAD: dict[str, tuple[Make, tuple[str, ...]]] = {
    "a missing file": (lambda folder: folder / "gone.csv", ("gone.csv", "exist")),
    "a folder": (_folder, ("logs.csv", "folder")),
    "an empty file": (_file("empty.csv", ""), ("empty.csv", "empty")),
    "blank lines only": (_file("blank.csv", "\n \n\n"), ("blank.csv", "empty")),
    "a header only": (_file("header.csv", f"{HEADER}\n"), ("header.csv", "no rows")),
    "a binary file": (_file("binary.csv", bytes(range(256)) * 40), ("binary.csv", "binary")),
    "a web page": (_file("page.csv", _HTML), ("page.csv", "web page")),
    "a CSV cut in its gzip": (_file("cut.csv.gz", _cut(_CSV, 0.6)), ("cut.csv.gz", "cut off")),
    "an XES cut in its gzip": (_file("cut.xes.gz", _cut(_XES, 0.6)), ("cut.xes.gz", "cut off")),
    "an XES cut in the middle": (_file("half.xes", _XES[: len(_XES) // 2]), ("half.xes", "cut off")),
    "an XES without a trace": (_file("bare.xes", '<?xml version="1.0"?>\n<log></log>\n'), ("bare.xes",)),
    "an XML entity bomb": (_file("bomb.xes", _BOMB), ("bomb.xes", "entit")),
    "an external XML entity": (_file("external.xes", _EXTERNAL), ("external.xes", "entit")),
    "no case column": (_file("nocase.csv", _NO_CASE), ("nocase.csv", "case", "colour")),
    "two case columns that differ": (_file("two.csv", _TWO_CASES), ("two.csv", "case_id", "case:concept:name")),
    "no readable time": (_file("times.csv", _NO_TIME), ("times.csv", "time")),
    "ten thousand columns": (_file("wide.csv", _WIDE), ("wide.csv", "10,000 columns", "at most 1,000")),
    "a gzip bomb": (_gzip_bomb, ("bomb.csv.gz", "200 times")),
    "a damaged Parquet file": (_damaged, ("damaged.parquet", "damaged")),
    "a NUL byte": (_file("nul.csv", _CSV.replace("Check", "Che\0ck")), ("nul.csv", "binary")),
    "a header of numbers": (_file("numbers.csv", _CSV.replace(HEADER, "1,2,3,4,5")), ("numbers.csv", "numbers only")),
    "delimiters only": (_file("commas.csv", ",,,,\n,,,,\n"), ("commas.csv", "delimiters only")),
    "an open quote": (_file("quote.csv", _CSV + 'C-9,"Ask,2026-01-01 10:00:00,,\n' + _CSV), ("quote.csv", "quote")),
    "a hidden file": (_file(".log.csv", _CSV), (".log.csv", "rename")),
}

# As the log of a new process, too: one that is not there, one that is refused before it is read, one while it is read.
AS_NEW = ("a missing file", "a header only", "a damaged Parquet file")


@pytest.mark.parametrize("what", BAD)
def test_bad_files_are_refused_in_one_line_and_leave_nothing(what: str, home: Path, tmp_path: Path, bpa: Bpa) -> None:
    make, words = BAD[what]
    file = make(tmp_path)
    before = state(home)

    refused = bpa("run", file, "--home", home, "--process", "orders")
    assert refused.status == 2
    assert all(word.lower() in refused.sentence.lower() for word in words), refused.sentence

    if what in AS_NEW:
        as_new = bpa("run", file, "--home", home, "--process", "fresh")
        assert (as_new.status, as_new.sentence) == (2, refused.sentence)

    assert state(home) == before
    assert leftovers(home) == []


def leftovers(home: Path) -> list[str]:
    """What a refused run may not leave: a partition, folders of a process, scratch."""
    with dg.DagsterInstance.from_config(str(home / "dagster")) as instance:
        partitions = instance.get_dynamic_partitions(str(PROCESSES.name))
    folders = [path for part in ("inbox", "lake") for path in (home / part).glob("*") if path.name != "orders"]
    folders += [path for path in (home / "scratch").glob("*") if path.name != "kpis"]
    folders += list((home / "inbox" / "orders").glob(".*"))
    return [*(name for name in partitions if name != "orders"), *map(str, folders)]


def test_a_reference_that_cannot_be_used_is_refused_before_anything_is_read(
    home: Path, orders: Path, tmp_path: Path, bpa: Bpa
) -> None:
    before = state(home)
    reference = tmp_path / "mine.bpmn"
    for text, word in (
        (f"<!DOCTYPE d [<!ENTITY a '{'b' * 99}'>]><d>&a;</d>", "mine.bpmn: it has a document type (line 1)"),
        (bpmn(node("complexGateway", "x", name="Any")), "mine.bpmn: complexGateway 'Any' (line 4) cannot be compared"),
    ):
        reference.write_text(text)
        refused = bpa("run", orders, "--reference", reference, "--home", home)
        assert (refused.status, word in refused.sentence) == (2, True)
        assert state(home) == before


def test_rules_that_are_malformed_are_refused_by_line_before_anything_is_read(
    home: Path, orders: Path, tmp_path: Path, bpa: Bpa
) -> None:
    before = state(home)
    rules = tmp_path / "mine.yaml"
    rules.write_text("rules:\n- conditon: amount > 5\n  action: escalate\n")
    refused = bpa("run", orders, "--rules", rules, "--home", home)
    assert refused.status == 2
    assert "mine.yaml: unknown key 'conditon' in rules (line 2); did you mean 'condition'?" in refused.sentence
    (home / "inbox" / "orders" / "rules.yaml").write_text("acepted: []\n")
    refused = bpa("run", "--process", "orders", "--home", home)
    (home / "inbox" / "orders" / "rules.yaml").unlink()
    assert (refused.status, state(home)) == (2, before)
    assert "rules.yaml: unknown key 'acepted' (line 1); did you mean 'accepted'?" in refused.sentence


CONFIGS = {
    "an unknown key": ("colour: red\n", ("colour", "line 1")),
    "a misspelt key": ("name: Orders\nbotleneck: {waiting_time: 2h}\n", ("botleneck", "bottleneck", "line 2")),
    "a reserved key": ("name: Orders\n\nprivacy: {pseudonyms: true}\n", ("privacy is not supported yet", "line 3")),
    "a wrong value": ("source: {timezone: Europe/Amsterdan}\n", ("Europe/Amsterdan", "Europe/Amsterdam")),
    "a date that is none": (
        "accepted_deviations:\n- {activity: Pay, by: Ann, until: soon}\n",
        ("accepted_deviations.until (line 2): 'soon' is not a date",),
    ),
    "an acceptance without an end": (
        "accepted_deviations:\n- activity: Pay\n  by: Ann\n",
        ("accepted_deviations", "line 2", "'until' is missing"),
    ),
    "what is no YAML": ("name: [Orders\n", ("process.yaml", "line")),
}


@pytest.mark.parametrize("what", CONFIGS)
def test_bad_settings_are_refused_with_their_line(
    what: str, home: Path, orders: Path, tmp_path: Path, bpa: Bpa
) -> None:
    text, words = CONFIGS[what]
    config = tmp_path / "process.yaml"
    config.write_text(text)
    before = state(home)
    refused = bpa("run", orders, "--home", home, "--config", config)
    assert refused.status == 2
    assert all(word in refused.sentence for word in words), refused.sentence
    assert state(home) == before
    assert leftovers(home) == []


def test_settings_that_name_a_missing_column_are_refused(home: Path, orders: Path, tmp_path: Path, bpa: Bpa) -> None:
    config = tmp_path / "settings.yaml"
    config.write_text("source: {case_id: Dossier}\n")
    before = state(home)
    refused = bpa("run", orders, "--home", home, "--config", config)
    assert refused.status == 2
    assert "Dossier" in refused.sentence
    assert state(home) == before
    assert leftovers(home) == []


@pytest.mark.parametrize("key", ["../../x", "/etc", "", "A b", ".hidden", "x" * 64, "a/b", "a\nb"])
def test_a_process_key_cannot_name_a_path(key: str, orders: Path, tmp_path: Path, bpa: Bpa) -> None:
    home = tmp_path / "deep" / "er" / "home"
    refused = bpa("run", orders, "--home", home, f"--process={key}")
    assert refused.status == 2
    assert "process key" in refused.sentence
    assert not (tmp_path / "deep").exists()


def test_a_file_name_that_gives_no_key_asks_for_one(tmp_path: Path, bpa: Bpa) -> None:
    refused = bpa("run", write_log(tmp_path / "訂單.csv", *_ROWS), "--home", tmp_path / "home")
    assert refused.status == 2
    assert "--process" in refused.sentence


def test_an_inbox_without_a_log_is_named(home: Path, tmp_path: Path, bpa: Bpa) -> None:
    refused = bpa("run", "--process", "claims", "--home", home)
    assert refused.status == 2
    assert "claims" in refused.sentence
    config = tmp_path / "process.yaml"
    config.write_text("name: Claims\n")
    refused = bpa("run", "--process", "claims", "--config", config, "--home", home)
    assert refused.status == 2
    assert "claims" in refused.sentence
    assert leftovers(home) == []


def test_two_different_files_of_one_name_are_refused(home: Path, tmp_path: Path, bpa: Bpa) -> None:
    before = state(home)
    one = write_log(tmp_path / "a" / "orders.csv", *_ROWS)
    other = write_log(tmp_path / "b" / "orders.csv", *_ROWS[:3])
    refused = bpa("run", one, other, "--home", home)
    assert refused.status == 2
    assert "orders.csv" in refused.sentence
    assert state(home) == before
    assert leftovers(home) == []


def test_a_bad_file_among_good_ones_refuses_them_all(home: Path, orders: Path, tmp_path: Path, bpa: Bpa) -> None:
    before = state(home)
    bad = write_log(tmp_path / "more.csv")
    refused = bpa("run", orders, bad, "--home", home)
    assert refused.status == 2
    assert "more.csv" in refused.sentence
    assert state(home) == before


@pytest.mark.parametrize("packed", [False, True])
def test_a_cut_copy_of_a_published_log_is_refused(
    packed: bool, home: Path, orders: Path, tmp_path: Path, bpa: Bpa
) -> None:
    whole = orders.read_bytes()
    lines = whole.splitlines(keepends=True)
    cut = tmp_path / "orders.csv"
    cut.write_bytes(whole[: len(whole) // 2] if packed else b"".join(lines[: len(lines) // 2]))
    before = state(home)
    refused = bpa("run", cut, "--home", home)
    assert refused.status == 2
    assert "orders.csv" in refused.sentence
    assert "cut" in refused.sentence
    assert state(home) == before
    assert leftovers(home) == []


def test_the_home_cannot_be_a_file(orders: Path, tmp_path: Path, bpa: Bpa) -> None:
    file = tmp_path / "home"
    file.touch()
    refused = bpa("run", orders, "--home", file)
    assert refused.status == 2
    assert str(file) in refused.sentence


@pytest.mark.parametrize("arguments", [[], ["frob"], ["run", "--frob"], ["sql"], ["run", "--process"]])
def test_a_wrong_command_is_refused_in_one_line(arguments: list[str], bpa: Bpa) -> None:
    refused = bpa(*arguments)
    assert refused.status == 2
    assert "--help" in refused.err.removeprefix("bpa run: ").removeprefix("bpa sql: ")
    assert len(refused.err.splitlines()) == 1


def test_a_log_that_is_mostly_unreadable_is_stopped_by_its_check_and_named(
    home: Path, tmp_path: Path, bpa: Bpa
) -> None:
    lines = [f"C-{n // 5},Step,{'soon' if n % 5 else '2026-01-01 10:00:00'},,Ann" for n in range(100)]
    before = rows(home, "from dim_process")
    pointer = (home / "lake" / "orders" / "published.json").read_bytes()
    stopped = bpa("run", write_log(tmp_path / "orders.csv", *lines), "--home", home)
    assert stopped.status == 1
    assert "most records could be read" in stopped.sentence
    assert "80.0%" in stopped.sentence
    assert (home / "lake" / "orders" / "published.json").read_bytes() == pointer
    assert rows(home, "from dim_process") == before
    # It could be read, so it is the process's log now; the one before is kept beside.
    assert (home / "inbox" / "orders" / "orders.csv").read_text().startswith(HEADER)
    assert len(list((home / "inbox" / "orders" / ".replaced").glob("*/orders.csv"))) == 1


@pytest.mark.long
def test_one_unreadable_time_in_many_rejects_its_row_and_what_is_no_file_of_the_log_is_told(
    home: Path, tmp_path: Path, bpa: Bpa
) -> None:
    inbox = home / "inbox" / "orders"
    lines = [
        f"C-{n // 5},Step {n % 5},2026-01-{1 + n % 5:02} 10:00:00,2026-01-{1 + n % 5:02} 11:00:00,Ann"
        for n in range(30_000)
    ]
    lines[21_999] = "C-4399,Step 4,2026-01-05 10:00:00,yesterday,Ann"
    write_log(inbox / "orders.csv", *lines)
    secret = write_log(tmp_path / "secret.csv", *_ROWS)
    (inbox / "link.csv").symlink_to(secret)
    (inbox / "folder.csv").mkdir()
    done = bpa("run", "--process", "orders", "--home", home)
    assert (done.status, done.err) == (0, "")
    assert "link.csv in the inbox of orders is a symbolic link and is not read" in done.out
    assert "folder.csv in the inbox of orders is no file and is not read" in done.out
    assert rows(home, "select source_files, rows_read, events, rejected_events from dim_process") == [
        (["orders.csv"], 30_000, 29_999, 1)
    ]
    ((file, row, reason, record),) = rows(home, "select source_file, source_row, reason, record from rejected_events")
    assert (file, row) == ("orders.csv", 22_000)
    assert "time" in reason
    assert "yesterday" in record


def test_settings_that_are_a_link_are_refused(home: Path, tmp_path: Path, bpa: Bpa) -> None:
    (tmp_path / "process.yaml").write_text("name: Elsewhere\n")
    (home / "inbox" / "orders" / "process.yaml").symlink_to(tmp_path / "process.yaml")
    refused = bpa("run", "--process", "orders", "--home", home)
    assert refused.status == 2
    assert "process.yaml in the inbox of orders is a symbolic link" in refused.sentence


def test_nothing_in_a_log_is_executed_on_its_whole_way(
    home: Path, tmp_path: Path, bpa: Bpa, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    evil = [
        "'); DROP TABLE fct_event;--",
        "\"; copy (select 1) to 'pwned'; --",
        "$(touch pwned)",
        "{{ 1 / 0 }}",
        "a\x01\x1b",
    ]
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(["case_id", "activity", "timestamp", *evil])
    cases = [(case, evil[step], f"2026-01-01 1{step}:00:00", *evil) for case in evil for step in range(5)]
    writer.writerows(cases)
    log = tmp_path / "evil.csv"
    log.write_text(text.getvalue())
    done = bpa("run", log, "--home", home)
    assert (done.status, done.err) == (0, "")
    found = rows(home, "select case_id, activity from fct_event where process = 'evil' order by source_row")
    assert found == [case[:2] for case in cases]
    names = rows(home, "select source_name, column_name from event_attribute where process = 'evil'")
    assert [name for name, _ in names] == evil
    for name, column in names:
        assert rows(home, f'select distinct "{column}" from event_evil') == [(name,)]
    assert rows(home, "select case_id from fct_case where process = 'evil' order by all") == sorted(
        (case,) for case in evil
    )
    assert not (tmp_path / "pwned").exists()
