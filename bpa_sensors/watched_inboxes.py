"""What lies in the inboxes: listed, never read, so that it costs as little as a `ls` and may be done every few seconds.

Add here what a look at file names and their stat can tell. What is to be done about it is decided elsewhere.
"""

import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path

from bpa_assets.process_key import check_process_key
from bpa_resources.errors import InputError
from bpa_resources.inbox import BESIDE_THE_LOGS, is_log_name


@dataclass(frozen=True)
class Look:
    """One look: the file system, a signature for each process that has logs, all folders, and what is never read."""

    device: int
    signatures: dict[str, str] = field(default_factory=dict)
    folders: frozenset[str] = frozenset()
    left_out: dict[str, str] = field(default_factory=dict)
    """Path below the folder of inboxes → the sentence that says why it is not read."""


def look(inboxes: Path) -> Look | None:
    """Look at every inbox; None, and not an empty look, if the folder that holds them cannot be read."""
    try:
        device = inboxes.stat().st_dev
        entries = sorted(os.scandir(inboxes), key=lambda entry: entry.name)
    except OSError:
        return None
    signatures: dict[str, str] = {}
    left_out: dict[str, str] = {}
    folders = set()
    for entry in entries:
        if entry.name.startswith("."):
            continue
        if why := _why_no_inbox(entry):
            left_out[entry.name] = why
        if not entry.is_dir(follow_symlinks=False):
            continue
        folders.add(entry.name)
        if not why:
            signature = _signature(Path(entry.path), left_out)
            signatures |= {entry.name: signature} if signature else {}
    return Look(device, signatures, frozenset(folders), left_out)


def _why_no_inbox(entry: "os.DirEntry[str]") -> str:
    """Empty for a folder that can be the inbox of a process."""
    if entry.is_symlink():
        return f"{entry.name} in the inbox is a symbolic link and is not followed: put the folder itself there"
    if not entry.is_dir():
        return f"{entry.name} lies in the inbox itself: move it into the folder of its process, inbox/PROCESS/"
    try:
        check_process_key(entry.name)
    except InputError as error:
        return f"{error}: rename the folder"
    return ""


def _signature(inbox: Path, left_out: dict[str, str]) -> str:
    """What changes when a file of the inbox does; empty without a log, or if the folder cannot be read."""
    try:
        files = list(_files(inbox, left_out))
    except OSError as error:
        left_out[inbox.name] = f"the inbox of {inbox.name} cannot be read: {error.strerror}"
        return ""
    if not any(is_log_name(str(file[0])) for file in files):
        return ""
    return sha256(repr(sorted(files)).encode()).hexdigest()[:16]


def _files(inbox: Path, left_out: dict[str, str]) -> Iterator[tuple[str, int, int, int, int]]:
    for entry in os.scandir(inbox):
        if not is_log_name(entry.name) and entry.name not in BESIDE_THE_LOGS:
            continue
        try:
            found = entry.stat(follow_symlinks=False)
        except FileNotFoundError:  # went between the two calls: the next look tells
            continue
        if stat.S_ISREG(found.st_mode):
            yield entry.name, found.st_size, found.st_mtime_ns, found.st_ctime_ns, found.st_ino
        else:
            what = "a symbolic link" if stat.S_ISLNK(found.st_mode) else "no file"
            left_out[f"{inbox.name}/{entry.name}"] = (
                f"{entry.name} in the inbox of {inbox.name} is {what} and is not read: copy the file itself there"
            )
