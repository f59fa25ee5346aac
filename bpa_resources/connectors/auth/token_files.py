"""Tokens that must outlive the process, in `tokens/` of the home: a refresh token that was changed for a new one.

Add here what such a file holds. The folder is open to its owner only, and a file is held locked while its token is
changed, so that two runs never use one refresh token twice: the second use ends the session at many systems.
"""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from bpa_resources.publication import replace_file


@dataclass
class TokenFiles:
    """The folder of the files."""

    folder: Path

    @contextmanager
    def held(self, connection: str, seconds: float) -> Iterator["TokenFile"]:
        """The file of a connection, for as long as nobody else may change it.

        Raises TimeoutError if somebody else changes it for longer than `seconds`.
        """
        from filelock import FileLock

        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        name = sha256(connection.encode()).hexdigest()[:16]
        with FileLock(self.folder / f"{name}.lock", timeout=seconds, mode=0o600):
            yield TokenFile(self.folder / f"{name}.json")


@dataclass
class TokenFile:
    """One connection's token as it was last changed."""

    path: Path

    def latest(self, first: str) -> str:
        """The token that `first`, the one of connections.yaml, was changed for; `first` itself if it never was."""
        try:
            kept = json.loads(self.path.read_text(encoding="utf-8"))
            return str(kept["token"]) if kept["first"] == _digest(first) else first
        except (OSError, ValueError, KeyError, TypeError):
            return first

    def keep(self, first: str, token: str) -> None:
        """Remember what `first` was changed for. It is on the disk when this returns."""
        replace_file(self.path, json.dumps({"first": _digest(first), "token": token}).encode())


def _digest(token: str) -> str:
    return sha256(token.encode()).hexdigest()
