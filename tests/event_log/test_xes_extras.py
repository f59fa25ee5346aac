"""What XES logs hold beside flat attributes, read: nested ones, lists, containers, and what a log declares.

What the pipeline makes of it is in `test_xes_declared`; that both readers read drawn documents alike, in `test_xes`.
"""

import json

import pytest

from bpa_assets.event_log.xes import columns as xes_columns
from bpa_assets.event_log.xes import composites, head, strict, tokens
from bpa_assets.event_log.xes.head import Classifier
from bpa_assets.event_log.xes.reader import Reader, XesColumn
from tests.event_log.conftest import Read
from tests.event_log.xes_texts import attribute, event, text


def log_of(*parts: str, head: str = "") -> str:
    return f"<log>{head}<trace>{''.join(parts)}</trace></log>"


def columns(read: Read, content: str, reader: Reader) -> dict[str, list[object]]:
    log, table = read(content, reader)
    return {column.name: table[f"c{at}"].to_pylist() for at, column in enumerate(log.columns)}


# Nested attributes


def test_nested_attributes_have_columns_of_their_own(read: Read, reader: Reader) -> None:
    address = text("address", "home", text("city", "Delft", attribute("int", "code", "2611")), text("street", "a"))
    content = log_of(text("customer", "x", attribute("boolean", "new", "true")), event(address), event(text("k", "v")))
    assert columns(read, content, reader) == {
        "case:customer": ["x", "x"],
        "case:customer/new": [True, True],
        "address": ["home", None],
        "address/city": ["Delft", None],
        "address/city/code": [2611, None],
        "address/street": ["a", None],
        "k": [None, "v"],
    }


def test_the_fast_reader_understands_nested_attributes(read: Read, no_way_back: None) -> None:
    nested = "".join(event(text("k", str(i), attribute("int", "n", str(i)))) for i in range(300))
    assert columns(read, log_of(nested), "fast")["k/n"] == list(range(300))


def test_a_nested_attribute_and_a_key_with_a_slash_are_two_columns(read: Read, reader: Reader) -> None:
    log, table = read(log_of(event(text("a", "1", text("b", "nested")), text("a/b", "flat"))), reader)
    assert log.columns[1:] == (
        XesColumn("a/b", "event", "string", is_nested=True),
        XesColumn("a/b", "event", "string"),
    )
    assert (table["c1"].to_pylist(), table["c2"].to_pylist()) == (["nested"], ["flat"])


def test_what_is_nested_too_deep_is_left_out_and_counted(read: Read, reader: Reader) -> None:
    deep = ""
    for level in range(xes_columns.MOST_LEVELS + 2, 0, -1):
        deep = text(f"k{level}", "v", deep)
    log, _ = read(log_of(event(deep), event(deep)), reader)
    assert [column.name.count("/") for column in log.columns] == list(range(xes_columns.MOST_LEVELS))
    assert log.left_out == 2  # with what is in it


def test_nested_columns_beyond_the_most_are_left_out_and_counted(read: Read, reader: Reader) -> None:
    most = xes_columns.MOST_NESTED
    events = [event(text("k", "v", text(f"n{i}", "x")), text("flat", "y")) for i in range(most + 7)]
    log, table = read(log_of(*events, *events), reader)
    assert len(log.columns) == most + 2
    assert log.left_out == 14
    assert table["c1"].to_pylist().count("x") == 2


def test_nested_keys_that_are_too_long_together_are_left_out(read: Read, reader: Reader) -> None:
    long = "k" * (xes_columns.MOST_KEY_BYTES - 2)
    log, _ = read(log_of(event(text(long, "v", text("n", "x"), text("no", "x")))), reader)
    assert [len(column.name) for column in log.columns] == [len(long), len(long) + 2]
    assert log.left_out == 1


def test_the_fast_reader_goes_no_further_than_the_strict_one() -> None:
    assert tokens.MAX_LEVELS <= strict.MOST_LEVELS
    assert tokens.MAX_NESTED <= strict.MOST_NESTED
    assert tokens.MAX_KEY <= strict.MOST_KEY_BYTES


# Lists and containers


@pytest.mark.parametrize(
    ("element", "value"),
    [
        (
            '<list key="k"><values><string key="item" value="a"/><int key="item" value="2"/></values></list>',
            [{"item": "a"}, {"item": 2}],
        ),
        ('<list key="k"><string key="item" value="a"/></list>', [{"item": "a"}]),
        ('<list key="k"/>', []),
        ('<container key="k"/>', {}),
        (
            '<container key="k"><float key="x" value="1.50"/><boolean key="y" value="1"/><id key="z" value="7"/>'
            '<float key="none" value="NaN"/><string key="empty" value=""/><int key="odd" value="007"/></container>',
            {"x": 1.5, "y": True, "z": "7", "none": None, "empty": None, "odd": "007"},
        ),
        (
            '<list key="k"><values><container key="line"><string key="sku" value="&quot;A&quot;"/></container>'
            '<list key="tags"><values><string key="tag" value="t"/></values></list></values></list>',
            [{"line": {"sku": '"A"'}}, {"tags": [{"tag": "t"}]}],
        ),
        (
            '<list key="k"><string key="item" value="a"><date key="at" value="2020-01-01"/></string></list>',
            [{"item": "a", "item/at": "2020-01-01"}],
        ),
    ],
)
def test_lists_and_containers_are_json(read: Read, reader: Reader, element: str, value: object) -> None:
    log, table = read(log_of(event(element), event(text("other", "x"))), reader)
    kind = "list" if element.startswith("<list") else "container"
    assert log.columns[0] == XesColumn("k", "event", kind)  # type: ignore[arg-type]
    first, second = table["c0"].to_pylist()
    assert (json.loads(first), second) == (value, None)


def test_lists_of_traces_and_in_attributes_are_columns_too(read: Read, reader: Reader) -> None:
    items = '<list key="l"><values><int key="i" value="1"/></values></list>'
    content = log_of(items, event(text("a", "x", items)))
    assert columns(read, content, reader) == {"case:l": ['[{"i":1}]'], "a": ["x"], "a/l": ['[{"i":1}]']}


def test_a_list_is_cut_where_it_would_fill_the_memory(read: Read, reader: Reader) -> None:
    items = text("item", "x" * 1000) * (composites.MOST_JSON // 1000 + 5)
    log, table = read(log_of(event(f'<list key="k"><values>{items}</values></list>')), reader)
    read_back = json.loads(table["c0"][0].as_py())
    assert len(table["c0"][0].as_py()) <= composites.MOST_JSON + 100
    assert len(read_back) + log.left_out == composites.MOST_JSON // 1000 + 5
    assert log.left_out > 0


def test_a_list_that_is_made_to_be_deep_is_cut(read: Read, reader: Reader) -> None:
    deep = '<list key="k"><values>' * 2000 + "</values></list>" * 2000
    log, table = read(log_of(event(deep)), reader)
    assert table["c0"][0].as_py().count("k") < composites.MOST_OPEN
    assert log.left_out == 1
    long = "k" * (composites.MOST_KEY - 1)
    log, table = read(log_of(event(f'<list key="l">{text(long, "v", text("n", "x"))}</list>')), reader)
    assert (json.loads(table["c0"][0].as_py()), log.left_out) == ([{long: "v"}], 1)


# What a log declares

DECLARED = """
  <global scope="event"><string key="channel" value="web"><int key="n" value="1"/></string></global>
  <global scope="trace"><boolean key="vip" value="false"/></global>
  <global scope="meta"><string key="never" value="x"/></global>
  <classifier name="Activity classifier" keys="concept:name lifecycle:transition"/>
  <classifier name="Case" keys="customer" scope="trace"/>
  <string key="creator" value="tool"><string key="version" value="1"/></string>
  <list key="sources"><values><string key="file" value="a.csv"/></values></list>
"""


@pytest.mark.parametrize("later", [False, True])
@pytest.mark.parametrize("prefix", ["", "x:"])
def test_what_a_log_declares_is_read_wherever_it_stands(read: Read, reader: Reader, later: bool, prefix: str) -> None:
    trace = f"<trace>{event(text('k', 'v'))}</trace>"
    content = f"<log>{trace}{DECLARED}{trace}</log>" if later else f"<log>{DECLARED}{trace}{trace}</log>"
    if prefix:
        content = content.replace("</", "</x:").replace("<", "<x:").replace("<x:/x:", "</x:")
        content = content.replace("<x:log>", '<x:log xmlns:x="urn:x">')
    log, _ = read(content, reader)
    assert log.head.defaults == {
        ("event", "channel"): ("string", "web"),
        ("event", "channel\0n"): ("int", "1"),
        ("case", "vip"): ("boolean", "false"),
    }
    assert log.head.classifiers == [
        Classifier("Activity classifier", "concept:name lifecycle:transition", "event"),
        Classifier("Case", "customer", "case"),
    ]
    assert log.head.attributes == {"creator": "tool", "sources": '[{"file":"a.csv"}]'}
    assert (log.events, log.left_out) == (2, 0)


def test_the_fast_reader_understands_what_stands_after_the_traces(read: Read, no_way_back: None, tiny: None) -> None:
    trace = f"<trace>{event(text('k', 'v'))}</trace>"
    log, _ = read(f"<log>{trace * 20}{DECLARED * 100}{trace}<int key='last' value='1'/></log>", "fast")
    assert (len(log.head.attributes), log.head.attributes["last"], log.events) == (3, "1", 21)


def test_what_a_log_declares_is_bounded(read: Read, reader: Reader) -> None:
    many = "".join(text(f"k{i}", "v") for i in range(head.MOST_DECLARED + 3)) + text("long", "x" * head.MOST_TEXT)
    log, _ = read(log_of(event(text("k", "v")), head=many), reader)
    assert len(log.head.attributes) == head.MOST_DECLARED
    assert log.left_out == 4


def test_a_log_nested_without_end_takes_little_memory(read: Read, reader: Reader) -> None:
    import tracemalloc

    deep = '<string key="k" value="v">' * 50_000 + "</string>" * 50_000
    tracemalloc.start()
    log, _ = read(log_of(event(deep), head=f'<global scope="event">{deep}</global>{deep}'), reader)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert (len(log.columns), log.left_out) == (xes_columns.MOST_LEVELS, 1)
    assert most < 300 << 20
