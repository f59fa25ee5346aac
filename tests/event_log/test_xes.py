"""The XES readers: the same as was written, the same as each other, and no log that is broken.

Equality of the two readers is tested with documents drawn by `xes_documents`; what users meet has a test of its own.
"""

import gzip
import subprocess
import sys
import warnings
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bpa_assets.event_log.compiled.iso_times import read_times
from bpa_assets.event_log.xes import columns as xes_columns
from bpa_assets.event_log.xes import fast, source, strict
from bpa_assets.event_log.xes.reader import Reader, XesColumn, XesFile, read_with, read_xes
from bpa_resources.errors import InputError
from tests.event_log.conftest import Read, table_of
from tests.event_log.xes_documents import BAD_VALUES, VALUES, Expected, documents

many = settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])


def assert_as_expected(log: XesFile, table: pa.Table, expected: Expected) -> None:
    assert [(column.name, column.level, column.type) for column in log.columns] == [c[:3] for c in expected.columns]
    names = [f"c{i}" for i in range(len(expected.columns))]
    assert table.schema.names == [*names, "source_row"]
    assert [str(table.schema.field(name).type) for name in names] == [column[3] for column in expected.columns]
    times = {f"c{i}": pa.int64() for i, column in enumerate(expected.columns) if column[3] == "timestamp[us]"}
    columns = [table[name].cast(times[name]) if name in times else table[name] for name in names]
    assert [list(row) for row in zip(*(column.to_pylist() for column in columns), strict=True)] == (
        expected.rows if names else []
    )
    assert table["source_row"].to_pylist() == list(range(1, len(expected.rows) + 1))
    assert log.events == len(expected.rows)
    assert [column.is_nested for column in log.columns] == expected.nested
    assert log.head.attributes == expected.attributes
    assert log.head.defaults == expected.defaults
    assert [(one.name, one.keys, one.level) for one in log.head.classifiers] == expected.classifiers
    assert log.left_out == 0


# Both readers, on drawn documents


@many
@given(documents(wild=True))
def test_the_strict_reader_reads_any_legal_log(read: Read, drawn: tuple[bytes, Expected]) -> None:
    assert_as_expected(*read(drawn[0], "strict"), drawn[1])


@many
@given(documents(wild=False))
def test_the_fast_reader_understands_all_but_wild_logs(
    read: Read, no_way_back: None, drawn: tuple[bytes, Expected]
) -> None:
    assert_as_expected(*read(drawn[0], "fast"), drawn[1])


@many
@given(documents(wild=True))
def test_a_log_that_the_fast_reader_does_not_understand_is_read_all_the_same(
    read: Read, drawn: tuple[bytes, Expected]
) -> None:
    assert_as_expected(*read(drawn[0], "fast"), drawn[1])


@many
@given(documents(wild=False))
def test_a_log_larger_than_buffers_and_tables_reads_the_same(
    read: Read, tiny: None, no_way_back: None, drawn: tuple[bytes, Expected]
) -> None:
    assert_as_expected(*read(drawn[0], "fast"), drawn[1])


@many
@given(documents(wild=True))
def test_a_log_larger_than_strict_tables_reads_the_same(read: Read, tiny: None, drawn: tuple[bytes, Expected]) -> None:
    assert_as_expected(*read(drawn[0], "strict"), drawn[1])


def outcome(read: Read, content: bytes, reader: Reader) -> Any:
    try:
        log, table = read(content, reader)
    except InputError:
        return InputError
    return log.columns, log.head, log.left_out, table.to_pydict()


@many
@given(documents(wild=False), st.data())
def test_a_damaged_log_is_refused_or_read_alike_by_both(
    read: Read, drawn: tuple[bytes, Expected], data: st.DataObject
) -> None:
    content = bytearray(drawn[0])
    for _ in range(data.draw(st.integers(1, 3))):
        at = data.draw(st.integers(0, len(content) - 1))
        content[at] = data.draw(st.integers(0, 255) | st.sampled_from(list(b"<>&\"'/=- \n;k\x00\x1f\x80\xc3")))
    fast_outcome, strict_outcome = outcome(read, bytes(content), "fast"), outcome(read, bytes(content), "strict")
    assert repr(fast_outcome) == repr(strict_outcome)


LOG = """<?xml version="1.0" encoding="UTF-8"?>
<!-- a log -->
<log xes.version="1.0" xmlns="http://www.xes-standard.org/">
  <extension name="Concept" prefix="concept" uri="http://www.xes-standard.org/concept.xesext"/>
  <global scope="event"><string key="concept:name" value="UNKNOWN"/><string key="never" value="there"/></global>
  <classifier name="Activity" keys="concept:name"/>
  <string key="of the log" value="x"><string key="nested" value="y"/></string>
  <trace>
    <string key="concept:name" value="1"/>
    <event>
      <string key="concept:name" value="Müller &amp; Söhne"/>
      <date key="time:timestamp" value="2020-01-01T10:00:00.123+01:00"><string key="source" value="clock"/></date>
      <int key="n" value="5"/>
      <float key="cost" value="1.5"/>
      <boolean key="ok" value="true"/>
      <values><string key="item" value="z"/></values>
    </event>
    <event>
      <string key="concept:name" value="b"/>
      <date key="time:timestamp" value="2020-01-01T09:00:00Z"/>
    </event>
    <date key="due" value="2020-02-01T00:00:00Z"/>
  </trace>
  <trace><string key="concept:name" value="2"/></trace>
  <trace>
    <string key="concept:name" value="3"/>
    <event><string key="concept:name" value="a" /><id key="id" value="7f"/></event>
  </trace>
  <event><string key="concept:name" value="loose"/></event>
</log>
"""


def event(*attributes: str) -> str:
    return f"<event>{''.join(attributes)}</event>"


def log_of(*events: str) -> str:
    return f"<log><trace>{''.join(events)}</trace></log>"


# What a log means


def test_a_log_becomes_one_row_an_event(read: Read, reader: Reader) -> None:
    log, table = read(LOG, reader)
    assert log.events == 4
    assert log.columns == (
        XesColumn("case:concept:name", "case", "string"),
        XesColumn("concept:name", "event", "string"),
        XesColumn("time:timestamp", "event", "date"),
        XesColumn("time:timestamp/source", "event", "string", is_nested=True),
        XesColumn("n", "event", "int"),
        XesColumn("cost", "event", "float"),
        XesColumn("ok", "event", "boolean"),
        XesColumn("case:due", "case", "date"),
        XesColumn("id", "event", "id"),
    )
    due = datetime(2020, 2, 1)
    assert table.to_pydict() == {
        "c0": ["1", "1", "3", None],
        "c1": ["Müller & Söhne", "b", "a", "loose"],
        "c2": [datetime(2020, 1, 1, 9, 0, 0, 123000), datetime(2020, 1, 1, 9), None, None],
        "c3": ["clock", None, None, None],
        "c4": [5, None, None, None],
        "c5": [1.5, None, None, None],
        "c6": [True, None, None, None],
        "c7": [due, due, None, None],
        "c8": [None, None, "7f", None],
        "source_row": [1, 2, 3, 4],
    }


def test_the_log_of_the_tests_is_one_for_the_fast_reader(read: Read, no_way_back: None) -> None:
    assert read(LOG, "fast")[0].events == 4


@pytest.mark.parametrize("kind", list(BAD_VALUES))
def test_one_value_of_another_type_leaves_the_column_text(read: Read, reader: Reader, kind: str) -> None:
    good = next(text for text, meaning in VALUES[kind] if meaning is not None)
    for bad in BAD_VALUES[kind]:
        events = [event(f'<{kind} key="k" value="{text}"/>') for text in (good, bad, good)]
        log, table = read(log_of(*events), reader)
        assert log.columns == (XesColumn("k", "event", kind),)  # type: ignore[arg-type]
        assert table["c0"].to_pylist() == [good, bad, good]


def test_times_without_a_zone_stay_as_written(read: Read, reader: Reader) -> None:
    log, table = read(log_of(event('<date key="t" value="2020-03-29T02:30:00.000"/>')), reader)
    assert (log.columns[0].type, table["c0"].to_pylist()) == ("date", ["2020-03-29T02:30:00.000"])


def test_a_key_of_two_types_is_text_as_written(read: Read, reader: Reader) -> None:
    events = [event(f'<{kind} key="k" value="07"/>') for kind in ("int", "float")]
    log, table = read(log_of(*events), reader)
    assert (log.columns[0].type, table["c0"].to_pylist()) == ("string", ["07", "07"])


def test_a_column_that_turns_out_to_be_text_late_is_text_from_the_start(read: Read, reader: Reader, tiny: None) -> None:
    events = [
        event(f'<int key="k" value="0{i}"/>', f'<date key="t" value="{i:04}-01-01T00:00Z"/>') for i in range(1, 40)
    ]
    late = event('<float key="k" value="1"/>', '<date key="t" value="soon"/>', '<string key="new" value="x"/>')
    traces = "".join(f"<trace>{one}</trace>" for one in [*events, late])
    log, table = read(f"<log>{traces}</log>", reader)
    assert len(log.parquet) > 3
    assert table["c0"].to_pylist() == [*(f"0{i}" for i in range(1, 40)), "1"]
    assert table["c1"].to_pylist() == [*(f"{i:04}-01-01T00:00Z" for i in range(1, 40)), "soon"]
    assert table["c2"].to_pylist() == [None] * 39 + ["x"]


def test_columns_that_come_late_are_in_all_files(read: Read, reader: Reader, tiny: None) -> None:
    traces = "".join(
        f'<trace>{event(f"""<float key="{i}" value="{i}"/>""", """<string key="s" value="t"/>""")}</trace>'
        for i in range(30)
    )
    log, table = read(f"<log>{traces}</log>", reader)
    assert len(log.parquet) > 3
    assert [column.name for column in log.columns][:3] == ["0", "s", "1"]
    at = [i for i, column in enumerate(log.columns) if column.name != "s"]
    assert [table[f"c{column}"].to_pylist()[i] for i, column in enumerate(at)] == [float(i) for i in range(30)]
    assert sum(table[f"c{column}"].null_count for column in at) == 30 * 29


def test_a_trace_longer_than_the_buffer_is_read(read: Read, tiny: None, no_way_back: None) -> None:
    events = [event(f'<string key="k" value="{i}{"x" * (i % 50)}"/>') for i in range(2000)]
    _, table = read(log_of(*events, '<string key="last" value="c"/>'), "fast")
    assert table["c0"].to_pylist() == [f"{i}{'x' * (i % 50)}" for i in range(2000)]
    assert table["c1"].to_pylist() == ["c"] * 2000


def test_a_trace_too_long_for_the_fast_reader_is_left_to_the_strict_one(
    read: Read, tiny: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fast, "MOST_BYTES", 1024)
    _, table = read(log_of(*[event('<string key="k" value="v"/>')] * 200), "fast")
    assert table["c0"].to_pylist() == ["v"] * 200


def test_as_many_columns_as_a_log_may_have_are_read_and_more_are_refused(read: Read, reader: Reader) -> None:
    events = [event(f'<string key="k{i}" value="{i}"/>') for i in range(1001)]
    log, _ = read(log_of(*events[:1000]), reader)
    assert [column.name for column in log.columns] == [f"k{i}" for i in range(1000)]
    with pytest.raises(InputError, match=r"^some\.xes has 1,001 columns, and at most 1,000 are read: leave out"):
        read(log_of(*events), reader)


def test_many_sparse_columns_stay_within_bounds(read: Read, no_way_back: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fast, "TABLE_CELLS", 1000)
    traces = "".join(f'<trace>{event(f"""<int key="k{i % 90}" value="{i}"/>""")}</trace>' for i in range(900))
    log, table = read(f"<log>{traces}</log>", "fast")
    assert [table[f"c{i % 90}"][i].as_py() for i in range(900)] == list(range(900))
    assert max(pq.read_metadata(path).num_rows for path in log.parquet) <= 1000


@pytest.mark.parametrize("encoding", ["utf-16", "iso-8859-1", "utf-8-sig"])
def test_other_encodings_are_read(read: Read, reader: Reader, encoding: str) -> None:
    declared = "UTF-8" if encoding == "utf-8-sig" else encoding.upper()
    _, table = read(LOG.replace('"UTF-8"', f'"{declared}"').encode(encoding), reader)
    assert table["c1"].to_pylist()[0] == "Müller & Söhne"


def test_an_element_with_a_prefix_is_what_it_is_without(read: Read, reader: Reader) -> None:
    prefixed = LOG.replace("</", "</x:").replace("<", "<x:").replace("<x:/x:", "</x:")
    prefixed = prefixed.replace("<x:?", "<?").replace("<x:!", "<!").replace("xmlns=", "xmlns:x=")
    assert read(prefixed, reader)[1].equals(read(LOG, reader)[1])


# Files


def test_a_gzipped_log_is_read_whatever_its_name(tmp_path: Path) -> None:
    (tmp_path / "log.xes").write_bytes(
        gzip.compress(LOG[:500].encode()) + gzip.compress(LOG[500:].encode()) + b"\0" * 10
    )
    log = read_xes(tmp_path / "log.xes", scratch=tmp_path, name="log.xes")
    assert log.events == 4


def test_a_gzipped_log_of_many_blocks_is_read_in_pieces(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(source, "_PACKED_BYTES", 7)
    (tmp_path / "log.xes.gz").write_bytes(
        gzip.compress(LOG[:99].encode()) + b"\0" * 20 + gzip.compress(LOG[99:].encode())
    )
    assert read_xes(tmp_path / "log.xes.gz", scratch=tmp_path, name="log.xes.gz").events == 4


def test_every_cut_of_a_gzipped_log_is_refused(tmp_path: Path) -> None:
    packed = gzip.compress(LOG.encode())
    path = tmp_path / "log.xes.gz"
    for end in range(len(packed)):
        path.write_bytes(packed[:end])
        with pytest.raises(InputError, match=r"cut off|empty|not XES"):
            read_xes(path, scratch=tmp_path, name="log.xes.gz")
    assert list(tmp_path.glob("xes-*")) == []


def test_a_gzipped_log_with_a_wrong_checksum_is_refused(tmp_path: Path) -> None:
    packed = bytearray(gzip.compress(LOG.encode()))
    packed[-6] ^= 1
    (tmp_path / "log.xes.gz").write_bytes(packed)
    with pytest.raises(InputError, match=r"log.xes.gz is damaged"):
        read_xes(tmp_path / "log.xes.gz", scratch=tmp_path, name="log.xes.gz")


@pytest.mark.parametrize("small", [False, True])
def test_every_cut_of_a_log_is_refused(read: Read, reader: Reader, small: bool, request: pytest.FixtureRequest) -> None:
    if small:
        request.getfixturevalue("tiny")
    content = LOG.encode()
    whole = len(content.rstrip())
    for end in range(whole):
        with pytest.raises(InputError, match=r"cut off|empty|not XES"):
            read(content[:end], reader)
    assert read(content[:whole], reader)[0].events == 4


# Refusals: one sentence, nothing left behind


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "some.xes is empty: give a XES log with at least one event"),
        (b" \n\t", "some.xes is empty: give a XES log with at least one event"),
        (b"case,activity\n1,a\n", "some.xes is not XES: it is not XML (line 1: "),
        (b"\x00\x01\x02binary\xff" * 50, "some.xes is not XES: it is not XML (line 1: "),
        (b"<!DOCTYPE html><html><body>404</body></html>", "some.xes is not XES: its root is <html>; "),
        (b"<pnml></pnml>", "some.xes is not XES: its root is <pnml>; "),
        (b"<log></log>", "some.xes has no events: give a XES log with at least one"),
        (b"<log/>", "some.xes has no events: "),
        (b"<log><trace><string key='k' value='v'/></trace></log>", "some.xes has no events: "),
        (b"<log><global><event/></global></log>", "some.xes has no events: "),
        (LOG.replace("<date ", "<date <").encode(), "some.xes is not well-formed XML: "),
        (LOG.replace("&amp;", "&nbsp;").encode(), "some.xes is not well-formed XML: undefined entity in line 11; "),
        (LOG.replace("</event>", "</events>", 1).encode(), "mismatched tag in line 17; "),
        (LOG.encode("latin-1"), "some.xes is not well-formed XML: not well-formed (invalid token) in line 11; "),
        (LOG.replace("UTF-8", "UTF-99").encode(), "some.xes is not XES: "),
        (LOG.replace('value="b"', 'value="b" value="c"').encode(), "duplicate attribute in line 19; "),
        (LOG.encode() + LOG.encode(), "some.xes is not well-formed XML: "),
        (LOG.encode() + b"\0", "some.xes is not well-formed XML: "),
        (LOG.replace("value", "v\u0000alue").encode(), "some.xes is not well-formed XML: "),
        (LOG[: LOG.rindex("<trace>")].encode(), "some.xes is cut off: it ends after "),
    ],
)
def test_a_file_that_is_no_whole_log_is_refused_in_one_sentence(
    read: Read, reader: Reader, tmp_path: Path, content: bytes, sentence: str
) -> None:
    with pytest.raises(InputError) as refusal:
        read(content, reader)
    assert sentence in str(refusal.value)
    assert "\n" not in str(refusal.value)
    assert list((tmp_path / "scratch").iterdir()) == []


@pytest.mark.parametrize(
    "declaration",
    [
        '<!ENTITY a "x"><!ENTITY b "&a;&a;&a;">',
        '<!ENTITY a SYSTEM "file:///etc/passwd">',
        '<!ENTITY % a SYSTEM "http://localhost/x.dtd"> %a;',
        "",
    ],
)
def test_entities_are_refused(read: Read, reader: Reader, declaration: str) -> None:
    bomb = LOG.replace("<!-- a log -->", f"<!DOCTYPE log [{declaration}]>").replace("&amp;", "&b;")
    with pytest.raises(InputError, match=r"^some.xes declares XML entities \(line 2\), which are refused: "):
        read(bomb, reader)


def test_a_doctype_elsewhere_is_refused_too(read: Read, reader: Reader) -> None:
    with pytest.raises(InputError, match="not well-formed"):
        read(LOG.replace("<trace>", "<!DOCTYPE log><trace>", 1), reader)


def test_a_comment_that_never_ends_does_not_take_for_ever(read: Read, reader: Reader) -> None:
    with pytest.raises(InputError, match="cut off"):
        read(LOG.replace("</log>", "<!-- ") + "x" * 30_000_000, reader)


# The parts of the fast reader


@many
@given(st.data())
def test_both_readers_read_times_alike(data: st.DataObject) -> None:
    good = [text for text, _ in VALUES["date"]]
    text = data.draw(st.sampled_from(good + BAD_VALUES["date"]))
    for _ in range(data.draw(st.integers(0, 3))):
        at = data.draw(st.integers(0, len(text)))
        text = (
            text[:at]
            + data.draw(st.sampled_from(list("0123456789-+:.,TZ ")))
            + text[at + data.draw(st.integers(0, 1)) :]
        )
    buffer = np.zeros(len(text) + 64, np.uint8)
    buffer[: len(text)] = np.frombuffer(text.encode(), np.uint8)
    times, is_time = np.zeros(1, np.int64), np.ones(1, np.bool_)
    zero = np.zeros(1, np.int32)
    read_times(buffer, zero, zero, np.array([len(text)], np.int32), is_time, times)
    assert (int(times[0]) if is_time[0] else None) == (xes_columns.microseconds(text) if text else 0)


def test_texts_of_one_hash_are_left_to_the_strict_reader(read: Read, monkeypatch: pytest.MonkeyPatch) -> None:
    # As if all texts fell on few places: a table that is as good as full.
    def cramped(self: Any, entries: int, text_bytes: int) -> None:
        make_room(self, entries, text_bytes)
        self.hash_table = np.full(1024, -1, np.int32)

    make_room = fast._OpenTable.make_room
    monkeypatch.setattr(fast._OpenTable, "make_room", cramped)
    events = [event(f'<string key="k" value="{i}"/>') for i in range(1024)]
    assert read(log_of(*events), "fast")[1]["c0"].to_pylist() == [str(i) for i in range(1024)]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(strict.StrictReader, "read", lambda *_: pytest.fail("asked for"))
        with pytest.raises(pytest.fail.Exception, match="asked for"):
            read(log_of(*events), "fast")


def test_reading_a_small_log_does_not_import_numba(tmp_path: Path) -> None:
    (tmp_path / "log.xes").write_text(LOG)
    program = (
        "import sys; from pathlib import Path; from bpa_assets.event_log.xes.reader import read_xes;"
        "folder = Path(sys.argv[1]);"
        "read_xes(folder / 'log.xes', scratch=folder, name='log.xes');"
        "assert not {'numba', 'pandas', 'dagster'} & set(sys.modules), 'heavy'"
    )
    subprocess.run([sys.executable, "-c", program, str(tmp_path)], check=True)


def test_kernels_compile_where_nothing_can_be_cached(monkeypatch: pytest.MonkeyPatch) -> None:
    import numba

    from bpa_assets.event_log.compiled import kernel

    def njit(**options: Any) -> Any:
        if options.get("cache"):
            raise RuntimeError("cannot cache function: no locator available")
        return lambda function: function

    monkeypatch.setattr(numba, "njit", njit)
    assert kernel.kernel(len)("four") == 4


# Real logs

EVENTS = {
    "running-example.xes": (42, 6),
    "receipt.xes.gz": (8_577, 1_434),
    "sepsis.xes.gz": (15_214, 1_050),
    "bpi2013-incidents.xes.gz": (65_533, 7_554),
    "bpi2012.xes.gz": (262_200, 13_087),
    "road-traffic-fines.xes.gz": (561_470, 150_370),
}


@pytest.mark.shared
@pytest.mark.parametrize("name", EVENTS)
def test_a_real_log_has_its_events_and_cases(shared_logs: Path, tmp_path: Path, no_way_back: None, name: str) -> None:
    log = read_with(shared_logs / name, reader="fast", scratch=tmp_path, name=name)
    case = next(i for i, column in enumerate(log.columns) if column.name == "case:concept:name")
    assert (log.events, len(table_of(log)[f"c{case}"].unique())) == EVENTS[name]


@pytest.mark.shared
@pytest.mark.parametrize("name", [name for name in EVENTS if name != "road-traffic-fines.xes.gz"])
def test_both_readers_read_a_real_log_alike(shared_logs: Path, tmp_path: Path, name: str) -> None:
    quick_log = read_with(shared_logs / name, reader="fast", scratch=tmp_path, name=name)
    strict_log = read_with(shared_logs / name, reader="strict", scratch=tmp_path, name=name)
    assert quick_log.columns == strict_log.columns
    assert table_of(quick_log).equals(table_of(strict_log))


@pytest.mark.shared
@pytest.mark.parametrize("name", ["running-example.xes", "receipt.xes.gz", "sepsis.xes.gz"])
def test_a_real_log_is_what_pm4py_reads(shared_logs: Path, tmp_path: Path, name: str) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import pm4py

        theirs = pm4py.read_xes(str(shared_logs / name), variant="iterparse", return_legacy_log_object=True)
    log = read_xes(shared_logs / name, scratch=tmp_path, name=name)
    table = table_of(log)
    rows = [
        {**{"case:" + key: value for key, value in trace.attributes.items()}, **event_}
        for trace in theirs
        for event_ in trace
    ]
    assert Counter(key for row in rows for key in row) == Counter(
        {column.name: len(table) - table[f"c{i}"].null_count for i, column in enumerate(log.columns)}
    )
    for i, column in enumerate(log.columns):
        values = [row.get(column.name) for row in rows]
        if column.type == "date":
            values = [value and value.astimezone(UTC).replace(tzinfo=None) for value in values]
        assert table[f"c{i}"].to_pylist() == values, column


@pytest.mark.shared
def test_cuts_of_a_real_log_are_refused(shared_logs: Path, tmp_path: Path) -> None:
    content = gzip.decompress((shared_logs / "receipt.xes.gz").read_bytes())
    path, random = tmp_path / "cut.xes", Random(7)
    for _ in range(60):
        path.write_bytes(content[: random.randrange(len(content.rstrip()) - 1)])
        with pytest.raises(InputError, match=r"cut.xes is (cut off|empty|not XES)"):
            read_with(path, reader="fast", scratch=tmp_path, name="cut.xes")
