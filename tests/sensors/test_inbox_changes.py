"""Which processes are worth a refresh: decided by pure functions."""

from bpa_sensors.inbox_changes import (
    REST_SECONDS,
    Seen,
    changed,
    from_cursor,
    seen_now,
    to_cursor,
    with_fingerprint,
    worth_trying,
)


def test_a_file_that_is_still_being_copied_never_comes_to_rest() -> None:
    seen: dict[str, Seen] = {}
    for second in range(0, 60, 5):
        seen = seen_now({"orders": f"size {second}"}, seen, now=second)
        assert not seen["orders"].rested(second)
    seen = seen_now({"orders": "size 55"}, seen, now=60)
    assert seen["orders"].rested(55 + REST_SECONDS)
    assert not seen["orders"].rested(55 + REST_SECONDS - 0.1)


def test_what_has_not_changed_keeps_its_fingerprint_and_is_not_read_again() -> None:
    seen = {"orders": with_fingerprint(Seen("a", 1.0), "f")}
    assert seen_now({"orders": "a"}, seen, now=9) == seen
    assert seen_now({"orders": "b"}, seen, now=9) == {"orders": Seen("b", 9)}
    assert seen_now({}, seen, now=9) == {}


def test_a_process_that_was_never_published_is_new_and_one_that_is_published_as_it_is_is_not() -> None:
    wanted = {"new": "1", "same": "2", "other": "3"}
    assert changed(wanted, published={"same": "2", "other": "2", "new": ""}, in_flight=()) == {"new": "1", "other": "3"}


def test_nothing_is_asked_for_while_a_run_of_the_process_is_queued_or_at_work() -> None:
    assert changed({"orders": "2"}, published={"orders": "1"}, in_flight={"orders"}) == {}
    assert changed({"orders": "2"}, published={"orders": "1"}, in_flight={"claims"}) == {"orders": "2"}


def test_files_that_change_back_are_read_again() -> None:
    published = {"orders": "A"}
    for wanted in "BAB":
        assert changed({"orders": wanted}, published=published, in_flight=()) == {"orders": wanted}
        published = {"orders": wanted}
        assert changed({"orders": wanted}, published=published, in_flight=()) == {}


def test_input_that_failed_is_not_tried_again_and_changed_input_is() -> None:
    assert worth_trying({"orders": "bad"}, failed={"orders": "bad"}) == {}
    assert worth_trying({"orders": "good"}, failed={"orders": "bad"}) == {"orders": "good"}
    assert worth_trying({"orders": "bad"}, failed={"orders": ""}) == {"orders": "bad"}


def test_the_cursor_brings_back_what_was_seen_and_a_foreign_one_brings_nothing() -> None:
    seen = {"orders": Seen("a", 1.5, "f"), "claims": Seen("b", 2.0)}
    assert from_cursor(to_cursor(seen)) == seen
    for foreign in (None, "", "[]", "{]", '{"orders": 1}', '{"orders": {"colour": 1}}'):
        assert from_cursor(foreign) == {}
