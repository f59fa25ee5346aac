"""A look at the inboxes: what is seen, what is never read and why."""

import os
from pathlib import Path

import pytest

from bpa_sensors.watched_inboxes import look


def inbox(home: Path, process: str, **files: str) -> Path:
    folder = home / process
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        (folder / f"{name}.csv").write_text(content)
    return folder


def signatures(home: Path) -> dict[str, str]:
    found = look(home)
    assert found is not None
    return dict(found.signatures)


def left_out(home: Path) -> dict[str, str]:
    found = look(home)
    assert found is not None
    return dict(found.left_out)


def test_a_process_is_a_folder_with_a_log(tmp_path: Path) -> None:
    inbox(tmp_path, "orders", orders="a")
    inbox(tmp_path, "empty")
    (inbox(tmp_path, "settings-only") / "process.yaml").write_text("name: x")
    found = look(tmp_path)
    assert found is not None
    assert set(found.signatures) == {"orders"}
    assert found.folders == {"orders", "empty", "settings-only"}
    assert found.left_out == {}


def test_the_signature_changes_with_a_log_its_settings_and_its_name_and_with_nothing_else(tmp_path: Path) -> None:
    folder = inbox(tmp_path, "orders", orders="a")
    seen = [signatures(tmp_path)["orders"]]

    def news() -> bool:
        seen.append(signatures(tmp_path)["orders"])
        return seen[-1] not in seen[:-1]

    assert not news()
    (folder / ".orders.csv.x7Yz").write_text("rsync is at work")
    (folder / "more.csv.part").write_text("a browser is at work")
    (folder / ".replaced").mkdir()
    assert not news()
    (folder / "orders.csv").write_text("b")
    assert news()
    (folder / "process.yaml").write_text("name: x")
    assert news()
    (folder / "orders.csv").rename(folder / "renamed.csv")
    assert news()
    other = folder / "other.csv"
    other.write_text("b")
    os.utime(other, ns=(1, (folder / "renamed.csv").stat().st_mtime_ns))
    other.replace(folder / "renamed.csv")  # same size, same time of change: another file all the same
    assert news()


def test_what_is_never_read_is_named_with_the_way_out(tmp_path: Path) -> None:
    outside = tmp_path / "outside.csv"
    outside.write_text("secret")
    inboxes = tmp_path / "inbox"
    folder = inbox(inboxes, "orders", orders="a")
    (folder / "link.csv").symlink_to(outside)
    (folder / "folder.csv").mkdir()
    os.mkfifo(folder / "pipe.csv")
    (inboxes / "stray.csv").write_text("a")
    (inboxes / "linked").symlink_to(folder)
    inbox(inboxes, "Not A Key", log="a")
    before = signatures(inboxes)
    told = left_out(inboxes)
    assert set(told) == {"orders/link.csv", "orders/folder.csv", "orders/pipe.csv", "stray.csv", "linked", "Not A Key"}
    assert "symbolic link" in told["orders/link.csv"]
    assert "inbox/PROCESS/" in told["stray.csv"]
    assert "process key" in told["Not A Key"]
    outside.write_text("another secret, longer")
    assert signatures(inboxes) == before
    assert set(before) == {"orders"}


def test_a_folder_that_cannot_be_read_is_no_empty_look(tmp_path: Path) -> None:
    assert look(tmp_path / "not there") is None
    file = tmp_path / "file"
    file.touch()
    assert look(file) is None


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything, so a closed folder cannot be tried as root")
def test_an_inbox_that_may_not_be_read_is_told_and_the_others_are_seen(tmp_path: Path) -> None:
    inbox(tmp_path, "orders", orders="a")
    closed = inbox(tmp_path, "claims", claims="a")
    closed.chmod(0)
    found = look(tmp_path)
    closed.chmod(0o700)
    assert found is not None
    assert set(found.signatures) == {"orders"}
    assert found.folders == {"orders", "claims"}
    assert "cannot be read" in found.left_out["claims"]
