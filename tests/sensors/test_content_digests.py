"""Digests of files are kept by what stat says, and a look never waits for a large file."""

import os
import threading
from hashlib import sha256
from pathlib import Path
from time import monotonic

import pytest

from bpa_sensors import content_digests as module
from bpa_sensors.content_digests import ContentDigests, StillReadingError


def test_a_file_is_read_once_until_it_changes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[str] = []
    real = module.content_digest

    def counting(path: Path) -> str:
        read.append(path.name)
        return real(path)

    monkeypatch.setattr(module, "content_digest", counting)
    file = tmp_path / "a.csv"
    file.write_bytes(b"one")
    digests = ContentDigests()
    for _ in range(3):
        assert digests.of(file, until=monotonic() + 60) == sha256(b"one").hexdigest()
    assert read == ["a.csv"]
    changed_at = file.stat().st_mtime_ns
    file.write_bytes(b"two")
    os.utime(file, ns=(changed_at, changed_at))  # a copy that keeps the time, of the same size
    assert digests.of(file, until=monotonic() + 60) == sha256(b"two").hexdigest()


def test_a_large_file_is_read_on_while_the_look_goes_away(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    go_on = threading.Event()

    def slow(path: Path) -> str:
        go_on.wait(60)
        return "digest"

    monkeypatch.setattr(module, "content_digest", slow)
    file = tmp_path / "a.csv"
    file.write_bytes(b"one")
    digests = ContentDigests()
    with pytest.raises(StillReadingError):
        digests.of(file, until=monotonic())
    go_on.set()
    assert digests.of(file, until=monotonic() + 60) == "digest"


def test_a_file_that_changes_while_it_is_read_has_no_digest_yet(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "a.csv"
    file.write_bytes(b"one")

    def growing(path: Path) -> str:
        with path.open("ab") as more:
            more.write(b"more")
        return "of what?"

    monkeypatch.setattr(module, "content_digest", growing)
    with pytest.raises(StillReadingError):
        ContentDigests().of(file, until=monotonic() + 60)


def test_a_file_that_went_is_said_to_be_gone(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        ContentDigests().of(tmp_path / "a.csv", until=monotonic() + 60)
