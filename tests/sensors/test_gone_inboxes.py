"""Which processes are retired: decided by pure functions."""

from bpa_sensors.gone_inboxes import REST_SECONDS, Memory, after_look, from_cursor, to_retire

BOTH = {"orders", "claims"}


def looked(memory: Memory, folders: set[str], *, now: float, device: int = 1) -> Memory:
    return after_look(memory, device=device, folders=folders, known=BOTH, now=now)


def test_an_inbox_is_gone_when_it_has_been_for_a_minute() -> None:
    memory = looked(Memory(), BOTH, now=0)
    assert memory.gone_since == {}
    memory = looked(memory, {"claims"}, now=10)
    assert to_retire(memory, in_flight=(), now=10) == []
    memory = looked(memory, {"claims"}, now=10 + REST_SECONDS)
    assert to_retire(memory, in_flight=(), now=10 + REST_SECONDS) == ["orders"]


def test_one_that_comes_back_begins_anew() -> None:
    memory = looked(looked(Memory(), BOTH, now=0), {"claims"}, now=10)
    memory = looked(memory, BOTH, now=20)
    memory = looked(memory, {"claims"}, now=10 + REST_SECONDS)
    assert to_retire(memory, in_flight=(), now=10 + REST_SECONDS) == []


def test_none_is_retired_while_a_run_of_it_is_on_its_way() -> None:
    memory = Memory(1, {"orders": 0})
    assert to_retire(memory, in_flight={"orders"}, now=999) == []
    assert to_retire(memory, in_flight={"claims"}, now=999) == ["orders"]


def test_a_disk_that_is_not_mounted_retires_nobody() -> None:
    memory = looked(Memory(), BOTH, now=0, device=1)
    for now in (100, 200, 300):
        memory = looked(memory, set(), now=now, device=2)  # the empty folder in its place
        assert to_retire(memory, in_flight=(), now=now) == []
    memory = looked(memory, BOTH, now=400, device=1)
    assert memory.gone_since == {}


def test_a_disk_that_was_not_mounted_from_the_start_retires_nobody() -> None:
    memory = Memory()
    for now in (0, 100, 200):
        memory = looked(memory, set(), now=now)
        assert to_retire(memory, in_flight=(), now=now) == []


def test_the_last_inbox_can_go_too() -> None:
    memory = looked(looked(Memory(), BOTH, now=0), set(), now=1)
    assert to_retire(memory, in_flight=(), now=1 + REST_SECONDS) == ["claims", "orders"]


def test_the_cursor_brings_the_memory_back() -> None:
    memory = Memory(7, {"orders": 1.5})
    assert from_cursor(memory.to_cursor()) == memory
    assert from_cursor(None) == from_cursor("[]") == from_cursor('{"colour": 1}') == Memory()
