"""The inbox of a process: its source files, its process.yaml, its reference model, its rules.yaml.

New files wait in `.incoming/<token>` until they have been read; only then do they enter, in one step that a crash
cannot tear: what is to move is written down first, and finished by whoever comes next.
"""

import json
import os
import secrets
import shutil
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import file_digest, sha256
from pathlib import Path

from bpa_resources.errors import InputError
from bpa_resources.publication import replace_file

BESIDE_THE_LOGS = ("process.yaml", "reference.bpmn", "rules.yaml")
# What programs call a file that they have not copied whole yet; they rename it when they have.
UNFINISHED = (".part", ".partial", ".filepart", ".crdownload", ".download", ".tmp", ".swp", "~")
_BLOCK = 1 << 20
_LINK = "is a symbolic link and is not read: copy the file itself there"
_NO_FILE = "is no file and is not read: copy the files themselves there"


@dataclass(frozen=True)
class Received:
    """Files that wait for being read; `ignored`: sentences about files left out."""

    token: str
    ignored: tuple[str, ...]


@dataclass(frozen=True)
class Inbox:
    """The inbox folder of one process."""

    folder: Path

    def logs(self) -> list[Path]:
        """The log files, in name order."""
        return _logs_in(self.folder)

    def receive(
        self,
        files: Sequence[Path],
        *,
        config: Path | None = None,
        reference: Path | None = None,
        rules: Path | None = None,
        add: bool = False,
    ) -> Received:
        """Copy new files to wait for being read. Under the process's lock, as all that changes the inbox.

        Errors: InputError for a file that is not there, or that is the beginning of one that is here already.
        """
        token = secrets.token_hex(8)
        waiting = self._incoming(token)
        waiting.mkdir(parents=True)
        seen = {content_digest(path): path.name for path in self.logs()} if add else {}
        kept = {path.name for path in self.logs()} if add else set()
        ignored = []
        for file in files:
            check_is_file(file)
            if not is_log_name(file.name):
                raise InputError(f"{file.name} cannot be the name of a log; rename it")
            self._check_not_cut(file)
            digest = content_digest(file)
            if seen.get(digest, file.name) != file.name:
                ignored.append(f"{file.name} has the same content as {seen[digest]} and is ignored")
                continue
            if (waiting / file.name).exists():
                if digest in seen:
                    ignored.append(f"{file.name} was named twice and is read once")
                    continue
                raise InputError(f"two different files are named {file.name}; rename one")
            seen[digest] = file.name
            _copy(file, waiting / file.name)
        for beside, name in ((config, "process.yaml"), (reference, "reference.bpmn"), (rules, "rules.yaml")):
            if beside is not None:
                check_is_file(beside)
                shutil.copyfile(beside, waiting / name)
        replaces = bool(files) and not add
        keep = sorted(kept - {path.name for path in waiting.iterdir()})
        replace_file(waiting / ".order", json.dumps({"replaces": replaces, "keep": keep}).encode())
        return Received(token, tuple(ignored))

    def logs_with(self, token: str) -> list[Path]:
        """The log as it will be once `token` is accepted: the waiting files with those that stay."""
        waiting = self._incoming(token)
        new = _logs_in(waiting)
        if self._order(token)["replaces"]:
            return new
        names = {path.name for path in new}
        return sorted([*new, *(path for path in self.logs() if path.name not in names)], key=lambda path: path.name)

    def beside(self, name: str, token: str = "") -> Path:
        """Where `process.yaml`, `reference.bpmn` or `rules.yaml` is: with the waiting files, else in the inbox.

        Errors: InputError for a symbolic link, which may lead anywhere.
        """
        waiting = self._incoming(token) / name if token else self.folder / name
        found = waiting if waiting.exists() else self.folder / name
        if found.is_symlink():
            raise InputError(f"{name} in the inbox of {self.folder.name} {_LINK}")
        return found

    def passed_over(self) -> list[str]:
        """What lies here with the name of a log and is never read, in sentences."""
        found = sorted(self.folder.iterdir()) if self.folder.is_dir() else []
        return [
            f"{path.name} in the inbox of {self.folder.name} {_LINK if path.is_symlink() else _NO_FILE}"
            for path in found
            if is_log_name(path.name) and (path.is_symlink() or not path.is_file())
        ]

    def is_waiting(self, token: str) -> bool:
        """Whether the files of `token` still wait."""
        return (self._incoming(token) / ".order").exists()

    def accept(self, token: str) -> None:
        """Let the waiting files enter; what they replace moves to `.replaced/<time>`."""
        waiting = self._incoming(token)
        new = {path.name for path in waiting.iterdir() if not path.name.startswith(".")}
        old = {path.name for path in self.logs()} if self._order(token)["replaces"] else set()
        old |= {name for name in new if (self.folder / name).exists()}
        stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%S%fZ")
        replace_file(waiting / ".moves", json.dumps({"out": sorted(old), "in": sorted(new), "to": stamp}).encode())
        self._finish(waiting)

    def tidy(self) -> None:
        """Finish what a crash left half done, and forget files that waited for a run that is gone or refused them."""
        for waiting in sorted((self.folder / ".incoming").glob("*")):
            if (waiting / ".moves").exists():
                self._finish(waiting)
            else:
                shutil.rmtree(waiting)
        for folder in (self.folder / ".incoming", self.folder):
            with suppress(OSError):  # not there, or not empty
                folder.rmdir()

    def _finish(self, waiting: Path) -> None:
        moves = json.loads((waiting / ".moves").read_text(encoding="utf-8"))
        replaced = self.folder / ".replaced" / moves["to"]
        for name in moves["out"]:
            if (self.folder / name).exists() and not (replaced / name).exists():
                replaced.mkdir(parents=True, exist_ok=True)
                (self.folder / name).rename(replaced / name)
        for name in moves["in"]:
            if (waiting / name).exists():
                (waiting / name).rename(self.folder / name)
        shutil.rmtree(waiting)

    def _incoming(self, token: str) -> Path:
        if not token.isalnum():
            raise InputError(f"'{token}' is not a token of waiting files")
        return self.folder / ".incoming" / token

    def _order(self, token: str) -> dict[str, bool]:
        order: dict[str, bool] = json.loads((self._incoming(token) / ".order").read_text(encoding="utf-8"))
        return order

    def _check_not_cut(self, file: Path) -> None:
        """A copy that broke off is a beginning of the file that is here: never take it for a new version."""
        for known in self.logs():
            if known.stat().st_size > file.stat().st_size > 0 and _begins_with(known, file):
                share = file.stat().st_size / known.stat().st_size
                raise InputError(
                    f"{file.name} is just the first {share:.0%} of {known.name}, which is in the inbox: it seems cut "
                    f"off; copy it again, or remove {known} if the rest is really meant to go"
                )


def _logs_in(folder: Path) -> list[Path]:
    if not folder.is_dir():
        return []
    files = [path for path in folder.iterdir() if path.is_file() and not path.is_symlink()]
    return sorted((path for path in files if is_log_name(path.name)), key=lambda path: path.name)


def is_log_name(name: str) -> bool:
    """Whether a file of this name in an inbox is read as a log."""
    return not name.startswith(".") and not name.lower().endswith(UNFINISHED) and name not in BESIDE_THE_LOGS


def check_is_file(file: Path) -> None:
    """Whether a file that a person named can be read. Errors: InputError, one sentence."""
    if not file.exists():
        raise InputError(f"{file} does not exist")
    if not file.is_file():
        raise InputError(f"{file} is not a file")
    if not os.access(file, os.R_OK):
        raise InputError(f"{file} may not be read by this user")


def _copy(file: Path, copy: Path) -> None:
    """Errors: InputError if the file changes meanwhile: the copy would be neither the one nor the other."""
    before = file.stat()
    shutil.copyfile(file, copy)
    after = file.stat()
    if (before.st_ino, before.st_size, before.st_mtime_ns) != (after.st_ino, after.st_size, after.st_mtime_ns):
        raise InputError(f"{file.name} changed while it was copied: let it come to rest, then run it again")


def _begins_with(whole: Path, beginning: Path) -> bool:
    with whole.open("rb") as one, beginning.open("rb") as other:
        while part := other.read(_BLOCK):
            if one.read(len(part)) != part:
                return False
    return True


def content_digest(path: Path) -> str:
    """SHA-256 (hex) of a file's content."""
    with path.open("rb") as file:
        return file_digest(file, "sha256").hexdigest()


def fingerprint(logs: Sequence[Path], *further: str, digest: Callable[[Path], str] = content_digest) -> str:
    """One text that changes when a log, the configuration or the code changes."""
    parts = [f"{path.name}:{digest(path)}" for path in logs]
    return sha256("\n".join([*parts, *further]).encode()).hexdigest()
